# SPDX-License-Identifier: Apache-2.0
"""Bodies as they are on the wire, and what they are decoded."""
import ctypes
import ctypes.util
import gzip

ENCODINGS = ("identity", "gzip", "br")


def fetch(server, path, encoding="identity", method="GET", **headers):
    """(answer, body as sent); a name's underscores are dashes, None sends no Accept-Encoding at all."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = server.get(path, method=method, stream=True, headers={"Accept-Encoding": encoding, **fields})
    return answer, answer.raw.read(decode_content=False)


def decode(answer, body):
    """The body without its Content-Encoding, which must be one that was well made."""
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding == "gzip":
        return gzip.decompress(body)
    if encoding == "br":
        return _unbrotli(body)
    assert encoding == "identity", encoding
    return body


def text_of(server, path, encoding="identity", **headers):
    answer, body = fetch(server, path, encoding, **headers)
    return decode(answer, body).decode()


def warm(server, *paths):
    """Asks twice: what was written just now is served, and kept from the next request on."""
    for path in paths:
        for encoding in ENCODINGS * 2:
            fetch(server, path, encoding)


def everywhere(server, path, text):
    """For each encoding, whether the page has the text."""
    return [text in text_of(server, path, encoding) for encoding in ENCODINGS]


def _unbrotli(body, most=1 << 18):
    library = ctypes.CDLL(ctypes.util.find_library("brotlidec"))
    size = ctypes.c_size_t(most)
    out = ctypes.create_string_buffer(most)
    done = library.BrotliDecoderDecompress(ctypes.c_size_t(len(body)), body, ctypes.byref(size), out)
    if done != 1 and most < 1 << 25:
        return _unbrotli(body, most * 8)
    assert done == 1, "no brotli"
    return ctypes.string_at(out, size.value)
