# SPDX-License-Identifier: Apache-2.0
"""The published schemas of feeds, from $ATD_SPEC_DIR."""
import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest
from lxml import etree

from httpd import SOURCE

SPEC = pathlib.Path(os.environ.get("ATD_SPEC_DIR", SOURCE / "../shared/spec")) / "schemas"


def spec(name):
    path = SPEC / name
    if not path.exists():
        assert not os.environ.get("CI"), f"ATD_SPEC_DIR has no schemas/{name}; in CI it must"
        pytest.skip(f"there is no {path}; see CONTRIBUTING.md")
    return path


def check_rss(feed):
    """An empty feed has no item, which this schema asks for."""
    etree.XMLSchema(file=str(spec("rss/rss-2_0.xsd"))).assertValid(etree.fromstring(feed))


def check_atom(feeds, folder):
    """{name: feed}, all at once, since the checker takes long to start."""
    files = []
    for name, feed in feeds.items():
        files.append(folder / name)
        files[-1].write_bytes(feed)
    run = subprocess.run(["jing", "-c", spec("atom/atom.rnc"), *files], capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stdout) == (0, "")


def check_json(feed):
    schema = json.loads(spec("jsonfeed/feed.schema.json").read_text())
    older = json.loads(spec("jsonfeed/feed-1.schema.json").read_text())
    base = "https://json.schemastore.org/feed.json"
    store = {schema.get("id", base): schema, older["id"]: older}
    store.update({re.sub(r"[^/]*$", "feed-1", key): older for key in list(store)})
    resolver = jsonschema.RefResolver(schema.get("id", base), schema, store)
    jsonschema.Draft4Validator(schema, resolver=resolver).validate(json.loads(feed))
