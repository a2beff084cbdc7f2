# SPDX-License-Identifier: Apache-2.0
"""AtdQuickHandler: what it serves, and what it must leave to the ordinary handler."""
import re
import time

import pytest

from httpd import post, write

SECRET = "for members only"
ENGINE = "<Directory @DOCS@/blog>\nAtdEngine On\n{more}\n</Directory>\n"


def settled(folder, files):
    """Written, and old enough to be cached when it is read."""
    write(folder, files)
    time.sleep(0.05)


def start(httpd, more="", server="", revalidate="1h"):
    httpd.revalidate = revalidate
    settled(httpd.docs / "blog", {"hello.md": post("Hello", "World.", lastModified="2025-06-16")})
    httpd.start("AtdQuickHandler On\n" + server + ENGINE.format(more=more))
    return httpd


def is_quick(httpd, path, **options):
    """Served though httpd would now refuse: the folder is closed by an .htaccess that nobody expected."""
    httpd.get(path, **options)
    first = httpd.get(path, **options)
    guard = httpd.docs / "blog/.htaccess"
    guard.write_text("Require all denied\n")
    try:
        second = httpd.get(path, **options)
    finally:
        guard.unlink()
    assert second.status_code in (first.status_code, 403)
    if second.status_code == 200:
        assert second.content == first.content
        assert {k: v for k, v in second.headers.items() if k not in ("Date", "Keep-Alive")} == \
            {k: v for k, v in first.headers.items() if k not in ("Date", "Keep-Alive")}
    return second.status_code == 200


@pytest.fixture
def served(httpd):
    (httpd.docs / "blog").mkdir()
    return httpd


@pytest.mark.all_mpms
def test_a_hit_has_the_same_bytes_and_headers(served):
    start(served, "AtdMaxAge 60\nAtdCacheTags Surrogate-Key")
    for encoding in ("identity", "gzip"):
        served.get("/blog/hello", headers={"Accept-Encoding": encoding})
        first = served.get("/blog/hello", headers={"Accept-Encoding": encoding})
        second = served.get("/blog/hello", headers={"Accept-Encoding": encoding})
        assert second.status_code == 200 and "World." in second.text
        assert {k: v for k, v in first.headers.items() if k not in ("Date", "Keep-Alive")} == \
            {k: v for k, v in second.headers.items() if k not in ("Date", "Keep-Alive")}
        assert second.headers["Surrogate-Key"] and second.headers["Cache-Control"] == "max-age=60"


def test_it_comes_before_access_is_checked(served):
    """Which is why it is off by default, and why the rest of this file is needed."""
    start(served, server="<Directory @DOCS@>\nAllowOverride AuthConfig\n</Directory>\n")
    served.expect("AtdQuickHandler is not used for /blog/hello: AllowOverride lets")
    served.expect("AH01630: client denied")
    assert not is_quick(served, "/blog/hello")
    served.wait_for_log("AtdQuickHandler is not used for /blog/hello: AllowOverride lets an .htaccess control access")


@pytest.mark.parametrize("switch, quick", [("On", True), ("Off", False), (None, False)])
def test_off_by_default(served, switch, quick):
    """Requests that URL mapping would send elsewhere tell which handler answers."""
    served.revalidate = "1h"
    settled(served.docs / "blog", {"hello.md": post("Hello", "World.")})
    served.start((f"AtdQuickHandler {switch}\n" if switch else "") + "RewriteEngine On\n"
                 "RewriteCond @ROOT@/moved -f\nRewriteRule ^/blog/hello$ /nowhere [L]\n" + ENGINE.format(more=""))
    for _ in range(3):
        assert served.get("/blog/hello").status_code == 200
    (served.root / "moved").touch()
    assert (served.get("/blog/hello").status_code == 200) == quick


def test_conditional_requests_and_head(served):
    start(served)
    served.get("/blog/hello")
    answer = served.get("/blog/hello")
    assert served.get("/blog/hello", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    head = served.get("/blog/hello", "HEAD")
    assert head.content == b"" and head.headers["Content-Length"] == answer.headers["Content-Length"]
    assert served.get("/blog/hello", "POST", data="x").status_code == 405


def test_an_edit_shows_after_the_time_is_over(served):
    start(served, revalidate="300ms")
    for _ in range(5):
        assert "World." in served.get("/blog/hello").text
    write(served.docs / "blog", {"hello.md": post("Hello", "Universe.")})
    end = time.monotonic() + 5
    while "Universe." not in served.get("/blog/hello").text:
        assert time.monotonic() < end
        time.sleep(0.02)
    served.get("/blog/hello")
    assert "Universe." in served.get("/blog/hello").text


def test_hosts_do_not_mix(served):
    start(served)
    for host in ("one.example", "two.example"):
        for _ in range(3):
            answer = served.get("/blog/hello", headers={"Host": host})
            assert re.search(rf'rel="canonical" href="http://{host}(:\d+)?/blog/hello"', answer.text)


@pytest.mark.parametrize("guard", ["Require ip 127.0.0.1", "Require valid-user", "Require host example.org",
                                   "Require expr true", "Require not ip 10.0.0.1", "Order allow,deny\nAllow from all"])
@pytest.mark.parametrize("section", ["<Location /blog>", "<Directory @DOCS@>", "<Directory @DOCS@/blog>", "<Location />"])
def test_what_is_guarded_is_left_alone(served, guard, section):
    """One client may see it; the quick handler must not show it to the next."""
    closing = "</Location>" if "Location" in section else "</Directory>"
    auth = 'AuthType Basic\nAuthName x\nAuthUserFile @ROOT@/users\n' if "user" in guard else ""
    if "not ip" in guard:
        guard = f"<RequireAll>\nRequire all granted\n{guard}\n</RequireAll>"
    (served.root / "users").write_text("ann:$apr1$fLqBnrnE$QKt9oR1Zo1nW3yLWkpPRf/\n")
    served.expect("AtdQuickHandler")
    served.expect("AH01630: client denied")
    start(served, server=f"{section}\n{auth}{guard}\n{closing}\n")
    answer = served.get("/blog/hello")
    if answer.status_code == 200:
        served.get("/blog/hello")
        served.wait_for_log("AtdQuickHandler is not used for /blog/hello: '.*' at .*httpd.conf:[0-9]+ may refuse it")


def test_a_guard_elsewhere_does_not_matter(served):
    start(served, server="<Location /server-status>\nRequire ip 10.0.0.1\n</Location>\n<Location /blog-archive>\n"
                         "Require ip 10.0.0.1\n</Location>\n")
    for _ in range(3):
        assert served.get("/blog/hello").status_code == 200
    assert "is not used" not in served.log_text()


@pytest.mark.parametrize("section", ["<LocationMatch ^/blog>", "<If \"true\">", "<Files *>", "<Location ~ blog>"])
def test_conditions_may_be_true_of_anything(served, section):
    closing = "</" + re.match(r"<(\w+)", section).group(1) + ">"
    served.expect("AtdQuickHandler is not used")
    start(served, server=f"{section}\nRequire ip 127.0.0.1\n{closing}\n")
    for _ in range(3):
        assert served.get("/blog/hello").status_code == 200
    served.wait_for_log("AtdQuickHandler is not used for /blog/hello")


def test_configtest_warns_where_it_can_know(served):
    (served.docs / "blog").mkdir(exist_ok=True)
    served.configure("AtdQuickHandler On\n<Directory @DOCS@/blog>\nAtdEngine On\nRequire ip 10.0.0.1\n</Directory>\n")
    code, said = served.check()
    assert code == 0 and re.search(r"AtdQuickHandler will not be used for the blog of <Directory .*/blog>: "
                                   r"'Require ip 10\.0\.0\.1' at .*httpd\.conf:\d+", said), said


def test_a_virtual_host_chooses_for_itself(served):
    served.revalidate = "1h"
    settled(served.docs / "blog", {"hello.md": post("Hello", "World.")})
    served.start("<VirtualHost *:@PORT@>\nServerName quick.example\nAtdQuickHandler On\n</VirtualHost>\n"
                 "<VirtualHost *:@PORT@>\nServerName plain.example\n</VirtualHost>\n" + ENGINE.format(more=""))
    for host in ("quick.example", "plain.example"):
        for _ in range(3):
            assert "World." in served.get("/blog/hello", headers={"Host": host}).text
