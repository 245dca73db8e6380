/* bench-alerts: from a flag raised at one council to another being told, through a hub; each about
 * another supplier, one every PERIOD_US. One that is raised late, because the one before took
 * longer, is measured from when it was due. One JSON object on stdout.
 *
 * usage: bench-alerts FROM.sock TO.sock FIRST FLAGS PERIOD_US         until `want` at TO answers
 *        bench-alerts FROM.sock TO.sock FIRST FLAGS PERIOD_US TOLD    until TO's `notify` runs
 *
 * Suppliers are the companies FIRST, FIRST + 1, ... Without words it is that `notify`: it says so
 * on the datagram socket `told` beside the configuration, which the other one reads under TOLD. */
#include "measure.h"
#include "talk.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define PATIENCE_MS 60000
#define FLAGS_MAX 100000
#define PERIOD_MAX_US 1000000

struct run {
    struct toc_talk from, to;
    unsigned long first;
    size_t flags;
    int64_t period_us;
    int told;          /* -1: `want` says */
    json_int_t alerts; /* its cursor */
    int64_t *raised, *seen;
};

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        toc_measure_die("%s: is too long", path);
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

static int told_socket(void)
{
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        toc_measure_die("no socket");
    }
    return fd;
}

/* As `notify`. */
static int tell(void)
{
    const char *conf = getenv("TOCSIN_CONF");
    const char *slash = conf == NULL ? NULL : strrchr(conf, '/');
    char path[sizeof(struct sockaddr_un)];
    if (slash == NULL) {
        toc_measure_die("TOCSIN_CONF names no file in a folder");
    }
    (void)snprintf(path, sizeof path, "%.*s/told", (int)(slash - conf), conf);
    const struct sockaddr_un address = address_of(path);
    return sendto(told_socket(), "!", 1, 0, (const struct sockaddr *)&address, sizeof address) == 1
               ? 0
               : 1;
}

static void want(struct run *run)
{
    char request[160];
    (void)snprintf(request, sizeof request,
                   "{\"request\":\"want\",\"streams\":[\"alert\"],\"alerts\":%lld,\"wait_ms\":%d}",
                   (long long)run->alerts, run->alerts < 0 ? 0 : PATIENCE_MS);
    toc_talk_send(&run->to, request, NULL, 0);
}

/* How many changes came. */
static size_t take_wanted(struct run *run)
{
    json_t *reply = toc_talk_receive(&run->to, PATIENCE_MS);
    const size_t len = json_array_size(json_object_get(reply, "alerts"));
    run->alerts = json_integer_value(json_object_get(reply, "alerts_cursor"));
    json_decref(reply);
    return len;
}

static void await_told(const struct run *run)
{
    struct pollfd told = {.fd = run->told, .events = POLLIN};
    char byte;
    if (poll(&told, 1, PATIENCE_MS) != 1 || recv(run->told, &byte, 1, 0) != 1) {
        toc_measure_die("nobody was told");
    }
}

static void await_raised(struct run *run)
{
    json_t *reply = toc_talk_receive(&run->from, PATIENCE_MS);
    const char *state = json_string_value(json_object_get(reply, "state"));
    if (state == NULL || strcmp(state, "sent") != 0) {
        toc_measure_die("a flag is not sent: %s", state == NULL ? "no answer" : state);
    }
    json_decref(reply);
}

static void wait_until(int64_t due_us)
{
    const struct timespec due = {.tv_sec = due_us / 1000000, .tv_nsec = due_us % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) != 0) {
    }
}

static void raise_one(struct run *run, size_t i, int64_t due_us)
{
    char request[200];
    (void)snprintf(request, sizeof request,
                   "{\"request\":\"flag_raise\",\"supplier\":\"%lu\",\"event\":\"F13\","
                   "\"source_class\":\"public_register\"}",
                   run->first + (unsigned long)i);
    if (run->told < 0) {
        want(run);
    }
    wait_until(due_us);
    toc_talk_send(&run->from, request, NULL, 0);
    await_raised(run);
    run->raised[i] = toc_measure_now_us() - due_us;
    if (run->told >= 0) {
        await_told(run);
    } else if (take_wanted(run) != 1) {
        toc_measure_die("another number of changes than of flags");
    }
    run->seen[i] = toc_measure_now_us() - due_us;
}

static void measure(struct run *run)
{
    run->raised = calloc(run->flags, 2 * sizeof *run->raised);
    if (run->raised == NULL) {
        toc_measure_die("out of memory");
    }
    run->seen = run->raised + run->flags;
    run->alerts = -1;
    want(run);
    (void)take_wanted(run);
    const int64_t first_us = toc_measure_now_us() + run->period_us;
    for (size_t i = 0; i < run->flags; i++) {
        raise_one(run, i, first_us + (int64_t)i * run->period_us);
    }
    (void)printf("{\"flags\": %zu, \"raised_p50_us\": %lld, \"raised_p99_us\": %lld,"
                 " \"told_p50_us\": %lld, \"told_p99_us\": %lld}\n",
                 run->flags, (long long)toc_measure_quantile(run->raised, run->flags, 500),
                 (long long)toc_measure_quantile(run->raised, run->flags, 990),
                 (long long)toc_measure_quantile(run->seen, run->flags, 500),
                 (long long)toc_measure_quantile(run->seen, run->flags, 990));
    free(run->raised);
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        return tell();
    }
    if (argc != 6 && argc != 7) {
        toc_measure_die("usage: bench-alerts FROM.sock TO.sock FIRST FLAGS PERIOD_US [TOLD]");
    }
    void *context = zmq_ctx_new();
    struct run run = {.first = strtoul(argv[3], NULL, 10),
                      .flags = strtoul(argv[4], NULL, 10),
                      .period_us = strtol(argv[5], NULL, 10),
                      .told = -1};
    if (run.flags == 0 || run.flags > FLAGS_MAX) {
        toc_measure_die("FLAGS: 1 to %d", FLAGS_MAX);
    }
    if (run.period_us < 1 || run.period_us > PERIOD_MAX_US) {
        toc_measure_die("PERIOD_US: 1 to %d", PERIOD_MAX_US);
    }
    if (argc == 7) {
        const struct sockaddr_un address = address_of(argv[6]);
        run.told = told_socket();
        if (bind(run.told, (const struct sockaddr *)&address, sizeof address) != 0) {
            toc_measure_die("%s: cannot be bound", argv[6]);
        }
    }
    toc_talk_open(&run.from, context, argv[1]);
    toc_talk_open(&run.to, context, argv[2]);
    measure(&run);
    toc_talk_close(&run.from);
    toc_talk_close(&run.to);
    (void)zmq_ctx_term(context);
    return 0;
}
