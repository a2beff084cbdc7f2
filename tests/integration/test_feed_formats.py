# SPDX-License-Identifier: Apache-2.0
"""
Feeds, sitemaps and llms.txt of hostile posts, written by tests/unit/feed_samples, against the formats' published schemas
and against the rules of the W3C's feed validator.
"""
import json
import re
import subprocess

import pytest
from lxml import etree

from feedcheck import COVERED, faults_of
from httpd import BUILD, write
from schemas import SPEC, check_atom, check_json, check_rss, spec

SAMPLES = (BUILD / "tests/unit/feed_samples").resolve()
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM = "{http://www.w3.org/2005/Atom}"

NASTY = r"""
Text with `]]>`, "quotes", 'more', a [link](#there), a [rooted](/x?a=1&b=2) one and ![a picture](pic.svg).

![remote](//cdn.example.net/a.png) 🐧 é &copy; ]]> &#1; &#xFFFE;

<script>alert("]]>")</script>

<p onclick="alert(1)"><a href=/y>y</a><img srcset="/a.png 1x, b.png 2x" src='c.png'><!-- <a href="z"> --></p>

| a | b |
|---|---|
| 1 | 2 |
"""


def post(title, body, **front):
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in {"title": title, **front}.items()]
    return "---\n" + "\n".join(lines) + "\n---\n\n" + body + "\n"


POSTS = {
    "site.yaml": "title: \"A <b> & ]]> 'B'\"\ndescription: Notes & \"quotes\" <i>\nlanguage: en_GB\nauthor: Nora & Co\n"
                 "image: icon.svg\n",
    "icon.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"></svg>',
    "posts/pic.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>',
    "posts/nasty.md": post("]]> <script> & \"'[x](y) 🐧 \\x01", NASTY, date="2025-06-16T14:06:20+02:00", category="A & B",
                           tags=["<t>", "A & B", "\"q\"", "日本"], contentWarning="Spiders & <webs>", lang="de_AT",
                           lastModified="2025-06-17", priority="high",
                           authors=[{"name": "Ada <ada>", "url": "/ada?x=1&y=2", "image": "ada.png"}, "Bob & Co"],
                           image={"src": "pic.svg", "alt": "An \"alt\" & <more>", "caption": "A <caption>"},
                           translations={"en_US": "other", "fr": "https://example.net/fr?a&b"}),
    "posts/empty.md": post("Empty", "", date="2025-06-15"),
    "posts/picture.md": post("Only a picture", "![](pic.svg)\n", date="Jun 14 2025", priority="low"),
    "posts/plain.md": post("No date", "One paragraph.\n"),
}
NAMES = [name for name in POSTS if name.endswith(".md")]
FEEDS = ["rss", "atom", "json", "rss-excerpt", "atom-excerpt", "json-excerpt"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """sample(kind, names) is a feed, or what else feed_samples writes, of these posts as bytes."""
    assert SAMPLES.exists(), "run make tests/unit/feed_samples first"
    folder = tmp_path_factory.mktemp("content")
    write(folder, POSTS)

    def run(kind, names=tuple(NAMES)):
        done = subprocess.run([SAMPLES, kind, folder, *names], capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout
    return run


# ---- the published schemas ----

@pytest.mark.parametrize("kind", ["rss", "rss-excerpt"])
def test_rss_is_valid(sample, kind):  # an empty feed has no item, which only this schema asks for
    check_rss(sample(kind))


@pytest.mark.parametrize("names", [NAMES, []], ids=["posts", "empty"])
@pytest.mark.parametrize("kind", ["atom", "atom-excerpt"])
def test_atom_is_valid(sample, kind, names, tmp_path):
    check_atom({"feed.xml": sample(kind, names)}, tmp_path)


@pytest.mark.parametrize("names", [NAMES, []], ids=["posts", "empty"])
@pytest.mark.parametrize("kind", ["json", "json-excerpt"])
def test_json_feed_is_valid(sample, kind, names):
    check_json(sample(kind, names))


@pytest.mark.parametrize("kind", ["sitemap", "index"])
def test_sitemap_is_valid(sample, kind):
    root = etree.fromstring(sample(kind))
    if kind == "index":
        assert [child.tag for child in root] == [SITEMAP + "sitemap"] and len(root[0]) == 2
        return
    foreign = [element for element in root.iter(etree.Element) if not element.tag.startswith(SITEMAP)]
    assert {etree.QName(element).localname for element in foreign} == {"image", "loc", "caption", "title", "link"}
    for element in foreign:  # their schemas are not at hand
        element.getparent().remove(element)
    etree.XMLSchema(file=str(spec("sitemap/sitemap.xsd"))).assertValid(root)
    assert len(root) == 1 + len(NAMES)


# ---- the validator's rules ----

def expectations():
    folder = SPEC / "feedvalidator/testcases"
    for path in sorted(folder.rglob("*.xml")):
        name = path.relative_to(folder).as_posix()
        found = re.search(rb"Expect:\s*(!?)(\w+)(\S*)", path.read_bytes())
        if not found or name.startswith(("atom/must", "rss/must")):  # of Atom 0.3 and older RSS
            continue
        negated, fault, details = (part.decode() for part in found.groups())
        limits = COVERED.get(fault.replace("Valid", "Invalid", 1) if fault.startswith("ValidRFC") else fault)
        if limits is not None and re.search(limits, name + details):
            yield name, fault, bool(negated)


@pytest.fixture(scope="module")
def cases():
    spec("feedvalidator/testcases")
    return list(expectations())


def test_the_checker_reports_what_the_validator_reports(cases):
    assert len(cases) > 120
    folder = SPEC / "feedvalidator/testcases"
    wrong = []
    for name, fault, negated in cases:
        found = faults_of((folder / name).read_bytes())
        valid = fault.startswith("Valid")
        looked_for = fault.replace("Valid", "Invalid", 1) if valid else fault
        if (looked_for in found) == (negated or valid):
            wrong.append((name, "!" * negated + fault, found))
    assert not wrong
    reported = {fault for _, fault, negated in cases if not negated}
    assert set(COVERED) <= reported, "a rule without a case that breaks it"


@pytest.mark.parametrize("names", [NAMES, []], ids=["posts", "empty"])
@pytest.mark.parametrize("kind", [kind for kind in FEEDS if "json" not in kind])
def test_the_validator_would_report_nothing(sample, kind, names):
    assert faults_of(sample(kind, names)) == set()


# ---- what the texts are read as ----

def nasty_item(sample):
    return next(item for item in etree.fromstring(sample("rss")).iter("item") if item.findtext("link").endswith("/nasty"))


def test_texts_come_back_as_they_were(sample):
    item = nasty_item(sample)
    entry = etree.fromstring(sample("atom")).find(ATOM + "entry")
    posts = json.loads(sample("json"))["items"]
    assert item.findtext("title").startswith("]]> <script> & \"'[x](y) 🐧")
    assert entry.findtext(ATOM + "title") == posts[0]["title"] == item.findtext("title")
    assert [element.text for element in item.findall("category")] == posts[0]["tags"] == ["A & B", "<t>", '"q"', "日本"]
    assert [person["name"] for person in posts[0]["authors"]] == ["Ada <ada>", "Bob & Co"]
    assert entry.findtext(ATOM + "content") == item.findtext(CONTENT)
    assert re.sub("[\x01\ufffe]", "\ufffd", posts[0]["content_html"]) == item.findtext(CONTENT)  # XML forbids them


def test_content_can_be_read_elsewhere(sample):
    html = nasty_item(sample).findtext(CONTENT)
    assert html.startswith("<p><strong>Content warning:</strong> Spiders &amp; &lt;webs&gt;</p>\n")
    assert "<script" not in html and "onclick" not in html
    assert 'href="https://example.org/blog/nasty#there"' in html
    assert 'href="https://example.org/x?a=1&amp;b=2"' in html
    assert 'src="https://example.org/blog/posts/pic.svg"' in html
    assert 'src="https://cdn.example.net/a.png"' in html
    assert 'srcset="https://example.org/a.png 1x, https://example.org/blog/b.png 2x"' in html
    assert '<!-- <a href="z"> -->' in html


@pytest.mark.parametrize("kind", FEEDS + ["sitemap", "index", "llms", "llms-full"])
def test_the_same_posts_are_the_same_bytes(sample, kind):
    assert sample(kind) == sample(kind)
    sample(kind).decode()


def test_llms_txt_follows_its_grammar(sample):
    text = sample("llms").decode()
    assert text.startswith("# A \\<b> & \\]\\]> 'B'\n\n> Notes & \"quotes\" \\<i>\n\n## Posts\n\n- [")
    links = text.split("## Posts\n\n")[1].splitlines()
    assert len(links) == len(NAMES)
    for line in links:
        assert re.fullmatch(r"- \[(?:[^\[\]\\]|\\.)+\]\(https://example\.org/blog/[\w-]+\.md\)(: .+)?", line)


def test_llms_full_txt_has_every_post(sample):
    text = sample("llms-full").decode()
    assert text.count("\n---\n\n# ") == len(NAMES) == text.count("\nURL: https://example.org/blog/")
    assert NASTY.strip() in text and "\nDate: 2025-06-16\n" in text
