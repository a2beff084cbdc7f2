# SPDX-License-Identifier: Apache-2.0
"""What is hidden is told by nothing: no page, list, feed, file, header, redirect or count."""
import json
import re

import pytest
from bs4 import BeautifulSoup

from crawl import FEEDS, crawl, said
from httpd import write

# Every word of a hidden post begins so, and no other word does.
MARK = "zq"

PLACES = """
<Location /blog>
AtdEngine On
AtdContent @ROOT@/content
</Location>
<Location /preview>
AtdEngine On
AtdContent @ROOT@/content
AtdDrafts On
</Location>
<Location /other>
AtdEngine On
AtdContent @ROOT@/content
</Location>
"""

YAML, TOML, JSON = "yaml", "toml", "json"
STATES = {
    "draft": (YAML, {"status": "draft"}),
    "draftflag": (YAML, {"draft": True}),
    "unpublished": (YAML, {"published": False}),
    "archived": (YAML, {"status": "archived"}),
    "gone": (YAML, {"status": "gone"}),
    "scheduled": (YAML, {"date": "2099-01-02"}),
    "undated": (YAML, {"status": "scheduled", "date": ""}),
    "expired": (YAML, {"expires": "2021-01-01"}),
    "tomldraft": (TOML, {"draft": True}),
    "jsondraft": (JSON, {"status": "draft"}),
    "broken": (YAML, {"status": "draft", "broken": True}),
    "brokentoml": (TOML, {"draft": True, "broken": True}),
    "brokenjson": (JSON, {"draft": True, "broken": True}),
}
FIELDS = ("title slug excerpt description keyword body tag category author alias series heading caption alt video "
          "warning transcript param").split()


def word(state, field):
    return f"{MARK}{state}{field}"


def front_of(state, more):
    def own(field):
        return word(state, field)

    front = {"title": f"{own('title')} title", "slug": own("slug"), "date": "2020-01-02", "excerpt": own("excerpt"),
             "tags": [own("tag"), "news"], "category": own("category"), "author": own("author"), "featured": True,
             "aliases": [f"/{own('alias')}", f"/old/{own('alias')}/x.html"], "series": own("series"), "partNumber": 1,
             "seo": {"description": own("description"), "keywords": [own("keyword")]},
             "featuredImage": {"src": "../picture.svg", "alt": own("alt"), "caption": own("caption")},
             "video": {"url": f"/{own('video')}.mp4", "transcript": own("transcript")},
             "contentWarning": own("warning"), "params": {"note": own("param")}}
    return {key: value for key, value in {**front, **more}.items() if value != ""}


def toml(front, table=""):
    lines = [f"{key} = {json.dumps(value)}" for key, value in front.items() if not isinstance(value, dict)]
    for key, value in front.items():
        if isinstance(value, dict):
            lines += [f"[{table}{key}]", toml(value, f"{table}{key}.")]
    return "\n".join(lines)


def text_of(state):
    syntax, more = STATES[state]
    front, broken = front_of(state, more), more.get("broken")
    front.pop("broken", None)
    body = (f"{word(state, 'body')} text.\n\n## {word(state, 'heading')}\n\n"
            f"![{word(state, 'alt')}](../picture.svg \"{word(state, 'caption')}\")\n")
    if syntax == YAML:
        lines = [f"{key}: {json.dumps(value)}" for key, value in front.items()]
        return "---\n" + "\n".join(lines + ["x: a: b"] * bool(broken)) + "\n---\n\n" + body
    if syntax == TOML:
        return "+++\n" + "x = y z\n" * bool(broken) + toml(front) + "\n+++\n\n" + body
    return json.dumps(front, indent=2)[:-1] + ", x}\n\n" * bool(broken) + "}\n\n" * (not broken) + body


def public(title, date, body="Open text.", **front):
    lines = [f"{key}: {json.dumps(value)}" for key, value in
             {"title": title, "date": date, "tags": ["news", "open"], "category": "Food", "author": "Nora",
              **front}.items()]
    return "---\n" + "\n".join(lines) + "\n---\n\n" + body + "\n"


OPEN = {
    "site.yaml": "title: The site\ndescription: A blog\nauthor: Nora\npageSize: 2\nrelated: 50\n",
    "picture.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"></svg>',
    "posts/one.md": public("One", "2021-02-03", "A [link](plain-draft.md), [one more](../plain-draft).",
                           relatedPosts=["plain-draft", "two"], series="Tales", partNumber=1),
    "posts/two.md": public("Two", "2021-03-04", "See [one](one.md).", aliases=["/former"], series="Tales",
                           partNumber=3),
    "posts/three.md": public("Three", "2022-03-04", translations={"de": "plain-draft"}),
    "posts/four.md": public("Four", "2022-03-05", tags=["news", "alone"], category="Sea"),
    "posts/five.md": public("Five", "2022-03-06"),
    "pages/about.md": "---\ntitle: About\n---\n\nAbout us.\n",
    # Named by public posts: its address is told by those, and nothing else is.
    "posts/plain-draft.md": public(f"{MARK}plaintitle", "2021-03-01", f"{MARK}plainbody", status="draft",
                                   series="Tales",
                                   partNumber=2, excerpt=f"{MARK}plainexcerpt"),
    "pages/hidden-page.md": f"---\ntitle: {MARK}pagetitle\nstatus: draft\n---\n\n{MARK}pagebody\n",
}


def near(slug):
    return [slug[:-1], slug + "s", slug[:3] + slug[4:], slug[:4] + slug[3:]]


def guesses(state, base):
    """Addresses that somebody may try who has heard of a word."""
    slug, file, alias = word(state, "slug"), f"file-{state}", word(state, "alias")
    yield from (base + form.format(slug) for form in (
        "{}", "{}/", "{}.html", "{}/index.html", "{}.md", "{}.json", "posts/{}", "2020/01/02/{}", "2020/01/{}/",
        "2020-01-02-{}",
        "2020/{}.html", "2099/01/02/{}", "news/{}", "blog/{}", "{}/feed.xml", "_drafts/{}"))
    yield from (base + form.format(file) for form in ("{}", "{}.md", "{}.json", "posts/{}", "posts/{}.md",
                                                      "posts/{}.html"))
    yield from (base + slug.upper(), f"{base}{word(state, 'category')}/{slug}")
    yield from (base + name for name in near(slug))
    for name in (alias, f"old/{alias}/x.html", f"old/{alias}/x"):
        yield from (base + name, base + name + "/", "/" + name)
    for kind, field in (("tag", "tag"), ("category", "category"), ("author", "author"), ("series", "series"),
                        ("tag", "keyword"), ("tag", "category")):
        name = f"{base}{kind}/{word(state, field)}"
        yield from (name, name + "/", name + "/page/2", *(f"{name}/{feed}" for feed in FEEDS))


def searches(state, base):
    for field in FIELDS:
        for kind in ("search", "search.json"):
            yield from (f"{base}{kind}?q={word(state, field)}", f"{base}{kind}?q={word(state, field)[:-2]}*")


def everything(base):
    """Every list, page and format, and addresses that no link leads to."""
    lists = ["", "category/food/", "tag/news/", "author/nora/", "archive/", "archive/2021/", "archive/2021/03/"]
    yield from (f"{base}{kind}{form}" for kind in lists for form in ("page/1", "page/2", "page/3", "page/9", *FEEDS,
                                                                     "feed", "rss"))
    yield from (base + name for name in (
        "archive", "archive/2020", "archive/2020/01", "archive/2099", "archive/2099/01", "tags", "categories",
        "authors",
        "search", "search?q=news", "search.json?q=news", "search?q=title", "opensearch.xml", "sitemap.xml",
        "sitemap-1.xml",
        "llms.txt", "llms-full.txt", "one.md", "one.json", "two.md", "two.json", "site.yaml", "site.json", "tag/tales",
        "hidden-page", "hidden-page.md", "hidden-page.json", "plain-draft", "plain-draft.md", "plain-draft.json",
        "posts/", "posts", "pages/", "2021/02/03/one.html", "former", "series/tales"))


def words_told(answer, path):
    """Words of hidden posts in an answer, but for those that were asked for."""
    asked = set(re.findall(MARK + r"\w*", path.lower()))
    found = set(re.findall(MARK + r"\w*", said(answer).lower()))
    return found - asked


def check_answers(answers_of):
    for path, answer in answers_of.items():
        assert not words_told(answer, path), (path, answer.status_code, words_told(answer, path))
        assert answer.status_code < 500, path


def check_nothing_is_told(server, base):
    """All that can be reached, and the addresses themselves."""
    seen = crawl(server, everything(base), base)
    check_answers(seen)
    check_answers({path: server.get(path) for state in STATES for path in searches(state, base)})
    for state in STATES:
        want = 410 if state == "gone" else 404
        assert server.get(base + word(state, "slug")).status_code == want, state
    for path in ("plain-draft", "hidden-page", "archive/2020", "archive/2020/01", "archive/2099", "tag/nobody",
                 "page/9"):
        assert server.get(base + path).status_code == 404, path
    return seen


def check_nothing_is_guessed(server, base):
    tried = {path: server.get(path) for state in STATES for path in guesses(state, base)}
    check_answers(tried)
    for path, answer in tried.items():
        gone = answer.status_code == 410 and word("gone", "slug") in path.lower()
        assert answer.status_code == 404 or gone, (path, answer.status_code, answer.headers)


def counts(server, base):
    """What the overviews count, by the address that each entry leads to."""
    found = {}
    for name in ("tags", "categories", "authors", "archive"):
        soup = BeautifulSoup(server.get(base + name).text, "html5lib")
        for count in soup.select("main .count"):
            found[count.find_previous("a")["href"].removeprefix(base)] = int(count.get_text(strip=True)[1:-1])
    return found


def is_private(answer):
    robots = answer.headers.get("X-Robots-Tag", "")
    if answer.headers["Content-Type"].startswith("text/html"):
        robots += BeautifulSoup(answer.text, "html5lib").select_one("meta[name=robots]")["content"]
    return answer.headers["Cache-Control"] == "private, no-store" and "noindex" in robots


def check_authors_see_all(server, base):
    for state in STATES:
        answer = server.get(base + word(state, "slug"))
        if state.startswith("broken"):
            assert answer.status_code in (404, 500), state
            continue
        assert answer.status_code == 200 and word(state, "body") in answer.text, state
        assert is_private(answer), (state, answer.headers)
        for path in (f"tag/{word(state, 'tag')}", f"category/{word(state, 'category')}",
                     f"author/{word(state, 'author')}"):
            answer = server.get(base + path)
            assert answer.status_code == 200 and word(state, "title") in answer.text, path
            assert is_private(answer), (path, answer.headers)
    for path in ("", "archive", "archive/2020", "tags", "categories", "authors", "tag/news", *FEEDS,
                 "tag/news/feed.xml"):
        answer = server.get(base + path)
        assert answer.status_code == 200, path
        assert is_private(answer), (path, answer.headers)
    for name in ("one", "two", "three", "four", "five", "about"):  # are no secret, and may be kept
        answer = server.get(base + name)
        assert answer.headers["Cache-Control"] == "no-cache" and not words_told(answer, name), name
    feed = server.get(base + "feed.xml").text
    assert word("draft", "title") in feed and word("scheduled", "title") in feed
    assert word("draft", "tag") in server.get(base + "tags").text
    found = server.get(f"{base}search?q={word('draft', 'body')}")
    assert word("draft", "title") in found.text and is_private(found)


@pytest.mark.slow
def test_nothing_tells_of_what_is_hidden(httpd):
    write(httpd.root, {f"content/{name}": text for name, text in OPEN.items()})
    write(httpd.root, {f"content/posts/file-{state}.md": text_of(state) for state in STATES})
    httpd.expect(r"file-broken\w*\.md:\d+")
    httpd.start(PLACES)
    seen = check_nothing_is_told(httpd, "/blog/")
    assert {"/blog/" + name for name in ("one", "two", "three", "four", "five", "page/2", "page/3", "tag/alone",
                                         "category/sea", "author/nora", "tags", "archive/2021",
                                         "feed.xml")} <= set(seen)
    assert counts(httpd, "/blog/") == {
        "tag/news": 5, "tag/open": 4, "tag/alone": 1, "category/food": 4, "category/sea": 1, "author/nora": 5,
        "archive/2021": 2, "archive/2021/02": 1, "archive/2021/03": 1, "archive/2022": 3, "archive/2022/03": 3}
    check_nothing_is_guessed(httpd, "/blog/")
    check_authors_see_all(httpd, "/preview/")
    for base in ("/blog/", "/other/"):
        check_nothing_is_told(httpd, base)
