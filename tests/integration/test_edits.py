# SPDX-License-Identifier: Apache-2.0
"""Edits are seen at once; a bad one breaks its own page alone, and the log says what is wrong, where, what to do."""
import os
import re
import shutil
import threading
import time

import pytest
from bs4 import BeautifulSoup

from httpd import post, write

THEMED = "<Directory @DOCS@/blog>\nAtdEngine On\nAtdTheme @ROOT@/theme\n</Directory>"
DEBUG = "<Directory @DOCS@/blog>\nAtdEngine On\nAtdDebug On\n</Directory>"
BROKEN = "---\ntitle: Secret: colon\n---\n\nText.\n"
BROKEN_LOG = (r"p\.md:2:14: a colon followed by a space inside unquoted text "
              r"\(put the value in quotes: title: 'Secret: colon'\) \[ATD0011\]")


def heading(httpd, path="/blog/p"):
    answer = httpd.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html5lib").h1.get_text()


def titles(httpd):
    return [tag.get_text() for tag in BeautifulSoup(httpd.get("/blog/").text, "html5lib").select(".card h2")]


def moved_to(httpd, path):
    answer = httpd.get(path)
    assert answer.status_code == 301
    return answer.headers["Location"].removeprefix(httpd.url(""))


# ---- good edits ----

def test_each_edit_is_seen_at_once(httpd, blog):
    write(blog, {"p.md": post("Start")})
    httpd.start()
    for i in range(50):
        write(blog, {"p.md": post(f"Edit {i}")})
        assert heading(httpd) == f"Edit {i}"
        assert titles(httpd) == [f"Edit {i}"]


def test_an_edit_of_the_same_size_and_time_is_seen(httpd, blog):
    write(blog, {"p.md": post("One")})
    httpd.start()
    assert heading(httpd) == "One"
    before = os.stat(blog / "p.md")
    write(blog, {"p.md": post("Two")})
    os.utime(blog / "p.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert heading(httpd) == "Two"


def test_new_deleted_and_renamed_files(httpd, blog):
    httpd.start()
    assert httpd.get("/blog/p").status_code == 404
    write(blog, {"p.md": post("P", tags=["t"]), "posts/q.md": post("Q", tags=["t"])})
    assert heading(httpd) == "P" and "Q" in httpd.get("/blog/p").text
    (blog / "p.md").rename(blog / "r.md")
    assert moved_to(httpd, "/blog/p") == "/blog/r"
    assert heading(httpd, "/blog/r") == "P"
    (blog / "r.md").unlink()
    shutil.rmtree(blog / "posts")
    assert [httpd.get("/blog/" + name).status_code for name in "pqr"] == [404] * 3
    assert titles(httpd) == []


def test_a_new_slug_moves_the_post(httpd, blog):
    write(blog, {"p.md": post("P", slug="old")})
    httpd.start()
    assert heading(httpd, "/blog/old") == "P"
    write(blog, {"p.md": post("P", slug="new")})
    assert moved_to(httpd, "/blog/old") == "/blog/new"
    assert heading(httpd, "/blog/new") == "P" and titles(httpd) == ["P"]
    write(blog, {"p.md": post("P", slug="newest")})
    assert [moved_to(httpd, "/blog/" + name) for name in ("old", "new")] == ["/blog/newest"] * 2
    write(blog, {"other.md": post("Other", slug="old")})
    assert heading(httpd, "/blog/old") == "Other"


def test_settings_and_authors(httpd, blog):
    write(blog, {"p.md": post("P", author="jo")})
    httpd.start()
    assert "Jo Doe" not in httpd.get("/blog/p").text
    write(blog, {"site.yaml": "title: First\n", "authors/jo.md": "---\nname: Jo Doe\n---\n"})
    assert "<title>P | First</title>" in httpd.get("/blog/p").text
    assert "Jo Doe" in httpd.get("/blog/p").text
    write(blog, {"site.yaml": "title: Other\n"})
    assert heading(httpd, "/blog/") == "Other"
    (blog / "site.yaml").unlink()
    assert heading(httpd, "/blog/") == "Blog"


def test_theme_files(httpd, blog):
    write(blog, {"p.md": post("P")})
    write(httpd.root, {"theme/post.mustache": "<h1>One {{>part}}</h1>", "theme/part.mustache": "a"})
    httpd.start(THEMED)
    assert heading(httpd) == "One a"
    write(httpd.root, {"theme/part.mustache": "b"})
    assert heading(httpd) == "One b"
    write(httpd.root, {"theme/post.mustache": "<h1>Two {{>new}}</h1>", "theme/new.mustache": "c"})
    assert heading(httpd) == "Two c"
    (httpd.root / "theme/post.mustache").unlink()
    assert heading(httpd) == "P"


def test_a_style_sheet_gets_a_new_address(httpd, blog):
    def style():
        page = BeautifulSoup(httpd.get("/blog/p").text, "html5lib")
        return page.select_one('link[rel="stylesheet"]')["href"]

    write(blog, {"p.md": post("P")})
    write(httpd.root, {"theme/style.css": "a{}"})
    httpd.start(THEMED)
    first = style()
    assert httpd.get(first).text == "a{}"
    write(httpd.root, {"theme/style.css": "b{}"})
    assert style() != first
    assert httpd.get(style()).text == "b{}"
    assert "immutable" in httpd.get(style()).headers["Cache-Control"]
    assert "immutable" not in httpd.get(first).headers["Cache-Control"]


# ---- bad edits ----

def test_a_broken_post_breaks_no_other_page_and_is_mended(httpd, blog):
    httpd.expect(BROKEN_LOG)
    write(blog, {"p.md": BROKEN, "q.md": post("Q", relatedPosts=["p"]), "r.md": post("R")})
    httpd.start()
    for _ in range(2):
        answer = httpd.get("/blog/p")
        assert answer.status_code == 500
        assert answer.headers["Cache-Control"] == "no-cache"
        assert heading(httpd, "/blog/q") == "Q"
        assert titles(httpd) == ["Q", "R"]
    httpd.wait_for_log(BROKEN_LOG + rf" \(blog in {re.escape(str(blog))}\)")
    write(blog, {"p.md": post("Mended")})
    assert heading(httpd) == "Mended"
    assert titles(httpd) == ["Mended", "Q", "R"]


def test_without_debug_the_page_tells_nothing(httpd, blog):
    httpd.expect(BROKEN_LOG)
    write(blog, {"p.md": BROKEN})
    httpd.start()
    text = httpd.get("/blog/p").text
    for word in ("Secret", "p.md", "colon", "quotes", "ATD0011", str(blog)):
        assert word not in text, word
    assert BeautifulSoup(text, "html5lib").h1.get_text() == "Something went wrong"


def test_with_debug_the_page_tells_all(httpd, blog):
    httpd.expect(BROKEN_LOG)
    write(blog, {"p.md": BROKEN})
    httpd.start(DEBUG)
    answer = httpd.get("/blog/p")
    detail = BeautifulSoup(answer.text, "html5lib").select_one("section.detail")
    assert detail.select_one(".place").get_text(strip=True) == "p.md:2:14"
    assert "title: Secret: colon" in detail.select_one("pre").get_text()
    assert "a colon followed by a space" in detail.get_text()
    assert "title: 'Secret: colon'" in detail.select_one(".hint").get_text()
    assert "ATD0011" in detail.get_text()
    assert str(blog) not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_excerpt_is_text_and_valid_utf_8(httpd, blog):
    httpd.expect("p.md:2:")
    write(blog, {"p.md": b"---\ntitle: <b>caf\xe9</b>\n---\n"})
    httpd.start(DEBUG)
    answer = httpd.get("/blog/p")
    assert answer.status_code == 500
    assert "<b>caf\ufffd</b>" in BeautifulSoup(answer.content.decode("utf-8"), "html5lib").pre.get_text()
    write(blog, {"p.md": f"---\nfeatured: x{'é' * 100}\n---\n"})
    assert "found text: 'xé" in httpd.get("/blog/p").content.decode("utf-8").replace("&#39;", "'")


def test_broken_settings(httpd, blog):
    pattern = r"site\.yaml:2:\d+: .* \[ATD0011\]"
    httpd.expect(pattern)
    write(blog, {"p.md": post("P"), "site.yaml": "title: A\ndescription: b: c\n"})
    httpd.start()
    for path in ("/blog/p", "/blog/"):
        answer = httpd.get(path)
        assert answer.status_code == 500
        assert BeautifulSoup(answer.text, "html5lib").h1.get_text() == "Something went wrong"
        assert "site.yaml" not in answer.text
    httpd.wait_for_log(pattern)
    write(blog, {"site.yaml": "title: A\ndescription: 'b: c'\n"})
    assert heading(httpd) == "P"


@pytest.mark.parametrize("template, place", [
    ("<p>\n{{#open}}", r"post\.mustache:2:\d+: "), ("{{>no-such}}", r"there is no template 'no-such'"),
    ("{{>post}}", r"post\.mustache.*(deep|nest|level)"), ("a\n{{/close}}", r"post\.mustache:2:\d+: ")])
def test_a_broken_template(httpd, blog, template, place):
    httpd.expect(place)
    write(blog, {"p.md": post("P")})
    write(httpd.root, {"theme/post.mustache": template})
    httpd.start(THEMED)
    answer = httpd.get("/blog/p")
    assert answer.status_code == 500
    page = BeautifulSoup(answer.text, "html5lib")
    assert page.h1.get_text() == "Something went wrong" and page.select("header.bar")
    httpd.wait_for_log(place)
    assert titles(httpd) == ["P"]
    assert httpd.get("/blog/none").status_code == 404
    write(httpd.root, {"theme/post.mustache": "<h1>{{post.title}}!</h1>"})
    assert heading(httpd) == "P!"


def test_a_broken_error_template_falls_back_to_the_built_in_one(httpd, blog):
    httpd.expect("error.mustache")
    write(blog, {"p.md": post("P")})
    write(httpd.root, {"theme/error.mustache": "{{#open}}", "theme/layout.mustache": "{{/x}}"})
    httpd.start(THEMED)
    answer = httpd.get("/blog/none")
    assert answer.status_code == 404
    assert BeautifulSoup(answer.text, "html5lib").h1.get_text() == "Page not found"
    httpd.expect("layout.mustache")
    assert httpd.get("/blog/p").status_code == 500


def test_an_unreadable_post(httpd, blog):
    write(blog, {"q.md": post("Q")})
    (blog / "p.md").mkdir()
    httpd.start()
    assert httpd.get("/blog/p").status_code == 404
    assert titles(httpd) == ["Q"]


MISTAKES = {
    # name: (front matter, line, a part of what the log says)
    "colon": ("title: AI: a story", 2, "put the value in quotes: title: 'AI: a story'"),
    "nested colon": ("seo:\n  description: a: b", 3, "put the value in quotes: description: 'a: b'"),
    "tab": ("author:\n\tname: A", 3, "a tab is used for indentation (use spaces"),
    "open quote": ("date: 2025-01-01\ntitle: 'Open", 3, "the quote is not closed"),
    "open double quote": ('title: "Open\ndate: 2025-01-01', 2, "the quote is not closed"),
    "apostrophe": ("title: 'It's me'", 2, "put the value in quotes: title: 'It''s me'"),
    "twice": ("title: A\nslug: p\ntitle: B", 4, "the key 'title' is given twice; its first value is in line 2"),
    "no blank": ("slug: p\ntitle:Hello", 3, "put a blank behind the colon"),
    "indented": ("title: A\n  date: 2025-01-01", 3, "begin it in column 1"),
    "odd indentation": ("author:\n  name: A\n role: B", 4, "the line's indentation is not that of any line above"),
    "open bracket": ("tags: [a, b\ntitle: A", 2, "add the closing ']'"),
    "open brace": ("author: {name: A\ntitle: B", 2, "add the closing '}'"),
    "at": ("title: @home", 2, "put the value in quotes: title: '@home'"),
    "backtick": ("title: `code`", 2, "put the value in quotes"),
    "percent": ("title: %x", 2, "put the value in quotes"),
    "star": ("title: *bold*", 2, "put the value in quotes: title: '*bold*'"),
    "tag": ("title: !!python/object x", 2, "is not understood (leave it out"),
    "comma": ('title: "a", b', 2, "put the whole value in quotes"),
    "behind a quote": ('title: "a" b', 2, "text behind a closing quote"),
    "list item": ("title: A\n- b", 3, "write the list's key on the line above"),
    "list on the key's line": ("tags: - a", 2, "begin the list on the next line"),
    "escape": ('title: "C:\\new\\dir"', 2, "write the backslash twice"),
    "no key": ("title: A\nhello", 3, "write 'key: value' or '- item'"),
    "curly quotes": ("title: \u201cA\u201d: b", 2, "put the value in quotes"),
    "list as title": ("title: [a]", 2, "'title' must be text, found a list"),
    "map as tags": ("tags: {a: b}", 2, "'tags' must be a list of texts, found a map"),
    "not a flag": ("featured: maybe", 2, "'featured' must be true or false, found text: 'maybe'"),
    "not a date": ("date: yesterday", 2, "write it as 2025-06-16"),
    "no such day": ("date: 2025-13-45", 2, "'date' is not a date: '2025-13-45'"),
    "status": ("status: publishd", 2, "use published, draft, scheduled, archived or gone"),
    "priority": ("priority: urgent", 2, "use low, medium or high"),
    "not a number": ("partNumber: two", 2, "'partNumber' must be a number, found text: 'two'"),
    "nameless author": ("author: {role: x}", 2, "add a name: to it"),
    "script URL": ("canonicalUrl: javascript:alert(1)", 2, "use http, https, or a path"),
    "redirect status": ("redirect: {to: /x, status: 200}", 2, "must be from 301 to 308, found 200"),
    "hard blank": ("title:\u00a0A", 2, "write lines such as 'title: My first post'"),
    "control character": ('title: "a\x01b"', 2, "a control character (U+0001) (delete it)"),
    "Latin-1": (b"title: caf\xe9", 2, "UTF-8"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_explained(httpd, blog, name):
    front, line, said = MISTAKES[name]
    httpd.expect(r"p\.md:\d+:\d+: ")
    front = front if isinstance(front, bytes) else front.encode()
    write(blog, {"p.md": b"---\n" + front + b"\n---\n\nText.\n", "q.md": post("Q")})
    httpd.start()
    assert httpd.get("/blog/p").status_code == 500
    assert titles(httpd) == ["Q"]
    found = httpd.wait_for_log(rf"p\.md:{line}:\d+: (.*) \[ATD00\d\d\]")
    assert said in found.group(1).replace("\\\\", "\\").replace("\\xe2\\x80\\x9c", "\u201c")


@pytest.mark.parametrize("text, line, said", [
    (b"title: A\ndate: 2025-01-01\n---\n\nText.\n", 1, "put a line '---' above the first key"),
    (b"---\ntitle: A\n\nText.\n", 1, "put a line '---' below the last key"),
    (b"---\ntitle: A\n---\n\nOne\ncaf\xe9\n", 6, "UTF-8")])
def test_mistakes_outside_the_front_matter(httpd, blog, text, line, said):
    httpd.expect(rf"p\.md:{line}:\d+: .*{re.escape(said)}")
    write(blog, {"p.md": text})
    httpd.start()
    assert httpd.get("/blog/p").status_code == 500
    httpd.wait_for_log(rf"p\.md:{line}:\d+: .*{re.escape(said)}")


# ---- writing while reading ----

LINES = 1500


def version(number):
    body = "".join(f"Version {number:06}, line {i}.\n\n" for i in range(LINES))
    return post(f"Version {number:06}", body).encode()


def in_place(path, data):
    with open(path, "r+b") as file:
        file.write(data)


def by_rename(path, data):
    path.with_suffix(".new").write_bytes(data)
    path.with_suffix(".new").rename(path)


# A writer that is held up in the middle of a save for so long leaves a file that nobody can tell from a whole one. Seconds.
STALLED = 0.015


@pytest.mark.parametrize("save", [in_place, by_rename])
def test_no_page_mixes_two_versions(httpd, blog, save):
    httpd.expect(r"p\.md: is being written to")
    write(blog, {"p.md": version(0)})
    httpd.start()
    ended, longest = threading.Event(), [0]
    texts = [version(number) for number in range(50)]

    def writer():
        number = 0
        while not ended.is_set():
            number += 1
            begun = time.monotonic()
            save(blog / "p.md", texts[number % 50])
            longest[0] = max(longest[0], time.monotonic() - begun)
            if number % 133 == 0:
                time.sleep(0.1)  # an editor's pause: what it left must be shown

    thread = threading.Thread(target=writer)
    thread.start()
    try:
        seen, end = set(), time.monotonic() + 4
        while time.monotonic() < end:
            answer = httpd.get("/blog/p")
            if answer.status_code == 500 and save is in_place:
                continue
            assert answer.status_code == 200
            versions = re.findall(r"<p>Version (\d+), line \d+", answer.text)
            if len(set(versions)) == 2 and longest[0] > STALLED:
                continue
            assert len(versions) == LINES and len(set(versions)) == 1
            assert f'<h1 class="p-name">Version {versions[0]}</h1>' in answer.text
            seen.add(versions[0])
    finally:
        ended.set()
        thread.join(30)
    assert len(seen) > 2
    write(blog, {"p.md": version(999999)})
    assert heading(httpd) == "Version 999999"
