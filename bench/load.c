/* bench-load: submits records to one daemon and sees them applied at another. One JSON object on
 * stdout.
 *
 * usage: bench-load submit  FROM.sock TO.sock[,TO.sock]... PUBLISHER RECORDS
 *        bench-load latency FROM.sock TO.sock PUBLISHER RECORDS [RATE]
 *        bench-load await   TO.sock PUBLISHER SEQUENCE
 *        bench-load everyone RECORDS TO.sock...     (of all publishers together, at each) */
#include "measure.h"
#include "talk.h"
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <zmq.h>

#define BATCH 512    /* records a submission */
#define IN_FLIGHT 16 /* submissions under way */
#define PATIENCE_MS 60000
#define READERS_MAX 8
#define RATE 1000 /* submissions a second, one record each, unless it is said */
#define RATE_MAX 100000

struct run {
    struct toc_talk from, to[READERS_MAX];
    size_t to_len;
    const char *publisher;
    uint64_t records;
    long rate;
    char name[32]; /* of this run: submission ids are for ever */
};

/* ---- throughput ---- */

static void submit(struct run *run, uint64_t first, const uint8_t *bytes, size_t len)
{
    static uint8_t list[BATCH * (4 + TOC_TALK_RECORD_LEN)];
    char request[160];
    uint8_t *end = list;
    for (size_t i = 0; i < len; i++) {
        end = toc_list_put(end, toc_bytes_of(bytes + i * TOC_TALK_RECORD_LEN, TOC_TALK_RECORD_LEN));
    }
    const struct toc_bytes part = toc_bytes_of(list, (size_t)(end - list));
    (void)snprintf(request, sizeof request,
                   "{\"request\":\"submit\",\"stream\":\"" TOC_TALK_STREAM
                   "\",\"id\":\"%s.%llu\",\"list\":true}",
                   run->name, (unsigned long long)first);
    toc_talk_send(&run->from, request, &part, 1);
}

static void await_stored(struct run *run)
{
    json_t *reply = toc_talk_receive(&run->from, PATIENCE_MS);
    const char *state = json_string_value(json_object_get(reply, "state"));
    if (reply == NULL || state == NULL || strcmp(state, "stored") != 0) {
        toc_measure_die("a submission is not stored: %s", state == NULL ? "no answer" : state);
    }
    json_decref(reply);
}

static void run_submit(struct run *run)
{
    const uint64_t before = toc_talk_applied(&run->from, run->publisher);
    uint8_t *bytes = toc_talk_records(before, run->records);
    const int64_t begin = toc_measure_now_us();
    size_t under_way = 0;
    for (uint64_t done = 0; done < run->records;) {
        const uint64_t left = run->records - done;
        const size_t len = left < BATCH ? (size_t)left : BATCH;
        if (under_way == IN_FLIGHT) {
            await_stored(run);
            under_way--;
        }
        submit(run, before + done, bytes + done * TOC_TALK_RECORD_LEN, len);
        done += len;
        under_way++;
    }
    while (under_way > 0) {
        await_stored(run);
        under_way--;
    }
    const int64_t stored = toc_measure_now_us();
    for (size_t i = 0; i < run->to_len; i++) {
        toc_talk_await_applied(&run->to[i], run->publisher, before + run->records);
    }
    const int64_t applied = toc_measure_now_us();
    free(bytes);
    (void)printf("{\"records\": %llu, \"last\": %llu, \"stored_records_s\": %.0f,"
                 " \"applied_records_s\": %.0f}\n",
                 (unsigned long long)run->records, (unsigned long long)(before + run->records),
                 (double)run->records * 1e6 / (double)(stored - begin),
                 (double)run->records * 1e6 / (double)(applied - begin));
}

/* ---- latency ---- */

struct flights {
    int64_t *sent, *stored, *applied; /* microseconds; by number of the submission */
    uint64_t sent_len, stored_len, applied_len;
    uint64_t base;     /* the sequence of the first */
    json_int_t cursor; /* of the watch */
};

static void take_stored(struct run *run, struct flights *flights)
{
    json_t *reply = toc_talk_receive(&run->from, PATIENCE_MS);
    const json_int_t first = json_integer_value(json_object_get(reply, "first_sequence"));
    if (first == 0 || flights->stored_len >= run->records) {
        toc_measure_die("a submission is not stored");
    }
    flights->base = flights->stored_len == 0 ? (uint64_t)first : flights->base;
    const uint64_t number = (uint64_t)first - flights->base;
    flights->stored[number] = toc_measure_now_us() - flights->sent[number];
    flights->stored_len++;
    json_decref(reply);
}

static void watch(struct run *run, const struct flights *flights)
{
    char request[160];
    (void)snprintf(request, sizeof request,
                   "{\"request\":\"want\",\"cursor\":%lld,\"limit\":1000,\"wait_ms\":10000,"
                   "\"streams\":[\"" TOC_TALK_STREAM "\"]}",
                   (long long)flights->cursor);
    toc_talk_send(&run->to[0], request, NULL, 0);
}

/* When a reply came is when its records had been applied, and no later. The publisher's own word
 * may come after the reader's: sequences are then counted from what the log had before. */
static void take_applied(struct run *run, struct flights *flights, uint64_t before)
{
    json_t *reply = toc_talk_receive(&run->to[0], PATIENCE_MS);
    const int64_t now = toc_measure_now_us();
    json_t *record;
    size_t i;
    json_array_foreach(json_object_get(reply, "records"), i, record)
    {
        const uint64_t sequence = (uint64_t)json_integer_value(json_object_get(record, "sequence"));
        if (sequence <= before || sequence > before + flights->sent_len) {
            toc_measure_die("sequence %llu was not sent", (unsigned long long)sequence);
        }
        const uint64_t number = sequence - before - 1;
        flights->applied[number] = now - flights->sent[number];
        flights->applied_len++;
    }
    flights->cursor = json_integer_value(json_object_get(reply, "cursor"));
    json_decref(reply);
    if (flights->applied_len < run->records) {
        watch(run, flights);
    }
}

static void send_due(struct run *run, struct flights *flights, int timer)
{
    uint64_t due = 0;
    if (read(timer, &due, sizeof due) != (ssize_t)sizeof due) {
        return;
    }
    for (; due > 0 && flights->sent_len < run->records; due--) {
        uint8_t record[TOC_TALK_RECORD_LEN];
        toc_talk_record(flights->sent_len, record);
        flights->sent[flights->sent_len] = toc_measure_now_us();
        submit(run, flights->sent_len, record, 1);
        flights->sent_len++;
    }
}

static int start_timer(long rate)
{
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    const struct itimerspec every = {.it_interval = {.tv_nsec = 1000000000 / rate},
                                     .it_value = {.tv_nsec = 1000000000 / rate}};
    if (timer < 0 || timerfd_settime(timer, 0, &every, NULL) != 0) {
        toc_measure_die("no timer");
    }
    return timer;
}

/* The cursor of everything applied so far. */
static json_int_t cursor_now(struct run *run)
{
    toc_talk_send(&run->to[0], "{\"request\":\"want\",\"limit\":1,\"wait_ms\":0}", NULL, 0);
    json_t *reply = toc_talk_receive(&run->to[0], PATIENCE_MS);
    const json_int_t cursor = json_integer_value(json_object_get(reply, "cursor"));
    json_decref(reply);
    return cursor;
}

static void fly(struct run *run, struct flights *flights, uint64_t before)
{
    const int timer = start_timer(run->rate);
    watch(run, flights);
    while (flights->applied_len < run->records || flights->stored_len < run->records) {
        zmq_pollitem_t items[] = {
            {.fd = timer, .events = flights->sent_len < run->records ? ZMQ_POLLIN : 0},
            {.socket = run->from.socket, .events = ZMQ_POLLIN},
            {.socket = run->to[0].socket, .events = ZMQ_POLLIN}};
        if (zmq_poll(items, 3, PATIENCE_MS) <= 0) {
            toc_measure_die("%llu of %llu were applied", (unsigned long long)flights->applied_len,
                            (unsigned long long)run->records);
        }
        if ((items[2].revents & ZMQ_POLLIN) != 0) {
            take_applied(run, flights, before);
        }
        if ((items[0].revents & ZMQ_POLLIN) != 0) {
            send_due(run, flights, timer);
        }
        if ((items[1].revents & ZMQ_POLLIN) != 0) {
            take_stored(run, flights);
        }
    }
    (void)close(timer);
}

static void run_latency(struct run *run)
{
    const uint64_t before = toc_talk_applied(&run->from, run->publisher);
    toc_talk_await_applied(&run->to[0], run->publisher, before);
    int64_t *times = calloc(run->records, 3 * sizeof *times);
    if (times == NULL) {
        toc_measure_die("out of memory");
    }
    struct flights flights = {.sent = times,
                              .stored = times + run->records,
                              .applied = times + 2 * run->records,
                              .cursor = cursor_now(run)};
    fly(run, &flights, before);
    (void)printf("{\"records\": %llu, \"stored_p50_us\": %lld, \"stored_p99_us\": %lld,"
                 " \"applied_p50_us\": %lld, \"applied_p99_us\": %lld}\n",
                 (unsigned long long)run->records,
                 (long long)toc_measure_quantile(flights.stored, run->records, 500),
                 (long long)toc_measure_quantile(flights.stored, run->records, 990),
                 (long long)toc_measure_quantile(flights.applied, run->records, 500),
                 (long long)toc_measure_quantile(flights.applied, run->records, 990));
    free(times);
}

/* ---- catching up ---- */

static void run_await(void *context, char **argv)
{
    struct toc_talk to;
    toc_talk_open(&to, context, argv[2]);
    toc_talk_await_applied(&to, argv[3], strtoull(argv[4], NULL, 10));
    toc_talk_close(&to);
    (void)printf("{\"done_us\": %lld}\n", (long long)toc_measure_now_us());
}

static void run_everyone(void *context, char **argv)
{
    const uint64_t records = strtoull(argv[2], NULL, 10);
    for (char **path = argv + 3; *path != NULL; path++) {
        struct toc_talk to;
        toc_talk_open(&to, context, *path);
        toc_talk_await_applied(&to, NULL, records);
        toc_talk_close(&to);
    }
    (void)printf("{\"done_us\": %lld}\n", (long long)toc_measure_now_us());
}

/* Cuts `paths` at its commas; the names are in use until the end. */
static void open_readers(struct run *run, void *context, char *paths)
{
    for (char *rest = paths; rest != NULL;) {
        if (run->to_len == READERS_MAX) {
            toc_measure_die("more than %d readers", READERS_MAX);
        }
        toc_talk_open(&run->to[run->to_len++], context, strsep(&rest, ","));
    }
}

int main(int argc, char **argv)
{
    void *context = zmq_ctx_new();
    if (argc == 5 && strcmp(argv[1], "await") == 0) {
        run_await(context, argv);
    } else if (argc >= 4 && strcmp(argv[1], "everyone") == 0) {
        run_everyone(context, argv);
    } else if (argc == 6 || argc == 7) {
        struct run run = {.publisher = argv[4],
                          .records = strtoull(argv[5], NULL, 10),
                          .rate = argc == 7 ? strtol(argv[6], NULL, 10) : RATE};
        if (run.rate < 2 || run.rate > RATE_MAX) { /* the timer's part of a second */
            toc_measure_die("RATE: 2 to %d", RATE_MAX);
        }
        (void)snprintf(run.name, sizeof run.name, "%s.%lld", argv[1],
                       (long long)toc_measure_now_us());
        toc_talk_open(&run.from, context, argv[2]);
        open_readers(&run, context, argv[3]);
        (strcmp(argv[1], "latency") == 0 ? run_latency : run_submit)(&run);
        toc_talk_close(&run.from);
        while (run.to_len > 0) {
            toc_talk_close(&run.to[--run.to_len]);
        }
    } else {
        toc_measure_die("usage: bench-load submit|latency FROM.sock TO.sock PUBLISHER RECORDS "
                        "[RATE], or "
                        "await TO.sock PUBLISHER SEQUENCE");
    }
    (void)zmq_ctx_term(context);
    return 0;
}
