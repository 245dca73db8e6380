#include "scratch.h"
#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void toc_scratch_new(char ret_path[PATH_MAX])
{
    const char *const parent = getenv("TMPDIR");
    (void)snprintf(ret_path, PATH_MAX, "%s/tocsin-test.XXXXXX", parent == NULL ? "/tmp" : parent);
    ck_assert_ptr_nonnull(mkdtemp(ret_path));
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

void toc_scratch_remove(const char *path)
{
    ck_assert_int_eq(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *toc_scratch_file(const char *folder, const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned turn;
    char *const path = paths[turn++ % 4];
    const int len = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    ck_assert(len > 0 && len < PATH_MAX);
    return path;
}

const char *toc_scratch_text(const char *path)
{
    static char text[256 * 1024];
    FILE *const file = fopen(path, "re");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    const size_t len = fread(text, 1, sizeof text - 1, file);
    ck_assert(feof(file) && !ferror(file));
    text[len] = '\0';
    ck_assert_int_eq(fclose(file), 0);
    return text;
}

void toc_scratch_put(const char *path, const char *text)
{
    (void)unlink(path);
    FILE *const file = fopen(path, "we");
    ck_assert_msg(file != NULL, "cannot create %s", path);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0600), 0);
}
