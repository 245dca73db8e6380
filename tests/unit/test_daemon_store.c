/* Opening, claiming, transactions, and what can be wrong with the files. */
#include "runner.h"
#include "scratch.h"
#include "store_fixture.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

static enum toc_result open_result(const char *where, struct toc_why *ret_why)
{
    struct toc_store *store = NULL;
    const enum toc_result result = toc_store_open(where, &store, ret_why);
    ck_assert((store != NULL) == (result == TOC_OK));
    toc_store_close(&store);
    ck_assert_ptr_null(store);
    return result;
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    return status.st_mode & 07777;
}

START_TEST(files_are_private)
{
    const mode_t old = umask(0);
    char nested[PATH_MAX];
    (void)snprintf(nested, sizeof nested, "%s", toc_scratch_file(folder, "a"));
    struct toc_store *store = toc_fixture_store(nested);
    toc_fixture_begin(store);
    toc_fixture_commit(store);
    ck_assert_int_eq(mode_of(nested), 0700);
    const char *const names[] = {"group.db", "group.db-wal", "group.db-shm", "local.db", "lock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_msg(mode_of(toc_scratch_file(nested, names[i])) == 0600, "%s", names[i]);
    }
    toc_store_close(&store);
    /* Somebody loosened it: opening tightens it again. */
    ck_assert_int_eq(chmod(toc_scratch_file(nested, "group.db"), 0644), 0);
    store = toc_fixture_store(nested);
    ck_assert_int_eq(mode_of(toc_scratch_file(nested, "group.db")), 0600);
    toc_store_close(&store);
    (void)umask(old);
}
END_TEST

START_TEST(second_opener_is_refused)
{
    struct toc_store *store = toc_fixture_store(folder);
    struct toc_why why = {""};
    ck_assert_int_eq(open_result(folder, &why), TOC_AGAIN);
    ck_assert_ptr_nonnull(strstr(why.text, "another tocsind"));
    /* And the refusal took nothing from the first. */
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_text("r")), TOC_OK);
    toc_fixture_commit(store);
    toc_store_close(&store);
    ck_assert_int_eq(open_result(folder, &why), TOC_OK);
}
END_TEST

START_TEST(bad_folders)
{
    struct toc_why why = {""};
    ck_assert_int_eq(open_result("", &why), TOC_INVALID);
    char longest[PATH_MAX + 10];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    ck_assert_int_eq(open_result(longest, &why), TOC_INVALID);
    toc_scratch_put(toc_scratch_file(folder, "file"), "text");
    ck_assert_int_ne(open_result(toc_scratch_file(folder, "file"), &why), TOC_OK);
    ck_assert_int_ne(open_result(toc_scratch_file(folder, "file/inside"), &why), TOC_OK);
    /* A link in the database's place leads elsewhere: refused. */
    ck_assert_int_eq(symlink("/dev/null", toc_scratch_file(folder, "group.db")), 0);
    ck_assert_int_eq(open_result(folder, &why), TOC_STORE);
    toc_store_close(NULL);
}
END_TEST

START_TEST(claim_is_for_good)
{
    const struct toc_hash ours = toc_fixture_hash(1);
    const struct toc_hash theirs = toc_fixture_hash(2);
    struct toc_store *store = toc_fixture_store(folder);
    struct toc_why why = {""};
    ck_assert_int_eq(toc_store_claim(store, &ours, "", &why), TOC_INVALID);
    ck_assert_int_eq(toc_store_claim(store, &ours, "a-name-longer-than-thirty-one-letters", &why),
                     TOC_INVALID);
    ck_assert_int_eq(toc_store_claim(store, &ours, "leeds", &why), TOC_OK);
    ck_assert_int_eq(toc_store_claim(store, &ours, "leeds", &why), TOC_OK);
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    ck_assert_int_eq(toc_store_claim(store, &theirs, "leeds", &why), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "another group"));
    ck_assert_int_eq(toc_store_claim(store, &ours, "york", &why), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "'leeds'"));
    ck_assert_int_eq(toc_store_claim(store, &ours, "leeds", &why), TOC_OK);
    toc_store_close(&store);
    /* The other council's drafts in our folder. */
    ck_assert_int_eq(unlink(toc_scratch_file(folder, "group.db")), 0);
    store = toc_fixture_store(folder);
    ck_assert_int_eq(toc_store_claim(store, &ours, "york", &why), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "local.db"));
    toc_store_close(&store);
}
END_TEST

START_TEST(rollback_leaves_the_state_before)
{
    struct toc_store *store = toc_fixture_store(_i == 0 ? NULL : folder);
    toc_store_rollback(store);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_text("one")), TOC_OK);
    ck_assert_int_eq(toc_fixture_put(store, "framework", "leeds", 1, 1, "k"), TOC_OK);
    ck_assert_uint_eq(toc_store_roster_last(store), 1);
    toc_store_rollback(store);
    ck_assert_uint_eq(toc_store_roster_last(store), 0);
    /* The source that was rolled back must not be remembered either. */
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_fixture_put(store, "exposure", "york", 1, 2, NULL), TOC_OK);
    ck_assert_int_eq(toc_fixture_put(store, "framework", "leeds", 1, 3, NULL), TOC_OK);
    toc_fixture_commit(store);
    struct toc_current_row row;
    ck_assert_int_eq(toc_store_current_get(store, "framework", "leeds", 1, &row), TOC_OK);
    ck_assert_int_eq(row.log, 3);
    ck_assert_int_eq(toc_store_current_get(store, "exposure", "york", 1, &row), TOC_OK);
    ck_assert_int_eq(row.log, 2);
    ck_assert_int_eq(toc_store_current_own(store, "framework", "k", &row), TOC_NOTFOUND);
    toc_store_close(&store);
}
END_TEST

START_TEST(change_outside_a_transaction_is_our_mistake)
{
    struct toc_store *store = toc_fixture_store(NULL);
    ck_assert_int_ne(toc_store_roster_add(store, 1, toc_bytes_text("one")), TOC_OK);
}
END_TEST

START_TEST(begin_twice_is_our_mistake)
{
    struct toc_store *store = toc_fixture_store(NULL);
    toc_fixture_begin(store);
    ck_assert_int_ne(toc_store_begin(store), TOC_OK);
}
END_TEST

/* A process that dies in mid-transaction, with the folder open. */
START_TEST(death_in_a_transaction)
{
    struct toc_store *store = toc_fixture_store(folder);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_text("one")), TOC_OK);
    toc_fixture_commit(store);
    toc_store_close(&store);
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        store = toc_fixture_store(folder);
        toc_fixture_begin(store);
        ck_assert_int_eq(toc_store_roster_add(store, 2, toc_bytes_text("two")), TOC_OK);
        toc_fixture_commit(store);
        toc_fixture_begin(store);
        ck_assert_int_eq(toc_store_roster_add(store, 3, toc_bytes_text("three")), TOC_OK);
        (void)raise(SIGKILL);
        _exit(1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    store = toc_fixture_store(folder);
    ck_assert_uint_eq(toc_store_roster_last(store), 2);
    toc_store_close(&store);
}
END_TEST

/* Overwrites `len` bytes at `at`, or cuts the file there if len is 0. */
static void spoil(const char *path, off_t at, size_t len)
{
    const int file = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(file, 0);
    if (len == 0) {
        ck_assert_int_eq(ftruncate(file, at), 0);
    } else {
        char rubbish[8192];
        memset(rubbish, 0x5a, sizeof rubbish);
        ck_assert_uint_le(len, sizeof rubbish);
        ck_assert_int_eq(pwrite(file, rubbish, len, at), (ssize_t)len);
    }
    (void)close(file);
}

static void fill(void)
{
    struct toc_store *store = toc_fixture_store(folder);
    toc_fixture_begin(store);
    static char text[20000];
    memset(text, 'x', sizeof text - 1);
    for (uint64_t i = 1; i < 20; i++) {
        ck_assert_int_eq(toc_store_roster_add(store, i, toc_bytes_text(text)), TOC_OK);
    }
    toc_fixture_commit(store);
    toc_store_close(&store);
}

START_TEST(not_a_database)
{
    static const char *const names[] = {"group.db", "local.db"};
    static const char *const advice[] = {"comes back from the hub", "drafts"};
    struct toc_why why = {""};
    toc_scratch_put(toc_scratch_file(folder, names[_i]), "This is a letter to the council.");
    ck_assert_int_eq(open_result(folder, &why), TOC_STORE);
    ck_assert_ptr_nonnull(strstr(why.text, names[_i]));
    ck_assert_ptr_nonnull(strstr(why.text, "damaged"));
    ck_assert_ptr_nonnull(strstr(why.text, advice[_i]));
    ck_assert_ptr_null(strchr(why.text, '\n'));
}
END_TEST

START_TEST(torn_file)
{
    fill();
    struct stat status;
    const char *const path = toc_scratch_file(folder, "group.db");
    ck_assert_int_eq(stat(path, &status), 0);
    spoil(path, status.st_size / 2, 0);
    struct toc_why why = {""};
    ck_assert_int_eq(open_result(folder, &why), TOC_STORE);
    ck_assert_ptr_nonnull(strstr(why.text, "damaged"));
}
END_TEST

START_TEST(damaged_header)
{
    fill();
    spoil(toc_scratch_file(folder, "group.db"), 0, 100);
    struct toc_why why = {""};
    ck_assert_int_eq(open_result(folder, &why), TOC_STORE);
    ck_assert_ptr_nonnull(strstr(why.text, "damaged"));
}
END_TEST

/* Every page but the first: the store opens, and says so when it comes to read. */
START_TEST(damaged_pages)
{
    fill();
    const char *const path = toc_scratch_file(folder, "group.db");
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    for (off_t at = 4096; at < status.st_size; at += 4096) {
        spoil(path, at, 4096);
    }
    struct toc_store *store = NULL;
    struct toc_why why = {""};
    if (toc_store_open(folder, &store, &why) != TOC_OK) {
        ck_assert_ptr_nonnull(strstr(why.text, "damaged"));
        return;
    }
    struct toc_arena *arena = NULL;
    ck_assert_int_eq(toc_arena_new(1 << 20, &arena), TOC_OK);
    struct toc_bytes bytes = {0};
    ck_assert_int_eq(toc_store_roster_get(store, 7, arena, &bytes), TOC_STORE);
    ck_assert_ptr_null(bytes.data);
    ck_assert_ptr_nonnull(strstr(toc_store_why(store), "damaged"));
    /* What fails in a later tick for want of memory is not told as damage. */
    toc_store_why_forget(store);
    ck_assert_str_eq(toc_store_why(store), "");
    ck_assert_int_eq(toc_store_begin(store), TOC_OK);
    ck_assert_int_eq(toc_store_roster_add(store, 70, toc_bytes_text("x")), TOC_STORE);
    ck_assert_int_eq(toc_store_commit(store), TOC_STORE);
    toc_arena_free(&arena);
    toc_store_close(&store);
}
END_TEST

static void run_sql(const char *path, const char *text)
{
    sqlite3 *handle = NULL;
    ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(handle, text, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
}

START_TEST(newer_schema)
{
    static const char *const names[] = {"group.db", "local.db"};
    fill();
    run_sql(toc_scratch_file(folder, names[_i]), "PRAGMA user_version = 1000000");
    struct toc_why why = {""};
    ck_assert_int_eq(open_result(folder, &why), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, names[_i]));
    ck_assert_ptr_nonnull(strstr(why.text, "newer"));
}
END_TEST

START_TEST(somebody_elses_database)
{
    struct toc_why why = {""};
    const char *const path = toc_scratch_file(folder, "group.db");
    run_sql(path, "CREATE TABLE invoices (id INTEGER PRIMARY KEY)");
    ck_assert_int_eq(open_result(folder, &why), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "not one of Tocsin's"));
    /* It was only looked at. */
    run_sql(path, "INSERT INTO invoices VALUES (1)");
}
END_TEST

START_TEST(snapshot_is_independent)
{
    struct toc_store *store = toc_fixture_store(_i == 0 ? NULL : folder);
    struct toc_why why = {""};
    const struct toc_hash group = toc_fixture_hash(1);
    ck_assert_int_eq(toc_store_claim(store, &group, "leeds", &why), TOC_OK);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_text("one")), TOC_OK);
    ck_assert_int_eq(toc_fixture_put(store, "framework", "leeds", 1, 1, "k"), TOC_OK);
    toc_fixture_commit(store);
    const struct toc_draft draft = {.stream = "framework", .key = "k", .source = "s"};
    ck_assert_int_eq(toc_store_drafts_put(store, &draft, 1), TOC_OK);

    struct toc_store *copy = NULL;
    ck_assert_int_eq(toc_store_snapshot(store, &copy), TOC_OK);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 2, toc_bytes_text("two")), TOC_OK);
    toc_fixture_commit(store);
    ck_assert_uint_eq(toc_store_roster_last(copy), 1);
    ck_assert_uint_eq(toc_store_drafts_count(copy), 1);
    toc_fixture_begin(copy);
    ck_assert_int_eq(toc_store_roster_add(copy, 2, toc_bytes_text("another two")), TOC_OK);
    ck_assert_int_eq(toc_store_roster_add(copy, 3, toc_bytes_text("three")), TOC_OK);
    toc_fixture_commit(copy);
    ck_assert_uint_eq(toc_store_roster_last(store), 2);
    toc_store_close(&store);

    ck_assert_int_eq(toc_store_claim(copy, &group, "york", &why), TOC_INVALID);
    struct toc_current_row row;
    ck_assert_int_eq(toc_store_current_own(copy, "framework", "k", &row), TOC_OK);
    struct toc_store *second = NULL;
    ck_assert_int_eq(toc_store_snapshot(copy, &second), TOC_OK);
    ck_assert_uint_eq(toc_store_roster_last(second), 3);
    toc_store_close(&second);
    toc_store_close(&copy);
}
END_TEST

/* The format counts in bytes 12 to 15 how often it did. */
static bool wal_began_anew(void)
{
    static const uint8_t never[4];
    uint8_t count[4] = {0};
    FILE *file = fopen(toc_scratch_file(folder, "group.db-wal"), "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, 12, SEEK_SET), 0);
    ck_assert_uint_eq(fread(count, 1, sizeof count, file), sizeof count);
    ck_assert_int_eq(fclose(file), 0);
    return memcmp(count, never, sizeof count) != 0;
}

/* Many commits with the checkpointer running: nothing is lost, and the WAL does not only grow,
 * though its writer does not pause. */
START_TEST(checkpointer)
{
    struct toc_store *store = toc_fixture_store(folder);
    struct toc_why why = {""};
    ck_assert_int_eq(toc_store_checkpointer_start(store, &why), TOC_OK);
    static char text[200000];
    memset(text, 'x', sizeof text - 1);
    uint64_t last = 0;
    while (last < 600 || (last < 6000 && !wal_began_anew())) {
        toc_fixture_begin(store);
        ck_assert_int_eq(toc_store_roster_add(store, ++last, toc_bytes_text(text)), TOC_OK);
        toc_fixture_commit(store);
    }
    ck_assert(wal_began_anew());
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    struct stat status;
    ck_assert_int_eq(stat(toc_scratch_file(folder, "group.db-wal"), &status), 0);
    ck_assert_int_eq(status.st_size, 0);
    toc_fixture_begin(store);
    toc_store_checkpointer_stop(store); /* it does not wait for the writer's place */
    toc_fixture_commit(store);
    toc_store_checkpointer_stop(store);
    ck_assert_int_eq(toc_store_checkpointer_start(store, &why), TOC_OK);
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    ck_assert_uint_eq(toc_store_roster_last(store), last);
    toc_store_close(&store);
    /* In memory there is nothing to do. */
    store = toc_fixture_store(NULL);
    ck_assert_int_eq(toc_store_checkpointer_start(store, &why), TOC_OK);
    toc_store_checkpointer_stop(store);
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    toc_store_close(&store);
}
END_TEST

/* A foreign reader holds the WAL: said, not waited for without end; afterwards all is well. */
START_TEST(another_program_reads)
{
    struct toc_store *store = toc_fixture_store(folder);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 1, toc_bytes_text("one")), TOC_OK);
    toc_fixture_commit(store);
    sqlite3 *other = NULL;
    ck_assert_int_eq(sqlite3_open(toc_scratch_file(folder, "group.db"), &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE; SELECT * FROM roster", NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(toc_store_begin(store), TOC_STORE);
    ck_assert_ptr_nonnull(strstr(toc_store_why(store), "another program"));
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    toc_fixture_begin(store);
    ck_assert_int_eq(toc_store_roster_add(store, 2, toc_bytes_text("two")), TOC_OK);
    toc_fixture_commit(store);
    toc_store_close(&store);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("daemon/store");
    TCase *const tests = tcase_create("store");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, files_are_private);
    tcase_add_test(tests, second_opener_is_refused);
    tcase_add_test(tests, bad_folders);
    tcase_add_test(tests, claim_is_for_good);
    tcase_add_loop_test(tests, rollback_leaves_the_state_before, 0, 2);
    tcase_add_test_raise_signal(tests, change_outside_a_transaction_is_our_mistake, SIGABRT);
    tcase_add_test_raise_signal(tests, begin_twice_is_our_mistake, SIGABRT);
    tcase_add_test(tests, death_in_a_transaction);
    tcase_add_loop_test(tests, not_a_database, 0, 2);
    tcase_add_test(tests, torn_file);
    tcase_add_test(tests, damaged_header);
    tcase_add_test(tests, damaged_pages);
    tcase_add_loop_test(tests, newer_schema, 0, 2);
    tcase_add_test(tests, somebody_elses_database);
    tcase_add_loop_test(tests, snapshot_is_independent, 0, 2);
    tcase_add_test(tests, checkpointer);
    tcase_add_test(tests, another_program_reads);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
