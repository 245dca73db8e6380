/* bench-peers: the load of bench/compare for servers that are not Tocsin. One JSON object on
 * stdout.
 *
 * usage: bench-peers KIND submit  PORT CERTIFICATES RECORDS READERS
 *        bench-peers KIND latency PORT CERTIFICATES RECORDS
 *        bench-peers KIND keep    PORT CERTIFICATES RECORDS READERS
 *        bench-peers KIND replay  PORT CERTIFICATES RECORDS NUMBER
 *
 * KIND is nats, mqtt or redis; CERTIFICATES a folder, or `-` for a connection in the clear. `keep`
 * publishes for readers that were there once and are away; `replay` is what reader NUMBER then
 * does. A publisher and each reader have a thread, so that no client holds up its server. */
#include "measure.h"
#include "peer.h"
#include "talk.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define READERS_MAX 8
#define RATE 1000               /* records a second, for latency */
#define REFERENCE_LEN 18        /* BENCH- and twelve digits */
#define PUT_MAX ((size_t)65536) /* put together before the next write */

struct run {
    const struct toc_peer_kind *kind;
    const char *folder;
    unsigned port;
    uint64_t records;
};

struct reading {
    const struct run *run;
    struct toc_peer_side side;
    pthread_t thread;
    int64_t done_us;
};

/* The reference of the next record, counted up in place: printing it costs more than the rest. */
static void count_up(char *reference)
{
    char *digit = reference + REFERENCE_LEN - 1;
    for (; *digit == '9'; digit--) {
        *digit = '0';
    }
    (*digit)++;
}

void toc_peer_received(struct toc_peer_side *side, struct toc_bytes record)
{
    if (side->count == 0) {
        const uint8_t *at = memmem(record.data, record.len, "BENCH-", 6);
        side->place_of_reference = at == NULL ? 0 : (size_t)(at - record.data);
        (void)snprintf(side->expected, sizeof side->expected, "BENCH-%012d", 0);
    }
    if (record.len != TOC_TALK_RECORD_LEN ||
        memcmp(record.data + side->place_of_reference, side->expected, REFERENCE_LEN) != 0) {
        toc_measure_die("a reader does not have %s where it is next", side->expected);
    }
    count_up(side->expected);
    toc_peer_acknowledged(side, 1);
}

void toc_peer_acknowledged(struct toc_peer_side *side, uint64_t more)
{
    if (side->times != NULL) {
        side->times[side->count] = side->now_us;
    }
    side->count += more;
}

static void open_side(const struct run *run, struct toc_peer_side *side, bool reader,
                      unsigned number)
{
    *side = (struct toc_peer_side){
        .folder = run->folder, .port = run->port, .reader = reader, .number = number};
    toc_link_open(&side->link, run->port);
    run->kind->greet(side);
}

static void take(const struct run *run, struct toc_peer_side *side)
{
    side->now_us = toc_measure_now_us();
    run->kind->take(side);
}

/* ---- readers ---- */

static void read_all(const struct run *run, struct toc_peer_side *side)
{
    take(run, side);
    while (side->count < run->records) {
        toc_link_wait(&side->link, -1);
        take(run, side);
    }
    (void)toc_link_move(&side->link); /* the last acknowledgements */
}

static void *read_thread(void *argument)
{
    struct reading *reading = argument;
    read_all(reading->run, &reading->side);
    reading->done_us = toc_measure_now_us();
    return NULL;
}

static void start_reading(struct reading *reading)
{
    if (pthread_create(&reading->thread, NULL, read_thread, reading) != 0) {
        toc_measure_die("no thread");
    }
}

static void end_reading(struct reading *reading)
{
    (void)pthread_join(reading->thread, NULL);
    toc_link_close(&reading->side.link);
}

/* ---- publishing ---- */

static void publish(const struct run *run, struct toc_peer_side *side, const uint8_t *records)
{
    uint64_t sent = 0;
    while (side->count < run->records) {
        while (sent < run->records && sent - side->count < run->kind->window &&
               side->link.out_end - side->link.out_begin < PUT_MAX) {
            run->kind->put(side, sent, records + sent * TOC_TALK_RECORD_LEN);
            sent++;
        }
        /* Waits only where nothing more may be put, or what is put cannot go. */
        if (!toc_link_move(&side->link) &&
            (sent == run->records || sent - side->count == run->kind->window ||
             side->link.out_begin < side->link.out_end)) {
            toc_link_wait(&side->link, -1);
        }
        take(run, side);
    }
}

static void run_submit(const struct run *run, unsigned readers)
{
    static struct reading reading[READERS_MAX];
    struct toc_peer_side publisher;
    uint8_t *records = toc_talk_records(0, run->records);
    open_side(run, &publisher, false, 0);
    for (unsigned i = 0; i < readers; i++) {
        reading[i].run = run;
        open_side(run, &reading[i].side, true, i);
    }
    const int64_t begin = toc_measure_now_us();
    for (unsigned i = 0; i < readers; i++) {
        start_reading(&reading[i]);
    }
    publish(run, &publisher, records);
    const int64_t stored = toc_measure_now_us();
    int64_t applied = stored;
    for (unsigned i = 0; i < readers; i++) {
        end_reading(&reading[i]);
        applied = reading[i].done_us > applied ? reading[i].done_us : applied;
    }
    toc_link_close(&publisher.link);
    free(records);
    (void)printf("{\"records\": %llu, \"stored_records_s\": %.0f, \"applied_records_s\": %.0f}\n",
                 (unsigned long long)run->records,
                 (double)run->records * 1e6 / (double)(stored - begin),
                 (double)run->records * 1e6 / (double)(applied - begin));
}

/* ---- catching up ---- */

static void run_keep(const struct run *run, unsigned readers)
{
    struct toc_peer_side side;
    uint8_t *records = toc_talk_records(0, run->records);
    for (unsigned i = 0; i < readers; i++) {
        open_side(run, &side, true, i);
        toc_link_close(&side.link);
    }
    open_side(run, &side, false, 0);
    publish(run, &side, records);
    toc_link_close(&side.link);
    free(records);
    (void)printf("{\"records\": %llu}\n", (unsigned long long)run->records);
}

static void run_replay(const struct run *run, unsigned number)
{
    struct toc_peer_side side;
    const int64_t begin = toc_measure_now_us();
    open_side(run, &side, true, number);
    read_all(run, &side);
    const int64_t took = toc_measure_now_us() - begin;
    toc_link_close(&side.link);
    (void)printf("{\"records\": %llu, \"records_s\": %.0f}\n", (unsigned long long)run->records,
                 (double)run->records * 1e6 / (double)took);
}

/* ---- latency ---- */

static void publish_slowly(const struct run *run, struct toc_peer_side *side,
                           const uint8_t *records, int64_t *sent)
{
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    const struct itimerspec every = {.it_interval = {.tv_nsec = 1000000000 / RATE},
                                     .it_value = {.tv_nsec = 1000000000 / RATE}};
    if (timer < 0 || timerfd_settime(timer, 0, &every, NULL) != 0) {
        toc_measure_die("no timer");
    }
    for (uint64_t number = 0; side->count < run->records;) {
        uint64_t due = 0;
        if (read(timer, &due, sizeof due) != (ssize_t)sizeof due) {
            due = 0;
        }
        for (; due > 0 && number < run->records; due--, number++) {
            sent[number] = toc_measure_now_us();
            run->kind->put(side, number, records + number * TOC_TALK_RECORD_LEN);
        }
        toc_link_wait(&side->link, number < run->records ? timer : -1);
        take(run, side);
    }
    (void)close(timer);
}

static long long after(int64_t *times, const int64_t *sent, uint64_t len, unsigned permille)
{
    for (uint64_t i = 0; i < len && permille == 500; i++) {
        times[i] -= sent[i];
    }
    return toc_measure_quantile(times, len, permille);
}

static void run_latency(const struct run *run)
{
    struct toc_peer_side publisher;
    static struct reading reading;
    uint8_t *records = toc_talk_records(0, run->records);
    int64_t *times = calloc(run->records, 3 * sizeof *times);
    if (times == NULL) {
        toc_measure_die("out of memory");
    }
    open_side(run, &publisher, false, 0);
    reading.run = run;
    open_side(run, &reading.side, true, 0);
    publisher.times = times + run->records;
    reading.side.times = times + 2 * run->records;
    start_reading(&reading);
    publish_slowly(run, &publisher, records, times);
    end_reading(&reading);
    toc_link_close(&publisher.link);
    const long long stored_p50 = after(publisher.times, times, run->records, 500);
    const long long applied_p50 = after(reading.side.times, times, run->records, 500);
    (void)printf("{\"records\": %llu, \"stored_p50_us\": %lld, \"stored_p99_us\": %lld,"
                 " \"applied_p50_us\": %lld, \"applied_p99_us\": %lld}\n",
                 (unsigned long long)run->records, stored_p50,
                 after(publisher.times, times, run->records, 990), applied_p50,
                 after(reading.side.times, times, run->records, 990));
    free(times);
    free(records);
}

int main(int argc, char **argv)
{
    const struct toc_peer_kind *const kinds[] = {&toc_peer_nats, &toc_peer_mqtt, &toc_peer_redis};
    struct run run = {NULL, NULL, 0, 0};
    for (size_t i = 0; argc >= 6 && i < sizeof kinds / sizeof kinds[0]; i++) {
        run.kind = strcmp(kinds[i]->name, argv[1]) == 0 ? kinds[i] : run.kind;
    }
    const unsigned last = argc == 7 ? (unsigned)strtoul(argv[6], NULL, 10) : 0;
    if (run.kind == NULL || last > READERS_MAX) {
        toc_measure_die("usage: bench-peers nats|mqtt|redis submit|latency|keep|replay PORT "
                        "CERTIFICATES|- RECORDS [READERS|NUMBER]");
    }
    run.port = (unsigned)strtoul(argv[3], NULL, 10);
    run.folder = strcmp(argv[4], "-") == 0 ? NULL : argv[4];
    run.records = strtoull(argv[5], NULL, 10);
    if (strcmp(argv[2], "submit") == 0) {
        run_submit(&run, last);
    } else if (strcmp(argv[2], "latency") == 0) {
        run_latency(&run);
    } else if (strcmp(argv[2], "keep") == 0) {
        run_keep(&run, last);
    } else if (strcmp(argv[2], "replay") == 0) {
        run_replay(&run, last);
    } else {
        toc_measure_die("%s: no such load", argv[2]);
    }
    return 0;
}
