# SPDX-License-Identifier: Apache-2.0
"""A real httpd for one test: configured from a few lines, on a free port, in a folder of its own, watched until it ends.

An error or warning in its log that the test did not declare by expect(), a child that ended on a signal, a report of a
sanitizer or of valgrind, and a process that stays behind fail the test.
"""
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import requests

BUILD = pathlib.Path(os.environ.get("ATD_BUILD_DIR", "."))
SOURCE = pathlib.Path(__file__).resolve().parents[2]
MODULE = pathlib.Path(os.environ.get("ATD_MODULE", BUILD / "mod_atd/.libs/mod_atd.so")).resolve()
PROGRAM = next((p for p in map(shutil.which, ("apache2", "httpd", "/usr/sbin/apache2", "/usr/sbin/httpd")) if p), None)
SEED = pathlib.Path(os.environ.get("ATD_SEED_DIR", SOURCE.parent / "shared/seed"))

# What a distribution loads, and the modules that tests of living beside others need.
MODULES = ("authz_core authz_host authn_core authn_file authz_user auth_basic access_compat dir mime autoindex negotiation "
           "alias rewrite userdir headers deflate setenvif env filter status").split()

SEVERE = re.compile(r"\[(?:[\w-]*:)?(?:warn|error|crit|alert|emerg)\]")
SIGNALLED = re.compile(r"exit signal (?!Terminated|Killed)|seg(mentation)? fault|AddressSanitizer|runtime error:", re.I)

# Said by httpd itself on machines like the tests'. The last: event has a race of its own when it is stopped.
ALWAYS_EXPECTED = [r"AH00558", r"AH00557", r"AH0309[23].*pollset_add"]

PREFORK = "StartServers 2\nMinSpareServers 1\nMaxSpareServers 4\nMaxRequestWorkers 16\n"
THREADED = "StartServers 1\nMinSpareThreads 1\nMaxSpareThreads 64\nThreadsPerChild 16\nMaxRequestWorkers 32\n"


def modules_folder():
    apxs = shutil.which("apxs") or shutil.which("apxs2")
    return pathlib.Path(subprocess.run([apxs, "-q", "LIBEXECDIR"], check=True, capture_output=True,
                                       text=True).stdout.strip())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write(folder, files):
    """Writes {relative path: text or bytes} below a folder, readable for httpd's children."""
    for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def post(title="A post", body="Hello.", **front):
    """A Markdown file with front matter; values are written as YAML that JSON is, too."""
    import json
    lines = [f"title: {json.dumps(title)}"] + [f"{key}: {json.dumps(value)}" for key, value in front.items()]
    return "---\n" + "\n".join(lines) + "\n---\n\n" + body + "\n"


class Httpd:
    """One server. `config` stands in the main server; `docs` is its DocumentRoot, `root` the folder of everything."""

    def __init__(self, mpm="event", log_level="warn"):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="atd-test-"))
        self.root.chmod(0o755)
        self.docs = self.root / "docs"
        self.docs.mkdir()
        self.log = self.root / "error.log"
        self.mpm = mpm
        self.log_level = log_level
        self.port = None
        self.process = None
        self.expected = list(ALWAYS_EXPECTED)
        self.may_crash = False
        self.revalidate = "0"  # edits show at once; tests of the cache set what they are about
        self.stopped_at = None  # lines in the log: event may crash while it is stopped, without any module of ours
        self.session = requests.Session()

    # ---- configuration ----

    def _load_modules(self):
        folder = modules_folder()
        builtin = subprocess.run([PROGRAM, "-l"], capture_output=True, text=True).stdout
        names = [f"mpm_{self.mpm}"] + MODULES
        if "mod_unixd" not in builtin:
            names.append("unixd")
        if "mod_log_config" not in builtin:
            names.append("log_config")
        return "".join(f"LoadModule {name}_module {folder}/mod_{name}.so\n" for name in names)

    def configure(self, config, modules=True):
        """Writes httpd.conf; @ROOT@ and @DOCS@ in `config` become the folders."""
        self.port = free_port()
        config = config.replace("@ROOT@", str(self.root)).replace("@DOCS@", str(self.docs))
        config = config.replace("@PORT@", str(self.port)).replace("@SOURCE@", str(SOURCE))
        user = ""
        if os.getuid() == 0:
            name = "www-data" if _has_user("www-data") else "nobody"
            user = f"User {name}\nGroup #{pwd.getpwnam(name).pw_gid}\n"
        text = f"""ServerRoot {self.root}
DefaultRuntimeDir {self.root}
PidFile {self.root}/httpd.pid
Listen 127.0.0.1:{self.port}
ServerName 127.0.0.1:{self.port}
ErrorLog {self.log}
LogLevel {self.log_level}
{self._load_modules() if modules else ''}LoadModule atd_module {MODULE}
{user}TypesConfig {_mime_types()}
{PREFORK if self.mpm == 'prefork' else THREADED}
KeepAliveTimeout 2
Timeout 30
GracefulShutdownTimeout 5
DocumentRoot {self.docs}
AtdRevalidate {self.revalidate}
<Directory />
AllowOverride None
Require all denied
</Directory>
<Directory {self.root}>
Options FollowSymLinks
AllowOverride None
Require all granted
</Directory>
{config}
"""
        (self.root / "httpd.conf").write_text(text)
        return self

    def check(self):
        """apachectl configtest: (exit code, what it said)."""
        run = subprocess.run([PROGRAM, "-t", "-f", str(self.root / "httpd.conf")], capture_output=True, text=True,
                             timeout=60, env=self._environment())
        return run.returncode, run.stdout + run.stderr

    # ---- life ----

    def _environment(self):
        environment = dict(os.environ)
        environment.pop("LD_PRELOAD", None)
        if os.environ.get("ATD_HTTPD_PRELOAD"):
            environment["LD_PRELOAD"] = os.environ["ATD_HTTPD_PRELOAD"]
        environment.setdefault("ASAN_OPTIONS", "")
        environment["ASAN_OPTIONS"] += f":detect_leaks=0:abort_on_error=0:log_path={self.root}/sanitizer"
        environment["UBSAN_OPTIONS"] = f"print_stacktrace=1:log_path={self.root}/sanitizer"
        return environment

    def _command(self):
        command = [PROGRAM, "-f", str(self.root / "httpd.conf")]
        if os.environ.get("ATD_VALGRIND"):
            return ["valgrind", "--quiet", "--vgdb=no", "--error-exitcode=0", "--leak-check=no", "--trace-children=yes",
                    f"--suppressions={SOURCE}/tests/valgrind.supp", f"--log-file={self.root}/valgrind.%p"
                    ] + command + ["-X"]
        return command + ["-DFOREGROUND"]

    def start(self, config=None):
        if config is not None:
            self.configure(config)
        for _ in range(5):
            # A session of its own: a prefork that stops signals its whole process group.
            self.process = subprocess.Popen(self._command(), start_new_session=True, env=self._environment(),
                                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if self._wait_for_port():
                return self
            said = self.process.stdout.read().decode(errors="replace")
            if "Address already in use" not in said:
                raise AssertionError(f"httpd did not start: {said}\n{self.log_text()}")
            text = (self.root / "httpd.conf").read_text()
            old, self.port = self.port, free_port()
            (self.root / "httpd.conf").write_text(text.replace(str(old), str(self.port)))
        raise AssertionError("no free port")

    def _wait_for_port(self):
        end = time.monotonic() + (60 if os.environ.get("ATD_VALGRIND") else 20)
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            with contextlib.suppress(OSError):
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return True
            time.sleep(0.01)
        raise AssertionError("httpd does not listen")

    def graceful(self):
        self.process.send_signal(signal.SIGUSR1)

    def children(self):
        run = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in run.stdout.split()]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.stopped_at = len(self.log_text().splitlines())
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)
                raise AssertionError("httpd did not stop")
        if self.process:
            self.process.stdout.close()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
                raise AssertionError("httpd left a process behind")

    def close(self, verify=True):
        try:
            self.stop()
            if verify:
                self.verify_log()
        finally:
            self.session.close()
            shutil.rmtree(self.root, ignore_errors=True)

    # ---- the log ----

    def expect(self, pattern):
        """Declares an error or warning that this test provokes."""
        self.expected.append(pattern)

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_for_log(self, pattern, seconds=5):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.log_text())
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"not in the log: {pattern}\n{self.log_text()}")

    def verify_log(self):
        lines = self.log_text().splitlines()
        bad = [line for line in lines if SEVERE.search(line) and not any(re.search(p, line) for p in self.expected)]
        assert not bad, "undeclared lines in the log:\n" + "\n".join(bad)
        if not self.may_crash:
            crashed = [line for line in lines[:self.stopped_at] if SIGNALLED.search(line)]
            assert not crashed, "\n".join(crashed)
        reports = [p.read_text(errors="replace") for p in self.root.glob("sanitizer*")]
        reports += [p.read_text(errors="replace") for p in self.root.glob("valgrind.*")]
        assert not any(r.strip() for r in reports), "\n".join(reports)

    # ---- requests ----

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path, method="GET", **options):
        options.setdefault("timeout", 60)
        options.setdefault("allow_redirects", False)
        return self.session.request(method, self.url(path), **options)

    def raw(self, request, seconds=20):
        """Sends bytes as they are; (status, headers and body as bytes)."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0, answer

    def raw_path(self, path):
        if isinstance(path, str):
            path = path.encode()
        return self.raw(b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % self.port)


def _has_user(name):
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _mime_types():
    for path in ("/etc/mime.types", "/etc/apache2/mime.types", "/usr/local/apache2/conf/mime.types"):
        if os.path.exists(path):
            return path
    return "/dev/null"
