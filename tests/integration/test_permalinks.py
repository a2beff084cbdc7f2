# SPDX-License-Identifier: Apache-2.0
"""site.yaml's permalink: where a post is, and which other addresses lead there."""
import bs4
import pytest

from httpd import post, write
from places import host

PLACES = {
    "htaccess": "<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>",
    "location": "<Location /blog>\nAtdEngine On\nAtdContent @ROOT@/posts\n</Location>",
    "content": "<Directory @DOCS@/blog>\nAtdEngine On\nAtdContent @ROOT@/posts\n</Directory>",
}


@pytest.fixture(params=sorted(PLACES))
def site(request, httpd, blog):
    """A function that fills the blog and starts a server with it in one of the places."""
    folder = blog if request.param == "htaccess" else httpd.root / "posts"

    def start(files):
        if request.param == "htaccess":
            write(folder, {".htaccess": "AtdEngine On\n"})
        write(folder, files)
        httpd.start(PLACES[request.param])
        return httpd
    return start


def dated(title, **front):
    return post(title, f"Text of {title}.", date="2025-06-16T23:30:00-05:00", **front)


def location(server, path):
    """Where a URL redirects to, below the server."""
    status, answer = server.raw_path(path)
    assert status == 301, f"{path}: {status}"
    for line in answer.decode().split("\r\n"):
        if line.lower().startswith("location: "):
            return "/" + line.split("/", 3)[3]
    return None


def test_posts_are_at_their_permalink(site):
    server = site({
        "site.yaml": "permalink: /:year/:month/:title/\n",
        "posts/salt.md": dated("Salt", category="Food", tags=["White Gold"]),
        "posts/pepper.md": post("Pepper", "[Salt](salt.md#x)"),
        "pages/about.md": dated("About"),
    })
    page = server.get("/blog/2025/06/salt", headers={"Host": host(server)})
    assert page.status_code == 200 and "Text of Salt." in page.text
    canonical = bs4.BeautifulSoup(page.text, "html5lib").find("link", rel="canonical")["href"]
    assert canonical == f"http://{host(server)}/blog/2025/06/salt"
    assert 'href="/blog/2025/06/salt"' in server.get("/blog/").text
    assert 'href="/blog/2025/06/salt#x"' in server.get("/blog/pepper").text
    assert server.get("/blog/about").status_code == 200
    for path in ("salt", "Salt", "salt/", "salt.html", "SALT.HTM", "2025/06/salt/", "2025/06/Salt", "2025/6/salt",
                 "2025/06/16/salt.html", "2025-06-16/salt", "food/2025/06/16/salt/index.html", "white-gold/salt",
                 "posts/salt/", "2025/06/salt.html"):
        for query in ("", "?utm=1&b=%2F"):
            assert location(server, f"/blog/{path}{query}") == f"/blog/2025/06/salt{query}", path
    for path in ("2025/07/salt", "2024/06/salt", "2025/06/pepper", "2025/06/17/salt", "x/salt", "2025/06", "2025",
                 "2025/06/salt/x"):
        assert server.get(f"/blog/{path}").status_code == 404, path
    assert location(server, "/blog/2025/06/about") == "/blog/about"


def test_other_ways_to_write_a_slug(site):
    server = site({"über.md": dated("Über"), "my-post.md": dated("My post")})
    for path in ("%C3%9Cber", "%C3%BCBER/", "u%CC%88ber", "U%CC%88ber.html", "%C3%BCber/index.html",
                 "2025/06/%C3%9Cber/", "posts/%C3%BCber"):
        assert location(server, f"/blog/{path}?q=1") == "/blog/%C3%BCber?q=1", path
    for path in ("My_Post", "my%20post", "blog/my-post", "MY-POST.html"):
        assert location(server, f"/blog/{path}") == "/blog/my-post", path
    assert server.get("/blog/%C3%BCber").status_code == 200
    for path in ("/blog/index.html?a=1", "/blog/page/1?a=1", "/blog/page/1/?a=1"):
        assert location(server, path) == "/blog/?a=1", path


def test_hidden_posts_stay_hidden(site):
    server = site({"site.yaml": "permalink: pretty\n", "a.md": dated("A", status="draft"),
                   "b.md": dated("B", status="gone"), "c.md": dated("C", redirect="/elsewhere")})
    for path in ("", "2025/06/16/", "posts/"):
        for ending in ("", "/", ".html", ".md", ".json") if path == "" else ("", "/", ".html"):
            assert server.get(f"/blog/{path}a{ending}").status_code == 404
            assert server.get(f"/blog/{path}b{ending}").status_code == 410
    assert location(server, "/blog/2025/06/16/c?q=1") == "/elsewhere"


def test_sources_are_never_served_and_files_are(site):
    """A post's .md and .json are made by us, whatever lies there; other files stay files."""
    server = site({
        "my-post.md": dated("My post", note="raw"), "my-post.json": "raw", "data.json": "file",
        "site.json": '{"params": {"x": "raw"}}', "feed.xml": "<file/>", "old.html": "file", "archive/pic.txt": "file",
        "tags/index.html": "file", "a/b/c.txt": "file", "my-post/pic.txt": "file",
    })
    for path in ("my-post.md", "my-post.json"):
        answer = server.get(f"/blog/{path}")
        assert answer.status_code == 200 and "Text of My post." in answer.text and "raw" not in answer.text, path
    for path in ("My-Post.md", "my-post.md/"):
        assert location(server, f"/blog/{path}") == "/blog/my-post.md", path
    for path in ("site.json", "Site.json"):
        answer = server.get(f"/blog/{path}")
        assert answer.status_code == 404 and "raw" not in answer.text, path
    for path in ("data.json", "old.html", "archive/pic.txt", "a/b/c.txt", "my-post/pic.txt"):
        assert server.get(f"/blog/{path}").text == "file", path
    assert server.get("/blog/feed.xml").text == "<file/>"
    for path in ("tags", "archive"):
        answer = server.get(f"/blog/{path}", allow_redirects=False)
        page = bs4.BeautifulSoup(answer.text, "html5lib")
        assert answer.status_code == 200 and page.h1.get_text().lower() == path and "file" not in answer.text, path


def test_a_wrong_permalink_is_told_with_its_place(httpd, blog):
    write(blog, {"site.yaml": "title: T\npermalink: /:yaer/:slug\n", "a.md": post("A")})
    httpd.expect(r"site\.yaml:2:12: 'permalink' can't be '/:yaer/:slug': there is no name ':yaer'")
    httpd.start("<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>")
    assert httpd.get("/blog/a").status_code == 500


def test_permalink_may_be_set_by_a_directive(httpd, blog):
    write(blog, {"a.md": dated("A")})
    httpd.start("<Directory @DOCS@/blog>\nAtdEngine On\nAtdSet permalink /:year/:slug\n</Directory>")
    assert httpd.get("/blog/2025/a").status_code == 200
    assert location(httpd, "/blog/a") == "/blog/2025/a"


def test_cached_redirects_keep_the_query_of_each_request(httpd, blog):
    write(blog, {"site.yaml": "permalink: /:year/:slug\n", "a.md": dated("A")})
    httpd.start("<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>")
    for path in ("a", "A", "2025/a/"):
        for query in ("?x=1", "", "?x=2"):
            assert location(httpd, f"/blog/{path}{query}") == f"/blog/2025/a{query}"
