# SPDX-License-Identifier: Apache-2.0
import pytest

from httpd import post, write


@pytest.mark.all_mpms
def test_a_post_is_served(httpd, blog):
    write(blog, {"hello.md": post("Hello", "World.")})
    httpd.start()
    answer = httpd.get("/blog/hello")
    assert answer.status_code == 200
    assert "<h1" in answer.text and "World." in answer.text
