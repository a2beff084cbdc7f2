/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Runs a fuzz target over every file in the folders given, so that inputs which once were found are tried again by any
 * compiler. Linked with one target. The last line of output is "<n> inputs".
 */
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define PATH_SIZE 4096

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "%s %s\n", what, path);
    exit(EXIT_FAILURE);
}

/* Exactly as large as the file, so that reads behind it are found. */
static uint8_t *read_file(size_t *size, const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;
    long end;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0)
        fail("can't read", path);
    rewind(file);
    *size = (size_t)end;
    bytes = malloc(*size + !*size);
    if (!bytes || fread(bytes, 1, *size, file) != *size)
        fail("can't read", path);
    fclose(file);
    return bytes;
}

static void run_file(const char *path)
{
    size_t size;
    uint8_t *bytes = read_file(&size, path);

    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
}

static unsigned run_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    char path[PATH_SIZE];
    unsigned count = 0;

    if (!entries)
        fail("can't open", folder);
    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= PATH_SIZE)
            fail("too long a path in", folder);
        run_file(path);
        count++;
    }
    closedir(entries);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;

    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        count += run_folder(argv[i]);
    printf("%u inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
