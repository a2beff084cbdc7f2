# SPDX-License-Identifier: Apache-2.0
"""Feeds as readers get them: valid, complete, with addresses and ids that last, and not sent twice."""
import json
import re

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from crawl import FEEDS
from feedcheck import faults_of
from httpd import post, write
from schemas import check_atom, check_json, check_rss

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
AT_ONCE = "<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>"
LISTS = ["", "tag/news/", "category/food/", "author/jo-doe/"]
TYPES = {"feed.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}

SITE = "title: A & B\ndescription: All of <it>\nlanguage: en\nauthor: Jo Doe\n"
BODY = "A [link](other.md#x), a [rooted](/x?a=1&b=2) one, [within](#y) and ![a picture](../pic.svg).\n\n" \
       "The second paragraph.\n"
FILES = {
    "site.yaml": SITE,
    "pic.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>',
    "posts/one.md": post("One & <only>", BODY, date="2025-06-16T14:00:00+02:00", tags=["News", "A & B"],
                         category="Food",
                         author="Jo Doe", excerpt="The excerpt of one."),
    "posts/other.md": post("Other", "Text of other.", date="2025-06-15", lastModified="2025-06-20", tags=["news"],
                           category="Food", author=["Jo Doe", "Ann Other"]),
    "posts/third.md": post("Third", "Text of third.", date="2025-06-14", lang="de", author="Ann Other"),
    "posts/quiet.md": post("Quiet", "Text of quiet.", date="2025-06-18", tags=["news"], category="Food",
                           author="Jo Doe", rss=False),
    "pages/about.md": post("About", tags=["news"]),
}
WANTED = {"": ["one", "other", "third"], "tag/news/": ["one", "other"], "category/food/": ["one", "other"],
          "author/jo-doe/": ["one", "other"]}


class Item:
    """A post in any of the formats."""

    def __init__(self, id, url, title, html, excerpt, date):
        self.id, self.url, self.title, self.html, self.excerpt, self.date = id, url, title, html, excerpt, date


def items_of(name, feed):
    if name.endswith("feed.json"):
        return [Item(item["id"], item["url"], item["title"], item.get("content_html"), item.get("summary"),
                     item["date_published"]) for item in json.loads(feed)["items"]]
    root = etree.fromstring(feed)
    if name.endswith("atom.xml"):
        return [Item(entry.findtext(ATOM + "id"), entry.find(ATOM + "link[@rel='alternate']").get("href"),
                     entry.findtext(ATOM + "title"), entry.findtext(ATOM + "content"), entry.findtext(ATOM + "summary"),
                     entry.findtext(ATOM + "published")) for entry in root.findall(ATOM + "entry")]
    return [Item(item.findtext("guid"), item.findtext("link"), item.findtext("title"), item.findtext(CONTENT),
                 item.findtext("description"), item.findtext("pubDate")) for item in root.iter("item")]


class Blog:
    def __init__(self, server):
        self.server = server

    def feed(self, name):
        answer = self.server.get("/blog/" + name)
        assert answer.status_code == 200, name
        return answer

    def items(self, name):
        return items_of(name, self.feed(name).content)

    def slugs(self, name):
        return [item.url.rpartition("/")[2] for item in self.items(name)]


@pytest.fixture
def site(httpd, blog):
    write(blog, FILES)
    httpd.start(AT_ONCE)
    return Blog(httpd)


def test_feeds_are_valid(site, tmp_path):
    atoms = {}
    for place in LISTS:
        for name in FEEDS:
            answer = site.feed(place + name)
            assert answer.headers["Content-Type"] == TYPES[name] + "; charset=utf-8"
            if name == "feed.json":
                check_json(answer.content)
                continue
            assert faults_of(answer.content) == set(), place + name
            if name == "feed.xml":
                check_rss(answer.content)
            else:
                atoms[place.replace("/", "-") + name] = answer.content
    check_atom(atoms, tmp_path)


def test_each_list_has_its_own(httpd, site):
    for place, want in WANTED.items():
        for name in FEEDS:
            assert site.slugs(place + name) == want, place + name
        own = httpd.url("/blog/" + place + "feed.json")
        home = httpd.url("/blog/" + place.rstrip("/"))
        feed = site.feed(place + "feed.json").json()
        assert (feed["feed_url"], feed["home_page_url"]) == (own, home)
        page = BeautifulSoup(httpd.get("/blog/" + place.rstrip("/")).text, "html5lib")
        links = [tag["href"] for tag in page.select("head link[rel=alternate][type]")]
        assert links[:3] == [f"/blog/{place}{name}" for name in FEEDS], place
        atom = etree.fromstring(site.feed(place + "atom.xml").content)
        assert atom.find(ATOM + "link[@rel='alternate']").get("href") == home
        assert atom.findtext(ATOM + "id") == httpd.url(f"/blog/{place}atom.xml")
    titles = [site.feed(place + "feed.json").json()["title"] for place in LISTS]
    assert len(set(titles)) == len(titles)
    for place in ("tag/none/", "category/none/", "author/none/", "archive/", "archive/2025/", "tags/", "one/"):
        for name in FEEDS:
            assert httpd.get(f"/blog/{place}{name}").status_code == 404, place


def test_all_formats_say_the_same(site):
    rss, atom, feed = ([(item.id, item.url, item.title, item.html,
                         item.excerpt) for item in site.items(name)] for name in FEEDS)
    assert rss == atom == feed
    assert [item.date for item in site.items("feed.json")] == [item.date for item in site.items("atom.xml")] == [
        "2025-06-16T14:00:00+02:00", "2025-06-15T00:00:00+00:00", "2025-06-14T00:00:00+00:00"]
    assert [item.date for item in site.items("feed.xml")][0] == "Mon, 16 Jun 2025 14:00:00 +0200"
    other = next(item for item in site.feed("feed.json").json()["items"] if item["title"] == "Other")
    assert other["date_modified"].startswith("2025-06-20")
    assert [person["name"] for person in other["authors"]] == ["Jo Doe", "Ann Other"]


def test_addresses_in_content_are_absolute(httpd, site):
    for name in FEEDS:
        soup = BeautifulSoup(site.items(name)[0].html, "html5lib")
        assert [tag["href"] for tag in soup.select("a")] == [
            httpd.url("/blog/other#x"), httpd.url("/x?a=1&b=2"), httpd.url("/blog/one#y")]
        assert [tag["src"] for tag in soup.select("img")] == [httpd.url("/blog/pic.svg")]


def test_the_sites_own_address_is_used(httpd, blog):
    write(blog, {**FILES, "site.yaml": SITE + "url: https://example.org\n"})
    httpd.start(AT_ONCE)
    for name in FEEDS:
        text = Blog(httpd).feed(name).text
        assert "127.0.0.1" not in text and "https://example.org/blog/one" in text, name


def test_ids_last(httpd, site, blog):
    before = {name: [item.id for item in site.items(name)] for name in FEEDS}
    write(blog, {"posts/one.md": post("Another title", "All new.", date="2025-06-16", lastModified="2025-07-01",
                                      tags=["news"]),
                 "site.yaml": SITE.replace("A & B", "A new name")})
    (blog / "posts/other.md").rename(blog / "posts/2025-06-15-other.md")
    for name in FEEDS:
        assert [item.id for item in site.items(name)] == before[name], name
        assert site.items(name)[0].title == "Another title"


def test_excerpts_alone(httpd, blog):
    write(blog, {**FILES, "site.yaml": SITE + "feed:\n  full: false\n  limit: 2\n"})
    httpd.start(AT_ONCE)
    for name in FEEDS:
        feed, items = Blog(httpd).feed(name), Blog(httpd).items(name)
        assert [item.title for item in items] == ["One & <only>", "Other"], name
        assert [item.excerpt for item in items] == ["The excerpt of one.", "Text of other."], name
        assert "second paragraph" not in feed.text, name
        assert items[0].html == ("<p>The excerpt of one.</p>" if name == "feed.json" else None)  # which must have one
        if name == "feed.json":
            check_json(feed.content)
        else:
            assert faults_of(feed.content) == set(), name
    check_rss(Blog(httpd).feed("feed.xml").content)


def test_a_feed_is_not_sent_twice(httpd, site, blog):
    for place in LISTS:
        for name in FEEDS:
            path = f"/blog/{place}{name}"
            first = httpd.get(path)
            for headers in ({"If-None-Match": first.headers["ETag"]},
                            {"If-Modified-Since": first.headers["Last-Modified"]}):
                again = httpd.get(path, headers=headers)
                assert (again.status_code, again.content) == (304, b""), (path, headers)
            assert httpd.get(path, headers={"If-None-Match": '"other"'}).content == first.content
            assert httpd.get(path, "HEAD").headers["ETag"] == first.headers["ETag"]
    tags = {name: httpd.get("/blog/" + name).headers["ETag"] for name in FEEDS}
    write(blog, {"posts/third.md": post("Third", "Edited.", date="2025-06-14", author="Ann Other")})
    for name, tag in tags.items():
        again = httpd.get("/blog/" + name, headers={"If-None-Match": tag})
        assert again.status_code == 200 and "Edited." in again.text and again.headers["ETag"] != tag, name


def test_a_broken_post_is_left_out(httpd, site, blog):
    httpd.expect(r"posts/other\.md:2:9: a colon followed by a space .* \[ATD0011\]")
    write(blog, {"posts/other.md": "---\ntitle: a: b\n---\n"})
    for name in FEEDS:
        assert site.slugs(name) == ["one", "third"], name
    write(blog, {"posts/other.md": FILES["posts/other.md"]})
    assert site.slugs("feed.xml") == ["one", "other", "third"]


def test_feeds_are_not_for_search_engines(site):
    for name in FEEDS:
        answer = site.feed(name)
        assert answer.headers["X-Robots-Tag"] == "noindex" and re.match(r'"[^"]+"$', answer.headers["ETag"]), name
