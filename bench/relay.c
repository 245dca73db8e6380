/* bench-relay: what a chain of durable steps takes without Tocsin. Processes in a ring, a pipe from
 * each to the next; each writes a page over another in a file of its own, syncs, and passes on. One
 * JSON object on stdout: of all steps in turn, and of one sync at this rate.
 *
 * usage: bench-relay FOLDER ROUNDS PERIOD_US SYNCS...    for each process, how many in turn
 *
 * A round begins PERIOD_US (to a millisecond) after the last one did, or at once when that took
 * longer. */
#include "measure.h"
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES_MAX = 8, ROUNDS_MAX = 100000, SYNCS_MAX = 16 };

struct station {
    int file;
    size_t page;
    unsigned long syncs;
    int from, to; /* pipes */
};

static unsigned long number(const char *text, unsigned long max)
{
    char *end;
    const unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || end == text || value > max) {
        toc_measure_die("%s: a number up to %lu is wanted", text, max);
    }
    return value;
}

static void sync_page(struct station *station)
{
    toc_measure_page_sync(station->file, station->page++);
}

static void pass(const struct station *station)
{
    if (write(station->to, "", 1) != 1) {
        toc_measure_die("a pipe is closed");
    }
}

/* False: the first process has ended. */
static bool await_turn(const struct station *station)
{
    char byte;
    return read(station->from, &byte, 1) == 1;
}

static void serve(struct station *station)
{
    while (await_turn(station)) {
        for (unsigned long i = 0; i < station->syncs; i++) {
            sync_page(station);
        }
        pass(station);
    }
    _exit(0);
}

/* Nothing comes in between two rounds, but the end of a ring that broke. */
static void wait_until(const struct station *station, int64_t at_us)
{
    const int64_t left_us = at_us - toc_measure_now_us();
    struct pollfd broken = {.fd = station->from, .events = POLLIN};
    if (left_us > 0 && poll(&broken, 1, (int)(left_us / 1000)) != 0) {
        toc_measure_die("a process is gone");
    }
}

static void lead(struct station *first, size_t rounds, int64_t period_us)
{
    static int64_t relay[ROUNDS_MAX];
    static int64_t single[ROUNDS_MAX];
    for (size_t i = 0; i < rounds; i++) {
        const int64_t begin = toc_measure_now_us();
        sync_page(first);
        single[i] = toc_measure_now_us() - begin;
        for (unsigned long j = 1; j < first->syncs; j++) {
            sync_page(first);
        }
        pass(first);
        if (!await_turn(first)) {
            toc_measure_die("a process is gone");
        }
        relay[i] = toc_measure_now_us() - begin;
        wait_until(first, begin + period_us);
    }
    (void)printf("{\"relay_p50_us\": %lld, \"relay_p99_us\": %lld, \"sync_p50_us\": %lld,"
                 " \"sync_p99_us\": %lld}\n",
                 (long long)toc_measure_quantile(relay, rounds, 500),
                 (long long)toc_measure_quantile(relay, rounds, 990),
                 (long long)toc_measure_quantile(single, rounds, 500),
                 (long long)toc_measure_quantile(single, rounds, 990));
}

int main(int argc, char **argv)
{
    struct station stations[PROCESSES_MAX];
    int ends[PROCESSES_MAX][2];
    const size_t len = argc < 5 ? 0 : (size_t)argc - 4;
    if (len < 2 || len > PROCESSES_MAX) {
        toc_measure_die("usage: bench-relay FOLDER ROUNDS PERIOD_US SYNCS... (2 to %d processes)",
                        PROCESSES_MAX);
    }
    const size_t rounds = number(argv[2], ROUNDS_MAX);
    const int64_t period_us = (int64_t)number(argv[3], 1000000);
    if (rounds == 0 || period_us == 0) {
        toc_measure_die("a round and a microsecond at least");
    }
    for (size_t i = 0; i < len; i++) {
        if (pipe(ends[i]) != 0) {
            toc_measure_die("no pipe");
        }
    }
    for (size_t i = 0; i < len; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "relay-%zu", i);
        stations[i] = (struct station){.file = toc_measure_pages(argv[1], name),
                                       .syncs = number(argv[4 + i], SYNCS_MAX),
                                       .from = ends[i][0],
                                       .to = ends[(i + 1) % len][1]};
    }
    for (size_t i = 1; i < len; i++) {
        const pid_t child = fork();
        if (child < 0) {
            toc_measure_die("no process");
        }
        for (size_t j = 0; child == 0 && j < len; j++) {
            /* A pipe ends with its last writer: each keeps its own two ends. */
            (void)(j != i ? close(ends[j][0]) : 0);
            (void)(j != (i + 1) % len ? close(ends[j][1]) : 0);
        }
        if (child == 0) {
            serve(&stations[i]);
        }
    }
    for (size_t j = 0; j < len; j++) {
        (void)(j != 0 ? close(ends[j][0]) : 0);
        (void)(j != 1 ? close(ends[j][1]) : 0);
    }
    lead(&stations[0], rounds, period_us);
    (void)close(stations[0].to);
    while (wait(NULL) > 0) {
    }
    return 0;
}
