# SPDX-License-Identifier: Apache-2.0
"""The handler atd-status: figures in three formats, purges, who may send them, and the section in mod_status."""
import base64
import json
import re
import time
from urllib.parse import quote

import html5lib
import pytest
from bs4 import BeautifulSoup

from httpd import SOURCE, post, write

STATUS = "<Location /atd-status>\nSetHandler atd-status\n</Location>\n"
BLOG = "<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>\n"
SCRIPT = {"X-Atd-Purge": "1"}
COUNTERS = ["hits", "stale", "secondHits", "misses", "renders", "errors", "stores", "secondStores", "evictions",
            "refused", "repairs"]


@pytest.fixture
def site(httpd):
    """Two posts that stay as they were for an hour, whatever happens to their files."""
    httpd.revalidate = "1h"
    write(httpd.docs, {"blog/one.md": post("One", tags=["news"]), "blog/two.md": post("Two", tags=["old news"])})
    time.sleep(0.1)  # a file that has just changed is not stored
    return httpd


def figures(server, path="/atd-status"):
    answer = server.get(path + "?json")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    return json.loads(answer.content)


def page(server, answer=None):
    """The page, after a look at what every one of them must have."""
    answer = answer if answer is not None else server.get("/atd-status")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    html5lib.HTMLParser(strict=True).parse(answer.content)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    soup = BeautifulSoup(answer.content, "html5lib")
    assert not soup.select("script, link, img, iframe, [src], [onclick]")
    return soup


def count(soup, name):
    return int(soup.find(id=name).get_text().replace(",", ""))


def token(server, **options):
    return page(server, server.get("/atd-status", **options)).find("input", {"name": "token"})["value"]


def purge(server, headers=SCRIPT, path="/atd-status", **fields):
    return server.get(path, "POST", data=fields, headers=headers)


def purged(server, **fields):
    answer = purge(server, **fields)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    return answer.json()["purged"]


def warm(server, *paths):
    """Asks for each page in all three representations."""
    for path in paths:
        for encoding in ("identity", "gzip", "br"):
            assert server.get(path, headers={"Accept-Encoding": encoding}).status_code == 200


# ---- what it shows ----

@pytest.mark.all_mpms
def test_the_page_shows_figures_that_change_and_purges(site):
    site.start(BLOG + STATUS)
    soup = page(site)
    assert count(soup, "hits") == count(soup, "misses") == 0 and "–" in soup.select_one(".ring").get_text()
    site.get("/blog/one"), site.get("/blog/one"), site.get("/blog/one")
    soup = page(site)
    assert (count(soup, "hits"), count(soup, "misses"), count(soup, "renders")) == (2, 1, 1)
    assert "66.7 %" in soup.select_one(".ring").get_text()
    assert soup.select_one(".sites tbody th").get_text() == str(site.docs / "blog")
    form = soup.select_one(".sites form")
    fields = {tag["name"]: tag["value"] for tag in form.find_all("input")}
    answer = site.get("/atd-status", form["method"], data=fields)
    assert page(site, answer).select_one(".notice").get_text().endswith("removed from the cache.")
    assert "No page has been asked for yet." in answer.text
    site.get("/blog/one")
    assert figures(site)["misses"] == 2


def test_json(site):
    site.start(BLOG + STATUS)
    assert figures(site)["hitRate"] is None
    warm(site, "/blog/one", "/blog/two")
    told = figures(site)
    assert list(told) == ["version", "cmarkGfm", "cache", "size", "used", "entries", "oldestSeconds", *COUNTERS,
                          "hitRate", "sites", "indexes"]
    assert told["cache"] is True and told["size"] > 50 << 20 and 0 < told["used"] < told["size"]
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", told["version"]) and "gfm" in told["cmarkGfm"]
    assert told["entries"] == told["stores"] == 6 and told["renders"] == 2 and 0 <= told["oldestSeconds"] < 60
    assert 0 <= told["hitRate"] <= 1
    assert told["sites"] == [{"name": str(site.docs / "blog"), "entries": 6, "bytes": told["used"]}]


def parse_metrics(text):
    """OpenMetrics 1.0, as strict as its grammar: {family: (type, {labels: value})}."""
    name = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
    label = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
    assert text.endswith("# EOF\n") and "\n\n" not in text and "\r" not in text
    families, kind, family, told = {}, None, None, []
    for line in text.splitlines()[:-1]:
        descriptor = re.fullmatch(rf"# (TYPE|UNIT|HELP) ({name}) (.+)", line)
        if descriptor:
            if descriptor[2] != family:
                family, told = descriptor[2], []
                assert family not in families, "families may not interleave"
                families[family] = (kind := None, {})
            assert descriptor[1] not in told
            told.append(descriptor[1])
            if descriptor[1] == "TYPE":
                assert descriptor[3] in ("gauge", "counter", "info")
                families[family] = (descriptor[3], {})
            elif descriptor[1] == "UNIT":
                assert family.endswith("_" + descriptor[3])
            else:
                assert not re.search(r'\\[^n\\"]|\\$', descriptor[3])
            continue
        sample = re.fullmatch(rf"({name})(?:\{{({label}(?:,{label})*)\}})? (\d+(?:\.\d+)?)", line)
        assert sample and family, line
        kind, samples = families[family]
        assert sample[1] == family + {"counter": "_total", "info": "_info", "gauge": ""}[kind]
        assert sample[2] not in samples, "a sample may be there but once"
        samples[sample[2]] = float(sample[3])
    return families


def test_metrics(site):
    site.start(BLOG + STATUS)
    for asked in (0, 2):
        for _ in range(asked):
            site.get("/blog/one")
        answer = site.get("/atd-status?prometheus=" if asked else "/atd-status?prometheus")  # as Prometheus writes it
        assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        families = parse_metrics(answer.content.decode())
        assert families["atd_cache_hits"] == ("counter", {None: max(0, asked - 1)})
        assert families["atd_cache_hit_ratio"] == ("gauge", {None: 0.5} if asked else {})
        assert {f"atd_cache_{name.replace('dH', 'd_h').replace('dS', 'd_s')}" for name in COUNTERS} <= set(families)
    folder = json.dumps(str(site.docs / "blog"))
    assert families["atd_site_entries"][1] == {f"site={folder}": figures(site)["entries"]}


def test_every_figure_is_documented(site):
    site.start(BLOG + STATUS)
    site.get("/blog/one")
    text = (SOURCE / "docs/directives.md").read_text().split("## The handler atd-status")[1]
    documented = set(re.findall(r"`(\w+)`", text))
    told = figures(site)
    samples = set(re.findall(r"^(\w+)", site.get("/atd-status?prometheus").text, flags=re.M))
    assert set(told) | set(told["sites"][0]) | samples <= documented


@pytest.mark.parametrize("name", ["<script>alert(1)<", "a\"b'c&d", "back\\slash", "{{version}}", "line\nend", "ü☃"])
def test_hostile_names(site, name):
    folder = site.docs / name
    write(folder, {"p.md": post(), ".htaccess": "AtdEngine On"})
    site.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>\n" + STATUS)
    assert site.get(f"/{quote(name)}/p").status_code == 200
    shown = str(folder).replace("\n", "\N{REPLACEMENT CHARACTER}")
    assert page(site).select_one(".sites tbody th").get_text() == shown
    assert [s["name"] for s in figures(site)["sites"]] == [shown]
    labels = parse_metrics(site.get("/atd-status?prometheus").content.decode())["atd_site_entries"][1]
    assert [re.sub(r"\\(.)", r"\1", label[6:-1]) for label in labels] == [shown]
    assert purged(site, site=shown) > 0


def test_the_cache_may_be_off(site):
    site.start("AtdCacheSize 0\n" + BLOG + STATUS)
    assert site.get("/blog/one").status_code == 200
    assert "The cache is off" in page(site).select_one(".notice").get_text()
    assert figures(site)["cache"] is False
    assert parse_metrics(site.get("/atd-status?prometheus").text)["atd_cache_enabled"][1] == {None: 0}
    assert purged(site, all=1) == 0


def test_it_works_within_a_blog(site):
    site.start("AtdEngine On\nAtdContent @DOCS@/blog\n" + STATUS)
    assert site.get("/one").status_code == 200
    assert count(page(site), "misses") == 1
    assert site.get("/atd-statusx").status_code == 404
    assert purged(site, url="/one") == 2  # as it is, and compressed


def test_what_the_quick_handler_remembers_is_no_site(site):
    site.start("AtdQuickHandler On\n" + BLOG + STATUS)
    for i in range(40):
        assert site.get(f"/blog/one?{i}").status_code == 200
    told = figures(site)
    assert [s["name"] for s in told["sites"]] == [str(site.docs / "blog")] and told["sites"][0]["entries"] == 2
    assert told["entries"] > 40 and "AtdQuickHandler" in page(site).select_one(".sites").get_text()
    write(site.docs, {"blog/one.md": post("Anew")})
    assert "Anew" not in site.get("/blog/one?1").text
    assert purged(site, url="/blog/one") == 2 and "Anew" in site.get("/blog/one?1").text


# ---- purges ----

@pytest.mark.parametrize("fields, gone", [
    ({"url": "/blog/one"}, {"one"}), ({"url": "http://any.example/blog/one?x#y"}, {"one"}), ({"slug": "one"}, {"one"}),
    ({"tag": "tag-news"}, {"one"}), ({"tag": "tag-old-news"}, {"two"}), ({"tag": "home"}, {"home"}),
    ({"url": "/blog/"}, {"home"}), ({"url": "/blog"}, {"home"}), ({"all": "1"}, {"one", "two", "home"}),
    ({"site": "@DOCS@/blog"}, {"one", "two", "home"}), ({"site": "@DOCS@"}, set()),
    ({"site": "@DOCS@/blog", "tag": "tag-news"}, {"one"}), ({"slug": "two", "tag": "tag-news"}, set()),
    ({"slug": "none"}, set()),
])
def test_what_goes(site, fields, gone):
    site.start(BLOG + STATUS)
    paths = {"one": "/blog/one", "two": "/blog/two", "home": "/blog/"}
    warm(site, *paths.values())
    for name in ("one", "two"):
        write(site.docs, {f"blog/{name}.md": post(name + " anew", tags=["x"])})
    time.sleep(0.1)  # a folder is not scanned all the time
    fields = {key: value.replace("@DOCS@", str(site.docs)) for key, value in fields.items()}
    assert purged(site, **fields) == 3 * len(gone)
    for name, path in paths.items():
        for encoding in ("identity", "gzip"):
            assert ("anew" in site.get(path, headers={"Accept-Encoding": encoding}).text) == (name in gone)


def test_hosts_and_other_ways_to_write_a_url_go_together(site):
    site.start(BLOG + STATUS)
    for host in ("a.example", "b.example"):
        for path in ("/blog/one", "/blog/one/", "/blog/ONE"):
            assert site.get(path, headers={"Host": host, "Accept-Encoding": "identity"}).status_code in (200, 301)
    before = figures(site)["entries"]
    assert before >= 3 and purged(site, url="/blog/one") == before and figures(site)["entries"] == 0


# ---- who may send them ----

FOREIGN = [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site"},
           {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://127.0.0.1:1"},
           {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_another_sites_page_is_refused(site, headers):
    site.start(BLOG + STATUS)
    site.get("/blog/one")
    good = token(site)
    for more in ({}, SCRIPT):
        answer = purge(site, headers={**headers, **more}, token=good, all=1)
        assert answer.status_code == 403 and "another site" in answer.text
    assert figures(site)["entries"] > 0


@pytest.mark.parametrize("wrong", [None, "", "x", "0" * 16, "0" * 100000])
def test_a_wrong_token_is_refused(site, wrong):
    site.start(BLOG + STATUS)
    site.get("/blog/one")
    fields = {"all": "1", **({} if wrong is None else {"token": wrong})}
    for headers in ({}, {"X-Atd-Purge": "0"}, {"X-Atd-Purge": ""}):
        answer = purge(site, headers=headers, **fields)
        assert answer.status_code == (413 if len(wrong or "") > 8192 else 403)
        assert "Nothing was removed" in page(site, answer).select_one(".notice.refused").get_text()
    assert figures(site)["entries"] > 0


def test_the_right_token_of_this_origin(site):
    site.start(BLOG + STATUS)
    own = {"Origin": f"http://127.0.0.1:{site.port}", "Sec-Fetch-Site": "same-origin"}
    good = token(site)
    site.get("/blog/one")
    assert "removed from the cache" in page(site, purge(site, headers=own, token=good, slug="one", url="")).text
    site.graceful()
    time.sleep(1)
    assert purge(site, headers=own, token=good, all=1).status_code == 200


def test_a_token_is_one_users(site):
    (site.root / "users").write_text("a:{SHA}" + base64.b64encode(bytes.fromhex(
        "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3")).decode() + "\nb:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n")
    rules = "AuthType Basic\nAuthName x\nAuthUserFile @ROOT@/users\nRequire valid-user\n</"
    site.start(BLOG + STATUS.replace("</", rules))
    assert site.get("/atd-status").status_code == 401
    assert purge(site, all=1).status_code == 401
    good = token(site, auth=("a", "test"))
    for user, status in (("a", 200), ("b", 403)):
        answer = site.get("/atd-status", "POST", data={"token": good, "all": 1}, auth=(user, "test"))
        assert answer.status_code == status


@pytest.mark.parametrize("rule", ["Require ip 192.0.2.1", "Require all denied"])
def test_require_denies(site, rule):
    site.expect("AH01630")
    site.start(BLOG + STATUS.replace("</", rule + "\n</"))
    for query in ("", "?json", "?prometheus"):
        answer = site.get("/atd-status" + query)
        assert answer.status_code == 403 and "atd_cache" not in answer.text and "misses" not in answer.text
    assert purge(site, all=1).status_code == 403


# ---- requests that won't do ----

def test_other_methods(site):
    site.start(BLOG + STATUS)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"):
        answer = site.get("/atd-status", method)
        assert answer.status_code == 405
        assert {"GET", "HEAD", "POST"} == set(re.split(", *", answer.headers["Allow"])) - {"TRACE"}
    head = site.get("/atd-status", "HEAD")
    assert head.status_code == 200 and head.content == b""


@pytest.mark.parametrize("body, kind, status, told", [
    (b"", "application/x-www-form-urlencoded", 400, "say what to remove"),
    (b"site=&url=", "application/x-www-form-urlencoded", 400, "say what to remove"),
    (b"tags=x", "application/x-www-form-urlencoded", 400, "no field 'tags'"),
    (b"all=1&%22%3Cb%5C=x", "application/x-www-form-urlencoded", 400, "no field '\"<b\\'"),
    (b"tag=a%00b", "application/x-www-form-urlencoded", 400, "no text"),
    (b"url=blog", "application/x-www-form-urlencoded", 400, "begins with a slash"),
    (b"all=1", "application/json", 415, "form"), (b"all=1", "text/plain", 415, "form"), (b"all=1", None, 415, "form"),
    (b"all=1", "multipart/form-data; boundary=x", 415, "form"),
    (b"all=1", "application/x-www-form-urlencodedx", 415, "form"),
    (b"slug=" + b"x" * 8200, "application/x-www-form-urlencoded", 413, "8 KiB"),
    (b"&".join([b"slug=x"] * 40), "application/x-www-form-urlencoded", 413, "16 fields"),
])
def test_forms_that_wont_do(site, body, kind, status, told):
    site.expect("AH0|APR does not understand this error code|mod_atd")
    site.start(BLOG + STATUS)
    site.get("/blog/one")
    headers = {**SCRIPT, **({"Content-Type": kind} if kind else {})}
    answer = site.get("/atd-status", "POST", data=body, headers=headers)
    assert answer.status_code == status and told in answer.json()["error"]
    assert figures(site)["entries"] > 0


def test_the_charset_of_a_form_may_be_told(site):
    site.start(BLOG + STATUS)
    headers = {**SCRIPT, "Content-Type": "Application/X-WWW-Form-URLEncoded; charset=UTF-8"}
    assert site.get("/atd-status", "POST", data=b"all=1", headers=headers).json() == {"purged": 0}


# ---- mod_status ----

def test_mod_status(site):
    site.start(BLOG + "<Location /server-status>\nSetHandler server-status\n</Location>\n")
    site.get("/blog/one"), site.get("/blog/one")
    assert re.search(r"mod_atd page cache</h2>\s*<p>Hit rate: 50\.0 % \(1 hits, 0 stale, 0 made by another machine, "
                     r"1 misses\)<br>\s*Memory: .* of \d+ MiB, \d+ entries", site.get("/server-status").text)
    lines = dict(re.findall(r"^(Atd\w+): (.*)$", site.get("/server-status?auto").text, flags=re.M))
    assert lines["AtdCacheHits"] == "1" and lines["AtdCacheMisses"] == "1" and lines["AtdCacheHitRate"] == "50.0"
    assert int(lines["AtdCacheUsed"]) < int(lines["AtdCacheSize"])
