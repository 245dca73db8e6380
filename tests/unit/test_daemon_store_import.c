/* Imports on disk: what a restart leaves of them, and what another connection sees of a part that
 * nobody waited for the disk with. */
#include "runner.h"
#include "scratch.h"
#include "store_fixture.h"
#include "store_import.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static char folder[PATH_MAX];
static struct toc_store *store;

static void setup(void)
{
    toc_scratch_new(folder);
    store = toc_fixture_store(folder);
}

static void teardown(void)
{
    toc_store_close(&store);
    toc_scratch_remove(folder);
}

static int64_t open_import(const char *source)
{
    struct toc_import import = {.kind = TOC_IMPORT_SPEND, .file = "f"};
    int64_t id = 0;

    (void)snprintf(import.source, sizeof import.source, "%s", source);
    ck_assert_int_eq(toc_store_import_open(store, &import, 0, &id), TOC_OK);
    return id;
}

/* 500 payees, and a cell each. */
static void put_part(int64_t import, int64_t number)
{
    static struct toc_import_payee payees[500];
    static char names[500][32];
    static uint8_t cells[500 * TOC_CELL_LEN];

    for (uint32_t i = 0; i < 500; i++) {
        uint8_t *const cell = cells + (size_t)i * TOC_CELL_LEN;
        (void)snprintf(names[i], sizeof names[i], "part %d payee %u", (int)number, i);
        payees[i] = (struct toc_import_payee){
            .name = names[i], .fold = names[i], .number = "", .screen = TOC_SCREEN_HOLD};
        toc_cell_set_payee(cell, i);
        cell[4] = cell[5] = 0x46;
        cell[12] = 1;
    }
    const struct toc_import_part part = {.import = import,
                                         .number = number,
                                         .payees = payees,
                                         .payees_len = 500,
                                         .cells = toc_bytes_of(cells, sizeof cells)};
    ck_assert_int_eq(toc_store_import_part(store, &part), TOC_OK);
}

static sqlite3_int64 count(const char *text)
{
    char path[PATH_MAX + 16];
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;
    (void)snprintf(path, sizeof path, "%s/local.db", folder);
    ck_assert_int_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(handle, text, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    const sqlite3_int64 found = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(handle);
    return found;
}

/* The file holds what the index of the log speaks of, although the disk was not waited for: the
 * checkpointer reads it from there. */
START_TEST(a_light_commit_is_in_the_file)
{
    const int64_t import = open_import("payments");
    for (int64_t number = 0; number < 20; number++) {
        put_part(import, number);
        ck_assert_int_eq(count("SELECT count(*) FROM payee"), 500 * (number + 1));
        ck_assert_int_eq(count("SELECT sum(length(bytes)) FROM cells"),
                         500 * TOC_CELL_LEN * (number + 1));
    }
}
END_TEST

START_TEST(a_restart_drops_what_was_loading)
{
    const struct toc_import_end end = {.time_ms = 1};
    struct toc_import import;
    struct toc_import_report report;
    struct toc_import_live live[2];
    size_t len = 0;
    const int64_t first = open_import("payments");
    put_part(first, 0);
    ck_assert_int_eq(toc_store_import_get(store, first, &import), TOC_OK);
    ck_assert_int_eq(toc_store_import_close(store, &import, &end, &report), TOC_OK);
    const int64_t second = open_import("cards");
    put_part(second, 0);
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    ck_assert_int_eq(toc_store_import_get(store, second, &import), TOC_OK);
    ck_assert_int_eq(import.state, TOC_IMPORT_GONE);
    ck_assert_int_eq(toc_store_imports(store, 0, live, 2, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_int_eq(live[0].import.id, first);
    ck_assert_uint_eq(live[0].rows, 500);
    for (bool more = true; more;) {
        ck_assert_int_eq(toc_store_import_tidy(store, &more), TOC_OK);
    }
    ck_assert_int_eq(toc_store_import_get(store, second, &import), TOC_NOTFOUND);
    ck_assert_int_eq(count("SELECT count(*) FROM cells"), 1);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("daemon_store_import");
    TCase *const tests = tcase_create("import");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_light_commit_is_in_the_file);
    tcase_add_test(tests, a_restart_drops_what_was_loading);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
