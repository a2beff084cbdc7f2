/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_category.h"
#include "site_fixture.h"

#include <apr_strings.h>

static atd_reading_t reading;

static atd_category_t category_of(const char *yaml)
{
    atd_category_t category;

    reading = (atd_reading_t){.file = "categories/c.md", .pool = atd_test_pool};
    reading.findings = apr_array_make(atd_test_pool, 4, sizeof(atd_error_t *));
    atd_category_read(&category, yaml_of(yaml), &reading);
    return category;
}

START_TEST(all_keys_are_read)
{
    const atd_category_t category =
        category_of("{name: Web, description: D, seoTitle: S, metaDescription: M, color: '#0a6e8C', image: /c.png, "
                    "parent: All Things, featured: true, noindex: true}");

    ck_assert_str_eq(category.name, "Web");
    ck_assert_str_eq(category.description, "D");
    ck_assert_str_eq(category.seo_title, "S");
    ck_assert_str_eq(category.meta_description, "M");
    ck_assert_str_eq(category.color, "#0a6e8C");
    ck_assert_str_eq(category.image, "/c.png");
    ck_assert_str_eq(category.parent, "all-things");
    ck_assert_int_eq(category.featured, ATD_FLAG_ON);
    ck_assert_int_eq(category.noindex, ATD_FLAG_ON);
    ck_assert_int_eq(reading.findings->nelts, 0);
}
END_TEST

START_TEST(nothing_is_needed)
{
    const atd_category_t category = category_of("{}");
    const char *const texts[] = {category.name,  category.description, category.seo_title, category.meta_description,
                                 category.color, category.image,       category.parent};

    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_ptr_null(texts[i]);
    ck_assert_int_eq(category.featured, ATD_FLAG_UNSET);
    ck_assert_int_eq(reading.findings->nelts, 0);
}
END_TEST

static const struct {
    const char *text;
    bool good;
} colors[] = {
    {"#abc", true},         {"#ABCDEF", true},   {"#012345", true},       {"", true}, /* as if it were not there */
    {"#ab", false},         {"#abcd", false},    {"#abcdeg", false},      {"abc", false},
    {"red", false},         {"#abc;x:y", false}, {"url(//x.org)", false}, {"#abc\"><b>", false},
    {"#ab\xC3\xA9", false}, {"#12345", false},   {"#12 345", false},      {" #abc", false},
};

/* It goes into a style attribute. */
START_TEST(color_is_a_color_or_nothing)
{
    const char *text = colors[_i].text;
    const atd_category_t category = category_of(apr_psprintf(atd_test_pool, "{name: x, color: '%s'}", text));

    ck_assert_int_eq(reading.findings->nelts, !colors[_i].good);
    ck_assert_pstr_eq(category.color, colors[_i].good && *text ? text : NULL);
    if (!colors[_i].good)
        ck_assert_int_eq(APR_ARRAY_IDX(reading.findings, 0, const atd_error_t *)->id, ATD_E_VALUE);
}
END_TEST

START_TEST(unsafe_image_is_left_out)
{
    ck_assert_ptr_null(category_of("image: javascript:alert(1)").image);
    ck_assert_int_gt(reading.findings->nelts, 0);
}
END_TEST

Suite *category_suite(void)
{
    Suite *suite = suite_create("category");
    TCase *tests = site_test_case(suite, "category");

    tcase_add_test(tests, all_keys_are_read);
    tcase_add_test(tests, nothing_is_needed);
    tcase_add_loop_test(tests, color_is_a_color_or_nothing, 0, (int)(sizeof colors / sizeof *colors));
    tcase_add_test(tests, unsafe_image_is_left_out);
    return suite;
}
