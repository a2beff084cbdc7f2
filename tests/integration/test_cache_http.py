# SPDX-License-Identifier: Apache-2.0
"""A kept page on the wire: encodings, conditions, ranges, and what caches and browsers are told."""
import os
import re
import time

import pytest

from coding import ENCODINGS, decode, fetch
from httpd import modules_folder, post, write

BLOG = "<Directory @DOCS@/blog>\nAtdEngine On\n%s\n</Directory>\n"
TEXT = "word and more words, " * 400


@pytest.fixture
def page(httpd, blog):
    """A post of some length, whose file is old."""
    httpd.revalidate = "1h"
    write(blog, {"p.md": post("P", TEXT, tags=["One", "two three"], category="News", author="Jo Doe",
                              lastModified="2025-06-16T10:00:00Z"), "site.yaml": "title: T\n", "short.txt": "short"})
    old(blog)
    httpd.start(BLOG % "")
    return httpd


def old(folder, age=7 * 86400):
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - age,) * 2)
    time.sleep(0.03)


def representations(server, path="/blog/p"):
    """{encoding: (answer, body)}, each kept by now."""
    for encoding in ENCODINGS:
        fetch(server, path, encoding)
    return {encoding: fetch(server, path, encoding) for encoding in ENCODINGS}


# ---- Accept-Encoding ----

CHOICES = {  # header: what is sent (RFC 9110, section 12.5.3)
    None: "identity", "": "identity", "identity": "identity", "gzip": "gzip", "br": "br", "x-gzip": "gzip",
    "GZIP": "gzip",
    "gzip, br": "br", "br, gzip": "br", "gzip, deflate, br, zstd": "br", "gzip;q=1.0, br;q=0.5": "gzip",
    "gzip;q=0.5, br;q=0.8": "br", "br;q=0": "identity", "gzip;q=0": "identity", "gzip;q=0, br;q=0": "identity",
    "br;q=0, gzip": "gzip", "*": "br", "*;q=0": "identity", "*;q=0.5, br;q=0": "gzip", "gzip;q=0, *": "br",
    "identity;q=0": "identity", "identity;q=0, gzip": "gzip", "identity;q=1, gzip;q=0.5": "identity",
    "identity;q=0.5, gzip;q=1.0": "gzip", "gzip ; q=0.5 , br ; q=0.1": "gzip", "gzip;q=0.001": "gzip",
    "br;q=0.000": "identity",
    "deflate": "identity", "zstd, compress": "identity", "gzipped": "identity", "xbr": "identity", "brotli": "identity",
    "gzip;q=": "identity", "gzip;q=x": "identity", "gzip;q=-1": "identity", "gzip;q=2": "identity",
    "gzip;q=1.5": "identity",
    ",,gzip,,": "gzip", ", gzip": "gzip", ";": "identity", "q=1": "identity", ";q=1,br": "br", "gzip;;q=0": "identity",
    "gzip;level=9;q=0": "identity", "gzip;level=9": "gzip", "gzip;Q=0": "identity", "*;q=0, br;q=0.1": "br",
    "gzip" + "," * 2000 + "br": "br", "x" * 4000: "identity", ";q=" * 1000: "identity", "gzip\t;\tq=1": "gzip",
}


def test_the_encoding_is_the_one_that_is_wanted_most(page):
    whole = fetch(page, "/blog/p", "identity")[1]
    for header, encoding in CHOICES.items():
        answer, body = fetch(page, "/blog/p", header)
        assert answer.headers.get("Content-Encoding", "identity") == encoding, header
        assert decode(answer, body) == whole, header


def test_lines_of_accept_encoding_are_one(page):
    lines = b"Accept-Encoding: gzip;q=0.5\r\nAccept-Encoding: br;q=0.9\r\n"
    answer = page.raw(b"GET /blog/p HTTP/1.0\r\n" + lines + b"\r\n")[1]
    assert b"\r\nContent-Encoding: br\r\n" in answer


def test_representations_are_one_page(page):
    for path in ("/blog/p", "/blog/"):
        found = representations(page, path)
        assert len({decode(answer, body) for answer, body in found.values()}) == 1
        assert len({answer.headers["ETag"] for answer, _ in found.values()}) == 3
        assert len({answer.headers["Last-Modified"] for answer, _ in found.values()}) == 1
        for encoding, (answer, body) in found.items():
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["Content-Length"] == str(len(body))
            assert answer.headers.get("Content-Encoding", "identity") == encoding
            assert re.fullmatch(r'"[0-9a-zA-Z-]+"', answer.headers["ETag"])
        assert len(found["br"][1]) < len(found["gzip"][1]) < len(found["identity"][1])


def test_style_sheets_are_compressed_and_pictures_are_not(page):
    text = fetch(page, "/blog/p")[1].decode()
    for name, compressed in ((r"style\.\w+\.css", True), (r"\w+\.\w+\.svg", True)):
        path = re.search(rf'"(/blog/_theme/{name})"', text)[1]
        for encoding, (answer, body) in representations(page, path).items():
            assert answer.headers.get("Content-Encoding", "identity") == (encoding if compressed and (
                len(decode(answer, body)) >= 256) else "identity")
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in fetch(page, "/blog/short.txt", "gzip, br")[0].headers


FILTERS = ["SetOutputFilter DEFLATE", "SetOutputFilter BROTLI_COMPRESS", "AddOutputFilterByType DEFLATE text/html",
           "AddOutputFilterByType BROTLI_COMPRESS;DEFLATE text/html text/css image/svg+xml"]


@pytest.mark.parametrize("line", FILTERS)
def test_nothing_is_compressed_twice(httpd, blog, line):
    write(blog, {"p.md": post("P", TEXT)})
    httpd.start(f"LoadModule brotli_module {modules_folder()}/mod_brotli.so\n" + BLOG % line)
    whole = fetch(httpd, "/blog/p")[1]
    for header in ("gzip", "br", "gzip, br", "gzip;q=1, br;q=0.5", "gzip;q=0, br", "br;q=0, gzip", "identity"):
        for path in ("/blog/p", "/blog/"):
            answer, body = fetch(httpd, path, header)
            assert answer.headers["Vary"].lower().split(", ").count("accept-encoding") == 1
            assert "," not in answer.headers.get("Content-Encoding", "")
            if path == "/blog/p":
                assert decode(answer, body) == whole
            tag = answer.headers["ETag"]
            assert fetch(httpd, path, header, If_None_Match=tag)[0].status_code == 304
    missing, body = fetch(httpd, "/blog/nothing", "gzip")
    assert missing.status_code == 404 and b"Page not found" in decode(missing, body)


@pytest.mark.parametrize("suffix", ["-gzip", "-br"])
def test_tags_that_a_filter_made_match(page, suffix):
    """As sent while mod_deflate or mod_brotli compressed the page, or by a proxy that does it."""
    tag = fetch(page, "/blog/p")[0].headers["ETag"]
    made = tag[:-1] + suffix + '"'
    for value in (made, "W/" + made, f'"x", {made}', f'{made},{made}'):
        answer, body = fetch(page, "/blog/p", If_None_Match=value)
        assert (answer.status_code, body) == (304, b""), value
    assert fetch(page, "/blog/p", If_Match=made)[0].status_code == 200
    assert fetch(page, "/blog/p", If_None_Match=tag[:-1] + '-zip"')[0].status_code == 200
    assert fetch(page, "/blog/p", If_None_Match=suffix + '"')[0].status_code == 200


# ---- conditions ----

BEFORE, AFTER = "Mon, 16 Jun 2025 10:00:00 GMT", "Fri, 01 Jan 2038 00:00:00 GMT"
LONG_AGO, EXACT = "Sat, 01 Jan 2000 00:00:00 GMT", "@date"
CONDITIONS = [  # (request headers with @tag and @date of the page, @other of another representation; status)
    ({"If_None_Match": "@tag"}, 304), ({"If_None_Match": "W/@tag"}, 304), ({"If_None_Match": '"x", @tag, "y"'}, 304),
    ({"If_None_Match": '"x",W/@tag'}, 304), ({"If_None_Match": "*"}, 304), ({"If_None_Match": '"x"'}, 200),
    ({"If_None_Match": '""'}, 200), ({"If_None_Match": "@other"}, 200), ({"If_None_Match": '"x", W/"y"'}, 200),
    ({"If_Modified_Since": EXACT}, 304), ({"If_Modified_Since": LONG_AGO}, 200),
    ({"If_Modified_Since": "yesterday"}, 200), ({"If_Modified_Since": ""}, 200),
    ({"If_None_Match": '"x"', "If_Modified_Since": EXACT}, 200),
    ({"If_None_Match": "@tag", "If_Modified_Since": LONG_AGO}, 304),
    ({"If_Match": "@tag"}, 200), ({"If_Match": "*"}, 200), ({"If_Match": '"x", @tag'}, 200), ({"If_Match": '"x"'}, 412),
    ({"If_Match": "W/@tag"}, 412), ({"If_Match": "@other"}, 412),
    ({"If_Match": "@tag", "If_None_Match": "@tag"}, 304), ({"If_Match": '"x"', "If_None_Match": "@tag"}, 412),
    ({"If_Unmodified_Since": EXACT}, 200), ({"If_Unmodified_Since": LONG_AGO}, 412),
    ({"If_Unmodified_Since": LONG_AGO, "If_Match": "@tag"}, 200),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_conditions(page, encoding, method):
    found = representations(page)
    answer, whole = found[encoding]
    other = found["gzip" if encoding != "gzip" else "br"][0].headers["ETag"]
    tag, date = answer.headers["ETag"], answer.headers["Last-Modified"]
    for headers, status in CONDITIONS:
        headers = {name: value.replace("@tag", tag).replace("@other", other).replace("@date", date)
                   for name, value in headers.items()}
        got, body = fetch(page, "/blog/p", encoding, method=method, **headers)
        assert got.status_code == status, headers
        if status == 200:
            assert body == (whole if method == "GET" else b"") and got.headers["Content-Length"] == str(len(whole))
        if status == 304:
            assert body == b"" and "Content-Encoding" not in got.headers
        if status in (200, 304):
            assert (got.headers["ETag"], got.headers["Vary"]) == (tag, "Accept-Encoding")
            assert got.headers["Cache-Control"] == "no-cache"
        if status == 412:
            assert whole not in body and "Content-Encoding" not in got.headers


def test_an_edit_changes_tag_and_date(httpd, blog):
    write(blog, {"p.md": post("P", TEXT), "site.yaml": "title: T\n"})
    old(blog)
    httpd.start(BLOG % "")
    before = representations(httpd)
    write(blog, {"site.yaml": "title: U\n"})
    for encoding in ENCODINGS:
        tag, date = (before[encoding][0].headers[name] for name in ("ETag", "Last-Modified"))
        assert fetch(httpd, "/blog/p", encoding, If_None_Match=tag)[0].status_code == 200
        assert fetch(httpd, "/blog/p", encoding, If_Modified_Since=date)[0].status_code == 200
        assert fetch(httpd, "/blog/p", encoding)[0].headers["ETag"] != tag
    write(blog, {"site.yaml": "title: T\n"})
    assert representations(httpd)["br"][0].headers["ETag"] == before["br"][0].headers["ETag"]


def test_other_answers_have_no_condition(page):
    write(page.docs, {"blog/to.md": post("To", redirect="/elsewhere"), "blog/gone.md": post(status="gone")})
    for path, status in (("nothing", 404), ("to", 301), ("gone", 410), ("p/", 301)):
        for headers in ({}, {"If_None_Match": "*"}, {"If_Modified_Since": AFTER}, {"If_None_Match": '"x"'}):
            for _ in range(2):
                answer, _ = fetch(page, "/blog/" + path, "gzip", **headers)
                assert answer.status_code == status
                assert "ETag" not in answer.headers and "Last-Modified" not in answer.headers


# ---- ranges ----

@pytest.mark.parametrize("encoding", ENCODINGS)
def test_ranges(page, encoding):
    answer, whole = representations(page)[encoding]
    tag, date, size = answer.headers["ETag"], answer.headers["Last-Modified"], len(whole)
    for value, start, end in (("0-9", 0, 10), ("5-5", 5, 6), (f"{size - 3}-", size - 3, size), ("-4", size - 4, size),
                              (f"10-{size + 99}", 10, size)):
        got, body = fetch(page, "/blog/p", encoding, Range=f"bytes={value}")
        assert (got.status_code, body) == (206, whole[start:end]), value
        assert got.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}" and got.headers["ETag"] == tag
        assert got.headers.get("Content-Encoding", "identity") == encoding
    several, body = fetch(page, "/blog/p", encoding, Range="bytes=0-3,10-13")
    assert several.status_code == 206 and several.headers["Content-Type"].startswith("multipart/byteranges")
    assert whole[0:4] in body and whole[10:14] in body
    assert re.findall(rb"Content-range: bytes (\d+-\d+)/%d" % size, body, re.I) == [b"0-3", b"10-13"]
    assert fetch(page, "/blog/p", encoding, Range=f"bytes={size}-")[0].status_code == 416
    assert fetch(page, "/blog/p", encoding, Range="lines=1-2")[1] == whole
    for condition, status in ((tag, 206), (date, 206), ('"x"', 200), ("W/" + tag, 200), (BEFORE[:4], 200)):
        got, body = fetch(page, "/blog/p", encoding, Range="bytes=0-9", If_Range=condition)
        assert (got.status_code, body) == (status, whole[:10] if status == 206 else whole), condition
    other = fetch(page, "/blog/p", "gzip" if encoding != "gzip" else "br")[0].headers["ETag"]
    assert fetch(page, "/blog/p", encoding, Range="bytes=0-9", If_Range=other)[1] == whole


# ---- what caches and browsers are told ----

def test_max_age_ends_where_the_page_does(httpd, blog):
    httpd.revalidate = "1h"
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 600))
    write(blog, {"p.md": post("P"), "q.md": post("Q", expires=soon)})
    httpd.start(BLOG % "AtdMaxAge 1h")
    for path, limit in (("/blog/q", 600), ("/blog/", 600)):
        for encoding in ENCODINGS * 2:
            age = int(re.fullmatch(r"max-age=(\d+)", fetch(httpd, path, encoding)[0].headers["Cache-Control"])[1])
            assert limit - 30 < age <= limit


@pytest.mark.parametrize("line, header, tags", [
    ("", None, None), ("AtdCacheTags None", None, None),
    ("AtdCacheTags Surrogate-Key", "Surrogate-Key", "post-p category-news tag-one tag-two-three author-jo-doe"),
    ("AtdCacheTags Cache-Tag", "Cache-Tag", "post-p,category-news,tag-one,tag-two-three,author-jo-doe")])
def test_tags_for_a_delivery_network(httpd, blog, line, header, tags):
    httpd.revalidate = "1h"
    write(blog, {"p.md": post("P", tags=["One", "two three"], category="News", author="Jo Doe")})
    httpd.start(BLOG % line)
    for encoding in ENCODINGS * 2:
        headers = fetch(httpd, "/blog/p", encoding)[0].headers
        assert {"Surrogate-Key", "Cache-Tag"} & set(headers) == ({header} if header else set())
        if header:
            assert re.split("[ ,]", headers[header]) == re.split("[ ,]", tags) and headers[header] == tags
            assert fetch(httpd, "/blog/", encoding)[0].headers[header] == "home"


def test_the_style_sheet_is_told_ahead(page):
    for encoding in ENCODINGS * 2:
        answer, body = fetch(page, "/blog/p", encoding)
        style = re.search(r"<(/blog/_theme/style\.\w+\.css)>; rel=preload; as=style", answer.headers["Link"])[1]
        assert f'href="{style}"'.encode() in decode(answer, body)
        assert fetch(page, style)[0].status_code == 200


def test_timing_is_told_to_those_who_debug(httpd, blog):
    httpd.revalidate = "1h"
    write(blog, {"p.md": post("P"), "d.md": post("D", status="draft")})
    httpd.start("Alias /plain @DOCS@/blog\n" + BLOG % "AtdDebug On" + "<Location /plain>\nAtdDebug Off\n</Location>")
    old(blog)

    def timing(path, encoding="identity"):
        header = fetch(httpd, path, encoding)[0].headers["Server-Timing"]
        return re.fullmatch(r'atd;desc="([a-z-]+)";dur=\d+\.\d{3}', header)[1]

    assert [timing("/blog/p") for _ in range(3)] == ["miss", "hit", "hit"]
    assert [timing("/blog/p", "br") for _ in range(2)] == ["hit", "hit"]  # from the one that was made
    assert [timing("/blog/", "gzip") for _ in range(2)] == ["miss", "hit"]
    assert [timing("/blog/nothing") for _ in range(2)] == ["bypass", "bypass"]
    assert "Server-Timing" not in fetch(httpd, "/plain/p")[0].headers
