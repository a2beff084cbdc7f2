# SPDX-License-Identifier: Apache-2.0
"""The index of a blog's posts: where its file lies, who shares it, what may happen to it, and how a large one is built."""
import os
import re
import signal
import sqlite3
import threading
import time

import pytest

from httpd import post, write
from test_cache_life import restart
from test_http import wait_until

BLOG = "<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>\n"
UNCACHED = BLOG + "AtdCacheSize 0\n"
STATUS = "<Location /atd-status>\nSetHandler atd-status\n</Location>\n"
TWO_CHILDREN = {"event": "StartServers 2\nMinSpareThreads 20\nThreadsPerChild 4\n",
                "worker": "StartServers 2\nMinSpareThreads 20\nThreadsPerChild 4\n",
                "prefork": "StartServers 2\nMinSpareServers 2\n"}
LOG = 'LogFormat "%P %U" who\nCustomLog @ROOT@/access.log who\n'
GIVEN_UP = r"an index is given up|the index \S+ can't be|an index is kept in memory"
MANY = 3000
PAGE = 10
LONG = bool(os.environ.get("ATD_LONG_TESTS"))


def all_mpms_in_long_runs(test):
    return pytest.mark.all_mpms(test) if LONG else test


def state_files(server, name="atd"):
    folder = server.root / name
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def index_file(server, name="atd"):
    files = [path for path in (server.root / name).iterdir() if path.suffix == ".sqlite"]
    assert len(files) == 1
    return files[0]


def shown(server, path="/blog/"):
    answer = server.get(path, headers={"Connection": "close"})
    assert answer.status_code == 200, answer.status_code
    return re.findall(r'class="u-url" href="[^"]*/([^"/]+)"', answer.text)


def servers_of(server, path):
    log = server.root / "access.log"
    return {line.split()[0] for line in log.read_text().splitlines() if line.split()[1] == path} if log.exists() else set()


def fill(blog, count=MANY):
    """A blog whose first build takes more than a request may."""
    body = "Some *text* with [a link](p1.md) and `code`.\n\n- a list\n- of two\n\n" * 12
    write(blog, {f"posts/p{n}.md": post(f"Number {n}", body, date=f"20{n % 20:02}-01-{n % 28 + 1:02}", tags=[f"t{n % 50}"])
                 for n in range(count)})


def wait_for_list(server, seconds=60):
    """The statuses seen until the home page is there."""
    seen, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        answer = server.get("/blog/", headers={"Connection": "close"})
        seen.append(answer.status_code)
        if answer.status_code == 200:
            return seen
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) in (1, 2)
        time.sleep(0.05)
    raise AssertionError("no list within time")


# ---- the file ----

@pytest.mark.all_mpms
def test_index_is_in_the_state_folder_alone(httpd, blog):
    write(blog, {"one.md": post("One"), "two.md": post("Two")})
    before = sorted(str(path) for path in httpd.root.rglob("*.sqlite*"))
    httpd.start()
    assert before == [] and state_files(httpd) == []
    httpd.get("/blog/nothing-here.css")
    assert sorted(shown(httpd)) == ["one", "two"]
    assert {name.partition(".")[2] for name in state_files(httpd)} <= {"sqlite", "sqlite-wal", "sqlite-shm"}
    file = index_file(httpd)
    assert re.fullmatch(r"[0-9a-f]{40}\.sqlite", file.name)
    assert {path.parent for path in httpd.root.rglob("*.sqlite*")} == {file.parent}
    assert file.parent.stat().st_mode & 0o777 == 0o700
    if os.getuid() == 0:
        assert file.parent.stat().st_uid == file.stat().st_uid != 0
    httpd.stop()
    assert {name.partition(".")[2] for name in state_files(httpd)} <= {"sqlite", "sqlite-wal", "sqlite-shm"}


def test_state_dir_directive(httpd, blog):
    write(blog, {"one.md": post("One")})
    httpd.start(BLOG + "AtdStateDir not/there/yet\n")
    assert shown(httpd) == ["one"]
    assert index_file(httpd, "not/there/yet") and not (httpd.root / "atd").exists()


@pytest.mark.all_mpms
def test_children_share_it(httpd, blog):
    write(blog, {"one.md": post("One")})
    httpd.start(UNCACHED + LOG + TWO_CHILDREN[httpd.mpm])
    names = ["one"]

    def ask_both():
        """Each child's lists, until two have answered."""
        path = f"/blog/?{len(names)}"
        (httpd.root / "access.log").write_text("")
        barrier, threads, wrong = threading.Barrier(8), [], []

        def ask():
            barrier.wait(20)
            answer = httpd.raw_path(path)[1].decode()
            if sorted(re.findall(r'class="u-url" href="[^"]*/([^"/]+)"', answer)) != sorted(names):
                wrong.append(answer[:80])

        threads = [threading.Thread(target=ask) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert not wrong
        return len(servers_of(httpd, "/blog/")) >= 2

    shown(httpd)
    wait_until(ask_both)
    for name in ("two", "three"):
        write(blog, {f"{name}.md": post(name)})
        names.append(name)
        wait_until(lambda name=name: name in shown(httpd))  # one scans; who comes meanwhile goes on with what there was
        wait_until(ask_both)
    assert len(state_files(httpd)) <= 3


DAMAGES = {
    "deleted": lambda file: file.unlink(missing_ok=True),
    "deleted with its log": lambda file: [path.unlink(missing_ok=True) for path in file.parent.glob("*.sqlite*")],
    "truncated": lambda file: os.truncate(file, 0),
    "cut": lambda file: os.truncate(file, 5000),
    "garbage": lambda file: file.write_bytes(os.urandom(100000)),
    "garbage within": lambda file: overwrite(file),
    "a folder": lambda file: (file.unlink(missing_ok=True), file.mkdir()),
    "chmod": lambda file: file.chmod(0),
    "log deleted": lambda file: file.with_name(file.name + "-wal").unlink(missing_ok=True),
    "log garbage": lambda file: file.with_name(file.name + "-wal").write_bytes(os.urandom(50000)),
    "shm deleted": lambda file: file.with_name(file.name + "-shm").unlink(missing_ok=True),
}


def overwrite(file):
    with open(file, "r+b") as out:
        for page in range(1, 6):
            out.seek(page * 4096)
            out.write(os.urandom(2000))


@all_mpms_in_long_runs
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_under_load(httpd, blog, damage):
    httpd.expect(GIVEN_UP)
    write(blog, {f"p{n}.md": post(f"P {n}", tags=["a", "b"]) for n in range(20)})
    httpd.start(UNCACHED + TWO_CHILDREN[httpd.mpm])
    assert len(shown(httpd)) == PAGE
    file, stop, seen = index_file(httpd), threading.Event(), []

    def ask(path):
        while not stop.is_set():
            began = time.monotonic()
            status = httpd.raw_path(path)[0]
            seen.append((began, path, status))

    threads = [threading.Thread(target=ask, args=[path]) for path in ("/blog/", "/blog/p1", "/blog/p2", "/blog/")]
    [thread.start() for thread in threads]
    for _ in range(3 if LONG else 2):
        time.sleep(0.3)
        try:
            DAMAGES[damage](file)
        except OSError:
            pass  # just being made anew
    time.sleep(2.5 if LONG else 1.5)
    done = time.monotonic()
    time.sleep(0.3)
    stop.set()
    [thread.join() for thread in threads]
    assert {status for _, _, status in seen} <= {200, 503}, sorted({status for _, _, status in seen})
    refused = [began for began, _, status in seen if status == 503]
    assert not refused or max(refused) < done - 0.5
    assert len(refused) < len(seen) / 4
    assert {status for began, _, status in seen if began > done} == {200}
    assert len(shown(httpd)) == PAGE
    wait_until(lambda: file.is_file() and (shown(httpd) or True) and rows(httpd, file) == 20)


def rows(server, file):
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            return database.execute("SELECT files FROM state").fetchone()[0]
    except (sqlite3.Error, TypeError):
        return 0


# ---- without a file ----

@pytest.mark.all_mpms
def test_folder_that_others_may_write_to_is_not_used(httpd, blog):
    write(blog, {"one.md": post("One")})
    (httpd.root / "open").mkdir()
    (httpd.root / "open").chmod(0o777)
    httpd.expect(r"AtdStateDir \S+/open: may be written to by others")
    httpd.start(UNCACHED + "AtdStateDir open\n" + TWO_CHILDREN[httpd.mpm])
    for name in ("two", "three"):
        write(blog, {f"{name}.md": post(name)})
        for _ in range(4):
            assert name in shown(httpd)
    assert state_files(httpd, "open") == []
    assert len(re.findall("may be written to by others", httpd.log_text())) == 1


@pytest.mark.skipif(os.getuid() != 0, reason="needs a folder of somebody else's")
def test_folder_of_somebody_else_is_not_used(httpd, blog):
    write(blog, {"one.md": post("One")})
    (httpd.root / "roots").mkdir(mode=0o755)
    httpd.expect(r"AtdStateDir \S+/roots: does not belong to the user")
    httpd.start(BLOG + "AtdStateDir roots\n")
    assert shown(httpd) == ["one"]
    assert state_files(httpd, "roots") == [] and (httpd.root / "roots").stat().st_uid == 0


def test_folder_that_vanishes(httpd, blog):
    """One warning for each process, and the blog goes on."""
    write(blog, {"one.md": post("One")})
    httpd.expect(GIVEN_UP)
    httpd.start(UNCACHED)
    assert shown(httpd) == ["one"]
    for path in (httpd.root / "atd").iterdir():
        path.unlink()
    (httpd.root / "atd").rmdir()
    for name in ("two", "three"):
        write(blog, {f"{name}.md": post(name)})
        assert name in shown(httpd)
    assert len(re.findall("an index is kept in memory", httpd.log_text())) == 1


# ---- what it finds ----

def test_collision_is_told_once(httpd, blog):
    httpd.expect(r"ATD0015")
    write(blog, {"posts/a.md": post("A", slug="same"), "posts/b.md": post("B", slug="same"), "c.md": post("C")})
    httpd.start(UNCACHED)
    for _ in range(5):
        assert sorted(shown(httpd)) == ["c", "same"]
    lines = re.findall(r".*ATD0015.*", httpd.log_text())
    assert len(lines) == 1 and "posts/a.md" in lines[0] and "posts/b.md" in lines[0] and ":warn]" in lines[0]
    assert f"(blog in {blog})" in lines[0]


def test_broken_posts_are_told_once(httpd, blog):
    httpd.expect(r"ATD0011|and 11 more")
    write(blog, {f"b{n:02}.md": "---\ntitle: [x\n---\n" for n in range(31)} | {"good.md": post("Good")})
    httpd.start(UNCACHED)
    for _ in range(5):
        assert shown(httpd) == ["good"]
    text = httpd.log_text()
    assert len(re.findall(r"ATD0011", text)) == 20 and text.count(":error]") == 20
    assert f"... and 11 more; atd check {blog} lists all" in text


# ---- large blogs ----

@pytest.mark.all_mpms
def test_first_build_of_a_large_blog(httpd, blog):
    fill(blog)
    httpd.log_level = "info"
    httpd.start(BLOG + STATUS)
    seen = []
    while not seen or seen[-1] != 200:
        seen += wait_for_list(httpd, 60)[-1:]
        assert httpd.get("/blog/p7").status_code == 200
    assert len(shown(httpd)) > 0
    found = httpd.wait_for_log(rf"indexed the blog in {blog}: (\d+) files")
    assert int(found[1]) == MANY
    assert re.search(rf"indexing \d+ files of the blog in {blog}", httpd.log_text())
    told = httpd.get("/atd-status?json").json()["indexes"]
    assert len(told) == 1 and told[0]["name"] == str(blog) and told[0]["complete"] is True
    assert (told[0]["files"], told[0]["waiting"]) == (MANY, 0) and told[0]["bytes"] > 100000
    assert told[0]["scanMicroseconds"] > 0


def test_lists_wait_while_posts_are_served(httpd, blog):
    fill(blog)
    write(blog, {"posts/other-name.md": post("Other", slug="by-slug")})
    httpd.start(BLOG + STATUS)
    answer = httpd.get("/blog/")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "2"
    assert answer.headers["Cache-Control"] == "no-cache" and "being prepared" in answer.text
    assert httpd.get("/blog/p7").status_code == 200
    status = httpd.get("/atd-status").text
    assert re.search(r"indexing: [\d,]+ of 3,001", status), "shown while it goes on"
    metrics = httpd.get("/atd-status?prometheus").text
    assert f'atd_index_complete{{site="{blog}"}} 0' in metrics
    assert f'atd_index_files{{site="{blog}"}} {MANY + 1}' in metrics
    assert httpd.get("/blog/by-slug").status_code in (200, 503), "never a 404 for what may be there"
    wait_for_list(httpd)
    assert httpd.get("/blog/by-slug").status_code == 200
    assert httpd.get("/blog/none").status_code == 404


@pytest.mark.slow
@pytest.mark.all_mpms
def test_child_killed_while_it_builds(httpd, blog):
    httpd.may_crash = True
    httpd.expect(GIVEN_UP)
    httpd.expect("AH1039[23]: children are killed")
    fill(blog)
    httpd.start(BLOG + TWO_CHILDREN[httpd.mpm])
    assert httpd.get("/blog/", headers={"Connection": "close"}).status_code == 503
    for _ in range(3):
        time.sleep(0.1)
        for child in httpd.children():
            os.kill(child, signal.SIGKILL)
        wait_until(lambda: httpd.children())
        with_retry(httpd)
    wait_for_list(httpd)
    assert rows(httpd, index_file(httpd)) == MANY


def with_retry(server):
    """A request that gets an answer, from a child that lives."""
    for _ in range(50):
        try:
            return server.get("/blog/", headers={"Connection": "close"})
        except OSError:
            time.sleep(0.05)
    raise AssertionError("no child answers")


@pytest.mark.all_mpms
def test_restart_while_it_is_built(httpd, blog):
    httpd.log_level = "info"
    fill(blog)
    httpd.start(BLOG)
    assert httpd.get("/blog/", headers={"Connection": "close"}).status_code == 503
    began = time.monotonic()
    restart(httpd)
    assert time.monotonic() - began < 10, "the thread ends with its child"
    wait_for_list(httpd)
    assert rows(httpd, index_file(httpd)) == MANY


def test_last_good_list_is_shown_while_it_is_built_anew(httpd, blog):
    httpd.expect(GIVEN_UP)
    fill(blog)
    httpd.start(BLOG)
    wait_for_list(httpd)
    time.sleep(0.1)
    before = shown(httpd)
    for path in (httpd.root / "atd").iterdir():
        path.unlink()
    write(blog, {"posts/new.md": post("New", date="2020-01-01")})
    for _ in range(3):
        assert shown(httpd) == before or "new" in shown(httpd)
    wait_until(lambda: "new" in shown(httpd), 30)


def test_large_blog_in_memory(httpd, blog):
    (httpd.root / "open").mkdir()
    (httpd.root / "open").chmod(0o777)
    httpd.expect(r"AtdStateDir \S+/open: may be written to by others")
    fill(blog)
    httpd.start(BLOG + "AtdStateDir open\n")
    wait_for_list(httpd)
    assert len(shown(httpd)) > 0
