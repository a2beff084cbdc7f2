# SPDX-License-Identifier: Apache-2.0
"""How a URL is written: AtdBaseUrl, slashes, encoding, redirects; and that nothing but URLs depends on the place."""
import re
import shutil
from urllib.parse import quote

import bs4
import pytest

from httpd import SEED, post, write
from places import NOWHERE, check_blog, fill, host, urls_of


@pytest.mark.parametrize("base", ["/public/", "/public", "//public//"])
@pytest.mark.parametrize("place", ["<Directory @DOCS@/blog>", "<Location /blog>"])
def test_base_url_is_what_visitors_see(httpd, blog, place, base):
    """As behind a proxy, which has another path in front."""
    fill(blog)
    section = place.split()[0][1:]
    httpd.start(f"{place}\nAtdEngine On\nAtdBaseUrl {base}\n</{section}>")
    check_blog(httpd, "/blog/", "/public/")


def test_base_url_where_it_cannot_be_found(httpd):
    fill(httpd.root / "posts")
    httpd.start("AliasMatch ^/read/([a-z]+)/please$ @ROOT@/posts/$1\n"
                "<Directory @ROOT@/posts>\nAtdEngine On\nAtdBaseUrl /read/\n</Directory>")
    page = httpd.get("/read/hello/please")
    assert page.status_code == 200 and 'href="/read/other">Other' in page.text


def test_base_is_cut_at_a_name(httpd):
    fill(httpd.root / "posts")
    httpd.start("AliasMatch ^/x([a-z]+)$ @ROOT@/posts/$1\n<Directory @ROOT@/posts>\nAtdEngine On\n</Directory>")
    assert 'href="/x/' not in httpd.get("/xhello").text


@pytest.mark.parametrize("place", ["<Directory @DOCS@/blog>", "<Location /blog>"])
def test_merge_slashes_off(httpd, blog, place):
    fill(blog)
    section = place.split()[0][1:]
    httpd.start(f"MergeSlashes Off\n{place}\nAtdEngine On\n</{section}>")
    check_blog(httpd, "/blog/")
    for path in ("/blog//none.md", "/blog///none.md//", "/blog//_x//hello"):
        assert httpd.raw_path(path)[0] == 404
    status, answer = httpd.raw_path("//blog//hello" if "Dir" in place else "/blog//hello")
    assert status in (200, 404) and b"title: " not in answer
    assert b'href="//' not in answer and b'/blog//' not in answer.split(b"\r\n\r\n", 1)[1]


def test_merge_slashes_off_reaches_the_same_page(httpd, blog):
    fill(blog)
    httpd.start("MergeSlashes Off\n<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>")
    plain = httpd.raw_path("/blog/hello")[1].split(b"\r\n\r\n", 1)[1]
    assert httpd.raw_path("//blog//hello")[1].split(b"\r\n\r\n", 1)[1] == plain


@pytest.mark.parametrize("place", ["<Directory \"@DOCS@/my blög\">", "<Location \"/my blög\">"])
def test_encoded_base(httpd, place):
    fill(httpd.docs / "my blög")
    section = place.split()[0][1:]
    httpd.start(f"{place}\nAtdEngine On\n</{section}>")
    check_blog(httpd, "/my%20bl%C3%B6g/")
    assert httpd.get("/my%20bl%c3%b6g").headers["Location"].endswith("/my%20bl%c3%b6g/")


@pytest.mark.parametrize("name", ["a?b", "100%", "a#b", "q'\"<b>", "a;b", "a&b", "a:b"])
def test_signs_in_the_base(httpd, name):
    blog = httpd.docs / name
    write(blog, {".htaccess": "AtdEngine On\n", "hello.md": post("Hello", "World.")})
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    page = httpd.get(f"/{encoded}/hello")
    assert page.status_code == 200
    for url in urls_of(page.text):
        if url.startswith("/"):
            assert httpd.get(url).status_code == 200, url
    redirect = httpd.get(f"/{encoded}?q=1")
    assert redirect.status_code == 301
    assert httpd.get("/" + redirect.headers["Location"].split("/", 3)[3]).status_code == 200


def test_encoded_slugs(httpd, blog):
    write(blog, {"hello.md": post("Hello"), "grüße.md": post("Grüße", slug="grüße")})
    httpd.expect("AH10244: invalid URI path|AH00036: access to /blog/a+ failed|AH00127|AH00026|AH10508")
    httpd.start()
    canonical = bs4.BeautifulSoup(httpd.get("/blog/").text, "html5lib").find("a", string="Grüße")["href"]
    assert canonical == "/blog/gr%C3%BC%C3%9Fe"
    for path, status in {"/blog/%68ello": 200, canonical: 200, "/blog/gr%c3%bc%c3%9fe": 200, "/blog/%2568ello": 404,
                         "/blog%2fhello": 404, "/blog/hello%2f": 404, "/blog/hello%00": (400, 404),
                         "/blog/%ff": 404, "/blog/x/../hello": 200, "/blog/%2e%2e/blog/hello": 200,
                         "/blog/../../hello": (400, 404), "/blog/" + "a" * 300: (403, 404)}.items():
        assert httpd.raw_path(path)[0] in (status if isinstance(status, tuple) else (status,)), path


def test_long_slug_is_not_found(httpd):
    fill(httpd.root / "posts")
    httpd.start(NOWHERE)
    answer = httpd.get("/blog/" + "a" * 300)
    assert answer.status_code == 404 and "mod_atd" in answer.text


@pytest.mark.parametrize("config, base", [
    ("<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>", "/blog"),
    ("<Location /blog>\nAtdEngine On\n</Location>", "/blog"),
    ("<Location /new>\nAtdEngine On\nAtdContent @DOCS@/blog\n</Location>", "/new"),
    ("Alias /a /nowhere\nAlias /x/y @DOCS@/blog\n<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>", "/x/y")])
def test_redirect_to_the_slash(httpd, blog, config, base):
    fill(blog)
    httpd.start(config)
    for path in (base, base + "?a=1&b=%22%2F"):
        answer = httpd.get(path, headers={"Host": host(httpd)})
        assert answer.status_code == 301
        assert answer.headers["Location"] == f"http://{host(httpd)}{base}/{path[len(base):]}"
    moved = httpd.get(base + "/hello/?a=1")
    assert moved.status_code == 301
    assert moved.headers["Location"] == httpd.url(f"{base}/hello?a=1")


def test_same_bytes_in_every_place(httpd, blog):
    fill(blog)
    write(blog, {".htaccess": "AtdEngine On\n"})
    shutil.copytree(blog, httpd.root / "posts", ignore=shutil.ignore_patterns(".htaccess"))
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>\n"
                "<Location /news>\nAtdEngine On\nAtdContent @ROOT@/posts\n</Location>")
    slug = re.search(r"(?m)^slug: (\S+)", next(SEED.glob("*.md")).read_text())[1]
    for name in ("", slug, "hello"):
        one, two = httpd.get(f"/blog/{name}"), httpd.get(f"/news/{name}")
        assert one.status_code == two.status_code == 200
        moved = one.text.replace('="/blog/', '="/news/').replace(httpd.url("/blog/"), httpd.url("/news/"))
        encoded = [quote(httpd.url(base), safe="") for base in ("/blog/", "/news/")]
        assert moved.replace(*encoded) == two.text
        assert one.headers["Content-Type"] == two.headers["Content-Type"]
