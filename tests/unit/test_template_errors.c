/* SPDX-License-Identifier: Apache-2.0 */
#include "template_fixture.h"

/* Errors of templates, with their places and hints, and the bounds that hostile ones meet. */

/* ---- errors of the data ---- */

START_TEST(map_is_not_text)
{
    atd_value_t *author = map_with("name", "Ada");
    atd_value_t *post = atd_value_map(atd_test_pool);
    const atd_error_t *error;

    atd_value_set_text(author, "role", "Author");
    atd_value_set(post, "author", author);
    atd_value_set(data, "post", post);
    ATD_FAILS(render("<p>\n  \xC3\xA9{{post.author}}</p>"), ATD_E_TYPE, 2, 4);
    error = render("<p>\n  \xC3\xA9{{post.author}}</p>");
    ck_assert_str_eq(error->file, "page");
    ck_assert_str_eq(error->message, "post.author is a map, where text is needed");
    ck_assert_str_eq(error->hint, "name one of its keys: name, role");
    ck_assert_str_eq(error->excerpt, "  \xC3\xA9{{post.author}}</p>");
    ATD_FAILS(render("{{#post.author}}{{{.}}}{{/post.author}}"), ATD_E_TYPE, 1, 17);
    HAS(render("{{#post.author}}{{&.}}{{/post.author}}")->message, ". is a map");
}
END_TEST

START_TEST(hint_lists_a_few_keys)
{
    atd_value_t *map = map_with(repeat("k", 41), "too long to be shown");

    atd_value_set(data, "only", map_with(repeat("k", 41), "x"));
    atd_value_set(data, "empty", atd_value_map(atd_test_pool));
    atd_value_set(data, "map", map);
    for (char key = 'a'; key <= 'k'; key++)
        atd_value_set_text(map, (char[]){key, '\0'}, "x");
    ck_assert_str_eq(render("{{map}}")->hint, "name one of its keys: a, b, c, d, e, f, g, h, ...");
    ck_assert_str_eq(render("{{only}}")->hint, "it has no key that could be named");
    ck_assert_str_eq(render("{{empty}}")->hint, "it has no key that could be named");
}
END_TEST

START_TEST(list_is_not_text)
{
    atd_value_set(data, "tags", list_of(2));
    atd_value_set(data, "none", list_of(0));
    ATD_FAILS(render("{{tags}}"), ATD_E_TYPE, 1, 1);
    ATD_FAILS(render("{{{none}}}"), ATD_E_TYPE, 1, 1);
    ck_assert_str_eq(render("{{tags}}")->message, "tags is a list, where text is needed");
    ck_assert_str_eq(render("{{tags}}")->hint, "a section shows it item by item: {{#tags}}{{.}}{{/tags}}");
}
END_TEST

START_TEST(lambda_is_refused_wherever_it_is_named)
{
    atd_value_set(data, "code", map_with("__tag__", "code"));
    ATD_FAILS(render("a {{code}}"), ATD_E_LAMBDA, 1, 3);
    ATD_FAILS(render("a\n{{#code}}{{/code}}"), ATD_E_LAMBDA, 2, 1);
    ATD_FAILS(render("{{^code}}{{/code}}"), ATD_E_LAMBDA, 1, 1);
    ATD_FAILS(render("{{>*code}}"), ATD_E_LAMBDA, 1, 1);
    HAS(render("{{code}}")->message, "code is code");
    atd_value_set(data, "other", map_with("__tag__", "text"));
    RENDERS("{{#other}}fine{{/other}}", "fine");
}
END_TEST

/* ---- errors of the source ---- */

typedef struct fault_t {
    const char *source;
    atd_error_id_t id;
    unsigned line;
    unsigned column;
    const char *message;
    const char *hint;
} fault_t;

static const fault_t faults[] = {
    {"a\n{{b", ATD_E_TEMPLATE, 2, 1, "a tag is not closed", "end it with }}"},
    {"{{{b}}", ATD_E_TEMPLATE, 1, 1, "a tag is not closed", "end it with }}}"},
    {"{{=| |}}", ATD_E_TEMPLATE, 1, 1, "a tag is not closed", "end it with =}}"},
    {"{{! b", ATD_E_TEMPLATE, 1, 1, "a tag is not closed", "end it with }}"},
    {"{{", ATD_E_TEMPLATE, 1, 1, "a tag is not closed", "end it with }}"},
    {"{{=<% %>=}}\n<%b", ATD_E_TEMPLATE, 2, 1, "a tag is not closed", "end it with %>"},
    {"\xC3\xA9\xE2\x82\xAC{{a {{b}}", ATD_E_TEMPLATE, 1, 3, "not closed before the next one", "ends with }}"},
    {"{{{a}} {{{b}}}", ATD_E_TEMPLATE, 1, 1, "not closed before the next one", "ends with }}}"},
    {"x {{}}", ATD_E_TEMPLATE, 1, 3, "without a name", "{{name}}"},
    {"{{# }}{{/}}", ATD_E_TEMPLATE, 1, 1, "without a name", "{{name}}"},
    {"{{>*}}", ATD_E_TEMPLATE, 1, 1, "without a name", "{{name}}"},
    {"{{a b}}", ATD_E_TEMPLATE, 1, 1, "has a blank", "a comment is written {{! like this }}"},
    {"{{a\nb}}", ATD_E_TEMPLATE, 1, 1, "line end", "no blanks"},
    {"{{#if x}}{{/if}}", ATD_E_TEMPLATE, 1, 1, "has a blank", "no commands such as if"},
    {"{{else if x}}", ATD_E_TEMPLATE, 1, 1, "has a blank", "no commands such as if"},
    {"{{a..b}}", ATD_E_TEMPLATE, 1, 1, "empty part", "{{post.title}}"},
    {"{{.a}}", ATD_E_TEMPLATE, 1, 1, "empty part", "{{.}}"},
    {"{{#a.}}{{/a.}}", ATD_E_TEMPLATE, 1, 1, "empty part", "{{post.title}}"},
    {"{{>*a..b}}", ATD_E_TEMPLATE, 1, 1, "empty part", "{{post.title}}"},
    {"{{=}}", ATD_E_TEMPLATE, 1, 1, "a tag is not closed", "=}}"},
    {"{{==}}", ATD_E_TEMPLATE, 1, 1, "two of them", "{{=<% %>=}}"},
    {"{{= | =}}", ATD_E_TEMPLATE, 1, 1, "two of them", "{{=<% %>=}}"},
    {"{{=a b c=}}", ATD_E_TEMPLATE, 1, 1, "two of them", "{{=<% %>=}}"},
    {"{{=<= =>=}}", ATD_E_TEMPLATE, 1, 1, "two of them", "{{=<% %>=}}"},
    {"{{=12345678901234567 |=}}", ATD_E_LIMIT, 1, 1, "longer than 16", "shorter"},
    {"{{=| 12345678901234567=}}", ATD_E_LIMIT, 1, 1, "longer than 16", "shorter"},
    {"a\n {{#b}}c", ATD_E_TEMPLATE, 2, 2, "{{#b}} is never closed", "write {{/b}} where it ends"},
    {"{{#a}}{{^b.c}}", ATD_E_TEMPLATE, 1, 7, "{{^b.c}} is never closed", "write {{/b.c}}"},
    {"{{<*p}}", ATD_E_TEMPLATE, 1, 1, "{{<*p}} is never closed", "write {{/*p}}"},
    {"{{#a}}{{=| |=}}\n|/b|", ATD_E_TEMPLATE, 2, 1, "|/b| stands where |#a| of line 1", "write |/a| before it"},
    {"a{{/b}}", ATD_E_TEMPLATE, 1, 2, "{{/b}} closes nothing that is open", "{{#b}}"},
    {"{{#a}}\n{{#b}}\n{{/a}}{{/b}}", ATD_E_TEMPLATE, 3, 1, "{{/a}} stands where {{#b}} of line 2", "write {{/b}}"},
    {"{{<*p}}{{/p}}", ATD_E_TEMPLATE, 1, 8, "{{/p}} stands where {{<*p}}", "write {{/*p}} before it"},
    {"{{<p}}{{$a}}{{/p}}", ATD_E_TEMPLATE, 1, 13, "{{/p}} stands where {{$a}}", "write {{/a}} before it"},
    {"{{>../a}}", ATD_E_PARTIAL, 1, 1, "not a name that a partial can have", "letters, digits"},
    {"{{>/etc/passwd}}", ATD_E_PARTIAL, 1, 1, "not a name", "letters, digits"},
    {"{{>a/}}", ATD_E_PARTIAL, 1, 1, "not a name", "letters, digits"},
    {"{{>a//b}}", ATD_E_PARTIAL, 1, 1, "not a name", "letters, digits"},
    {"{{>a/b/c/d}}", ATD_E_PARTIAL, 1, 1, "not a name", "two / between"},
    {"{{>card.html}}", ATD_E_PARTIAL, 1, 1, "not a name", "no extension: {{>card}}"},
    {"{{<a\\b}}{{/a\\b}}", ATD_E_PARTIAL, 1, 1, "not a name", "letters, digits"},
    {"{{>caf\xC3\xA9}}", ATD_E_PARTIAL, 1, 1, "not a name", "letters, digits"},
};

START_TEST(fault_is_told)
{
    const fault_t *fault = &faults[_i];
    const atd_error_t *error = compile(fault->source, strlen(fault->source));

    ck_assert_msg(error != NULL, "compiled: %s", fault->source);
    ck_assert_msg(error->id == fault->id && error->line == fault->line && error->column == fault->column, "%s: %s",
                  fault->source, atd_error_line(error, atd_test_pool));
    ck_assert_str_eq(error->file, "page");
    ck_assert_ptr_nonnull(error->excerpt);
    HAS(error->message, fault->message);
    HAS(error->hint, fault->hint);
}
END_TEST

/* ---- errors of partials ---- */

START_TEST(partial_that_does_not_exist)
{
    const atd_error_t *error;

    ATD_FAILS(render("a\n b {{>none}}"), ATD_E_PARTIAL, 2, 4);
    error = render("a\n b {{>none}}");
    ck_assert_str_eq(error->file, "page");
    ck_assert_str_eq(error->message, "no partial none");
    ck_assert_str_eq(error->hint, "make it");
    ck_assert_str_eq(error->excerpt, " b {{>none}}");
}
END_TEST

START_TEST(error_names_the_partial_it_is_in)
{
    partial("inner", "ok\n  {{list}}");
    partial("broken", "\n{{#a}}");
    atd_value_set(data, "list", list_of(1));
    ATD_FAILS(render("{{>inner}}"), ATD_E_TYPE, 2, 3);
    ck_assert_str_eq(render("{{>inner}}")->file, "inner");
    ck_assert_str_eq(render("{{>inner}}")->excerpt, "  {{list}}");
    ATD_FAILS(render("x {{>broken}}"), ATD_E_TEMPLATE, 2, 1);
    ck_assert_str_eq(render("x {{>broken}}")->file, "broken");
}
END_TEST

static atd_error_t *hand_out_shared_error(const atd_template_t **found, void *baton, const char *name, apr_pool_t *pool)
{
    (void)name;
    (void)pool;
    *found = NULL;
    return baton;
}

START_TEST(error_of_the_loader_is_not_changed)
{
    atd_error_t shared = {.id = ATD_E_PARTIAL, .message = "no"};
    const atd_template_loader_t loader = {hand_out_shared_error, &shared};
    const atd_template_t *compiled;
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 100);

    ATD_OK(atd_template_compile(&compiled, " {{>a}}", 7, "page", atd_test_pool));
    ATD_FAILS(atd_template_render(out, compiled, data, &loader, atd_test_pool), ATD_E_PARTIAL, 1, 2);
    ck_assert_ptr_null(shared.file);
    ck_assert_uint_eq(shared.line, 0);
    shared.file = "a.mustache";
    ATD_FAILS(atd_template_render(out, compiled, data, &loader, atd_test_pool), ATD_E_PARTIAL, 0, 0);
}
END_TEST

START_TEST(partial_without_a_loader)
{
    const atd_template_t *compiled;
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 100);

    ATD_OK(atd_template_compile(&compiled, "{{>a}}", 6, "page", atd_test_pool));
    ATD_FAILS(atd_template_render(out, compiled, data, NULL, atd_test_pool), ATD_E_PARTIAL, 1, 1);
}
END_TEST

START_TEST(dynamic_names_are_checked)
{
    static const char *const names[] = {"../a", "/a", "a/", "a.b", "a//b", "a/b/c/d", "a b", "*a", "\xC3\xA9", "."};

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        atd_value_set(data, "name", atd_value_string(atd_test_pool, names[i]));
        ATD_FAILS(render("x {{>*name}}"), ATD_E_PARTIAL, 1, 3);
    }
    HAS(render("{{>*name}}")->message, "the value of name is not a name");
    atd_value_set(data, "name", atd_value_string_n(atd_test_pool, "a\0b", 3));
    ATD_FAILS(render("{{>*name}}"), ATD_E_PARTIAL, 1, 1);
    atd_value_set(data, "name", atd_value_string(atd_test_pool, repeat("a", 256)));
    ATD_FAILS(render("{{>*name}}"), ATD_E_PARTIAL, 1, 1);
    atd_value_set(data, "name", atd_value_string(atd_test_pool, repeat("a", 255)));
    HAS(render("{{>*name}}")->message, "no partial aaa");
}
END_TEST

/* ---- bounds ---- */

START_TEST(template_may_not_be_too_large)
{
    const char *source = repeat("x", ATD_MAX_TEMPLATE + 1);

    ATD_OK(compile(source, ATD_MAX_TEMPLATE));
    ATD_FAILS(compile(source, ATD_MAX_TEMPLATE + 1), ATD_E_LIMIT, 0, 0);
    HAS(compile(source, ATD_MAX_TEMPLATE + 1)->hint, "partials");
}
END_TEST

START_TEST(names_may_not_be_too_long)
{
    const char *longest = repeat("a", 255);
    const char *deepest = repeat("a.", ATD_MAX_TEMPLATE_DEPTH - 1);

    RENDERS(apr_pstrcat(atd_test_pool, "{{", longest, "}}", NULL), "");
    ATD_FAILS(render(apr_pstrcat(atd_test_pool, "{{a", longest, "}}", NULL)), ATD_E_LIMIT, 1, 1);
    ATD_FAILS(render(apr_pstrcat(atd_test_pool, "{{>a", longest, "}}", NULL)), ATD_E_LIMIT, 1, 1);
    RENDERS(apr_pstrcat(atd_test_pool, "{{", deepest, "a}}", NULL), "");
    ATD_FAILS(render(apr_pstrcat(atd_test_pool, "{{", deepest, "a.a}}", NULL)), ATD_E_LIMIT, 1, 1);
}
END_TEST

START_TEST(sections_may_not_be_too_deep)
{
    const char *open = repeat("{{#a}}", ATD_MAX_TEMPLATE_DEPTH);
    const char *close = repeat("{{/a}}", ATD_MAX_TEMPLATE_DEPTH);
    const char *deepest = apr_pstrcat(atd_test_pool, open, "x", close, NULL);

    set("a", "1");
    RENDERS(deepest, "x");
    ATD_FAILS(render(apr_pstrcat(atd_test_pool, open, "\n {{^b}}", NULL)), ATD_E_LIMIT, 2, 2);
    partial("deepest", deepest);
    ATD_FAILS(render("{{#a}}{{>deepest}}{{/a}}"), ATD_E_LIMIT, 1, 6 * (ATD_MAX_TEMPLATE_DEPTH - 1) + 1);
    ck_assert_str_eq(render("{{#a}}{{>deepest}}{{/a}}")->file, "deepest");
}
END_TEST

START_TEST(partials_may_not_be_too_deep)
{
    atd_value_t *node = atd_value_map(atd_test_pool);

    partial("self", "x {{>self}}");
    ATD_FAILS(render("{{>self}}"), ATD_E_LIMIT, 1, 3);
    ck_assert_str_eq(render("{{>self}}")->file, "self");
    partial("twice", "{{>twice}}{{>twice}}{{<twice}}{{/twice}}");
    ATD_FAILS(render("{{<twice}}{{/twice}}"), ATD_E_LIMIT, 1, 1);
    partial("block", "{{$a}}{{<block}}{{$a}}{{>block}}{{/a}}{{/block}}{{/a}}");
    ATD_FAILS(render("{{>block}}"), ATD_E_LIMIT, 1, 1);
    partial("tree", "{{#child}}<{{>tree}}>{{/child}}");
    atd_value_set(node, "child", list_of(0));
    for (int i = 0; i < ATD_MAX_TEMPLATE_DEPTH - 2; i++) {
        atd_value_t *above = atd_value_map(atd_test_pool);

        atd_value_set(above, "child", node);
        node = above;
    }
    data = node;
    ck_assert_uint_eq(strlen(rendered("{{>tree}}")), 2 * (ATD_MAX_TEMPLATE_DEPTH - 2));
}
END_TEST

START_TEST(argument_counts_as_a_partial)
{
    unsigned depth = ATD_MAX_TEMPLATE_DEPTH;

    for (unsigned i = 0; i + 1 < depth; i++)
        partial(apr_psprintf(atd_test_pool, "p%u", i), apr_psprintf(atd_test_pool, "{{>p%u}}", i + 1));
    partial(apr_psprintf(atd_test_pool, "p%u", depth - 1), "{{$a}}0{{/a}}");
    RENDERS("{{<p0}}{{/p0}}", "0");
    ATD_FAILS(render("{{<p0}}{{$a}}1{{/a}}{{/p0}}"), ATD_E_LIMIT, 1, 1);
    RENDERS("{{<p1}}{{$a}}1{{/a}}{{/p1}}", "1");
}
END_TEST

START_TEST(loops_end)
{
    atd_value_set(data, "l", list_of(1000));
    ATD_FAILS(render("{{#l}}{{#l}}\n{{#l}}{{/l}}{{/l}}{{/l}}"), ATD_E_LIMIT, 2, 1);
    HAS(render("{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}")->message, "more than 1000000 tags");
    partial("p", "{{! nothing }}");
    ATD_FAILS(render("{{#l}}{{#l}}{{>p}}{{/l}}{{/l}}"), ATD_E_LIMIT, 1, 13);
    atd_value_set(data, "l", list_of(900));
    RENDERS("{{#l}}{{#l}}{{/l}}{{/l}}", "");
}
END_TEST

/* Each look-up fails in 31 contexts, with hashing of 250 bytes: five seconds if it counted as one step. */
START_TEST(costly_lookups_count_more)
{
    atd_value_t *map = atd_value_map(atd_test_pool);
    const char *open = repeat("{{#m}}", ATD_MAX_TEMPLATE_DEPTH - 2);
    const char *close = repeat("{{/m}}", ATD_MAX_TEMPLATE_DEPTH - 2);
    const char *tags = repeat(apr_psprintf(atd_test_pool, "{{%s}}", repeat("n", 250)), 300);
    const atd_error_t *error;
    apr_time_t start;

    for (int i = 0; i < 40; i++)
        atd_value_set_text(map, apr_psprintf(atd_test_pool, "k%d", i), "x");
    atd_value_set(map, "m", map_with("x", "y"));
    atd_value_set(map, "l", list_of(2000));
    data = map;
    start = apr_time_now();
    error = render(apr_pstrcat(atd_test_pool, "{{#l}}{{#l}}", open, tags, close, "{{/l}}{{/l}}", NULL));
    ck_assert(error && error->id == ATD_E_LIMIT);
    HAS(error->message, "more than 1000000 tags");
    ck_assert_int_lt(apr_time_now() - start, apr_time_from_sec(2));
}
END_TEST

/* Thousands of arguments, each compared with thousands of blocks. */
START_TEST(argument_searches_count)
{
    partial("p", repeat("{{$b}}{{/b}}\n", 18000));
    ATD_FAILS(render(apr_pstrcat(atd_test_pool, "{{<p}}", repeat("{{$a}}{{/a}}", 18000), "{{/p}}", NULL)), ATD_E_LIMIT,
              56, 13);
}
END_TEST

START_TEST(page_may_not_be_too_large)
{
    const char *text;

    atd_value_set(data, "l", list_of(1000));
    set("x", "0123456789");
    ATD_OK(render_bounded(&text, "{{x}}", 10));
    ATD_FAILS(render_bounded(&text, "{{x}}", 9), ATD_E_LIMIT, 1, 1);
    ATD_FAILS(render_bounded(&text, "a\n{{#l}}{{x}}{{#l}}{{x}}{{/l}}{{/l}}", 500), ATD_E_LIMIT, 2, 18);
    HAS(render_bounded(&text, "12345", 4)->message, "the page would be larger than 4 bytes");
    ATD_FAILS(render_bounded(&text, "\n12345", 4), ATD_E_LIMIT, 1, 1);
    partial("many", repeat("\n", 1000));
    ATD_FAILS(render_bounded(&text, apr_pstrcat(atd_test_pool, repeat(" ", 1000), "{{>many}}", NULL), 5000),
              ATD_E_LIMIT, 1, 1);
}
END_TEST

typedef struct hostile_t {
    const char *unit;
    bool compiles;
} hostile_t;

static const hostile_t hostile[] = {
    {"{{", false},           {"{{{", false},      {"}}", true},      {"{{a}}", true},          {"{{#a}}", false},
    {"{{/a}}", false},       {"{{<a}}", false},   {"{{$a}}", false}, {"{{!", false},           {"{{=", false},
    {"{{#a}}{{/a}}", true},  {" ", true},         {"\n", true},      {"{{$a}}\n{{/a}}", true}, {"{{=| |=}}", false},
    {"{{={{ }}=}}\n", true}, {" {{>a}}\n", true}, {"{{ ", false},    {"{{a.", false},          {"{{<a}}{{/a}} ", true},
    {"{{! }}\n ", true},     {"{", false},        {"\xC3", true},    {"{{$a}}{{/a}}\n", true}, {"{{a\n", false},
};

START_TEST(hostile_source_is_cheap)
{
    const char *unit = hostile[_i].unit;
    const char *source = repeat(unit, ATD_MAX_TEMPLATE / (unsigned)strlen(unit));
    apr_time_t start = apr_time_now();
    const atd_error_t *error;

    partial("a", "");
    error = compile(source, strlen(source));
    ck_assert_msg(!error == hostile[_i].compiles, "%s: %s", unit, error ? atd_error_line(error, atd_test_pool) : "");
    error = render(source);
    ck_assert_msg(!error == hostile[_i].compiles, "%s: %s", unit, error ? atd_error_line(error, atd_test_pool) : "");
    ck_assert_int_lt(apr_time_now() - start, apr_time_from_sec(2));
}
END_TEST

static void add_errors(Suite *suite)
{
    TCase *tests = template_test_case(suite, "errors");

    tcase_add_loop_test(tests, fault_is_told, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, map_is_not_text);
    tcase_add_test(tests, hint_lists_a_few_keys);
    tcase_add_test(tests, list_is_not_text);
    tcase_add_test(tests, lambda_is_refused_wherever_it_is_named);
    tcase_add_test(tests, partial_that_does_not_exist);
    tcase_add_test(tests, error_names_the_partial_it_is_in);
    tcase_add_test(tests, error_of_the_loader_is_not_changed);
    tcase_add_test(tests, partial_without_a_loader);
    tcase_add_test(tests, dynamic_names_are_checked);
}

static void add_bounds(Suite *suite)
{
    TCase *tests = template_test_case(suite, "bounds");

    tcase_add_test(tests, template_may_not_be_too_large);
    tcase_add_test(tests, names_may_not_be_too_long);
    tcase_add_test(tests, sections_may_not_be_too_deep);
    tcase_add_test(tests, partials_may_not_be_too_deep);
    tcase_add_test(tests, argument_counts_as_a_partial);
    tcase_add_test(tests, loops_end);
    tcase_add_test(tests, costly_lookups_count_more);
    tcase_add_test(tests, argument_searches_count);
    tcase_add_test(tests, page_may_not_be_too_large);
    tcase_add_loop_test(tests, hostile_source_is_cheap, 0, (int)(sizeof hostile / sizeof *hostile));
}

Suite *template_errors_suite(void)
{
    Suite *suite = suite_create("template errors");

    add_errors(suite);
    add_bounds(suite);
    return suite;
}
