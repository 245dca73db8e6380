/* Records read out of their batches: in any order, never stale, and nowhere else in the files. */
#include "ensure.h"
#include "fixture_exchange.h"
#include "fixture_view.h"
#include "runner.h"
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORDS = 20 }; /* each in a batch of its own: more than are kept open */

static char folder[PATH_MAX];
static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;

static void setup(void)
{
    toc_scratch_new(folder);
    group = toc_fixture_group_new(16);
    exchange = toc_fixture_exchange_star(group);
    for (unsigned i = 1; i <= RECORDS; i++) {
        char text[16];
        (void)snprintf(text, sizeof(text), "F%u", i);
        ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", text, text), i);
    }
}

static void teardown(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_scratch_remove(folder);
}

static struct toc_store *store_of(const char *member)
{
    return toc_fixture_exchange_daemon(exchange, member)->store;
}

START_TEST(any_order)
{
    TOC_AUTO(toc_opened_free) struct toc_opened *opened = NULL;
    struct toc_store *york = store_of("york");

    ck_assert_int_eq(toc_opened_new(york, &opened), TOC_OK);
    for (unsigned i = 0; i < 200; i++) {
        const uint64_t sequence = 1 + (uint64_t)i * 7 % RECORDS;
        char key[TOC_FIXTURE_KEY_MAX];
        char expected[16];
        (void)snprintf(expected, sizeof(expected), "F%u", (unsigned)sequence);
        ck_assert(toc_fixture_named(opened, york, "framework", "leeds", sequence, key));
        ck_assert_str_eq(key, expected);
    }
}
END_TEST

START_TEST(what_is_not_there)
{
    TOC_AUTO(toc_opened_free) struct toc_opened *opened = NULL;
    const int64_t log = toc_fixture_exchange_log(exchange, "york", "leeds", 1).id;
    struct toc_store *york = store_of("york");
    struct toc_bytes bytes;

    ck_assert_int_eq(toc_opened_new(york, &opened), TOC_OK);
    ck_assert_int_eq(toc_opened_record(opened, log, 0, &bytes), TOC_STORE);
    ck_assert_int_eq(toc_opened_record(opened, log, RECORDS + 1, &bytes), TOC_STORE);
    ck_assert_int_eq(toc_opened_record(opened, log + 100, 1, &bytes), TOC_STORE);
    ck_assert_int_eq(toc_opened_record(opened, log, 1, &bytes), TOC_OK);
    ck_assert_int_eq(toc_store_begin(york), TOC_OK);
    ck_assert_int_eq(toc_store_epoch_destroy(york, log, 1), TOC_OK);
    /* Still open until it is told, as the next tick does; then gone for good. */
    ck_assert_int_eq(toc_opened_record(opened, log, 1, &bytes), TOC_OK);
    toc_opened_forget(opened);
    ck_assert_int_eq(toc_opened_record(opened, log, 1, &bytes), TOC_STORE);
    toc_store_rollback(york);
    ck_assert_int_eq(toc_opened_record(opened, log, 1, &bytes), TOC_OK);
}
END_TEST

START_TEST(digests)
{
    const struct toc_hash before = toc_fixture_digest(store_of("york"));
    const struct toc_hash other = toc_fixture_digest(store_of("leeds"));
    struct toc_hash after;

    ck_assert(toc_hash_equal(&before, &other));
    (void)toc_fixture_exchange_withdraw(exchange, "leeds", "w", 5);
    after = toc_fixture_digest(store_of("york"));
    ck_assert(!toc_hash_equal(&before, &after));
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "F5"), 0);
    toc_fixture_exchange_agree(exchange, "leeds", RECORDS - 1);
}
END_TEST

static bool folder_holds(const char *text)
{
    bool found = false;
    DIR *dir = opendir(folder);

    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        const int file = open(toc_scratch_file(folder, entry->d_name), O_RDONLY | O_CLOEXEC);
        struct stat status;
        ck_assert_int_eq(fstat(file, &status), 0);
        if (S_ISREG(status.st_mode) && status.st_size > 0) {
            char *bytes = malloc((size_t)status.st_size);
            ck_assert_int_eq(read(file, bytes, (size_t)status.st_size), status.st_size);
            found = found || memmem(bytes, (size_t)status.st_size, text, strlen(text)) != NULL;
            free(bytes);
        }
        (void)close(file);
    }
    (void)closedir(dir);
    return found;
}

/* A reader that keeps its store in files: what it has read, listed and compared lies in none. */
START_TEST(nothing_opened_is_written)
{
    toc_fixture_group_add(group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    (void)toc_fixture_exchange_add(exchange, "hull", folder);
    toc_fixture_exchange_link(exchange, "hull", "spg", false);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_agree(exchange, "leeds", RECORDS);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "hull", "leeds", "F7"), 1);
    ck_assert(folder_holds("framework")); /* the stream's name: the test can see */
    ck_assert(!folder_holds("Highways"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon/opened");
    TCase *tcase = tcase_create("opened");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, any_order);
    tcase_add_test(tcase, what_is_not_there);
    tcase_add_test(tcase, digests);
    tcase_add_test(tcase, nothing_opened_is_written);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
