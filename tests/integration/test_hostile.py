# SPDX-License-Identifier: Apache-2.0
"""Hostile URLs, links, texts and sizes: no file's content that is not published, nothing but text from text."""
import collections
import json
import os
import re

import pytest
from bs4 import BeautifulSoup

from httpd import post, write

CANARY = "canary-5d1f7c"
LINK = r"symbolic link|Symbolic link|AH00037|can't open"


def soup(answer):
    text = answer.content.decode() if hasattr(answer, "content") else answer
    return BeautifulSoup(text, "html5lib")


# ---- URLs ----

PATHS = """/blog/../../etc/passwd
/blog/../canary.md /blog/%2e%2e%2fcanary.md /blog/%2e%2e/%2e%2e/canary.md /blog/..%2f..%2fcanary
/blog/..%2fcanary.md /blog/%2e%2e%2f%2e%2e%2fcanary /blog/%00 /blog/p%00 /blog/p%00.md /blog/draft.md%00.html
/blog/%c0%ae%c0%ae%c0%afcanary.md
/blog/%e0%80%ae%e0%80%ae/canary /blog/%f0%80%80%ae /blog/..%5ccanary.md /blog/..\\canary.md
/blog/%5c%5chost%5cshare /blog/%252e%252e%252fcanary.md /blog/..%252fcanary /blog/%25%32%65%25%32%65/canary
/blog/draft /blog/draft/ /blog/draft.md /blog/DRAFT.MD /blog/draft%2emd /blog/%64raft.md /blog/draft.md/
/blog/draft.md/x
/blog/draft.md~ /blog/draft.md;x /blog//draft.md /blog/./draft.md /blog/p/../draft.md /blog/p/draft.md /blog/p.md
/blog/site.yaml /blog/SITE.yaml /blog/site.yaml/ /blog/site%2eyaml /blog/.hidden.md /blog/.hidden /blog/_partial.md
/blog/_partial /blog/.htaccess /blog/authors/jo.md /blog/authors/jo /blog/authors /blog/posts/two.md /blog/posts/two
/blog/posts /blog/posts/ /blog/theme/post.mustache /blog/theme/post /blog/_theme/post.000000000000.mustache
/blog/_theme/..%2f..%2fcanary.md /blog/_theme/../site.yaml /blog/_theme/site.0.yaml /blog/_theme/canary..md
/blog/%ff%fe /blog/%ed%a0%80 /blog/%0d%0aX-Canary:1 /blog/p%0d%0a /blog/%7e%2fcanary /blog/*/ /blog/{{canary}}
/blog/%3cscript%3e /blog/draft.json /blog/DRAFT.json""".split()
PATHS += ["/blog/" + "a" * 10240, "/blog/" + "%61" * 3000, "/blog/" + "../" * 500 + "canary.md", "/blog/" + "x/" * 2000]

PLACES = {
    "directory": "<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>",
    "location": "<Location /blog>\nAtdEngine On\nAtdContent @DOCS@/blog\nRequire all granted\n</Location>",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("slashes", ["Off", "On", "NoDecode"])
def test_no_url_reaches_what_is_not_published(httpd, blog, place, slashes):
    httpd.expect(r"AH\d+: |\[core:error\]")
    secret = f"{CANARY}\n"
    hidden = post("Draft", secret, status="draft", author="jo")
    write(httpd.root, {"canary.md": hidden, "canary": secret})
    write(blog, {"p.md": post("P", "Hello.", secret=CANARY), "draft.md": hidden, "posts/two.md": hidden,
                 "site.yaml": f"title: Blog\nparams: {{secret: {CANARY}}}\n", ".hidden.md": secret,
                 "_partial.md": secret, "authors/jo.md": f"---\nname: {CANARY}\n---\n", "theme/post.mustache": secret,
                 ".htaccess": f"# {CANARY}\n"})
    httpd.start(f"AllowEncodedSlashes {slashes}\n" + PLACES[place])
    for path in PATHS:
        status, answer = httpd.raw_path(path)
        folder = path == "/blog/posts" and status == 301  # mod_dir's
        # A source without what is nobody's business, and an overview without an author of hidden posts alone.
        public = path in ("/blog/p.md", "/blog/authors") and status == 200
        assert status in (400, 403, 404, 414) or folder or public, path
        assert CANARY.encode() not in answer and b"root:" not in answer, path
        assert b"X-Canary" not in answer.split(b"\r\n\r\n")[0], path
    assert httpd.get("/blog/p").status_code == 200
    assert CANARY not in httpd.get("/blog/p").text + httpd.get("/blog/").text


# ---- symbolic links ----

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000013370000053908000000")  # 4919 x 1337: a canary of its own
LINKED = {  # name: (link, target's files, further files, path, what shows that the link was followed)
    "post": ("p.md", {"": post(CANARY)}, {}, "/blog/p", CANARY),
    "post in a list": ("p.md", {"": post(CANARY)}, {}, "/blog/", CANARY),
    "folder": ("posts", {"p.md": post(CANARY)}, {}, "/blog/p", CANARY),
    "folder in a list": ("posts", {"p.md": post(CANARY)}, {}, "/blog/", CANARY),
    "bundle": ("b", {"index.md": post(CANARY)}, {}, "/blog/b", CANARY),
    "bundle's index": ("b/index.md", {"": post(CANARY)}, {}, "/blog/b", CANARY),
    "image's size": ("pic.png", {"": PNG}, {"p.md": post(image="pic.png")}, "/blog/p", 'width="4919"'),
    "image": ("pic.txt", {"": CANARY}, {"p.md": post(image="pic.png")}, "/blog/pic.txt", CANARY),
    "author": ("authors/jo.md", {"": post(CANARY)}, {"p.md": post(author="jo")}, "/blog/p", CANARY),
    "authors": ("authors", {"jo.md": post(CANARY)}, {"p.md": post(author="jo")}, "/blog/p", CANARY),
    "settings": ("site.yaml", {"": f"title: {CANARY}"}, {"p.md": post()}, "/blog/p", CANARY),
    "template": ("theme/post.mustache", {"": CANARY}, {"p.md": post()}, "/blog/p", CANARY),
    "theme": ("theme", {"post.mustache": CANARY}, {"p.md": post()}, "/blog/p", CANARY),
    "AtdContent": ("linked", {"p.md": post(CANARY)}, {}, "/blog/p", CANARY),
    "linked post": ("q.md", {"": post("Q", slug=CANARY)}, {"p.md": post(body="[q](q.md)")}, "/blog/p", CANARY),
}
OPTIONS = {"FollowSymLinks": (True, True), "SymLinksIfOwnerMatch": (True, False), "None": (False, False)}


@pytest.mark.skipif(os.getuid() != 0, reason="needs files of two owners")
@pytest.mark.parametrize("same_owner", [True, False], ids=["own", "other's"])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kind", LINKED)
def test_links_of_a_tenant(httpd, blog, kind, options, same_owner):
    link, target, files, path, shown = LINKED[kind]
    httpd.expect(LINK)
    outside = httpd.root / "outside"
    write(httpd.root, {f"outside/{name}" if name else "outside": data for name, data in target.items()})
    more = "AtdTheme ./theme\n" if "theme" in link else "AtdContent ./linked\n" if link == "linked" else ""
    write(blog, {".htaccess": "AtdEngine On\n" + more, **files})
    (blog / link).parent.mkdir(exist_ok=True)
    (blog / link).symlink_to(outside)
    for entry in [blog, *blog.rglob("*")]:
        os.lchown(entry, 4001, 4001)
    for entry in [outside, *outside.rglob("*")]:
        os.lchown(entry, 4001 if same_owner else 4002, 4001)
    httpd.start(f"<Directory @DOCS@>\nOptions {options}\nAllowOverride FileInfo\n</Directory>")
    answer = httpd.get(path)
    assert (shown in answer.text) == OPTIONS[options][0 if same_owner else 1], answer.text


@pytest.mark.parametrize("line", ["AtdContent /etc", "AtdContent ../../outside", "AtdContent ./../outside",
                                  "AtdTheme /etc", "AtdTheme ../outside", "AtdContent a/../../outside",
                                  "AtdTheme ./.git"])
def test_an_htaccess_names_no_folder_outside_its_own(httpd, blog, line):
    httpd.expect("an .htaccess may name only a folder below its own")
    write(httpd.root, {"outside/p.md": post(CANARY), "outside/post.mustache": CANARY})
    write(blog, {"p.md": post(), ".htaccess": f"AtdEngine On\n{line}\n"})
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    answer = httpd.get("/blog/p")
    assert answer.status_code == 500 and CANARY not in answer.text


# ---- text stays text ----

NASTY = "</script><script>alert(1)</script>\"'&amp;<!--<img src=x onerror=y>{{page.title}}]]>"


def everything(text):
    """A blog whose every free text is this one."""
    card = {key: text for key in ("title", "description", "creator", "site", "card")}
    front = dict(
        slug="p", seoTitle=text, category=text, tags=[text, "t"], excerpt=text, readingTime=text, series=text,
        author={"name": text, "role": text, "bio": text, "email": text}, coAuthors=["o " + text], layout=text,
        featuredImage={"src": "/p.png", "alt": text, "caption": text}, relatedPosts=["q", text], aliases=[text],
        imageGallery=[{"src": "/g.png", "alt": text, "caption": text}], contentWarning=text, partNumber=1,
        video={"url": "/v.mp4", "duration": text, "transcript": text}, seo={"description": text, "keywords": [text]},
        social={"twitter": card, "facebook": {**card, "type": text}}, translations={"de": text}, other=text,
        schema={"headline": text, "author": {"@type": "Person", "name": text}, text: text})
    site = dict(title=text, description=text, author=text, footer=text, publisher={"name": text}, params={"x": text},
                nav=[{"title": text, "url": "/"}], social={"twitter": text},
                newsletter={"url": "/n", "title": text, "text": text},
                comments={"provider": "giscus", "repo": text, "category": text})
    return {"p.md": post(text, **front), "q.md": post("q" + text), "site.yaml": json.dumps(site)}


def elements(page):
    return collections.Counter((tag.name, *sorted(tag.attrs)) for tag in page.find_all(True))


@pytest.mark.parametrize("raw", ["Off", "On"])
def test_texts_change_nothing_but_text(httpd, blog, raw):
    write(blog, everything("plain"))
    httpd.start(f"<Directory @DOCS@/blog>\nAtdEngine On\nAtdRawHTML {raw}\n</Directory>")
    paths = ("/blog/p", "/blog/", "/blog/none")
    plain = {path: httpd.get(path) for path in paths}
    write(blog, everything(NASTY))
    for path in paths:
        answer = httpd.get(path)
        assert answer.status_code == plain[path].status_code
        page = soup(answer)
        assert elements(page) == elements(soup(plain[path])), path
        assert NASTY in page.title.get_text()
        for script in page.select('script[type="application/ld+json"]'):
            assert NASTY in json.dumps(json.loads(script.string), ensure_ascii=False).replace('\\"', '"')
    page = soup(httpd.get("/blog/p"))
    assert page.h1.get_text() == NASTY
    assert page.select_one("figure.hero img")["alt"] == NASTY
    article = json.loads(page.select_one('script[type="application/ld+json"]').string)["@graph"][0]
    assert (article["headline"], article["author"]["name"], article[NASTY]) == (NASTY, NASTY, NASTY)


# ---- headers ----

@pytest.mark.parametrize("front", [
    {"redirect": "/x\r\nX-Canary: 1"}, {"redirect": {"to": "http://e.org/\nX-Canary: 1", "status": 302}},
    {"lang": "en\r\nX-Canary: 1"}, {"canonicalUrl": "/x\r\nX-Canary: 1"}, {"slug": "p\r\nX-Canary: 1"},
    {"metaRobots": "noindex\r\nX-Canary: 1"}, {"translations": {"de\r\nX-Canary": "x\r\nX-Canary: 1"}}])
@pytest.mark.parametrize("path", ["/blog/p", "/blog/p/", "/blog/p-x-canary-1/"])
def test_no_value_makes_a_header(httpd, blog, front, path):
    httpd.expect(r"p\.md:\d+:\d+: ")
    write(blog, {"p.md": post(**front)})
    httpd.start()
    status, answer = httpd.raw_path(path)
    assert status in (200, 301, 404, 500)
    assert b"\nx-canary" not in answer.split(b"\r\n\r\n")[0].lower()


# ---- URLs that run ----

SCRIPTS = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
           "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
           "data:image/svg+xml,<svg>", "feed:javascript:alert(1)", "\\\\evil.example"]
RUNS = re.compile(r"^(javascript|vbscript|data|feed):|^\\\\", re.I)
WHERE = [lambda u: {"canonicalUrl": u}, lambda u: {"author": {"name": "A", "image": u, "link": u}},
         lambda u: {"author": {"name": "A", "bio": "b", "social": {"website": u, "x": u, "nowhere": u}, "email": u}},
         lambda u: {"featuredImage": {"src": u}}, lambda u: {"image": u}, lambda u: {"redirect": u},
         lambda u: {"imageGallery": [{"src": u}, u]}, lambda u: {"video": {"url": u, "thumbnail": u}},
         lambda u: {"social": {"twitter": {"image": u}}}, lambda u: {"social": {"facebook": {"image": u}}},
         lambda u: {"translations": {"de": u}}, lambda u: {"seo": {"canonical": u}}]
SITES = [lambda u: {"nav": [{"title": "t", "url": u}]}, lambda u: {"social": {"x": u, "github": u, "nowhere": u}},
         lambda u: {"newsletter": {"url": u}}, lambda u: {"comments": {"provider": "isso", "url": u}},
         lambda u: {"comments": {"provider": "email", "address": u}}, lambda u: {"url": u}, lambda u: {"image": u},
         lambda u: {"publisher": {"logo": u}}, lambda u: {"images": {"base": u}}]


def assert_nothing_runs(answer, what):
    assert answer.status_code in (200, 301, 500), what
    assert not RUNS.match(answer.headers.get("Location", "")), what
    for tag in soup(answer).find_all(True):
        for name in ("href", "src", "poster", "action", "srcset", "data-isso", "content"):
            value = re.sub(r"[\x00-\x20]", "", tag.get(name) or "")
            assert not RUNS.match(value), (what, str(tag))


def test_no_url_of_the_front_matter_runs(httpd, blog):
    httpd.expect(r"(p\.md|site\.yaml):\d+:\d+: ")
    httpd.start()
    for url in SCRIPTS:
        for make in WHERE:
            write(blog, {"p.md": post(body="![a](x)", **make(url))})
            assert_nothing_runs(httpd.get("/blog/p"), make(url))
        write(blog, {"p.md": post(body="![a](x)", newsletter=True)})
        for make in SITES:
            write(blog, {"site.yaml": json.dumps(make(url))})
            assert_nothing_runs(httpd.get("/blog/p"), make(url))
            assert_nothing_runs(httpd.get("/blog/"), make(url))
        (blog / "site.yaml").unlink()


def test_no_url_of_the_body_runs(httpd, blog):
    forms = ["[a]({})", "![a]({})", "[a](<{}>)", "<{}>", "[a]\n\n[a]: {}", "![a][b]\n\n[b]: <{}>"]
    urls = SCRIPTS + ["java&#115;cript:alert(1)", "&#1;javascript:alert(1)", "javascript&colon;alert(1)",
                      "\\javascript:x"]
    httpd.start()
    for url in urls:
        write(blog, {"p.md": post(body="\n\n".join(form.format(url) for form in forms))})
        assert_nothing_runs(httpd.get("/blog/p"), url)


@pytest.mark.parametrize("raw", ["Off", "On"])
def test_raw_html(httpd, blog, raw):
    write(blog, {"p.md": post(body='<div class="own" onclick="x()">a</div>\n\nPress <kbd>Q</kbd>.')})
    httpd.start(f"<Directory @DOCS@/blog>\nAtdEngine On\nAtdRawHTML {raw}\n</Directory>")
    page = soup(httpd.get("/blog/p"))
    assert (len(page.select(".e-content div.own[onclick]")), len(page.select(".e-content kbd"))) == (
        (1, 1) if raw == "On" else (0, 0))


# ---- sizes ----

def nested(levels):
    return "a: " + "[" * levels + "]" * levels


def body_of(size):
    head = "---\ntitle: P\n---\n"
    return head + "word " * ((size - len(head)) // 5) + "x" * ((size - len(head)) % 5)


def front_of(size):
    return "---\ntitle: P\nnote: " + "x" * (size - len("title: P\nnote: \n")) + "\n---\nText.\n"


SIZES = {
    "post": (body_of(1024 * 1024), body_of(1024 * 1024 + 1), r"larger than 1048576 bytes"),
    "front matter": (front_of(64 * 1024), front_of(64 * 1024 + 1), r"65536|64 KiB"),
    "tags": (post(tags=[f"t{i}" for i in range(64)]), post(tags=[f"t{i}" for i in range(65)]), r"more than 64 tags"),
    "nesting": (f"---\n{nested(31)}\n---\n", f"---\n{nested(33)}\n---\n", r"32"),
}


@pytest.mark.parametrize("name", SIZES)
def test_limits(httpd, blog, name):
    good, bad, said = SIZES[name]
    httpd.expect(rf"p\.md.*({said}).*\[ATD0003\]")
    write(blog, {"p.md": bad, "q.md": post("Q")})
    httpd.start()
    answer = httpd.get("/blog/p")
    assert answer.status_code == 500
    assert soup(answer).h1.get_text() == "Something went wrong"
    httpd.wait_for_log(rf"p\.md.*({said}).*\[ATD0003\]")
    write(blog, {"p.md": good})
    for _ in range(2):  # what was written just now is served, and not kept yet
        whole = httpd.get("/blog/p")
        assert whole.status_code == 200
    logged = len(re.findall(said, httpd.log_text()))
    write(blog, {"p.md": bad})
    answer = httpd.get("/blog/p")
    if name == "post":  # a page too large to be kept has no last good one
        assert answer.status_code == 500
    else:
        assert (answer.status_code, answer.content) == (200, whole.content)
    assert len(re.findall(said, httpd.log_text())) > logged
    assert httpd.get("/blog/q").status_code == httpd.get("/blog/").status_code == 200
