/* SPDX-License-Identifier: Apache-2.0 */
#include "template_fixture.h"

/* What the specification's own tests (test_mustache_spec.c) leave open, and the choices that the header tells of. */

/* ---- values ---- */

START_TEST(prints_scalars_as_written)
{
    set("version", "1.10");
    set("no", "false");
    set("yes", "true");
    set("nothing", "null");
    RENDERS("{{version}} {{no}} {{yes}} [{{nothing}}]", "1.10 false true []");
}
END_TEST

START_TEST(escapes_unless_told_otherwise)
{
    set("x", "<a href='\"'>&");
    RENDERS("{{x}}", "&lt;a href=&#39;&quot;&#39;&gt;&amp;");
    RENDERS("{{{x}}} {{&x}}", "<a href='\"'>& <a href='\"'>&");
}
END_TEST

START_TEST(knows_false_from_true)
{
    set("f", "false");
    set("n", "null");
    set("zero", "0");
    set("text", "no");
    atd_value_set(data, "s", atd_value_string(atd_test_pool, ""));
    atd_value_set(data, "l", list_of(0));
    atd_value_set(data, "m", atd_value_map(atd_test_pool));
    RENDERS("{{#f}}1{{/f}}{{#n}}2{{/n}}{{#s}}3{{/s}}{{#l}}4{{/l}}{{#none}}5{{/none}}", "");
    RENDERS("{{^f}}1{{/f}}{{^n}}2{{/n}}{{^s}}3{{/s}}{{^l}}4{{/l}}{{^none}}5{{/none}}", "12345");
    RENDERS("{{#zero}}1{{/zero}}{{#text}}2{{/text}}{{#m}}3{{/m}}", "123");
    RENDERS("{{^zero}}1{{/zero}}{{^text}}2{{/text}}{{^m}}3{{/m}}", "");
}
END_TEST

START_TEST(null_hides_outer_contexts)
{
    atd_value_t *inner = map_with("other", "x");

    atd_value_set(inner, "title", atd_value_null(atd_test_pool));
    atd_value_set(data, "inner", inner);
    set("title", "outer");
    RENDERS("{{#inner}}[{{title}}]{{/inner}}", "[]");
}
END_TEST

START_TEST(renders_without_data)
{
    data = NULL;
    RENDERS("a{{x.y}}{{.}}{{#x}}b{{/x}}{{^x}}c{{/x}}", "ac");
}
END_TEST

START_TEST(loops_over_a_list_with_a_hole)
{
    atd_value_t *list = list_of(1);

    atd_value_push(list, NULL);
    atd_value_set(data, "list", list);
    RENDERS("{{#list}}[{{.}}{{x}}]{{/list}}", "[0][]");
}
END_TEST

/* ---- sources ---- */

START_TEST(leaves_a_byte_order_mark_out)
{
    partial("p", "\xEF\xBB\xBFpartial");
    RENDERS("\xEF\xBB\xBFpage {{>p}}", "page partial");
    RENDERS("\xEF\xBB\xBF", "");
    ATD_FAILS(render("\xEF\xBB\xBF{{a"), ATD_E_TEMPLATE, 1, 1);
}
END_TEST

START_TEST(empty_and_odd_sources)
{
    const char nul[] = "a\0{{x}}\0b";
    const atd_template_t *compiled;
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 100);
    const char *text;
    apr_size_t length;

    RENDERS("", "");
    RENDERS("}} { { }} {", "}} { { }} {");
    set("x", "1");
    ATD_OK(atd_template_compile(&compiled, nul, sizeof nul - 1, "page", atd_test_pool));
    ATD_OK(atd_template_render(out, compiled, data, NULL, atd_test_pool));
    ATD_OK(atd_buffer_take(&text, &length, out, "the page"));
    ck_assert_uint_eq(length, 5);
    ck_assert(memcmp(text, "a\0001\000b", 5) == 0);
    ATD_OK(compile(NULL, 0));
}
END_TEST

START_TEST(source_may_change_after_compiling)
{
    char source[] = "{{x}} {{>p}}";
    const atd_template_loader_t loader = {find_partial, partials};
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 100);
    const atd_template_t *compiled;
    const char *text;

    set("x", "1");
    partial("p", "2");
    ATD_OK(atd_template_compile(&compiled, source, strlen(source), "page", atd_test_pool));
    memset(source, '?', sizeof source - 1);
    ATD_OK(atd_template_render(out, compiled, data, &loader, atd_test_pool));
    ATD_OK(atd_buffer_take(&text, NULL, out, "the page"));
    ck_assert_str_eq(text, "1 2");
}
END_TEST

START_TEST(tags_alone_on_crlf_lines_go)
{
    set("a", "1");
    RENDERS("x\r\n\t{{#a}} \r\n{{a}}\r\n{{/a}}\r\n{{! b\r\n }}\r\ny", "x\r\n1\r\ny");
    RENDERS("{{#a}}\r{{/a}}", "\r");
}
END_TEST

START_TEST(delimiters_may_be_long_and_change_back)
{
    set("a", "1");
    RENDERS("{{=<!--[ ]-->=}}<!--[a]--> {{a}} <!--[={{ }}=]-->{{a}}", "1 {{a}} 1");
    RENDERS("{{=<% %>=}}<%{a}%> <%&a%> <%#a%>x<%/a%> <%! c %><%^a%><%/a%>", "1 1 x ");
    RENDERS("{{=aaab c=}}aaaab{{a}}c", "a");
}
END_TEST

/* ---- partials ---- */

START_TEST(partial_names)
{
    partial("a", "1");
    partial("A-z_09/b/c", "2");
    RENDERS("{{>a}}{{> A-z_09/b/c }}", "12");
}
END_TEST

START_TEST(dynamic_names_come_from_data)
{
    atd_value_t *names = atd_value_list(atd_test_pool);

    partial("a", "1");
    partial("b/c", "2");
    atd_value_push(names, atd_value_string(atd_test_pool, "a"));
    atd_value_push(names, atd_value_string_ref(atd_test_pool, "b/c/d", 3));
    atd_value_set(data, "names", names);
    set("empty", "null");
    RENDERS("{{#names}}{{>*.}}{{/names}}[{{>*empty}}{{>*missing}}]", "12[]");
    ATD_FAILS(render("{{>*names}}"), ATD_E_TYPE, 1, 1);
}
END_TEST

START_TEST(indentation_is_that_of_source_lines)
{
    atd_value_set(data, "list", list_of(2));
    set("text", "1\n2");
    partial("lines", "a\n\n{{text}}\n{{{text}}} b\r\n");
    RENDERS("-\n  {{>lines}}\n-\n", "-\n  a\n  \n  1\n2\n  1\n2 b\r\n-\n");
    partial("loop", "{{#list}}\n<{{.}}>\n{{/list}}\n");
    RENDERS(" {{>loop}}\n", " <0>\n <1>\n");
    partial("inline", "{{#list}}x\n{{/list}}y\n{{! c }}z\n{{^list}}{{/list}}\n{{>one}}{{>one}}\n");
    partial("one", "1");
    RENDERS(" {{>inline}}", " x\n x\n y\n z\n \n 11\n");
}
END_TEST

START_TEST(indentation_adds_up)
{
    partial("outer", "o\n\t{{>inner}}\no {{>inner}}");
    partial("inner", "i\nj\n");
    RENDERS("  {{>outer}}\n", "  o\n  \ti\n  \tj\n  o i\nj\n");
}
END_TEST

/* ---- inheritance ---- */

START_TEST(argument_is_part_of_the_template_it_is_in)
{
    partial("layout", "<{{$title}}site{{/title}}|{{$body}}{{/body}}>");
    partial("card", "({{$title}}card{{/title}})");
    RENDERS("{{<layout}}{{$title}}T{{/title}}{{$body}}{{>card}}{{/body}}{{/layout}}", "<T|(card)>");
    RENDERS("{{<layout}}{{$title}}T{{/title}}{{$body}}{{<card}}{{$title}}C{{/title}}{{/card}}{{/body}}{{/layout}}",
            "<T|(C)>");
    RENDERS("{{<layout}}{{$body}}{{$title}}own{{/title}}{{/body}}{{$title}}T{{/title}}{{/layout}}", "<T|own>");
    RENDERS("{{<layout}}{{$title}}{{$title}}x{{/title}}{{/title}}{{/layout}}", "<x|>");
    partial("mid", "{{<layout}}{{$body}}[{{$main}}default{{/main}}]{{/body}}{{/layout}}");
    RENDERS("{{<mid}}{{$main}}M{{/main}}{{$title}}T{{/title}}{{/mid}}", "<T|[M]>");
}
END_TEST

START_TEST(arguments_reach_partials_within_the_parent)
{
    partial("layout", "{{>head}}");
    partial("head", "<{{$title}}site{{/title}}>");
    RENDERS("{{<layout}}{{$title}}T{{/title}}{{/layout}}{{>head}}", "<T><site>");
}
END_TEST

START_TEST(first_of_two_like_arguments_counts)
{
    partial("p", "{{$a}}{{/a}}");
    RENDERS("{{<p}}{{$a}}1{{/a}}{{$a}}2{{/a}}{{/p}}", "1");
}
END_TEST

START_TEST(only_blocks_count_in_a_parent)
{
    set("x", "1");
    partial("p", "[{{$a}}default{{/a}}]");
    RENDERS("{{<p}} text {{x}} {{#x}}{{$a}}no{{/a}}{{/x}} {{>none}} {{<none}}{{/none}} {{! c }}{{/p}}", "[default]");
}
END_TEST

START_TEST(parents_may_be_dynamic)
{
    set("layout", "p");
    partial("p", "[{{$a}}default{{/a}}]");
    RENDERS("{{<*layout}}{{$a}}1{{/a}}{{/*layout}}{{<*missing}}{{/*missing}}", "[1]");
}
END_TEST

START_TEST(lines_of_a_parent_are_its_own)
{
    partial("p", "{{$a}}0{{/a}}\n");
    RENDERS("x\n  {{<p}}\n  {{$a}}1{{/a}}\n  {{/p}} \r\ny", "x\n  1\ny");
    RENDERS("x {{<p}}{{$a}}1{{/a}}{{/p}}\ny", "x 1\n\ny");
    RENDERS("  {{<p}}{{/p}} y", "  0\n y");
    RENDERS("{{<p}}{{/p}}\n{{<p}}{{/p}}\n", "0\n0\n");
    partial("q", "{{<p}}{{/p}}\n {{<p}}{{/p}}\n{{<p}}\n{{/p}}!\n");
    RENDERS("\t{{>q}}", "\t0\n\t 0\n\t0\n!\n");
}
END_TEST

START_TEST(argument_takes_the_place_of_its_block)
{
    partial("p", "<\n  {{$a}}\n    0\n  {{/a}}\n>\n");
    RENDERS("{{<p}}{{$a}}\n\n 1\n   2\n{{/a}}{{/p}}", "<\n    \n    1\n      2\n>\n");
    RENDERS("{{<p}}{{$a}}\r\n\t1\r\n2\r\n\t{{/a}}{{/p}}", "<\n    1\r\n    2\r\n>\n");
    RENDERS("{{<p}}{{$a}}\r\n \r\n  1\r\n{{/a}}{{/p}}", "<\n    \r\n    1\r\n>\n");
    RENDERS("{{<p}}{{$a}}{{/a}}{{/p}}", "<\n>\n");
    RENDERS("{{<p}}{{$a}}1{{/a}}{{/p}}", "<\n    1>\n");
    RENDERS(" {{<p}}{{$a}}\n1\n2\n{{/a}}{{/p}}", " <\n     1\n     2\n >\n");
    RENDERS("{{>p}}", "<\n    0\n>\n");
}
END_TEST

START_TEST(argument_within_a_line)
{
    partial("p", "  <b>{{$a}}0{{/a}}</b>\n  {{$c}}{{/c}}\n");
    RENDERS("{{<p}}{{$a}}\n  1\n  2{{/a}}{{/p}}", "  <b>1\n2</b>\n  \n");
    RENDERS("{{<p}}{{$c}}\n  1\n   2{{/c}}{{/p}}", "  <b>0</b>\n  1\n   2\n");
    RENDERS(" {{<p}}{{$a}}\n1\n2{{/a}}{{$c}}3\n4{{/c}}{{/p}}", "   <b>1\n 2</b>\n   3\n   4\n");
}
END_TEST

START_TEST(arguments_within_arguments_are_moved_as_one)
{
    atd_value_set(data, "list", list_of(2));
    partial("layout", "<body>\n  {{$body}}\n  {{/body}}\n</body>\n");
    partial("card", "<div>\n  {{$text}}{{/text}}\n</div>\n");
    RENDERS("{{<layout}}\n"
            "  {{$body}}\n"
            "    {{#list}}\n"
            "    {{<card}}\n"
            "      {{$text}}\n"
            "        no. {{.}}\n"
            "      {{/text}}\n"
            "    {{/card}}\n"
            "    {{/list}}\n"
            "    {{>card}}\n"
            "  {{/body}}\n"
            "{{/layout}}\n",
            "<body>\n"
            "  <div>\n    no. 0\n\n  </div>\n"
            "  <div>\n    no. 1\n\n  </div>\n"
            "  <div>\n    \n  </div>\n"
            "</body>\n");
}
END_TEST

static void add_values(Suite *suite)
{
    TCase *tests = template_test_case(suite, "values");

    tcase_add_test(tests, prints_scalars_as_written);
    tcase_add_test(tests, escapes_unless_told_otherwise);
    tcase_add_test(tests, knows_false_from_true);
    tcase_add_test(tests, null_hides_outer_contexts);
    tcase_add_test(tests, renders_without_data);
    tcase_add_test(tests, loops_over_a_list_with_a_hole);
}

static void add_sources(Suite *suite)
{
    TCase *tests = template_test_case(suite, "sources");

    tcase_add_test(tests, leaves_a_byte_order_mark_out);
    tcase_add_test(tests, empty_and_odd_sources);
    tcase_add_test(tests, source_may_change_after_compiling);
    tcase_add_test(tests, tags_alone_on_crlf_lines_go);
    tcase_add_test(tests, delimiters_may_be_long_and_change_back);
}

static void add_partials(Suite *suite)
{
    TCase *tests = template_test_case(suite, "partials");

    tcase_add_test(tests, partial_names);
    tcase_add_test(tests, dynamic_names_come_from_data);
    tcase_add_test(tests, indentation_is_that_of_source_lines);
    tcase_add_test(tests, indentation_adds_up);
}

static void add_inheritance(Suite *suite)
{
    TCase *tests = template_test_case(suite, "inheritance");

    tcase_add_test(tests, argument_is_part_of_the_template_it_is_in);
    tcase_add_test(tests, arguments_reach_partials_within_the_parent);
    tcase_add_test(tests, first_of_two_like_arguments_counts);
    tcase_add_test(tests, only_blocks_count_in_a_parent);
    tcase_add_test(tests, parents_may_be_dynamic);
    tcase_add_test(tests, lines_of_a_parent_are_its_own);
    tcase_add_test(tests, argument_takes_the_place_of_its_block);
    tcase_add_test(tests, argument_within_a_line);
    tcase_add_test(tests, arguments_within_arguments_are_moved_as_one);
}

Suite *template_suite(void)
{
    Suite *suite = suite_create("template");

    add_values(suite);
    add_sources(suite);
    add_partials(suite);
    add_inheritance(suite);
    return suite;
}
