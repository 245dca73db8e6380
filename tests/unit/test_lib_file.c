#include "ensure.h"
#include "file.h"
#include "runner.h"
#include "scratch.h"
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[PATH_MAX];

static void setup(void)
{
    toc_scratch_new(folder);
}

static void teardown(void)
{
    toc_scratch_remove(folder);
}

static const char *in_folder(const char *name)
{
    return toc_scratch_file(folder, name);
}

static unsigned files_in_folder(void)
{
    DIR *const dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    unsigned count = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        count += entry->d_name[0] != '.' ? 1 : 0;
    }
    ck_assert_int_eq(closedir(dir), 0);
    return count;
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    return status.st_mode & 07777;
}

START_TEST(write_then_read)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    toc_buf_init(&buf, 100);
    const char *const path = in_folder("a");
    ck_assert_int_eq(toc_file_write(path, toc_bytes_text("one"), 0644, NULL), TOC_OK);
    ck_assert_int_eq(toc_file_write(path, toc_bytes_text("twice"), 0600, NULL), TOC_OK);
    ck_assert_int_eq(mode_of(path), 0600);
    ck_assert_int_eq(files_in_folder(), 1);
    ck_assert_int_eq(toc_file_read(path, 5, &buf, NULL), TOC_OK);
    ck_assert(toc_bytes_equal(toc_buf_bytes(&buf), toc_bytes_text("twice")));
    ck_assert_int_eq(toc_file_read(path, 5, &buf, NULL), TOC_OK);
    ck_assert(toc_bytes_equal(toc_buf_bytes(&buf), toc_bytes_text("twicetwice")));
}
END_TEST

START_TEST(mode_does_not_depend_on_the_umask)
{
    const mode_t was = umask(0777);
    const enum toc_result result = toc_file_write(in_folder("a"), toc_bytes_text("x"), 0640, NULL);
    (void)umask(was);
    ck_assert_int_eq(result, TOC_OK);
    ck_assert_int_eq(mode_of(in_folder("a")), 0640);
}
END_TEST

START_TEST(read_limits_leave_the_buffer)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    struct toc_why why;
    toc_buf_init(&buf, 10);
    ck_assert_int_eq(toc_buf_append_text(&buf, "kept"), TOC_OK);
    ck_assert_int_eq(toc_file_write(in_folder("a"), toc_bytes_text("1234567"), 0600, &why), TOC_OK);
    ck_assert_int_eq(toc_file_read(in_folder("a"), 6, &buf, &why), TOC_TOOBIG);
    ck_assert_ptr_nonnull(strstr(why.text, "6 bytes"));
    ck_assert_int_eq(toc_file_read(in_folder("a"), 7, &buf, &why), TOC_TOOBIG);
    ck_assert(toc_bytes_equal(toc_buf_bytes(&buf), toc_bytes_text("kept")));
    ck_assert_int_eq(toc_file_write(in_folder("e"), toc_bytes_of(NULL, 0), 0600, &why), TOC_OK);
    ck_assert_int_eq(toc_file_read(in_folder("e"), 0, &buf, &why), TOC_OK);
    ck_assert_uint_eq(buf.len, 4);
}
END_TEST

START_TEST(large_files_are_read_whole)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    TOC_AUTO(toc_buf_done) struct toc_buf back;
    toc_buf_init(&buf, 300000);
    toc_buf_init(&back, 300000);
    uint8_t *at;
    ck_assert_int_eq(toc_buf_extend(&buf, 300000, &at), TOC_OK);
    for (size_t i = 0; i < 300000; i++) {
        at[i] = (uint8_t)(i * 31 >> 3);
    }
    ck_assert_int_eq(toc_file_write(in_folder("a"), toc_buf_bytes(&buf), 0600, NULL), TOC_OK);
    ck_assert_int_eq(toc_file_read(in_folder("a"), 300000, &back, NULL), TOC_OK);
    ck_assert(toc_bytes_equal(toc_buf_bytes(&buf), toc_buf_bytes(&back)));
    toc_buf_clear(&back);
    ck_assert_int_eq(toc_file_read(in_folder("a"), 299999, &back, NULL), TOC_TOOBIG);
    ck_assert_uint_eq(back.len, 0);
}
END_TEST

START_TEST(what_is_not_there)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    struct toc_why why;
    toc_buf_init(&buf, 10);
    ck_assert_int_eq(toc_file_read(in_folder("a"), 10, &buf, &why), TOC_NOTFOUND);
    ck_assert_ptr_nonnull(strstr(why.text, in_folder("a")));
    ck_assert_int_eq(toc_file_read_secret(in_folder("a"), 10, &buf, &why), TOC_NOTFOUND);
    ck_assert_int_eq(toc_file_read(folder, 10, &buf, &why), TOC_IO);
    ck_assert_int_eq(toc_file_write(in_folder("no/a"), toc_bytes_text("x"), 0600, &why),
                     TOC_NOTFOUND);
    ck_assert_int_eq(toc_file_create(in_folder("no/a"), toc_bytes_text("x"), 0600, &why),
                     TOC_NOTFOUND);
}
END_TEST

START_TEST(a_failed_write_leaves_nothing)
{
    struct toc_why why;
    ck_assert_int_eq(toc_file_mkdir(in_folder("dir"), &why), TOC_OK);
    ck_assert_int_eq(toc_file_mkdir(in_folder("dir/sub"), &why), TOC_OK);
    ck_assert_int_eq(toc_file_write(in_folder("dir"), toc_bytes_text("x"), 0600, &why), TOC_IO);
    ck_assert_int_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(create_never_overwrites)
{
    struct toc_why why;
    const char *const path = in_folder("key");
    ck_assert_int_eq(toc_file_create(path, toc_bytes_text("first"), 0600, &why), TOC_OK);
    ck_assert_int_eq(toc_file_create(path, toc_bytes_text("second"), 0600, &why), TOC_EXISTS);
    ck_assert_str_eq(toc_scratch_text(path), "first");
    ck_assert_int_eq(mode_of(path), 0600);
    ck_assert_int_eq(files_in_folder(), 1);
    ck_assert_int_eq(symlink("nowhere", in_folder("link")), 0);
    ck_assert_int_eq(toc_file_create(in_folder("link"), toc_bytes_text("x"), 0600, &why),
                     TOC_EXISTS);
    ck_assert_int_eq(files_in_folder(), 2);
}
END_TEST

START_TEST(secrets_must_be_private)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    struct toc_why why;
    toc_buf_init(&buf, 100);
    const char *const path = in_folder("key");
    toc_scratch_put(path, "secret");
    static const mode_t open_modes[] = {0640, 0620, 0610, 0604, 0602, 0601, 0777};
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++) {
        ck_assert_int_eq(chmod(path, open_modes[i]), 0);
        ck_assert_int_eq(toc_file_read_secret(path, 100, &buf, &why), TOC_DENIED);
    }
    ck_assert_uint_eq(buf.len, 0);
    ck_assert_ptr_nonnull(strstr(why.text, "0777"));
    ck_assert_int_eq(chmod(path, 0400), 0);
    ck_assert_int_eq(toc_file_read_secret(path, 6, &buf, &why), TOC_OK);
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_int_eq(toc_file_read_secret(path, 5, &buf, &why), TOC_TOOBIG);
    ck_assert_uint_eq(buf.len, 6);
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(path, 65534, 65534), 0);
        ck_assert_int_eq(toc_file_read_secret(path, 100, &buf, &why), TOC_DENIED);
    }
}
END_TEST

START_TEST(secrets_must_be_regular_files)
{
    TOC_AUTO(toc_buf_done) struct toc_buf buf;
    struct toc_why why;
    toc_buf_init(&buf, 100);
    ck_assert_int_eq(mkfifo(in_folder("pipe"), 0600), 0);
    ck_assert_int_eq(toc_file_read_secret(in_folder("pipe"), 100, &buf, &why), TOC_DENIED);
    ck_assert_int_eq(toc_file_read_secret(folder, 100, &buf, &why), TOC_DENIED);
}
END_TEST

START_TEST(mkdir_makes_parents)
{
    struct toc_why why;
    ck_assert_int_eq(toc_file_mkdir(in_folder("a//b/c/"), &why), TOC_OK);
    ck_assert_int_eq(mode_of(in_folder("a/b/c")), 0700);
    ck_assert_int_eq(toc_file_mkdir(in_folder("a/b/c"), &why), TOC_OK);
    ck_assert_int_eq(chmod(in_folder("a/b/c"), 0755), 0);
    ck_assert_int_eq(toc_file_mkdir(in_folder("a/b/c"), &why), TOC_OK);
    ck_assert_int_eq(mode_of(in_folder("a/b/c")), 0755);
    ck_assert_int_eq(toc_file_mkdir("/", &why), TOC_OK);
    ck_assert_int_eq(toc_file_mkdir("", &why), TOC_INVALID);
    toc_scratch_put(in_folder("file"), "x");
    ck_assert_int_eq(toc_file_mkdir(in_folder("file"), &why), TOC_IO);
    ck_assert_int_eq(toc_file_mkdir(in_folder("file/sub"), &why), TOC_IO);
    char path[PATH_MAX + 1];
    memset(path, 'a', sizeof path);
    path[PATH_MAX] = '\0';
    ck_assert_int_eq(toc_file_mkdir(path, &why), TOC_TOOBIG);
}
END_TEST

START_TEST(beside)
{
    static const struct {
        const char *base;
        const char *name;
        const char *expected;
    } cases[] = {
        {"/etc/tocsin/tocsin.conf", "member.key", "/etc/tocsin/member.key"},
        {"/etc/tocsin/tocsin.conf", "/var/key", "/var/key"},
        {"tocsin.conf", "store", "store"},
        {"leeds/tocsin.conf", "../x", "leeds/../x"},
        {"/tocsin.conf", "x", "/x"},
    };
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(toc_file_beside(cases[i].base, cases[i].name, path, NULL), TOC_OK);
        ck_assert_str_eq(path, cases[i].expected);
    }
    ck_assert_int_eq(toc_file_beside("/a", "", path, NULL), TOC_INVALID);
    ck_assert_str_eq(path, "/x");
    char name[PATH_MAX];
    memset(name, 'n', sizeof name);
    name[PATH_MAX - 1] = '\0';
    ck_assert_int_eq(toc_file_beside("/a", name, path, NULL), TOC_TOOBIG);
    ck_assert_str_eq(path, "/x");
    name[PATH_MAX - 2] = '\0';
    ck_assert_int_eq(toc_file_beside("/a", name, path, NULL), TOC_OK);
    ck_assert_uint_eq(strlen(path), PATH_MAX - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *tcase = tcase_create("file");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, write_then_read);
    tcase_add_test(tcase, mode_does_not_depend_on_the_umask);
    tcase_add_test(tcase, read_limits_leave_the_buffer);
    tcase_add_test(tcase, large_files_are_read_whole);
    tcase_add_test(tcase, what_is_not_there);
    tcase_add_test(tcase, a_failed_write_leaves_nothing);
    tcase_add_test(tcase, create_never_overwrites);
    tcase_add_test(tcase, secrets_must_be_private);
    tcase_add_test(tcase, secrets_must_be_regular_files);
    tcase_add_test(tcase, mkdir_makes_parents);
    tcase_add_test(tcase, beside);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
