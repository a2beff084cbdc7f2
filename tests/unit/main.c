/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "engine/atd_markdown.h"
#include "suites.h"

#include <apr_general.h>
#include <stdlib.h>

/** Runs all suites; the last line of output is Check's own "N%: Checks: N, Failures: N, Errors: N". */
int main(void)
{
    SRunner *runner = srunner_create(NULL);
    int failed;

    apr_initialize();
    atexit(apr_terminate);
    atd_markdown_initialize();
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
