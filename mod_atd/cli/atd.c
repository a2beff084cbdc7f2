/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/atd_cli.h"

#include <apr_general.h>
#include <apr_getopt.h>
#include <apr_strings.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: atd render [--content DIR] [--theme DIR] [--base PATH] [--url URL] [--raw-html] FILE\n"
    "       atd check [--theme DIR] [--json] DIR\n"
    "       atd index [--state DIR] [--verbose] DIR\n"
    "       atd export [--theme DIR] [--base PATH] [--url URL] [--raw-html] [--jobs N] [--force] -o OUT DIR\n"
    "       atd --version | --help\n"
    "\n"
    "  render   writes the page that mod_atd would serve for the post in FILE\n"
    "  check    tells what is wrong with the posts, settings and theme of a blog, a line each;\n"
    "           exit code 1 where there is an error or a warning\n"
    "  index    reads what changed in a blog into its index, and tells what that took as JSON;\n"
    "           exit code 1 where a file that was read is wrong\n"
    "  export   writes the whole blog as static files into the folder OUT, which stands for the blog's own\n"
    "           URL path; exit code 1 where a page could not be made\n"
    "\n"
    "  --content DIR  the blog's folder; else the one that FILE lies in\n"
    "  --theme DIR    a theme's folder; else the built-in theme\n"
    "  --base PATH    URL path of the blog, /blog/ if not given\n"
    "  --url URL      scheme and host of the blog where site.yaml has no url\n"
    "  --raw-html     let HTML in Markdown through\n"
    "  --json         findings as a JSON list\n"
    "  --state DIR    the folder of the index's file; else it is made in memory\n"
    "  --verbose      how far it is, each second\n"
    "  -o, --out OUT  a folder that is empty, new, or from a former export\n"
    "  --jobs N       processes that make pages; as many as there are cores if not given\n"
    "  --force        write into a folder with other files in it, which are left alone\n";

static const apr_getopt_option_t option_list[] = {
    {"content", 'c', TRUE, NULL}, {"theme", 't', TRUE, NULL},
    {"base", 'b', TRUE, NULL},    {"url", 'u', TRUE, NULL},
    {"json", 'j', FALSE, NULL},   {"raw-html", 'r', FALSE, NULL},
    {"state", 's', TRUE, NULL},   {"verbose", 'V', FALSE, NULL},
    {"out", 'o', TRUE, NULL},     {"jobs", 'n', TRUE, NULL},
    {"force", 'f', FALSE, NULL},  {"version", 'v', FALSE, NULL},
    {"help", 'h', FALSE, NULL},   {NULL, 0, 0, NULL},
};

static const struct {
    const char *name;
    int (*run)(const atd_options_t *options, apr_pool_t *pool);
} commands[] = {
    {"render", atd_cli_render},
    {"check", atd_cli_check},
    {"index", atd_cli_index},
    {"export", atd_cli_export},
};

static void set_option(atd_options_t *options, int option, const char *argument)
{
    switch (option) {
    case 'c':
        options->content = argument;
        break;
    case 't':
        options->theme = argument;
        break;
    case 'b':
        options->base = argument;
        break;
    case 'u':
        options->url = argument;
        break;
    case 'j':
        options->json = true;
        break;
    case 's':
        options->state = argument;
        break;
    case 'V':
        options->verbose = true;
        break;
    case 'r':
        options->raw_html = true;
        break;
    case 'o':
        options->out = argument;
        break;
    case 'n':
        options->jobs = argument;
        break;
    case 'f':
        options->force = true;
        break;
    default:
        break;
    }
}

static int fail_usage(const char *why)
{
    fprintf(stderr, "atd: %s\n%s", why, usage);
    return ATD_EXIT_USAGE;
}

/* Options may stand before and behind the operand. */
static int parse(atd_options_t *options, int argc, const char *const *argv, apr_pool_t *pool)
{
    apr_getopt_t *state;
    const char *argument;
    int option;
    apr_status_t status;

    apr_getopt_init(&state, pool, argc, argv);
    state->interleave = 1;
    while ((status = apr_getopt_long(state, option_list, &option, &argument)) == APR_SUCCESS)
        set_option(options, option, argument);
    if (status != APR_EOF)
        return ATD_EXIT_USAGE; /* APR has said why */
    if (state->ind >= argc || !*state->argv[state->ind])
        return fail_usage("which file or folder?");
    if (state->ind < argc - 1)
        return fail_usage("one file or folder at a time");
    options->operand = state->argv[state->ind]; /* of APR's copy: there the options come first */
    return ATD_EXIT_OK;
}

static int run(int argc, const char *const *argv, apr_pool_t *pool)
{
    atd_options_t options = {.base = "/blog/", .url = "http://localhost"};

    if (argc < 2)
        return fail_usage("what shall be done?");
    if (strcmp(argv[1], "--version") == 0) {
        puts("atd " ATD_VERSION);
        return ATD_EXIT_OK;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        fputs(usage, stdout);
        return ATD_EXIT_OK;
    }
    for (apr_size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            int status = parse(&options, argc - 1, argv + 1, pool);

            return status ? status : commands[i].run(&options, pool);
        }
    }
    return fail_usage(apr_psprintf(pool, "there is no command '%s'", argv[1]));
}

int main(int argc, const char *const *argv)
{
    apr_pool_t *pool;
    int status;

    if (apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS)
        return ATD_EXIT_USAGE;
    atexit(apr_terminate);
    apr_pool_create(&pool, NULL);
    atd_markdown_initialize();
    status = run(argc, argv, pool);
    apr_pool_destroy(pool);
    return fflush(stdout) == 0 ? status : ATD_EXIT_USAGE;
}
