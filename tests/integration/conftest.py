# SPDX-License-Identifier: Apache-2.0
import pytest

from httpd import Httpd

BLOG = """
<Directory @DOCS@/blog>
AtdEngine On
</Directory>
"""


def pytest_configure(config):
    config.addinivalue_line("markers", "all_mpms: runs under event, worker and prefork")
    config.addinivalue_line("markers", "slow: takes longer than the rest together under a sanitizer")
    config.addinivalue_line("markers", "valgrind: runs under valgrind, too, in one process")


def pytest_generate_tests(metafunc):
    if "mpm" in metafunc.fixturenames:
        everywhere = metafunc.definition.get_closest_marker("all_mpms")
        metafunc.parametrize("mpm", ["event", "worker", "prefork"] if everywhere else ["event"])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    setattr(item, f"result_{outcome.get_result().when}", outcome.get_result())


@pytest.fixture
def httpd(request, mpm):
    """A server that the test configures and starts: httpd.start(config)."""
    server = Httpd(mpm)
    yield server
    failed = getattr(request.node, "result_call", None)
    if failed is not None and failed.failed:
        print(server.log_text())
    server.close(verify=not (failed is not None and failed.failed))


@pytest.fixture
def blog(httpd):
    """The folder docs/blog, published by <Directory>; the server is not started yet."""
    folder = httpd.docs / "blog"
    folder.mkdir()
    httpd.configure(BLOG)
    return folder
