# SPDX-License-Identifier: Apache-2.0
"""The documentation says what the code does: names, defaults, limits and links are read from the sources and looked up."""
import collections
import re

import pytest

from httpd import SOURCE

DOCS = SOURCE / "docs"
SITE = SOURCE / "mod_atd/site"
STRING = r'"((?:[^"\\]|\\.)*)"'
PAGES = sorted(SOURCE.glob("*.md")) + sorted(DOCS.glob("*.md"))


def read(path):
    return (SOURCE / path).read_text(encoding="utf-8")


def doc(name):
    return (DOCS / name).read_text(encoding="utf-8")


def code_of(path):
    return re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)


def without_blocks(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)


def headings(text):
    return re.findall(r"^(#+)\s+(.*?)\s*$", without_blocks(text), flags=re.M)


def section(text, title):
    """What stands below a heading, up to the next one of its level or above."""
    found = re.search(rf"^(#+) {re.escape(title)}$(.*)", text, flags=re.S | re.M)
    assert found, f"there is no heading '{title}'"
    end = re.search(rf"^#{{1,{len(found[1])}}} ", found[2], flags=re.M)
    return found[2][:end.start()] if end else found[2]


def in_code(text):
    """All that stands between backticks, outside of blocks."""
    return set(re.findall(r"`([^`\n]+)`", without_blocks(text)))


def rows(text):
    return [line for line in text.splitlines() if line.startswith("|")]


def cells(row):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def fields(path):
    """The rows of a file's atd_field_t tables: ([names], default or None)."""
    code = code_of(path)
    found = []
    for row in re.finditer(r"\.names = \{(.*?)\}(.*?)(?=\.names = \{|;|\Z)", code, flags=re.S):
        otherwise = re.search(rf"\.otherwise = {STRING}", row[2])
        found.append((re.findall(STRING, row[1]), otherwise[1] if otherwise else None))
    assert found, f"no field tables in {path}"
    return found


def names_of(path):
    return {name for names, _ in fields(path) for name in names}


def missing(wanted, text):
    return sorted(set(wanted) - in_code(text))


# ---- directives ----

def directives():
    code = code_of("mod_atd/httpd/atd_config.c")
    table = re.search(r"atd_config_commands\[\] = \{(.*?)\n\};", code, flags=re.S)[1]
    return re.findall(rf"AP_INIT_(\w+)\(\s*{STRING}\s*,.*?(\w*OR_\w+|RSRC_CONF|ACCESS_CONF)", table, flags=re.S)


def documented_directives():
    return [title for _, title in headings(doc("directives.md")) if title.startswith("Atd")]


def test_every_directive_has_a_heading_and_every_heading_a_directive():
    names = [name for _, name, _ in directives()]
    assert len(names) == code_of("mod_atd/httpd/atd_config.c").count("AP_INIT_") > 0
    assert sorted(documented_directives()) == sorted(names)


def test_no_document_names_a_directive_that_does_not_exist():
    names = {name for _, name, _ in directives()}
    for page in (page for page in PAGES if page.name != "CHANGELOG.md"):
        named = set(re.findall(r"\bAtd[A-Z]\w+", page.read_text(encoding="utf-8")))
        assert named <= names, f"{page.name}: {sorted(named - names)}"


@pytest.mark.parametrize("kind,name,where", directives())
def test_a_directive_has_syntax_default_context_override_and_errors(kind, name, where):
    text = section(doc("directives.md"), name)
    assert f"`{name} " in text
    table = {cells(row)[0]: cells(row)[1] for row in rows(text) if len(cells(row)) == 2}
    assert table["Syntax"].startswith(f"`{name} ") and ("On\\|Off" in table["Syntax"]) == (kind == "FLAG")
    assert table["Default"]
    places = {"OR_FILEINFO": ("server config, virtual host, directory, .htaccess", "FileInfo"),
              "RSRC_CONF": ("server config", "none")}
    hosts = ", virtual host" if name == "AtdQuickHandler" else ""  # each host chooses; the rest is the whole server's
    assert (table["Context"].removesuffix(hosts), table["Override"]) == places[where]
    assert "**Errors.**" in text
    assert re.search(rf"^```apache\n(?:.*\n)*?\s*{name}\b", text, flags=re.M) or kind == "FLAG" and f"{name} On" in text
    assert f"(#{name.lower()})" in section(doc("directives.md"), "The directives").split("\n### ")[0]


# ---- front matter, authors, site.yaml ----

def test_every_key_of_front_matter_is_documented():
    text = section(doc("authoring.md"), "Front matter")
    code = code_of("mod_atd/site/atd_post.c")
    keys = set(re.findall(rf"atd_value_(?:get|find)\(post->data, {STRING}\)", code))
    assert {"status", "priority"} <= keys
    assert not missing(names_of("mod_atd/site/atd_post.c") | keys, text)


def test_every_status_and_priority_is_documented():
    code = code_of("mod_atd/site/atd_post.c")
    statuses = re.findall(rf"\[ATD_STATUS_\w+\] = {STRING}", code)
    assert len(statuses) == len(re.findall(r"^    ATD_STATUS_", code_of("mod_atd/site/atd_post.h"), flags=re.M)) > 0
    table = section(doc("authoring.md"), "Who sees a post, and when")
    assert {cells(row)[0].strip("`") for row in rows(table)[2:]} == set(statuses)
    priorities = re.findall(STRING, re.search(r'names\[\] = \{"",(.*?)\}', code)[1])
    assert not missing(priorities, section(doc("authoring.md"), "Who sees it"))


def test_every_key_of_an_author_is_documented():
    assert not missing(names_of("mod_atd/site/atd_person.c"), section(doc("authoring.md"), "Authors"))
    keys = re.search(r"keys\[\] = \{(.*?)\}", code_of("mod_atd/site/atd_person.c"))[1]
    assert not missing(re.findall(STRING, keys), section(doc("authoring.md"), "Front matter"))


def test_every_setting_is_documented_with_its_names_and_default():
    table = {cells(row)[0].strip("`"): cells(row) for row in rows(section(doc("authoring.md"), "site.yaml"))}
    for names, otherwise in fields("mod_atd/site/atd_settings.c"):
        row = table.get(names[0])
        assert row, f"no row for {names[0]}"
        assert in_code(row[1]) == set(names[1:]), names[0]
        assert otherwise is None or row[3] == f"`{otherwise}`", f"{names[0]} defaults to {otherwise}"


def test_every_range_of_a_number_is_documented():
    found = re.findall(r"\.names = \{" + STRING + r"[^}]*\},\s*\.kind = ATD_KIND_NUMBER,\s*\.offset = AT\(\w+\),\s*"
                       r"\.min = (\d+),\s*\.max = (\d+)", code_of("mod_atd/site/atd_settings.c"))
    assert len(found) == code_of("mod_atd/site/atd_settings.c").count(".kind = ATD_KIND_NUMBER")
    for name, low, high in found:
        row = next(row for row in rows(section(doc("authoring.md"), "site.yaml")) if cells(row)[0] == f"`{name}`")
        assert cells(row)[2] == f"number, {low} to {high}"


def test_every_network_is_documented():
    code = code_of("mod_atd/site/atd_view_parts.c")
    table = re.search(r"networks\[\] = \{(.*?)\n\};", code, flags=re.S)[1]
    found = re.findall(rf"\{{{STRING},\s*{STRING},\s*(NULL|{STRING}),\s*(NULL|{STRING})\}}", table)
    shared = {row[0]: row[4] != "NULL" for row in found}
    assert len(shared) == table.count("{") > 0
    documented = {}
    for row in rows(section(doc("authoring.md"), "Networks"))[2:]:
        documented.update({name: cells(row)[2] == "yes" for name in in_code(cells(row)[0])})
    assert documented == shared


def test_every_provider_of_comments_and_its_keys_are_documented():
    code = code_of("mod_atd/site/atd_view_parts.c")
    providers = set(re.findall(rf"strcmp\(provider, {STRING}\)", code))
    assert providers
    table = {cells(row)[0].strip("`"): cells(row)[1] for row in rows(section(doc("authoring.md"), "Comments"))[2:]}
    assert set(table) == providers
    for name in ("giscus", "utterances"):
        keys = re.search(rf"\*const {name}\[\] = \{{(.*?)\}}", code, flags=re.S)[1]
        assert in_code(table[name]) == set(re.findall(STRING, keys))


def test_every_option_of_the_command_is_documented():
    options = re.findall(rf"\{{{STRING}, '\w', (?:TRUE|FALSE)", code_of("mod_atd/cli/atd.c"))
    named = set(re.findall(r"--([\w-]+)", " ".join(in_code(section(doc("authoring.md"), "Checking and previewing")))))
    assert named == set(options)


# ---- errors and limits ----

def test_every_error_has_a_heading_and_every_heading_an_error():
    ids = re.findall(r"^    ATD_[EW]_\w+ = (\d+)", code_of("mod_atd/base/atd_error.h"), flags=re.M)
    assert len(ids) == len(set(ids)) > 0
    wanted = [f"ATD{int(number):04d}" for number in ids]
    assert [title for _, title in headings(doc("errors.md")) if title.startswith("ATD")] == wanted
    for name in wanted:
        text = section(doc("errors.md"), name)
        assert "```text" in text and "What to do:" in text, name
        assert name == "ATD0040" or f"[{name}]" in text, f"{name} has no example of its own"
        assert f"[{name}](#{name.lower()})" in doc("errors.md")


def limits():
    found = re.findall(r"^#define (ATD_MAX_\w+) (.+)$", code_of("mod_atd/base/atd_limits.h"), flags=re.M)
    for name, expression in found:
        assert re.fullmatch(r"\(?[\d *]+\)?", expression), f"{name}: {expression}"
        number = 1
        for factor in re.findall(r"\d+", expression):
            number *= int(factor)
        yield name, number


def written(number):
    for size, unit in ((1024 * 1024, "MiB"), (1024, "KiB")):
        if number % size == 0:
            return f"{number // size} {unit}"
    return f"{number:,}"


def test_every_limit_is_documented():
    text = section(doc("errors.md"), "ATD0003")
    numbers = collections.Counter(written(number) for _, number in limits())
    assert numbers
    text = without_blocks(text)
    for number, times in numbers.items():
        found = len(re.findall(rf"(?<![\d,]){re.escape(number)}(?![\d,]*\d| [KM]iB)", text))
        assert found >= times, f"{number} stands {found} times in docs/errors.md, not {times}"


# ---- templates ----

@pytest.mark.parametrize("path", sorted(SITE.glob("atd_view*.c")), ids=lambda path: path.name)
def test_every_key_that_templates_see_is_documented(path):
    code = code_of(path)
    keys = set(re.findall(rf"\b(?:atd_value_set\w*|set_flag|set_raw)\(\w+, {STRING}", code))
    for words in re.findall(r"\*const (?:keys|giscus|utterances)\[\] = \{(.*?)\}", code, flags=re.S):
        keys |= set(re.findall(STRING, words))
    assert keys
    assert not missing(keys, doc("templates.md"))


# ---- the pages themselves ----

def slug(title):
    """GitHub's id of a heading."""
    title = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", title).replace(" ", "-")


def anchors(page):
    ids = []
    for _, title in headings(page.read_text(encoding="utf-8")):
        name = slug(title)
        ids.append(f"{name}-{ids.count(name)}" if name in ids else name)
    return ids


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_resolves(page):
    text = re.sub(r"`[^`\n]*`", "", without_blocks(page.read_text(encoding="utf-8")))
    targets = re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)", text) + re.findall(r"^\[[^]]+\]:\s*(\S+)", text, flags=re.M)
    for target in targets:
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name}: {target}"
        if fragment and file.suffix == ".md":
            assert fragment in anchors(file), f"{page.name}: {target}"


def test_the_readme_is_short():
    lines = read("README.md").splitlines()
    assert 0 < len(lines) < 200
