# SPDX-License-Identifier: Apache-2.0
"""Posts appear and go at their second, everywhere, without an edit or a restart; nothing may be kept for longer."""
import datetime
import re
import time

import pytest
from bs4 import BeautifulSoup

from crawl import FEEDS
from httpd import Httpd, post, write

PLACE = """
<Directory @DOCS@/blog>
AtdEngine On
AtdRevalidate 60
AtdMaxAge 60
</Directory>
"""

# Where a post shows itself; each of these is asked for before and after its second.
SHOWN_AT = ["", "tag/news", "category/food", "author/jo", "archive", "archive/{year}", "tags", "middle", *FEEDS,
            "tag/news/feed.xml"] + ["sitemap.xml", "llms.txt", "llms-full.txt"]
COUNTS_ONLY = {"archive", "tags"}  # name no post
ADDRESS = {"Gonzalo": "/blog/goes", "Kometka": "/blog/comes"}


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry(title, seconds, **front):
    return post(title, f"Text of {title}.", date=moment(seconds), tags=["news", "shared"], category="Food", author="Jo",
                **front)


class Clocked:
    """A blog with a post that appears and one that expires at the same second, and what it answers at a time."""

    def __init__(self, mpm):
        self.server = Httpd(mpm)
        self.blog = self.server.docs / "blog"
        self.year = time.gmtime().tm_year

    def path(self, name):
        return "/blog/" + name.format(year=self.year)

    def fill(self, boundary):
        write(self.blog, {
            "site.yaml": "title: T\nauthor: Jo\nrelated: 10\n",
            "old.md": entry("Older", boundary - 90), "middle.md": entry("Middle", boundary - 60),
            "goes.md": entry("Gonzalo", boundary - 30, expires=moment(boundary)),
            "comes.md": entry("Kometka", boundary), "comes-too.md": entry("Kometka too", boundary),
        })

    def state(self):
        """{address: answer} of everything, and of the posts themselves."""
        return {name: self.server.get(self.path(name)) for name in [*SHOWN_AT, "comes", "goes"]}


def max_age(answer):
    found = re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])
    return int(found[1]) if found else 0


def neighbours(answer):
    soup = BeautifulSoup(answer.text, "html5lib")
    return {tag["href"] for tag in soup.select("a[rel=next], a[rel=prev]")}


def count_of(answer, name):
    soup = BeautifulSoup(answer.text, "html5lib")
    return soup.find("a", string=name).find_next(class_="count").get_text()


def check_state(state, shown, hidden, count):
    for name in set(SHOWN_AT) - COUNTS_ONLY:
        answer = state[name]
        assert answer.status_code == 200, name
        assert shown in answer.text or ADDRESS[shown] in answer.text, (name, shown)
        assert hidden not in answer.text and ADDRESS[hidden] not in answer.text, (name, hidden)
    assert count_of(state["tags"], "news") == f"({count})"
    assert f"Posts: {count}" in state["tag/news"].text


@pytest.fixture(params=["event", "prefork"])
def clocked(request):
    site = Clocked(request.param)
    yield site
    failed = getattr(request.node, "result_call", None)
    site.server.close(verify=not (failed is not None and failed.failed))


def check_before(site, boundary):
    """What is kept by clients: {address: answer}."""
    for _ in range(2):  # made, then from the cache
        asked = int(time.time())
        before = site.state()
        check_state(before, "Gonzalo", "Kometka", 3)
        assert time.time() < boundary, "the machine is too slow for this test"
        for name, answer in before.items():
            assert max_age(answer) <= boundary - asked, (name, answer.headers["Cache-Control"])
    assert before["comes"].status_code == 404 and before["goes"].status_code == 200
    assert neighbours(before["middle"]) == {"/blog/old", "/blog/goes"}
    kept = {name: answer for name, answer in before.items() if "ETag" in answer.headers}
    assert set(kept) == {*SHOWN_AT, "goes"}
    return kept


def check_after(site, kept):
    after = site.state()
    check_state(after, "Kometka", "Gonzalo", 4)
    assert after["comes"].status_code == 200 and after["goes"].status_code == 404
    assert neighbours(after["middle"]) <= {"/blog/old", "/blog/comes", "/blog/comes-too"}
    for name, old in kept.items():
        assert after[name].headers.get("ETag") != old.headers["ETag"], name
        for header, field in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            if name == "middle" and field == "Last-Modified":
                continue  # is the post's own, whatever stands around it
            again = site.server.get(site.path(name), headers={header: old.headers[field]})
            assert again.status_code == (404 if name == "goes" else 200), (name, header)
        assert max_age(after[name]) == (0 if name == "goes" else 60), name


def not_modified(site, kept):
    """The statuses of asking again."""
    return {site.server.get(site.path(name), headers={"If-None-Match": answer.headers["ETag"]}).status_code
            for name, answer in kept.items()}


def test_posts_appear_and_go_at_their_second(clocked):
    clocked.server.revalidate = "60"
    clocked.server.configure(PLACE)
    boundary = int(time.time()) + 4
    clocked.fill(boundary)
    time.sleep(0.05)  # files that were just written are not kept
    clocked.server.start()
    kept = check_before(clocked, boundary)
    assert not_modified(clocked, kept) == {304}
    time.sleep(max(0, boundary - time.time()) + 0.02)
    check_after(clocked, kept)
