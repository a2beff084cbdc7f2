# SPDX-License-Identifier: Apache-2.0
import pathlib
import shutil
import sys
import tempfile

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from httpd import SEED, SOURCE, Httpd  # noqa: E402

ARGUMENTS = ("--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
             "--disable-component-update --disable-sync --hide-scrollbars --disable-dev-shm-usage").split()

# Nothing may be fetched from elsewhere: pictures of the sample post get an answer that is no network's.
OFFLINE = "--host-resolver-rules=MAP * 127.0.0.1:9, EXCLUDE 127.0.0.1"


@pytest.fixture(scope="session")
def server():
    """The example blog with the sample post beside its own."""
    httpd = Httpd()
    shutil.copytree(SOURCE / "conf/example", httpd.docs / "blog")
    for source in SEED.glob("*.md"):
        shutil.copy(source, httpd.docs / "blog/posts")
    httpd.start("<Directory @DOCS@/blog>\nAtdEngine On\n</Directory>")
    yield httpd
    httpd.close()


@pytest.fixture(scope="session")
def chromium():
    profile = tempfile.mkdtemp(prefix="atd-chromium-")
    options = Options()
    options.binary_location = shutil.which("chromium")
    for argument in [*ARGUMENTS, OFFLINE, f"--user-data-dir={profile}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def browser(chromium, server):
    """Opens a page of the blog at a width: browser("/blog/", 1280) -> the driver."""
    def open_page(path, width=1280, dark=False):
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                 {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                 {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
        chromium.get_log("browser")
        chromium.get(server.url(path))
        return chromium
    return open_page
