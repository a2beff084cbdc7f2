# SPDX-License-Identifier: Apache-2.0
"""What `apachectl configtest` says of each directive, and what each does, alone and merged over sections."""
import re

import pytest

from httpd import SOURCE, post, write

# directive: (values it takes, {wrong value: what the message tells besides directive and value})
CASES = {
    "AtdEngine": (["On", "Off", "on"], {"Yes": "On or Off", "": "On or Off"}),
    "AtdContent": (["@DOCS@/blog", "@DOCS@", '"@DOCS@/blog"'],
                   {"/nowhere/at/all": "not a folder that exists", '""': "one argument", "": "one argument",
                    "@ROOT@/httpd.conf": "not a folder that exists", "a b": "one argument"}),
    "AtdTheme": (["default", "Default", "@ROOT@/theme"],
                 {"no-such-theme": "not a folder that exists", "..": "installed theme", ".hidden": "installed theme",
                  "/nowhere/at/all": "not a folder that exists", '""': "installed theme", "": "one argument"}),
    "AtdBaseUrl": (["/", "/blog", "/blog/", '"/a b/"'],
                   {"blog": "begins with a slash", "http://example.org/blog/": "begins with a slash",
                    "/blog?a": "begins with a slash", "/blog#a": "begins with a slash", '""': "one argument",
                    "/a\\\\b": "begins with a slash", "": "one argument"}),
    "AtdSet": (["title Name", "pageSize 20", "publisher.name Me", "params.anything.deep x", "social.mastodon @me",
                "markdown.smart off", "url https://example.org/"],
               {"nonsense x": "no setting", "pageSize many": "number", "pageSize 0": "1", "pageSize 1001": "1000",
                "nav x": "a list", "params x": "a map", "markdown.toc maybe": "true", "url javascript:x": "url",
                "url example.org": "absolute", "title": "two arguments",
                "": "two arguments", 'title ""': "two arguments"}),
    "AtdMaxAge": (["0", "60", "5mi", "1h", "8784h"],
                  {"-1": "a time from 0", "soon": "a time from 0", "1y": "a time from 0", "8785h": "a time from 0",
                   '""': "one argument", "": "one argument", "5m": "a time from 0",
                   "60seconds": "a time from 0", "1.5h": "a time from 0", "0x10": "a time from 0",
                   "99999999999999999999": "a time from 0"}),
    "AtdRevalidate": (["0", "1", "500ms", "5mi", "1h", "8784h"],
                      {"-1": "a time from 0", "never": "a time from 0", "8785h": "a time from 0", "1 h": "one argument",
                       '""': "one argument", "": "one argument", "1.5": "a time from 0", "1h30": "a time from 0"}),
    "AtdCacheTags": (["None", "Surrogate-Key", "Cache-Tag", "none", "cache-tag"],
                     {"On": "Surrogate-Key or Cache-Tag", "Surrogate_Key": "must be None", '""': "one argument",
                      "Cache-Tag Surrogate-Key": "one argument", "": "one argument"}),
    "AtdCacheSize": (["0", "512K", "524288", "1m", "64M", "1G", "16G"],
                     {"511K": "from 512K to 16G", "524287": "a size from 512K", "1": "0 for no cache", "17G": "to 16G",
                      "-1": "a size from", "64MB": "such as 64M", "64 M": "one argument", "1.5G": "a size from",
                      "half": "a size from", "0x100000": "a size from", "999999999999G": "to 16G",
                      "18446744073709551616": "to 16G", "K": "a size from", "": "one argument"}),
    "AtdCacheBackend": (["none", "None"],
                        {"redis": "must be none", "redis:127.0.0.1:6379": "LoadModule socache_redis_module",
                         "memcache:a:1,b": "memcache:HOST:PORT", "shmcb:": "LoadModule socache_shmcb_module",
                         "none none": "one argument", "": "one argument"}),
    "AtdCacheShare": (["1", "50", "100"],
                      {"0": "from 1 to 100", "101": "from 1 to 100", "50%": "percent", "-1": "percent",
                       "half": "percent", "0.5": "percent", "99999999999999999999": "from 1 to 100",
                       "1 2": "one argument", "": "one argument"}),
    "AtdStateDir": (["state", "@ROOT@/state", '"a b"'],
                    {"": "one argument", '""': "one argument", "a b": "one argument", "x" * 5000: "path of a folder"}),
    "AtdQuickHandler": (["On", "Off"], {"1": "On or Off", "Always": "On or Off", "": "On or Off"}),
    "AtdDrafts": (["On", "Off"], {"1": "On or Off", "": "On or Off"}),
    "AtdDebug": (["On", "Off"], {"yes": "On or Off", "": "On or Off"}),
    "AtdRawHTML": (["On", "Off"], {"true": "On or Off", "": "On or Off"}),
}

PLACES = ["%s", "<Directory @DOCS@/blog>\n%s\n</Directory>", "<Location /blog>\n%s\n</Location>",
          "<VirtualHost *:@PORT@>\n%s\n</VirtualHost>",
          "<VirtualHost *:@PORT@>\n<Location /x>\n<IfModule mod_dir.c>\n%s\n</IfModule>\n</Location>\n</VirtualHost>"]

WHOLE_SERVER = ["AtdCacheSize", "AtdCacheBackend", "AtdCacheShare", "AtdStateDir"]
SERVERS = ["AtdQuickHandler"]


def places_of(name):
    """For a setting of the whole server, and for one of each virtual host, those that are no folder and no URL."""
    if name in WHOLE_SERVER + SERVERS:
        return [place for place in PLACES if place == "%s" or (name in SERVERS and place.startswith("<V")
                                                               and "Loc" not in place)]
    return PLACES


PATTERNS = ["<DirectoryMatch ^@DOCS@/b>\n%s\n</DirectoryMatch>", "<LocationMatch ^/b>\n%s\n</LocationMatch>",
            "<Files hello>\n%s\n</Files>", "<FilesMatch hello>\n%s\n</FilesMatch>", '<If "true">\n%s\n</If>',
            '<If "false">\n</If>\n<Else>\n%s\n</Else>', '<Directory ~ "^@DOCS@/b">\n%s\n</Directory>',
            '<Location ~ "^/b">\n%s\n</Location>', "<Directory @DOCS@/b*>\n%s\n</Directory>",
            "<Location /b*>\n%s\n</Location>", "<Directory @DOCS@/blog>\n<Files x>\n%s\n</Files>\n</Directory>",
            '<Directory @DOCS@/blog>\n<If "true">\n%s\n</If>\n</Directory>']


@pytest.fixture
def folders(httpd):
    write(httpd.root, {"theme/post.mustache": "ours", "docs/blog/hello.md": post("Hello", "World.")})
    return httpd


def check(server, config):
    return server.configure(config).check()


def test_every_directive_is_tested():
    table = (SOURCE / "mod_atd/httpd/atd_config.c").read_text()
    assert sorted(re.findall(r'AP_INIT_\w+\("(\w+)"', table)) == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_right_values_pass_everywhere(folders, name):
    for place in places_of(name):
        for value in CASES[name][0]:
            code, said = check(folders, place % f"{name} {value}")
            assert code == 0 and "Syntax OK" in said, f"{name} {value}: {said}"


@pytest.mark.parametrize("name, value", [(name, value) for name in CASES for value in CASES[name][1]])
def test_wrong_values_are_told(folders, name, value):
    for place in places_of(name)[:2]:
        code, said = check(folders, place % f"{name} {value}")
        assert code != 0 and name in said
        assert CASES[name][1][value] in said
        takes_one_or_two = "argument" in CASES[name][1][value] or "On or Off" in CASES[name][1][value]
        if not takes_one_or_two:
            for word in value.replace("@ROOT@", str(folders.root)).split():
                assert word.strip('"') in said
        assert re.search(r"line \d+ of .*httpd\.conf", said)


@pytest.mark.parametrize("name", WHOLE_SERVER + SERVERS)
def test_settings_of_a_server_stand_in_no_part_of_it(folders, name):
    line = f"{name} {CASES[name][0][-1]}"
    for place in PLACES:
        if place in places_of(name):
            continue
        code, said = check(folders, place % line)
        assert code != 0 and re.search(f"{name} (cannot occur within|not allowed)", said), said
    write(folders.docs, {"blog/.htaccess": line + "\n"})
    folders.expect(f"{name} not allowed here")
    folders.start("<Directory @DOCS@>\nAllowOverride All\n</Directory>")
    assert folders.get("/blog/hello").status_code == 500
    folders.wait_for_log(rf"\.htaccess: {name} not allowed here")


@pytest.mark.parametrize("section", PATTERNS)
def test_engine_stands_in_no_pattern(folders, section):
    code, said = check(folders, section % "AtdEngine On")
    assert code != 0
    assert "AtdEngine On can't stand in a section whose path is a pattern or a condition" in said
    assert "<Directory>, <Location>, <VirtualHost> or an .htaccess" in said
    assert check(folders, section % "AtdEngine Off")[0] == 0


def test_content_is_relative_to_its_directory_or_the_server_root(folders):
    write(folders.docs, {"blog/posts/x.md": post()})
    assert check(folders, "<Directory @DOCS@/blog>\nAtdContent posts\n</Directory>")[0] == 0
    assert check(folders, "AtdContent docs/blog/posts")[0] == 0
    assert check(folders, "<Directory @DOCS@>\nAtdContent posts\n</Directory>")[0] != 0
    assert check(folders, "AtdContent posts")[0] != 0


def test_wrong_values_in_an_htaccess_are_told_in_the_log(folders):
    write(folders.docs, {"blog/.htaccess": "AtdEngine On\nAtdMaxAge soon\n"})
    folders.expect("AtdMaxAge 'soon'")
    folders.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    answer = folders.get("/blog/hello")
    assert answer.status_code == 500 and "World." not in answer.text
    folders.wait_for_log(r"blog/\.htaccess: AtdMaxAge 'soon': must be a time from 0 to 8784h")


# ---- what they do ----

def blog_of(server, config, files=None):
    write(server.docs, files or {})
    server.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>\n"
                 f"<Directory @DOCS@/blog>\nAtdEngine On\n{config}\n</Directory>")
    return server


@pytest.mark.parametrize("value, header", [(None, "no-cache"), ("0", "no-cache"), ("60", "max-age=60"),
                                           ("5mi", "max-age=300"), ("1h", "max-age=3600")])
def test_max_age(folders, value, header):
    blog_of(folders, f"AtdMaxAge {value}" if value else "", {"blog/to.md": post("To", redirect="/elsewhere")})
    for path in ("/blog/", "/blog/hello"):
        assert folders.get(path).headers["Cache-Control"] == header
    assert folders.get("/blog/nothing").headers["Cache-Control"] == "no-cache"
    assert folders.get("/blog/to").status_code in (301, 302, 307, 308)


def test_base_url(folders):
    blog_of(folders, "AtdBaseUrl /shown")
    assert 'href="/shown/hello"' in folders.get("/blog/").text


def test_drafts(folders):
    draft = {"blog/draft.md": post("Draft", "Later.", status="draft")}
    blog_of(folders, "AtdMaxAge 1h\nAtdDrafts On\n<If \"%{QUERY_STRING} == 'off'\">\nAtdDrafts Off\n</If>", draft)
    shown = folders.get("/blog/draft")
    assert shown.status_code == 200 and "Later." in shown.text
    assert shown.headers["Cache-Control"] == "private, no-store" and "noindex" in shown.headers["X-Robots-Tag"]
    assert "/blog/draft" in folders.get("/blog/").text
    assert folders.get("/blog/draft?off").status_code == 404
    assert "/blog/draft" not in folders.get("/blog/?off").text


def test_drafts_are_off_by_default(folders):
    blog_of(folders, "", {"blog/draft.md": post("Draft", "Later.", status="draft")})
    assert folders.get("/blog/draft").status_code == 404
    assert "X-Robots-Tag" not in folders.get("/blog/hello").headers


@pytest.mark.parametrize("value", ["On", "Off"])
def test_debug(folders, value):
    folders.expect(r"broken\.md:3:")
    blog_of(folders, f"AtdDebug {value}", {"blog/broken.md": "---\ntitle: Broken\ndate: [1, 2]\n---\nText.\n"})
    answer = folders.get("/blog/broken")
    assert answer.status_code == 500
    assert ("broken.md:3" in answer.text) == (value == "On")
    assert ("date: [1, 2]" in answer.text) == (value == "On")
    folders.wait_for_log(r"broken\.md:3:")


@pytest.mark.parametrize("value", ["On", "Off"])
def test_raw_html(folders, value):
    blog_of(folders, f"AtdRawHTML {value}", {"blog/raw.md": post("Raw", "a <kbd>Key</kbd>")})
    assert ("<kbd>Key</kbd>" in folders.get("/blog/raw").text) == (value == "On")


def test_theme_by_folder(folders):
    write(folders.root, {"theme/style.css": "p{color:teal}"})
    blog_of(folders, "AtdTheme @ROOT@/theme")
    assert folders.get("/blog/hello").text == "ours"
    home = folders.get("/blog/").text
    style = re.search(r'"(/blog/_theme/style\.\w+\.css)"', home)[1]
    assert 'class="kind-home"' in home and folders.get(style).text == "p{color:teal}"


def test_theme_of_an_htaccess(folders):
    blog_of(folders, "AtdTheme @ROOT@/theme",
            {"blog/.htaccess": "AtdTheme ./mine\n", "blog/mine/post.mustache": "mine {{post.title}}"})
    assert folders.get("/blog/hello").text == "mine Hello"
    write(folders.docs, {"blog/.htaccess": "AtdTheme default\n"})
    assert "World." in folders.get("/blog/hello").text
    assert folders.get("/blog/mine/post.mustache").status_code == 404


@pytest.mark.parametrize("theme", ["@ROOT@/theme", "../../theme", "./../theme", "./.git"])
def test_theme_of_an_htaccess_stays_below_it(folders, theme):
    folders.expect(r"\.htaccess: AtdTheme ")
    blog_of(folders, "", {"blog/.htaccess": f"AtdTheme {theme.replace('@ROOT@', str(folders.root))}\n"})
    answer = folders.get("/blog/hello")
    assert answer.status_code == 500 and "ours" not in answer.text


def test_theme_that_an_htaccess_names_and_lacks(folders):
    folders.expect("AtdTheme names the folder of a theme")
    blog_of(folders, "", {"blog/.htaccess": "AtdTheme ./lost\n"})
    answer = folders.get("/blog/hello")
    assert answer.status_code == 500 and "Something went wrong" in answer.text
    folders.wait_for_log("AtdTheme names the folder of a theme")


def test_set_of_every_kind(folders):
    write(folders.root, {"theme/post.mustache": "{{site.title}}|{{site.params.deep.key}}|{{{site.data.pageSize}}}|"
                                                "{{{post.content}}}|{{{page.head}}}"})
    blog_of(folders, "AtdTheme @ROOT@/theme\nAtdSet title \"A <b> title\"\nAtdSet params.deep.key free\n"
            "AtdSet pageSize 7\nAtdSet markdown.smart off\nAtdSet url https://shown.example\n"
            "AtdSet publisher.name Printer\nAtdSet social.twitter @us\nAtdSet language de-DE",
            {"blog/quotes.md": post("Q", 'It "is" so -- yes'), "blog/site.yaml": "title: Of the file\nfooter: Kept\n"})
    page = folders.get("/blog/quotes").text
    title, free, _size, content, head = page.split("|", 4)
    assert (title, free) == ("A &lt;b&gt; title", "free")
    assert "&quot;is&quot; so -- yes" in content
    assert 'href="https://shown.example/blog/quotes"' in head and "Printer" in head
    assert 'content="@us"' in head and 'content="de_DE"' in head
    assert "Kept" in folders.get("/blog/").text and "Of the file" not in folders.get("/blog/").text


def test_set_switches_and_numbers(folders):
    blog_of(folders, "AtdSet markdown.toc on\nAtdSet wordsPerMinute 50\nAtdSet shareButtons no\nAtdSet share email",
            {"blog/long.md": post("Long", "## One\n\n" + "word " * 100 + "\n\n## Two\n\nend")})
    page = folders.get("/blog/long").text
    assert 'href="#one"' in page or "#one" in page
    assert "3 minutes" in page and "mailto:?" not in page


# ---- merging ----

def head_of(server, path):
    answer = server.get(path)
    assert answer.status_code == 200
    return answer.headers["Cache-Control"], answer.text


def test_a_nested_section_changes_one_and_keeps_the_others(folders):
    write(folders.docs, {"blog/sub/inner.md": post("Inner"), "blog/.htaccess": "AtdSet title \"Of the htaccess\"\n",
                         "blog/raw.md": post("Raw", "a <kbd>Key</kbd>", status="draft")})
    folders.start("AtdMaxAge 10\nAtdRawHTML On\nAtdSet footer \"Of the server\"\nAtdSet title \"Of the server\"\n"
                  "<Directory @DOCS@>\nAllowOverride FileInfo\nAtdDrafts On\nAtdSet title \"Of docs\"\n</Directory>\n"
                  "<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>\n"
                  "<Location /blog/hello>\nAtdMaxAge 20\n</Location>")
    cache, page = head_of(folders, "/blog/hello")
    assert cache == "max-age=20" and "Of the server" in page and "Of the htaccess" in page and "Of docs" not in page
    cache, page = head_of(folders, "/blog/raw")
    assert cache == "private, no-store" and "<kbd>Key</kbd>" in page


def test_off_overrides_on_and_back(folders):
    write(folders.docs, {"blog/.htaccess": "AtdDrafts Off\nAtdMaxAge 0\nAtdSet footer second\n",
                         "blog/draft.md": post("Draft", status="draft")})
    folders.start("<Directory @DOCS@>\nAllowOverride FileInfo\nAtdEngine On\nAtdDrafts On\nAtdMaxAge 1h\n"
                  "AtdBaseUrl /\nAtdSet footer first\n</Directory>\n")
    assert folders.get("/blog/draft").status_code == 404
    cache, page = head_of(folders, "/")
    assert cache == "private, no-store" and "first" in page


def test_virtual_host_inherits_and_overrides(folders):
    folders.start("AtdMaxAge 10\nAtdSet footer \"Of the server\"\nAtdSet title \"Of the server\"\n"
                  "<VirtualHost *:@PORT@>\nDocumentRoot @DOCS@/blog\nAtdEngine On\nAtdSet title \"Of the host\"\n"
                  "</VirtualHost>")
    cache, page = head_of(folders, "/hello")
    assert cache == "max-age=10" and "Of the host" in page and "Of the server" in page


def test_the_last_set_of_a_key_counts(folders):
    blog_of(folders, "AtdSet title one\nAtdSet footer kept\nAtdSet title two")
    page = head_of(folders, "/blog/")[1]
    assert "<title>two</title>" in page and "kept" in page
