# SPDX-License-Identifier: Apache-2.0
"""Every kind of page is HTML without a fault, as the W3C's checker has it (vnu)."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import layouts
from httpd import BUILD, SOURCE

PLACE = """
<Location /blog>
AtdEngine On
AtdContent @ROOT@/example
AtdSet pageSize 2
AtdSet markdown.toc true
</Location>
<Location /preview>
AtdEngine On
AtdContent @ROOT@/example
AtdDrafts On
AtdDebug On
</Location>
<Location /generated>
AtdEngine On
AtdContent @ROOT@/generated
</Location>
"""

EXAMPLE = ["", "page/2", "a-tour-of-markdown", "front-matter-that-earns-its-keep", "plain-files-quick-pages", "about",
           "archive",
           "tags", "categories", "authors", "author/nora-fields", "none", "tag/none", "category/none"]
LISTS = {"tag/": "tags", "category/": "categories", "author/": "authors", "archive/20": "archive"}


# What Markdown makes of a text, by the specification of GFM: XML's way to write void elements, a table's alignment by
# an attribute that is obsolete but which a strict Content-Security-Policy lets pass, footnotes, headings as they were
# chosen.
IGNORED = ["Trailing slash on void elements", "The “align” attribute on the “t[hd]” element is obsolete",
           "The heading “h3” .* skipping 1 heading level", 'Section lacks heading.*<section class="footnotes"']

FAULTY = "<!DOCTYPE html><html lang=en><title>x</title><p id=a>a<p id=a>b<img src=x.png>"


def jar():
    """The checker, which script/test puts beside the build folders."""
    below = "node_modules/vnu-jar/build/dist/vnu.jar"
    found = [os.environ.get("ATD_VNU_JAR", ""), BUILD / below, BUILD / ".." / below]
    path = next((pathlib.Path(name) for name in found if name and pathlib.Path(name).exists()), None)
    if not path or not shutil.which("java"):
        assert not os.environ.get("CI"), "no vnu.jar in the build folder, or no java; in CI there must be"
        pytest.skip("no vnu.jar: npm install --ignore-scripts --prefix BUILD-FOLDER vnu-jar, or name it in ATD_VNU_JAR")
    return path.resolve()


def check(folder):
    """One run for a whole folder, with a page that has faults among them: the checker starts slowly."""
    (folder / "faulty.html").write_text(FAULTY)
    run = subprocess.run(["java", "-Xss4m", "-jar", jar(), "--format", "json", "--exit-zero-always", "--skip-non-html",
                          folder],
                         capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    said = [(message["url"].rpartition("/")[2],
             f"{message['message']} {message.get('lastLine')}: {message.get('extract')}")
            for message in json.loads(run.stderr)["messages"]]
    assert any("Duplicate ID" in text for name, text in said if name == "faulty.html")
    wrong = [f"{name}: {text}" for name, text in said
             if name != "faulty.html" and not any(re.match(pattern, text, re.S) for pattern in IGNORED)]
    assert not wrong, "\n".join(wrong[:30])


class Pages:
    """Saves pages for the checker."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        folder.mkdir()

    def save(self, name, base="/blog/", status=(200, 404)):
        answer = self.server.get(base + name)
        assert answer.status_code in status and answer.headers["Content-Type"] == "text/html; charset=utf-8", name
        file = re.sub(r"\W+", "-", base + name).strip("-") or "home"
        (self.folder / f"{file}.html").write_bytes(answer.content)
        return answer.text

    def save_first(self, base, overview, start):
        """The first list that an overview leads to, and the page after it, where there is one."""
        text = self.server.get(base + overview).text
        name = re.search(f'href="{base}({start}[^"#?]+)"', text)[1]
        if "rel=\"next\"" in self.save(name, base, status=(200,)):
            self.save(name + "/page/2", base, status=(200,))


def searches():
    return ["search", "search?q=the", "search?q=no%20such%20word"]


@pytest.mark.slow
def test_all_kinds_of_pages(httpd, tmp_path):
    jar()
    shutil.copytree(SOURCE / "conf/example", httpd.root / "example")
    posts = layouts.public(layouts.lay_out(httpd.root / "generated", "flat"))
    httpd.start(PLACE)
    pages = Pages(httpd, tmp_path / "pages")
    for name in EXAMPLE + searches():
        pages.save(name)
    for name in ["", "page/3", "archive", "tags", "categories", "authors", "about",
                 "none"] + [post.slug for post in posts[:12]]:
        pages.save(name, "/generated/")
    for base in ("/blog/", "/generated/"):
        for start, overview in LISTS.items():
            pages.save_first(base, overview, start)
    for name in ("", "a-new-year-of-plain-text", "tags"):
        pages.save(name, "/preview/")
    assert len(list(pages.folder.iterdir())) > 40
    check(pages.folder)
