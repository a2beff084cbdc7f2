# SPDX-License-Identifier: Apache-2.0
"""A whole blog of generated posts: its index beside its parsers alone, its pages and search by size, its export beside Hugo's.

Contestants take turns in each round; numbers are medians, ratios are medians of the ratios round by round. What this build
can't do yet is named and left out.
"""
import argparse
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import platform
import pwd
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse

import generate

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs/benchmarks.md"
HEADING = "### The whole blog in figures"
PARTS = ("index", "serve", "export")
SMALL = 10  # posts of the blog that larger ones are compared with
PATIENCE = 20  # seconds that one kind of page may take in one round

# What must hold for the largest blog: name of a ratio or number, the most that it may be, its unit.
GOALS = [
    ("CPU time of the first index / cmark-gfm and libyaml alone", 2.0, ""),
    ("rescan, nothing changed / first index", 0.05, ""),
    ("rescan, one post edited / first index", 0.06, ""),
    ("post, not cached / the same with few posts", 1.2, ""),
    ("home page, not cached / the same with few posts", 2.0, ""),
    ("search, p50", 10, " ms"),
    ("search, p99", 50, " ms"),
    ("memory of a child beyond that with few posts", 16, " MiB"),
    ("an edit shows on its page", 1.5, " s"),
    ("an edit shows on the home page", 2.0, " s"),
    ("export, wall time / Hugo", 1.0, ""),
    ("export, CPU time / Hugo", 1.0, ""),
    ("export, memory / Hugo", 0.25, ""),
]


class Results:
    """Numbers under names, one list per name and size, in the order in which they came."""

    def __init__(self):
        self.numbers = {}
        self.skipped = []

    def add(self, name, size, value):
        self.numbers.setdefault((name, size), []).append(value)

    def get(self, name, size):
        return self.numbers.get((name, size), [])

    def median(self, name, size):
        values = self.get(name, size)
        return statistics.median(values) if values else None

    def ratio(self, name, size, other, other_size=None):
        """Median of the ratios round by round, or None."""
        pairs = list(zip(self.get(name, size), self.get(other, size if other_size is None else other_size)))
        return statistics.median(a / b for a, b in pairs if b) if any(b for _, b in pairs) else None

    def skip(self, what, why):
        line = f"{what}: {why}"
        if line not in self.skipped:
            self.skipped.append(line)
            print(f"skipped: {line}", flush=True)


# ---- running commands ----

def processes_below(pid):
    """A process and its descendants."""
    found, waiting = [], [pid]
    while waiting:
        process = waiting.pop()
        found.append(process)
        for path in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, path.read_text().split())
    return found


def memory_of(pid, key="Pss", file="smaps_rollup"):
    """Bytes; 0 for a process that has ended."""
    with contextlib.suppress(OSError):
        found = re.search(rf"^{key}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/{file}").read_text(), re.M)
        return int(found.group(1)) * 1024 if found else 0
    return 0


class Run:
    """A command that ended well: `wall` and `cpu` in seconds, `memory` in bytes, `said`.

    The memory is the most that the command's processes had at one time, shared pages counted once, or its first process
    ever had. It is looked at while they run, since what wait4 tells of it begins with that of this program.
    """

    def __init__(self, command, cpu=None):
        command = (["taskset", "-c", str(cpu)] if cpu is not None else []) + [str(word) for word in command]
        with tempfile.TemporaryFile("w+") as said:
            start = time.monotonic()
            process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
            self.memory, ended = 0, threading.Event()
            watcher = threading.Thread(target=self._watch, args=(process.pid, ended))
            watcher.start()
            status, usage = os.wait4(process.pid, 0)[1:]
            self.wall = time.monotonic() - start
            ended.set()
            watcher.join()
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            self.said = said.read()
        self.cpu = usage.ru_utime + usage.ru_stime
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {self.said[-2000:]}")

    def _watch(self, pid, ended):
        while not ended.wait(0.05):
            self.memory = max(self.memory, memory_of(pid, "VmHWM", "status"),
                              sum(map(memory_of, processes_below(pid))))


def commands_of(atd):
    """Names of the commands that this build of atd has."""
    said = subprocess.run([atd, "--help"], capture_output=True, text=True)
    return set(re.findall(r"\batd (\w+) ", said.stdout + said.stderr))


# ---- content ----

class Blog:
    """Generated posts in a folder that httpd's children can read."""

    def __init__(self, folder, count, seed):
        self.folder, self.count = folder, count
        start = time.monotonic()
        self.posts = generate.generate(folder, count, seed=seed)
        os.sync()
        print(f"{count:,} posts generated in {time.monotonic() - start:.1f} s", flush=True)

    def path(self, post):
        return self.folder / post.path

    def edit(self, post, change):
        """Saves a post by renaming, as editors do; `change` is a function of its text."""
        path = self.path(post)
        draft = path.with_name(f".{path.name}.new")
        draft.write_text(change(path.read_text()))
        draft.chmod(0o644)
        draft.rename(path)

    def first_on_home(self):
        return max(self.posts, key=lambda post: (post.featured, post.date))

    def queries(self, rng, count):
        """One to three words of a post, common and rare ones as they come."""
        for _ in range(count):
            words = re.findall(r"\w+", rng.choice(self.posts).excerpt)
            yield " ".join(rng.sample(words, rng.randint(1, 3)))


# ---- 1 and 2: the index ----

def measure_index(results, blog, options, run):
    if "index" not in commands_of(options.atd):
        results.skip("index", "this build has no 'atd index'")
        return
    size, state = blog.count, run / f"state-{blog.count}"
    for number in range(options.rounds):
        parse = Run([options.build / "benchmarks/bench_parse", blog.folder], cpu=0)
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        command = [options.atd, "index", blog.folder, "--state", state]
        for name in ("first index", "rescan, nothing changed", "rescan, one post edited"):
            if name.endswith("edited"):
                post = blog.posts[number % size]
                blog.edit(post, lambda text: f"{text}\nEdited in round {number}.\n")
                time.sleep(0.1)  # a file that has just been written is not trusted
            done = Run(command, cpu=0)
            results.add(name, size, done.wall)
            results.add(f"{name}, CPU", size, done.cpu)
            results.add(f"{name}, memory", size, done.memory)
        results.add("cmark-gfm and libyaml alone", size, parse.wall)
        results.add("cmark-gfm and libyaml alone, CPU", size, parse.cpu)
        results.add("state on disk", size, sum(path.stat().st_size for path in state.rglob("*") if path.is_file()))
        print(f"index of {size:,} posts, round {number + 1} of {options.rounds}: {done.said.strip()[:200]}", flush=True)


# ---- 3: pages ----

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """An httpd with one child and one blog at /blog/."""

    def __init__(self, build, blog, cache):
        self.run = pathlib.Path(tempfile.mkdtemp(prefix="atd-bench-"))
        self.run.chmod(0o755)
        self.port, self.blog = free_port(), blog
        (self.run / "httpd.conf").write_text(self._config(build / "mod_atd/.libs/mod_atd.so", cache))
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=900)

    def _config(self, module, cache):
        folder = subprocess.run(["apxs", "-q", "LIBEXECDIR"], capture_output=True, text=True, check=True).stdout.strip()
        load = "".join(f"LoadModule {name}_module {folder}/mod_{name}.so\n" for name in ("mpm_event", "authz_core", "dir",
                                                                                         "mime", "alias"))
        user = f"User www-data\nGroup #{pwd.getpwnam('www-data').pw_gid}\n" if os.getuid() == 0 else ""
        state = f"AtdStateDir {self.run}/state\n" if b"AtdStateDir" in module.read_bytes() else ""
        return f"""ServerRoot {self.run}
DefaultRuntimeDir {self.run}
PidFile {self.run}/httpd.pid
Listen 127.0.0.1:{self.port}
ServerName 127.0.0.1:{self.port}
ErrorLog {self.run}/error.log
LogLevel warn
{load}LoadModule atd_module {module}
{user}TypesConfig /etc/mime.types
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MinSpareThreads 1
MaxSpareThreads 16
MaxRequestWorkers 16
MaxKeepAliveRequests 0
KeepAliveTimeout 300
AtdCacheSize {cache}
{state}DocumentRoot {self.run}
<Directory />
AllowOverride None
Require all granted
</Directory>
<Location /blog>
AtdEngine On
AtdContent {self.blog.folder}
</Location>
"""

    def __enter__(self):
        program = shutil.which("apache2") or shutil.which("httpd") or "/usr/sbin/apache2"
        self.process = subprocess.Popen([program, "-f", str(self.run / "httpd.conf"), "-DFOREGROUND"],
                                        start_new_session=True)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            time.sleep(0.02)
        raise SystemExit(f"httpd does not listen on port {self.port}")

    def __exit__(self, *exception):
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        for line in (self.run / "error.log").read_text(errors="replace").splitlines():
            if re.search(r"\[(atd|core):(warn|error|crit)", line):
                print(line)
        shutil.rmtree(self.run)

    def get(self, path):
        """(status, body, milliseconds)."""
        start = time.perf_counter()
        self.connection.request("GET", f"/blog/{path}")
        answer = self.connection.getresponse()
        body = answer.read()
        return answer.status, body, (time.perf_counter() - start) * 1000

    def wait_for_index(self):
        """Until the sitemap has all posts, where there is one."""
        end = time.monotonic() + 900
        self.get("")
        while time.monotonic() < end:
            status, body, _ = self.get("sitemap.xml")
            if status not in (200, 503) or b"<sitemapindex" in body or body.count(b"<loc>") >= self.blog.count:
                return
            time.sleep(0.5)
        raise SystemExit(f"after 15 minutes the sitemap has not all of the {self.blog.count} posts")

    def children_memory(self, key):
        children = processes_below(self.process.pid)[1:]
        return max(memory_of(child, key) for child in children)


def time_pages(server, paths):
    """Milliseconds of each, or None where there is no such page."""
    times, end = [], time.monotonic() + PATIENCE
    for path in paths:
        status, _, taken = server.get(path)
        if status == 404:
            return None
        if status != 200:
            raise SystemExit(f"/blog/{path} answers {status}")
        times.append(taken)
        if time.monotonic() > end:
            break
    return times


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def measure_pages(results, server, rng):
    """One round of all kinds of pages of one server."""
    blog, size = server.blog, server.blog.count
    posts = [rng.choice(blog.posts).slug for _ in range(100)]
    queries = [f"search?q={urllib.parse.quote(query)}" for query in blog.queries(rng, 200)]
    kinds = [("post, not cached", posts), ("home page, not cached", [""] * 20), ("search", queries),
             ("feed, not cached", ["feed.xml"] * 10), ("sitemap, not cached", ["sitemap.xml"] * 5)]
    for name, paths in kinds:
        times = time_pages(server, paths)
        if times is None:
            results.skip(name, f"/blog/{paths[0].partition('?')[0]} answers 404")
        elif name == "search":
            results.add("search, p50", size, statistics.median(times))
            results.add("search, p99", size, percentile(times, 0.99))
        else:
            results.add(name, size, statistics.median(times))


def delays_until(server, paths, text):
    """Seconds from now until each of the pages has the text; without those that take more than half a minute."""
    start, found = time.monotonic(), {}
    while len(found) < len(paths) and time.monotonic() - start < 30:
        for path in paths:
            if path not in found and text.encode() in server.get(path)[1]:
                found[path] = time.monotonic() - start
        time.sleep(0.01)
    return found


def measure_edits(results, server, options):
    """With the cache on and AtdRevalidate as shipped, right after both pages were looked at."""
    blog, size = server.blog, server.blog.count
    post = blog.first_on_home()
    original = blog.path(post).read_text()
    names = {post.slug: "an edit shows on its page", "": "an edit shows on the home page"}
    for number in range(options.rounds):
        time.sleep(1.5)
        for path in names:
            server.get(path)
        blog.edit(post, lambda _: re.sub(r"^title: .*", f"title: Title of edit {number}", original, count=1, flags=re.M))
        delays = delays_until(server, names, f"Title of edit {number}")
        for path, name in names.items():
            if path in delays:
                results.add(name, size, delays[path])
            else:
                results.skip(name, "not within 30 s")
    blog.edit(post, lambda _: original)


def measure_serving(results, blogs, options):
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(Server(options.build, blog, "0")) for blog in blogs]
        for server in servers:
            server.wait_for_index()
        for number in range(options.rounds):
            for server in servers:
                measure_pages(results, server, random.Random(number))
            print(f"pages, round {number + 1} of {options.rounds}", flush=True)
        for server in servers:
            for key in ("Pss", "Rss"):
                results.add(f"memory of a child, {key}", server.blog.count, server.children_memory(key))
    for blog in blogs:
        with Server(options.build, blog, "64M") as server:
            server.wait_for_index()
            measure_edits(results, server, options)
    print("edits done", flush=True)


# ---- 4: export ----

def lay_out_hugo(blog, folder):
    """Hugo's site around the blog's own files. The pages of the archive, which Hugo makes of files alone, are added."""
    shutil.copytree(ROOT / "benchmarks/hugo", folder)
    config = (folder / "hugo.toml").read_text().replace("@CONTENT@", str(blog.folder)).replace("@SITE@", str(folder))
    (folder / "hugo.toml").write_text(config)
    (folder / "assets").mkdir()
    for name in ("style.css", "icon.svg"):
        shutil.copy(ROOT / "conf/themes/default" / name, folder / "assets")
    archive = {"archive.md": "title: Archive\ntype: archive"}
    for post in blog.posts:
        for month in (f"{post.date:%Y}", f"{post.date:%Y/%m}"):
            archive[f"archive/{month}.md"] = f'title: Archive of {month}\ntype: archive\nmonth: "{month}"'
    generate.write_all(folder / "content", {path: f"---\n{text}\n---\n" for path, text in archive.items()})
    return ["hugo", "--quiet", "--noBuildLock", "--source", folder, "--destination"]


def count_files(folder):
    """(pages of HTML, all files, bytes), without Hugo's redirects from page/1."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parts[-3:-1] != ("page", "1")]
    return sum(path.suffix == ".html" for path in files), len(files), sum(path.stat().st_size for path in files)


def measure_export(results, blog, options, run):
    contestants = {"Hugo": lay_out_hugo(blog, run / f"hugo-{blog.count}")}
    if "export" in commands_of(options.atd):
        contestants["export"] = [options.atd, "export", blog.folder, "--url", "https://blog.example", "-o"]
    else:
        results.skip("export", "this build has no 'atd export'")
    if not shutil.which("hugo"):
        results.skip("export", "Hugo is not installed")
        del contestants["Hugo"]
    for number in range(options.rounds):
        for name, command in contestants.items():
            out = run / "out"
            shutil.rmtree(out, ignore_errors=True)
            done = Run([*command, out])
            pages, files, length = count_files(out)
            for what, value in (("wall", done.wall), ("CPU", done.cpu), ("memory", done.memory), ("pages", pages),
                                ("files", files), ("bytes", length)):
                results.add(f"{name}, {what}", blog.count, value)
            print(f"{name}, {blog.count:,} posts, round {number + 1} of {options.rounds}: {done.wall:.1f} s, {pages:,} pages",
                  flush=True)
        shutil.rmtree(run / "out", ignore_errors=True)


# ---- the report ----

def seconds(value):
    return f"{value:.2f} s" if value >= 0.1 else f"{value * 1000:.1f} ms"


def milliseconds(value):
    return f"{value:.2f} ms"


def mebibytes(value):
    return f"{value / 1048576:.1f} MiB"


def whole(value):
    return f"{value:,.0f}"


# Heading, how its numbers are written, the rows: name, what it is compared with (itself with few posts where it is SMALL).
TABLES = [
    ("The index, on one core", seconds, [
        ("cmark-gfm and libyaml alone", None), ("first index", "cmark-gfm and libyaml alone"),
        ("cmark-gfm and libyaml alone, CPU", None), ("first index, CPU", "cmark-gfm and libyaml alone, CPU"),
        ("rescan, nothing changed", "first index"), ("rescan, one post edited", "first index")]),
    ("Memory and disk", mebibytes, [
        ("first index, memory", SMALL), ("state on disk", SMALL), ("memory of a child, Pss", SMALL),
        ("memory of a child, Rss", SMALL)]),
    ("Pages out of httpd, no cache", milliseconds, [
        ("post, not cached", SMALL), ("home page, not cached", SMALL), ("search, p50", SMALL), ("search, p99", SMALL),
        ("feed, not cached", SMALL), ("sitemap, not cached", SMALL)]),
    ("Edits, cache on", seconds, [("an edit shows on its page", SMALL), ("an edit shows on the home page", SMALL)]),
    ("Export, time", seconds, [("Hugo, wall", None), ("export, wall", "Hugo, wall"), ("Hugo, CPU", None),
                               ("export, CPU", "Hugo, CPU")]),
    ("Export, memory and output", mebibytes, [("Hugo, memory", None), ("export, memory", "Hugo, memory"),
                                              ("Hugo, bytes", None), ("export, bytes", "Hugo, bytes")]),
    ("Export, number of files", whole, [("Hugo, pages", None), ("export, pages", "Hugo, pages"), ("Hugo, files", None),
                                        ("export, files", "Hugo, files")]),
]


def cell(results, name, beside, size, written):
    value = results.median(name, size)
    if value is None:
        return ""
    ratio = None
    if beside == SMALL and size != SMALL:
        ratio = results.ratio(name, size, name, SMALL)
    elif beside and beside != SMALL:
        ratio = results.ratio(name, size, beside)
    return written(value) + (f" (x {ratio:.2f})" if ratio is not None else "")


def tables(results, sizes):
    rows = ["| what | " + " | ".join(f"{size:,} posts" for size in sizes) + " | x |", "|---|" + "--:|" * len(sizes) + "---|"]
    for heading, written, lines in TABLES:
        found = [(name, beside, [cell(results, name, beside, size, written) for size in sizes]) for name, beside in lines]
        found = [line for line in found if any(line[2])]
        if found:
            rows.append(f"| **{heading}** |" + " |" * (len(sizes) + 1))
        for name, beside, cells in found:
            other = f"the same with {SMALL} posts" if beside == SMALL else beside or ""
            rows.append(f"| {name} | {' | '.join(cells)} | {other} |")
    return "\n".join(rows)


def measured_goals(results, size):
    """Name of a goal: what was measured, or None."""
    memory, few = results.median("memory of a child, Pss", size), results.median("memory of a child, Pss", SMALL)
    found = {
        "CPU time of the first index / cmark-gfm and libyaml alone":
            results.ratio("first index, CPU", size, "cmark-gfm and libyaml alone, CPU"),
        "memory of a child beyond that with few posts": (memory - few) / 1048576 if memory and few else None,
    }
    for name in ("rescan, nothing changed", "rescan, one post edited"):
        found[f"{name} / first index"] = results.ratio(name, size, "first index")
    for name in ("post, not cached", "home page, not cached"):
        found[f"{name} / the same with few posts"] = results.ratio(name, size, name, SMALL)
    for name in ("search, p50", "search, p99", "an edit shows on its page", "an edit shows on the home page"):
        found[name] = results.median(name, size)
    exported = max((s for n, s in results.numbers if n == "Hugo, wall"), default=size)
    for name, what in (("wall time", "wall"), ("CPU time", "CPU"), ("memory", "memory")):
        found[f"export, {name} / Hugo"] = results.ratio(f"export, {what}", exported, f"Hugo, {what}")
    return found


def goals(results, size):
    rows, found = [f"| {size:,} posts | at most | measured |", "|---|--:|--:|"], measured_goals(results, size)
    for name, most, unit in GOALS:
        got = found[name]
        text = "not measured" if got is None else f"{got:.2f}{unit}{'' if got <= most else ' (missed)'}"
        rows.append(f"| {name} | {most:g}{unit} | {text} |")
    return "\n".join(rows)


def report(results, sizes, options):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    hugo = subprocess.run(["hugo", "version"], capture_output=True, text=True).stdout if shutil.which("hugo") else ""
    version = re.search(r"v[\d.]+", hugo)
    skipped = "\nLeft out: " + "; ".join(results.skipped) + ".\n" if results.skipped else ""
    return f"""{HEADING}

Posts of 8 KiB of Markdown, {options.rounds} rounds in turn{f', Hugo {version.group(0)}' if version else ''}. Numbers are medians; ratios are medians of the ratios round by round. Only ratios mean something on another machine.

{os.cpu_count()} x {cpu.group(1) if cpu else platform.machine()}, Linux {platform.release().split('-')[0]}, {datetime.date.today()}.

{tables(results, sizes)}

{goals(results, sizes[-1])}
{skipped}"""


def record(text):
    """Replaces the section, which is the document's last one, behind how to run this program."""
    before = DOCUMENT.read_text().partition(f"\n{HEADING}\n")[0].rstrip("\n")
    DOCUMENT.write_text(f"{before}\n\n{text}")


def options_of():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--sizes", default="10000", help="numbers of posts, by commas; default 10000")
    parser.add_argument("--large", action="store_true", help="100,000 posts, too")
    parser.add_argument("--export-sizes", default="10000", help="numbers of posts to export, of those of --sizes")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, by commas: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true", help="write the section of docs/benchmarks.md")
    parser.add_argument("--json", type=pathlib.Path, help="all numbers, into this file")
    options = parser.parse_args()
    options.atd = options.build / "mod_atd/atd"
    options.sizes = sorted({SMALL, *map(int, options.sizes.split(",")), *([100000] if options.large else [])})
    options.export_sizes = set(map(int, options.export_sizes.split(",")))
    options.only = set(options.only.split(","))
    if not options.only <= set(PARTS):
        parser.error(f"--only takes {', '.join(PARTS)}")
    return options


def main():
    options, results = options_of(), Results()
    with tempfile.TemporaryDirectory(prefix="atd-bench-") as run:
        run = pathlib.Path(run)
        run.chmod(0o755)
        blogs = [Blog(run / f"blog-{size}", size, options.seed) for size in options.sizes]
        for blog in blogs:
            if "index" in options.only:
                measure_index(results, blog, options, run)
        if "serve" in options.only:
            measure_serving(results, blogs, options)
        for blog in blogs:
            if "export" in options.only and blog.count in options.export_sizes:
                measure_export(results, blog, options, run)
    text = report(results, options.sizes, options)
    print(text)
    if options.record:
        record(text)
    if options.json:
        options.json.write_text(json.dumps({f"{name}, {size} posts": v for (name, size), v in results.numbers.items()}))


if __name__ == "__main__":
    main()
