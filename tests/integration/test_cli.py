# SPDX-License-Identifier: Apache-2.0
"""The command atd: render gives what the module serves, check tells what is wrong."""
import json
import os
import pathlib
import re
import subprocess

import pytest

from httpd import BUILD, SEED, post, write

ATD = pathlib.Path(os.environ.get("ATD_COMMAND", BUILD / "mod_atd/atd")).resolve()
SEED_FILE = SEED / "the-rise-of-ai-in-creative-industries.md"
CLEAN = post("A good post", date="2025-06-16", excerpt="In short.", tags=["t"])


def atd(*arguments, cwd=None):
    return subprocess.run([ATD, *map(str, arguments)], capture_output=True, timeout=60, cwd=cwd)


def served(httpd, path, **options):
    answer = httpd.get(path)
    assert answer.status_code == options.get("status", 200)
    return answer.content


@pytest.fixture
def folder(tmp_path):
    """folder({path: text}) writes a content folder and returns it."""
    def make(files):
        write(tmp_path / "content", files)
        return tmp_path / "content"
    return make


# ---- render ----

def test_render_gives_what_the_module_serves(httpd, blog):
    write(blog, {SEED_FILE.name: SEED_FILE.read_text(), "other.md": post("Other", tags=["technology"]),
                 "site.yaml": "title: The site\ncomments: {provider: email, address: me@example.org}\n"})
    httpd.start()
    run = atd("render", "--base", "/blog/", "--url", httpd.url(""), blog / SEED_FILE.name)
    assert (run.returncode, run.stderr) == (0, b"")
    slug = "the-rise-of-ai-in-creative-industries-opportunities-and-challenges"
    assert run.stdout == served(httpd, "/blog/" + slug)
    assert b"/blog/other" in run.stdout and b"me@example.org" in run.stdout


@pytest.mark.parametrize("name, path", [
    ("p.md", "p"), ("posts/p.md", "p"), ("_posts/2025-06-16-p.md", "p"), ("p/index.md", "p"), ("posts/p/index.md", "p"),
    ("pages/p.md", "p")])
def test_render_finds_the_blogs_folder(httpd, blog, name, path):
    write(blog, {name: post("P", "![](pic.svg) [q](q.md)"), "q.md": post("Q"), "site.yaml": "title: Found\n"})
    write((blog / name).parent, {"pic.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"></svg>'})
    httpd.start()
    want = served(httpd, "/blog/" + path)
    assert b"P | Found" in want and b'width="9"' in want
    for cwd, operand in [(None, blog / name), (blog, name), (blog.parent, "blog/" + name),
                         ((blog / name).parent, pathlib.Path(name).name)]:
        run = atd("render", "--url", httpd.url(""), operand, cwd=cwd)
        assert (run.returncode, run.stdout) == (0, want), (cwd, operand, run.stderr)
    run = atd("render", "--url", httpd.url(""), "--content", blog, blog / name)
    assert run.stdout == want


def test_render_with_a_theme_raw_html_and_another_base(httpd, blog):
    write(blog, {"p.md": post("P", "<kbd>raw</kbd>")})
    write(httpd.root, {"theme/post.mustache": "<h1>{{post.title}}</h1>{{{post.content}}}{{site.path}}"})
    httpd.start("<Location /my/notes>\nAtdEngine On\nAtdContent @DOCS@/blog\nAtdTheme @ROOT@/theme\nAtdRawHTML On\n"
                "Require all granted\n</Location>")
    run = atd("render", "--theme", httpd.root / "theme", "--raw-html", "--base", "/my/notes", "--url", httpd.url(""),
              blog / "p.md")
    assert run.stdout == served(httpd, "/my/notes/p")
    assert b"<kbd>raw</kbd>" in run.stdout and run.stdout.strip().endswith(b"/my/notes/")


def test_render_shows_a_draft_as_its_author_sees_it(httpd, blog):
    write(blog, {"p.md": post("P", status="draft")})
    httpd.start("<Directory @DOCS@/blog>\nAtdEngine On\nAtdDrafts On\n</Directory>")
    run = atd("render", "--url", httpd.url(""), blog / "p.md")
    assert run.stdout == served(httpd, "/blog/p")
    assert b"Only you can see this" in run.stdout


def test_render_of_a_broken_post(folder):
    content = folder({"p.md": "---\ntitle: A: b\n---\n"})
    run = atd("render", content / "p.md")
    assert (run.returncode, run.stdout) == (1, b"")
    assert run.stderr.decode().splitlines() == [
        "p.md:2:9: a colon followed by a space inside unquoted text (put the value in quotes: title: 'A: b') [ATD0011]",
        "    title: A: b"]


def test_render_of_broken_settings_and_templates(folder, tmp_path):
    content = folder({"p.md": CLEAN, "site.yaml": "title: A: b\n"})
    run = atd("render", content / "p.md")
    assert (run.returncode, run.stdout) == (1, b"") and run.stderr.startswith(b"site.yaml:1:")
    (content / "site.yaml").unlink()
    write(tmp_path, {"theme/post.mustache": "{{#a}}"})
    run = atd("render", "--theme", tmp_path / "theme", content / "p.md")
    assert (run.returncode, run.stdout) == (1, b"") and b"post.mustache:1:" in run.stderr


def test_a_post_in_a_folder_with_a_longer_name_is_not_in_this_one(folder):
    content = folder({"p.md": CLEAN, "2/p.md": CLEAN})
    write(content.parent, {"content2/p.md": CLEAN})
    run = atd("render", "--content", content, content.parent / "content2/p.md")
    assert (run.returncode, run.stdout) == (2, b"")
    assert atd("render", "--content", content, "p.md").returncode == 0


# ---- check ----

FAULTY = {
    "good.md": CLEAN,
    "broken.md": "---\ntitle: A: b\n---\n",
    "bare.md": "Hello.\n",
    "twin.md": post("Twin", date="2025-06-16", excerpt="x", slug="good"),
    "draft.md": post("Draft", date="2025-06-16", excerpt="x", status="draft"),
    "images.md": post("Images", "![](none.png)\n\n[nowhere](#) [gone](gone.md)", date="2025-06-16", excerpt="x",
                      featuredImage={"src": "/a.png"}),
    "site.yaml": "title: The site\ntitel: x\n",
}


def test_check_of_a_good_blog(folder):
    for arguments, said in [([], b""), (["--json"], b"[]\n")]:
        run = atd("check", *arguments, folder({"p.md": CLEAN, "posts/q.md": CLEAN.replace("good", "fine")}))
        assert (run.returncode, run.stdout, run.stderr) == (0, said, b"")


def test_check_of_the_seed(folder):
    run = atd("check", folder({SEED_FILE.name: SEED_FILE.read_text()}))
    assert run.returncode == 1
    lines = run.stdout.decode().splitlines()
    assert [line.split(": ")[0] for line in lines] == ["warning"] * 3
    source = SEED_FILE.read_text().splitlines()
    for line in lines:
        number = int(re.match(rf"warning: {SEED_FILE.name}:(\d+): a link leads nowhere", line).group(1))
        assert "](#)" in source[number - 1]


def test_check_tells_each_fault_in_a_line(folder):
    run = atd("check", folder(FAULTY))
    assert (run.returncode, run.stderr) == (1, b"")
    lines = run.stdout.decode().splitlines()
    for pattern in [
            r"error: broken\.md:2:9: a colon .* \(put the value in quotes: title: 'A: b'\) \[ATD0011\]",
            r"warning: bare\.md:1: has no title \(.*\) \[ATD0051\]", r"warning: bare\.md:1: has no date ",
            r"warning: bare\.md:1: has no description", r"error: twin\.md:\d+: the slug 'good' is that of good\.md",
            r"note: draft\.md:\d+: is not public: it is a draft",
            r"warning: images\.md:\d+: the image 'none\.png' has no",
            r"warning: images\.md:\d+: there is no image file 'none\.png'",
            r"warning: images\.md:\d+: a link leads nowhere",
            r"warning: images\.md:\d+: there is no post 'gone\.md'",
            r"warning: images\.md:\d+: the featured image has no alternative text",
            r"warning: site\.yaml:2:\d+: 'titel' is no setting"]:
        assert len([line for line in lines if re.match(pattern, line)]) == 1, (pattern, lines)
    assert len(lines) == 12
    assert all(re.match(r"(error|warning|note): [\w.-]+:\d+(:\d+)?: .* \[ATD\d{4}\]$", line) for line in lines)


def test_check_as_json_tells_the_same(folder):
    content = folder(FAULTY)
    run = atd("check", "--json", content)
    assert (run.returncode, run.stderr) == (1, b"")
    findings = json.loads(run.stdout)
    lines = atd("check", content).stdout.decode().splitlines()
    assert len(findings) == len(lines)
    for finding, line in zip(findings, lines):
        assert list(finding) == ["severity", "id", "file", "line", "column", "message", "hint"]
        place = ":".join(str(finding[key]) for key in ("file", "line", "column") if finding[key] is not None)
        hint = f" ({finding['hint']})" if finding["hint"] else ""
        assert line == f"{finding['severity']}: {place}: {finding['message']}{hint} [{finding['id']}]"


def test_check_with_notes_alone_is_well(folder):
    run = atd("check", folder({"p.md": post("P", date="2099-01-01", excerpt="x")}))
    assert run.returncode == 0
    said = run.stdout.decode()
    assert said.startswith("note: p.md:") and "scheduled for 2099-01-01T00:00:00+00:00" in said


def test_check_of_broken_settings_and_templates(folder, tmp_path):
    content = folder({"p.md": CLEAN, "site.yaml": "title: A\npageSize: many\n"})
    run = atd("check", content)
    assert run.returncode == 1 and run.stdout.startswith(b"error: site.yaml:2:11: 'pageSize' must be a number")
    write(tmp_path, {"theme/post.mustache": "a\n{{#b}}"})
    write(content, {"site.yaml": "title: A\n"})
    run = atd("check", "--theme", tmp_path / "theme", content)
    assert run.returncode == 1 and run.stdout.startswith(b"error: post.mustache:2:")


def test_check_tells_a_control_character_as_text(folder):
    run = atd("check", "--json", folder({"p.md": b"---\ntitle: caf\xe9\x1b[2J\n---\n"}))
    assert run.returncode == 1 and b"\x1b" not in run.stdout
    assert json.loads(run.stdout.decode("utf-8"))[0]["file"] == "p.md"


# ---- usage ----

@pytest.mark.parametrize("arguments, said", [
    ([], "what shall be done?"), (["paint"], "there is no command 'paint'"), (["render"], "which file or folder?"),
    (["check"], "which file or folder?"), (["check", "a", "b"], "one file or folder at a time"),
    (["check", "--colour", "."], "invalid option"), (["render", "--base"], "missing argument"),
    (["check", "/no/such/folder"], "/no/such/folder"), (["render", "/no/such/post.md"], "post.md"),
    (["render", "--theme", "/no/such/theme", "p.md"], "/no/such/theme"), (["check", ""], "which file or folder?")])
def test_wrong_use(arguments, said, tmp_path):
    write(tmp_path, {"p.md": CLEAN})
    run = atd(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, b"")
    assert said in run.stderr.decode()


def test_options_may_stand_behind(folder):
    run = atd("check", folder({"p.md": CLEAN}), "--json")
    assert (run.returncode, run.stdout) == (0, b"[]\n")


def test_help_and_version():
    assert re.fullmatch(r"atd \d+\.\d+\.\d+\n", atd("--version").stdout.decode())
    run = atd("--help")
    assert run.returncode == 0
    for option in ("--content", "--theme", "--base", "--url", "--raw-html", "--json"):
        assert option in run.stdout.decode()


def test_a_full_disk_is_an_error(folder):
    with open("/dev/full", "wb") as full:
        run = subprocess.run([ATD, "render", folder({"p.md": CLEAN}) / "p.md"], stdout=full, timeout=60)
    assert run.returncode == 2


# ---- index ----

def index(*arguments, status=0):
    run = atd("index", *arguments)
    assert run.returncode == status, run
    return json.loads(run.stdout), run.stderr.decode()


def test_index_reads_what_changed(folder, tmp_path):
    content = folder({"a.md": CLEAN, "posts/b.md": CLEAN, "pages/c.md": CLEAN, "authors/d.md": "---\nname: D\n---\n"})
    state = tmp_path / "state"
    state.mkdir()
    told, said = index("--state", state, content)
    assert list(told) == ["files", "read", "complete", "seconds", "cpu", "bytes"]
    assert (told["files"], told["read"], told["complete"], said) == (4, 4, True, "")
    assert 0 < told["seconds"] < 30 and 0 < told["cpu"] < 30
    files = list(state.iterdir())
    assert len(files) == 1 and re.fullmatch(r"[0-9a-f]{40}\.sqlite", files[0].name)
    assert files[0].stat().st_size == told["bytes"]
    assert index("--state", state, content)[0]["read"] == 0
    write(content, {"a.md": CLEAN + "\nMore.\n", "e.md": CLEAN})
    (content / "posts/b.md").unlink()
    told, _ = index(content, "--state", state)
    assert (told["files"], told["read"]) == (4, 2)


def test_index_reports_once(folder, tmp_path):
    content = folder({"bad.md": "---\ntitle: [x\n---\n", "a.md": post("A", slug="s"), "b.md": post("B", slug="s")})
    (tmp_path / "state").mkdir()
    told, said = index("--state", tmp_path / "state", content, status=1)
    assert told["complete"] is True
    assert re.search(r"^error: bad\.md:2:\d+: .*\[ATD0011\]$", said, flags=re.M)
    assert re.search(r"^\w+: b\.md: .*a\.md.*\[ATD0015\]$", said, flags=re.M) and len(said.splitlines()) == 2
    assert index("--state", tmp_path / "state", content)[1] == ""


def test_index_without_a_folder_is_in_memory(folder):
    content = folder({"a.md": CLEAN})
    for _ in range(2):
        told, _ = index("--verbose", content)
        assert (told["files"], told["read"], told["bytes"]) == (1, 1, 0)
    assert [path.name for path in content.parent.rglob("*")] == ["content", "a.md"]


def test_index_that_cannot_be_made(folder, tmp_path):
    content = folder({"a.md": CLEAN})
    run = atd("index", "--state", tmp_path / "nowhere", content)
    assert run.returncode == 2 and b"[ATD0041]" in run.stderr and run.stdout == b""
    run = atd("index", tmp_path / "nothing")
    assert run.returncode == 2 and run.stderr and run.stdout == b""


def test_index_is_the_modules(httpd, blog):
    """What the command made before the start is what children use."""
    write(blog, {"a.md": post("A")})
    state = httpd.root / "state"
    state.mkdir(mode=0o700)
    told, _ = index("--state", state, blog)
    if os.getuid() == 0:
        import pwd
        user = re.search(r"^User (\S+)", (httpd.root / "httpd.conf").read_text(), flags=re.M)[1]
        for path in [state, *state.iterdir()]:
            os.chown(path, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    before = {path.name: path.stat().st_ino for path in state.iterdir()}
    httpd.start("AtdStateDir state\n<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>\n")
    served(httpd, "/blog/")
    assert {path.name: path.stat().st_ino for path in state.iterdir() if path.suffix == ".sqlite"} == before
    assert told["files"] == 1
