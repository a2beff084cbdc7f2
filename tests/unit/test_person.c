/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_person.h"
#include "site_fixture.h"

#include <apr_strings.h>

static atd_reading_t reading;

static apr_array_header_t *people_of(const char *yaml, const atd_root_t *content)
{
    const atd_people_t people = atd_people_of_content(content);

    reading = (atd_reading_t){.file = "a.md", .pool = atd_test_pool};
    reading.findings = apr_array_make(atd_test_pool, 4, sizeof(atd_error_t *));
    return atd_person_read_all(yaml_of(yaml), content ? &people : NULL, &reading);
}

static const atd_person_t *person_at(const apr_array_header_t *people, int index)
{
    ck_assert_int_lt(index, people->nelts);
    return &APR_ARRAY_IDX(people, index, atd_person_t);
}

static const char *names_of(const char *yaml)
{
    const apr_array_header_t *people = people_of(yaml, &test_content);
    const char *names = "";

    for (int i = 0; i < people->nelts; i++)
        names = apr_pstrcat(atd_test_pool, names, i ? "," : "", person_at(people, i)->name, NULL);
    return names;
}

START_TEST(author_may_be_a_map)
{
    const atd_person_t *person =
        person_at(people_of("author: {name: Ada L., jobTitle: Poet, avatar: a.png, link: /ada, email: a@b, bio: B, "
                            "social: {x: ada}}",
                            NULL),
                  0);

    ck_assert_str_eq(person->name, "Ada L.");
    ck_assert_str_eq(person->slug, "ada-l");
    ck_assert_str_eq(person->role, "Poet");
    ck_assert_str_eq(person->image, "a.png");
    ck_assert_str_eq(person->url, "/ada");
    ck_assert_str_eq(person->email, "a@b");
    ck_assert_str_eq(person->bio, "B");
    TEXT_AT(person->social, "x", "ada");
}
END_TEST

START_TEST(author_may_be_a_name)
{
    ck_assert_str_eq(names_of("author: Ada Lovelace"), "Ada Lovelace");
    ck_assert_str_eq(names_of("author: 5"), "5");
    ck_assert_str_eq(names_of("author: '!'"), "!");
    ck_assert_str_eq(names_of("author: ''"), "");
    ck_assert_str_eq(names_of("author: {}"), "");
    ck_assert_str_eq(names_of("author: []"), "");
    ck_assert_str_eq(names_of("title: x"), "");
}
END_TEST

START_TEST(several_authors_keep_their_order)
{
    ck_assert_str_eq(names_of("authors: [B, {name: A}]\ncoAuthors: [C]\nauthor: D"), "D,B,A,C");
    ck_assert_str_eq(names_of("author: A\nauthors: [a, A, {name: A}, '', ~, B]"), "A,B");
    ck_assert_str_eq(names_of("author: {name: A, slug: x}\nauthors: [{name: B, slug: X}]"), "A");
}
END_TEST

START_TEST(author_file_is_looked_up)
{
    const atd_person_t *person;

    put_file("authors/ada.md", "---\nname: Ada Lovelace\nrole: Author\nwebsite: https://ada.example\n---\nBio.\n");
    put_file("authors/bob.md", "No front matter.\n");
    person = person_at(people_of("author: Ada", &test_content), 0);
    ck_assert_str_eq(person->name, "Ada Lovelace");
    ck_assert_str_eq(person->slug, "ada");
    ck_assert_str_eq(person->url, "https://ada.example");
    person = person_at(people_of("author: Ada", NULL), 0);
    ck_assert_str_eq(person->name, "Ada");
    ck_assert_ptr_null(person->url);
    ck_assert_str_eq(names_of("author: bob"), "bob");
    ck_assert_str_eq(names_of("authors: [ada, Ada]"), "Ada Lovelace");
}
END_TEST

START_TEST(author_file_at_fault)
{
    put_file("authors/ada.md", "---\nname: A\nwebsite: javascript:x\n---\n");
    people_of("author: ada", &test_content);
    ATD_FAILS(reading.first, ATD_E_URL, 3, 10);
    ck_assert_str_eq(reading.first->file, "authors/ada.md");
    ck_assert_int_eq(reading.findings->nelts, 1);
    put_file("authors/ada.md", "---\nname: A: B\n---\n");
    ck_assert_str_eq(names_of("author: ada"), "ada");
    ATD_FAILS(reading.first, ATD_E_YAML, 2, 8);
    ck_assert_str_eq(reading.first->file, "authors/ada.md");
    put_link("ada.md", "authors/eve.md");
    people_of("author: eve", &test_content);
    ck_assert_int_eq(reading.first->id, ATD_E_FORBIDDEN);
}
END_TEST

START_TEST(hostile_names_stay_in_the_folder)
{
    put_file("secret.md", "---\nname: Secret\n---\n");
    ck_assert_str_eq(names_of("author: ../secret"), "../secret");
    ck_assert_ptr_null(reading.first);
}
END_TEST

START_TEST(fault_is_told_with_its_place)
{
    people_of("author:\n  role: x\n", NULL);
    ATD_FAILS(reading.first, ATD_E_TYPE, 2, 3);
    people_of("authors:\n  - A\n  - [B]\n", NULL);
    ATD_FAILS(reading.first, ATD_E_TYPE, 3, 5);
    HAS(reading.first->message, "list within a list");
    people_of("author: {name: A, image: 'data:x'}", NULL);
    ATD_FAILS(reading.first, ATD_E_URL, 1, 26);
    people_of("author: {name: [A]}", NULL);
    ck_assert_int_eq(reading.first->id, ATD_E_TYPE);
}
END_TEST

/* Nothing is ever cut short in silence. */
START_TEST(authors_are_bounded)
{
    const char *list = "";

    for (int i = 0; i < 32; i++)
        list = apr_psprintf(atd_test_pool, "%sa%d, ", list, i);
    ck_assert_int_eq(people_of(apr_psprintf(atd_test_pool, "authors: [%s]", list), NULL)->nelts, 32);
    ck_assert_ptr_null(reading.first);
    ck_assert_int_eq(people_of(apr_psprintf(atd_test_pool, "authors: [%s]\ncoAuthors: [b]", list), NULL)->nelts, 32);
    ATD_FAILS(reading.first, ATD_E_LIMIT, 2, 13);
}
END_TEST

Suite *person_suite(void)
{
    Suite *suite = suite_create("person");
    TCase *tests = site_test_case(suite, "person");

    tcase_add_test(tests, author_may_be_a_map);
    tcase_add_test(tests, author_may_be_a_name);
    tcase_add_test(tests, several_authors_keep_their_order);
    tcase_add_test(tests, author_file_is_looked_up);
    tcase_add_test(tests, author_file_at_fault);
    tcase_add_test(tests, hostile_names_stay_in_the_folder);
    tcase_add_test(tests, fault_is_told_with_its_place);
    tcase_add_test(tests, authors_are_bounded);
    return suite;
}
