# SPDX-License-Identifier: Apache-2.0
"""The cache's own life: many processes at once, children that die, restarts, and what is left when httpd ends."""
import hashlib
import os
import pathlib
import random
import re
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from coding import ENCODINGS, decode, fetch, text_of, warm
from httpd import post, write
from test_http import Connection, load, read_pages, wait_until

BLOG = "<Directory @DOCS@/blog>\nAtdEngine On\n%s\n</Directory>\n"
BUSY = "AH00484|AH00161|AH10159|AH03490"  # more clients than workers: the rest waits
MANY = {"event": "ThreadsPerChild 25\nMaxRequestWorkers 200\nStartServers 8\n",
        "worker": "ThreadsPerChild 25\nMaxRequestWorkers 200\nStartServers 8\n",
        "prefork": "ServerLimit 64\nMaxRequestWorkers 64\nStartServers 48\nMaxSpareServers 64\n"}

# The long runs are for machines with nothing else to do.
KILLS, RESTARTS = (200, 100) if os.environ.get("ATD_LONG_TESTS") else (40, 20)


class Answer:
    """What decode() wants to know."""

    def __init__(self, headers):
        self.headers = {"Content-Encoding": headers["content-encoding"]} if "content-encoding" in headers else {}


def settle():
    """A page whose file was changed just now is not kept."""
    time.sleep(0.03)


def outcome_of(answer):
    return re.search(r'desc="([a-z-]+)"', answer.headers["Server-Timing"])[1]


def generation(server):
    return len(re.findall("resuming normal operations", server.log_text()))


def restart(server, under_load=False):
    """Ends when the children of before are gone, unless they still have clients."""
    before, old = generation(server), set(server.children())
    server.session.close()
    server.graceful()
    wait_until(lambda: generation(server) > before)
    wait_until(lambda: under_load or not old & set(server.children()))


# ---- many at once ----

@pytest.mark.all_mpms
def test_a_cold_page_is_made_once(httpd, blog):
    httpd.revalidate = "1h"
    httpd.expect(BUSY)
    names = {f"p{n}": f"Number {n}. " * 2000 for n in range(4)}
    write(blog, {f"{name}.md": post(name, body) for name, body in names.items()})
    httpd.start(BLOG % "AtdDebug On" + MANY[httpd.mpm])
    settle()
    for name, body in names.items():
        barrier = threading.Barrier(200)

        def ask(number, name=name, barrier=barrier):
            encoding = ENCODINGS[number % 3] if name != "p0" else "identity"
            with Connection(httpd) as connection:
                barrier.wait(60)
                status, headers, sent = connection.ask(f"GET /blog/{name} HTTP/1.1",
                                                       [f"Accept-Encoding: {encoding}", "Connection: close"])
            return status, headers["server-timing"].split('"')[1], headers, sent

        with ThreadPoolExecutor(200) as pool:
            answers = list(pool.map(ask, range(200)))
        outcomes = [outcome for _, outcome, _, _ in answers]
        assert {status for status, _, _, _ in answers} == {200}
        assert outcomes.count("miss") == 1 and set(outcomes) <= {"miss", "hit", "stale", "checked"}, outcomes
        assert len({decode(Answer(headers), sent) for _, _, headers, sent in answers}) == 1


def test_an_old_page_is_made_anew_once(httpd, blog):
    """The others get the old one meanwhile."""
    httpd.revalidate = "300ms"
    httpd.expect(BUSY)
    write(blog, {"p.md": post("P", "Number 0. " * 2000)})
    httpd.start(BLOG % "AtdDebug On" + MANY[httpd.mpm])
    settle()
    fetch(httpd, "/blog/p")
    stop, outcomes = threading.Event(), []

    def ask(_):
        while not stop.is_set():
            with Connection(httpd) as connection:
                _, headers, body = connection.ask("GET /blog/p HTTP/1.1", ["Connection: close"])
            outcomes.append((re.search(rb"Number (\d+)", body)[1], headers["server-timing"].split('"')[1]))

    with ThreadPoolExecutor(20) as pool:
        done = pool.map(ask, range(20))
        try:
            for number in range(1, 5):
                write(blog, {"new": post("P", f"Number {number}. " * 2000)})
                (blog / "new").rename(blog / "p.md")
                wait_until(lambda: any(int(seen) == number for seen, _ in outcomes))
        finally:
            stop.set()
        list(done)
    made = [seen for seen, outcome in outcomes if outcome == "miss"]
    assert sorted(made) == sorted(set(made)), "made twice"
    assert {outcome for _, outcome in outcomes} <= {"miss", "hit", "stale", "checked", "bypass"}
    assert sum(outcome == "bypass" for _, outcome in outcomes) <= 8


# ---- children that die ----

def signed(number):
    """A post that shows whether it is whole."""
    text = f"Number {number}. " * random.randint(50, 3000)
    return post("Signed", f"BEGIN {text.strip()} END {hashlib.sha1(text.strip().encode()).hexdigest()}")


def is_whole(page):
    found = re.search(rb"<p>BEGIN (.*?) END ([0-9a-f]{40})", page, re.S)
    return bool(found) and hashlib.sha1(found[1]).hexdigest().encode() == found[2]


class Readers:
    """Clients that ask for signed pages until they are told to stop; a connection that breaks is no failure here."""

    def __init__(self, server, paths, clients=6):
        self.server, self.paths = server, paths
        self.stop, self.wrong, self.done = threading.Event(), [], 0
        self.threads = [threading.Thread(target=self._run, args=(n,)) for n in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self.threads), "a client hangs"

    def _run(self, number):
        while not self.stop.is_set():
            number += 1
            path, encoding = self.paths[number % len(self.paths)], ENCODINGS[number % 3]
            try:
                with Connection(self.server) as connection:
                    status, headers, body = connection.ask(f"GET {path} HTTP/1.1",
                                                           [f"Accept-Encoding: {encoding}", "Connection: close"])
            except TimeoutError:
                self.wrong.append("a request hung")
            except (OSError, ValueError, IndexError):  # the child died
                continue
            else:
                if status != 200 or not is_whole(decode(Answer(headers), body)):
                    self.wrong.append((path, encoding, status, body[:80]))
                self.done += 1


@pytest.mark.all_mpms
def test_children_are_killed_while_they_write(httpd, blog):
    httpd.expect(BUSY + "|AH00052|AH00051|exit signal Killed|AH00045|AH03490|AH00288")
    names = [f"p{n}" for n in range(5)]
    write(blog, {f"{name}.md": signed(0) for name in names})
    httpd.start(BLOG % "" + "StartServers 3\n<Location /blog/p0>\nAtdRevalidate 1h\n</Location>\n")
    paths = [f"/blog/{name}" for name in names]
    warm(httpd, *paths)
    numbers = iter(range(1, 1000000))

    def save(name):
        write(httpd.root, {"new": signed(next(numbers))})
        (httpd.root / "new").rename(blog / f"{name}.md")

    with Readers(httpd, paths) as readers:
        for kill in range(KILLS):
            seen = readers.done
            save(random.choice(names[1:]))
            wait_until(lambda: httpd.children())
            try:
                os.kill(random.choice(httpd.children()), signal.SIGKILL)
            except (ProcessLookupError, IndexError):
                continue
            save(random.choice(names[1:]))
            wait_until(lambda: readers.done > seen + 5, 30)
            assert not readers.wrong, (kill, readers.wrong)
    assert not readers.wrong, readers.wrong
    for name in names[1:]:
        save(name)
        right = (blog / f"{name}.md").read_text().split("END ")[1].strip()
        for encoding in ENCODINGS * 2:
            wait_until(lambda: right in text_of(httpd, f"/blog/{name}", encoding), 10)


# ---- restarts ----

@pytest.mark.all_mpms
def test_restarts_lose_no_request(httpd, blog):
    httpd.revalidate = "1h"
    httpd.expect(BUSY)
    write(blog, {f"p{n}.md": post(f"P{n}", f"Text of {n}. " * (n * 300 + 1)) for n in range(5)})
    httpd.start(BLOG % "")
    settle()
    pages = {f"/blog/p{n}": fetch(httpd, f"/blog/p{n}")[1] for n in range(5)}
    with load(httpd, pages, clients=4) as (failures, more):
        for _ in range(RESTARTS):
            restart(httpd, under_load=True)
            more(30)
            assert failures == []
    assert failures == [] and read_pages(httpd, pages) == []


def configure_again(server, old, new):
    path = server.root / "httpd.conf"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.all_mpms
def test_the_cache_outlives_a_restart(httpd, blog):
    httpd.revalidate = "1h"
    httpd.expect("AH00161|AH00484")
    write(blog, {"p.md": post("P", "Text. " * 500)})
    httpd.start("AtdCacheSize 2M\n" + BLOG % "AtdDebug On\nAtdSet footer First")
    settle()

    def ask():
        return [outcome_of(fetch(httpd, "/blog/p", encoding)[0]) for encoding in ENCODINGS]

    assert ask() == ["miss", "hit", "hit"]
    for _ in range(3):
        restart(httpd)
        assert ask() == ["hit"] * 3
    configure_again(httpd, "AtdCacheSize 2M", "AtdCacheSize 3M")
    restart(httpd)
    assert ask() == ["miss", "hit", "hit"] and ask() == ["hit"] * 3
    configure_again(httpd, "AtdSet footer First", "AtdSet footer Second")
    restart(httpd)
    assert ask() == ["miss", "hit", "hit"] and "Second" in text_of(httpd, "/blog/p", "br")
    configure_again(httpd, "AtdSet footer Second", "AtdSet footer First")
    restart(httpd)
    assert ask() == ["hit"] * 3 and "First" in text_of(httpd, "/blog/p", "br")
    for size in ("0", "3M"):
        configure_again(httpd, re.search("AtdCacheSize .*", (httpd.root / "httpd.conf").read_text())[0],
                        f"AtdCacheSize {size}")
        restart(httpd)
        assert ask() == (["bypass"] * 3 if size == "0" else ["miss", "hit", "hit"])


# ---- what is left ----

def traces():
    """Segments and semaphores of the whole machine, and files that stand for them."""
    found = {("file", path.name) for path in pathlib.Path("/dev/shm").iterdir()}
    for kind in ("m", "s"):
        listed = subprocess.run(["ipcs", f"-{kind}"], check=True, capture_output=True, text=True).stdout
        found |= {(kind, line.split()[1]) for line in listed.splitlines() if line.startswith("0x")}
    return found


@pytest.mark.all_mpms
@pytest.mark.parametrize("mutex", ["", "Mutex sysvsem default\n"], ids=["default", "sysvsem"])
def test_nothing_is_left(httpd, blog, mutex):
    httpd.expect("AH00161|AH00484")
    before = traces()
    write(blog, {"p.md": post("P")})
    httpd.start(mutex + BLOG % "")
    warm(httpd, "/blog/p")
    during = traces() - before
    restart(httpd)
    configure_again(httpd, "AtdRevalidate", "AtdCacheSize 1M\nAtdRevalidate")
    restart(httpd)
    warm(httpd, "/blog/p")
    httpd.stop()
    left = (during | traces()) - before
    wait_until(lambda: not left & traces(), 60)  # what others have made meanwhile goes, too
    assert not list(httpd.root.glob("*atd-cache*"))


# ---- sizes ----

def check_edits(server, blog):
    """Right pages, right encodings, edits that show."""
    for number in range(3):
        write(blog, {"p.md": post("P", f"Edit {number}. " * 100)})
        for encoding in ENCODINGS * 2:
            answer, body = fetch(server, "/blog/p", encoding)
            assert f"Edit {number}. Edit".encode() in decode(answer, body)
            assert answer.headers.get("Content-Encoding", "identity") == encoding
            assert fetch(server, "/blog/p", encoding, If_None_Match=answer.headers["ETag"])[0].status_code == 304


@pytest.mark.all_mpms
def test_without_a_cache(httpd, blog):
    httpd.start("AtdCacheSize 0\n" + BLOG % "AtdDebug On")
    check_edits(httpd, blog)
    assert {outcome_of(fetch(httpd, "/blog/p", encoding)[0]) for encoding in ENCODINGS * 2} == {"bypass"}


@pytest.mark.parametrize("share", [100, 5])
def test_more_pages_than_room(httpd, blog, share):
    httpd.revalidate = "1h"
    httpd.expect(BUSY)
    bodies = {n: f"Text of {n}. " * (20000 // len(f"Text of {n}. ")) for n in range(300)}
    write(blog, {f"p{n}.md": post(f"P{n}", body) for n, body in bodies.items()})
    httpd.start(f"AtdCacheSize 512K\nAtdCacheShare {share}\n" + BLOG % "")
    order = [(n, encoding) for n in bodies for encoding in ENCODINGS]

    def ask(asked):
        number, encoding = asked
        with Connection(httpd) as connection:
            status, headers, body = connection.ask(f"GET /blog/p{number} HTTP/1.1",
                                                   [f"Accept-Encoding: {encoding}", "Connection: close"])
        return status == 200 and bodies[number].strip().encode() in decode(Answer(headers), body)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, random.sample(order, 400)))


# ---- mutexes ----

MUTEXES = ["", "Mutex default\n", "Mutex pthread default\n", "Mutex pthread atd-cache\n", "Mutex sysvsem default\n",
           "Mutex fcntl:@ROOT@/locks default\n", "Mutex flock:@ROOT@/locks default\n",
           "Mutex file:@ROOT@/locks atd-cache\n", "Mutex sem atd-cache\n"]


@pytest.mark.all_mpms
@pytest.mark.parametrize("mutex", MUTEXES)
def test_mutexes(httpd, blog, mutex):
    httpd.expect("AH00052|exit signal Killed|AH00161|AH00484")
    (httpd.root / "locks").mkdir(mode=0o755)
    httpd.configure(mutex + BLOG % "AtdDebug On")
    if mutex == "Mutex sem atd-cache\n":  # whatever httpd takes for it: posixsem, on most systems
        httpd.expect("Mutex posixsem")
    httpd.start()
    check_edits(httpd, blog)
    if "sem atd" not in mutex:
        settle()
        assert outcome_of(fetch(httpd, "/blog/p")[0]) in ("miss", "checked")
        assert outcome_of(fetch(httpd, "/blog/p")[0]) == "checked"
    victim = httpd.children()[0]
    os.kill(victim, signal.SIGKILL)
    httpd.session.close()
    wait_until(lambda: victim not in httpd.children() and httpd.children())
    check_edits(httpd, blog)
    restart(httpd)
    check_edits(httpd, blog)


@pytest.mark.all_mpms
@pytest.mark.parametrize("name", ["default", "atd-cache"])
def test_a_mutex_that_would_hang_is_refused(httpd, blog, name):
    said = (r"'Mutex posixsem' can't be used for atd-cache, since a child that dies would block it for ever: "
            r"the cache is off\. Remove it, or write 'Mutex pthread atd-cache'")
    httpd.expect(said)
    httpd.expect("AH00161|AH00484")
    httpd.start(f"Mutex posixsem {name}\n" + BLOG % "AtdDebug On")
    httpd.wait_for_log(r"\[atd:error\].*" + said)
    check_edits(httpd, blog)
    assert outcome_of(fetch(httpd, "/blog/p")[0]) == "bypass"
    configure_again(httpd, f"Mutex posixsem {name}\n", "")
    restart(httpd)
    settle()
    assert [outcome_of(fetch(httpd, "/blog/p")[0]) for _ in range(2)] == ["miss", "checked"]


def test_no_mutex_is_no_choice(httpd, blog):
    code, said = httpd.configure("Mutex none atd-cache\n" + BLOG % "").check()
    assert code != 0 and "None is not allowed" in said
