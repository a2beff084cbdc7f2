/* SPDX-License-Identifier: Apache-2.0 */
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <yaml.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/*
 * What cmark-gfm and libyaml alone cost for a folder of posts: bench_parse FOLDER. Every file below it that ends in ".md" or
 * ".markdown" is read, split behind its YAML front matter, that parsed to libyaml's events, and the rest rendered by
 * cmark-gfm with the extensions and options that posts are rendered with. Nothing is kept. Prints a line of JSON.
 */
#define PATH_ROOM 4096

typedef struct total_t {
    unsigned long files;
    unsigned long bytes;
    unsigned long events;
    unsigned long html;
} total_t;

static _Noreturn void fail(const char *what, const char *path)
{
    fprintf(stderr, "bench_parse: %s: %s\n", path, what);
    exit(EXIT_FAILURE);
}

/* ---- one file ---- */

static char *read_file(const char *path, size_t length)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(length + 1);

    if (!file || !text || fread(text, 1, length, file) != length)
        fail("can't be read", path);
    fclose(file);
    text[length] = '\0';
    return text;
}

static void parse_yaml(total_t *total, const char *text, size_t length, const char *path)
{
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_event_type_t type;

    if (!yaml_parser_initialize(&parser))
        fail("no memory", path);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    do {
        if (!yaml_parser_parse(&parser, &event))
            fail("is not YAML", path);
        type = event.type;
        yaml_event_delete(&event);
        total->events++;
    } while (type != YAML_STREAM_END_EVENT);
    yaml_parser_delete(&parser);
}

static void render(total_t *total, const char *markdown, size_t length)
{
    static const char *const extensions[] = {"table", "strikethrough", "autolink", "tagfilter", "tasklist"};
    const int flags = CMARK_OPT_SMART | CMARK_OPT_FOOTNOTES;
    cmark_parser *parser = cmark_parser_new(flags);
    cmark_node *root;
    char *html;

    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extensions[i]));
    cmark_parser_feed(parser, markdown, length);
    root = cmark_parser_finish(parser);
    html = cmark_render_html(root, flags, cmark_parser_get_syntax_extensions(parser));
    total->html += strlen(html);
    free(html);
    cmark_node_free(root);
    cmark_parser_free(parser);
}

static void take_post(total_t *total, const char *path, size_t length)
{
    char *text = read_file(path, length);
    const char *body = text, *end;

    if (!strncmp(text, "---\n", 4) && (end = strstr(text + 3, "\n---\n"))) {
        parse_yaml(total, text + 4, (size_t)(end + 1 - (text + 4)), path);
        body = end + 5;
    }
    render(total, body, length - (size_t)(body - text));
    total->files++;
    total->bytes += length;
    free(text);
}

/* ---- a folder ---- */

static int is_post(const char *name)
{
    const char *ending = strrchr(name, '.');

    return ending && (!strcmp(ending, ".md") || !strcmp(ending, ".markdown"));
}

static void take_folder(total_t *total, const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    char path[PATH_ROOM];
    struct stat facts;

    if (!entries)
        fail("can't be opened", folder);
    while ((entry = readdir(entries))) {
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path || stat(path, &facts))
            fail("can't be looked at", entry->d_name);
        if (S_ISDIR(facts.st_mode))
            take_folder(total, path);
        else if (is_post(entry->d_name))
            take_post(total, path, (size_t)facts.st_size);
    }
    closedir(entries);
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    double wall = seconds_of(CLOCK_MONOTONIC);
    total_t total = {0};

    if (argc != 2) {
        fprintf(stderr, "usage: bench_parse FOLDER\n");
        return EXIT_FAILURE;
    }
    cmark_gfm_core_extensions_ensure_registered();
    take_folder(&total, argv[1]);
    printf("{\"files\":%lu,\"bytes\":%lu,\"events\":%lu,\"html\":%lu,\"seconds\":%.3f,\"cpu\":%.3f}\n", total.files,
           total.bytes, total.events, total.html, seconds_of(CLOCK_MONOTONIC) - wall,
           seconds_of(CLOCK_PROCESS_CPUTIME_ID));
    return EXIT_SUCCESS;
}
