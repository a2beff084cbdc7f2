# SPDX-License-Identifier: Apache-2.0
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

SEED_URL = "/blog/the-rise-of-ai-in-creative-industries-opportunities-and-challenges"
PAGES = ["/blog/", "/blog/a-tour-of-markdown", "/blog/about", SEED_URL, "/blog/nothing-here"]


def complaints(driver, path):
    """What the console says, but for pictures of other hosts and the 404 that was asked for."""
    return [entry["message"] for entry in driver.get_log("browser")
            if "ERR_CONNECTION" not in entry["message"] and f"{path} -" not in entry["message"]]


@pytest.mark.parametrize("path", PAGES)
def test_the_console_is_silent(browser, path):
    assert complaints(browser(path), path) == []


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_the_window(browser, path, width):
    driver = browser(path, width)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_the_style_sheet_applies(browser, path):
    driver = browser(path)
    sheets = driver.execute_script("return Array.from(document.styleSheets, s => [s.href, s.cssRules.length])")
    assert len(sheets) == 1 and "/blog/_theme/style." in sheets[0][0] and sheets[0][1] > 50


def luminance(color):
    parts = [int(part) / 255 for part in color[color.index("(") + 1:color.index(")")].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("selector", [".e-content p", "h1", ".facts", ".lede", ".bar nav a"])
def test_text_can_be_read(browser, selector, dark):
    """WCAG 2.1, 1.4.3: a contrast of 4.5 at least."""
    driver = browser("/blog/a-tour-of-markdown", dark=dark)
    text = driver.execute_script("return getComputedStyle(document.querySelector(arguments[0])).color", selector)
    ground = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    light, darker = sorted([luminance(text), luminance(ground)], reverse=True)
    assert (luminance(ground) < 0.2) == dark
    assert (light + 0.05) / (darker + 0.05) >= 4.5


def test_local_pictures_load(browser):
    driver = browser("/blog/a-tour-of-markdown")
    driver.execute_script("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
    broken = driver.execute_async_script("""
        const done = arguments[0], images = Array.from(document.images);
        Promise.all(images.map(i => i.decode().then(() => null, () => i.src))).then(all => done(all.filter(x => x)));""")
    assert broken == []
    sizes = driver.execute_script("""return Array.from(document.querySelectorAll('.e-content img'), i =>
        [i.getAttribute('width'), i.getAttribute('height'), i.naturalWidth, i.naturalHeight])""")
    assert sizes and all((str(w), str(h)) == (aw, ah) for aw, ah, w, h in sizes)


def test_the_table_of_contents_leads_to_its_headings(browser):
    driver = browser(SEED_URL)
    shown = driver.find_elements(By.CSS_SELECTOR, "nav a[href^='#']")
    links = [link for link in shown if link.is_displayed()]
    assert len(links) >= 9
    driver.execute_script("arguments[0].scrollIntoView(); arguments[0].click()", links[-1])
    target = driver.execute_script("return document.querySelector(':target').textContent")
    assert target == links[-1].get_attribute("textContent").strip()


def test_the_keyboard_reaches_the_content_first(browser):
    driver = browser("/blog/a-tour-of-markdown")
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    first = driver.switch_to.active_element
    assert first.text == "Skip to content" and first.is_displayed()
    first.send_keys(Keys.ENTER)
    assert driver.switch_to.active_element.tag_name == "main"


def test_from_home_to_a_post_and_back(browser):
    driver = browser("/blog/")
    link = driver.find_element(By.CSS_SELECTOR, "h2 a, h3 a")
    title = link.text
    link.click()
    assert driver.find_element(By.TAG_NAME, "h1").text == title
    driver.back()
    assert driver.current_url.endswith("/blog/")


def test_hidden_posts_are_not_on_the_home_page(browser):
    text = browser("/blog/").find_element(By.TAG_NAME, "body").text
    assert "Letters from readers" not in text and "A new year of plain text" not in text
