# SPDX-License-Identifier: Apache-2.0
"""What is kept: for how long, and what ends it."""
import contextlib
import datetime
import hashlib
import os
import re
import shutil
import subprocess
import time

import pytest

from coding import ENCODINGS, everywhere, fetch, text_of, warm
from httpd import post, write

# One folder, and one address for each time that its pages are kept.
TIMES = """
Alias /slow @DOCS@/blog
<Directory @DOCS@>
AllowOverride FileInfo
</Directory>
<Directory @DOCS@/blog>
AtdEngine On
%s
</Directory>
<Location /slow>
AtdRevalidate 1h
</Location>
"""
THEMED = "AtdTheme @ROOT@/theme"


def picture(width):
    head, tail = bytes.fromhex("89504e470d0a1a0a0000000d49484452"), bytes.fromhex("00000539080000")
    return head + width.to_bytes(4, "big") + tail


def titles(server, path="/blog/", **headers):
    return re.findall(r'class="u-url" href="[^"]*">([^<]*)<', text_of(server, path, **headers))


# ---- edits ----

EDITS = {  # name: (further directive, files before, file, its new content or None for none, page, what shows the edit)
    "post": ("", {}, "p.md", post("P", "Anew."), "p", "Anew."),
    "title in the list": ("", {}, "p.md", post("Anew"), "", "Anew"),
    "title in a related post": ("", {"q.md": post("Q", tags=["t"])}, "q.md", post("Anew", tags=["t"]), "p", "Anew"),
    "settings": ("", {"site.yaml": "title: Old\n"}, "site.yaml", "title: Anew\n", "p", "Anew"),
    "first settings": ("", {}, "site.yaml", "title: Anew\n", "", "Anew"),
    "settings removed": ("", {"site.yaml": "title: Old\n"}, "site.yaml", None, "p", "P | Blog</title>"),
    "author": ("", {"authors/jo.md": "---\nname: Jo\n---\n"}, "authors/jo.md", "---\nname: Anew\n---\n", "p", "Anew"),
    "first author": ("", {}, "authors/jo.md", "---\nname: Anew\n---\n", "p", "Anew"),
    "author in the list": ("", {"authors/jo.md": "---\nname: Jo\n---\n"}, "authors/jo.md", "---\nname: Anew\n---\n", "",
                           "Anew"),
    "template": (THEMED, {"../../theme/post.mustache": "Old {{>q}}", "../../theme/q.mustache": "q"},
                 "../../theme/post.mustache", "Anew {{>q}}", "p", "Anew q"),
    "partial": (THEMED, {"../../theme/post.mustache": "{{>q}}", "../../theme/q.mustache": "q"},
                "../../theme/q.mustache", "Anew", "p", "Anew"),
    "first template": (THEMED, {"../../theme/style.css": "p {}"}, "../../theme/post.mustache", "Anew", "p", "Anew"),
    "template removed": (THEMED, {"../../theme/post.mustache": "Old"}, "../../theme/post.mustache", None, "p", "<h1"),
    "style": (THEMED, {"../../theme/style.css": "p {}"}, "../../theme/style.css", "i {}", "p",
              f"_theme/style.{hashlib.sha1(b'i {}').hexdigest()[:12]}.css"),
    "image": ("", {"i.png": picture(111)}, "i.png", picture(4919), "p", 'width="4919"'),
    "first image": ("", {}, "i.png", picture(4919), "p", 'width="4919"'),
    "new post": ("", {}, "posts/n.md", post("Anew"), "", "Anew"),
    "new folder": ("", {}, "n/index.md", post("Anew"), "", "Anew"),
    "new related post": ("", {}, "n.md", post("Anew", tags=["t"]), "p", "Anew"),
    "removed post": ("", {"a.md": post("Gone"), "b.md": post("B")}, "a.md", None, "", "B"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_shows_after_its_time_and_not_before(httpd, blog, name):
    more, before, file, after, page, shows = EDITS[name]
    write(httpd.root, {"theme/unused.mustache": "unused"})
    write(blog, {"p.md": post("P", "Text.", author="jo", tags=["t"], image="i.png"), **before})
    httpd.start(TIMES % more)
    warm(httpd, "/slow/" + page, "/blog/" + page)
    kept = {encoding: fetch(httpd, "/slow/" + page, encoding)[1] for encoding in ENCODINGS}
    assert everywhere(httpd, "/blog/" + page, shows) == [name == "removed post"] * 3
    if after is None:
        (blog / file).unlink()
    else:
        write(blog, {file: after})
    assert everywhere(httpd, "/blog/" + page, shows) == [True] * 3
    assert "Gone" not in text_of(httpd, "/blog/" + page)
    assert {encoding: fetch(httpd, "/slow/" + page, encoding)[1] for encoding in ENCODINGS} == kept


@pytest.mark.all_mpms
def test_a_page_is_served_for_its_time(httpd, blog):
    httpd.revalidate = "1s"
    write(blog, {"p.md": post("P", "Old.")})
    httpd.start(TIMES % "")
    time.sleep(0.03)  # what was written a moment ago is not kept
    begun = time.monotonic()
    assert "Old." in text_of(httpd, "/blog/p")
    write(blog, {"p.md": post("P", "New.")})
    seen_old = 0
    while "Old." in text_of(httpd, "/blog/p"):
        assert time.monotonic() - begun < 5
        seen_old += 1
        time.sleep(0.02)
    assert time.monotonic() - begun >= 0.99 and seen_old > 2


def may_trace():
    with contextlib.suppress(OSError):
        return subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode == 0
    return False


if may_trace():  # elsewhere the tests above must do

    @pytest.mark.parametrize("path, looks", [("/slow/p", False), ("/blog/p", True)])
    def test_a_fresh_page_takes_no_look_at_its_files(httpd, blog, path, looks):
        write(blog, {"p.md": post("P"), "site.yaml": "title: T\n"})
        write(httpd.root, {"theme/x.mustache": "x"})
        httpd.start(TIMES % THEMED)
        warm(httpd, path)
        calls = httpd.root / "strace.out"
        pids = [word for pid in httpd.children() for word in ("-p", str(pid))]
        with subprocess.Popen(["strace", "-f", "-e", "trace=%file", "-o", str(calls), *pids], stderr=subprocess.PIPE,
                              text=True) as process:
            try:
                assert "attached" in process.stderr.readline()
                for encoding in ENCODINGS * 5:
                    assert fetch(httpd, path, encoding)[0].status_code == 200
            finally:
                process.terminate()
                process.stderr.read()
        opened = re.findall(r'"((?:[^"/]*/)*(?:p\.md|site\.yaml|x\.mustache))"', calls.read_text())
        assert any(name in opened for name in ("p.md", "site.yaml", "x.mustache")) == looks, opened


def test_the_folder_of_a_theme_appears(httpd, blog):
    httpd.expect("AtdTheme names the folder of a theme")
    write(blog, {".htaccess": "AtdTheme ./mine\n", "p.md": post("P")})
    httpd.start(TIMES % "")
    warm(httpd, "/blog/p")
    assert fetch(httpd, "/blog/p")[0].status_code == 500
    write(blog, {"mine/post.mustache": "Mine."})
    assert everywhere(httpd, "/blog/p", "Mine.") == [True] * 3
    shutil.rmtree(blog / "mine")
    assert everywhere(httpd, "/blog/p", "Mine.") == [True] * 3  # the last good one
    httpd.wait_for_log("AtdTheme names the folder of a theme")


# ---- times ----

def stamp(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("front, before, after", [("date", False, True), ("expires", True, False)])
def test_a_post_comes_and_goes_at_its_second(httpd, blog, front, before, after):
    httpd.revalidate = "1h"
    at = int(time.time()) + 3
    status = {"status": "scheduled"} if front == "date" else {}
    write(blog, {"p.md": post("Timed", tags=["t"], **{front: stamp(at)}, **status), "q.md": post("Q", tags=["t"])})
    httpd.start(TIMES % "AtdMaxAge 1h")

    def shown():
        return ([(fetch(httpd, "/blog/p", encoding)[0].status_code == 200) for encoding in ENCODINGS]
                + everywhere(httpd, "/blog/", "Timed") + everywhere(httpd, "/blog/q", "Timed"))

    time.sleep(0.03)
    while time.time() < at - 0.5:
        for path in ("/blog/", "/blog/q"):
            age = fetch(httpd, path)[0].headers["Cache-Control"]
            assert age == "no-cache" or int(re.fullmatch(r"max-age=(\d+)", age)[1]) <= at - time.time() + 1
        seen = shown()
        assert time.time() > at or seen == [before] * 9
        time.sleep(0.1)
    time.sleep(max(0.0, at + 0.01 - time.time()))
    assert shown() == [after] * 9
    assert fetch(httpd, "/blog/")[0].headers["Cache-Control"] == "max-age=3600"


# ---- bad edits ----

BROKEN = "---\ntitle: Secret: colon\n---\nText.\n"
SLIPS = {  # name: (further directive, file, its good content, its bad one, what the log says)
    "post": ("", "p.md", post("P", "Good."), BROKEN, r"p\.md:2:14"),
    "settings": ("", "site.yaml", "title: Good.\n", "title: a: b\n", r"site\.yaml:1:"),
    "template": (THEMED, "../../theme/post.mustache", "Good.", "{{#open}}", r"post\.mustache"),
    "partial": (THEMED, "../../theme/byline.mustache", "Good.", "{{/x}}", r"byline\.mustache"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_the_last_good_page_stays(httpd, blog, name):
    more, file, good, bad, said = SLIPS[name]
    httpd.expect(said)
    write(blog, {"p.md": post("P", "Good."), file: good})
    httpd.start(TIMES % more)
    warm(httpd, "/blog/p")
    right = {encoding: fetch(httpd, "/blog/p", encoding)[1] for encoding in ENCODINGS}
    write(blog, {file: bad})
    for _ in range(3):
        for encoding in ENCODINGS:
            answer, body = fetch(httpd, "/blog/p", encoding)
            assert (answer.status_code, body) == (200, right[encoding])
    httpd.wait_for_log(said)
    write(blog, {file: good.replace("Good", "Mended")})
    assert everywhere(httpd, "/blog/p", "Mended.") == [True] * 3


def ask_for(server, seconds, path="/blog/p"):
    end, statuses = time.monotonic() + seconds, []
    while time.monotonic() < end:
        statuses += [fetch(server, path, encoding)[0].status_code for encoding in ENCODINGS]
    return statuses


@pytest.mark.parametrize("was_good", [True, False])
def test_an_error_is_made_and_logged_once_a_second(httpd, blog, was_good):
    httpd.revalidate = "1s"
    httpd.expect(r"p\.md:2:14")
    write(blog, {"p.md": post("P", "Good.") if was_good else BROKEN})
    httpd.start(TIMES % "")
    warm(httpd, "/blog/p")
    write(blog, {"p.md": BROKEN})
    httpd.log.write_text("")
    statuses = ask_for(httpd, 3.5)
    assert len(statuses) > 60 and set(statuses) == {200 if was_good else 500}
    assert 2 <= len(re.findall(r"p\.md:2:14", httpd.log_text())) <= 5


def test_an_error_is_kept_though_nothing_else_is(httpd, blog):
    httpd.expect(r"p\.md:2:14")
    write(blog, {"p.md": BROKEN})
    httpd.start(TIMES % "")
    assert set(ask_for(httpd, 2.5)) == {500}
    assert len(re.findall(r"p\.md:2:14", httpd.log_text())) <= 5
    write(blog, {"p.md": post("P", "Mended.")})
    assert everywhere(httpd, "/blog/p", "Mended.") == [True] * 3


@pytest.mark.parametrize("front, status", [(None, 404), ({"status": "draft"}, 404), ({"status": "archived"}, 404),
                                           ({"draft": True}, 404), ({"status": "gone"}, 410),
                                           ({"date": "2999-01-01"}, 404), ({"expires": "2001-01-01"}, 404)])
def test_what_is_taken_back_goes_at_once(httpd, blog, front, status):
    write(blog, {"p.md": post("P", "Good."), "q.md": post("Q")})
    httpd.start(TIMES % "")
    warm(httpd, "/blog/p", "/blog/")
    if front is None:
        (blog / "p.md").unlink()
    else:
        write(blog, {"p.md": post("P", "Good.", **front)})
    for encoding in ENCODINGS * 2:
        answer, _ = fetch(httpd, "/blog/p", encoding)
        assert answer.status_code == status and "Good." not in text_of(httpd, "/blog/p", encoding)
    assert titles(httpd) == ["Q"]
    write(blog, {"p.md": BROKEN})
    httpd.expect(r"p\.md:2:14")
    for encoding in ENCODINGS:  # what was good before it went comes back no more
        assert fetch(httpd, "/blog/p", encoding)[0].status_code == 500


@pytest.mark.parametrize("line", ["status: draft", "status: 'Archived' # for now", "draft: true", "published: false"])
def test_what_is_taken_back_by_a_broken_edit_goes_too(httpd, blog, line):
    httpd.expect(r"p\.md:2:14")
    write(blog, {"p.md": post("P", "Good.")})
    httpd.start(TIMES % "")
    warm(httpd, "/blog/p")
    write(blog, {"p.md": BROKEN.replace("colon\n", f"colon\n{line}\n")})
    for encoding in ENCODINGS * 2:
        assert fetch(httpd, "/blog/p", encoding)[0].status_code == 404
        assert "Good." not in text_of(httpd, "/blog/p", encoding)
    httpd.wait_for_log(r"p\.md:2:14")


def test_debug_shows_the_error_instead(httpd, blog):
    httpd.expect(r"p\.md:2:14")
    write(blog, {"p.md": post("P", "Good.")})
    httpd.start(TIMES % "AtdDebug On")
    for encoding in ENCODINGS:
        write(blog, {"p.md": post("P", "Good.")})
        warm(httpd, "/blog/p")
        write(blog, {"p.md": BROKEN})
        for _ in range(2):
            answer, _ = fetch(httpd, "/blog/p", encoding)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "private, no-store")
            assert "p.md:2:14" in text_of(httpd, "/blog/p", encoding)


# ---- clocks ----

def test_a_file_of_tomorrow_is_kept_and_looked_at(httpd, blog):
    """From a machine whose clock is ahead."""
    write(blog, {"p.md": post("P", "Old.")})
    os.utime(blog / "p.md", (time.time() + 86400,) * 2)
    httpd.start(TIMES % "")
    warm(httpd, "/blog/p", "/slow/p")
    write(blog, {"p.md": post("P", "New.")})
    os.utime(blog / "p.md", (time.time() + 86400,) * 2)
    assert everywhere(httpd, "/blog/p", "New.") == [True] * 3
    assert everywhere(httpd, "/slow/p", "Old.") == [True] * 3
