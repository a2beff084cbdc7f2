# SPDX-License-Identifier: Apache-2.0
"""A small blog for any place, and what must be right in its pages there."""
import shutil

import bs4

from httpd import SEED, post, write

NOWHERE = """
<Location /blog>
AtdEngine On
AtdContent @ROOT@/posts
</Location>
"""


def fill(folder):
    """A blog of two posts, the seed's and one that links to the other, and a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(next(SEED.glob("*.md")), folder)
    write(folder, {
        "hello.md": post("Hello", "World. [Other](other.md) ![A dot](dot.gif)"),
        "other.md": post("Other", "There."),
        "dot.gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
                   b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    })
    return folder


def urls_of(page):
    tags = bs4.BeautifulSoup(page, "html5lib").find_all(True)
    return [tag[name] for tag in tags for name in ("href", "src") if tag.get(name)]


def host(server):
    return f"blog.example:{server.port}"


def check_blog(server, base, shown=None):
    """Home, posts, picture and style sheet at `base`, and each URL in a page below `shown`, which visitors see."""
    shown = shown or base
    origin = f"http://{host(server)}"
    headers = {"Host": host(server)}
    home = server.get(base, headers=headers)
    assert home.status_code == 200
    assert f'<a class="u-url" href="{shown}hello">' in home.text
    answer = server.get(base + "hello", headers=headers)
    assert answer.status_code == 200 and "World." in answer.text
    page = bs4.BeautifulSoup(answer.text, "html5lib")
    assert page.find("link", rel="canonical")["href"] == f"{origin}{shown}hello"
    assert page.find("meta", property="og:url")["content"] == f"{origin}{shown}hello"
    assert page.find("a", string="Other")["href"] == shown + "other"
    assert page.find("img", alt="A dot")["src"] == shown + "dot.gif"
    local = [url for url in urls_of(answer.text) if url.startswith("/")]
    assert local and all(url.startswith(shown) for url in local)
    style = next(url for url in local if "/_theme/style." in url)
    assert server.get(base + style[len(shown):], headers=headers).headers["Content-Type"].startswith("text/css")
    picture = server.get(base + "dot.gif", headers=headers)
    assert picture.status_code == 200 and picture.headers["Content-Type"] == "image/gif"
    for hidden in ("none.md", "nothing-here", "site.yaml"):
        assert server.get(base + hidden, headers=headers).status_code == 404
    assert server.get(base + "other", headers=headers).status_code == 200
    source = server.get(base + "hello.md", headers=headers)
    assert source.status_code == 200 and f'url: "{origin}{shown}hello"\n' in source.text
