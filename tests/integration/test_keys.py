# SPDX-License-Identifier: Apache-2.0
"""Front matter beyond the sample post's: keys of its sister posts, of Jekyll, Hugo and Astro, and their file names."""
import json
import struct
import zlib

import pytest
from bs4 import BeautifulSoup

from httpd import post, write

SITE = "title: The site\nurl: https://example.org\n"


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Page:
    def __init__(self, answer):
        self.answer = answer
        self.soup = BeautifulSoup(answer.text, "html5lib")
        script = self.soup.select_one('script[type="application/ld+json"]')
        self.article = json.loads(script.string)["@graph"][0] if script else {}

    def meta(self, name):
        return [tag["content"] for tag in self.soup.select(f'meta[name="{name}"], meta[property="{name}"]')]

    def texts(self, selector):
        return [tag.get_text(" ", strip=True) for tag in self.soup.select(selector)]

    def all(self, selector, attribute):
        return [tag.get(attribute) for tag in self.soup.select(selector)]


@pytest.fixture
def serve(httpd, blog):
    """serve(files, path, config) writes files, starts the server once and gets the page."""
    def get(files, path="p", config=None):
        write(blog, {"site.yaml": SITE, **files})
        if config:
            httpd.configure("<Directory @DOCS@/blog>\nAtdEngine On\n" + config + "\n</Directory>")
        if httpd.process is None:
            httpd.start()
        return Page(httpd.get("/blog/" + path))
    return get


@pytest.fixture
def page(serve):
    """page(**front matter) is the page of a post with it."""
    def get(body="Hello.", config=None, files=None, **front):
        answer = serve({"p.md": post(body=body, **front), **(files or {})}, config=config)
        assert answer.answer.status_code == 200
        return answer
    return get


# ---- dates and names of other systems ----

@pytest.mark.parametrize("key", ["datePublished", "pubDate", "publishDate"])
def test_names_of_the_date(page, key):
    shown = page(**{key: "2025-03-04T05:06:07+02:00"})
    assert shown.meta("article:published_time") == ["2025-03-04T05:06:07+02:00"]
    assert shown.article["datePublished"] == "2025-03-04T05:06:07+02:00"
    assert shown.all("time.dt-published", "datetime") == ["2025-03-04T05:06:07+02:00"]


@pytest.mark.parametrize("key", ["dateModified", "lastmod", "updated", "updatedDate", "last_modified_at"])
def test_names_of_the_change(page, key):
    shown = page(date="2025-01-01", **{key: "2025-03-04"})
    assert shown.meta("article:modified_time") == ["2025-03-04T00:00:00+00:00"]
    assert shown.all("time.dt-updated", "datetime") == ["2025-03-04"]


@pytest.mark.parametrize("key", ["description", "metaDescription", "summary", "excerpt"])
def test_names_of_the_description(page, key):
    shown = page(**{key: "In short."})
    assert shown.meta("description") == shown.meta("og:description") == ["In short."]
    assert shown.article["description"] == "In short."


@pytest.mark.parametrize("key", ["heroImage", "image", "cover"])
def test_names_of_the_image(page, key):
    shown = page(**{key: "/pic.png"})
    assert shown.all("figure.hero img", "src") == ["/pic.png"]
    assert shown.meta("og:image") == ["https://example.org/pic.png"]


@pytest.mark.parametrize("front, status", [({"draft": True}, 404), ({"draft": False}, 200), ({"published": False}, 404),
                                           ({"published": True}, 200)])
def test_draft_flags(serve, front, status):
    assert serve({"p.md": post(**front)}).answer.status_code == status


@pytest.mark.parametrize("name, slug", [
    ("2025-06-16-slug.md", "slug"), ("posts/2025-06-16-slug.md", "slug"), ("_posts/2025-06-16-slug.markdown", "slug"),
    ("slug/index.md", "slug"), ("posts/slug/index.md", "slug"), ("2025-06-16-slug/index.md", "slug"),
    ("pages/about.md", "about"), ("posts/Some Words.md", "some-words")])
def test_file_names(serve, name, slug):
    shown = serve({name: post()}, slug)
    assert shown.answer.status_code == 200
    dated = name.split("/")[-1].startswith("2025") or name.startswith("2025")
    assert shown.meta("article:published_time") == (["2025-06-16T00:00:00+00:00"] if dated else [])


def test_a_page_is_in_no_list(serve):
    assert serve({"pages/about.md": post("About")}, "about").meta("og:type") == ["website"]
    assert serve({}, "").texts("article.card h2") == []


# ---- language, robots, layout ----

def test_lang(page):
    shown = page(lang="ar")
    html = shown.soup.html
    assert (html["lang"], html["dir"]) == ("ar", "rtl")
    assert shown.article["inLanguage"] == "ar"
    assert page(lang="de-AT").meta("og:locale") == ["de_AT"]


def test_meta_robots(page):
    shown = page(metaRobots="noindex, nofollow")
    assert shown.meta("robots") == ["noindex, nofollow"]
    assert shown.answer.headers["X-Robots-Tag"] == "noindex"
    assert shown.soup.select('link[rel="canonical"]') == []
    shown = page(metaRobots="index, nofollow")
    assert shown.meta("robots") == ["index, nofollow"]
    assert "X-Robots-Tag" not in shown.answer.headers


@pytest.mark.parametrize("front", [{"noindex": True}, {"seo": {"noindex": True}}])
def test_noindex(page, front):
    shown = page(**front)
    assert shown.meta("robots") == ["noindex, follow"]
    assert shown.answer.headers["X-Robots-Tag"] == "noindex"
    assert "noindex" not in page().meta("robots")[0]


def test_seo_title(page):
    assert page("x", seo={"title": "For engines"}, title="For people").texts("title") == ["For engines"]


def test_layout_and_unknown_keys_reach_the_theme(httpd, page):
    write(httpd.root, {"theme/special.mustache": "<p id=x>{{post.title}}: {{post.data.mood}} {{post.data.a.b}}</p>"})
    shown = page(title="T", layout="special", mood="merry", a={"b": 3}, config="AtdTheme @ROOT@/theme")
    assert shown.texts("#x") == ["T: merry 3"]
    assert page(layout="no-such-layout", files={}).texts("h1.p-name") == ["A post"]


# ---- authors ----

AUTHOR = post("x", name="Jo Doe", role="Editor", avatar="/jo.png", bio="Writes.", email="jo@example.org",
              website="https://jo.example.org", social={"twitter": "@jo", "github": "jo"})


def test_author_file(page, serve):
    shown = page(author="jo-doe", files={"authors/jo-doe.md": AUTHOR})
    byline = shown.soup.select_one(".byline .h-card")
    assert byline.select_one("a.p-name.u-url")["href"] == "/blog/author/jo-doe"
    assert byline.select_one(".p-job-title").get_text() == "Editor"
    assert byline.select_one("img.u-photo")["src"] == "/jo.png"
    about = shown.soup.select_one("section.about")
    assert "Writes." in about.get_text()
    assert [a["href"] for a in about.select("a")] == ["https://jo.example.org", "mailto:jo@example.org",
                                                      "https://x.com/jo", "https://github.com/jo"]
    assert shown.article["author"] == {"@type": "Person", "name": "Jo Doe", "jobTitle": "Editor",
                                       "url": "https://jo.example.org", "image": "https://example.org/jo.png",
                                       "description": "Writes."}
    assert shown.meta("twitter:creator") == ["@jo"]
    assert shown.meta("article:author") == ["https://jo.example.org"]
    assert serve({}, "author/jo-doe").all(".person a.u-url", "href") == ["https://jo.example.org"]


def test_co_authors(page):
    shown = page(author={"name": "A"}, coAuthors=["jo-doe", "Someone Else"], files={"authors/jo-doe.md": AUTHOR})
    assert shown.texts(".byline .p-author .p-name") == ["A", "Jo Doe", "Someone Else"]
    assert [node["name"] for node in shown.article["author"]] == ["A", "Jo Doe", "Someone Else"]
    assert shown.meta("author") == ["A", "Jo Doe", "Someone Else"]


def test_author_without_a_file_and_link(page):
    assert page(author="Jo Doe").texts(".byline .p-name") == ["Jo Doe"]
    shown = page(author={"name": "A", "link": "/about"})
    assert shown.all(".byline a.u-url[rel=author]", "href") == ["/blog/author/a"]
    assert shown.article["author"]["url"] == "https://example.org/about"


# ---- lists, series, media ----

def test_categories(page):
    shown = page(categories=["First", "Second"], tags=["t"])
    assert shown.meta("article:section") == ["First"]
    assert shown.meta("article:tag") == ["t", "Second"]
    assert page(tags="one, two").meta("article:tag") == ["one", "two"]


def test_series(page):
    shown = page(series="A tale", partNumber=2)
    assert shown.texts(".kicker .series") == ["A tale, part 2"]
    assert shown.article["isPartOf"] == {"@type": "CreativeWorkSeries", "name": "A tale"}
    assert shown.article["position"] == 2


def test_image_gallery(page):
    shown = page(imageGallery=[{"src": "/a.png", "alt": "An a", "caption": "The a"}, {"src": "b.png"}],
                 files={"b.png": png(3, 2)})
    images = shown.soup.select("ul.gallery img")
    assert [(i["src"], i["alt"], i.get("width")) for i in images] == [("/a.png", "An a", None),
                                                                     ("/blog/b.png", "", "3")]
    assert shown.texts("ul.gallery figcaption") == ["The a"]


def test_video(page):
    shown = page(date="2025-01-01", video={"url": "/film.mp4", "thumbnail": "/t.png", "duration": "3:20",
                                           "transcript": "He says."})
    film = shown.soup.select_one("figure.video video")
    assert (film["src"], film["poster"]) == ("/film.mp4", "/t.png")
    assert "3:20" in shown.texts("figure.video figcaption")[0]
    assert "He says." in shown.texts("details.transcript")[0]
    assert shown.meta("og:video") == ["https://example.org/film.mp4"]
    assert shown.article["video"]["contentUrl"] == "https://example.org/film.mp4"
    assert shown.article["video"]["thumbnailUrl"] == "https://example.org/t.png"
    assert shown.article["video"]["transcript"] == "He says."
    shown = page(video={"url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ"})
    assert shown.all("figure.video iframe", "src") == ["https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"]


def test_media_of_a_bundle(serve, httpd):
    shown = serve({"b/index.md": post(body="![Pic](pic.png)", image={"src": "pic.png", "alt": "x"},
                                      video={"url": "film.mp4", "thumbnail": "pic.png"},
                                      social={"twitter": {"image": "card.png"}, "facebook": {"image": "pic.png"}}),
                   "b/pic.png": png(7, 5), "b/card.png": png(1, 1), "b/film.mp4": b"film"}, "b")
    hero, *_, inner = shown.soup.select("figure.hero img, .e-content img")
    assert (hero["src"], hero["width"], hero["height"]) == ("/blog/b/pic.png", "7", "5")
    assert (inner["src"], inner["width"]) == ("/blog/b/pic.png", "7")
    assert shown.article["image"] == {"@type": "ImageObject", "url": "https://example.org/blog/b/pic.png", "width": 7,
                                      "height": 5}
    assert shown.meta("twitter:image") == ["https://example.org/blog/b/card.png"]
    assert shown.meta("og:image") == ["https://example.org/blog/b/pic.png"]
    assert shown.meta("og:video") == ["https://example.org/blog/b/film.mp4"]
    assert shown.article["video"]["contentUrl"] == "https://example.org/blog/b/film.mp4"
    assert shown.article["video"]["thumbnailUrl"] == "https://example.org/blog/b/pic.png"
    assert httpd.get("/blog/b/pic.png").content == png(7, 5)


def test_an_image_services_ids_get_the_base(page):
    site = SITE + "images: {base: 'https://img.example.net/x'}\n"
    shown = page("![a](c/in)", image="c/pic", social={"facebook": {"image": "c/fb"}, "twitter": {"image": "c/tw"}},
                 schema={"image": "c/ld"}, files={"site.yaml": site})
    assert shown.all("figure.hero img, .e-content img", "src") == ["https://img.example.net/x/c/pic",
                                                                  "https://img.example.net/x/c/in"]
    assert shown.meta("og:image") == ["https://img.example.net/x/c/fb"]
    assert shown.meta("twitter:image") == ["https://img.example.net/x/c/tw"]
    assert shown.article["image"] == "https://img.example.net/x/c/ld"


# ---- social, advanced ----

def test_twitter(page):
    card = {"card": "summary", "site": "@site", "creator": "maker", "title": "T", "description": "D", "image": "/t.png"}
    shown = page(social={"twitter": card})
    want = {**card, "creator": "@maker", "image": "https://example.org/t.png"}
    assert {key: shown.meta("twitter:" + key) for key in card} == {key: [value] for key, value in want.items()}


def test_facebook(page):
    shown = page(social={"facebook": {"title": "T", "description": "D", "image": "/f.png", "type": "video.other"}})
    assert [shown.meta("og:" + key) for key in ("title", "description", "image", "type")] == [
        ["T"], ["D"], ["https://example.org/f.png"], ["video.other"]]
    assert shown.texts("h1.p-name") == ["A post"]


@pytest.mark.parametrize("key", ["schemaMarkup", "schema"])
def test_advanced_schema(page, key):
    shown = page(advanced={key: {"@type": "HowTo", "totalTime": "PT5M"}}, schema={"headline": "H"})
    assert (shown.article["@type"], shown.article["totalTime"], shown.article["headline"]) == ("HowTo", "PT5M", "H")


def test_advanced_newsletter(page):
    site = SITE + "newsletter: {url: 'https://n.example.org', title: Weekly, text: Each Monday, button: Join}\n"
    shown = page(advanced={"newsletter": True}, files={"site.yaml": site})
    assert shown.all(".newsletter a", "href") == ["https://n.example.org"]
    assert shown.texts(".newsletter")[0].split() == "Weekly Each Monday Join".split()
    assert page(advanced={"newsletter": False}, files={"site.yaml": site}).soup.select(".newsletter") == []


def test_custom_css_and_script_need_raw_html(page):
    shown = page(advanced={"customCSS": "h1{color:red}", "customJS": "let a=1<2"}, config="AtdRawHTML On")
    assert [tag.string for tag in shown.soup.select("head style")] == ["h1{color:red}"]
    assert "let a=1<2" in [tag.string for tag in shown.soup.select("script")]


def test_custom_css_and_script_are_left_out_without_raw_html(page):
    shown = page(advanced={"customCSS": "h1{color:red}", "customJS": "let a=1<2"})
    assert "color:red" not in shown.answer.text and "let a" not in shown.answer.text


# ---- expiry, translations, redirects ----

def test_expires_is_told(page):
    shown = page(expires="2099-01-01")
    assert shown.meta("article:expiration_time") == ["2099-01-01T00:00:00+00:00"]
    assert shown.article["expires"] == "2099-01-01T00:00:00+00:00"


def alternates(shown):
    return [(a["hreflang"], a["href"]) for a in shown.soup.select('head link[rel="alternate"][hreflang]')]


def test_translations(page):
    shown = page(lang="en", translations={"de": "hallo", "fr": "https://fr.example.org/bonjour"})
    want = [("de", "https://example.org/blog/hallo"), ("fr", "https://fr.example.org/bonjour")]
    assert alternates(shown) == [("en", "https://example.org/blog/p")] + want
    assert [(a["hreflang"], a["href"]) for a in shown.soup.select("ul.translations a")] == want
    assert shown.texts("ul.translations a") == ["Deutsch", "Français"]


def test_german_post_on_an_english_blog(serve):
    own = "https://example.org/blog/"
    files = {"hallo.md": post("Hallo", lang="de", date="2025-06-16T23:30:00-05:00", lastModified="2025-12-24",
                              translations={"en": "hello", "ja": "/ja/hello", "x-default": "hello", "de": "hallo"}),
             "hello.md": post("Hello", date="2025-06-16", readingTime=9, translations={"de": "hallo"})}
    shown = serve(files, "hallo")
    assert shown.soup.html["lang"] == "de"
    assert shown.texts(".byline time") == ["16. Juni 2025", "24. Dezember 2025"]
    assert shown.all(".byline time", "datetime") == ["2025-06-16T23:30:00-05:00", "2025-12-24"]
    assert shown.texts(".byline .time") == ["Reading time: 1 Minute"]
    assert alternates(shown) == [("de", own + "hallo"), ("en", own + "hello"), ("ja", "https://example.org/ja/hello"),
                                 ("x-default", own + "hello")]
    assert shown.meta("og:locale") == ["de_DE"]
    assert shown.meta("og:locale:alternate") == ["en_US", "ja_JP"]
    assert shown.texts("ul.translations a") == ["English", "日本語"]
    assert (shown.article["inLanguage"], shown.article["timeRequired"]) == ("de", "PT1M")

    home = serve(files, "")
    assert home.soup.html["lang"] == "en"
    assert home.texts('article[lang="de"] .dt-published') == ["16. Juni 2025"]
    assert home.texts('article[lang="en"] .dt-published') == ["June 16, 2025"]
    assert home.texts('article[lang="en"] .time') == ["Reading time: 9 minutes"]

    english = serve(files, "hello")
    assert english.texts(".byline time") == ["June 16, 2025"]
    assert alternates(english) == [("en", own + "hello"), ("de", own + "hallo")]


@pytest.mark.parametrize("redirect, status, location", [
    ("/new", 301, "https://example.org/new"), ("other", 301, "https://example.org/blog/other"),
    ({"to": "https://e.org/x?a=1&b=2", "status": 302}, 302, "https://e.org/x?a=1&b=2"),
    ({"to": "/new", "status": 308}, 308, "https://example.org/new"),
    ("/über uns", 301, "https://example.org/%C3%BCber%20uns")])
def test_redirect(serve, redirect, status, location):
    answer = serve({"p.md": post(redirect=redirect)}).answer
    assert (answer.status_code, answer.headers["Location"]) == (status, location)
