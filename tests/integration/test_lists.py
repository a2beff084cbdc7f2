# SPDX-License-Identifier: Apache-2.0
"""Home, lists, overviews and the archive: what is on them, how they are linked, and which addresses they have."""
import json
import os
import re
import time

import pytest
from bs4 import BeautifulSoup

from crawl import crawl
from httpd import post, write

AT_ONCE = "<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>"
SITE = "title: The site\ndescription: About many things\nauthor: Nora Fields\npageSize: 3\n"


def number(i, title=None, **front):
    return post(title or f"Post {i}", f"Text {i}.", **{"date": f"2025-{1 + (i - 1) // 4:02}-{1 + i:02}",
                                                       "category": "Food",
                                              "tags": ["all", f"t{i % 2}"], "author": "nora-fields", **front})


# Ten posts, from January to March, the oldest but one of them featured.
POSTS = {f"posts/p{i}.md": number(i) for i in range(1, 11)} | {
    "posts/p2.md": number(2, featured=True, category="Salt & Pepper", author="Old Hand"),
    "posts/p7.md": number(7, category="Soups", author=["nora-fields", "Guest Writer"]),
    "site.yaml": SITE,
    "authors/nora-fields.md": "---\nname: Nora Fields\nrole: Editor\nbio: Writes about salt.\n"
                              "social: {github: nora}\n---\n\nNora's **own** words.\n",
    "authors/old-hand.md": "---\nname: Old Hand\nactive: false\n---\n",
    "authors/idle.md": "---\nname: Idle Pen\nbio: Has written nothing yet.\n---\n",
    "categories/food.md": "---\ntitle: Good food\ndescription: What we eat.\ncolor: '#0a6e8c'\n"
                          "seoTitle: All about food\nmetaDescription: Recipes and more.\nimage: images/food.svg\n"
                          "featured: true\n---\n\nText *about* food.\n",
    "categories/soups.md": "---\ntitle: Soups\nparent: food\ncolor: red\n---\n",
    "categories/empty.md": "---\ntitle: Nothing here\nparent: food\nnoindex: true\n---\n",
    "images/food.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>',
    "pages/about.md": post("About"),
}


class Page:
    def __init__(self, server, path):
        self.server = server
        self.answer = server.get("/blog/" + path)
        assert self.answer.status_code == 200, path
        self.soup = BeautifulSoup(self.answer.text, "html5lib")

    def titles(self):
        return [tag.get_text(strip=True) for tag in self.soup.select("main .card h2, main ol.titles a.p-name")]

    def link(self, rel):
        """Path of the one link in the head."""
        found = self.soup.select(f"head link[rel={rel}]")
        assert len(found) < 2, rel
        return found[0]["href"].removeprefix(self.server.url("")) if found else None

    def meta(self, name):
        found = self.soup.select_one(f"head meta[name='{name}'], head meta[property='{name}']")
        return found["content"] if found else None

    def title(self):
        return self.soup.title.get_text()

    def graph(self):
        return json.loads(self.soup.select_one('script[type="application/ld+json"]').string)["@graph"]

    def types(self):
        return [node["@type"] for node in self.graph()]

    def node(self, kind):
        return next(node for node in self.graph() if node["@type"] == kind)

    def links(self, selector):
        return [tag["href"].removeprefix("/blog/") for tag in self.soup.select(selector)]

    def text(self, selector):
        return [tag.get_text(" ", strip=True) for tag in self.soup.select(selector)]


@pytest.fixture
def site(httpd, blog):
    write(blog, POSTS)
    httpd.start(AT_ONCE)
    return lambda path: Page(httpd, path)


def numbers(*posts):
    return [f"Post {i}" for i in posts]


# ---- pages of a list ----

HOME = [numbers(2, 10, 9), numbers(8, 7, 6), numbers(5, 4, 3), numbers(1)]
LISTS = {
    "": HOME,
    "category/food": [numbers(10, 9, 8), numbers(6, 5, 4), numbers(3, 1)],
    "tag/all": [numbers(10, 9, 8), numbers(7, 6, 5), numbers(4, 3, 2), numbers(1)],
    "tag/t0": [numbers(10, 8, 6), numbers(4, 2)],
    "author/nora-fields": [numbers(10, 9, 8), numbers(7, 6, 5), numbers(4, 3, 1)],
    "author/guest-writer": [numbers(7)],
    "author/old-hand": [numbers(2)],
    "author/idle": [[]],
    "category/salt-pepper": [numbers(2)],
    "category/empty": [[]],
    "archive/2025": [numbers(10, 9, 8), numbers(7, 6, 5), numbers(4, 3, 2), numbers(1)],
    "archive/2025/01": [numbers(4, 3, 2), numbers(1)],
    "archive/2025/03": [numbers(10, 9)],
}


def page_of(path, page):
    return path if page == 1 else f"{path}/page/{page}".lstrip("/")


def test_each_page_has_its_posts_and_neighbours(httpd, site):
    for path, pages in LISTS.items():
        for i, want in enumerate(pages, 1):
            name = page_of(path, i)
            page = site(name)
            assert page.titles() == want, name
            if path == "category/empty":  # is noindex
                assert page.link("canonical") is None
            else:
                assert page.link("canonical") == "/blog/" + name
                assert page.meta("og:url") == httpd.url("/blog/" + name)
            assert page.link("prev") == ("/blog/" + page_of(path, i - 1) if i > 1 else None), name
            assert page.link("next") == ("/blog/" + page_of(path, i + 1) if i < len(pages) else None), name
            shown = page.links("nav.pagination ol a")
            assert shown == ([page_of(path, j) for j in range(1, len(pages) + 1)] if len(pages) > 1 else []), name
            assert page.links("nav.pagination [aria-current=page]") == ([name] if len(pages) > 1 else [])
            assert (f"({i}/{len(pages)})" in page.title()) == (i > 1), name
        for beyond in (0, len(pages) + 1, 99999, 1234567, "x"):
            assert httpd.get(f"/blog/{page_of(path, beyond)}").status_code == 404, (path, beyond)


def test_what_machines_read_of_lists(site):
    for path, types in {"": ["Blog", "CollectionPage"], "page/2": ["Blog", "CollectionPage"],
                        "category/food": ["CollectionPage", "BreadcrumbList"],
                        "tag/all": ["CollectionPage", "BreadcrumbList"],
                        "author/nora-fields": ["ProfilePage", "BreadcrumbList"],
                        "archive": ["CollectionPage", "BreadcrumbList"],
                        "archive/2025": ["CollectionPage", "BreadcrumbList"],
                        "tags": ["CollectionPage", "BreadcrumbList"], "authors": ["CollectionPage", "BreadcrumbList"],
                        "p1": ["BlogPosting", "BreadcrumbList"], "about": ["WebPage", "BreadcrumbList"]}.items():
        assert site(path).types() == types, path
    items = site("tag/all/page/2").node("CollectionPage")["mainEntity"]
    assert [(item["position"], item["url"].rpartition("/")[2]) for item in items["itemListElement"]] == [
        (1, "p7"), (2, "p6"), (3, "p5")]
    person = site("author/nora-fields").node("ProfilePage")["mainEntity"]
    assert (person["@type"], person["name"]) == ("Person", "Nora Fields")
    for path in ("tag/all", "author/nora-fields", "archive/2025/01"):
        crumbs = site(path).node("BreadcrumbList")["itemListElement"]
        assert [crumb["position"] for crumb in crumbs] == list(range(1, len(crumbs) + 1))
        assert all("item" in crumb for crumb in crumbs[:-1]) and "item" not in crumbs[-1], path


# ---- what lists are about ----

def test_a_category_with_a_file(httpd, site):
    page = site("category/food")
    assert page.title() == "All about food" and page.meta("description") == "Recipes and more."
    assert page.text("main h1") == ["Good food"] and page.text(".intro .lede") == ["What we eat."]
    assert page.soup.select_one(".intro")["style"] == "--accent: #0a6e8c"
    assert page.soup.select_one(".intro .prose em").get_text() == "about"
    assert page.meta("og:image") == httpd.url("/blog/images/food.svg")
    assert page.links("ul.links[aria-label='Within it'] a") == ["category/empty", "category/soups"]
    assert "noindex" not in page.meta("robots")
    second = site("category/food/page/2")
    assert second.title() == "Good food (2/3) | The site" and not second.soup.select(".intro .prose")
    child = site("category/soups")
    assert child.links(".intro .kicker a") == ["category/food"] and child.text(".intro .kicker a") == ["Good food"]
    assert not child.soup.select_one(".intro").get("style")  # red is no colour that may be written
    assert child.title() == "Soups | The site"
    empty = site("category/empty")
    assert "noindex" in empty.meta("robots") and empty.soup.select("p.empty")


def test_a_category_without_a_file_and_a_tag(site):
    for path, name, count in (("category/salt-pepper", "Salt & Pepper", 1), ("tag/t1", "t1", 5)):
        page = site(path)
        assert page.text("main h1") == [name] and page.title() == f"{name} | The site"
        assert f"Posts: {count}" in page.text("main .intro .facts")[0]
        assert page.link("canonical") == "/blog/" + path


def test_authors(site):
    page = site("author/nora-fields")
    assert page.text("main h1") == ["Nora Fields"] and page.meta("og:type") == "profile"
    assert page.text(".intro .p-note") == ["Writes about salt."] and page.text(".intro .p-job-title") == ["Editor"]
    assert page.soup.select_one(".intro .prose strong").get_text() == "own"
    assert page.soup.select_one(".intro .social a")["href"] == "https://github.com/nora"
    assert site("author/guest-writer").text("main h1") == ["Guest Writer"]
    assert site("author/idle").soup.select("p.empty")
    assert site("p7").links(".byline a.p-author, .byline .p-author a")[:2] == ["author/nora-fields",
                                                                               "author/guest-writer"]


def test_overviews(site):
    want = {
        "tags": {"tag/all": 10, "tag/t0": 5, "tag/t1": 5},
        "categories": {"category/food": 8, "category/salt-pepper": 1, "category/soups": 1},
        "authors": {"author/nora-fields": 9, "author/guest-writer": 1},  # who is not active any more is not among them
        "archive": {"archive/2025": 10, "archive/2025/01": 4, "archive/2025/02": 4, "archive/2025/03": 2},
    }
    for name, entries in want.items():
        page = site(name)
        found = {tag.find_previous("a")["href"].removeprefix("/blog/"): int(tag.get_text()[1:-1])
                 for tag in page.soup.select("main .count")}
        assert found == entries, name
        assert page.link("canonical") == "/blog/" + name
    food = site("categories").soup.select_one("main li.featured")
    assert food.select_one("a").get_text() == "Good food" and food.select_one("p").get_text() == "What we eat."
    assert food["style"] == "--accent: #0a6e8c"
    weights = [tag["class"][0] for tag in site("tags").soup.select("main .terms li")]
    assert weights[0] == "weight-5" and len(set(weights)) == 2


def test_every_link_leads_somewhere(httpd, site):
    for path, answer in crawl(httpd).items():
        assert answer.status_code == 200, path


# ---- addresses ----

NOT_THERE = ["tag/none", "category/none", "author/none", "author/editor", "archive/2024", "archive/2025/04",
             "archive/2025/13",
             "archive/2025/00", "archive/25", "archive/2025/01/02", "tag", "category", "author", "tag/", "tag/all/x",
             "tag/all/page", "tag/all/page/", "tag/none/feed.xml", "category/none/page/2", "page", "page/", "page/x",
             "page/-1",
             "page/0", "archive/feed.xml", "archive/2025/feed.xml", "tags/page/2", "tags/all",
             "tag/all/page/2/feed.xml",
             "tag/all/feed.xml/page/2", "feed.xml/page/2", "tag/..%2fall", "tag/%00", "tag/%ff", "categories/food",
             "categories/food.md", "authors/nora-fields", "authors/nora-fields.md", "category/food/category/food"]


def test_nothing_is_at_other_addresses(httpd, site):
    httpd.expect("AH10244")
    for path in NOT_THERE:
        status, answer = httpd.raw_path("/blog/" + path)
        assert status in ((400, 404) if "%" in path else (404,)), (path, status)
        assert b"Text 1." not in answer, path


MOVED = {
    "page/1": "", "index.html": "", "page/2/": "page/2", "page/02": "page/2", "Page/2": "page/2",
    "tag/all/": "tag/all", "Tag/ALL": "tag/all", "TAG/All/": "tag/all", "tag/all.html": "tag/all",
    "tag/all/index.html": "tag/all",
    "tag/all/page/1": "tag/all", "tag/all/page/2/": "tag/all/page/2", "category/Salt-Pepper/": "category/salt-pepper",
    "author/Nora-Fields.html": "author/nora-fields", "archive/": "archive", "archive.html": "archive",
    "Archive/2025/": "archive/2025",
    "archive/2025/1": "archive/2025/01", "archive/2025/01/": "archive/2025/01", "archive/2025/page/1": "archive/2025",
    "tags/": "tags", "TAGS.html": "tags", "categories/": "categories", "authors/index.html": "authors", "P1": "p1",
    "p1/": "p1",
    "p1.html": "p1", "feed": "feed.xml", "feed/": "feed.xml", "rss.xml": "feed.xml", "index.xml": "feed.xml",
    "atom": "atom.xml",
    "tag/all/feed": "tag/all/feed.xml", "tag/All/feed.xml": "tag/all/feed.xml",
    "category/food/index.xml": "category/food/feed.xml",
}


def test_other_ways_to_write_an_address_redirect_once(httpd, site):
    for path, right in MOVED.items():
        for query in ("", "?utm=1&b=%2F"):
            for method in ("GET", "HEAD"):
                answer = httpd.get(f"/blog/{path}{query}", method=method)
                assert answer.status_code == 301, path
                assert answer.headers["Location"] == httpd.url(f"/blog/{right}{query}"), path
        assert httpd.get("/blog/" + right).status_code == 200, right
    for path in ("Tag/None/", "tag/none/page/1", "archive/2024/", "category/none.html", "page/9/", "tag/none/feed"):
        assert httpd.get("/blog/" + path).status_code == 404, path


def test_a_query_that_means_nothing_changes_nothing(httpd, site):
    for path in ("", "tag/all", "archive", "tags"):
        plain = httpd.get("/blog/" + path)
        asked = httpd.get(f"/blog/{path}?utm_source=x&page=2")
        assert asked.status_code == 200 and asked.content == plain.content, path


# ---- HTTP ----

KINDS = ["", "page/2", "category/food", "tag/all", "author/nora-fields", "archive", "archive/2025", "tags",
         "categories",
         "authors", "feed.xml", "atom.xml", "feed.json"]


def test_head_and_conditional_requests(httpd, site):
    for path in KINDS:
        full = httpd.get("/blog/" + path, headers={"Accept-Encoding": "identity"})
        head = httpd.get("/blog/" + path, "HEAD", headers={"Accept-Encoding": "identity"})
        assert head.status_code == 200 and head.content == b"", path
        for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control"):
            assert head.headers[name] == full.headers[name], (path, name)
        assert int(full.headers["Content-Length"]) == len(full.content)
        for headers in ({"If-None-Match": full.headers["ETag"]}, {"If-None-Match": f'"x", {full.headers["ETag"]}'},
                        {"If-Modified-Since": full.headers["Last-Modified"]}):
            again = httpd.get("/blog/" + path, headers={"Accept-Encoding": "identity", **headers})
            assert (again.status_code, again.content) == (304, b""), (path, headers)
        assert httpd.get("/blog/" + path, headers={"If-None-Match": '"x"'}).status_code == 200, path
        assert httpd.get("/blog/" + path, "POST").status_code == 405, path


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)


def test_edits_show_within_the_time_that_is_set(httpd, blog):
    httpd.revalidate = "1"
    write(blog, POSTS)
    httpd.start(AT_ONCE)

    def shows(path, text, there=True):
        answer = httpd.get("/blog/" + path)
        return (answer.status_code == 200 and text in answer.text) == there

    def soon(*changes):
        wait_until(lambda: all(shows(*change) for change in changes), 10 if os.environ.get("ATD_HTTPD_PRELOAD") else 2)

    for _ in range(2):
        assert all(httpd.get("/blog/" + path).status_code == 200 for path in KINDS)
    write(blog, {"posts/p10.md": number(10, title="Edited", tags=["fresh"], category="Drinks", author="New Face")})
    soon(("", "Edited"), ("tag/fresh", "Edited"), ("category/drinks", "Edited"), ("author/new-face", "Edited"),
         ("feed.xml", "Edited"),
         ("archive/2025/03", "Edited"), ("tags", "fresh"), ("categories", "Drinks"), ("authors", "New Face"),
         ("tag/all", "Post 10", False), ("category/food", "Post 10", False))
    (blog / "posts/p10.md").unlink()
    write(blog, {"posts/new.md": number(11, title="Brand new", date="2026-01-01"),
                 "categories/food.md": "---\ntitle: Better food\n---\n",
                 "authors/nora-fields.md": "---\nname: N. Fields\n---\n"})
    soon(("", "Brand new"), ("", "Edited", False), ("tag/fresh", "", False), ("archive", "2026"),
         ("archive/2026", "Brand new"),
         ("feed.json", "Brand new"), ("feed.json", "Edited", False), ("category/food", "Better food"),
         ("categories", "Better food"),
         ("author/nora-fields", "N. Fields"), ("authors", "N. Fields"))
    write(blog, {"site.yaml": SITE.replace("pageSize: 3", "pageSize: 4")})
    soon(("page/4", "", False), ("page/3", "Post 1"))


def test_a_slug_that_is_a_lists_word(httpd, blog):
    write(blog, {"a.md": post("My archive", slug="archive", date="2025-01-01", tags=["x"]),
                 "b.md": post("My tags", slug="tags", date="2025-01-02", status="draft"),
                 "c.md": post("My feed", slug="feed", date="2025-01-03")})
    httpd.start(AT_ONCE)
    assert "My archive</h1>" in httpd.get("/blog/archive").text
    assert httpd.get("/blog/archive/2025").status_code == 200
    tags = httpd.get("/blog/tags")
    assert tags.status_code == 200 and "My tags" not in tags.text
    assert "My feed</h1>" in httpd.get("/blog/feed").text
    assert re.match("<\\?xml", httpd.get("/blog/feed.xml").text)


def test_a_blog_without_posts(httpd, blog):
    httpd.start(AT_ONCE)
    for path in ("", "archive", "tags", "categories", "authors", "feed.xml", "atom.xml", "feed.json"):
        assert httpd.get("/blog/" + path).status_code == 200, path
    for path in ("page/2", "archive/2025", "tag/x", "category/x", "author/x"):
        assert httpd.get("/blog/" + path).status_code == 404, path
