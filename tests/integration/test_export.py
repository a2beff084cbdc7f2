# SPDX-License-Identifier: Apache-2.0
"""atd export: the files are what the module serves, and nothing else of the folder is touched."""
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

import layouts
from httpd import BUILD, SOURCE, post, write

ATD = pathlib.Path(os.environ.get("ATD_COMMAND", BUILD / "mod_atd/atd")).resolve()
SITE = "title: The blog\nurl: https://blog.example\n"
SECRET = "Xyzzyplugh"


def export(content, out, *arguments, code=0):
    run = subprocess.run([ATD, "export", *map(str, arguments), "-o", out, content], capture_output=True, text=True,
                         timeout=120)
    assert run.returncode in ((0, 1) if code is None else (code,)), run.stderr
    return run.stderr


def files(folder):
    """{relative path: bytes} of all files, without the list."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and path.name != ".atd-export"}


def url_of(name):
    if name == "index.html":
        return ""
    return name[:-len(".html")] if name.endswith(".html") else name


# No post is like it, so that the page of the server suggests none, as 404.html of the export does.
NOWHERE = "zzqxjv"


def compare_with(httpd, out, content):
    """Every file but the redirects is what the server answers at its address."""
    found = files(out)
    redirects = found.pop("_redirects", b"").decode()
    for name, data in found.items():
        on_disk = (content / name).is_file()
        answer = httpd.get("/blog/" + (name if on_disk else NOWHERE if name == "404.html" else url_of(name)))
        assert answer.status_code == (404 if name == "404.html" and not on_disk else 200), name
        assert answer.content == data, name
    for line in redirects.splitlines():
        source, target, status = line.split(" ")
        answer = httpd.get(source)
        assert answer.status_code == int(status), line
        assert answer.headers["Location"] in (target, "https://blog.example" + target, httpd.url(target)), line
    return found


@pytest.fixture
def content(tmp_path):
    """content({path: text}) writes a blog and returns its folder."""
    def make(parts):
        write(tmp_path / "content", {"site.yaml": SITE, **parts})
        return tmp_path / "content"
    return make


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


# ---- the same bytes ----

def test_example_is_what_the_module_serves(httpd, blog, out):
    shutil.copytree(SOURCE / "conf/example", blog, dirs_exist_ok=True)
    settings = (blog / "site.yaml").read_text()
    assert "\nurl:" not in settings
    (blog / "site.yaml").write_text(settings + "\nurl: https://blog.example\n")
    httpd.start()
    export(blog, out)
    found = compare_with(httpd, out, blog)
    assert {"index.html", "404.html", "feed.xml", "tags.html", "archive.html", "about.html",
            "images/cover.png"} <= set(found)
    assert {"sitemap.xml", "llms.txt", "llms-full.txt", "opensearch.xml", "about.md", "about.json"} <= set(found)
    assert not any(name.split(".")[0] in ("search", "_search") for name in found)
    assert not any(name.endswith((".yaml", ".mustache")) for name in found)
    assert (blog / "posts/a-new-year-of-plain-text.md").exists() and "a-new-year-of-plain-text.html" not in found


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_layouts_are_what_the_module_serves(httpd, out, layout):
    root = httpd.docs / "site"
    posts = layouts.lay_out(root, layout)
    blog = root / layouts.CONTENT[layout]
    httpd.start(f"Alias /blog {blog}\n<Directory {blog}>\nAtdEngine On\n</Directory>\n")
    httpd.expect("posts/.*'series' must be text")
    export(blog, out, "--url", httpd.url(""), code=None)
    names = set(compare_with(httpd, out, blog))
    for each in posts:
        assert (f"{each.slug}.html" in names) == (httpd.get(f"/blog/{each.slug}").status_code == 200), each.slug
        assert each.public or f"{each.slug}.html" not in names
    assert "page/2.html" in names


def test_permalinks_make_folders(httpd, blog, out):
    write(blog, {"site.yaml": SITE + "permalink: /:year/:month/:slug\n", "posts/a.md": post("A", date="2025-06-16"),
                 "pages/about.md": post("About")})
    httpd.start()
    export(blog, out)
    assert {"2025/06/a.html", "about.html", "archive/2025/06.html"} <= set(compare_with(httpd, out, blog))


def test_base_and_theme_are_taken(content, out, tmp_path):
    folder = content({"a.md": post("A", date="2025-06-16")})
    write(tmp_path / "theme", {"post.mustache": "<p>{{site.path}} {{post.title}}</p>", "own.css": "b{}"})
    export(folder, out, "--base", "/elsewhere", "--theme", tmp_path / "theme")
    assert "A</p>" in (out / "a.html").read_text()
    assert "/elsewhere/a" in (out / "index.html").read_text()
    assert any(path.name.startswith("own.") for path in (out / "_theme").iterdir())


@pytest.mark.parametrize("jobs", [1, 4])
def test_jobs_make_no_difference(tmp_path, out, jobs):
    layouts.lay_out(tmp_path / "content", "flat")
    export(tmp_path / "content", out, "--jobs", jobs)
    export(tmp_path / "content", tmp_path / "other", "--jobs", 2)
    assert files(out) == files(tmp_path / "other")
    assert (out / ".atd-export").read_bytes() == (tmp_path / "other/.atd-export").read_bytes()


@pytest.mark.parametrize("jobs", ["0", "65", "x", "2x"])
def test_jobs_are_a_number(content, out, jobs):
    assert "--jobs" in export(content({}), out, "--jobs", jobs, code=2)
    assert not out.exists()


def test_httpd_serves_the_files_as_the_documentation_says(httpd, content, out):
    text = (SOURCE / "docs/export.md").read_text().partition("```apache\n")[2].partition("```")[0]
    folder = content({"posts/a.md": post("A", date="2025-06-16", tags=["x"])})
    export(folder, httpd.docs / "public")
    httpd.start(text.replace("/srv/public", str(httpd.docs / "public")))
    for name, data in files(httpd.docs / "public").items():
        assert httpd.get("/blog/" + url_of(name)).content == data, name
    assert httpd.get("/blog/nothing").status_code == 404
    assert httpd.get("/blog/nothing").content == (httpd.docs / "public/404.html").read_bytes()


def test_the_moment_of_the_run_makes_no_difference(content, out, tmp_path):
    folder = content({"posts/a.md": post("A", date="2025-06-16", tags=["x"]), "posts/b.md": post("B"),
                      "pages/about.md": post("About")})
    for i, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        os.utime(path, (1_750_000_000 + i * 86400, 1_750_000_000 + i * 86400))
    export(folder, out)
    time.sleep(1.1)
    export(folder, tmp_path / "other")
    assert files(out) == files(tmp_path / "other")
    newest = max(path.stat().st_mtime for path in folder.rglob("*.md"))
    home = re.search(r"<loc>https://blog\.example/blog/</loc>\s*<lastmod>([^<]+)", (out / "sitemap.xml").read_text())
    assert datetime.datetime.fromisoformat(home[1]).timestamp() == newest


# ---- what must not be there ----

def test_nothing_of_hidden_posts_is_exported(content, out):
    hidden = {"status": ["draft", "archived", "gone"], "date": ["2999-01-01"], "expires": ["2001-01-01"]}
    parts = {f"posts/{SECRET.lower()}-{key}-{i}.md": post(SECRET, SECRET, tags=[SECRET], category=SECRET, author=SECRET,
                                                         aliases=[f"/old-{SECRET}"], **{key: value})
             for key, values in hidden.items() for i, value in enumerate(values)}
    folder = content({**parts, "posts/a.md": post("A", date="2025-06-16"), "posts/moved.md": post(
        "Moved", SECRET, status="draft", redirect={"to": f"https://{SECRET}.example"})})
    export(folder, out)
    for path in out.rglob("*"):
        assert SECRET.lower() not in path.name.lower()
        assert path.is_dir() or SECRET.lower().encode() not in path.read_bytes().lower(), path


def test_sources_and_hidden_files_stay(content, out, tmp_path):
    write(tmp_path, {"outside.txt": "out"})
    folder = content({"a.md": post("A"), "notes/b.txt": "b", ".secret": "s", "_drafts/c.txt": "c", "page.mustache": "m",
                      "a.md~": "old", "CNAME": "blog.example\n", "with space.txt": "w"})
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "loop").symlink_to(folder)
    export(folder, out)
    found = files(out)
    assert {"notes/b.txt", "CNAME", "with space.txt", "link.txt"} <= set(found)
    assert found["link.txt"] == b"out" and not (out / "link.txt").is_symlink()
    assert not [name for name in found if name.startswith("loop") or "secret" in name or "drafts" in name
                or name.endswith((".mustache", "~", "site.yaml"))]


def test_out_within_the_content_is_not_exported(content):
    folder = content({"a.md": post("A")})
    export(folder, folder / "public")
    first = files(folder / "public")
    export(folder, folder / "public")
    assert files(folder / "public") == first and not (folder / "public/public").exists()
    assert "own folder" in export(folder, folder, "--force", code=2)


# ---- redirects ----

def test_redirects(httpd, blog, out):
    write(blog, {"site.yaml": SITE, "a.md": post("A", aliases=["/old/a/", "/blog/older", "/with space"]),
                 "gone-to.md": post("Elsewhere", redirect_to="https://other.example/x?y=1")})
    httpd.start()
    export(blog, out)
    compare_with(httpd, out, blog)
    assert (out / "_redirects").read_text().splitlines() == [
        "/blog/gone-to https://other.example/x?y=1 301", "/blog/old/a /blog/a 301", "/blog/older /blog/a 301",
        "/blog/with%20space /blog/a 301", "/blog/with-space /blog/a 301"]
    (blog / "gone-to.md").unlink()
    write(blog, {"a.md": post("A")})
    export(blog, out)
    assert not (out / "_redirects").exists()


# ---- again ----

def stamps(folder):
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_second_export_changes_nothing(tmp_path, out):
    layouts.lay_out(tmp_path / "content", "flat")
    export(tmp_path / "content", out)
    first = stamps(out)
    export(tmp_path / "content", out)
    assert stamps(out) == first


def test_files_that_are_no_more_go(content, out):
    folder = content({"posts/a.md": post("A", tags=["one"]), "posts/b.md": post("B", tags=["two"]), "c/d/e.txt": "e"})
    export(folder, out)
    assert (out / "b.html").exists() and (out / "tag/two/feed.xml").exists() and (out / "c/d/e.txt").exists()
    write(out, {"b.txt": "mine", "tag/two/mine.txt": "mine", ".git/HEAD": "mine"})
    (folder / "posts/b.md").unlink()
    shutil.rmtree(folder / "c")
    export(folder, out)
    assert not (out / "b.html").exists() and not (out / "tag/two.html").exists() and not (out / "c").exists()
    assert (out / "a.html").exists()
    assert all((out / name).read_text() == "mine" for name in ("b.txt", "tag/two/mine.txt", ".git/HEAD"))


def test_changed_files_are_replaced(content, out):
    folder = content({"a.md": post("A"), "x.txt": "one"})
    export(folder, out)
    write(folder, {"a.md": post("Another"), "x.txt": "two"})
    export(folder, out)
    assert "Another" in (out / "a.html").read_text() and (out / "x.txt").read_text() == "two"


# ---- the folder ----

def test_foreign_folder_is_refused(content, out):
    write(out, {"mine.txt": "mine"})
    folder = content({"a.md": post("A")})
    assert "--force" in export(folder, out, code=2)
    assert files(out) == {"mine.txt": b"mine"}
    export(folder, out, "--force")
    assert (out / "a.html").exists() and (out / "mine.txt").read_text() == "mine"
    export(folder, out)


def test_foreign_list_is_refused(content, out):
    write(out, {".atd-export": "a.html\n", "a.html": "mine"})
    assert "former export" in export(content({"b.md": post("B")}), out, code=2)
    assert (out / "a.html").read_text() == "mine"


def test_list_that_leads_out_removes_nothing(content, out, tmp_path):
    folder = content({"a.md": post("A")})
    export(folder, out)
    write(tmp_path, {"victim.txt": "v", "dir/victim.txt": "v"})
    (out / "way").symlink_to(tmp_path / "dir")
    with (out / ".atd-export").open("a") as marker:
        marker.write(f"../victim.txt\n{tmp_path}/victim.txt\nway/victim.txt\n\n.\n")
    export(folder, out)
    assert (tmp_path / "victim.txt").exists() and (tmp_path / "dir/victim.txt").exists()


def test_links_in_out_are_not_followed(content, out, tmp_path):
    folder = content({"a.md": post("A"), "dir/x.txt": "x"})
    write(tmp_path, {"victim.txt": "v", "elsewhere/y.txt": "y"})
    export(folder, out)
    (out / "a.html").unlink()
    (out / "a.html").symlink_to(tmp_path / "victim.txt")
    export(folder, out)
    assert not (out / "a.html").is_symlink() and (tmp_path / "victim.txt").read_text() == "v"
    shutil.rmtree(out / "dir")
    (out / "dir").symlink_to(tmp_path / "elsewhere")
    assert "link" in export(folder, out, code=2)
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["y.txt"]


def test_full_disk_is_told(content):
    if not os.path.isdir("/dev/shm") or os.getuid() != 0:
        pytest.skip("a small file system takes root")
    import tempfile
    folder = content({f"posts/p{i}.md": post(f"Post {i}", "word " * 5000) for i in range(60)})
    place = pathlib.Path(tempfile.mkdtemp(prefix="atd-full-"))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", place], capture_output=True).returncode:
        place.rmdir()
        pytest.skip("no file system can be mounted here")
    try:
        assert "No space left" in export(folder, place / "out", code=2)
    finally:
        subprocess.run(["umount", place], check=True)
        place.rmdir()


# ---- what is wrong ----

def test_broken_post_is_told_once(content, out):
    folder = content({"posts/bad.md": "---\ntitle: [\n---\nx\n", "posts/a.md": post("A", tags=["t"])})
    said = export(folder, out, code=1)
    assert said.count("posts/bad.md") == 1 and said.startswith("error: ")
    assert (out / "a.html").exists() and not (out / "bad.html").exists()


def test_broken_template_is_told_once_and_keeps_the_pages(content, out, tmp_path):
    folder = content({f"posts/p{i}.md": post(f"P {i}") for i in range(20)})
    write(tmp_path / "theme", {"post.mustache": "one {{post.title}}"})
    export(folder, out, "--theme", tmp_path / "theme")
    write(tmp_path / "theme", {"post.mustache": "{{#post}}"})
    said = export(folder, out, "--theme", tmp_path / "theme", code=1)
    assert said.count("post.mustache") <= 2
    assert (out / "p3.html").read_text() == "one P 3"


def test_two_that_want_one_file(content, out):
    folder = content({"posts/a.md": post("A"), "a.html": "mine", "index.html": "home", "404.html": "none"})
    assert "a.html" in export(folder, out, code=1)
    assert "mine" != (out / "a.html").read_text()
    assert (out / "index.html").read_text() == "home" and (out / "404.html").read_text() == "none"


def test_missing_content(out, tmp_path):
    assert "nothing-here" in export(tmp_path / "nothing-here", out, code=2)
    assert not out.exists()


def test_out_has_to_be_named(content):
    run = subprocess.run([ATD, "export", content({})], capture_output=True, text=True, timeout=20)
    assert run.returncode == 2 and "-o" in run.stderr


def test_nothing_is_left_in_the_temporary_folder(content, out, tmp_path):
    (tmp_path / "tmp").mkdir()
    subprocess.run([ATD, "export", "-o", out, content({"a.md": post("A")})], check=True, timeout=60,
                   env={**os.environ, "TMPDIR": str(tmp_path / "tmp")})
    assert not list((tmp_path / "tmp").iterdir())
