/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_picture.h"
#include "site_fixture.h"

static const atd_site_t *site;
static const atd_post_t *post;

static void picture_setup(void)
{
    put_file("pic.svg", svg_of(10, 20));
    put_file("images/in images.svg", svg_of(30, 40));
    put_file("posts/bundle/index.md", "---\ntitle: Bundle\nslug: other\n---\n");
    put_file("posts/bundle/pic.svg", svg_of(640, 360));
    put_file("posts/bundle/file.pdf", "x");
    put_file("posts/bundle/broken.md", "---\na: b: c\n---\n");
    put_file("posts/second.md", "x");
    put_file("first.md", "---\nslug: eins\n---\n");
    site = open_site();
    post = load_post("posts/bundle/index.md");
}

static TCase *picture_test_case(Suite *suite, const char *name)
{
    TCase *tests = site_test_case(suite, name);

    tcase_add_checked_fixture(tests, picture_setup, NULL);
    return tests;
}

static const struct {
    const char *reference;
    const char *url;
    const char *file;
    unsigned width;
} images[] = {
    {"https://x.org/a.png?w=1&h=2", "https://x.org/a.png?w=1&h=2", NULL, 0},
    {"HTTP://x.org/a b.png", "HTTP://x.org/a%20b.png", NULL, 0},
    {"//x.org/a.png", "//x.org/a.png", NULL, 0},
    {"/other/a.png", "/other/a.png", NULL, 0},
    {"pic.svg", "/blog/posts/bundle/pic.svg", "posts/bundle/pic.svg", 640},
    {"./pic.svg", "/blog/posts/bundle/pic.svg", "posts/bundle/pic.svg", 640},
    {"pic.svg?v=2#layer", "/blog/posts/bundle/pic.svg?v=2#layer", "posts/bundle/pic.svg", 640},
    {"../../pic.svg", "/blog/pic.svg", "pic.svg", 10},
    {"../../images/in images.svg", "/blog/images/in%20images.svg", "images/in images.svg", 30},
    {"../../images/in%20images.svg", "/blog/images/in%20images.svg", "images/in images.svg", 30},
    {"../../images/./../pic.svg", "/blog/pic.svg", "pic.svg", 10},
    {"/blog/pic.svg", "/blog/pic.svg", "pic.svg", 10},
    {"/blog/posts/bundle/pic.svg?v=1", "/blog/posts/bundle/pic.svg?v=1", "posts/bundle/pic.svg", 640},
    {"/blog/", "/blog/", NULL, 0},
    {"/blog/none.png", "/blog/none.png", NULL, 0},
    {"none.png", "/blog/posts/bundle/none.png", NULL, 0},
    {"none%3F.png?x", "/blog/posts/bundle/none%3F.png?x", NULL, 0},
    {"file.pdf", "/blog/posts/bundle/file.pdf", "posts/bundle/file.pdf", 0},
    {"../../../../etc/passwd", "../../../../etc/passwd", NULL, 0},
    {"%2e%2e/%2e%2e/%2e%2e/etc/passwd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd", NULL, 0},
    {"..%2f..%2f..%2fetc%2fpasswd", "..%2f..%2f..%2fetc%2fpasswd", NULL, 0},
    {".hidden.png", ".hidden.png", NULL, 0},
    {"a%00.svg", "/blog/posts/bundle/a%2500.svg", NULL, 0},
    {"?x", "?x", NULL, 0},
    {"javascript:alert(1)", NULL, NULL, 0},
    {"data:image/png;base64,x", NULL, NULL, 0},
    {"a\\b.png", NULL, NULL, 0},
    {"", NULL, NULL, 0},
};

START_TEST(image_is_resolved)
{
    atd_target_t target;

    atd_picture_resolve(&target, site, post, images[_i].reference, atd_test_pool);
    ck_assert_pstr_eq(atd_picture_url(site, post, images[_i].reference, atd_test_pool), target.absolute);
    ck_assert_pstr_eq(target.url, images[_i].url);
    ck_assert_pstr_eq(target.file, images[_i].file);
    ck_assert_uint_eq(target.width, images[_i].width);
    ck_assert_pstr_eq(target.type, images[_i].width ? "image/svg+xml" : NULL);
    ck_assert((target.absolute == NULL) == (target.url == NULL));
}
END_TEST

START_TEST(image_of_the_site_is_below_the_content)
{
    atd_target_t target;

    atd_picture_resolve(&target, site, NULL, "pic.svg", atd_test_pool);
    ck_assert_str_eq(target.absolute, "https://example.org/blog/pic.svg");
    ck_assert_uint_eq(target.height, 20);
    atd_picture_resolve(&target, site, NULL, "../pic.svg", atd_test_pool);
    ck_assert_ptr_null(target.file);
}
END_TEST

START_TEST(ids_get_the_base_in_front)
{
    atd_target_t target;

    site = open_site_with("images: {base: 'https://img.org/x'}\n");
    atd_picture_resolve(&target, site, post, "all/blog/pic", atd_test_pool);
    ck_assert_str_eq(atd_picture_url(site, post, "all/blog/pic", atd_test_pool), target.absolute);
    ck_assert_str_eq(target.url, "https://img.org/x/all/blog/pic");
    site = open_site_with("images: {base: 'https://img.org/x/'}\n");
    atd_picture_resolve(&target, site, post, "all/blog/pic", atd_test_pool);
    ck_assert_str_eq(atd_picture_url(site, post, "all/blog/pic", atd_test_pool), target.absolute);
    ck_assert_str_eq(target.url, "https://img.org/x/all/blog/pic");
    atd_picture_resolve(&target, site, post, "pic.svg", atd_test_pool);
    ck_assert_str_eq(atd_picture_url(site, post, "pic.svg", atd_test_pool), target.absolute);
    ck_assert_str_eq(target.url, "/blog/posts/bundle/pic.svg");
    atd_picture_resolve(&target, site, post, "/pic", atd_test_pool);
    ck_assert_str_eq(atd_picture_url(site, post, "/pic", atd_test_pool), target.absolute);
    ck_assert_str_eq(target.url, "/pic");
    atd_picture_resolve(&target, site, post, "https://x.org/pic", atd_test_pool);
    ck_assert_str_eq(atd_picture_url(site, post, "https://x.org/pic", atd_test_pool), target.absolute);
    ck_assert_str_eq(target.url, "https://x.org/pic");
    site = open_site_with("images: {base: /img}\n");
    atd_picture_resolve(&target, site, NULL, "a", atd_test_pool);
    ck_assert_str_eq(atd_picture_url(site, NULL, "a", atd_test_pool), target.absolute);
    ck_assert_str_eq(target.absolute, "https://example.org/img/a");
}
END_TEST

START_TEST(links_out_of_the_content_are_not_followed)
{
    atd_target_t target;

    put_link("/etc/passwd", "posts/bundle/link.svg");
    atd_picture_resolve(&target, site, post, "link.svg", atd_test_pool);
    ck_assert_ptr_null(target.file);
    ck_assert_str_eq(target.url, "/blog/posts/bundle/link.svg");
}
END_TEST

static const struct {
    const char *reference;
    const char *url;
    const char *file;
} links[] = {
    {"https://x.org/a b", "https://x.org/a%20b", NULL},
    {"mailto:a@b.c", "mailto:a@b.c", NULL},
    {"tel:+1", "tel:+1", NULL},
    {"#part", "#part", NULL},
    {"/rooted.md", "/rooted.md", NULL},
    {"../second.md", "/blog/second", "posts/second.md"},
    {"../../first.md#a?b", "/blog/eins#a?b", "first.md"},
    {"index.md?x=1#y", "/blog/other?x=1#y", "posts/bundle/index.md"},
    {"broken.md", "broken.md", NULL},
    {"none.md", "none.md", NULL},
    {"file.pdf#page=2", "/blog/posts/bundle/file.pdf#page=2", "posts/bundle/file.pdf"},
    {"none.pdf", "none.pdf", NULL},
    {"my-other-post", "my-other-post", NULL},
    {"../../../../etc/passwd", "../../../../etc/passwd", NULL},
    {"", "", NULL},
    {"javascript:alert(1)", NULL, NULL},
    {"data:text/html,x", NULL, NULL},
    {"vbscript:x", NULL, NULL},
};

START_TEST(link_is_resolved)
{
    atd_target_t target;

    atd_link_resolve(&target, site, post, links[_i].reference, atd_test_pool);
    ck_assert_pstr_eq(target.url, links[_i].url);
    ck_assert_pstr_eq(target.file, links[_i].file);
}
END_TEST

START_TEST(link_of_a_post_at_the_root_stays_relative)
{
    atd_target_t target;

    put_file("file.pdf", "x");
    atd_link_resolve(&target, site, load_post("first.md"), "file.pdf", atd_test_pool);
    ck_assert_str_eq(target.url, "file.pdf");
    atd_link_resolve(&target, site, load_post("first.md"), "posts/second.md", atd_test_pool);
    ck_assert_str_eq(target.absolute, "https://example.org/blog/second");
}
END_TEST

START_TEST(other_hosts_are_external)
{
    static const char *const inside[] = {"/a",
                                         "a",
                                         "#a",
                                         "mailto:a@b",
                                         "https://example.org",
                                         "https://example.org/x",
                                         "HTTPS://EXAMPLE.ORG/x",
                                         "https://example.org?x",
                                         "https://example.org#x"};
    static const char *const outside[] = {
        "https://x.org", "http://example.org.evil.com/", "https://example.organic",
        "//x.org/",      "https://example.org:8443/",    "https://example.org@evil.com/"};

    for (unsigned i = 0; i < sizeof inside / sizeof *inside; i++)
        ck_assert_msg(!atd_link_is_external(site, inside[i]), "%s", inside[i]);
    for (unsigned i = 0; i < sizeof outside / sizeof *outside; i++)
        ck_assert_msg(atd_link_is_external(site, outside[i]), "%s", outside[i]);
}
END_TEST

Suite *picture_suite(void)
{
    Suite *suite = suite_create("picture");
    TCase *tests = picture_test_case(suite, "images");

    tcase_add_loop_test(tests, image_is_resolved, 0, (int)(sizeof images / sizeof *images));
    tcase_add_test(tests, image_of_the_site_is_below_the_content);
    tcase_add_test(tests, ids_get_the_base_in_front);
    tcase_add_test(tests, links_out_of_the_content_are_not_followed);
    tests = picture_test_case(suite, "links");
    tcase_add_loop_test(tests, link_is_resolved, 0, (int)(sizeof links / sizeof *links));
    tcase_add_test(tests, link_of_a_post_at_the_root_stays_relative);
    tcase_add_test(tests, other_hosts_are_external);
    return suite;
}
