# SPDX-License-Identifier: Apache-2.0
"""The protocol: methods, headers, connections, and what many clients and a restart do to them."""
import contextlib
import os
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from coding import ENCODINGS, decode, fetch
from httpd import post, write

HOP = {"Date", "Keep-Alive", "Connection"}
CLIENTS, PAGES = 60, 20


@pytest.fixture
def hello(httpd, blog):
    write(blog, {"hello.md": post("Hello", "World."), "other.md": post("Other", "There.")})
    httpd.start()
    return httpd


@pytest.fixture
def many(httpd, blog):
    """Twenty posts of different lengths, and the right bytes of each page."""
    write(blog, {f"post-{n}.md": post(f"Post {n}", f"This is {n}. " * (n * 40 + 1)) for n in range(PAGES)})
    httpd.start()
    pages = {f"/blog/post-{n}": httpd.get(f"/blog/post-{n}").content for n in range(PAGES)}
    for n in range(PAGES):
        assert pages[f"/blog/post-{n}"].count(b"This is %d. " % n) >= n * 40
    return pages


class Connection:
    """A connection whose bytes the test writes itself."""

    def __init__(self, server):
        self.host = f"127.0.0.1:{server.port}"
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def send(self, line, headers=(), body=b""):
        head = "\r\n".join([line, f"Host: {self.host}", *headers]) + "\r\n\r\n"
        self.socket.sendall(head.encode() + body)

    def receive(self, head=False):
        """(status, headers in lower case, body) of the next answer."""
        line = self.file.readline()
        if not line:
            raise ConnectionError("closed")
        headers = {}
        while (field := self.file.readline().strip()):
            name, value = field.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        status = int(line.split()[1])
        if head or status in (100, 204, 304):
            return status, headers, b""
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, self._chunks()
        if "content-length" not in headers:
            return status, headers, self.file.read()
        body = self.file.read(int(headers["content-length"]))
        if len(body) != int(headers["content-length"]):
            raise ConnectionError("cut short")
        return status, headers, body

    def _chunks(self):
        body = b""
        while size := int(self.file.readline(), 16):
            body += self.file.read(size)
            self.file.readline()
        self.file.readline()
        return body

    def ask(self, line, headers=(), body=b""):
        self.send(line, headers, body)
        return self.receive(head=line.startswith("HEAD"))


# ---- methods ----

@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("path", ["/blog/", "/blog/hello", "/blog/nothing", "/blog/hello/", "/blog/hello.md"])
def test_head_is_get_without_a_body(hello, path, encoding):
    got, body = fetch(hello, path, encoding)
    head, nothing = fetch(hello, path, encoding, method="HEAD")
    assert (head.status_code, nothing) == (got.status_code, b"")
    skipped = HOP if body else HOP | {"Content-Length"}  # httpd leaves out a length of 0
    assert {k: v for k, v in head.headers.items() if k not in skipped} == \
           {k: v for k, v in got.headers.items() if k not in skipped}
    assert int(got.headers["Content-Length"]) == len(body)
    if got.status_code == 200:
        small = path.endswith(".md")
        assert got.headers.get("Content-Encoding", "identity") == ("identity" if small else encoding)
        assert decode(got, body) == fetch(hello, path)[1]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "MKCOL", "LOCK", "BREW"])
@pytest.mark.parametrize("path", ["/blog/", "/blog/hello", "/blog/nothing", "/blog/hello.md", "/blog/_theme/x.0.css"])
def test_other_methods_are_refused(hello, method, path):
    answer = hello.get(path, method=method)
    if method == "BREW" and answer.status_code == 501:
        return
    assert answer.status_code == 405 and "World." not in answer.text
    assert set(re.split(", *", answer.headers["Allow"])) - {"TRACE"} == {"GET", "HEAD"}


def test_allow_and_trace(httpd, blog):
    write(blog, {"hello.md": post("Hello", "World.")})
    httpd.expect("AH02980|AH00525|TRACE")
    httpd.configure("TraceEnable Off\n<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>").start()
    assert sorted(re.split(", *", httpd.get("/blog/hello", method="POST").headers["Allow"])) == ["GET", "HEAD"]
    trace = httpd.get("/blog/hello", method="TRACE")
    assert trace.status_code == 405 and "World." not in trace.text


def test_trace_shows_no_page(hello):
    assert "World." not in hello.get("/blog/hello", method="TRACE").text


@pytest.mark.parametrize("headers, body", [
    (["Content-Length: 37"], b"GET /blog/other HTTP/1.1\r\nHost: x\r\n\r\n"),
    (["Content-Length: 300000"], b"x" * 300000),
    (["Transfer-Encoding: chunked"], b"5\r\nhello\r\n0\r\n\r\n")], ids=["request", "long", "chunked"])
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_a_body_does_not_poison_the_connection(hello, method, headers, body):
    with Connection(hello) as connection:
        status, _, first = connection.ask(f"{method} /blog/hello HTTP/1.1", headers, body)
        assert status == (200 if method == "GET" else 405)
        try:
            status, _, page = connection.ask("GET /blog/other HTTP/1.1")
        except ConnectionError:
            pytest.fail("the connection was closed")
        assert status == 200 and b"There." in page


@pytest.mark.parametrize("method, status", [("POST", 405), ("GET", 200)])
def test_expect_continue(hello, method, status):
    """A client that waits for 100 gets an answer, with or without it."""
    with Connection(hello) as connection:
        connection.send(f"{method} /blog/hello HTTP/1.1", ["Expect: 100-continue", "Content-Length: 5"])
        first, headers, _ = connection.receive()
        if first == 100:
            connection.socket.sendall(b"hello")
            first, headers, _ = connection.receive()
        assert first == status
    with Connection(hello) as connection:
        assert connection.ask("GET /blog/other HTTP/1.1")[0] == 200


def test_unknown_expectation_is_refused(hello):
    with Connection(hello) as connection:
        assert connection.ask("GET /blog/hello HTTP/1.1", ["Expect: miracles"])[0] == 417


# ---- requests ----

@pytest.mark.parametrize("query", ["?", "?a=b&c", "?%00", "?<script>", "?a=../../hello.md", "?\xff",
                                   "??", "?=hello.md"])
def test_queries_change_nothing(hello, query):
    status, answer = hello.raw_path(b"/blog/hello" + query.encode("latin-1"))
    assert status == 200
    assert answer.split(b"\r\n\r\n", 1)[1] == hello.get("/blog/hello").content
    assert b"<script>alert" not in answer


def test_a_long_query_changes_nothing(hello):
    status, answer = hello.raw_path("/blog/hello?" + "q" * 4000)
    assert status == 200 and answer.split(b"\r\n\r\n", 1)[1] == hello.get("/blog/hello").content


def test_headers_of_a_page(hello):
    for path in ("/blog/", "/blog/hello", "/blog/nothing"):
        headers = hello.get(path).headers
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-cache"


def test_http_1_0(hello):
    status, answer = hello.raw(b"GET /blog/hello HTTP/1.0\r\n\r\n")
    head, body = answer.split(b"\r\n\r\n", 1)
    assert status == 200 and b"Transfer-Encoding" not in head and body == hello.get("/blog/hello").content
    assert b"Content-Length: %d" % len(body) in head


def test_absolute_form(hello):
    host = f"127.0.0.1:{hello.port}"
    status, answer = hello.raw(f"GET http://{host}/blog/hello HTTP/1.1\r\nHost: ignored.example\r\n"
                               "Connection: close\r\n\r\n".encode())
    assert status == 200 and answer.split(b"\r\n\r\n", 1)[1] == hello.get("/blog/hello").content


@pytest.mark.parametrize("host", ['x"><script>', "a b", "x/../y", "x\x00", "<b>"])
def test_strange_hosts_reach_no_page(hello, host):
    hello.expect("AH02429|AH02430|AH00550|AH02432")
    _, answer = hello.raw(f"GET /blog/hello HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert b" 400 " in answer.split(b"\r\n")[0] and b"<script>" not in answer


def test_range_of_a_page(hello):
    """Of the bytes that are sent: those of the encoding that was asked for."""
    for encoding in ENCODINGS:
        whole = fetch(hello, "/blog/hello", encoding)[1]
        answer, part = fetch(hello, "/blog/hello", encoding, Range="bytes=10-19")
        assert (answer.status_code, part) == (206, whole[10:20])
        assert answer.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
        assert fetch(hello, "/blog/hello", encoding, Range=f"bytes={len(whole) + 5}-")[0].status_code == 416


def test_keep_alive(hello):
    page = hello.get("/blog/hello").content
    with Connection(hello) as connection:
        for _ in range(20):
            assert connection.ask("GET /blog/hello HTTP/1.1")[2] == page
            assert connection.ask("HEAD /blog/hello HTTP/1.1")[0] == 200
            assert connection.ask("GET /blog/nothing HTTP/1.1")[0] == 404


def test_pipelined_requests(hello):
    expected = {name: hello.get(f"/blog/{name}").content for name in ("hello", "other", "nothing", "")}
    order = ["hello", "nothing", "other", "", "other", "hello"] * 5
    with Connection(hello) as connection:
        connection.socket.sendall(b"".join(b"GET /blog/%s HTTP/1.1\r\nHost: %s\r\n\r\n"
                                           % (name.encode(), connection.host.encode()) for name in order))
        for name in order:
            assert connection.receive()[2] == expected[name]


# ---- the theme's files ----

def test_theme_files(hello):
    page = hello.get("/blog/hello").text
    for ending, kind in ((".css", "text/css; charset=utf-8"), (".svg", "image/svg+xml")):
        url = re.search(rf'"(/blog/_theme/\w+\.[0-9a-f]+\{ending})"', page)[1]
        current = hello.get(url, headers={"Accept-Encoding": "identity"})
        old = hello.get(re.sub(r"\.[0-9a-f]+\.", ".000000000000.", url))
        assert current.status_code == old.status_code == 200 and current.content == old.content
        assert current.headers["Content-Type"] == old.headers["Content-Type"] == kind
        assert current.headers["X-Content-Type-Options"] == "nosniff"
        assert current.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "immutable" not in old.headers["Cache-Control"] and "max-age" not in old.headers["Cache-Control"]
        assert current.headers["Content-Length"] == str(len(current.content))
        head = fetch(hello, url, method="HEAD")[0]
        assert head.headers["Content-Length"] == current.headers["Content-Length"]


@pytest.mark.parametrize("name", ["nothing.0.css", "style.css", "style.0.js", "style.0.css/", "style..css", "",
                                  ".0.css", "../hello.0.css", "post.0.mustache", "layout.0.mustache",
                                  "style.0.css/more", "a/b.0.css"])
def test_unknown_theme_files(hello, name):
    answer = hello.raw_path("/blog/_theme/" + name)
    assert answer[0] == 404 and b"immutable" not in answer[1]


# ---- many clients, restarts ----

def read_pages(server, pages, rounds=1):
    """Each page on one connection; a list of what went wrong."""
    wrong = []
    with Connection(server) as connection:
        for path, right in list(pages.items()) * rounds:
            status, _, body = connection.ask(f"GET {path} HTTP/1.1")
            if (status, body) != (200, right):
                wrong.append((path, status))
    return wrong


def read_apart(server, pages):
    """Each page on a connection of its own."""
    wrong = []
    for path, right in pages.items():
        with Connection(server) as connection:
            status, _, body = connection.ask(f"GET {path} HTTP/1.1", ["Connection: close"])
            if (status, body) != (200, right):
                wrong.append((path, status))
    return wrong


@pytest.mark.all_mpms
def test_many_clients_get_right_bytes(httpd, many):
    httpd.expect("AH00484|AH00161|AH10159|AH03490")  # more clients than workers: the rest waits
    shifted = [dict(list(many.items())[n % PAGES:] + list(many.items())[:n % PAGES]) for n in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        results = list(pool.map(lambda pages: read_apart(httpd, pages), shifted))
    assert results == [[]] * CLIENTS


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@contextlib.contextmanager
def load(server, pages, clients=6):
    """Clients that read on until the block ends; yields (failures, a function that waits for so many more pages)."""
    stop = threading.Event()
    failures, done = [], []

    def run():
        while not stop.is_set():
            for path, right in pages.items():
                try:
                    with Connection(server) as connection:
                        status, _, body = connection.ask(f"GET {path} HTTP/1.1", ["Connection: close"])
                    if (status, body) != (200, right):
                        failures.append((path, status, body[:80]))
                except OSError as error:
                    failures.append(error)
                done.append(path)

    def more(count):
        end = len(done) + count
        while len(done) < end and any(thread.is_alive() for thread in threads):
            stop.wait(0.005)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        more(20)
        yield failures, more
        more(100)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


@pytest.mark.all_mpms
def test_a_killed_child_loses_only_its_own_connections(httpd, many, mpm):
    httpd.expect("AH00484|AH00161|AH10159")
    pages = dict(list(many.items())[:5])
    clients = 6
    with load(httpd, pages, clients) as (failures, more):
        victim = httpd.children()[0]
        os.kill(victim, signal.SIGKILL)
        more(200)
    assert all(isinstance(failure, OSError) for failure in failures), failures
    assert len(failures) <= clients  # each had one connection, if that, in the child
    wait_until(lambda: victim not in httpd.children())
    assert read_pages(httpd, many) == []


@pytest.mark.all_mpms
def test_graceful_restart_loses_nothing(httpd, many):
    httpd.expect("AH00484|AH00161|AH10159")
    pages = dict(list(many.items())[:5])
    with load(httpd, pages) as (failures, more):
        for _ in range(3):
            seen = len(re.findall("resuming normal operations", httpd.log_text()))
            httpd.graceful()
            httpd.wait_for_log("(resuming normal operations(.|\n)*){%d}" % (seen + 1), 20)
            more(60)
    assert failures == []
    assert read_pages(httpd, many) == []
