/* bench-limits: what this machine can do without Tocsin: `fdatasync`, SQLite commits, libzmq's
 * CURVE. One JSON object on stdout.
 *
 * usage: bench-limits FOLDER [--quick | --beside]
 *
 * --beside: what one `fdatasync` takes while something else is measured: one is due every 4 ms,
 * from a line on stdout until the end of stdin. */
#include "measure.h"
#include "talk.h"
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define APPEND_LEN 4096
#define FRAME_LEN (16 * 1024)
#define COMMIT_ROWS 1000
#define SAMPLES 2000

enum { BESIDE_PERIOD_US = 4000, BESIDE_MAX = 100000 };

/* ---- fdatasync ---- */

struct synced {
    int64_t p50_us, p99_us;
};

static struct synced measure_sync(const char *folder, size_t count)
{
    static int64_t samples[SAMPLES];
    static const char page[APPEND_LEN];
    char path[512];
    (void)snprintf(path, sizeof path, "%s/append", folder);
    const int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    for (size_t i = 0; i < count; i++) {
        const int64_t begin = toc_measure_now_us();
        if (write(file, page, sizeof page) != (ssize_t)sizeof page || fdatasync(file) != 0) {
            toc_measure_die("%s: cannot write", path);
        }
        samples[i] = toc_measure_now_us() - begin;
    }
    (void)close(file); /* it stays, as toc_measure_pages' does */
    return (struct synced){toc_measure_quantile(samples, count, 500),
                           toc_measure_quantile(samples, count, 990)};
}

/* False: stdin has ended. */
static bool wait_until(int64_t at_us)
{
    const int64_t left_us = at_us - toc_measure_now_us();
    const struct timespec left = {.tv_nsec = left_us > 0 ? (long)left_us * 1000 : 0};
    struct pollfd end = {.fd = STDIN_FILENO, .events = POLLIN};
    return ppoll(&end, 1, &left, NULL) == 0;
}

/* By the calendar: a stall of 200 ms is one slow call in some thousands, and a wait for everything
 * that is due while it lasts, as it is for those who are measured meanwhile. Such a one counts from
 * when it was due, and the next call serves it; any other from its call, not from when this program
 * should have been woken. */
static void measure_beside(const char *folder)
{
    static int64_t samples[BESIDE_MAX];
    const int file = toc_measure_pages(folder, "beside");
    size_t len = 0;
    (void)puts("ready");
    (void)fflush(stdout);
    int64_t end_us = toc_measure_now_us();
    int64_t due_us = end_us;
    for (size_t call = 0; len < BESIDE_MAX && wait_until(due_us); call++) {
        const int64_t before_us = end_us;
        const int64_t begin_us = toc_measure_now_us();
        toc_measure_page_sync(file, call);
        end_us = toc_measure_now_us();
        for (; due_us <= begin_us && len < BESIDE_MAX; due_us += BESIDE_PERIOD_US) {
            samples[len++] = end_us - (due_us <= before_us ? due_us : begin_us);
        }
    }
    (void)close(file);
    (void)printf("{\"fdatasync_p50_us\": %lld, \"fdatasync_p99_us\": %lld}\n",
                 (long long)toc_measure_quantile(samples, len, 500),
                 (long long)toc_measure_quantile(samples, len, 990));
}

/* ---- SQLite ---- */

static void run_sql(sqlite3 *db, const char *text)
{
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) {
        toc_measure_die("sqlite: %s: %s", text, sqlite3_errmsg(db));
    }
}

static void insert_rows(sqlite3 *db, sqlite3_stmt *insert, size_t rows)
{
    static const char row[TOC_TALK_RECORD_LEN];
    run_sql(db, "BEGIN");
    for (size_t i = 0; i < rows; i++) {
        (void)sqlite3_bind_blob(insert, 1, row, sizeof row, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK) {
            toc_measure_die("sqlite: %s", sqlite3_errmsg(db));
        }
    }
    run_sql(db, "COMMIT");
}

static double measure_sqlite(const char *folder, size_t rows)
{
    char path[512];
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    (void)snprintf(path, sizeof path, "%s/limit.db", folder);
    if (sqlite3_open(path, &db) != SQLITE_OK) {
        toc_measure_die("sqlite: %s", path);
    }
    run_sql(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                "CREATE TABLE record (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    if (sqlite3_prepare_v2(db, "INSERT INTO record (bytes) VALUES (?1)", -1, &insert, NULL) !=
        SQLITE_OK) {
        toc_measure_die("sqlite: %s", sqlite3_errmsg(db));
    }
    const int64_t begin = toc_measure_now_us();
    for (size_t done = 0; done < rows; done += COMMIT_ROWS) {
        insert_rows(db, insert, COMMIT_ROWS);
    }
    const int64_t took = toc_measure_now_us() - begin;
    (void)sqlite3_finalize(insert);
    (void)sqlite3_close(db);
    return (double)rows * 1e6 / (double)took;
}

/* ---- CURVE ---- */

struct sender {
    char endpoint[128];
    char server_key[41];
    size_t frames;
};

static void set_number(void *socket, int option, int value)
{
    if (zmq_setsockopt(socket, option, &value, sizeof value) != 0) {
        toc_measure_die("zmq option %d: %s", option, zmq_strerror(zmq_errno()));
    }
}

static void set_text(void *socket, int option, const char *text)
{
    if (zmq_setsockopt(socket, option, text, strlen(text) + 1) != 0) {
        toc_measure_die("zmq option %d: %s", option, zmq_strerror(zmq_errno()));
    }
}

static void *send_frames(void *argument)
{
    static const char frame[FRAME_LEN];
    const struct sender *sender = argument;
    char public_key[41];
    char secret_key[41];
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PUSH);
    if (zmq_curve_keypair(public_key, secret_key) != 0) {
        toc_measure_die("zmq: no CURVE");
    }
    set_text(socket, ZMQ_CURVE_SERVERKEY, sender->server_key);
    set_text(socket, ZMQ_CURVE_PUBLICKEY, public_key);
    set_text(socket, ZMQ_CURVE_SECRETKEY, secret_key);
    if (zmq_connect(socket, sender->endpoint) != 0) {
        toc_measure_die("zmq: %s", zmq_strerror(zmq_errno()));
    }
    for (size_t i = 0; i < sender->frames; i++) {
        if (zmq_send(socket, frame, sizeof frame, 0) < 0) {
            toc_measure_die("zmq: %s", zmq_strerror(zmq_errno()));
        }
    }
    (void)zmq_close(socket);
    (void)zmq_ctx_term(context);
    return NULL;
}

static void receive_frame(void *socket)
{
    zmq_msg_t frame;
    (void)zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, socket, 0) != FRAME_LEN) {
        toc_measure_die("zmq: %s", zmq_strerror(zmq_errno()));
    }
    (void)zmq_msg_close(&frame);
}

/* Frames a second, from the first that arrives to the last. */
static double measure_curve(size_t frames)
{
    struct sender sender = {.frames = frames};
    char secret_key[41];
    size_t len = sizeof sender.endpoint;
    pthread_t thread;
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PULL);
    (void)zmq_curve_keypair(sender.server_key, secret_key);
    set_number(socket, ZMQ_CURVE_SERVER, 1);
    set_text(socket, ZMQ_CURVE_SECRETKEY, secret_key);
    if (zmq_bind(socket, "tcp://127.0.0.1:*") != 0 ||
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, sender.endpoint, &len) != 0 ||
        pthread_create(&thread, NULL, send_frames, &sender) != 0) {
        toc_measure_die("zmq: %s", zmq_strerror(zmq_errno()));
    }
    receive_frame(socket);
    const int64_t begin = toc_measure_now_us();
    for (size_t i = 1; i < frames; i++) {
        receive_frame(socket);
    }
    const int64_t took = toc_measure_now_us() - begin;
    (void)pthread_join(thread, NULL);
    (void)zmq_close(socket);
    (void)zmq_ctx_term(context);
    return (double)(frames - 1) * 1e6 / (double)took;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        toc_measure_die("usage: bench-limits FOLDER [--quick | --beside]");
    }
    if (argc > 2 && strcmp(argv[2], "--beside") == 0) {
        measure_beside(argv[1]);
        return 0;
    }
    const bool quick = argc > 2 && strcmp(argv[2], "--quick") == 0;
    const struct synced synced = measure_sync(argv[1], quick ? SAMPLES / 4 : SAMPLES);
    const double sqlite = measure_sqlite(argv[1], quick ? 200000 : 500000);
    const double curve = measure_curve(quick ? 10000 : 40000);
    (void)printf("{\"fdatasync_p50_us\": %lld, \"fdatasync_p99_us\": %lld,"
                 " \"sqlite_records_s\": %.0f, \"curve_frames_s\": %.0f,"
                 " \"curve_records_s\": %.0f, \"fdatasync_records_s\": %.0f}\n",
                 (long long)synced.p50_us, (long long)synced.p99_us, sqlite, curve,
                 curve * FRAME_LEN / TOC_TALK_RECORD_LEN,
                 COMMIT_ROWS * 1e6 / (double)(synced.p50_us > 0 ? synced.p50_us : 1));
    return 0;
}
