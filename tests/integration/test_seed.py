# SPDX-License-Identifier: Apache-2.0
"""The sample post: every key of its front matter has an effect on what is served, and follows the key's value."""
import copy
import json

import pytest
import yaml
from bs4 import BeautifulSoup

from httpd import SEED, post, write

NAME = "the-rise-of-ai-in-creative-industries.md"
SLUG = "the-rise-of-ai-in-creative-industries-opportunities-and-challenges"
SOURCE = (SEED / NAME).read_text()
FRONT = yaml.safe_load(SOURCE.split("---\n")[1])
BODY = SOURCE.split("---\n", 2)[2]

SITE = """title: The site
publisher: {name: The publisher, logo: /logo.png}
comments: {provider: giscus, repo: me/blog, repoId: R1, category: Blog, categoryId: C1}
"""
OTHERS = {
    "a-peer.md": post("A peer", date="2025-06-16", featured=True, priority="medium"),
    "newer.md": post("Newer", date="2025-07-01", tags=["innovation"]),
}


def leaves(data, path=""):
    """{dotted path: value} of everything that is not a map."""
    found = {}
    for key, value in data.items():
        below = f"{path}.{key}" if path else key
        found.update(leaves(value, below) if isinstance(value, dict) else {below: value})
    return found


class Page:
    """What was served, parsed."""

    def __init__(self, httpd, slug):
        self.httpd = httpd
        self.answer = httpd.get("/blog/" + slug)
        self.soup = BeautifulSoup(self.answer.text, "html5lib")
        script = self.soup.select_one('script[type="application/ld+json"]')
        self.article = json.loads(script.string)["@graph"][0] if script else {}

    def name(self, name):
        return [tag["content"] for tag in self.soup.select(f'head meta[name="{name}"]')]

    def property(self, name):
        return [tag["content"] for tag in self.soup.select(f'head meta[property="{name}"]')]

    def texts(self, selector):
        return [tag.get_text(" ", strip=True) for tag in self.soup.select(selector)]

    def hrefs(self, selector):
        return [tag.get("href") or tag.get("src") for tag in self.soup.select(selector)]

    def home(self):
        soup = BeautifulSoup(self.httpd.get("/blog/").text, "html5lib")
        return {card.select_one("h2").get_text(strip=True): card for card in soup.select("article.card")}


def iso(date):
    return date if "T" in date else date + "T00:00:00+00:00"


def same_moment(value):
    """As served: whole seconds with an offset."""
    return iso(value.replace(".194Z", "+00:00"))


def title(page, value):
    assert page.texts("article.h-entry h1.p-name") == [value]
    assert page.property("og:title") == [value]
    assert value in page.home()


def seo_title(page, value):
    assert page.texts("head title") == [value]


def slug(page, value):
    assert page.answer.status_code == 200
    assert page.soup.select_one("article.h-entry")["data-slug"] == value
    assert page.hrefs("article.post .byline .facts a.u-url") == [page.httpd.url("/blog/" + value)]
    assert page.home()[FRONT["title"]].select_one("a.u-url")["href"] == "/blog/" + value


def date(page, value):
    assert page.property("article:published_time") == [iso(value)]
    assert [tag["datetime"] for tag in page.soup.select("article .byline time.dt-published")] == [value]


def last_modified(page, value):
    assert page.property("article:modified_time") == [same_moment(value)]
    shown = [tag["datetime"] for tag in page.soup.select("article .byline time.dt-updated")]
    assert shown == ([] if value.startswith("2025-06-16") else [same_moment(value)])


def author_name(page, value):
    assert page.texts(".byline .p-author.h-card .p-name") == [value]
    slug = value.lower().replace(" & ", "-").replace(" ", "-")
    assert page.hrefs(".byline a[rel=author]") == ["/blog/author/" + slug]
    assert page.name("author") == [value]
    assert page.property("article:author") == [value]


def author_role(page, value):
    assert page.texts(".byline .h-card .p-job-title") == [value]


def author_image(page, value):
    assert page.hrefs(".byline .h-card img.u-photo") == [value]
    assert page.article["author"]["image"] == value


def category(page, value):
    assert page.texts("article .kicker .p-category") == [value]
    assert page.property("article:section") == [value]
    assert page.article["articleSection"] == value


def tags(page, value):
    assert page.texts("article .tags .p-category") == value
    assert page.property("article:tag") == value


def image_src(page, value):
    assert page.hrefs("figure.hero img.u-featured") == [value]
    assert page.property("og:image") == [value]
    assert page.home()[FRONT["title"]].select_one("img.u-featured")["src"] == value


def image_alt(page, value):
    assert page.soup.select_one("figure.hero img")["alt"] == value
    assert page.property("og:image:alt") == page.name("twitter:image:alt") == [value]


def image_caption(page, value):
    assert page.texts("figure.hero figcaption") == [value]


def excerpt(page, value):
    assert page.texts("article .top .p-summary") == [value]
    assert page.home()[FRONT["title"]].select_one(".p-summary").get_text() == value


def reading_time(page, value):
    assert page.name("twitter:data1") == [value]
    assert page.texts("article .byline .time") == ["Reading time: " + value]
    assert page.article["timeRequired"] == f"PT{value.split()[0]}M"


def status(page, value):
    assert page.answer.status_code == (200 if value == "published" else 404)
    assert (FRONT["title"] in page.home()) == (value == "published")


def featured(page, value):
    home = page.home()
    assert (list(home).index(FRONT["title"]) < list(home).index("Newer")) == value
    assert bool(home[FRONT["title"]].select(".badge:not(.priority)")) == value
    assert ("featured" in page.soup.select_one("article.h-entry")["class"]) == value


def priority(page, value):
    home = page.home()
    assert (list(home).index(FRONT["title"]) < list(home).index("A peer")) == (value == "high")
    assert f"priority-{value}" in home[FRONT["title"]]["class"]
    assert f"priority-{value}" in page.soup.select_one("article.h-entry")["class"]


def article_key(*keys):
    def check(page, value):
        node = page.article
        for key in keys:
            node = node[key]
        assert node == value
    return check


def logo(page, value):
    assert page.article["publisher"]["logo"]["url"] == page.httpd.url(value)


def related(page, value):
    assert page.hrefs("aside.related a.u-url") == (["/blog/" + name for name in value] or ["/blog/newer"])


def toc(page, value):
    assert bool(page.soup.select("nav.toc")) == value


def canonical(page, value):
    assert page.hrefs('head link[rel="canonical"]') == [value]
    assert page.property("og:url") == [value]
    assert page.article["mainEntityOfPage"]["@id"] == value


def description(page, value):
    assert page.name("description") == page.property("og:description") == [value]


def keywords(page, value):
    assert page.name("keywords") == [", ".join(value)]
    assert page.article["keywords"] == value


def comments(page, value):
    assert bool(page.soup.select('section.comments script[data-repo="me/blog"]')) == value


def share(page, value):
    assert bool(page.soup.select("ul.share li")) == value


def warning(page, value):
    shown = page.texts("article .notice")
    assert shown == ([f"Content warning: {value}"] if value else [])


ASSERTIONS = {
    "title": title, "seoTitle": seo_title, "slug": slug, "date": date, "lastModified": last_modified,
    "author.name": author_name, "author.role": author_role, "author.image": author_image,
    "category": category, "tags": tags, "featuredImage.src": image_src, "featuredImage.alt": image_alt,
    "featuredImage.caption": image_caption, "excerpt": excerpt, "readingTime": reading_time, "status": status,
    "featured": featured, "priority": priority, "schema.@type": article_key("@type"),
    "schema.headline": article_key("headline"), "schema.description": article_key("description"),
    "schema.author.@type": article_key("author", "@type"), "schema.author.name": article_key("author", "name"),
    "schema.author.jobTitle": article_key("author", "jobTitle"), "schema.datePublished": article_key("datePublished"),
    "schema.dateModified": article_key("dateModified"), "schema.image": article_key("image"),
    "schema.publisher.@type": article_key("publisher", "@type"),
    "schema.publisher.name": article_key("publisher", "name"),
    "schema.publisher.logo.@type": article_key("publisher", "logo", "@type"), "schema.publisher.logo.url": logo,
    "relatedPosts": related, "toc": toc, "canonicalUrl": canonical, "seo.description": description,
    "seo.canonical": canonical, "seo.keywords": keywords, "contentSettings.toc": toc,
    "contentSettings.comments": comments, "contentSettings.shareButtons": share,
    "contentSettings.contentWarning": warning,
}

# What a changed value looks like where it can't just get a few letters more.
CHANGED = {
    "date": "2024-02-29", "lastModified": "2026-01-02T03:04:05+00:00", "readingTime": "12 minutes", "status": "draft",
    "priority": "low", "relatedPosts": ["a-peer"], "contentSettings.contentWarning": "Flashing lights",
    "schema.datePublished": "2024-02-29", "schema.dateModified": "2026-01-02",
}


def changed(path, value):
    if path in CHANGED:
        return CHANGED[path]
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return value + ["nine-lives"]
    if value.startswith("http"):
        return value + ("&nine=9" if "?" in value else "-nine")
    return value + ("-nine" if " " not in value else " & nine")


def with_value(front, path, value):
    front = copy.deepcopy(front)
    *above, last = path.split(".")
    node = front
    for key in above:
        node = node[key]
    node[last] = value
    return front


def without(front, *paths):
    for path in paths:
        front = with_value(front, path, None)
    return front


def file_of(front, body=BODY):
    return post(body=body, **front)


def serve(httpd, blog, text, slug=SLUG):
    write(blog, {"site.yaml": SITE, NAME: text, **OTHERS})
    httpd.start()
    return Page(httpd, slug)


def test_every_key_has_an_assertion():
    assert set(leaves(FRONT)) == set(ASSERTIONS)


@pytest.mark.parametrize("path", sorted(leaves(FRONT)))
def test_a_key_has_its_effect(httpd, blog, path):
    ASSERTIONS[path](serve(httpd, blog, SOURCE), leaves(FRONT)[path])


@pytest.mark.parametrize("path", sorted(leaves(FRONT)))
def test_the_effect_follows_the_value(httpd, blog, path):
    value = changed(path, leaves(FRONT)[path])
    front = with_value(FRONT, path, value)
    if path == "seo.canonical":
        front = without(front, "canonicalUrl")
    page = serve(httpd, blog, file_of(front), value if path == "slug" else SLUG)
    ASSERTIONS[path](page, value)


def test_without_the_authors_schema_all_is_derived(httpd, blog):
    page = serve(httpd, blog, file_of(without(FRONT, "schema")))
    article = page.article
    assert article["@type"] == "BlogPosting"
    assert article["headline"] == FRONT["title"]
    assert article["description"] == FRONT["seo"]["description"]
    assert article["datePublished"] == "2025-06-16T00:00:00+00:00"
    assert article["dateModified"] == "2025-06-16T14:06:20+00:00"
    assert article["author"] == {"@type": "Person", "name": "Alex Chen", "jobTitle": "Tech Journalist",
                                 "image": FRONT["author"]["image"]}
    assert article["image"]["url"] == FRONT["featuredImage"]["src"]
    assert article["image"]["caption"] == FRONT["featuredImage"]["caption"]
    assert article["publisher"]["name"] == "The publisher"
    assert article["publisher"]["logo"]["url"] == httpd.url("/logo.png")


def test_empty_values_are_derived(httpd, blog):
    front = without(FRONT, "seoTitle", "slug", "readingTime", "canonicalUrl", "seo", "excerpt", "author", "schema")
    write(blog, {"site.yaml": SITE + "author: The owner\n", "2025-06-16-a-name.md": file_of(front)})
    httpd.start()
    page = Page(httpd, "a-name")
    assert page.texts("head title") == [FRONT["title"] + " | The site"]
    assert page.name("twitter:data1") == ["4 minutes"]
    canonical(page, httpd.url("/blog/a-name"))
    assert page.name("keywords") == [", ".join(FRONT["tags"])]
    assert page.name("description")[0].startswith("AI is emerging as a powerful collaborator")
    assert len(page.name("description")[0]) <= 310
    assert page.name("author") == ["The owner"]


def test_the_tocs_links_lead_to_all_headings(httpd, blog):
    page = serve(httpd, blog, SOURCE)
    headings = page.soup.select(".e-content h2, .e-content h3")
    assert [(a["href"], a.get_text()) for a in page.soup.select("nav.toc a")] == [
        ("#" + tag["id"], tag.get_text()) for tag in headings]
    assert len(headings) == sum(line.startswith("##") for line in BODY.splitlines())
    ids = [tag["id"] for tag in page.soup.select("[id]")]
    assert len(ids) == len(set(ids))


def test_images_with_captions_are_figures(httpd, blog):
    page = serve(httpd, blog, SOURCE)
    figures = page.soup.select(".e-content figure")
    assert [(f.img["alt"], f.figcaption.get_text()) for f in figures] == [
        ("AI-generated art", "AI-generated art pushing the boundaries of creativity."),
        ("AI and creativity", "The fusion of AI and human creativity promises a brighter future.")]
    assert "Caption:" not in page.soup.select_one(".e-content").get_text()
    assert len(page.soup.select(".e-content img")) == 2


def test_external_links_are_marked(httpd, blog):
    body = f"[out](https://example.org/a) [in]({httpd.url('/other')}) [near](a-peer.md) [here](#top) <https://e.org>"
    page = serve(httpd, blog, file_of(FRONT, body))
    links = {a.get_text(): a for a in page.soup.select(".e-content a")}
    assert links["out"]["rel"] == links["https://e.org"]["rel"] == ["external", "noopener"]
    assert [links[text].get("rel") for text in ("in", "near", "here")] == [None, None, None]
    assert links["near"]["href"] == "/blog/a-peer"


def test_it_is_a_complete_h_entry(httpd, blog):
    page = serve(httpd, blog, SOURCE)
    entry = page.soup.select("article.post.h-entry")
    assert len(entry) == 1 and entry[0] == page.soup.select_one(".h-entry")
    for selector in ("h1.p-name", ".p-summary", "a.u-url", "time.dt-published", ".p-author.h-card .p-name",
                     ".p-category", ".e-content", "img.u-featured", "img.u-photo"):
        assert entry[0].select(selector), selector
    assert len(page.soup.select("h1")) == 1
    home = BeautifulSoup(httpd.get("/blog/").text, "html5lib")
    assert len(home.select(".h-feed .h-entry")) == 3


def test_the_breadcrumb_leads_home(httpd, blog):
    page = serve(httpd, blog, SOURCE)
    graph = json.loads(page.soup.select_one('script[type="application/ld+json"]').string)["@graph"]
    crumbs = next(node for node in graph if node["@type"] == "BreadcrumbList")["itemListElement"]
    assert [(c["position"], c["name"], c.get("item")) for c in crumbs] == [
        (1, "The site", httpd.url("/blog/")),
        (2, FRONT["category"], httpd.url("/blog/category/" + FRONT["category"].lower())), (3, FRONT["title"], None)]
    assert httpd.get("/blog/category/" + FRONT["category"].lower()).status_code == 200


@pytest.mark.parametrize("provider, selector", [
    ("provider: email\n  address: me@example.org", '.comments a[href^="mailto:me@example.org?subject=Re:"]'),
    ("provider: utterances\n  repo: me/blog", '.comments script[data-repo="me/blog"]'),
    ("provider: isso\n  url: https://c.example.org", '.comments script[data-isso="https://c.example.org/"]')])
def test_providers_of_comments(httpd, blog, provider, selector):
    write(blog, {"site.yaml": f"comments:\n  {provider}\n", NAME: SOURCE})
    httpd.start()
    assert Page(httpd, SLUG).soup.select(selector)
    write(blog, {NAME: file_of(with_value(FRONT, "contentSettings.comments", False))})
    assert not Page(httpd, SLUG).soup.select(".comments")
