/* SPDX-License-Identifier: Apache-2.0 */
#include "file_fixture.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#define MAX 1000

static atd_file_t file;

static atd_error_t *read_path(const char *path)
{
    file.bytes = NULL;
    return atd_file_read(&file, &root, path, MAX, atd_test_pool);
}

static void reads(const char *path, const char *expected)
{
    ATD_OK(read_path(path));
    ck_assert_str_eq(file.bytes, expected);
    ck_assert_uint_eq(file.length, strlen(expected));
}

/* ---- names ---- */

START_TEST(plain_paths)
{
    static const char *const plain[] = {"a", "a.md", "a/b", "posts/2025/a-b_c.md", "\xC3\xA9", "a..b", "a b", "a."};
    static const char *const others[] = {"",      "/",    "/a",   "a/",   "a//b", ".",     "..",      "../a", "a/..",
                                         "a/./b", ".git", "a/.b", "a\\b", "a\nb", "a\x7F", "a/\x01b", "...",  "./a"};

    for (unsigned i = 0; i < sizeof plain / sizeof *plain; i++)
        ck_assert_msg(atd_path_is_plain(plain[i], strlen(plain[i])), "%s", plain[i]);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(!atd_path_is_plain(others[i], strlen(others[i])), "%s", others[i]);
    ck_assert(!atd_path_is_plain("a\0b", 3));
    ck_assert(atd_path_is_plain("a/b", 1));
}
END_TEST

START_TEST(other_paths_are_refused)
{
    static const char *const paths[] = {"../outside/secret", "sub/../a.md", "./a.md",
                                        ".hidden",           "/etc/passwd", "a.md/"};
    apr_array_header_t *entries;
    atd_stamp_t stamp;

    write_file("content/.hidden", "x");
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
        ATD_FAILS(read_path(paths[i]), ATD_E_FORBIDDEN, 0, 0);
        ATD_FAILS(atd_file_read_head(&file, &root, paths[i], MAX, atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
        ATD_FAILS(atd_file_stamp(&stamp, &root, paths[i], atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
        ATD_FAILS(atd_file_list(&entries, &root, paths[i], MAX, atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
    }
    ck_assert_str_eq(read_path("../outside/secret")->file, "../outside/secret");
    root.below = "../outside";
    ATD_FAILS(read_path("secret"), ATD_E_FORBIDDEN, 0, 0);
}
END_TEST

START_TEST(long_names)
{
    char name[NAME_MAX + 2];

    memset(name, 'n', sizeof name);
    name[NAME_MAX + 1] = '\0';
    ATD_FAILS(read_path(name), ATD_E_MISSING, 0, 0);
    ATD_FAILS(read_path(apr_pstrcat(atd_test_pool, name, "/a", NULL)), ATD_E_MISSING, 0, 0);
    name[NAME_MAX] = '\0';
    ATD_FAILS(read_path(name), ATD_E_MISSING, 0, 0);
    write_file(apr_pstrcat(atd_test_pool, "content/", name, NULL), "long");
    reads(name, "long");
}
END_TEST

START_TEST(paths_longer_than_the_system_takes)
{
    char *path = apr_pcalloc(atd_test_pool, 4 * PATH_MAX);
    int at = open(root.path, O_RDONLY | O_DIRECTORY);
    char name[201];

    memset(name, 'd', 200);
    name[200] = '\0';
    for (int i = 0; i < 30; i++) {
        int next;

        ck_assert_int_eq(mkdirat(at, name, 0755), 0);
        next = openat(at, name, O_RDONLY | O_DIRECTORY);
        close(at);
        at = next;
        strcat(strcat(path, name), "/");
    }
    close(openat(at, "a.md", O_WRONLY | O_CREAT, 0644));
    close(at);
    ck_assert_uint_gt(strlen(path), PATH_MAX);
    reads(strcat(path, "a.md"), "");
}
END_TEST

/* ---- reading ---- */

START_TEST(file_is_read)
{
    reads("a.md", "hello");
    make_folder("content/sub");
    make_folder("content/sub/deep");
    write_file("content/sub/deep/b.md", "");
    reads("sub/deep/b.md", "");
    root.path = below("content/sub");
    reads("deep/b.md", "");
    root = (atd_root_t){.path = below("content"), .below = "sub/deep"};
    reads("b.md", "");
}
END_TEST

START_TEST(any_byte_is_read)
{
    FILE *out = fopen(below("content/a.md"), "w");

    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite("a\0\xFF", 1, 3, out), 3);
    fclose(out);
    ATD_OK(read_path("a.md"));
    ck_assert_uint_eq(file.length, 3);
    ck_assert_int_eq(memcmp(file.bytes, "a\0\xFF", 4), 0);
}
END_TEST

START_TEST(missing_files)
{
    const atd_error_t *error = read_path("none.md");

    ATD_FAILS(error, ATD_E_MISSING, 0, 0);
    ck_assert_str_eq(error->file, "none.md");
    ATD_FAILS(read_path("none/a.md"), ATD_E_MISSING, 0, 0);
    ATD_FAILS(read_path("a.md/b"), ATD_E_MISSING, 0, 0);
    root.path = below("none");
    ATD_FAILS(read_path("a.md"), ATD_E_MISSING, 0, 0);
    root.path = below("content/a.md");
    ATD_FAILS(read_path("a.md"), ATD_E_MISSING, 0, 0);
    root = (atd_root_t){.path = below("content"), .below = "none"};
    ATD_FAILS(read_path("a.md"), ATD_E_MISSING, 0, 0);
}
END_TEST

START_TEST(size_is_limited)
{
    char text[MAX + 2];
    const atd_error_t *error;

    memset(text, 't', sizeof text);
    text[MAX] = '\0';
    write_file("content/most", text);
    reads("most", text);
    text[MAX] = 't';
    text[MAX + 1] = '\0';
    write_file("content/more", text);
    error = read_path("more");
    ATD_FAILS(error, ATD_E_LIMIT, 0, 0);
    ck_assert_str_eq(error->message, "is larger than 1000 bytes");
    ck_assert_str_eq(error->file, "more");
}
END_TEST

START_TEST(head_of_any_size)
{
    ATD_OK(atd_file_read_head(&file, &root, "a.md", 4, atd_test_pool));
    ck_assert_str_eq(file.bytes, "hell");
    ck_assert_uint_eq(file.stamp.size, 5);
    ATD_OK(atd_file_read_head(&file, &root, "a.md", 5, atd_test_pool));
    ck_assert_str_eq(file.bytes, "hello");
    ATD_OK(atd_file_read_head(&file, &root, "a.md", 1000, atd_test_pool));
    ck_assert_str_eq(file.bytes, "hello");
    ATD_OK(atd_file_read_head(&file, &root, "a.md", 0, atd_test_pool));
    ck_assert_str_eq(file.bytes, "");
    ATD_FAILS(atd_file_read_head(&file, &root, "none", 5, atd_test_pool), ATD_E_MISSING, 0, 0);
}
END_TEST

START_TEST(only_regular_files_are_read)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);

    make_folder("content/sub");
    ck_assert_int_eq(mkfifo(below("content/fifo"), 0644), 0); /* a reader that waits for a writer would never end */
    apr_cpystrn(address.sun_path, below("content/socket"), sizeof address.sun_path);
    ck_assert_int_eq(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    ATD_FAILS(read_path("sub"), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(read_path(""), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(read_path("fifo"), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(read_path("socket"), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(atd_file_read_head(&file, &root, "fifo", 5, atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(read_path("fifo/a"), ATD_E_MISSING, 0, 0);
    close(listening);
    root = (atd_root_t){.path = "/dev"};
    ATD_FAILS(read_path("zero"), ATD_E_FORBIDDEN, 0, 0);
}
END_TEST

START_TEST(permission_is_needed)
{
    if (geteuid() == 0) /* who may read all */
        return;
    ck_assert_int_eq(chmod(below("content/a.md"), 0), 0);
    ATD_FAILS(read_path("a.md"), ATD_E_FORBIDDEN, 0, 0);
    ck_assert_int_eq(read_path("a.md")->status, EACCES);
}
END_TEST

/* ---- files that are written to ---- */

static atomic_bool stop;

/* Makes a file shorter and longer, over and over. */
static void *keep_writing(void *baton)
{
    int out = open(baton, O_WRONLY);
    char text[MAX] = "";

    for (int i = 0; !stop; i++)
        if (ftruncate(out, i % MAX) != 0 || pwrite(out, text, sizeof text, 0) != sizeof text)
            break;
    close(out);
    return NULL;
}

START_TEST(file_being_written)
{
    pthread_t thread;
    char text[MAX + 1];

    memset(text, 'a', MAX);
    text[MAX] = '\0';
    write_file("content/busy", text);
    stop = false;
    ck_assert_int_eq(pthread_create(&thread, NULL, keep_writing, (void *)(apr_uintptr_t)below("content/busy")), 0);
    for (int i = 0; i < 20; i++) { /* each waits for the file to come to rest */
        const atd_error_t *error = read_path("busy");

        ck_assert(!error || (error->id == ATD_E_IO && strcmp(error->message, "is being written to") == 0));
    }
    stop = true;
    pthread_join(thread, NULL);
    ATD_OK(read_path("busy"));
    ck_assert_uint_eq(file.length, MAX);
}
END_TEST

/* Files of the system say that they are larger than they are, or empty: as if they were written to. */
START_TEST(file_shorter_than_it_says)
{
    root = (atd_root_t){.path = "/sys/devices/system/cpu", .links = ATD_LINKS_FOLLOW};
    if (access("/sys/devices/system/cpu/online", R_OK) != 0)
        return;
    ATD_FAILS(atd_file_read(&file, &root, "online", 65536, atd_test_pool), ATD_E_IO, 0, 0);
    ck_assert_str_eq(atd_file_read(&file, &root, "online", 65536, atd_test_pool)->message, "is being written to");
    ATD_OK(atd_file_read_head(&file, &root, "online", 1, atd_test_pool));
}
END_TEST

START_TEST(stamps)
{
    atd_stamp_t first, second;
    struct stat info;

    ATD_OK(atd_file_stamp(&first, &root, "a.md", atd_test_pool));
    ck_assert_int_eq(stat(below("content/a.md"), &info), 0);
    ck_assert_uint_eq(first.size, 5);
    ck_assert_uint_eq(first.inode, info.st_ino);
    ck_assert_uint_eq(first.device, info.st_dev);
    ck_assert_int_eq(first.mtime, (apr_int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec);
    reads("a.md", "hello");
    ck_assert(atd_stamp_equal(&first, &file.stamp));
    usleep(20000); /* the clock of file times ticks a few times a second at worst */
    write_file("content/a.md", "world");
    ATD_OK(atd_file_stamp(&second, &root, "a.md", atd_test_pool));
    ck_assert(!atd_stamp_equal(&first, &second));
    ATD_OK(atd_file_stamp(&first, &root, "", atd_test_pool));
    ATD_FAILS(atd_file_stamp(&first, &root, "none", atd_test_pool), ATD_E_MISSING, 0, 0);
}
END_TEST

START_TEST(stamps_differ_in_any_part)
{
    const atd_stamp_t stamp = {.device = 1, .inode = 2, .size = 3, .mtime = 4, .ctime = 5};
    atd_stamp_t others[] = {stamp, stamp, stamp, stamp, stamp};

    ck_assert(atd_stamp_equal(&stamp, &others[0]));
    others[0].device++;
    others[1].inode++;
    others[2].size++;
    others[3].mtime++;
    others[4].ctime++;
    for (int i = 0; i < 5; i++)
        ck_assert(!atd_stamp_equal(&stamp, &others[i]));
}
END_TEST

/* ---- symbolic links ---- */

static void make_links(void)
{
    make_folder("content/sub");
    write_file("content/sub/b.md", "b");
    make_link("a.md", "content/inner");
    make_link("sub", "content/inner-folder");
    make_link("../outside/secret", "content/outer");
    make_link("../outside", "content/outer-folder");
    make_link("nothing", "content/dangling");
    make_link("loop", "content/loop");
}

static const char *const link_paths[] = {"inner", "inner-folder/b.md", "outer", "outer-folder/secret"};

START_TEST(links_are_refused)
{
    apr_array_header_t *entries;
    atd_stamp_t stamp;

    make_links();
    for (int i = 0; i < 4; i++)
        ATD_FAILS(read_path(link_paths[i]), ATD_E_FORBIDDEN, 0, 0);
    ck_assert_str_eq(read_path("outer")->message, "is a symbolic link, which is not allowed here");
    ck_assert_ptr_nonnull(strstr(read_path("outer")->hint, "FollowSymLinks"));
    ATD_FAILS(read_path("dangling"), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(read_path("loop"), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(atd_file_stamp(&stamp, &root, "outer", atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(atd_file_list(&entries, &root, "outer-folder", MAX, atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
    root.below = "outer-folder";
    ATD_FAILS(read_path("secret"), ATD_E_FORBIDDEN, 0, 0);
    root.below = "sub";
    reads("b.md", "b");
}
END_TEST

START_TEST(links_are_followed)
{
    make_links();
    root.links = ATD_LINKS_FOLLOW;
    reads("inner", "hello");
    reads("inner-folder/b.md", "b");
    reads("outer", "secret");
    reads("outer-folder/secret", "secret");
    ATD_FAILS(read_path("dangling"), ATD_E_MISSING, 0, 0);
    ATD_FAILS(read_path("loop"), ATD_E_FORBIDDEN, 0, 0);
    root.below = "outer-folder";
    reads("secret", "secret");
}
END_TEST

START_TEST(links_of_the_owner_are_followed)
{
    make_links();
    root.links = ATD_LINKS_OWNER;
    reads("a.md", "hello");
    reads("sub/b.md", "b");
    reads("inner", "hello");
    reads("inner-folder/b.md", "b");
    reads("outer", "secret");
    reads("outer-folder/secret", "secret");
    ATD_FAILS(read_path("dangling"), ATD_E_MISSING, 0, 0);
    ATD_FAILS(read_path("loop"), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(read_path("none"), ATD_E_MISSING, 0, 0);
}
END_TEST

/* A link of another owner than its target's; only root can make one of its own files, others find one in the system. */
START_TEST(links_to_files_of_others_are_refused)
{
    make_links();
    root.links = ATD_LINKS_OWNER;
    if (geteuid() == 0) {
        ck_assert_int_eq(lchown(below("content/outer"), 65534, 65534), 0);
        ck_assert_int_eq(lchown(below("content/outer-folder"), 65534, 65534), 0);
    } else {
        ck_assert_int_eq(unlink(below("content/outer")) | unlink(below("content/outer-folder")), 0);
        make_link("/etc/passwd", "content/outer");
        make_link("/etc", "content/outer-folder");
    }
    ATD_FAILS(read_path("outer"), ATD_E_FORBIDDEN, 0, 0);
    ATD_FAILS(read_path("outer-folder/passwd"), ATD_E_FORBIDDEN, 0, 0);
    reads("inner", "hello");
}
END_TEST

START_TEST(root_may_be_a_link)
{
    make_link("content", "link");
    root.path = below("link");
    reads("a.md", "hello");
}
END_TEST

typedef struct names_t {
    const char *one;
    const char *other;
} names_t;

/* Lets two names change places, over and over. */
static void *keep_swapping(void *baton)
{
    const names_t *names = baton;

    while (!stop && renameat2(AT_FDCWD, names->one, AT_FDCWD, names->other, RENAME_EXCHANGE) == 0)
        ;
    return NULL;
}

static apr_uint64_t inode_of(const char *path)
{
    struct stat info;

    ck_assert_int_eq(stat(below(path), &info), 0);
    return (apr_uint64_t)info.st_ino;
}

/* While it runs, what is read is what stands in the root, or nothing. A look at a stamp does not wait, a read does. */
static void read_while_swapping(const char *path, const char *name, const char *other)
{
    const names_t names = {.one = below(name), .other = below(other)};
    const apr_uint64_t secret = inode_of("outside/secret");
    pthread_t thread;
    unsigned good = 0;

    stop = false;
    ck_assert_int_eq(pthread_create(&thread, NULL, keep_swapping, (void *)(apr_uintptr_t)&names), 0);
    for (int i = 0; i < 4000; i++) {
        apr_pool_t *pool;
        const atd_error_t *error;

        apr_pool_create(&pool, NULL);
        error = i % 200 == 0 ? atd_file_read(&file, &root, path, MAX, pool)
                             : atd_file_stamp(&file.stamp, &root, path, pool);
        ck_assert_msg(error || file.stamp.inode != secret, "the link was followed");
        good += !error;
        apr_pool_destroy(pool);
    }
    stop = true;
    pthread_join(thread, NULL);
    ck_assert_uint_gt(good, 0);
}

START_TEST(swapped_links_lead_nowhere)
{
    make_links();
    write_file("content/swap", "fine");
    make_link("../outside/secret", "content/swap-link");
    make_folder("content/swap-folder");
    write_file("content/swap-folder/secret", "fine");
    read_while_swapping("swap", "content/swap", "content/swap-link");
    read_while_swapping("swap-folder/secret", "content/swap-folder", "content/outer-folder");
}
END_TEST

/* The link that was looked at is another's, and the one that is followed leads out. */
START_TEST(swapped_links_of_others_lead_nowhere)
{
    if (geteuid() != 0) /* who can give links away */
        return;
    write_file("content/mine", "fine");
    make_link("mine", "content/link");
    make_link("../outside/secret", "content/other-link");
    ck_assert_int_eq(lchown(below("content/other-link"), 65534, 65534), 0);
    root.links = ATD_LINKS_OWNER;
    read_while_swapping("link", "content/link", "content/other-link");
}
END_TEST

/* ---- lists ---- */

static const char *listed(const char *path)
{
    apr_array_header_t *entries;
    const char *names = "";

    ATD_OK(atd_file_list(&entries, &root, path, MAX, atd_test_pool));
    for (int i = 0; i < entries->nelts; i++) {
        const atd_dirent_t *entry = &APR_ARRAY_IDX(entries, i, atd_dirent_t);

        names = apr_pstrcat(atd_test_pool, names, entry->name, entry->is_folder ? "/ " : " ", NULL);
    }
    return names;
}

START_TEST(folder_is_listed)
{
    make_folder("content/sub");
    make_folder("content/.git");
    write_file("content/.hidden", "");
    write_file("content/b.md", "");
    write_file("content/B.md", "");
    write_file("content/sub/c.md", "");
    make_link("sub", "content/link-folder");
    make_link("a.md", "content/link-file");
    make_link("none", "content/link-nothing");
    ck_assert_str_eq(listed(""), "B.md a.md b.md link-file link-folder/ link-nothing sub/ ");
    ck_assert_str_eq(listed("sub"), "c.md ");
    root.below = "sub";
    ck_assert_str_eq(listed(""), "c.md ");
    root = (atd_root_t){.path = below("content"), .links = ATD_LINKS_FOLLOW};
    ck_assert_str_eq(listed("link-folder"), "c.md ");
}
END_TEST

START_TEST(lists_fail)
{
    apr_array_header_t *entries;
    const atd_error_t *error;

    write_file("content/b.md", "");
    ATD_FAILS(atd_file_list(&entries, &root, "none", MAX, atd_test_pool), ATD_E_MISSING, 0, 0);
    ATD_FAILS(atd_file_list(&entries, &root, "a.md", MAX, atd_test_pool), ATD_E_MISSING, 0, 0);
    ATD_OK(atd_file_list(&entries, &root, "", 2, atd_test_pool));
    error = atd_file_list(&entries, &root, "", 1, atd_test_pool);
    ATD_FAILS(error, ATD_E_LIMIT, 0, 0);
    ck_assert_str_eq(error->message, "has more than 1 entries");
    root.path = below("none");
    error = atd_file_list(&entries, &root, "", MAX, atd_test_pool);
    ATD_FAILS(error, ATD_E_MISSING, 0, 0);
    ck_assert_str_eq(error->file, root.path);
}
END_TEST

/* ---- descriptors ---- */

START_TEST(nothing_stays_open)
{
    static const char *const paths[] = {"a.md", "none", "sub/b.md", "inner", "outer-folder/secret", "sub", "", "../x"};
    apr_array_header_t *entries;
    atd_stamp_t stamp;
    int before = open("/", O_RDONLY);
    int after;

    make_links();
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
        for (int links = ATD_LINKS_REFUSE; links <= ATD_LINKS_FOLLOW; links++) {
            root.links = (atd_links_t)links;
            (void)!read_path(paths[i]);
            (void)!atd_file_stamp(&stamp, &root, paths[i], atd_test_pool);
            (void)!atd_file_list(&entries, &root, paths[i], MAX, atd_test_pool);
        }
    }
    after = open("/", O_RDONLY);
    ck_assert_int_eq(after, before + 1);
    close(before);
    close(after);
}
END_TEST

static void add_reading(Suite *suite)
{
    TCase *tests = file_test_case(suite, "reading");

    tcase_add_test(tests, plain_paths);
    tcase_add_test(tests, other_paths_are_refused);
    tcase_add_test(tests, long_names);
    tcase_add_test(tests, paths_longer_than_the_system_takes);
    tcase_add_test(tests, file_is_read);
    tcase_add_test(tests, any_byte_is_read);
    tcase_add_test(tests, missing_files);
    tcase_add_test(tests, size_is_limited);
    tcase_add_test(tests, head_of_any_size);
    tcase_add_test(tests, only_regular_files_are_read);
    tcase_add_test(tests, permission_is_needed);
    tcase_add_test(tests, file_being_written);
    tcase_add_test(tests, file_shorter_than_it_says);
    tcase_add_test(tests, stamps);
    tcase_add_test(tests, stamps_differ_in_any_part);
    tcase_add_test(tests, nothing_stays_open);
}

static void add_links(Suite *suite)
{
    TCase *tests = file_test_case(suite, "links");

    tcase_add_test(tests, links_are_refused);
    tcase_add_test(tests, links_are_followed);
    tcase_add_test(tests, links_of_the_owner_are_followed);
    tcase_add_test(tests, links_to_files_of_others_are_refused);
    tcase_add_test(tests, root_may_be_a_link);
    tcase_add_test(tests, swapped_links_lead_nowhere);
    tcase_add_test(tests, swapped_links_of_others_lead_nowhere);
}

static void add_lists(Suite *suite)
{
    TCase *tests = file_test_case(suite, "lists");

    tcase_add_test(tests, folder_is_listed);
    tcase_add_test(tests, lists_fail);
}

Suite *file_suite(void)
{
    Suite *suite = suite_create("file");

    add_reading(suite);
    add_links(suite);
    add_lists(suite);
    return suite;
}
