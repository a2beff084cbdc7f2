# SPDX-License-Identifier: Apache-2.0
"""One page of 20 kB from httpd and nginx in many ways, in turn, under wrk. Prints a table and writes docs/benchmarks.md."""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import pwd
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
CONNECTIONS = 64
KEPT = "## A whole blog"
SLUG = "a-page-of-twenty-kilobytes"
WORDS = ("a page that says something about nothing in particular so that its words are of common length and its letters "
         "of common frequency which is what compressors are made for ").split()


class Contestant:
    def __init__(self, name, port, path, *, group, headers=None, edits=None):
        self.name, self.port, self.path, self.group = name, port, path, group
        self.headers = headers or {}
        self.edits = edits  # a file that is saved ten times a second meanwhile
        self.rates, self.p50, self.p99 = [], [], []
        self.calls = None

    @property
    def rate(self):
        return statistics.median(self.rates)


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


def fetch(port, path, headers=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers, answer.read()


def wait_for(port):
    for _ in range(400):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.02)
    raise SystemExit(f"nothing listens on port {port}")


def write_post(folder, length):
    """A post whose page has about 20 kB with the built-in theme."""
    body, line = [], []
    for number in range(length):
        line.append(WORDS[(number * number + number // 7) % len(WORDS)])
        if number % 11 == 10:
            body.append(" ".join(line) + ".")
            line = []
    text = "\n\n".join(" ".join(body[i:i + 5]) for i in range(0, len(body), 5))
    (folder / f"{SLUG}.md").write_text(f"---\ntitle: A page of twenty kilobytes\ndate: 2025-06-16\n---\n\n{text}\n")
    (folder / "site.yaml").write_text("title: Bench\nurl: http://bench.example\nrelated: 0\n")
    for path in [folder, *folder.iterdir()]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def user_lines():
    if os.getuid() != 0:
        return ""
    user = pwd.getpwnam("www-data")
    return f"User www-data\nGroup #{user.pw_gid}\n"


def httpd_config(run, build, ports, headers):
    modules = subprocess.run(["apxs", "-q", "LIBEXECDIR"], capture_output=True, text=True, check=True).stdout.strip()
    names = ("mpm_event authz_core dir mime deflate brotli filter setenvif cache cache_socache socache_shmcb").split()
    load = "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in names)
    header = "".join(f'BenchHeader {name} "{value}"\n' for name, value in headers.items())
    compress = "SetOutputFilter DEFLATE"
    plain, quick = ports["httpd"], ports["quick"]
    return f"""ServerRoot {run}
DefaultRuntimeDir {run}
PidFile {run}/httpd.pid
Listen 127.0.0.1:{plain}
Listen 127.0.0.1:{quick}
ServerName 127.0.0.1:{plain}
ErrorLog {run}/error.log
LogLevel warn
{load}LoadModule atd_module {build}/mod_atd/.libs/mod_atd.so
LoadModule bench_module {build}/mod_bench.so
{user_lines()}TypesConfig /etc/mime.types
AddDefaultCharset utf-8
StartServers 2
ServerLimit 2
ThreadLimit 128
ThreadsPerChild 128
MinSpareThreads 1
MaxSpareThreads 256
MaxRequestWorkers 256
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
EnableMMAP On
EnableSendfile Off
CacheSocache shmcb
CacheSocacheMaxSize 102400
AtdQuickHandler Off
DocumentRoot {run}/docs
{header}BenchBody {run}/docs/static/page.html
BenchTag 0123456789abcdef
<Directory />
AllowOverride None
Require all granted
</Directory>
<Directory {run}/docs/sendfile>
EnableSendfile On
</Directory>
<Directory {run}/docs/deflate>
{compress}
</Directory>
<Directory {run}/docs/brotli>
SetOutputFilter BROTLI_COMPRESS
</Directory>
<Directory {run}/docs/htaccess>
AllowOverride FileInfo
</Directory>
<Directory {run}/docs/blog>
AtdEngine On
</Directory>
<Directory {run}/docs/edited>
AtdEngine On
</Directory>
<Directory {run}/docs/cold>
AtdEngine On
AtdRevalidate 0
</Directory>
<Location /blog/bench>
SetHandler bench
</Location>
<VirtualHost 127.0.0.1:{plain}>
CacheQuickHandler Off
<Location /socache>
CacheEnable socache
</Location>
</VirtualHost>
<VirtualHost 127.0.0.1:{quick}>
CacheQuickHandler On
CacheEnable socache /socache
AtdQuickHandler On
{header}BenchBody {run}/docs/static/page.html
BenchQuick /bench
</VirtualHost>
"""


def nginx_config(run, ports):
    user = "user www-data;" if os.getuid() == 0 else ""
    return f"""{user}
worker_processes 2;
pid {run}/nginx.pid;
error_log {run}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; }}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  client_body_temp_path {run}/t1; proxy_temp_path {run}/t2; fastcgi_temp_path {run}/t3;
  uwsgi_temp_path {run}/t4; scgi_temp_path {run}/t5;
  server {{ listen 127.0.0.1:{ports['nginx']}; root {run}/docs; }}
  server {{ listen 127.0.0.1:{ports['nginx_open']}; root {run}/docs; open_file_cache max=100; gzip_static on; }}
}}
"""


class Servers:
    def __init__(self, build):
        self.build = build
        self.run = pathlib.Path(tempfile.mkdtemp(prefix="atd-bench-"))
        self.run.chmod(0o755)
        self.ports = dict(zip(("httpd", "quick", "nginx", "nginx_open"), free_ports(4)))
        self.processes = []
        self.headers = {}

    def _lay_out(self):
        docs = self.run / "docs"
        for name in ("static", "sendfile", "deflate", "brotli", "socache", "htaccess", "blog", "cold", "edited",
                     "htaccess/blog"):
            (docs / name).mkdir(parents=True)
        for name in ("blog", "cold", "edited", "htaccess/blog"):
            write_post(docs / name, 2650)
        (docs / "htaccess/.htaccess").write_text("AddDefaultCharset utf-8\n")
        (docs / "htaccess/blog/.htaccess").write_text("AtdEngine On\n")
        (docs / "static/page.html").write_text("placeholder")

    def _place_page(self):
        """The page as mod_atd serves it becomes the static file."""
        docs = self.run / "docs"
        headers, body = fetch(self.ports["httpd"], f"/blog/{SLUG}")
        for name in ("static", "sendfile", "deflate", "brotli", "socache", "htaccess"):
            (docs / name / "page.html").write_bytes(body)
        subprocess.run(["gzip", "-kn9", docs / "static/page.html"], check=True)
        skipped = ("Date", "Server", "Content-Length", "Content-Type", "Connection", "Keep-Alive", "ETag", "Accept-Ranges")
        self.headers = {name: value.replace('"', "'") for name, value in headers.items() if name not in skipped}
        return body

    def _start_httpd(self):
        (self.run / "httpd.conf").write_text(httpd_config(self.run, self.build, self.ports, self.headers))
        program = shutil.which("apache2") or shutil.which("httpd") or "/usr/sbin/apache2"
        process = subprocess.Popen([program, "-f", str(self.run / "httpd.conf"), "-DFOREGROUND"], start_new_session=True)
        wait_for(self.ports["httpd"])
        return process

    def __enter__(self):
        self._lay_out()
        first = self._start_httpd()
        self.body = self._place_page()
        first.send_signal(signal.SIGTERM)
        first.wait(20)
        self.processes.append(self._start_httpd())
        (self.run / "nginx.conf").write_text(nginx_config(self.run, self.ports))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.processes.append(subprocess.Popen(
            [nginx, "-p", str(self.run), "-c", str(self.run / "nginx.conf"), "-g", "daemon off;"]))
        wait_for(self.ports["nginx"])
        return self

    def __exit__(self, *exception):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(20)
        log = (self.run / "error.log").read_text()
        for line in log.splitlines():
            if re.search(r"\[(atd|core):(warn|error|crit)", line):
                print(line)
        shutil.rmtree(self.run)


def contestants(servers):
    port, quick = servers.ports["httpd"], servers.ports["quick"]
    tag = fetch(port, f"/blog/{SLUG}")[0]["ETag"]
    static_tag = fetch(port, "/static/page.html")[0]["ETag"]
    gzip, brotli = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}
    fetch(quick, f"/blog/{SLUG}")
    return [
        Contestant("httpd static, as shipped (EnableSendfile Off)", port, "/static/page.html", group="static"),
        Contestant("httpd static, EnableSendfile On", port, "/sendfile/page.html", group="static"),
        Contestant("httpd static + mod_cache_socache", port, "/socache/page.html", group="static"),
        Contestant("do-nothing handler, same bytes and headers", port, "/blog/bench", group="limit"),
        Contestant("**mod_atd hit**", port, f"/blog/{SLUG}", group="atd"),
        Contestant("httpd static + mod_cache_socache, quick handler", quick, "/socache/page.html", group="static"),
        Contestant("do-nothing quick handler", quick, "/bench", group="limit"),
        Contestant("**mod_atd hit, AtdQuickHandler On**", quick, f"/blog/{SLUG}", group="atd"),
        Contestant("httpd static + mod_deflate", port, "/deflate/page.html", group="static", headers=gzip),
        Contestant("**mod_atd hit, gzip**", port, f"/blog/{SLUG}", group="atd", headers=gzip),
        Contestant("httpd static + mod_brotli", port, "/brotli/page.html", group="static", headers=brotli),
        Contestant("**mod_atd hit, brotli**", port, f"/blog/{SLUG}", group="atd", headers=brotli),
        Contestant("httpd static, 304", port, "/static/page.html", group="static", headers={"If-None-Match": static_tag}),
        Contestant("**mod_atd, 304**", port, f"/blog/{SLUG}", group="atd", headers={"If-None-Match": tag}),
        Contestant("httpd static under .htaccess", port, "/htaccess/page.html", group="static"),
        Contestant("**mod_atd hit under .htaccess**", port, f"/htaccess/blog/{SLUG}", group="atd"),
        Contestant("mod_atd, sources looked at each time (AtdRevalidate 0)", port, f"/cold/{SLUG}", group="atd"),
        Contestant("**mod_atd hit, its post saved 10 times a second**", port, f"/edited/{SLUG}", group="atd",
                   edits=servers.run / f"docs/edited/{SLUG}.md"),
        Contestant("nginx static", servers.ports["nginx"], "/static/page.html", group="nginx"),
        Contestant("nginx static, open_file_cache", servers.ports["nginx_open"], "/static/page.html", group="nginx"),
        Contestant("nginx gzip_static", servers.ports["nginx_open"], "/static/page.html", group="nginx", headers=gzip),
    ]


# What must hold: contestant / other >= factor.
GOALS = [
    ("**mod_atd hit**", "httpd static, as shipped (EnableSendfile Off)", 1.35),
    ("**mod_atd hit**", "httpd static, EnableSendfile On", 1.0),
    ("**mod_atd hit**", "do-nothing handler, same bytes and headers", 0.97),
    ("**mod_atd hit**", "httpd static + mod_cache_socache", 1.0),
    ("**mod_atd hit, AtdQuickHandler On**", "do-nothing quick handler", 0.95),
    ("**mod_atd hit, AtdQuickHandler On**", "httpd static, as shipped (EnableSendfile Off)", 1.5),
    ("**mod_atd hit, gzip**", "httpd static + mod_deflate", 6),
    ("**mod_atd hit, brotli**", "httpd static + mod_brotli", 15),
    ("**mod_atd hit under .htaccess**", "httpd static under .htaccess", 1.2),
    ("**mod_atd, 304**", "httpd static, 304", 0.95),
]

UNITS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}


def milliseconds(text):
    found = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    if not found:
        raise SystemExit(f"wrk says that a latency is '{text}'")
    return float(found.group(1)) * UNITS[found.group(2)]


@contextlib.contextmanager
def editing(path):
    """Saves a file by renaming, as editors do, ten times a second."""
    ended = threading.Event()

    def edit():
        text, number = path.read_text(), 0
        while not ended.wait(0.1):
            number += 1
            draft = path.with_suffix(".new")
            draft.write_text(f"{text}\nEdit {number}.\n")
            draft.chmod(0o644)
            draft.rename(path)

    thread = threading.Thread(target=edit)
    if path:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if path:
            thread.join()


def measure(contestant, seconds):
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in contestant.headers.items():
        command += ["-H", f"{name}: {value}"]
    with editing(contestant.edits):
        said = subprocess.run([*command, f"http://127.0.0.1:{contestant.port}{contestant.path}"], capture_output=True,
                              text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: .*", said)
    lost = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", said)))
    done = int(re.search(r"(\d+) requests in", said).group(1))
    if failed or lost > done / 1000:  # event closes idle connections when all its threads are busy
        raise SystemExit(f"{contestant.name}: {failed.group(0) if failed else f'{lost} of {done} connections lost'}")
    contestant.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1)))
    contestant.p50.append(milliseconds(re.search(r"^\s+50%\s+(\S+)", said, re.M).group(1)))
    contestant.p99.append(milliseconds(re.search(r"^\s+99%\s+(\S+)", said, re.M).group(1)))


REQUESTS_TRACED = 200


def count_calls(contestant, servers):
    """System calls per request of a child, over one connection."""
    parent = int((servers.run / "httpd.pid").read_text())
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True).stdout.split()
    out = servers.run / "strace"
    command = ["strace", "-f", "-c", "-U", "calls,name", "-o", str(out)]
    for child in children:
        command += ["-p", child]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(0.7)
    lines = [f"GET {contestant.path} HTTP/1.1", f"Host: 127.0.0.1:{contestant.port}"]
    lines += [f"{name}: {value}" for name, value in contestant.headers.items()]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", contestant.port)) as connection:
        reader = connection.makefile("rb")
        for _ in range(REQUESTS_TRACED):
            connection.sendall(request)
            length = 0
            while (line := reader.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            reader.read(length)
    tracer.send_signal(signal.SIGINT)
    tracer.wait(10)
    calls = {}
    for line in out.read_text().splitlines():
        found = re.match(r"\s*(\d+)\s+(\w+)$", line)
        if found and found.group(2) != "total":
            calls[found.group(2)] = int(found.group(1)) / REQUESTS_TRACED
    idle = ("futex", "epoll_wait", "restart_syscall", "read_nocancel", "clock_nanosleep", "select", "wait4")
    contestant.calls = {name: round(count, 2) for name, count in calls.items() if count >= 0.2 and name not in idle}


def ratio(a, b):
    """Median of the ratios round by round, which hold though the machine's speed drifts."""
    return statistics.median(x / y for x, y in zip(a.rates, b.rates))


def table(all_contestants):
    static = all_contestants[0]
    limit = next(c for c in all_contestants if c.name.startswith("do-nothing handler"))
    rows = ["| what | requests/s | x static | x limit | p50 ms | p99 ms | system calls |", "|---|--:|--:|--:|--:|--:|--:|"]
    for c in all_contestants:
        calls = f"{sum(c.calls.values()):.0f}" if c.calls else ""
        rows.append(f"| {c.name} | {c.rate:,.0f} | {ratio(c, static):.2f} | {ratio(c, limit):.2f} | "
                    f"{statistics.median(c.p50):.2f} | {statistics.median(c.p99):.2f} | {calls} |")
    return "\n".join(rows)


def goals(all_contestants):
    by_name = {c.name: c for c in all_contestants}
    rows = ["| | goal | measured |", "|---|--:|--:|"]
    for name, other, factor in GOALS:
        got = ratio(by_name[name], by_name[other])
        rows.append(f"| {name.strip('*')} / {other} | {factor:.2f} | {got:.2f}{'' if got >= factor else ' (missed)'} |")
    edited = next(c for c in all_contestants if c.edits)
    slowest = statistics.median(all_contestants[0].p99) / statistics.median(edited.p99)
    rows.append(f"| p99 of httpd static / {edited.name.strip('*')} | 1.00 | {slowest:.2f}"
                f"{'' if slowest >= 1 else ' (missed)'} |")
    return "\n".join(rows)


COLORS = {"static": "#8c9aa8", "limit": "#c9b458", "atd": "#b3361f", "nginx": "#5b8f6b"}


def plot(all_contestants):
    most = max(c.rate for c in all_contestants)
    height = 24 * len(all_contestants) + 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="860" height="{height}" font-family="sans-serif" '
             f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
             f'<text x="10" y="18" font-weight="bold">Requests per second, {CONNECTIONS} connections, median</text>']
    for row, c in enumerate(all_contestants):
        y, width = 30 + 24 * row, 440 * c.rate / most
        label = c.name.strip("*").replace("&", "&amp;").replace("<", "&lt;")
        parts.append(f'<text x="340" y="{y + 13}" text-anchor="end">{label}</text>'
                     f'<rect x="348" y="{y}" width="{width:.1f}" height="17" fill="{COLORS[c.group]}"/>'
                     f'<text x="{352 + width:.1f}" y="{y + 13}">{c.rate:,.0f}</text>')
    return "".join(parts) + "</svg>\n"


def report(all_contestants, body, options):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    calls = "\n".join(f"- {c.name.strip('*')}: " + ", ".join(f"{n} {v:g}" for n, v in sorted(c.calls.items()))
                      for c in all_contestants if c.calls)
    return f"""# Benchmarks

Written by `make bench` (`script/bench`): the same page of {len(body):,} bytes, as mod_atd serves it and as a static file with the
same bytes, from servers on one machine under `wrk -t1 -c{CONNECTIONS}`, {options.rounds} rounds of {options.seconds} s each in turn. Numbers are medians;
ratios are medians of the ratios round by round. Only ratios mean something on another machine.

{os.cpu_count()} x {cpu.group(1) if cpu else platform.machine()}, Linux {platform.release().split('-')[0]}, {time.strftime('%Y-%m-%d')}.

{table(all_contestants)}

![Requests per second](benchmarks.svg)

## Goals

{goals(all_contestants)}

## System calls per request

One keep-alive connection, {REQUESTS_TRACED} requests, counted by strace in httpd's children:

{calls}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    with Servers(options.build) as servers:
        everyone = contestants(servers)
        for contestant in everyone:
            measure(contestant, 1)  # warm
            contestant.rates, contestant.p50, contestant.p99 = [], [], []
        for number in range(options.rounds):
            for contestant in everyone:
                measure(contestant, options.seconds)
            print(f"round {number + 1} of {options.rounds}", flush=True)
        for contestant in everyone:
            if contestant.port == servers.ports["httpd"] or contestant.port == servers.ports["quick"]:
                count_calls(contestant, servers)
        body = servers.body
    print(table(everyone), "\n\n" + goals(everyone))
    document = ROOT / "docs/benchmarks.md"
    kept = document.read_text().partition(f"\n{KEPT}\n")[2]  # bench_site.py writes it
    document.write_text(report(everyone, body, options) + (f"\n{KEPT}\n{kept}" if kept else ""))
    (ROOT / "docs/benchmarks.svg").write_text(plot(everyone))
    if options.json:
        options.json.write_text(json.dumps({c.name: c.rates for c in everyone}))


if __name__ == "__main__":
    main()
