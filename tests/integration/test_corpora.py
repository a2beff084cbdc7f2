# SPDX-License-Identifier: Apache-2.0
"""Blogs as they are: one that was written for Jekyll, and generated ones in the layouts of this project and others."""
import json
import os
import pathlib
import re
import subprocess

import pytest
import yaml
from bs4 import BeautifulSoup

import layouts
from crawl import FEEDS
from feedcheck import faults_of
from httpd import BUILD, SOURCE
from schemas import check_json

ATD = pathlib.Path(os.environ.get("ATD_COMMAND", BUILD / "mod_atd/atd")).resolve()
SPEC = pathlib.Path(os.environ.get("ATD_SPEC_DIR", SOURCE / "../shared/spec"))
CORPORA = pathlib.Path(os.environ.get("ATD_CORPORA_DIR", SPEC.parent / "corpora"))

PLACE = """
<Location /blog>
AtdEngine On
AtdContent {content}
Require all granted
</Location>
<Directory {content}>
Require all granted
</Directory>
"""


def location(server, path):
    answer = server.get(path)
    assert answer.status_code == 301, (path, answer.status_code)
    return re.sub("^https?://[^/]+", "", answer.headers["Location"])


def listed(server):
    """Paths of all posts on home and the pages after it."""
    found, path = [], "/blog/"
    while path:
        soup = BeautifulSoup(server.get(path).text, "html5lib")
        found += [tag["href"] for tag in soup.select("main .card h2 a")]
        following = soup.select_one("head link[rel=next]")
        path = re.sub("^https?://[^/]+", "", following["href"]) if following else None
    return found


def check_feeds(server, newest):
    for name in FEEDS:
        answer = server.get("/blog/" + name)
        assert answer.status_code == 200, name
        assert newest in answer.text, name
        if name == "feed.json":
            check_json(answer.content)
        else:
            assert faults_of(answer.content) == set(), name


def check_command(content):
    """atd check finds no error; warnings and notes there may be."""
    run = subprocess.run([ATD, "check", "--json", content], capture_output=True, text=True, timeout=120)
    assert run.returncode in (0, 1), run.stderr
    assert [finding for finding in json.loads(run.stdout) if finding["severity"] == "error"] == []


# ---- a blog written for Jekyll ----

class JekyllPost:
    """What Jekyll makes of a file's name and front matter."""

    def __init__(self, path):
        self.path = path
        text = path.read_text()
        self.front = yaml.safe_load(re.match(r"---\s*\n(.*?)\n---\s*\n", text, re.S)[1])
        day, self.name = re.match(r"(\d{4}-\d\d-\d\d)-(.+)\.(?:md|markdown)$", path.name).groups()
        self.slug = re.sub(r"[^\w]+", "-", self.front.get("slug", self.name).lower())
        written = re.search(r"(?m)^date: +[\"']?(\d{4}-\d\d-\d\d)", text)
        self.days = [found.replace("-", "/") for found in {day, written[1] if written else day}]
        self.categories = self.front.get("categories") or self.front.get("category") or []
        if isinstance(self.categories, str):
            self.categories = self.categories.split()


@pytest.fixture(scope="module")
def jekyll():
    """The folder and its posts."""
    folder = CORPORA / "jekyll"
    if not (folder / "_posts").is_dir():
        assert not os.environ.get("CI"), "ATD_CORPORA_DIR has no jekyll/_posts; in CI it must"
        pytest.skip(f"there is no {folder}/_posts; see CONTRIBUTING.md")
    posts = [JekyllPost(path) for path in sorted((folder / "_posts").glob("*.m*"))]
    assert len(posts) > 50
    return folder, posts


@pytest.mark.slow
def test_posts_of_a_jekyll_blog(httpd, jekyll):
    folder, posts = jekyll
    httpd.start(PLACE.format(content=folder.resolve()))
    assert len({post.slug for post in posts}) == len(posts)
    for i, post in enumerate(posts):
        answer = httpd.get(f"/blog/{post.slug}")
        assert answer.status_code == 200, post.path
        assert BeautifulSoup(answer.text, "html5lib").select_one("main h1").get_text(strip=True), post.path
        folders = "/".join(post.categories)
        paths = [f"{folders}/{day}/{post.name}.html".lstrip("/") for day in post.days]
        if i % 10 == 0:
            paths += [f"{post.days[0]}/{post.name}.html", f"{folders}/{post.name}/".lstrip("/"),
                      f"{post.days[0]}/{post.name}/"]
        for path in paths:
            assert location(httpd, "/blog/" + path) == f"/blog/{post.slug}", path
    assert sorted(listed(httpd)) == sorted(f"/blog/{post.slug}" for post in posts)
    check_feeds(httpd, f"/blog/{max(posts, key=lambda post: max(post.days)).slug}")


def test_the_command_finds_no_error_in_a_jekyll_blog(jekyll):
    check_command(jekyll[0])


# ---- generated blogs ----

KINDS = [("flat", "yaml"), ("jekyll", "yaml"), ("astro", "yaml"), ("hugo", "yaml"), ("hugo", "toml"), ("hugo", "json")]

# Posts are in posts/ and its like; Hugo has sections of any name, too.
UNREAD = ("content/notes/", "content/reviews/")

# A page that Jekyll and Hugo have beside the posts is one of them here.
BESIDE = {"jekyll": ["/blog/about"], "hugo": ["/blog/about"], "flat": [], "astro": []}


def is_shown(post):
    return post.public and not post.path.startswith(UNREAD)


def check_post(server, post, answer):
    soup = BeautifulSoup(answer.text, "html5lib")
    assert soup.select_one("main h1").get_text() == post.title, post.path
    assert soup.select_one("meta[property='article:published_time']")["content"][:10] == f"{post.date:%Y-%m-%d}"
    assert {tag["content"] for tag in soup.select("meta[property='article:tag']")}, post.path
    for alias in re.findall(r"formerly-[\w-]+", (post.folder / post.path).read_text()):
        assert location(server, f"/blog/{alias}") == location(server, f"/blog/{alias}/") == f"/blog/{post.slug}"


@pytest.mark.parametrize("layout, format", KINDS, ids=lambda value: value)
def test_generated_blogs(httpd, layout, format):
    folder = httpd.root / "generated"
    posts = layouts.lay_out(folder, layout, format=format)
    content = (folder / layouts.CONTENT[layout]).resolve()
    shown = [post for post in posts if is_shown(post)]
    httpd.start(PLACE.format(content=content))
    assert len(shown) > 40
    for post in posts:
        post.folder = folder
        answer = httpd.get(f"/blog/{post.slug}")
        assert answer.status_code == (200 if is_shown(post) else 404), post.path
        if is_shown(post):
            check_post(httpd, post, answer)
    assert sorted(listed(httpd)) == sorted([f"/blog/{post.slug}" for post in shown] + BESIDE[layout])
    check_feeds(httpd, f"/blog/{max(shown, key=lambda post: post.date).slug}")
    check_command(content)
