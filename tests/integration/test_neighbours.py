# SPDX-License-Identifier: Apache-2.0
"""Beside other modules: what they do is left alone where it is theirs, and never shows what a blog hides."""
import base64
import hashlib

import pytest

from coding import ENCODINGS, decode, fetch
from httpd import post, write

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4"
                       "2mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
SECRET = "the-secret-text"
HTACCESS = "<Directory @DOCS@>\nAllowOverride All\nOptions FollowSymLinks\n</Directory>\n"
BLOG = "<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>\n"

WORDPRESS = """RewriteEngine On
RewriteBase /
RewriteRule ^index\\.txt$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . /index.txt [L]
"""

HIDDEN_FILES = ["hello.md", "notes.markdown", "post.md~", "post.md.bak", ".post.md.swp", "#post.md#", "post.md.orig",
                "site.yaml", "site.json", "site.yaml.bak", "site.json~", "post.mustache", "theme/post.mustache",
                ".htpasswd", ".env", ".git/config", "_drafts/secret.md", "_drafts/secret.txt", "_theme/raw.abc.md",
                "_theme/raw.abc.txt", "bundle/index.md", "posts/deep.md", "sub/.hidden/file.txt", "old.MD"]


@pytest.fixture
def hello(blog):
    write(blog, {"hello.md": post("Hello", "World.")})
    return blog


def is_post(answer):
    return answer.status_code == 200 and "World." in answer.text and "<h1" in answer.text


def is_twin(answer):
    """The source as the module gives it, not the file."""
    return answer.status_code == 200 and answer.headers["Content-Type"] == "text/markdown; charset=utf-8" and \
        '\nurl: "' in answer.text and answer.headers["X-Robots-Tag"] == "noindex"


# ---- mod_dir ----

def test_existing_index_file_wins(httpd, hello):
    write(hello, {"index.html": "<p>mine"})
    httpd.start()
    assert httpd.get("/blog/").text == "<p>mine"
    assert is_post(httpd.get("/blog/hello"))


def test_index_file_of_another_folder(httpd, hello):
    write(hello, {"demo/start.html": "<p>demo"})
    httpd.start(BLOG + "DirectoryIndex none.html start.html\n")
    assert httpd.get("/blog/demo").headers["Location"] == httpd.url("/blog/demo/")
    assert httpd.get("/blog/demo/").text == "<p>demo"
    assert 'class="kind-home"' in httpd.get("/blog/").text


@pytest.mark.parametrize("directive", ["DirectoryIndex index.md", "DirectoryIndex disabled", "DirectoryIndex hello.md",
                                       "DirectoryIndex site.yaml .htaccess", "DirectoryCheckHandler On"])
def test_home_whatever_the_index_is_named(httpd, hello, directive):
    write(hello, {"index.md": post("Index", SECRET), "site.yaml": "title: The site\n"})
    httpd.start(BLOG + directive)
    home = httpd.get("/blog/")
    assert home.status_code == 200 and 'class="kind-home"' in home.text and SECRET not in home.text


@pytest.mark.parametrize("slash", ["On", "Off"])
def test_directory_slash(httpd, hello, slash):
    write(hello, {"bundle/index.md": post("Bundle", "Inside.")})
    httpd.start(BLOG + f"DirectorySlash {slash}")
    home = httpd.get("/blog?a=b")
    assert home.status_code == 301 and home.headers["Location"] == httpd.url("/blog/?a=b")
    assert "Inside." in httpd.get("/blog/bundle").text
    assert httpd.get("/blog/bundle/").headers["Location"] == httpd.url("/blog/bundle")


def test_bundle_and_its_files(httpd, hello):
    write(hello, {"bundle/index.md": post("Bundle", "![Dot](dot.png)"), "bundle/dot.png": PNG,
                  "draft/index.md": post("Draft", SECRET, status="draft")})
    httpd.start()
    bundle = httpd.get("/blog/bundle")
    assert bundle.status_code == 200 and 'src="/blog/bundle/dot.png"' in bundle.text
    assert httpd.get("/blog/bundle/dot.png").content == PNG
    for path in ("/blog/draft", "/blog/draft/", "/blog/draft/index.md"):
        assert httpd.get(path).status_code == 404


def test_index_file_in_a_bundle_does_not_hide_the_post(httpd, hello):
    write(hello, {"bundle/index.md": post("Bundle", "Inside."), "bundle/index.html": "other"})
    httpd.start()
    assert "Inside." in httpd.get("/blog/bundle").text


# ---- mod_autoindex, mod_negotiation ----

@pytest.mark.parametrize("options", ["Indexes", "Indexes MultiViews"])
def test_no_folder_is_listed(httpd, hello, options):
    write(hello, {"sub/listed.md": post(), "sub/pic.png": PNG, "sub/deep/inner.md": post(), "posts/listed.md": post(),
                  "_drafts/listed.md": post(), "bundle/index.md": post("Bundle")})
    httpd.start(f"<Directory @DOCS@>\nOptions {options}\n</Directory>\n" + BLOG +
                "DirectoryIndex disabled\nIndexOptions FancyIndexing")
    for path in ("", "sub/", "sub/deep/", "posts/", "_drafts/", "bundle/", "sub/?C=M;O=D"):
        answer = httpd.get("/blog/" + path)
        assert "listed.md" not in answer.text and "inner.md" not in answer.text and "Index of" not in answer.text
    assert "Index of" in httpd.get("/").text


def test_listing_above_the_blog_names_only_its_folder(httpd, hello):
    httpd.start(BLOG + "<Directory @DOCS@>\nOptions Indexes\n</Directory>\nIndexOptions FancyIndexing")
    listing = httpd.get("/").text
    assert "blog/" in listing and "hello" not in listing


def test_multiviews(httpd, hello):
    write(hello, {"pic.png": PNG, "page.html": "html", "hello.html": "a file", "secret.md": post("S", SECRET,
                                                                                                 status="draft")})
    httpd.start("<Directory @DOCS@>\nOptions MultiViews\n</Directory>\nAddType text/markdown .md\n" + BLOG)
    assert is_post(httpd.get("/blog/hello", headers={"Accept": "text/plain, */*;q=0.1"}))
    answer = httpd.get("/blog/hello", headers={"Accept": "text/markdown, */*;q=0.1"})
    assert answer.status_code == 303 and answer.headers["Location"] == httpd.url("/blog/hello.md")
    for path in ("/blog/secret", "/blog/hello.m", "/blog/site"):
        answer = httpd.get(path)
        assert answer.status_code == 404 and SECRET not in answer.text


def test_speling_does_not_lead_to_sources(httpd, hello):
    from httpd import modules_folder
    module = modules_folder() / "mod_speling.so"
    if not module.exists():
        pytest.skip("mod_speling is not installed")
    write(hello, {"secret.md": post("S", SECRET, status="draft")})
    httpd.start(f"LoadModule speling_module {module}\nCheckSpelling On\n" + BLOG)
    assert is_post(httpd.get("/blog/hello"))
    for path in ("/blog/secre", "/blog/secret", "/blog/hello.mx"):
        answer = httpd.get(path)
        assert answer.status_code == 404 and "secret.md" not in answer.text


# ---- mod_rewrite, FallbackResource ----

def test_front_controller_above_takes_posts_away_unless_told(httpd, hello):
    write(httpd.docs, {".htaccess": WORDPRESS, "index.txt": "front controller"})
    write(hello, {".htaccess": "AtdEngine On\n"})
    httpd.start(HTACCESS)
    assert httpd.get("/blog/hello").text == "front controller"
    write(hello, {".htaccess": "AtdEngine On\nRewriteEngine Off\n"})
    assert is_post(httpd.get("/blog/hello"))
    assert httpd.get("/blog/nothing").status_code == 404
    assert httpd.get("/elsewhere").text == "front controller"


def test_rewriting_to_a_post(httpd, hello):
    write(hello, {".htaccess": "AtdEngine On\nRewriteEngine On\nRewriteRule ^old-(.*)$ $1 [L]\n"
                               "RewriteRule ^gone$ /blog/hello [R=302,L]\nRewriteRule ^source$ hello.md [L]\n"})
    httpd.start(HTACCESS)
    page = httpd.get("/blog/old-hello")
    assert is_post(page) and f'rel="canonical" href="{httpd.url("/blog/hello")}"' in page.text
    assert httpd.get("/blog/gone").headers["Location"] == httpd.url("/blog/hello")
    assert is_twin(httpd.get("/blog/source"))


def test_rewriting_by_the_server_shows_no_source(httpd, hello):
    httpd.start("RewriteEngine On\nRewriteRule ^/blog/source$ @DOCS@/blog/hello.md\n"
                "RewriteRule ^/raw/(.*)$ /blog/$1 [PT]\n<Location /blog>\nAtdEngine On\n</Location>")
    assert httpd.get("/blog/source").status_code == 404
    assert is_post(httpd.get("/raw/hello"))
    assert is_twin(httpd.get("/raw/hello.md"))


def test_fallback_resource(httpd, hello):
    write(httpd.docs, {"fallback.txt": "fallback"})
    httpd.start(BLOG + "FallbackResource /fallback.txt")
    assert is_post(httpd.get("/blog/hello"))
    missing = httpd.get("/blog/nothing")
    assert missing.status_code == 404 and "fallback" != missing.text
    assert httpd.get("/nothing").text == "fallback"


# ---- mod_mime, handlers ----

@pytest.mark.parametrize("directive", ["AddHandler server-status .md", "AddType text/plain .md", "ForceType text/plain",
                                       "AddHandler type-map .md .var", "AddEncoding x-gzip .md",
                                       "AddDefaultCharset ISO-8859-1", "AddLanguage de .md", "AddCharset latin1 .md",
                                       "<Files hello.md>\nForceType text/html\n</Files>"])
def test_types_of_others(httpd, hello, directive):
    httpd.start(BLOG + f"<Directory @DOCS@>\n{directive}\n</Directory>")
    answer = httpd.get("/blog/hello")
    assert is_post(answer)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    for encoding in ENCODINGS:
        answer = fetch(httpd, "/blog/hello", encoding)[0]
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        assert "Content-Language" not in answer.headers
    answer = httpd.get("/blog/hello.md")
    assert is_twin(answer) and not {"Content-Language", "Content-Encoding"} & set(answer.headers)


def test_another_handler_wins(httpd, hello):
    httpd.start(BLOG + "<Location /blog/status>\nSetHandler server-status\n</Location>")
    assert "Server uptime" in httpd.get("/blog/status").text
    assert is_post(httpd.get("/blog/hello"))


def test_real_files_are_served_with_their_type(httpd, hello):
    write(hello, {"dot.png": PNG, "paper.pdf": b"%PDF-1.4", "style.css": "p {}", "sub/data.json": "{}",
                  "notes.txt": "text", "website.json": "{}", "a_b.md5": "sum"})
    httpd.start()
    for path, kind, body in (("dot.png", "image/png", PNG), ("paper.pdf", "application/pdf", b"%PDF-1.4"),
                             ("style.css", "text/css", b"p {}"), ("sub/data.json", "application/json", b"{}"),
                             ("notes.txt", "text/plain", b"text"), ("website.json", "application/json", b"{}")):
        answer = httpd.get("/blog/" + path)
        assert (answer.status_code, answer.content) == (200, body)
        assert answer.headers["Content-Type"].split(";")[0] == kind
        assert "ETag" in answer.headers
    assert httpd.get("/blog/a_b.md5").status_code == 200
    assert httpd.get("/blog/dot.png/more").status_code == 404
    assert httpd.get("/blog/dot.png", headers={"Range": "bytes=0-3"}).content == PNG[:4]


# ---- ErrorDocument, mod_deflate, mod_headers ----

def test_error_document_that_is_a_post_keeps_the_status(httpd, hello):
    httpd.start(BLOG + "ErrorDocument 404 /blog/hello\n")
    answer = httpd.get("/elsewhere")
    assert answer.status_code == 404 and "World." in answer.text


def test_theme_shows_what_is_not_found_in_the_blog(httpd, hello):
    write(httpd.docs, {"oops.txt": "oops"})
    httpd.start(BLOG + "ErrorDocument 404 /oops.txt\nErrorDocument 405 /oops.txt\n")
    assert "Page not found" in httpd.get("/blog/nothing").text
    assert httpd.get("/elsewhere").text == "oops"
    refused = httpd.get("/blog/hello", method="DELETE")
    assert (refused.status_code, refused.text) == (405, "oops")


def test_deflate(httpd, hello):
    """What is compressed already is left as it is; what the blog does not compress is mod_deflate's."""
    write(hello, {"long.md": post("Long", "word " * 5000), "notes.txt": "word " * 5000})
    httpd.start(BLOG + "SetOutputFilter DEFLATE\nHeader set X-Test yes\n")
    plain, right = fetch(httpd, "/blog/long")
    packed, body = fetch(httpd, "/blog/long", "gzip")
    assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.headers["Vary"]
    assert decode(packed, body) == right and len(body) < len(right)
    assert "-gzip" not in packed.headers["ETag"] and packed.headers["Content-Length"] == str(len(body))
    assert "Content-Encoding" not in plain.headers and plain.headers["X-Test"] == "yes"
    notes, body = fetch(httpd, "/blog/notes.txt", "gzip")
    assert notes.headers["Content-Encoding"] == "gzip" and decode(notes, body) == b"word " * 5000


# ---- access control ----

@pytest.mark.parametrize("where", ["Directory @DOCS@/blog", "Location /blog", "LocationMatch ^/blog"])
def test_password(httpd, blog, where):
    write(blog, {"secret.md": post("S", SECRET), "secret.png": SECRET})
    digest = base64.b64encode(hashlib.sha1(b"word").digest()).decode()
    write(httpd.root, {"passwords": "me:{SHA}" + digest + "\n"})
    httpd.expect("AH01617|AH01618")
    httpd.start(BLOG + f"<{where}>\nAuthType Basic\nAuthName blog\nAuthBasicProvider file\n"
                f"AuthUserFile @ROOT@/passwords\nRequire valid-user\n</{where.split()[0]}>")
    assert SECRET in httpd.get("/blog/secret", auth=("me", "word")).text
    for path in ("", "/", "/secret", "/secret/", "/secret.md", "/secret.png", "/nothing", "/_theme/style.0.css"):
        for credentials in (None, ("me", "wrong"), ("you", "word")):
            answer = httpd.get("/blog" + path, auth=credentials)
            assert answer.status_code == 401 and SECRET not in answer.text
            assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("where", ["Directory @DOCS@/blog", "Location /blog"])
@pytest.mark.parametrize("rule", ["Require all denied", "Require ip 192.0.2.1", "Order Allow,Deny\nDeny from all"])
def test_denied(httpd, blog, where, rule):
    write(blog, {"secret.md": post("S", SECRET)})
    httpd.expect("AH01630|AH01797")
    httpd.start(BLOG + f"<{where}>\n{rule}\n</{where.split()[0]}>")
    for path in ("/blog/", "/blog/secret", "/blog/secret.md", "/blog/nothing"):
        for method in ("GET", "HEAD", "POST"):
            answer = httpd.get(path, method=method)
            assert answer.status_code == 403 and SECRET not in answer.text


def test_part_of_a_blog_is_denied(httpd, hello):
    write(hello, {"secret.md": post("S", SECRET)})
    httpd.expect("AH01630")
    httpd.start(BLOG + "<Location /blog/secret>\nRequire all denied\n</Location>")
    assert httpd.get("/blog/secret").status_code == 403
    assert is_post(httpd.get("/blog/hello"))


# ---- what is hidden ----

def spellings(name):
    encoded = "".join(f"%{byte:02x}" if byte not in b"/" else "/" for byte in name.encode())
    double = name.replace("/", "//")
    plain = name.replace("#", "%23")
    return [plain, encoded, "/" + double.replace("#", "%23"), plain + "/", plain + "//", plain + "/more/path",
            "x/../" + plain, "./" + plain, plain + "?download=1", plain + "%2f", plain.replace(".", "%2e")]


LOCATION = "<Location /blog>\nAtdEngine On\n</Location>\n"


@pytest.mark.parametrize("place", [
    BLOG, LOCATION, "AtdEngine On\n", "AliasMatch ^/blog(/.*)?$ @DOCS@/blog$1\n" + LOCATION,
    LOCATION + "<Location /blog>\nAtdContent @DOCS@/blog\n</Location>",
    BLOG + "<Directory @DOCS@/blog>\nAtdBaseUrl /else/\n</Directory>"])
@pytest.mark.parametrize("slashes", ["On", "Off"])
def test_hidden_files_are_not_found(httpd, blog, place, slashes):
    write(blog, {name: SECRET for name in HIDDEN_FILES if not name.startswith("site.")})
    write(blog, {"site.yaml": f"title: Blog\nparams: {{x: {SECRET}}}\n", "site.yaml.bak": SECRET, "site.json~": SECRET,
                 "site.json": "{}", "hello.md": post("Hello", f"<!-- {SECRET} -->", status="draft"),
                 "old.MD": post("Old", SECRET, status="draft")})
    httpd.start(f"MergeSlashes {slashes}\n" + place)
    for name in HIDDEN_FILES:
        for spelling in spellings(name):
            status, answer = httpd.raw_path("/blog/" + spelling)
            assert status == 404 and SECRET.encode() not in answer, spelling
        parts = name.split("/")
        if len(parts) > 1 and parts[0][0] in "._":
            assert httpd.raw_path("/blog/" + parts[0])[0] == 404


def test_hidden_names_in_capitals(httpd, blog):
    """As on a file system that knows no case, or from an editor that likes capitals."""
    names = ["HELLO.MD", "Notes.MarkDown", "POST.MD~", "SITE.YAML", "Site.Json", "POST.MUSTACHE"]
    write(blog, {name: SECRET for name in names if not name.upper().startswith("SITE")})
    write(blog, {"SITE.YAML": SECRET, "Site.Json": SECRET, "HELLO.MD": post("Hello", SECRET, status="draft")})
    httpd.start()
    for name in names:
        assert httpd.get("/blog/" + name).status_code == 404, name
