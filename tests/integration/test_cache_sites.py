# SPDX-License-Identifier: Apache-2.0
"""For whom a page is kept: sites, hosts and settings never get each other's."""
import re
import time

import pytest

from coding import ENCODINGS, decode, everywhere, fetch, text_of, warm
from httpd import free_port, post, write

BLOG = """
<Directory @DOCS@/blog>
AtdEngine On
%s
</Directory>
"""


def test_drafts_are_for_those_who_may_see_them(httpd, blog):
    httpd.revalidate = "1h"
    write(blog, {"p.md": post("Hidden", "Secret.", status="draft", tags=["t"]), "q.md": post("Q", tags=["t"])})
    httpd.start(BLOG % "<If \"%{QUERY_STRING} == 'all'\">\nAtdDrafts On\n</If>")
    time.sleep(0.03)
    for _ in range(2):
        for encoding in ENCODINGS:
            shown = fetch(httpd, "/blog/p?all", encoding)[0]
            assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
            assert "ETag" not in shown.headers and "Surrogate-Key" not in shown.headers
            assert "Hidden" in text_of(httpd, "/blog/?all", encoding)
            assert fetch(httpd, "/blog/?all", encoding)[0].headers["Cache-Control"] == "private, no-store"
            assert fetch(httpd, "/blog/p", encoding)[0].status_code == 404
            for path in ("/blog/", "/blog/q"):
                assert "Hidden" not in text_of(httpd, path, encoding)
    write(blog, {"p.md": post("Hidden", "Changed.", status="draft")})
    assert everywhere(httpd, "/blog/p?all", "Changed.") == [True] * 3  # not even for AtdRevalidate


HOSTS = """
Listen 127.0.0.1:@OTHER@
<VirtualHost *:@PORT@>
ServerName a.example
</VirtualHost>
<VirtualHost *:@OTHER@>
ServerName https://a.example
</VirtualHost>
"""


def ask_of(server, port, host, path, encoding):
    answer = server.session.get(f"http://127.0.0.1:{port}{path}", timeout=20, allow_redirects=False,
                                headers={"Host": host, "Accept-Encoding": encoding}, stream=True)
    body = decode(answer, answer.raw.read(decode_content=False)).decode()
    return body, answer.headers.get("Server-Timing", "")


@pytest.mark.parametrize("url", [None, "https://shown.example"])
def test_hosts_and_schemes(httpd, blog, url):
    """Pages hold absolute URLs: each host has its own, unless site.yaml says what they begin with."""
    httpd.revalidate = "1h"
    write(blog, {"p.md": post("P"), "site.yaml": f"url: {url}\n" if url else "title: T\n"})
    other = free_port()
    httpd.start(BLOG % "AtdDebug On" + HOSTS.replace("@OTHER@", str(other)))
    time.sleep(0.03)
    outcomes = []
    for _ in range(3):
        for encoding in ENCODINGS:
            for port, host in ((httpd.port, "a.example"), (httpd.port, "b.example"), (other, "a.example"),
                               (other, "b.example:8443"), (httpd.port, "evil.example")):
                text, outcome = ask_of(httpd, port, host, "/blog/p", encoding)
                origin = url or f"{'https' if port == other else 'http'}://{host}"
                canonical = re.search(r'<link rel="canonical" href="([^"]*)"', text)[1]
                assert canonical == f"{origin}/blog/p"
                assert set(re.findall(r"https?://[\w.]*example[:\d]*", text)) == {origin}
                outcomes.append(re.search('desc="([^"]*)"', outcome)[1])
    assert outcomes.count("miss") == (1 if url else 5)
    assert set(outcomes) == {"miss", "hit"}


def test_a_site_gets_a_url_and_loses_it(httpd, blog):
    write(blog, {"p.md": post("P")})
    httpd.start(BLOG % "")
    for number in range(3):
        for settings, origin in (("title: T\n", f"http://127.0.0.1:{httpd.port}"), ("url: https://u.example\n",
                                                                                   "https://u.example")):
            write(blog, {"site.yaml": settings + f"footer: n{number}\n"})
            warm(httpd, "/blog/p")
            assert everywhere(httpd, "/blog/p", f'rel="canonical" href="{origin}/blog/p"') == [True] * 3
            assert everywhere(httpd, "/blog/p", f"n{number}") == [True] * 3


def test_tenants_get_their_own_pages(httpd):
    httpd.revalidate = "1h"
    tenants = ("ann", "bob", "ann/bob")
    for name in tenants:
        write(httpd.docs, {f"{name}/.htaccess": f"AtdEngine On\nAtdSet footer \"of {name}\"\n",
                           f"{name}/posts/p.md": post("Same", f"Text of {name}."),
                           f"{name}/site.yaml": f"title: {name}\n"})
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    time.sleep(0.03)
    for _ in range(3):
        for encoding in ENCODINGS:
            for name in tenants:
                text = text_of(httpd, f"/{name}/p", encoding)
                assert f"Text of {name}.<" in text and f"of {name}<" in text
                assert f"<h1>{name}</h1>" in re.sub(r"<h1 [^>]*>", "<h1>", text_of(httpd, f"/{name}/", encoding))


VARIANTS = {  # query: (directive, what shows it)
    "raw": ("AtdRawHTML On", "<kbd>"), "set": ("AtdSet footer First", "First"),
    "other": ("AtdSet footer Second", "Second"),
    "two": ("AtdSet title Third\nAtdSet footer x", "Third"), "theme": ("AtdTheme @ROOT@/theme", "Of the theme"),
    "base": ("AtdBaseUrl /else/", 'href="/else/'), "content": ("AtdContent @ROOT@/content", "Elsewhere."),
    "plain": ("", "A &lt;kbd&gt;"),
}


def test_settings_of_one_folder_never_mix(httpd, blog):
    httpd.revalidate = "1h"
    write(blog, {"p.md": post("P", "A <kbd>key</kbd>", summary="s")})
    write(httpd.root, {"theme/post.mustache": "Of the theme", "content/p.md": post("P", "Elsewhere.")})
    httpd.start(BLOG % "".join(f"<If \"%{{QUERY_STRING}} == '{query}'\">\n{lines}\n</If>\n"
                                for query, (lines, _) in VARIANTS.items()))
    time.sleep(0.03)
    pages = {}
    for _ in range(3):
        for encoding in ENCODINGS:
            for query in VARIANTS:
                text = text_of(httpd, f"/blog/p?{query}", encoding)
                assert pages.setdefault(query, text) == text
    assert len(set(pages.values())) == len(VARIANTS)
    for query, (_, shows) in VARIANTS.items():
        if query != "plain":
            assert [other for other in VARIANTS if shows in pages[other]] == [query]
