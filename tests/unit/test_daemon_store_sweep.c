/* Retention: what was destroyed can be read from none of the files. And migrations, whose copies of
 * the file must not outlive it. */
#include "runner.h"
#include "scratch.h"
#include "store_fixture.h"
#include "store_internal.h"
#include "store_schema.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
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

/* In how many files of the folder the bytes can be found. */
static int files_with(const char *text)
{
    int found = 0;
    DIR *const dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        const int file = open(toc_scratch_file(folder, entry->d_name), O_RDONLY | O_CLOEXEC);
        struct stat status;
        ck_assert_int_eq(fstat(file, &status), 0);
        if (S_ISREG(status.st_mode) && status.st_size > 0) {
            char *const bytes = malloc((size_t)status.st_size);
            ck_assert_int_eq(read(file, bytes, (size_t)status.st_size), status.st_size);
            found += memmem(bytes, (size_t)status.st_size, text, strlen(text)) != NULL ? 1 : 0;
            free(bytes);
        }
        (void)close(file);
    }
    (void)closedir(dir);
    return found;
}

enum { EPOCHS = 60, ROWS = 12 };

static void name_secret(char ret_text[33], const char *what, unsigned source, unsigned epoch)
{
    (void)snprintf(ret_text, 33, "SECRET %s of %02u in %03u........", what, source, epoch);
}

/* Of many lengths. */
static void own_key(char ret_key[200], unsigned epoch, unsigned row)
{
    char text[33];
    name_secret(text, "ref", 0, epoch);
    (void)snprintf(ret_key, 200, "%s %0*u", text, (int)(20 + (epoch * 7 + row) % 100), row);
}

static void add_epoch(struct toc_store *store, int64_t log, unsigned source, unsigned epoch)
{
    char text[33];
    struct toc_epoch_row row = {.epoch = epoch, .first_sequence = 1 + (epoch - 1) * ROWS};
    row.has_key = true;
    name_secret(text, "key", source, epoch);
    memcpy(row.key.bytes, text, sizeof row.key.bytes);
    ck_assert_int_eq(toc_store_epoch_add(store, log, &row), TOC_OK);
    name_secret(text, "wrp", source, epoch);
    ck_assert_int_eq(toc_store_wrap_add(store, log, epoch, "york", toc_bytes_text(text)), TOC_OK);
    for (unsigned i = 0; i < ROWS; i++) {
        char key[200];
        own_key(key, epoch, i);
        ck_assert_int_eq(toc_fixture_put(store, "framework", source == 0 ? "hull" : "york",
                                         row.first_sequence + i, log, source == 0 ? key : NULL),
                         TOC_OK);
    }
}

/* Interleaved and with deletions between, so that SQLite moves rows between pages. */
static void fill(struct toc_store *store, int64_t logs[2])
{
    toc_fixture_begin(store);
    logs[0] = toc_fixture_log(store, "hull", "framework");
    logs[1] = toc_fixture_log(store, "york", "framework");
    toc_fixture_commit(store);
    for (unsigned epoch = 1; epoch <= EPOCHS; epoch++) {
        toc_fixture_begin(store);
        for (unsigned source = 0; source < 2; source++) {
            add_epoch(store, logs[source], source, epoch);
            const uint64_t first = 1 + (epoch - 1) * ROWS;
            char key[200];
            own_key(key, epoch, epoch % ROWS);
            ck_assert_int_eq(toc_fixture_drop(store, "framework", source == 0 ? "hull" : "york",
                                              first + epoch % ROWS, source == 0 ? key : NULL),
                             TOC_OK);
        }
        toc_fixture_commit(store);
    }
}

static void destroy(struct toc_store *store, int64_t log, unsigned first, unsigned last)
{
    toc_fixture_begin(store);
    for (unsigned epoch = first; epoch <= last; epoch++) {
        ck_assert_int_eq(toc_store_epoch_destroy(store, log, epoch), TOC_OK);
    }
    ck_assert_int_eq(
        toc_store_current_clear(store, "framework", "hull", 1 + (first - 1) * ROWS, last * ROWS),
        TOC_OK);
    toc_fixture_commit(store);
}

static void expect_gone(unsigned first, unsigned last)
{
    static const char *const kinds[] = {"key", "wrp", "ref"};
    for (unsigned epoch = first; epoch <= last; epoch++) {
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            char text[33];
            name_secret(text, kinds[i], 0, epoch);
            ck_assert_msg(files_with(text) == 0, "%s is still there", text);
        }
    }
}

static void expect_there(unsigned source, unsigned epoch)
{
    char text[33];
    name_secret(text, "key", source, epoch);
    ck_assert_int_ge(files_with(text), 1);
    name_secret(text, "wrp", source, epoch);
    ck_assert_int_ge(files_with(text), 1);
}

START_TEST(destroyed_is_gone)
{
    struct toc_store *store = toc_fixture_store(folder);
    struct toc_why why = {""};
    int64_t logs[2];
    if (_i == 1) {
        ck_assert_int_eq(toc_store_checkpointer_start(store, &why), TOC_OK);
    }
    fill(store, logs);
    expect_there(0, 1);
    destroy(store, logs[0], 1, 40);
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    expect_gone(1, 40);
    expect_there(0, 41);
    expect_there(1, 1);
    /* What is left still works, and goes the same way in its time. */
    struct toc_current_row row;
    char key[200];
    own_key(key, 41, 0);
    ck_assert_int_eq(toc_store_current_own(store, "framework", key, &row), TOC_OK);
    ck_assert_uint_eq(toc_store_wraps_count(store, logs[0], NULL), EPOCHS - 40);
    destroy(store, logs[0], 41, EPOCHS);
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    expect_gone(1, EPOCHS);
    toc_store_close(&store);
    store = toc_fixture_store(folder);
    expect_gone(1, EPOCHS);
    expect_there(1, EPOCHS);
    toc_store_close(&store);
}
END_TEST

/* Destroyed and committed, then killed: the next start does what was left to do. */
START_TEST(killed_before_the_sweep)
{
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct toc_store *store = toc_fixture_store(folder);
        int64_t logs[2];
        fill(store, logs);
        destroy(store, logs[0], 1, 40);
        (void)raise(SIGKILL);
        _exit(1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    expect_there(1, 1);
    struct toc_store *store = toc_fixture_store(folder);
    expect_gone(1, 40);
    expect_there(0, 41);
    ck_assert_int_eq(toc_store_sweep_due(store), TOC_NOTFOUND);
    toc_store_close(&store);
}
END_TEST

/* Wraps of all lengths, come and gone in no order: SQLite moves rows between pages all the time,
 * and leaves copies of them where secure_delete does not look. (Without the sweep this test finds
 * some.) */
enum { TURNS = 4000 };
enum moved { NEVER = 0, LIVE = 1, DESTROYED = 2 };

static void add_moved(struct toc_store *store, int64_t log, uint32_t epoch, unsigned len)
{
    char wrap[4000];
    const struct toc_epoch_row row = {.epoch = epoch, .first_sequence = epoch};
    ck_assert_int_eq(toc_store_epoch_add(store, log, &row), TOC_OK);
    (void)snprintf(wrap, sizeof wrap, "MOVED %06u %0*d", epoch, (int)len, 0);
    ck_assert_int_eq(toc_store_wrap_add(store, log, epoch, "york", toc_bytes_text(wrap)), TOC_OK);
}

static unsigned random_below(unsigned *state, unsigned below)
{
    *state = *state * 1103515245U + 12345U;
    return (*state >> 8) % below;
}

static void destroy_moved(struct toc_store *store, int64_t log, uint32_t epoch,
                          unsigned char *moved)
{
    if (*moved == LIVE) {
        ck_assert_int_eq(toc_store_epoch_destroy(store, log, epoch), TOC_OK);
        *moved = DESTROYED;
    }
}

/* Epoch n belongs to one of 12 logs. At last every second log goes whole. */
static void move_about(struct toc_store *store, unsigned seed, unsigned char made[TURNS + 1])
{
    enum { LOGS = 12 };
    int64_t logs[LOGS];
    static int64_t log_of[TURNS + 1];
    unsigned state = seed;
    toc_fixture_begin(store);
    for (unsigned i = 0; i < LOGS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "council-%u", i);
        logs[i] = toc_fixture_log(store, name, "framework");
    }
    for (uint32_t turn = 1; turn <= TURNS; turn++) {
        log_of[turn] = logs[random_below(&state, LOGS)];
        add_moved(store, log_of[turn], turn, 64 * random_below(&state, 61));
        made[turn] = LIVE;
        if (random_below(&state, 10) < 4) {
            const uint32_t victim = 1 + random_below(&state, turn);
            destroy_moved(store, log_of[victim], victim, &made[victim]);
        }
    }
    for (uint32_t turn = 1; turn <= TURNS; turn++) {
        if (log_of[turn] % 2 == 0) {
            destroy_moved(store, log_of[turn], turn, &made[turn]);
        }
    }
    toc_fixture_commit(store);
}

START_TEST(moved_rows_are_gone)
{
    unsigned char made[TURNS + 1] = {0};
    struct toc_store *store = toc_fixture_store(folder);
    move_about(store, (unsigned)_i + 1, made);
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    const int file = open(toc_scratch_file(folder, "group.db"), O_RDONLY | O_CLOEXEC);
    struct stat status;
    ck_assert_int_eq(fstat(file, &status), 0);
    const size_t len = (size_t)status.st_size;
    char *const bytes = malloc(len + 1);
    ck_assert_int_eq(read(file, bytes, len), status.st_size);
    bytes[len] = '\0';
    (void)close(file);
    unsigned seen = 0;
    for (const char *at = bytes; at != NULL;) {
        at = memmem(at, len - (size_t)(at - bytes), "MOVED ", 6);
        if (at != NULL) {
            at += 6;
            const unsigned long epoch = strtoul(at, NULL, 10);
            ck_assert_msg(epoch > 0 && epoch <= TURNS && made[epoch] == LIVE, "epoch %lu", epoch);
            seen++;
        }
    }
    free(bytes);
    ck_assert_uint_gt(seen, 100);
    toc_store_close(&store);
}
END_TEST

/* A submission's text was opened text too. */
START_TEST(signed_submissions_are_gone)
{
    struct toc_store *store = toc_fixture_store(folder);
    toc_fixture_begin(store);
    const int64_t log = toc_fixture_log(store, "hull", "framework");
    for (unsigned i = 1; i <= 200; i++) {
        char text[33];
        struct toc_submission made = {.stream = "framework", .records = 1};
        (void)snprintf(made.id, sizeof made.id, "submission-%u", i);
        name_secret(text, "sub", 0, i);
        ck_assert_int_eq(toc_store_submission_add(store, &made, toc_bytes_text(text)), TOC_OK);
    }
    add_epoch(store, log, 0, 1);
    toc_fixture_commit(store);
    toc_fixture_begin(store);
    for (unsigned i = 1; i <= 150; i++) {
        char id[65];
        (void)snprintf(id, sizeof id, "submission-%u", i);
        ck_assert_int_eq(toc_store_submission_signed(store, id, i), TOC_OK);
    }
    ck_assert_int_eq(toc_store_epoch_destroy(store, log, 1), TOC_OK);
    toc_fixture_commit(store);
    ck_assert_int_eq(toc_store_truncate_wal(store), TOC_OK);
    for (unsigned i = 1; i <= 200; i++) {
        char text[33];
        name_secret(text, "sub", 0, i);
        ck_assert_int_eq(files_with(text) > 0, i > 150);
    }
    toc_store_close(&store);
}
END_TEST

/* ---- migrations ---- */

static enum toc_result migrate(const char *const *steps, int len, struct toc_why *why)
{
    struct toc_db db = {.name = "group.db"};
    (void)snprintf(db.path, sizeof db.path, "%s", toc_scratch_file(folder, "group.db"));
    enum toc_result result = toc_db_connect(&db, 256, why);
    if (result == TOC_OK) {
        result = toc_db_migrate(&db, steps, len, why);
    }
    if (result == TOC_OK && len == 3) {
        result = toc_db_copies_drop(&db, why);
    }
    (void)sqlite3_close(db.handle);
    return result;
}

static int rows_of(const char *name, const char *query)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;
    int rows = -1;
    ck_assert_int_eq(
        sqlite3_open_v2(toc_scratch_file(folder, name), &handle, SQLITE_OPEN_READONLY, NULL),
        SQLITE_OK);
    if (sqlite3_prepare_v2(handle, query, -1, &statement, NULL) == SQLITE_OK) {
        rows = 0;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            rows++;
        }
    }
    (void)sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
    return rows;
}

START_TEST(migrations)
{
    static const char *const steps[] = {
        "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)",
        "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO b SELECT x FROM a",
        "INSERT INTO b VALUES (2)",
    };
    const char *const broken[] = {steps[0], "CREATE TABLE b (x INTEGER) STRICT; no SQL"};
    struct toc_why why = {""};
    toc_scratch_put(toc_scratch_file(folder, "group.db"), "");
    ck_assert_int_eq(migrate(steps, 1, &why), TOC_OK);
    ck_assert_int_eq(access(toc_scratch_file(folder, "group.db.before-1"), F_OK), -1);
    /* A step that fails leaves the file as it was. */
    ck_assert_int_eq(migrate(broken, 2, &why), TOC_STORE);
    ck_assert_int_eq(rows_of("group.db", "SELECT * FROM b"), -1);
    ck_assert_int_eq(rows_of("group.db", "SELECT * FROM a"), 1);
    ck_assert_int_eq(migrate(steps, 2, &why), TOC_OK);
    ck_assert_int_eq(rows_of("group.db", "SELECT * FROM b"), 1);
    ck_assert_int_eq(rows_of("group.db.before-1", "SELECT * FROM a"), 1);
    ck_assert_int_eq(rows_of("group.db.before-1", "SELECT * FROM b"), -1);
    struct stat status;
    ck_assert_int_eq(stat(toc_scratch_file(folder, "group.db.before-1"), &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
    /* Going back is refused; going on drops the copies when it is told to. */
    ck_assert_int_eq(migrate(steps, 1, &why), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "newer"));
    ck_assert_int_eq(migrate(steps, 3, &why), TOC_OK);
    ck_assert_int_eq(rows_of("group.db", "SELECT * FROM b"), 2);
    ck_assert_int_eq(access(toc_scratch_file(folder, "group.db.before-1"), F_OK), -1);
    ck_assert_int_eq(access(toc_scratch_file(folder, "group.db.before-2"), F_OK), -1);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("daemon/store_sweep");
    TCase *const tests = tcase_create("sweep");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, destroyed_is_gone, 0, 2);
    tcase_add_loop_test(tests, moved_rows_are_gone, 0, 4);
    tcase_add_test(tests, killed_before_the_sweep);
    tcase_add_test(tests, signed_submissions_are_gone);
    tcase_add_test(tests, migrations);
    suite_add_tcase(suite, tests);
    return toc_test_main(suite);
}
