# SPDX-License-Identifier: Apache-2.0
"""Who sees what: only public posts are served or listed, and a hidden one can't be told from a missing one."""
import datetime
import time

import pytest
from bs4 import BeautifulSoup

from httpd import post, write

HIDDEN = {
    "draft": {"status": "draft"},
    "draft flag": {"draft": True},
    "unpublished": {"published": False},
    "archived": {"status": "archived"},
    "scheduled": {"status": "scheduled", "date": "2099-01-01"},
    "scheduled without a date": {"status": "scheduled"},
    "future": {"status": "published", "date": "2099-01-01"},
    "future without a status": {"date": "2099-01-01T00:00:00+02:00"},
    "expired": {"date": "2024-01-01", "expires": "2024-02-01"},
}
REASONS = {
    "draft": "a draft", "draft flag": "a draft", "unpublished": "a draft", "archived": "archived",
    "scheduled": "scheduled for 2099-01-01T00:00:00+00:00", "scheduled without a date": "scheduled without a date",
    "future": "scheduled for 2099-01-01T00:00:00+00:00", "expired": "expired on 2024-02-01T00:00:00+00:00",
    "future without a status": "scheduled for 2099-01-01T00:00:00+02:00",
}
DRAFTS = "<Directory @DOCS@/blog>\nAtdEngine On\nAtdDrafts On\n</Directory>"
UNKNOWN = r"secret-slug\.md:\d+:\d+: 'status' can't be hidden"


def comparable(answer):
    """All that a client sees but the time of day and the name it has asked for."""
    headers = {key: value for key, value in answer.headers.items() if key not in ("Date", "Keep-Alive")}
    return answer.status_code, headers, answer.content


def soup(answer):
    return BeautifulSoup(answer.text, "html5lib")


def in_seconds(seconds):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment.replace(microsecond=0).timestamp()


def poll(get, want, seconds=15):
    """The last answer that was not wanted, and the time of the first that was."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = time.time()
        if get() == want:
            return before
        time.sleep(0.02)
    raise AssertionError(f"not {want} within {seconds} s")


@pytest.mark.parametrize("front", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize("ending", ["", "/"])
def test_a_hidden_post_looks_like_a_missing_one(httpd, blog, front, ending):
    write(blog, {"secret-slug.md": post("Secret title", body="Secret body.", **front), "open.md": post("Open")})
    httpd.start()
    hidden = httpd.get("/blog/secret-slug" + ending)
    assert hidden.status_code == 404
    assert comparable(hidden) == comparable(httpd.get("/blog/never-there" + ending))
    assert "secret" not in hidden.text.lower()
    assert comparable(httpd.get("/blog/secret-slug" + ending, "HEAD")) == comparable(
        httpd.get("/blog/never-there" + ending, "HEAD"))


@pytest.mark.parametrize("front", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_hidden_post_is_in_no_list(httpd, blog, front):
    hidden = post("Secret title", tags=["t"], category="C", series="S", partNumber=2, **front)
    write(blog, {"secret-slug.md": hidden, "posts/secret-two/index.md": hidden,
                 "open.md": post("Open", tags=["t"], category="C", series="S", partNumber=1),
                 "named.md": post("Named", relatedPosts=["secret-slug", "open"])})
    httpd.start()
    for path in ("/blog/", "/blog/open", "/blog/named", "/blog/category/c", "/blog/tag/t", "/blog/archive"):
        answer = httpd.get(path)
        assert answer.status_code == 200
        assert "secret" not in answer.text.lower(), path
    assert [a["href"] for a in soup(httpd.get("/blog/named")).select("aside.related a.u-url")] == ["/blog/open"]
    assert [li.get_text(" ", strip=True) for li in soup(httpd.get("/blog/tags")).select("main .terms li")] == ["t (1)"]


@pytest.mark.parametrize("front", [{}, {"status": "published"}, {"status": "PUBLISHED"}, {"status": ""},
                                   {"status": "scheduled", "date": "2024-01-01"}, {"expires": "2099-01-01"}])
def test_public_posts(httpd, blog, front):
    write(blog, {"p.md": post("Open", **front)})
    httpd.start()
    answer = httpd.get("/blog/p")
    assert answer.status_code == 200
    assert "X-Robots-Tag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"
    assert len(soup(httpd.get("/blog/")).select("article.card")) == 1


def test_an_unknown_status_is_never_shown(httpd, blog):
    httpd.expect(UNKNOWN)
    write(blog, {"secret-slug.md": post("Secret title", status="hidden", tags=["t"]), "open.md": post(tags=["t"])})
    httpd.start()
    answer = httpd.get("/blog/secret-slug")
    assert answer.status_code == 500
    assert "secret" not in answer.text.lower()
    httpd.wait_for_log(UNKNOWN + r" \(use published, draft, scheduled, archived or gone\)")
    assert "secret" not in httpd.get("/blog/").text.lower()
    assert "secret" not in httpd.get("/blog/open").text.lower()


def test_an_unknown_status_is_no_draft_either(httpd, blog):
    httpd.expect(UNKNOWN)
    write(blog, {"secret-slug.md": post("Secret title", body="Secret body", status="hidden")})
    httpd.start(DRAFTS)
    answer = httpd.get("/blog/secret-slug")
    assert answer.status_code == 500 and "Secret" not in answer.text


def test_gone(httpd, blog):
    write(blog, {"p.md": post("Secret title", status="gone"), "q.md": post("Open", relatedPosts=["p"])})
    httpd.start()
    for path in ("/blog/p", "/blog/p/"):
        answer = httpd.get(path)
        assert answer.status_code == 410
        assert soup(answer).h1.get_text() == "This page is gone"
        assert answer.headers["Cache-Control"] == "no-cache"
    for path in ("/blog/p", "/blog/", "/blog/q"):
        assert "Secret" not in httpd.get(path).text


def test_a_hidden_posts_redirect_tells_nothing(httpd, blog):
    write(blog, {"secret-slug.md": post(redirect="/secret", status="draft")})
    httpd.start()
    assert comparable(httpd.get("/blog/secret-slug")) == comparable(httpd.get("/blog/never-there"))


# ---- AtdDrafts ----

def assert_private(answer):
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert [tag["content"].split(",")[0] for tag in soup(answer).select('meta[name="robots"]')] == ["noindex"]
    assert soup(answer).select('link[rel="canonical"]') == []


@pytest.mark.parametrize("name", HIDDEN)
def test_drafts_on_shows_them_to_their_author(httpd, blog, name):
    write(blog, {"p.md": post("Secret title", body="Secret body.", **HIDDEN[name])})
    httpd.start(DRAFTS)
    answer = httpd.get("/blog/p")
    assert answer.status_code == 200 and "Secret body." in answer.text
    assert_private(answer)
    banner = soup(answer).select_one("main .notice.warn").get_text()
    assert banner == f"Only you can see this: {REASONS[name]}."


def test_drafts_on_lists_them_with_a_mark(httpd, blog):
    write(blog, {"p.md": post("Secret title", status="draft"), "q.md": post("Open")})
    httpd.start(DRAFTS)
    answer = httpd.get("/blog/")
    assert_private(answer)
    cards = {card.h2.get_text(): card.select(".badge.warn") for card in soup(answer).select("article.card")}
    assert bool(cards["Secret title"]) and not cards["Open"]


def test_drafts_on_leaves_public_posts_as_they_are(httpd, blog):
    write(blog, {"p.md": post("Draft", status="draft", tags=["t"]), "q.md": post("Open", tags=["t"])})
    httpd.start(DRAFTS)
    answer = httpd.get("/blog/q")
    assert "X-Robots-Tag" not in answer.headers and answer.headers["Cache-Control"] == "no-cache"
    assert not soup(answer).select(".notice.warn")
    assert "Draft" not in answer.text


def test_a_draft_of_one_blog_is_not_shown_by_another_configuration(httpd, blog):
    write(blog, {"p.md": post("Secret title", status="draft")})
    httpd.start("Alias /preview @DOCS@/blog\n<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>\n"
                "<Location /preview>\nAtdEngine On\nAtdContent @DOCS@/blog\nAtdDrafts On\n</Location>")
    assert httpd.get("/preview/p").status_code == 200
    assert httpd.get("/blog/p").status_code == 404


# ---- time passes ----

@pytest.mark.parametrize("status", ["scheduled", "published"])
def test_a_scheduled_post_appears_at_its_second(httpd, blog, status):
    text, moment = in_seconds(3)
    write(blog, {"p.md": post("Later", status=status, date=text, tags=["t"]), "q.md": post("Open", tags=["t"])})
    httpd.start()
    assert httpd.get("/blog/p").status_code == 404
    assert "Later" not in httpd.get("/blog/").text + httpd.get("/blog/q").text
    seen = poll(lambda: httpd.get("/blog/p").status_code, 200)
    assert moment - 0.2 <= seen <= moment + 2
    assert "Later" in httpd.get("/blog/").text
    assert "Later" in httpd.get("/blog/q").text
    assert "X-Robots-Tag" not in httpd.get("/blog/p").headers


def test_an_expiring_post_goes_at_its_second(httpd, blog):
    text, moment = in_seconds(3)
    write(blog, {"p.md": post("Sale", date="2024-01-01", expires=text)})
    httpd.start()
    assert httpd.get("/blog/p").status_code == 200
    assert "Sale" in httpd.get("/blog/").text
    seen = poll(lambda: httpd.get("/blog/p").status_code, 404)
    assert moment - 0.2 <= seen <= moment + 2
    assert "Sale" not in httpd.get("/blog/").text


def test_a_draft_is_published_and_taken_back_by_an_edit(httpd, blog):
    write(blog, {"p.md": post(status="draft")})
    httpd.start()
    for status, code in [("draft", 404), ("published", 200), ("archived", 404), ("published", 200), ("gone", 410)]:
        write(blog, {"p.md": post(status=status)})
        assert httpd.get("/blog/p").status_code == code, status
