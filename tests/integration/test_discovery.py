# SPDX-License-Identifier: Apache-2.0
"""sitemap.xml, llms.txt and llms-full.txt over HTTP: what is in them, what is not, and when they change by themselves."""
import datetime
import os
import pathlib
import re
import time

import pytest
from lxml import etree

from httpd import SOURCE, post, write

SCHEMA = pathlib.Path(os.environ.get("ATD_SPEC_DIR", SOURCE / "../shared/spec")) / "schemas/sitemap/sitemap.xsd"
NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SECRET = "Secret"

CONFIG = """
<Directory @DOCS@/blog>
AtdEngine On
AtdMaxAge 1h
</Directory>
"""

SHOWN = {
    "site.yaml": "title: A blog\ndescription: About things\n",
    "pages/about.md": post("About", "Us.", description="Who we are"),
    "posts/first.md": post("First", "One.", date="2024-01-01", lastModified="2024-02-01", category="News", tags=["x", "y z"],
                           author="Ada"),
    "posts/second.md": post("Second", "```\nopen", date="2025-01-01", tags=["x"], category="News",
                            featuredImage={"src": "i.png", "alt": "<b>", "caption": "&"},
                            translations={"de": "https://example.net/zwei"}),
    "posts/größe.md": post("Size", "Big.", date="2023-01-01"),
}
PUBLIC = ["", "about", "second", "first", "gr%C3%B6%C3%9Fe", "category/news", "tag/x", "tag/y-z", "author/ada"]

# Front matter of posts that no machine may hear of.
HIDDEN = {"draft": {"status": "draft"}, "later": {"date": "2035-01-01"}, "over": {"expires": "2024-01-01"},
          "gone": {"status": "gone"}, "noindex": {"noindex": True}, "none": {"metaRobots": "none"},
          "away": {"redirect_to": "/elsewhere"}}


def hidden_posts():
    return {f"posts/{name}.md": post(f"{SECRET} {name}", SECRET, tags=[f"{SECRET} {name}"] if name not in
                                     ("noindex", "none") else [], **front) for name, front in HIDDEN.items()}


def locations(httpd, path="/blog/sitemap.xml"):
    answer = httpd.get(path)
    assert answer.status_code == 200
    root = etree.fromstring(answer.content)
    return [loc.text.removeprefix(httpd.url("/blog/")) for loc in root.iter(NS + "loc")]


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="seconds")


@pytest.fixture
def served(httpd, blog):
    write(blog, SHOWN)
    httpd.start(CONFIG)
    return httpd


# ---- the sitemap ----

def test_the_sitemap_is_valid_and_complete(served):
    answer = served.get("/blog/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "max-age=3600" and answer.headers["ETag"]
    assert locations(served) == PUBLIC
    if not SCHEMA.exists():
        assert not os.environ.get("CI"), "ATD_SPEC_DIR has no schemas/sitemap/sitemap.xsd; in CI it must"
        pytest.skip(f"there is no {SCHEMA}; see CONTRIBUTING.md")
    root = etree.fromstring(answer.content)
    for element in list(root.iter(etree.Element)):
        if not element.tag.startswith(NS):  # their schemas are not at hand
            element.getparent().remove(element)
    etree.XMLSchema(file=str(SCHEMA)).assertValid(root)


def test_each_address_answers_and_may_be_indexed(served):
    for path in locations(served):
        answer = served.get(f"/blog/{path}")
        assert answer.status_code == 200, path
        assert "X-Robots-Tag" not in answer.headers
        canonical = re.search(r'<link rel="canonical" href="([^"]*)"', answer.text)[1]
        assert canonical == served.url(f"/blog/{path}")


def test_parts_hold_the_same(served):
    parts = []
    for number in range(1, 6):
        parts += locations(served, f"/blog/sitemap-{number}.xml")
    assert parts == PUBLIC
    assert served.get("/blog/sitemap-6.xml").status_code == 404
    assert served.get("/blog/sitemap-0.xml").status_code == 404
    moved = served.get("/blog/SITEMAP.xml")
    assert (moved.status_code, moved.headers["Location"]) == (301, served.url("/blog/sitemap.xml"))


@pytest.mark.parametrize("drafts", ["Off", "On"])
def test_what_is_hidden_is_in_none_of_them(httpd, blog, drafts):
    write(blog, {**SHOWN, **hidden_posts(), "posts/copy.md": post("Copy", "A copy.", canonicalUrl="https://example.net/copy"),
                 "posts/quiet.md": post("Quiet", "Quiet.", sitemap=False)})
    httpd.start(CONFIG.replace("AtdMaxAge", f"AtdDrafts {drafts}\nAtdMaxAge"))
    assert locations(httpd) == PUBLIC
    for name in ("sitemap.xml", "llms.txt", "llms-full.txt"):
        answer = httpd.get(f"/blog/{name}")
        assert answer.status_code == 200 and SECRET.lower() not in answer.text.lower()
        assert not [hidden for hidden in HIDDEN if f"/blog/{hidden}" in answer.text]
        assert ("private" in answer.headers["Cache-Control"]) == (drafts == "On")


def test_a_post_appears_and_goes_at_its_second(httpd, blog):
    at = int(time.time()) + 3
    write(blog, {**SHOWN, "posts/soon.md": post("Soon", "Now.", date=iso(at)),
                 "posts/brief.md": post("Brief", "Was.", date="2022-01-01", expires=iso(at))})
    httpd.start(CONFIG)
    names = ("sitemap.xml", "llms.txt", "llms-full.txt")
    for name in names:
        answer = httpd.get(f"/blog/{name}")
        assert "/blog/brief" in answer.text and "/blog/soon" not in answer.text
        age = re.fullmatch(r"max-age=(\d+)", answer.headers["Cache-Control"])
        assert answer.headers["Cache-Control"] == "no-cache" or int(age[1]) <= at - time.time() + 1
    assert time.time() < at, "the machine is too slow for this test"
    time.sleep(at + 0.1 - time.time())
    for name in names:
        text = httpd.get(f"/blog/{name}").text
        assert "/blog/brief" not in text and "/blog/soon" in text
    lastmod = re.search(r"/blog/soon</loc>\s*<lastmod>([^<]*)", httpd.get("/blog/sitemap.xml").text)[1]
    assert lastmod == iso(at)


def test_an_edit_shows(served, blog):
    locations(served)
    write(blog, {"posts/third.md": post("Third", "Three.", date="2025-02-01")})
    assert "third" in locations(served) and "/blog/third.md" in served.get("/blog/llms.txt").text
    (blog / "posts/third.md").unlink()
    assert "third" not in locations(served) and "/blog/third" not in served.get("/blog/llms-full.txt").text


# ---- llms.txt ----

LINK = re.compile(r"- \[((?:[^\]\\]|\\.)+)\]\((\S+)\)(?:: .+)?")


def test_llms_follows_its_grammar(served):
    answer = served.get("/blog/llms.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    blocks = answer.text.removesuffix("\n").split("\n\n")
    assert blocks[:2] == ["# A blog", "> About things"]
    sections = dict(zip((block.removeprefix("## ") for block in blocks[2::2]), blocks[3::2]))
    assert list(sections) == ["Posts", "Pages", "Categories", "Feeds and data"]
    assert all(LINK.fullmatch(line) for text in sections.values() for line in text.splitlines())
    assert [LINK.match(line)[1] for line in sections["Posts"].splitlines()] == ["Second", "First", "Size"]
    assert sections["Pages"] == f"- [About]({served.url('/blog/about.md')}): Who we are"


def test_links_of_llms_lead_somewhere(served):
    urls = [url for _, url in LINK.findall(served.get("/blog/llms.txt").text)]
    assert len(urls) == 3 + 1 + 1 + 5
    for url in urls:
        path = url.removeprefix(served.url(""))
        assert served.get(path).status_code == 200, url


def test_the_full_text_has_each_post(served):
    text = served.get("/blog/llms-full.txt").text
    assert text.startswith("# A blog\n\n> About things\n\n---\n\n# Second\n\nURL: ")
    assert "```\nopen\n```\n\n---\n\n# First\n" in text
    assert re.findall(r"^# (.*)$", text, flags=re.M) == ["A blog", "Second", "First", "Size"]


# ---- pages that are not there ----

def test_a_missing_page_suggests_public_posts(httpd, blog):
    write(blog, {**SHOWN, "posts/seconds.md": post(SECRET, SECRET, status="draft"),
                 "posts/my-long-story.md": post("A long story", "Long.", date="2024-03-01")})
    httpd.start(CONFIG)
    for path in ("my-long-stori", "my-long-storys/", "2024/my-lnog-story", "tag/my-long-story2", "seconds"):
        answer = httpd.get(f"/blog/{path}")
        assert answer.status_code == 404 and SECRET not in answer.text
        wanted = "/blog/second" if path == "seconds" else "/blog/my-long-story"
        assert f'href="{wanted}"' in answer.text, path
    assert 'href="/blog/my-long-story"' not in httpd.get("/blog/nothing-of-the-kind").text
