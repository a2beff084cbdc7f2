#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A blog of any size for benchmarks and tests: generate.py COUNT FOLDER [--format F] [--layout L] [--size BYTES] [--seed N].

The same arguments give the same bytes, and so does any other machine. Words, tags, categories and authors are as unevenly
frequent as in real blogs (Zipf's law), and every post has a few words that no other post has. As a module:

    posts = generate.generate(folder, 100, layout="jekyll")
"""
import argparse
import bisect
import dataclasses
import datetime
import itertools
import json
import pathlib
import posixpath
import random
import re
import struct
import unicodedata
import zlib

FORMATS = ("yaml", "toml", "json")
LAYOUTS = ("flat", "jekyll", "hugo", "astro")

FIRST_DAY, DAYS = datetime.datetime(2017, 1, 1), 8 * 365
TAGS, CATEGORIES, AUTHORS, SERIES, PICTURES = 400, 12, 20, 40, 12
VOCABULARY, STREAM = 40000, 1 << 19

COMMON = ("the of and to in a is that it was for on are as with his they at be this from have or by one had not but what "
          "all were when we there can an your which their said if do will each about how up out them then she many some so "
          "these would other into has more her two like him see time could no make than first been its who now people my "
          "made over did down only way find use may water long little very after words called just where most know get "
          "through back much before go good new write our used me man too any day same right look think also around "
          "another came come work three word must because does part even place well such here take why things help put "
          "years different away again off went old number great tell men say small every found still between name should "
          "home big give air line set own under read last never us left end along while might next sound below saw "
          "something thought both few those always looked show large often together asked house world going want school "
          "important until form food keep children feet land side without boy once animals life enough took four head "
          "above kind began almost live page got earth need far hand high year mother light country father let night "
          "picture being study second soon story since white ever paper hard near sentence better best across during today "
          "however sure knew try told young sun thing whole hear example heard several change answer room sea against top "
          "turned learn point city play toward five himself usually money seen car morning body").split()
ONSETS = "b c d f g h j k l m n p r s t v w br ch cl cr dr fl gr pl pr sl sp st str th tr".split()
VOWELS = "a a e e e i i o o u ai ea ee ou".split()
CODAS = ["", "", "", "n", "r", "l", "s", "t", "d", "m", "nd", "ng", "st", "rm"]
ENDINGS = ["", "", "", "", "s", "ed", "ing", "er", "ly", "ness", "tion", "able", "ment"]
ACCENTS = {"a": "áàâäå", "e": "éèêë", "i": "íîï", "o": "óôöø", "u": "úûü", "c": "ç", "n": "ñ"}
CODE = {
    "python": "def {0}({1}):\n    {2} = [{1} for {1} in range({3})]\n    return sum({2}) < {3} and {1} > 0\n",
    "c": "static int {0}(const char *{1})\n{{\n    int {2} = {3};\n\n    return {1} && *{1} ? {2} << 1 : 0;\n}}\n",
    "sh": "for {0} in *.{1}; do\n    {2} --{1} \"${0}\" && sleep {3}\ndone\n",
    "": "{0}: {1}\n{2} <- {3}\n",
}


@dataclasses.dataclass
class Post:
    """What the caller may want to know of a post; `path` is relative to the folder."""
    number: int
    title: str
    slug: str
    date: datetime.datetime
    modified: datetime.datetime = None
    tags: list = dataclasses.field(default_factory=list)
    category: str = ""
    author: str = ""
    excerpt: str = ""
    featured: bool = False
    aliases: list = dataclasses.field(default_factory=list)
    series: str = ""
    part: int = 0
    priority: str = ""
    image: int = None
    public: bool = True
    path: str = ""


def slug_of(text):
    plain = unicodedata.normalize("NFKD", text.lower().replace("ø", "o")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


# ---- words ----

def invent(rng, syllables):
    return "".join(rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(syllables)) + rng.choice(CODAS)


def accented(rng, word):
    places = [i for i, letter in enumerate(word) if letter in ACCENTS]
    if not places:
        return word
    at = rng.choice(places)
    return word[:at] + rng.choice(ACCENTS[word[at]]) + word[at + 1:]


class Zipf:
    """Draws indexes 0 to count - 1, index i about count / (i + 1) times as often as the last."""

    def __init__(self, count):
        self.sums = list(itertools.accumulate(1 / (rank + 1.7) for rank in range(count)))

    def draw(self, rng):
        return bisect.bisect_left(self.sums, rng.random() * self.sums[-1])


class Words:
    """A vocabulary, and a long stream of it out of which sentences are cut, which is quicker than drawing each word."""

    def __init__(self, seed):
        rng = random.Random(f"words {seed}")
        known, words = set(COMMON), list(COMMON)
        while len(words) < VOCABULARY:
            rare = len(words) > 2000
            word = invent(rng, rng.choice((2, 2, 3)) if rare else 2) + (rng.choice(ENDINGS) if rare else "")
            if rng.random() < 0.03:
                word = accented(rng, word)
            if word not in known:
                known.add(word)
                words.append(word)
        self.vocabulary = words
        self.stream = rng.choices(words, cum_weights=Zipf(VOCABULARY).sums, k=STREAM)

    def cut(self, rng, least, most):
        length = least + int(rng.random() * (most - least + 1))
        start = int(rng.random() * (STREAM - length))
        return self.stream[start:start + length]

    def noun(self, rng):
        return self.vocabulary[300 + int(rng.random() ** 2 * 6000)]


def number_word(number):
    """A word that belongs to this number alone."""
    letters = []
    while True:
        number, digit = divmod(number, 18 * 5)
        letters.append("bcdfghjklmnprstvwz"[digit // 5] + "aeiou"[digit % 5])
        if not number:
            return "x" + "".join(letters)


# ---- what the blog has ----

class Blog:
    def __init__(self, count, seed):
        self.count, self.seed = count, seed
        self.words = Words(seed)
        rng = random.Random(f"blog {seed}")
        self.tags = self._names(rng, TAGS)
        self.categories = [name.capitalize() for name in self._names(rng, CATEGORIES)]
        self.series = [f"{name.capitalize()} in parts" for name in self._names(rng, SERIES)]
        self.authors = [f"{invent(rng, 2).capitalize()} {accented(rng, invent(rng, 2)).capitalize()}"
                        for _ in range(AUTHORS)]
        self.author_slugs = [slug_of(name) for name in self.authors]
        self.draw_tag, self.draw_category, self.draw_author = Zipf(TAGS), Zipf(CATEGORIES), Zipf(AUTHORS)
        self.parts = [0] * SERIES
        self.slugs = set()
        self.posts = [self._post(number) for number in range(count)]

    def _names(self, rng, count):
        names = {}
        while len(names) < count:
            noun = self.words.noun(rng)
            names.setdefault(slug_of(noun), f"{noun} {self.words.noun(rng)}" if rng.random() < 0.15 else noun)
        return list(names.values())

    def _title(self, rng):
        a, b, c, d = (self.words.noun(rng) for _ in range(4))
        form = rng.choice(("{} and {} in {}", "The {} of {}", "How {} {}", "Why the {} {} is {}", "A {}, {} and {} {}",
                           "{}: notes on {} {}", "What {} taught us about {}", "{} {} {}", "“{}” {} with {}"))
        title = form.format(a, b, c, d)
        return title[0].upper() + title[1:]

    def _post(self, number):
        rng = random.Random(f"post {self.seed} {number}")
        title = self._title(rng)
        slug = slug_of(title)
        if slug in self.slugs:
            slug = f"{slug}-{number}"
        self.slugs.add(slug)
        date = FIRST_DAY + datetime.timedelta(minutes=int(rng.random() * DAYS * 1440))
        post = Post(number, title, slug, date)
        if rng.random() < 0.2:
            post.modified = date + datetime.timedelta(days=1 + int(rng.random() * 300))
        while len(post.tags) < 2 + number % 5:
            tag = self.tags[self.draw_tag.draw(rng)]
            if tag not in post.tags:
                post.tags.append(tag)
        post.category = self.categories[self.draw_category.draw(rng)]
        post.author = self.author_slugs[self.draw_author.draw(rng)]
        post.excerpt = sentence_case(self.words.cut(rng, 12, 30)) + "."
        post.featured = number % 100 == 7
        if number % 50 == 11:
            post.aliases = [f"formerly-{slug}"]
        if number % 100 in (23, 24, 25) and number % 300 < 100:
            series = number // 300 % SERIES
            self.parts[series] += 1
            post.series, post.part = self.series[series], self.parts[series]
        post.priority = rng.choices(("", "low", "medium", "high"), (80, 5, 10, 5))[0]
        post.image = int(rng.random() * PICTURES) if rng.random() < 0.3 else None
        return post


# ---- bodies ----

def sentence_case(words):
    text = " ".join(words)
    return text[0].upper() + text[1:]


class Body:
    """One post's Markdown."""

    def __init__(self, blog, post, size, pictures):
        self.blog, self.post, self.words, self.pictures = blog, post, blog.words, pictures
        self.rng = random.Random(f"body {blog.seed} {post.number}")
        self.size = int(size * (0.6 + 0.8 * self.rng.random()))
        self.own = [number_word(post.number * 3 + i) for i in range(3)]

    def sentence(self):
        rng = self.rng
        words = self.words.cut(rng, 5, 22)
        what, at = rng.random(), int(rng.random() * len(words))
        if what < 0.07:
            words[at] = f"*{words[at]}*"
        elif what < 0.11:
            words[at] = f"**{words[at]}**"
        elif what < 0.14:
            words[at] = f"`{words[at]}()`"
        elif what < 0.17:
            words[at] = f"[{words[at]} {self.words.noun(rng)}](https://{slug_of(words[at])}.example/{at})"
        elif what < 0.20:
            words[at] = self.link(words[at])
        elif what < 0.30:
            words[at] += ","
        elif what < 0.33:
            words[at] = f'"{words[at]}"'
        return sentence_case(words) + (".", ".", ".", "?", "!", " -- so it is.", "...")[int(rng.random() ** 3 * 7)]

    def link(self, text):
        other = self.blog.posts[int(self.rng.random() * self.blog.count)]
        target = other.path.rpartition("/")
        folder = self.post.path.rpartition("/")[0]
        path = target[2] if target[0] == folder else posixpath.relpath(other.path, folder or ".")
        return f"[{text}]({path})"

    def paragraph(self):
        sentences = [self.sentence() for _ in range(3 + int(self.rng.random() * 5))]
        if self.own and self.rng.random() < 0.4:
            sentences.append(f"We call it {self.own.pop()}.")
        return " ".join(sentences)

    def phrase(self, least=2, most=6):
        return sentence_case(self.words.cut(self.rng, least, most))

    def heading(self):
        return ("### " if self.rng.random() < 0.4 else "## ") + self.phrase()

    def bullets(self):
        lines = []
        for _ in range(3 + int(self.rng.random() * 4)):
            lines.append(f"- {self.phrase(4, 14)}")
            if self.rng.random() < 0.2:
                lines.append(f"  - {self.phrase(3, 8)}")
        return "\n".join(lines)

    def numbers(self):
        return "\n".join(f"{i + 1}. {self.phrase(4, 14)}" for i in range(3 + int(self.rng.random() * 3)))

    def tasks(self):
        return "\n".join(f"- [{'x' if i % 2 else ' '}] {self.phrase(3, 9)}" for i in range(3))

    def code(self):
        language = self.rng.choice(list(CODE))
        names = [slug_of(self.words.noun(self.rng)).replace("-", "_") for _ in range(3)]
        return f"```{language}\n{CODE[language].format(*names, int(self.rng.random() * 100))}```"

    def table(self):
        head = f"| {self.phrase(1, 2)} | {self.phrase(1, 2)} | {self.phrase(1, 2)} |\n|---|:-:|--:|"
        rows = (f"| {self.phrase(1, 3)} | {self.phrase(1, 4)} | {self.rng.random() * 100:.2f} |"
                for _ in range(3 + int(self.rng.random() * 4)))
        return "\n".join((head, *rows))

    def quote(self):
        return "> " + " ".join(self.sentence() for _ in range(2))

    def image(self):
        picture = self.pictures[int(self.rng.random() * len(self.pictures))]
        caption = f' "{self.phrase(3, 8)}"' if self.rng.random() < 0.5 else ""
        return f"![{self.phrase(3, 7)}]({picture}{caption})"

    def markdown(self):
        blocks = [self.paragraph()]
        size = len(blocks[0])
        makers = (self.heading, self.bullets, self.numbers, self.tasks, self.code, self.table, self.quote, self.image)
        weights = (40, 10, 5, 1, 8, 3, 6, 5)
        while size < self.size:
            for block in (self.rng.choices(makers, weights)[0](), self.paragraph()):
                blocks.append(block)
                size += len(block) + 2
        return "\n\n".join(blocks) + "\n"


# ---- front matter ----

PLAIN = re.compile(r"[A-Za-z][\w ,.’()-]*$")
WORDS_WITH_MEANING = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def yaml_scalar(value, within_list=False):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, int):
        return str(value)
    plain = PLAIN.match(value) and value.lower() not in WORDS_WITH_MEANING and value == value.strip()
    return value if plain and not (within_list and "," in value) else quoted(value)


def yaml_lines(front, indent=""):
    for key, value in front.items():
        if isinstance(value, dict):
            yield f"{indent}{key}:"
            yield from yaml_lines(value, indent + "  ")
        elif isinstance(value, list) and key == "tags":
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {yaml_scalar(item)}" for item in value)
        elif isinstance(value, list):
            yield f"{indent}{key}: [{', '.join(yaml_scalar(item, True) for item in value)}]"
        else:
            yield f"{indent}{key}: {yaml_scalar(value)}"


def toml_value(value):
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, (bool, int, datetime.datetime)):
        return yaml_scalar(value)
    return quoted(value)


def toml_lines(front):
    yield from (f"{key} = {toml_value(value)}" for key, value in front.items() if not isinstance(value, dict))
    for key, value in front.items():
        if isinstance(value, dict):
            yield f"[{key}]"
            yield from toml_lines(value)


def file_text(front, body, format):
    """A file with front matter. JSON stands without fences, as in Hugo."""
    if format == "json":
        text = json.dumps(front, ensure_ascii=False, indent=2, default=yaml_scalar)
        return f"{text}\n\n{body}"
    fence, lines = ("+++", toml_lines(front)) if format == "toml" else ("---", yaml_lines(front))
    return "\n".join((fence, *lines, fence)) + f"\n\n{body}"


# ---- layouts ----

class Layout:
    """The blog's own layout: posts/SLUG.md. Others differ in where files lie and how keys are called."""
    authors = "authors/{}.md"
    about = "pages/about.md"
    pictures = "images"

    def path(self, post):
        return f"posts/{post.slug}.md"

    def picture(self, post, number):
        return posixpath.relpath(f"{self.pictures}/picture-{number}.png", posixpath.dirname(post.path))

    def front(self, post):
        front = {"title": post.title, "date": post.date}
        if post.modified:
            front["lastModified"] = post.modified
        front |= {"author": post.author, "category": post.category, "tags": post.tags, "excerpt": post.excerpt}
        if post.image is not None:
            front["featuredImage"] = {"src": self.picture(post, post.image), "alt": f"A picture of {post.tags[0]}"}
        front |= {key: value for key, value in (("featured", post.featured), ("priority", post.priority),
                                                ("aliases", post.aliases), ("series", post.series),
                                                ("partNumber", post.part)) if value}
        return front

    def extra(self, blog):
        """Further files: {path: text or bytes}."""
        return {}

    def format(self, post, chosen):
        return chosen


class Jekyll(Layout):
    authors = "_authors/{}.md"
    about = "about.md"
    pictures = "assets/images"

    def path(self, post):
        post.public = post.number % 50 != 49
        return f"_posts/{post.date:%Y-%m-%d}-{post.slug}.{'md' if post.number % 4 == 3 else 'markdown'}"

    def front(self, post):
        front = {"layout": "post", "title": post.title}
        if post.number % 3 == 0:  # the others have the date of their names
            front["date"] = post.date
        if post.modified:
            front["last_modified_at"] = post.modified
        front |= {"author": post.author, "categories": [post.category, post.tags[0]], "excerpt": post.excerpt}
        front["tags"] = " ".join(map(slug_of, post.tags)) if post.number % 5 == 0 else post.tags
        if post.image is not None:
            front["image"] = "/" + f"{self.pictures}/picture-{post.image}.png"
        if post.number % 10 == 1:
            front["permalink"] = f"/{post.date:%Y/%m}/{post.slug}.html"
        if post.aliases:
            front["redirect_from"] = [f"/{alias}/" for alias in post.aliases]
        if not post.public:
            front["published"] = False
        return front

    def extra(self, blog):
        draft = file_text({"layout": "post", "title": "Not yet"}, "A draft.\n", "yaml")
        return {"_config.yml": "title: The generated blog\npermalink: /:title\n", "_drafts/not-yet.md": draft}


class Hugo(Layout):
    authors = "content/authors/{}/_index.md"
    about = "content/about.md"
    pictures = "static/images"
    sections = ("posts", "notes", "reviews")

    def path(self, post):
        kind = post.number % 5
        if kind == 1:
            return f"content/posts/{post.slug}/index.md"
        if kind == 2:
            return f"content/posts/{post.date.year}/{post.slug}.md"
        section = self.sections[1 + post.number % 2] if kind == 3 else "posts"
        return f"content/{section}/{post.slug}.md"

    def picture(self, post, number):
        return "picture.png" if post.path.endswith("/index.md") else f"/images/picture-{number}.png"

    def front(self, post):
        front = {"title": post.title, "date": post.date}
        if post.modified:
            front["lastmod"] = post.modified
        front |= {"authors": [post.author], "summary": post.excerpt}
        if post.number % 4 == 2:
            front["taxonomies"] = {"categories": [post.category], "tags": post.tags}
        else:
            front |= {"categories": [post.category], "tags": post.tags}
        if post.image is not None:
            front["image"] = self.picture(post, post.image)
        if post.number % 7 == 3:
            front["publishDate"] = post.date
        if post.number % 20 == 4:
            front["expiryDate"] = datetime.datetime(2019 if post.number % 40 == 4 else 2099, 1, 1)
        if post.number % 25 == 24:
            front["draft"] = True
        elif post.number % 3 == 0:
            front["draft"] = False
        if post.aliases:
            front["aliases"] = [f"/{alias}/" for alias in post.aliases]
        if post.series:
            front["series"] = [post.series]
        post.public = not front.get("draft") and post.number % 40 != 4
        return front

    def format(self, post, chosen):
        return "toml" if chosen == "yaml" and post.number % 3 == 1 else chosen

    def extra(self, blog):
        files = {f"content/{section}/_index.md": file_text({"title": section.capitalize()}, f"All {section}.\n", "toml")
                 for section in self.sections}
        files["content/_index.md"] = file_text({"title": "Home"}, "", "yaml")
        files["hugo.toml"] = 'baseURL = "https://blog.example/"\ntitle = "The generated blog"\n'
        files |= {posixpath.join(posixpath.dirname(post.path), "picture.png"): picture(post.number % PICTURES)
                  for post in blog.posts if post.path.endswith("/index.md")}
        return files


class Astro(Layout):
    authors = "src/content/authors/{}.md"
    about = "src/content/pages/about.md"
    pictures = "src/assets"

    def path(self, post):
        folder = {1: f"{post.date.year}/", 2: f"{slug_of(post.category)}/{post.date.year}/"}.get(post.number % 4, "")
        return f"src/content/blog/{folder}{post.slug}.md"

    def front(self, post):
        front = {"title": post.title, "description": post.excerpt, "pubDate": post.date}
        if post.number % 3 == 0:
            front["pubDate"] = post.date.strftime("%b %d %Y")
        if post.modified:
            front["updatedDate"] = post.modified
        if post.image is not None:
            front["heroImage"] = self.picture(post, post.image)
            front["heroImageAlt"] = f"A picture of {post.tags[0]}"
        front |= {"author": post.author, "category": post.category, "tags": post.tags}
        if post.number % 30 == 29:
            front["draft"], post.public = True, False
        return front


LAYOUT = {"flat": Layout, "jekyll": Jekyll, "hugo": Hugo, "astro": Astro}


# ---- files ----

def picture(number, width=64, height=40):
    """A small PNG of one colour."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    colour = bytes(((number * 53) % 256, (number * 101) % 256, (number * 197) % 256))
    rows = (b"\0" + colour * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def common_files(blog, layout, format):
    site = {"title": "The generated blog", "description": "Words in great number", "url": "https://blog.example",
            "language": "en", "author": blog.authors[0], "nav": [{"title": "About", "url": "about"}], "pageSize": 10}
    files = {"site.yaml": json.dumps(site, ensure_ascii=False, indent=2) + "\n"}
    for number, (name, slug) in enumerate(zip(blog.authors, blog.author_slugs)):
        front = {"name": name, "title": name, "role": "Editor" if number % 4 == 0 else "Writer",
                 "bio": f"Writes about {blog.tags[number]} and {blog.tags[number + 20]}."}
        files[layout.authors.format(slug)] = file_text(front, "", format)
    files[layout.about] = file_text({"title": "About"}, "This blog was *generated*.\n", format)
    for number in range(PICTURES):
        files[f"{layout.pictures}/picture-{number}.png"] = picture(number)
    return files


def write_all(folder, files):
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())


def generate(folder, count, *, format="yaml", layout="flat", size=8192, seed=1):
    """Writes a blog of `count` posts with about `size` bytes of Markdown each below `folder`; the list of Post."""
    if format not in FORMATS or layout not in LAYOUTS:
        raise ValueError(f"the format is one of {FORMATS}, the layout one of {LAYOUTS}")
    folder, kind, blog = pathlib.Path(folder), LAYOUT[layout](), Blog(count, seed)
    for post in blog.posts:
        post.path = kind.path(post)
    write_all(folder, common_files(blog, kind, format) | kind.extra(blog))
    made = set()
    for post in blog.posts:
        target = folder / post.path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        pictures = [kind.picture(post, number) for number in range(PICTURES)]
        text = file_text(kind.front(post), Body(blog, post, size, pictures).markdown(), kind.format(post, format))
        with open(target, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return blog.posts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--format", choices=FORMATS, default="yaml")
    parser.add_argument("--layout", choices=LAYOUTS, default="flat")
    parser.add_argument("--size", type=int, default=8192, help="bytes of Markdown in a post, on average")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    posts = generate(options.folder, options.count, format=options.format, layout=options.layout, size=options.size,
                     seed=options.seed)
    print(f"{len(posts)} posts, {sum(post.public for post in posts)} of them public")


if __name__ == "__main__":
    main()
