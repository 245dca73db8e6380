/* bench-curve: bare libzmq with CURVE, the load of bench/compare: a message a record, over TCP on
 * loopback, kept by nobody. What it does is the ceiling of what is built on it one record at a
 * time. One JSON object on stdout.
 *
 * usage: bench-curve submit RECORDS READERS
 *        bench-curve latency RECORDS */
#include "measure.h"
#include "talk.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <zmq.h>

#define READERS_MAX 8
#define RATE 1000 /* records a second, for latency */

struct reading {
    void *context, *socket;
    char endpoint[128];
    char server_key[41];
    uint64_t records;
    const uint8_t *expected;
    int64_t *times; /* NULL: nobody asks */
    int64_t done_us;
    pthread_t thread;
};

static void must(bool done, const char *what)
{
    if (!done) {
        toc_measure_die("zmq: %s: %s", what, zmq_strerror(zmq_errno()));
    }
}

static void set_text(void *socket, int option, const char *text)
{
    must(zmq_setsockopt(socket, option, text, strlen(text) + 1) == 0, "option");
}

static void *read_thread(void *argument)
{
    struct reading *reading = argument;
    for (uint64_t i = 0; i < reading->records; i++) {
        uint8_t record[TOC_TALK_RECORD_LEN];
        must(zmq_recv(reading->socket, record, sizeof record, 0) == (int)sizeof record, "receive");
        if (memcmp(record, reading->expected + i * TOC_TALK_RECORD_LEN, sizeof record) != 0) {
            toc_measure_die("a record is not the next");
        }
        if (reading->times != NULL) {
            reading->times[i] = toc_measure_now_us();
        }
    }
    reading->done_us = toc_measure_now_us();
    return NULL;
}

static void open_reading(struct reading *reading)
{
    const int on = 1;
    char secret_key[41];
    size_t len = sizeof reading->endpoint;
    reading->context = zmq_ctx_new();
    reading->socket = zmq_socket(reading->context, ZMQ_PULL);
    must(zmq_curve_keypair(reading->server_key, secret_key) == 0, "no CURVE");
    must(zmq_setsockopt(reading->socket, ZMQ_CURVE_SERVER, &on, sizeof on) == 0, "option");
    set_text(reading->socket, ZMQ_CURVE_SECRETKEY, secret_key);
    must(zmq_bind(reading->socket, "tcp://127.0.0.1:*") == 0, "bind");
    must(zmq_getsockopt(reading->socket, ZMQ_LAST_ENDPOINT, reading->endpoint, &len) == 0, "bind");
}

static void *open_sender(void *context, const struct reading *reading)
{
    char public_key[41];
    char secret_key[41];
    void *socket = zmq_socket(context, ZMQ_PUSH);
    must(zmq_curve_keypair(public_key, secret_key) == 0, "no CURVE");
    set_text(socket, ZMQ_CURVE_SERVERKEY, reading->server_key);
    set_text(socket, ZMQ_CURVE_PUBLICKEY, public_key);
    set_text(socket, ZMQ_CURVE_SECRETKEY, secret_key);
    must(zmq_connect(socket, reading->endpoint) == 0, "connect");
    return socket;
}

/* Waits for the next tick of the clock; how many have gone by. */
static uint64_t wait_due(int timer)
{
    uint64_t due = 0;
    must(read(timer, &due, sizeof due) == (ssize_t)sizeof due, "timer");
    return due;
}

static void send_all(void **senders, unsigned readers, uint64_t records, const uint8_t *bytes,
                     int64_t *sent)
{
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    const struct itimerspec every = {.it_interval = {.tv_nsec = 1000000000 / RATE},
                                     .it_value = {.tv_nsec = 1000000000 / RATE}};
    must(timer >= 0 && timerfd_settime(timer, 0, &every, NULL) == 0, "timer");
    uint64_t due = records;
    for (uint64_t i = 0; i < records; i++) {
        if (sent != NULL) {
            due = i == 0 || due == 0 ? wait_due(timer) : due;
            due--;
            sent[i] = toc_measure_now_us();
        }
        for (unsigned to = 0; to < readers; to++) {
            must(zmq_send(senders[to], bytes + i * TOC_TALK_RECORD_LEN, TOC_TALK_RECORD_LEN, 0) ==
                     TOC_TALK_RECORD_LEN,
                 "send");
        }
    }
    (void)close(timer);
}

/* From the first record sent to the last received by everybody; `sent` and `came`, with room for
 * all records, are for one reader. */
static int64_t run(uint64_t records, unsigned readers, int64_t *sent, int64_t *came)
{
    static struct reading reading[READERS_MAX];
    void *senders[READERS_MAX];
    uint8_t *bytes = toc_talk_records(0, records);
    void *context = zmq_ctx_new();
    for (unsigned i = 0; i < readers; i++) {
        reading[i] = (struct reading){.records = records, .expected = bytes, .times = came};
        open_reading(&reading[i]);
        senders[i] = open_sender(context, &reading[i]);
    }
    const int64_t begin = toc_measure_now_us();
    int64_t done = begin;
    for (unsigned i = 0; i < readers; i++) {
        must(pthread_create(&reading[i].thread, NULL, read_thread, &reading[i]) == 0, "thread");
    }
    send_all(senders, readers, records, bytes, sent);
    for (unsigned i = 0; i < readers; i++) {
        (void)pthread_join(reading[i].thread, NULL);
        done = reading[i].done_us > done ? reading[i].done_us : done;
        (void)zmq_close(senders[i]);
        (void)zmq_close(reading[i].socket);
        (void)zmq_ctx_term(reading[i].context);
    }
    (void)zmq_ctx_term(context);
    free(bytes);
    return done - begin;
}

static void run_latency(uint64_t records)
{
    int64_t *times = calloc(records, 2 * sizeof *times);
    if (times == NULL) {
        toc_measure_die("out of memory");
    }
    (void)run(records, 1, times, times + records);
    for (uint64_t i = 0; i < records; i++) {
        times[records + i] -= times[i];
    }
    (void)printf("{\"records\": %llu, \"applied_p50_us\": %lld, \"applied_p99_us\": %lld}\n",
                 (unsigned long long)records,
                 (long long)toc_measure_quantile(times + records, records, 500),
                 (long long)toc_measure_quantile(times + records, records, 990));
    free(times);
}

int main(int argc, char **argv)
{
    const uint64_t records = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    const unsigned readers = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    if (argc == 4 && strcmp(argv[1], "submit") == 0 && readers > 0 && readers <= READERS_MAX) {
        const int64_t took = run(records, readers, NULL, NULL);
        (void)printf("{\"records\": %llu, \"applied_records_s\": %.0f}\n",
                     (unsigned long long)records, (double)records * 1e6 / (double)took);
    } else if (argc == 3 && strcmp(argv[1], "latency") == 0) {
        run_latency(records);
    } else {
        toc_measure_die("usage: bench-curve submit RECORDS READERS, or latency RECORDS");
    }
    return 0;
}
