/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

/* Files with the same slug: the first one is shown, the others are shadowed. */

typedef struct namesake_t {
    apr_int64_t id;
    const char *path;
    bool shadowed;
} namesake_t;

static atd_error_t *set_shadow(atd_index_t *index, const namesake_t *namesake, bool shadowed, apr_pool_t *scratch)
{
    static const atd_sql_t both[] = {ATD_SQL_SHADOW_FILE, ATD_SQL_SHADOW_TERMS};
    atd_error_t *error = NULL;

    if (namesake->shadowed == shadowed)
        return NULL;
    for (int i = 0; !error && i < 2; i++) {
        sqlite3_stmt *statement = atd_index_statement(index, both[i]);

        atd_bind_int(statement, ":id", namesake->id);
        atd_bind_int(statement, ":shadowed", shadowed);
        error = atd_index_run(index, statement, scratch);
    }
    return error;
}

static void tell_of_shadow(const atd_index_policy_t *policy, const char *slug, const namesake_t *second,
                           const namesake_t *first, apr_pool_t *scratch)
{
    const atd_place_t place = {.file = second->path};

    if (!second->shadowed)
        atd_index_report(policy, atd_error_hint(atd_error_make(scratch, ATD_E_DUPLICATE, &place,
                                                               "the slug '%s' is that of %s, too, which is shown", slug,
                                                               first->path),
                                                "give this one a slug of its own"));
}

static atd_error_t *settle_slug(atd_index_t *index, const atd_index_policy_t *policy, const char *slug,
                                apr_pool_t *scratch)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_SAME_SLUG);
    apr_array_header_t *namesakes = apr_array_make(scratch, 2, sizeof(namesake_t));
    atd_error_t *error;

    atd_bind_text(statement, ":slug", slug);
    while (atd_index_step(&error, index, statement, scratch))
        APR_ARRAY_PUSH(namesakes, namesake_t) = (namesake_t){.id = sqlite3_column_int64(statement, 0),
                                                             .path = atd_column_text(statement, 1, scratch),
                                                             .shadowed = sqlite3_column_int(statement, 2) != 0};
    atd_index_reset(statement);
    for (int i = 0; !error && i < namesakes->nelts; i++) {
        const namesake_t *namesake = &APR_ARRAY_IDX(namesakes, i, namesake_t);

        if (i > 0)
            tell_of_shadow(policy, slug, namesake, &APR_ARRAY_IDX(namesakes, 0, namesake_t), scratch);
        error = set_shadow(index, namesake, i > 0, scratch);
    }
    return error;
}

atd_error_t *atd_index_settle(atd_index_t *index, const atd_index_policy_t *policy, const apr_array_header_t *slugs,
                              apr_pool_t *scratch)
{
    atd_error_t *error = NULL;
    apr_pool_t *each;

    apr_pool_create(&each, scratch);
    for (int i = 0; !error && i < slugs->nelts; i++) {
        error = settle_slug(index, policy, APR_ARRAY_IDX(slugs, i, const char *), each);
        if (!error)
            apr_pool_clear(each);
    }
    return error;
}
