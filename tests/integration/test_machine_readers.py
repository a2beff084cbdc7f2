# SPDX-License-Identifier: Apache-2.0
"""What programs read: a post's source and data, the search's description, Link fields, and Accept: text/markdown."""
import json
import re
import time

import jsonschema
import pytest
import yaml
from lxml import etree

from coding import ENCODINGS, decode, fetch
from httpd import SEED, SOURCE, post, write

PLACES = {
    ".htaccess": ("<Directory @DOCS@/blog>\nAllowOverride FileInfo\n</Directory>\n", "AtdEngine On\n%s"),
    "Location": ("<Location /blog>\nAtdEngine On\n%s\n</Location>\n", None),
}
FORMS = {"md": "text/markdown; charset=utf-8", "json": "application/json; charset=utf-8"}
BODY = "## Part\n\nSome *text*, [a link](posts/other.md), ![a dot](dot.png).\n\n" + "More words. " * 100
HIDDEN = {"draft": {"status": "draft"}, "later": {"status": "scheduled", "date": "2099-01-01"},
          "archived": {"status": "archived"}, "expired": {"expires": "2024-01-01"}}
FILES = {
    "salt.md": post("Salt & pepper", BODY, tags=["One", "two three"], category="News", author="Jo Doe",
                    date="2025-06-16T10:00:00+02:00", lastModified="2025-06-17", excerpt="In short.", note="for me"),
    "posts/other.md": post("Other", "There.", date="2025-06-15", tags=["One"]),
    "posts/bundle/index.md": post("Bundle", "In a folder.", date="2025-06-14"),
    "pages/about.md": post("About", "Us."),
    "gone.md": post("SECRET", "SECRET", status="gone"),
    "moved.md": post("SECRET", "SECRET", redirect={"to": "/elsewhere"}),
    "plain.json": '{"no": "post"}',
    "salt.json": '"RAW"',
    "site.yaml": "title: A blog on all that there is\ndescription: This & that.\n",
    **{f"{name}.md": post("SECRET", "SECRET", **front) for name, front in HIDDEN.items()},
}


def start(httpd, place="Location", more="", server="", files=()):
    config, htaccess = PLACES[place]
    write(httpd.docs / "blog", FILES | dict(files))
    if htaccess:
        write(httpd.docs / "blog", {".htaccess": htaccess % more})
    time.sleep(0.05)
    httpd.start(server + (config if htaccess else config % more))
    return httpd


@pytest.fixture
def served(httpd):
    return start(httpd)


def source_of(answer):
    """(front matter, body) of a source."""
    assert answer.text.startswith("---\n")
    front, body = answer.text[4:].split("\n---\n", 1)
    return yaml.safe_load(front), body


def validate(data):
    schema = json.loads((SOURCE / "docs/post.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(data)


def links(answer):
    """{(rel, type): URL} of the Link fields."""
    found = re.findall(r'<([^>]*)>; rel="?([\w-]+)"?(?:; type="([^"]*)")?', answer.headers.get("Link", ""))
    return {(rel, kind): url for url, rel, kind in found}


# ---- source and data ----

@pytest.mark.parametrize("place", PLACES)
def test_a_post_has_a_source_and_data(httpd, place):
    start(httpd, place)
    page = httpd.url("/blog/salt")
    for ending, kind in FORMS.items():
        answer = httpd.get(f"/blog/salt.{ending}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert links(answer) == {("canonical", ""): page}
        assert "RAW" not in answer.text and "for me" not in answer.text
        head = httpd.get(f"/blog/salt.{ending}", "HEAD")
        assert head.status_code == 200 and not head.content
        assert head.headers["Content-Length"] == str(len(answer.content)) or "Content-Encoding" in answer.headers


def test_the_source(served):
    front, body = source_of(served.get("/blog/salt.md"))
    assert (front["title"], front["url"]) == ("Salt & pepper", served.url("/blog/salt"))
    assert front["date"].isoformat() == "2025-06-16T10:00:00+02:00"
    assert front["authors"] == ["Jo Doe"] and front["tags"] == ["One", "two three"]
    assert "note" not in front and "status" not in front
    assert body == "\n" + BODY + "\n"
    assert source_of(served.get("/blog/bundle.md"))[1] == "\nIn a folder.\n"
    assert source_of(served.get("/blog/about.md"))[0]["title"] == "About"


def test_the_data(served):
    data = served.get("/blog/salt.json").json()
    validate(data)
    assert data["url"] == data["id"] == served.url("/blog/salt") and data["type"] == "post"
    assert data["date_published"] == "2025-06-16T10:00:00+02:00"
    assert data["authors"] == [{"name": "Jo Doe"}] and data["tags"] == ["One", "two three"]
    assert f'href="{served.url("/blog/other")}"' in data["content_html"]
    assert "Some text, a link" in data["content_text"]
    assert data["toc"] == [{"level": 2, "id": "part", "text": "Part"}]
    assert data["previous"] == {"title": "Other", "url": served.url("/blog/other")}
    assert data["related"] == [{"title": "Other", "url": served.url("/blog/other")}]
    assert data["words"] > 200 and data["reading_time_minutes"] >= 1
    for path in ("other", "bundle", "about"):
        validate(served.get(f"/blog/{path}.json").json())


def test_data_of_many_posts_is_valid(httpd):
    """The project's own blog and the seed, as they are."""
    for source in (SOURCE / "conf/example/posts", SOURCE / "conf/example/pages", SEED):
        for file in source.glob("*.md"):
            write(httpd.docs / "blog", {f"{source.name}/{file.name}" if source != SEED else file.name: file.read_bytes()})
    httpd.start(PLACES["Location"][0] % "")
    found = set(re.findall(r"<loc>[^<]*/blog/([\w-]+)</loc>", httpd.get("/blog/sitemap.xml").text))
    found |= {re.sub(r"^\d{4}-\d\d-\d\d-", "", path.stem) for path in (httpd.docs / "blog").rglob("*.md")}
    seen = 0
    for slug in sorted(found):
        answer = httpd.get(f"/blog/{slug}.json")
        assert answer.status_code == httpd.get(f"/blog/{slug}.md").status_code
        if answer.status_code == 200:
            validate(answer.json())
            front, _ = source_of(httpd.get(f"/blog/{slug}.md"))
            assert front["title"] == answer.json()["title"] and front["url"] == answer.json()["url"]
            seen += 1
    assert seen >= 3


def test_schema_and_documentation_have_the_same_keys():
    schema = json.loads((SOURCE / "docs/post.schema.json").read_text())
    text = (SOURCE / "docs/machine-readers.md").read_text()
    rows = re.findall(r"^\| `(\w+)` ", text.split("## The data")[1], flags=re.M)
    assert rows == list(dict.fromkeys(rows)) and set(rows) == set(schema["properties"])
    code = (SOURCE / "mod_atd/site/atd_twin.c").read_text()
    front, data = code.split("/* ---- the data ---- */")
    assert set(re.findall(r'put_\w+\(out, "(\w+)"', front)) | {"partNumber"} == \
        set(re.findall(r"^\| `(\w+)` ", text.split("## The source")[1].split("## The data")[0], flags=re.M))
    assert set(re.findall(r'(?:set\w*|atd_value_set)\(map, "(\w+)"', data)) >= set(rows)


def test_other_ways_to_write_it(served):
    for path, right in (("Salt.MD", "salt.md"), ("SALT.json", "salt.json"), ("salt.md/", "salt.md")):
        answer = served.get(f"/blog/{path}?q=1")
        assert (answer.status_code, answer.headers["Location"]) == (301, served.url(f"/blog/{right}?q=1"))


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_told_of_hidden_posts(httpd, place):
    start(httpd, place)
    for name in [*HIDDEN, "gone", "moved", "none"]:
        for path in (name, name.upper()):
            for ending in ("md", "json", "MD"):
                for accept in ("*/*", "text/markdown"):
                    answer = httpd.get(f"/blog/{path}.{ending}", headers={"Accept": accept})
                    assert answer.status_code == (410 if name == "gone" else 404), (path, ending)
                    assert "SECRET" not in answer.text and "canonical" not in answer.headers.get("Link", "")
    for path in ("/blog/posts/other.md", "/blog/posts/bundle/index.md", "/blog/pages/about.md", "/blog/site.yaml"):
        assert httpd.get(path).status_code == 404, path
    assert httpd.get("/blog/posts/other.md/").status_code == 404
    assert "SECRET" not in httpd.get("/blog/salt.json").text + httpd.get("/blog/other.json").text
    assert httpd.get("/blog/plain.json").text == '{"no": "post"}'


def test_drafts_are_shown_to_their_author(httpd):
    start(httpd, more="AtdDrafts On")
    for name in HIDDEN:
        for ending, kind in FORMS.items():
            answer = httpd.get(f"/blog/{name}.{ending}")
            assert answer.status_code == 200 and answer.headers["Content-Type"] == kind
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert "ETag" not in answer.headers
        page = httpd.get(f"/blog/{name}", headers={"Accept": "text/markdown"})
        assert page.status_code == 200 and "text/markdown" not in page.headers.get("Link", "")
        validate(httpd.get(f"/blog/{name}.json").json())


def test_a_withdrawn_post_goes_in_all_forms(httpd):
    start(httpd)
    for path in ("salt", "salt.md", "salt.json"):
        for _ in range(2):
            assert httpd.get(f"/blog/{path}").status_code == 200
    write(httpd.docs / "blog", {"salt.md": post("SECRET", "SECRET", status="draft")})
    for path in ("salt", "salt.md", "salt.json"):
        answer = httpd.get(f"/blog/{path}", headers={"Accept": "text/markdown"})
        assert answer.status_code == 404 and "SECRET" not in answer.text


@pytest.mark.parametrize("ending", FORMS)
def test_encodings_and_conditions(httpd, ending):
    httpd.revalidate = "1h"
    start(httpd)
    path = f"/blog/salt.{ending}"
    for _ in range(3):
        answers = {encoding: fetch(httpd, path, encoding) for encoding in ENCODINGS}
    assert len({decode(*answer) for answer in answers.values()}) == 1
    for encoding, (answer, _) in answers.items():
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert links(answer) == {("canonical", ""): httpd.url("/blog/salt")}
        again, body = fetch(httpd, path, encoding, If_None_Match=answer.headers["ETag"])
        assert again.status_code == 304 and not body and "Link" not in again.headers
        since, _ = fetch(httpd, path, encoding, If_Modified_Since=answer.headers["Last-Modified"])
        assert since.status_code == 304
    assert len({answer.headers["Last-Modified"] for answer, _ in answers.values()}) == 1


# ---- Link ----

@pytest.mark.parametrize("quick", ["Off", "On"])
def test_pages_tell_their_other_forms(httpd, quick):
    httpd.revalidate = "1h"
    start(httpd, server=f"AtdQuickHandler {quick}\n")
    url = httpd.url("/blog/")
    forms = {("describedby", "text/plain"): url + "llms.txt"}
    style = links(httpd.get("/blog/tags"))
    for _ in range(4):
        for method in ("GET", "HEAD"):
            for encoding in ENCODINGS:
                for name in ("salt", "about"):
                    answer = httpd.get(f"/blog/{name}", method, headers={"Accept-Encoding": encoding})
                    assert links(answer) == style | forms | {
                        ("alternate", "text/markdown"): f"{url}{name}.md",
                        ("alternate", "application/json"): f"{url}{name}.json"}
                assert links(httpd.get("/blog/", method, headers={"Accept-Encoding": encoding})) == style | forms
            for feed in ("feed.xml", "atom.xml", "feed.json"):
                assert links(httpd.get(f"/blog/{feed}", method)) == {("canonical", ""): url}
    assert links(httpd.get("/blog/tag/one/feed.xml")) == {("canonical", ""): url + "tag/one"}
    for path in ("draft", "gone", "none", "Salt"):
        assert "alternate" not in httpd.get(f"/blog/{path}").headers.get("Link", "")


# ---- Accept ----

MARKDOWN = ["text/markdown", "text/markdown, text/html;q=0.9", "text/markdown;q=0.1", "TEXT/MARKDOWN, */*;q=0.1"]
HTML = [None, "*/*", "text/*", "text/html", "text/markdown;q=0", "text/markdown, text/html", "text/markdown, */*",
        "text/markdown;q=0.5, text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]


def check_choice(httpd, path="/blog/salt", method="GET", to=None):
    to = to or httpd.url(path + ".md")
    for accept in MARKDOWN:
        answer = httpd.get(path, method, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Location"]) == (303, to), accept
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Vary"] == "Accept"
        assert not answer.content and "ETag" not in answer.headers and "Link" not in answer.headers
    for accept in HTML:
        answer = httpd.get(path, method, headers={"Accept": accept})
        assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"), accept


@pytest.mark.parametrize("revalidate", ["0", "1h"])
@pytest.mark.parametrize("place", PLACES)
def test_who_asks_for_markdown_is_sent_to_it(httpd, place, revalidate):
    httpd.revalidate = revalidate
    start(httpd, place, more="AtdMaxAge 60")
    for _ in range(2):
        for method in ("GET", "HEAD"):
            check_choice(httpd, method=method)
    check_choice(httpd, "/blog/about")
    check_choice(httpd, "/blog/bundle")
    answer = httpd.get("/blog/salt", headers={"Accept": "text/markdown"}, allow_redirects=True)
    assert answer.status_code == 200 and answer.text.startswith("---\n")


@pytest.mark.all_mpms
def test_quick_hits_are_html_alone(httpd):
    httpd.revalidate = "1h"
    start(httpd, server="AtdQuickHandler On\n")
    for first in (MARKDOWN[0], HTML[1]):  # whatever is asked for first
        for _ in range(4):
            httpd.get("/blog/salt", headers={"Accept": first})
        check_choice(httpd)
    for _ in range(4):
        assert httpd.get("/blog/salt.md", headers={"Accept": "text/markdown"}).status_code == 200


def test_conditions_do_not_matter_to_it(served):
    page = [served.get("/blog/salt") for _ in range(2)][1]
    headers = {"Accept": "text/markdown", "If-None-Match": page.headers["ETag"]}
    assert served.get("/blog/salt", headers=headers).status_code == 303
    assert served.get("/blog/salt", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


def test_only_posts_have_it(served):
    headers = {"Accept": "text/markdown"}
    for path in ("", "tags", "tag/one", "archive", "feed.xml", "salt.md", "salt.json"):
        assert served.get(f"/blog/{path}", headers=headers).status_code == 200, path
    for path, status in (("none", 404), ("draft", 404), ("gone", 410), ("moved", 301), ("Salt", 301), ("salt/", 301)):
        assert served.get(f"/blog/{path}", headers=headers).status_code in (status, 302), path
    assert served.get("/blog/salt", "POST", data="x", headers=headers).status_code == 405


def test_an_error_document_stays_one(httpd):
    start(httpd, server="ErrorDocument 404 /blog/about\n")
    answer = httpd.get("/nothing", headers={"Accept": "text/markdown"})
    assert answer.status_code == 404 and "Us." in answer.text


def test_permalinks(httpd):
    start(httpd, files={"site.yaml": "permalink: /:year/:slug/\n"})
    page = httpd.get("/blog/salt").headers["Location"].removeprefix(httpd.url(""))
    check_choice(httpd, page, to=httpd.url("/blog/salt.md"))
    assert links(httpd.get("/blog/salt.json")) == {("canonical", ""): httpd.url(page)}


# ---- the search's description ----

def test_opensearch(served):
    answer = served.get("/blog/opensearch.xml")
    assert answer.headers["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    root = etree.fromstring(answer.content)
    assert root.tag == space + "OpenSearchDescription"
    assert root.findtext(space + "ShortName") == "A blog on all"
    assert root.findtext(space + "Description") == "This & that."
    found = {url.get("type"): url.get("template") for url in root.findall(space + "Url")}
    assert found["text/html"] == served.url("/blog/search?q={searchTerms}")
    assert found["application/json"] == served.url("/blog/search.json?q={searchTerms}")
    icon = root.findtext(space + "Image")
    assert icon and served.get(icon.removeprefix(served.url(""))).headers["Content-Type"].startswith("image/svg+xml")
    assert served.get("/blog/OpenSearch.XML").status_code == 301
    assert fetch(served, "/blog/opensearch.xml", "gzip")[0].headers["Content-Encoding"] == "gzip"
