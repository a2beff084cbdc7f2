# SPDX-License-Identifier: Apache-2.0
"""Small blogs in the folders and under the keys of this project, Jekyll, Hugo and Astro, as benchmarks/generate.py makes them.

    @pytest.mark.parametrize("layout", layouts.LAYOUTS)
    def test_it(httpd, layout):
        posts = layouts.lay_out(httpd.docs / "blog", layout)

Each of the posts has what a test may look for: `title`, `slug`, `date`, `modified`, `tags`, `category`, `author`, `excerpt`,
`aliases`, `path` below the folder, and `public`, which is false for drafts and expired ones.
"""
import importlib.util

from httpd import SOURCE


def _load(name):
    spec = importlib.util.spec_from_file_location(name, SOURCE / f"benchmarks/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_generate = _load("generate")
LAYOUTS, FORMATS = _generate.LAYOUTS, _generate.FORMATS

# Where the content is, for AtdContent, and where the posts are, below the folder.
CONTENT = {"flat": ".", "jekyll": ".", "hugo": "content", "astro": "src/content"}
POSTS = {"flat": "posts", "jekyll": "_posts", "hugo": "content/posts", "astro": "src/content/blog"}


def lay_out(folder, layout="flat", count=60, *, format="yaml", size=1000, seed=1):
    """Writes a blog below a folder; the list of its posts. 60 posts have every peculiarity of every layout."""
    return _generate.generate(folder, count, format=format, layout=layout, size=size, seed=seed)


def public(posts):
    return [post for post in posts if post.public]


def newest_first(posts):
    return sorted(public(posts), key=lambda post: post.date, reverse=True)
