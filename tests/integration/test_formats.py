# SPDX-License-Identifier: Apache-2.0
"""Front matter in TOML and JSON."""
import time

import pytest

from httpd import write

TOML = """+++
title = "In TOML"
date = 2025-06-16
tags = ["salt", "sea"]
draft = %s
[params]
note = "from params"
[[resources]]
src = "a.png"
[[resources]]
src = "b.png"
+++
Text of TOML.
"""
JSON = """{
  "title": "In JSON",
  "date": "2025-06-17",
  "tags": ["salt", "sea"],
  "draft": %s,
  "params": {"note": "from params"},
  "resources": [{"src": "a.png"}, {"src": "b.png"}]
}
Text of JSON.
"""
FORMATS = [pytest.param("TOML", TOML, id="TOML"), pytest.param("JSON", JSON, id="JSON")]
ENGINE = "<Directory @DOCS@/blog>\nAtdEngine On\n%s\n</Directory>"
LAYOUT = "{{#post}}<p>{{data.params.note}}</p>{{#data.resources}}<i>{{src}}</i>{{/data.resources}}{{/post}}"


def wait_until(condition):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("name, text", FORMATS)
def test_a_post_is_served(httpd, blog, name, text):
    write(blog, {"p.md": text % "false"})
    httpd.start()
    page = httpd.get("/blog/p")
    assert page.status_code == 200
    assert f"In {name}</h1>" in page.text and f"Text of {name}." in page.text
    assert "June 1" in page.text and 'article:tag" content="sea"' in page.text
    assert "+++" not in page.text and "resources" not in page.text
    assert f"In {name}" in httpd.get("/blog/").text


@pytest.mark.parametrize("name, text", FORMATS)
def test_a_draft_is_not(httpd, blog, name, text):
    write(blog, {"p.md": text % "true"})
    httpd.start()
    assert httpd.get("/blog/p").status_code == 404
    assert f"In {name}" not in httpd.get("/blog/").text


@pytest.mark.parametrize("name, text", FORMATS)
def test_all_of_it_reaches_templates(httpd, blog, name, text):
    write(httpd.root / "theme", {"post.mustache": LAYOUT})
    write(blog, {"p.md": text % "false"})
    httpd.start(ENGINE % f"AtdTheme {httpd.root}/theme")
    page = httpd.get("/blog/p").text
    assert "<p>from params</p><i>a.png</i><i>b.png</i>" in page


@pytest.mark.parametrize("text, place, message", [
    (TOML.replace('"In TOML"', "In TOML"), "p.md:2:9", "text must stand in quotes"),
    (JSON.replace('17",', '17"'), "p.md:4:3", "a comma is missing")], ids=["TOML", "JSON"])
def test_debug_shows_line_and_column(httpd, blog, text, place, message):
    httpd.expect(r"p\.md:\d+:\d+: ")
    write(blog, {"p.md": text % "false"})
    httpd.start(ENGINE % "AtdDebug On")
    answer = httpd.get("/blog/p")
    assert answer.status_code == 500
    assert place in answer.text and message in answer.text


@pytest.mark.parametrize("name, text", FORMATS)
def test_a_broken_edit_takes_a_post_back(httpd, blog, name, text):
    httpd.expect(r"p\.md:\d+:\d+: ")
    write(blog, {"p.md": text % "false"})
    httpd.start()
    assert httpd.get("/blog/p").status_code == 200
    write(blog, {"p.md": (text % "true").replace(f'"In {name}"', "In it")})
    assert wait_until(lambda: httpd.get("/blog/p").status_code == 404)
