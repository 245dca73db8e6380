#include "ensure.h"
#include "import_rejects.h"
#include "runner.h"
#include "scratch.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>

static char folder[PATH_MAX];

static void make_folder(void)
{
    toc_scratch_new(folder);
}

static void remove_folder(void)
{
    toc_scratch_remove(folder);
}

static size_t files(void)
{
    DIR *const dir = opendir(folder);
    size_t len = 0;
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *item; (item = readdir(dir)) != NULL;) {
        len += item->d_name[0] != '.';
    }
    (void)closedir(dir);
    return len;
}

START_TEST(test_whole_file)
{
    TOC_AUTO(toc_rejects_close) struct toc_rejects *rejects = NULL;
    struct toc_why why;
    const char *const path = toc_scratch_file(folder, "rejects.csv");
    toc_scratch_put(path, "of last time");
    ck_assert_int_eq(toc_rejects_open(path, &rejects, &why), TOC_OK);
    toc_rejects_add(rejects, 12, "rejected", "Net \"Amount\"", "'a, b' is not an amount");
    toc_rejects_add(rejects, 13, "held", "", "");
    ck_assert_str_eq(toc_scratch_text(path), "of last time");
    ck_assert_int_eq(toc_rejects_finish(rejects, &why), TOC_OK);
    ck_assert_str_eq(toc_scratch_text(path),
                     "row,fate,column,reason\r\n"
                     "12,rejected,\"Net \"\"Amount\"\"\",\"'a, b' is not an amount\"\r\n"
                     "13,held,\"\",\"\"\r\n");
    ck_assert_uint_eq(files(), 1);
}
END_TEST

START_TEST(test_unfinished_leaves_nothing)
{
    struct toc_rejects *rejects = NULL;
    struct toc_why why;
    const char *const path = toc_scratch_file(folder, "rejects.csv");
    ck_assert_int_eq(toc_rejects_open(path, &rejects, &why), TOC_OK);
    toc_rejects_add(rejects, 1, "rejected", "Date", "is empty");
    ck_assert_uint_eq(files(), 1);
    toc_rejects_close(&rejects);
    ck_assert_ptr_null(rejects);
    ck_assert_uint_eq(files(), 0);
    toc_rejects_close(&rejects);
    toc_rejects_close(NULL);
}
END_TEST

START_TEST(test_no_such_folder)
{
    struct toc_rejects *rejects = NULL;
    struct toc_why why;
    ck_assert_int_eq(toc_rejects_open("/nowhere/at/all.csv", &rejects, &why), TOC_NOTFOUND);
    ck_assert_ptr_nonnull(strstr(why.text, "--rejects"));
    ck_assert_ptr_null(rejects);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("import_rejects");
    TCase *const tcase = tcase_create("import_rejects");
    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, test_whole_file);
    tcase_add_test(tcase, test_unfinished_leaves_nothing);
    tcase_add_test(tcase, test_no_such_folder);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
