# SPDX-License-Identifier: Apache-2.0
import shutil
import subprocess
import time

import pytest

from httpd import MODULE, SEED, SOURCE, post, write


@pytest.mark.all_mpms
def test_a_post_is_served(httpd, blog):
    write(blog, {"hello.md": post("Hello", "World.")})
    httpd.start()
    answer = httpd.get("/blog/hello")
    assert answer.status_code == 200
    assert "<h1" in answer.text and "World." in answer.text


# One of each kind, twice: made, and as it comes a second time.
KINDS = [("/blog/", 200), ("/blog/a-tour-of-markdown", 200), ("/blog/about", 200), ("/blog/images/logo.svg", 200),
         ("/blog/the-rise-of-ai-in-creative-industries-opportunities-and-challenges", 200), ("/blog", 301),
         ("/blog/about/", 301), ("/blog/nothing", 404), ("/blog/site.yaml", 404), ("/blog/letters-from-readers", 404),
         ("/blog/broken", 500), ("/blog/%00", 404), ("/blog/..%2f..%2fetc/passwd", 404)]


@pytest.mark.valgrind
def test_each_kind_of_answer(httpd):
    httpd.expect(r"broken\.md:2:\d+: ")
    shutil.copytree(SOURCE / "conf/example", httpd.docs / "blog")
    for source in SEED.glob("*.md"):
        shutil.copy(source, httpd.docs / "blog/posts")
    write(httpd.docs / "blog", {"broken.md": "---\ntitle: a: b\n---\n"})
    httpd.start("<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>")
    for _ in range(100):  # under valgrind posts take their time to be indexed
        if httpd.get("/blog/").status_code != 503:
            break
        time.sleep(0.2)
    for encoding in ("identity", "gzip, br"):
        for path, status in KINDS * 2:
            answer = httpd.get(path, headers={"Accept-Encoding": encoding})
            assert answer.status_code == status, path
            assert httpd.get(path, "HEAD").status_code == status
    assert httpd.get("/blog/about", "POST", data="x").status_code == 405


def test_the_module_exports_one_symbol():
    names = subprocess.run(["nm", "-D", "--defined-only", MODULE], check=True, capture_output=True, text=True).stdout
    assert [line.split()[-1] for line in names.splitlines()] == ["atd_module"]
