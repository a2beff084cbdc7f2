# SPDX-License-Identifier: Apache-2.0
"""AtdCacheBackend: two servers share pages over Redis and memcached, and do without where that is down, hangs or lies.

Both servers know their blog by the same path, /proc/self/cwd, which leads each to a folder of its own. The second one's
posts say "Two" where the first one's say "One", with the same sizes and times: who shows "One" there got it from the first.
"""
import concurrent.futures
import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

from coding import ENCODINGS, decode
from httpd import Httpd, free_port, modules_folder, post, write

OLD = 1_700_000_000
HOST = {"Host": "example.org:80"}  # else the page would have each server's own port in its address
CONFIG = """
LoadModule socache_redis_module {modules}/mod_socache_redis.so
LoadModule socache_memcache_module {modules}/mod_socache_memcache.so
LoadModule socache_shmcb_module {modules}/mod_socache_shmcb.so
AtdCacheBackend {backend}
AtdRevalidate {revalidate}
<Directory />
Options FollowSymLinks
Require all granted
</Directory>
<Location /blog>
AtdEngine On
AtdContent /proc/self/cwd/docs/blog
</Location>
<Location /atd-status>
SetHandler atd-status
</Location>
"""
PROVIDER_SAYS = r"AH0347[89]|AH0348|AH0079[01]"
WARNING = r"\[atd:warn\].*AtdCacheBackend"


class Machine(Httpd):
    """A server whose working folder is its own."""

    def __init__(self, word="One"):
        super().__init__(log_level="info")
        self.word = word
        (self.docs / "blog").mkdir()

    def _command(self):
        return ["env", "-C", str(self.root)] + super()._command()

    def begin(self, backend, revalidate="0"):
        return self.start(CONFIG.format(modules=modules_folder(), backend=backend, revalidate=revalidate))

    def put(self, name, text, mtime=OLD):
        """Another machine's copy has another fraction of the second, too."""
        path = self.docs / "blog" / name
        write(self.docs / "blog", {name: text.replace("@WORD@", self.word)})
        os.utime(path, ns=(mtime * 10**9, mtime * 10**9 + random.randrange(10**9)))

    def page(self, name="", encoding="identity"):
        answer = self.get("/blog/" + name, headers={**HOST, "Accept-Encoding": encoding}, stream=True)
        assert answer.status_code == 200, (name, answer.status_code)
        return decode(answer, answer.raw.read(decode_content=False)).decode()

    def figures(self):
        return self.get("/atd-status?json").json()

    def warnings(self):
        return len(re.findall(WARNING, self.log_text()))


class Backend:
    """A Redis or memcached of this test's, with nothing on disk."""

    PROGRAMS = {"redis": "redis-server", "memcache": "memcached"}

    def __init__(self, kind):
        self.kind = kind
        self.program = shutil.which(self.PROGRAMS[kind])
        if not self.program:
            assert not os.environ.get("CI"), f"{self.PROGRAMS[kind]} is not installed"
            pytest.skip(f"{self.PROGRAMS[kind]} is not installed")
        self.folder = tempfile.mkdtemp(prefix="atd-test-backend-")
        self.port = free_port()
        self.spec = f"{kind}:127.0.0.1:{self.port}"
        self.process = None
        self.begin()

    def begin(self):
        port = str(self.port)
        options = {"redis": ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self.folder],
                   "memcache": ["-l", "127.0.0.1", "-p", port, "-u", "nobody"]}[self.kind]
        self.process = subprocess.Popen([self.program] + options, cwd=self.folder, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            assert time.monotonic() < end and self.process.poll() is None, f"{self.program} does not listen"
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def close(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def redis(self, *words):
        """One command of Redis: bytes, a list of them, or None."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            stream = connection.makefile("rwb")
            stream.write(b"*%d\r\n" % len(words))
            for word in words:
                stream.write(b"$%d\r\n%s\r\n" % (len(word), word))
            stream.flush()
            return self._reply(stream)

    def _reply(self, stream):
        line = stream.readline()
        number = int(line[1:]) if line[:1] in b"*$" else 0
        if line[:1] == b"*":
            return [self._reply(stream) for _ in range(number)]
        return stream.read(number + 2)[:-2] if line[:1] == b"$" and number >= 0 else None


@pytest.fixture
def machines(request):
    """The two servers, not started yet, with the same posts."""
    both = [Machine("One"), Machine("Two")]
    for machine in both:
        for name in ("a.md", "b.md"):
            machine.put(name, post(name[0], "The word is @WORD@. " + "Some more of it. " * 100))
    yield both
    failed = getattr(request.node, "result_call", None)
    for machine in both:
        if failed is not None and failed.failed:
            print(machine.log_text())
        machine.close(verify=not (failed is not None and failed.failed))


@pytest.fixture(params=["redis", "memcache"])
def backend(request):
    server = Backend(request.param)
    yield server
    server.close()


@pytest.fixture
def redis():
    server = Backend("redis")
    yield server
    server.close()


def eventually(holds, seconds=5):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def stored(machine, pages):
    """Calls are made by another thread: the page is there a moment later."""
    eventually(lambda: machine.figures()["secondStores"] >= pages)
    time.sleep(0.05)


# ---- sharing ----

def test_a_page_is_made_once_for_both(machines, backend):
    first, second = [machine.begin(backend.spec) for machine in machines]
    pages = {name: first.page(name) for name in ("a", "b", "")}
    assert "The word is One" in pages["a"]
    stored(first, 3)
    for name, text in pages.items():
        assert [second.page(name, encoding) for encoding in ENCODINGS] == [text] * 3
    figures = second.figures()
    assert (figures["secondHits"], figures["renders"], figures["secondStores"]) == (3, 0, 0)
    backend.kill()  # what was taken is kept, and checked against the files here
    assert second.page("a") == pages["a"]
    second.put("a.md", post("a", "The word is Three."), OLD + 9)
    second.expect(PROVIDER_SAYS + "|" + WARNING)
    assert "The word is Three" in second.page("a")


def test_an_edit_is_never_hidden_by_what_another_has(machines, backend):
    first, second = [machine.begin(backend.spec) for machine in machines]
    for machine in machines:
        machine.page("a"), machine.page()
    assert "The word is One" in second.page("a")
    edited = post("Edited", "The word is @WORD@, edited.")
    first.put("a.md", edited, OLD + 9)
    assert "One, edited" in first.page("a") and "Edited" in first.page()
    assert "edited" not in second.page("a").lower() and "Edited" not in second.page()
    second.put("a.md", edited, OLD + 10)  # the same, at another time: its own
    assert "Two, edited" in second.page("a")
    second.put("a.md", edited.replace("Edited", "edited"), OLD + 11)
    first.put("a.md", edited.replace("Edited", "edited"), OLD + 11)
    time.sleep(0.1)  # what was written a moment ago is not kept
    assert "Two, edited" in second.page("a")
    time.sleep(0.1)
    assert "Two, edited" in first.page("a")
    (second.docs / "blog/a.md").unlink()
    assert second.get("/blog/a", headers=HOST).status_code == 404
    assert "Two, edited" in first.page("a")


def test_what_has_just_changed_errors_and_hidden_posts_stay_at_home(machines, redis):
    first = machines[0].begin(redis.spec)
    write(first.docs, {"blog/new.md": post("New", "New."), "blog/bad.md": "---\ntitle: a: b\n---\n"})
    first.put("draft.md", post("Draft", "Draft.", status="draft"))
    first.expect(r"bad\.md")
    for name in ("new", "bad", "draft", "none"):
        first.get("/blog/" + name, headers=HOST)
    assert first.figures()["secondStores"] == 0 and redis.redis(b"KEYS", b"*") == []
    time.sleep(2.1)  # a post's page shows others: what is new among them keeps it at home, too
    first.page("a")
    stored(first, 1)
    [key] = redis.redis(b"KEYS", b"*")
    assert re.fullmatch(rb"mod_atd:[0-9a-f]{64}", key)


def test_another_host_gets_another_page(machines, redis):
    first, second = [machine.begin(redis.spec) for machine in machines]
    first.page("a")
    stored(first, 1)
    answer = second.get("/blog/a", headers={"Host": "elsewhere.example"})
    assert "The word is Two" in answer.text and "example.org" not in answer.text
    stored(second, 1)  # before the backend goes


def test_shmcb_keeps_what_the_cache_loses(machines):
    first = machines[0].begin("shmcb:", revalidate="1h")
    assert "The word is One" in first.page("a")
    stored(first, 1)
    first.put("a.md", post("a", "The word is Two. " + "Some more of it. " * 100))
    assert first.get("/atd-status", "POST", data={"all": "1"}, headers={"X-Atd-Purge": "1"}).status_code == 200
    assert "The word is One" in first.page("a") and first.figures()["secondHits"] == 1
    first.graceful()
    first.wait_for_log("resuming normal operations.*(.|\n)*resuming normal operations")
    first.put("big.md", post("Big", "Big " * 50000))
    first.expect("AH0083|AH0084")  # objects of some 50 kB are the most that it takes by default
    assert "Big Big" in first.page("big") and "The word is" in first.page("b")
    stored(first, 3)
    assert first.warnings() == 0


# ---- out of order ----

def fetch_all(machine, names):
    """With what time each took."""
    def fetch(name):
        begun = time.monotonic()
        answer = machine.get("/blog/" + name, headers=HOST)
        return answer.status_code, f"Text of {name}." in answer.text, time.monotonic() - begun
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(fetch, names))


def add_posts(machine, prefix, count):
    names = [f"{prefix}{i}" for i in range(count)]
    for name in names:
        machine.put(name + ".md", post(name, f"Text of {name}."))
    return names


def right(answers, longest=2):
    """A loaded machine takes its time; five seconds are what Redis's client waits for, and memcached's has no limit."""
    return all(status == 200 and good and seconds < longest for status, good, seconds in answers)


@pytest.mark.slow
def test_pages_go_on_when_it_is_killed_and_back(machines, backend):
    first = machines[0]
    names = add_posts(first, "p", 300)
    first.begin(backend.spec)
    first.expect(PROVIDER_SAYS + "|" + WARNING)
    with concurrent.futures.ThreadPoolExecutor(1) as killer:
        killed = killer.submit(lambda: (time.sleep(0.2), backend.kill()))
        assert right(fetch_all(first, names))
        killed.result()
    more = add_posts(first, "q", 50)
    assert right(fetch_all(first, more))
    assert 1 <= first.warnings() <= len(first.children())
    backend.begin()
    for name in add_posts(first, "r", 150):
        if "works again" in first.log_text():
            break
        time.sleep(0.1)
        first.page(name)
    assert "works again" in first.log_text()
    names = add_posts(first, "s", 4)
    before = first.figures()["secondStores"]
    time.sleep(2.1)  # what was written a moment ago is not offered to others
    assert right(fetch_all(first, names))
    eventually(lambda: first.figures()["secondStores"] > before)


def test_one_that_hangs_costs_a_moment_once(machines, backend):
    first = machines[0]
    names = add_posts(first, "p", 60)
    first.begin(backend.spec)
    first.expect(PROVIDER_SAYS + "|" + WARNING)
    first.page("a")
    stored(first, 1)
    backend.process.send_signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        assert right(fetch_all(first, names))
        assert time.monotonic() - begun < 10
        begun = time.monotonic()
        first.page("b")
        assert time.monotonic() - begun < 1
        assert 1 <= first.warnings() <= len(first.children())
        begun = time.monotonic()
        first.stop()  # while a call is under way
        assert time.monotonic() - begun < 8
    finally:
        backend.process.send_signal(signal.SIGCONT)


def damaged(values):
    """Ways to spoil an object: noise, a cut, a flipped bit anywhere, another one's, lengths that lie, nothing."""
    noise = random.Random(5)
    for value in values:
        yield noise.randbytes(len(value))
        yield value[:noise.randrange(len(value))]
        for _ in range(8):
            at = noise.randrange(len(value))
            yield value[:at] + bytes([value[at] ^ 1 << noise.randrange(8)]) + value[at + 1:]
        yield value[:8] + b"\xff" * 8 + value[16:]
        yield value[:16] + b"\0" * 24 + value[40:]
    yield b"x"
    yield values[0] + values[1]


def test_whatever_it_says_pages_are_right(machines, redis):
    first, second = [machine.begin(redis.spec) for machine in machines]
    first.page("a"), first.page("b")
    stored(first, 2)
    keys = redis.redis(b"KEYS", b"*")
    values = [redis.redis(b"GET", key) for key in keys]
    assert len(keys) == 2 and all(values)
    second.page("a"), second.page("b")
    assert second.figures()["secondHits"] == 2
    mtime = OLD
    for spoilt in list(damaged(values)) + [values[::-1]]:
        mtime += 1  # so that it has to ask again
        for key, value in zip(keys, spoilt if isinstance(spoilt, list) else [spoilt] * 2):
            redis.redis(b"SET", key, value)
        for name in "ab":
            second.put(name + ".md", post(name, f"Text of {name}."), mtime)
            assert f"Text of {name}." in second.page(name)
    assert second.figures()["secondHits"] == 2


# ---- configtest ----

MUST = "must be none, redis:HOST:PORT, memcache:HOST:PORT"


@pytest.mark.parametrize("spec, says", [
    ("redis:127.0.0.1:6379", None), ("memcache:a:1,b:2", None), ("shmcb:", None), ("none", None),
    ("shmcb:@ROOT@/cache(512000)", None), ("redis", MUST), ("redis:", MUST), ("redis:localhost", MUST),
    ("redis:6379", MUST), ("memcache:a:1,b", MUST), ("memcache:,", MUST), ("redis:a:0", MUST), ("redis:a:99999", MUST),
    ("dbm:/tmp/x", MUST), (":", MUST), ("shmcb:@ROOT@/cache(1)", "shmcb:@ROOT@/cache(1)'")])
def test_configtest(machines, spec, says):
    first = machines[0]
    first.configure(CONFIG.format(modules=modules_folder(), backend=spec, revalidate=0)
                    .replace("/proc/self/cwd", str(first.root)))
    code, said = first.check()
    assert (code == 0) == (says is None), said
    if says:
        assert "AtdCacheBackend '" in said and says.replace("@ROOT@", str(first.root)) in said


@pytest.mark.parametrize("loaded", ["", "shmcb"])
def test_a_module_that_is_not_loaded_is_named(machines, loaded):
    lines = "".join(f"LoadModule socache_{name}_module {modules_folder()}/mod_socache_{name}.so\n"
                    for name in loaded.split())
    code, said = machines[0].configure(lines + "AtdCacheBackend redis:127.0.0.1:6379").check()
    assert code != 0
    assert "write 'LoadModule socache_redis_module modules/mod_socache_redis.so' above it" in said
    assert f"these are loaded: {loaded or 'none'}" in said
