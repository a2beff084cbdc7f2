# SPDX-License-Identifier: Apache-2.0
"""Walks a blog over all that its answers name: pages, feeds, sitemaps, llms.txt, JSON, headers."""
import html
import re

FEEDS = ("feed.xml", "atom.xml", "feed.json")


def paths_in(server, text, base="/blog/"):
    """Every path below the base, whatever syntax it stands in; without a fragment."""
    pattern = rf"(?:{re.escape(server.url(''))}|(?<![\w/.%-])){re.escape(base)}[^\s\"'<>()\[\]\\,;]*"
    for _ in range(2):  # HTML within XML
        text = html.unescape(text)
    return {found.removeprefix(server.url("")).split("#")[0] for found in re.findall(pattern, text)}


def said(answer):
    """All of an answer as one text: its headers, too."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return headers + "\n\n" + answer.content.decode("utf-8", "replace")


def crawl(server, start=(), base="/blog/"):
    """{path: answer} of the home page and of all that can be reached from it, and from `start`."""
    found, waiting = {}, [base, *start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = server.get(path)
        if not path.startswith(base + "_theme/"):
            waiting += sorted(paths_in(server, said(found[path]), base) - set(found))
    return found
