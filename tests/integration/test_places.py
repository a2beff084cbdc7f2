# SPDX-License-Identifier: Apache-2.0
"""Where AtdEngine may stand."""
import os
import re

import pytest

from httpd import post, write
from places import NOWHERE, check_blog, fill


def at_root(server, config):
    fill(server.docs)
    server.start(config)


MAIN = "AtdEngine On\n"
VHOSTS = """
<VirtualHost *:@PORT@>
ServerName other.example
DocumentRoot @DOCS@
</VirtualHost>
<VirtualHost *:@PORT@>
ServerName blog.example
DocumentRoot @ROOT@/blog
AtdEngine On
</VirtualHost>
"""


@pytest.mark.all_mpms
def test_main_server(httpd):
    at_root(httpd, MAIN)
    check_blog(httpd, "/")


@pytest.mark.all_mpms
def test_directory(httpd, blog):
    fill(blog)
    httpd.start()
    check_blog(httpd, "/blog/")


@pytest.mark.all_mpms
def test_virtual_host(httpd):
    fill(httpd.root / "blog")
    write(httpd.docs, {"hello.md": "raw"})
    httpd.start(VHOSTS)
    check_blog(httpd, "/")
    assert httpd.get("/hello.md", headers={"Host": "other.example"}).text == "raw"


@pytest.mark.all_mpms
def test_location_with_no_folder_on_disk(httpd):
    fill(httpd.root / "posts")
    httpd.start(NOWHERE)
    assert not (httpd.docs / "blog").exists()
    check_blog(httpd, "/blog/")


@pytest.mark.all_mpms
def test_htaccess(httpd, blog):
    fill(blog)
    write(blog, {".htaccess": "AtdEngine On\n"})
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    check_blog(httpd, "/blog/")


def test_two_virtual_hosts_have_blogs_of_their_own(httpd):
    for name in ("one", "two"):
        write(httpd.root / name, {"post.md": post(f"Of {name}")})
    httpd.start("".join(f"<VirtualHost *:@PORT@>\nServerName {name}.example\nDocumentRoot @ROOT@/{name}\n"
                        "AtdEngine On\n</VirtualHost>\n" for name in ("one", "two")))
    for name in ("one", "two"):
        assert f">Of {name}</h1>" in httpd.get("/post", headers={"Host": f"{name}.example"}).text


def test_main_server_reaches_virtual_hosts_but_not_where_it_is_off(httpd):
    write(httpd.docs, {"post.md": post("Post"), "off/raw.md": "raw"})
    httpd.start("AtdEngine On\n<Directory @DOCS@/off>\nAtdEngine Off\n</Directory>\n"
                "<VirtualHost *:@PORT@>\nServerName a.example\n</VirtualHost>")
    assert httpd.get("/post", headers={"Host": "a.example"}).status_code == 200
    assert httpd.get("/off/raw.md", headers={"Host": "a.example"}).text == "raw"


def test_main_server_with_content_elsewhere(httpd):
    fill(httpd.root / "posts")
    httpd.start("AtdEngine On\nAtdContent @ROOT@/posts\n")
    check_blog(httpd, "/")


def test_location_whose_folder_is_in_the_document_root(httpd, blog):
    fill(blog)
    httpd.start("<Location /blog>\nAtdEngine On\n</Location>")
    check_blog(httpd, "/blog/")


def test_location_needs_access_to_the_content(httpd):
    fill(httpd.root / "posts")
    httpd.expect("AH01630")
    httpd.start(NOWHERE + "<Directory @ROOT@/posts>\nRequire all denied\n</Directory>")
    answer = httpd.get("/blog/hello")
    assert answer.status_code == 403 and "World." not in answer.text


def test_location_ends_at_a_slash(httpd):
    fill(httpd.root / "posts")
    httpd.start(NOWHERE)
    assert httpd.get("/blogger").status_code == 404
    assert "mod_atd" not in httpd.get("/blogger").text


@pytest.mark.parametrize("alias", ["Alias /news @ROOT@/posts", "Alias /news/ @ROOT@/posts/",
                                   "AliasMatch ^/news(/.*)?$ @ROOT@/posts$1"])
@pytest.mark.parametrize("place", ["<Directory @ROOT@/posts>\nAtdEngine On\n</Directory>",
                                   "<Location /news>\nAtdEngine On\n</Location>"])
def test_alias(httpd, alias, place):
    fill(httpd.root / "posts")
    httpd.start(f"{alias}\n{place}")
    check_blog(httpd, "/news/")


def test_one_folder_under_two_aliases(httpd):
    fill(httpd.root / "posts")
    httpd.start("Alias /a @ROOT@/posts\nAlias /b/c @ROOT@/posts\n"
                "<Directory @ROOT@/posts>\nAtdEngine On\n</Directory>")
    check_blog(httpd, "/a/")
    check_blog(httpd, "/b/c/")


@pytest.mark.parametrize("content", ["", "AtdContent @ROOT@/posts\n"])
def test_alias_in_the_middle_of_a_blog_leads_elsewhere(httpd, content):
    fill(httpd.root / "posts")
    fill(httpd.docs)
    write(httpd.root, {"static/hello.txt": "a file", "static/secret.md": "a source"})
    httpd.start(f"Alias /files @ROOT@/static\nAlias /_static @ROOT@/static\nAtdEngine On\n{content}")
    assert httpd.get("/files/hello.txt").text == "a file"
    assert httpd.get("/files/hello").status_code == 404
    assert httpd.get("/files/secret.md").status_code == 404
    assert httpd.get("/_static/hello.txt").text == "a file"
    check_blog(httpd, "/")


def test_symbolic_link_to_a_blog(httpd):
    fill(httpd.root / "posts")
    os.symlink(httpd.root / "posts", httpd.docs / "blog")
    httpd.start("<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>")
    check_blog(httpd, "/blog/")


def test_user_folder(httpd):
    blog = fill(httpd.root / "home/alice/public_html/blog")
    write(blog, {".htaccess": "AtdEngine On\n"})
    httpd.start("UserDir @ROOT@/home/*/public_html\n"
                "<Directory @ROOT@/home/*/public_html>\nAllowOverride FileInfo\n</Directory>")
    check_blog(httpd, "/~alice/blog/")


def test_htaccess_in_the_site_root(httpd):
    fill(httpd.docs)
    write(httpd.docs, {".htaccess": "AtdEngine On\n", "static/a.txt": "text", "shop/index.html": "shop",
                       ".well-known/acme-challenge/token": "proof"})
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    check_blog(httpd, "/")
    assert httpd.get("/static/a.txt").text == "text"
    assert httpd.get("/shop/").text == "shop"
    assert httpd.get("/shop").headers["Location"].endswith("/shop/")
    assert httpd.get("/.well-known/acme-challenge/token").text == "proof"


def test_nested_htaccess_turns_it_off(httpd, blog):
    fill(blog)
    write(blog, {".htaccess": "AtdEngine On\n", "plain/.htaccess": "AtdEngine Off\n", "plain/raw.md": "raw",
                 "plain/deep/.htaccess": "AtdEngine On\n", "plain/deep/again.md": post("Again", "[Up](again.md)")})
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    assert httpd.get("/blog/plain/raw.md").text == "raw"
    assert httpd.get("/blog/plain/raw").status_code == 404
    again = httpd.get("/blog/plain/deep/again")
    assert 'href="/blog/plain/deep/again">Up' in again.text
    check_blog(httpd, "/blog/")


@pytest.mark.parametrize("override", ["AllowOverride FileInfo", "AllowOverride All", "AllowOverride None\n"
                                      "AllowOverrideList AtdEngine", "AllowOverride AuthConfig FileInfo Limit"])
def test_overrides_that_allow_it(httpd, blog, override):
    fill(blog)
    write(blog, {".htaccess": "AtdEngine On\n"})
    httpd.start(f"<Directory @DOCS@>\n{override}\n</Directory>")
    check_blog(httpd, "/blog/")


def test_override_none_reads_no_htaccess(httpd, blog):
    write(blog, {".htaccess": "AtdEngine On\n", "hello.md": "raw"})
    httpd.start("<Directory @DOCS@>\nAllowOverride None\n</Directory>")
    assert httpd.get("/blog/hello").status_code == 404
    assert httpd.get("/blog/hello.md").text == "raw"


@pytest.mark.parametrize("override", ["AllowOverride AuthConfig Indexes Limit Options",
                                      "AllowOverride None\nAllowOverrideList AtdSet"])
def test_override_without_fileinfo(httpd, blog, override):
    write(blog, {".htaccess": "AtdEngine On\n", "hello.md": post("Hello", "World.")})
    httpd.expect("AtdEngine not allowed here")
    httpd.start(f"<Directory @DOCS@>\n{override}\n</Directory>")
    answer = httpd.get("/blog/hello")
    assert answer.status_code == 500 and "World." not in answer.text
    httpd.wait_for_log(r"blog/\.htaccess: AtdEngine not allowed here")


@pytest.mark.parametrize("spelling", ["%h", "%h/", "./%h", "%h/inner", "."])
def test_content_in_htaccess_is_below_it(httpd, blog, spelling):
    write(blog, {".htaccess": f"AtdEngine On\nAtdContent {spelling.replace('%h', 'posts')}\n"})
    fill(blog / spelling.replace("%h", "posts"))
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    check_blog(httpd, "/blog/")


def test_content_in_htaccess_may_be_its_own_absolute_path(httpd, blog):
    fill(blog / "posts")
    write(blog, {".htaccess": f"AtdEngine On\nAtdContent {blog}/posts\n"})
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    check_blog(httpd, "/blog/")


@pytest.mark.parametrize("content", ["@ROOT@/private", "..", "../../private", "posts/../../../private", "/", "",
                                     ".git", "posts/.hidden", "@DOCS@/blogger", "posts\\\\x"])
def test_content_in_htaccess_never_leaves_it(httpd, blog, content):
    fill(httpd.root / "private")
    fill(httpd.docs / "blogger")
    (blog / "posts").mkdir()
    content = content.replace("@ROOT@", str(httpd.root)).replace("@DOCS@", str(httpd.docs))
    write(blog, {".htaccess": f'AtdEngine On\nAtdContent "{content}"\n'})
    httpd.expect(r"\.htaccess: AtdContent ")
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    answer = httpd.get("/blog/hello")
    assert answer.status_code == 500 and "World." not in answer.text
    httpd.wait_for_log(r"\.htaccess: AtdContent ")


@pytest.mark.parametrize("section", ["<Files hello>", '<FilesMatch "hello">', '<If "true">'])
@pytest.mark.parametrize("directive", ["AtdContent ./posts", "AtdTheme ./posts"])
def test_folders_in_htaccess_stand_in_no_pattern(httpd, blog, section, directive):
    """There httpd names the pattern as the place, which whoever wrote the file chose."""
    fill(blog)
    end = re.match(r"<(\w+)", section)[1]
    write(blog, {".htaccess": f"AtdEngine On\n{section}\n{directive}\n</{end}>\n", "posts/x.md": post()})
    httpd.expect(f"{directive.split()[0]} can't stand in a section")
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    assert httpd.get("/blog/hello").status_code == 500
    httpd.wait_for_log("can't stand in a section")


@pytest.mark.parametrize("options, status", [("FollowSymLinks", 200), ("SymLinksIfOwnerMatch", 200), ("None", 500)])
def test_symbolic_link_as_content_in_htaccess(httpd, blog, options, status):
    fill(httpd.root / "posts")
    os.symlink(httpd.root / "posts", blog / "posts")
    write(blog, {".htaccess": "AtdEngine On\nAtdContent posts\n"})
    httpd.expect("is a symbolic link, which is not allowed here")
    httpd.start(f"<Directory @DOCS@>\nAllowOverride FileInfo\nOptions {options}\n</Directory>")
    answer = httpd.get("/blog/hello")
    assert answer.status_code == status and ("World." in answer.text) == (status == 200)


def test_foreign_symbolic_link_as_content_in_htaccess(httpd, blog):
    fill(httpd.root / "posts")
    os.symlink(httpd.root / "posts", blog / "posts")
    try:
        os.chown(blog / "posts", 65534, 65534, follow_symlinks=False)
    except PermissionError:
        pytest.skip("only root can give a link to somebody else")
    write(blog, {".htaccess": "AtdEngine On\nAtdContent posts\n"})
    httpd.expect("ATD0004")
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\nOptions SymLinksIfOwnerMatch\n</Directory>")
    assert "World." not in httpd.get("/blog/hello").text
    assert httpd.get("/blog/dot.gif").status_code != 200


def test_files_of_content_elsewhere_are_under_access_control(httpd, blog):
    fill(httpd.root / "posts")
    httpd.expect("AH01630")
    httpd.start("<Directory @DOCS@/blog>\nAtdEngine On\nAtdContent @ROOT@/posts\n</Directory>\n"
                "<Directory @ROOT@/posts>\n<Files *.gif>\nRequire all denied\n</Files>\n</Directory>")
    assert httpd.get("/blog/hello").status_code == 200
    assert httpd.get("/blog/dot.gif").status_code in (403, 404)


def test_a_circle_of_links_below_content_elsewhere_ends(httpd, blog):
    fill(blog / "posts")
    os.symlink(".", blog / "posts/loop.d")
    write(blog, {".htaccess": "AtdEngine On\nAtdContent posts\n"})
    httpd.start("<Directory @DOCS@>\nAllowOverride FileInfo\n</Directory>")
    assert httpd.get("/blog/loop.d/loop.d").status_code == 404
    assert httpd.get("/blog/loop.d/dot.gif").status_code == 200
