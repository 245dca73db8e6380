#include "talk.h"
#include "measure.h"
#include "record_framework.h"
#include "wire_record.h"
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

/* How long nothing may happen before a run is given up. */
#define PATIENCE_MS 60000

void toc_talk_open(struct toc_talk *talk, void *context, const char *path)
{
    char endpoint[256];
    const int linger = 0;
    const int mark = 1000;
    *talk = (struct toc_talk){.socket = zmq_socket(context, ZMQ_DEALER), .path = path};
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    if (talk->socket == NULL ||
        zmq_setsockopt(talk->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_setsockopt(talk->socket, ZMQ_SNDHWM, &mark, sizeof mark) != 0 ||
        zmq_connect(talk->socket, endpoint) != 0) {
        toc_measure_die("%s: %s", path, zmq_strerror(zmq_errno()));
    }
}

void toc_talk_close(struct toc_talk *talk)
{
    (void)zmq_close(talk->socket);
    talk->socket = NULL;
}

static void send_part(const struct toc_talk *talk, const void *data, size_t len, bool more)
{
    if (zmq_send(talk->socket, data, len, more ? ZMQ_SNDMORE : 0) < 0) {
        toc_measure_die("%s: %s", talk->path, zmq_strerror(zmq_errno()));
    }
}

void toc_talk_send(struct toc_talk *talk, const char *request, const struct toc_bytes *parts,
                   size_t parts_len)
{
    send_part(talk, request, strlen(request), parts_len > 0);
    for (size_t i = 0; i < parts_len; i++) {
        send_part(talk, parts[i].data, parts[i].len, i + 1 < parts_len);
    }
}

json_t *toc_talk_receive(struct toc_talk *talk, int64_t timeout_ms)
{
    zmq_pollitem_t item = {.socket = talk->socket, .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, (long)timeout_ms) <= 0) {
        return NULL;
    }
    json_t *reply = NULL;
    bool more = true;
    for (bool first = true; more; first = false) {
        zmq_msg_t part;
        (void)zmq_msg_init(&part);
        if (zmq_msg_recv(&part, talk->socket, 0) < 0) {
            toc_measure_die("%s: %s", talk->path, zmq_strerror(zmq_errno()));
        }
        if (first) {
            reply = json_loadb(zmq_msg_data(&part), zmq_msg_size(&part), 0, NULL);
        }
        more = zmq_msg_more(&part) != 0;
        (void)zmq_msg_close(&part);
    }
    if (!json_is_true(json_object_get(reply, "ok"))) {
        const char *message = json_string_value(json_object_get(reply, "message"));
        toc_measure_die("%s: %s", talk->path, message == NULL ? "no answer" : message);
    }
    return reply;
}

static json_t *ask(struct toc_talk *talk, const char *request)
{
    toc_talk_send(talk, request, NULL, 0);
    json_t *reply = toc_talk_receive(talk, PATIENCE_MS);
    if (reply == NULL) {
        toc_measure_die("%s: no answer to %s", talk->path, request);
    }
    return reply;
}

uint64_t toc_talk_applied(struct toc_talk *talk, const char *publisher)
{
    json_t *reply = ask(talk, "{\"request\":\"status\"}");
    uint64_t applied = 0;
    json_t *log;
    size_t i;
    json_array_foreach(json_object_get(reply, "logs"), i, log)
    {
        const char *its = json_string_value(json_object_get(log, "publisher"));
        const char *stream = json_string_value(json_object_get(log, "stream"));
        const json_int_t here = json_integer_value(json_object_get(log, "applied_here"));
        if (its != NULL && (publisher == NULL || strcmp(its, publisher) == 0) && stream != NULL &&
            strcmp(stream, TOC_TALK_STREAM) == 0 && here > 0) {
            applied += (uint64_t)here;
        }
    }
    json_decref(reply);
    return applied;
}

void toc_talk_await_applied(struct toc_talk *talk, const char *publisher, uint64_t sequence)
{
    uint64_t applied = toc_talk_applied(talk, publisher);
    int64_t moved_us = toc_measure_now_us();
    while (applied < sequence) {
        /* Answered when the next record is applied; the short wait is for the one that was applied
         * between the two requests. */
        json_decref(ask(talk, "{\"request\":\"want\",\"limit\":1,\"wait_ms\":20}"));
        const uint64_t now = toc_talk_applied(talk, publisher);
        if (now > applied) {
            applied = now;
            moved_us = toc_measure_now_us();
        }
        if (toc_measure_now_us() - moved_us > (int64_t)PATIENCE_MS * 1000) {
            toc_measure_die("%s: stands at %llu of %llu", talk->path, (unsigned long long)applied,
                            (unsigned long long)sequence);
        }
    }
}

void toc_talk_record(uint64_t number, uint8_t ret_record[TOC_TALK_RECORD_LEN])
{
    char reference[32];
    char padding[TOC_TALK_RECORD_LEN];
    struct toc_framework framework;
    const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK,
                                      .as = {.framework = &framework}};
    struct toc_arena *arena = NULL;
    struct toc_bytes bytes = {NULL, 0};
    (void)snprintf(reference, sizeof reference, "BENCH-%012llu", (unsigned long long)number);
    memset(padding, 'x', sizeof padding);
    toc_framework_init(&framework);
    framework.reference = reference;
    framework.title = "Facilities management, cleaning and catering";
    framework.buyer = "Benchmark City Council";
    framework.kind = TOC_FRAMEWORK_FRAMEWORK;
    framework.status = TOC_FRAMEWORK_ACTIVE;
    framework.period_end = 20000 + (uint32_t)(number % 2000);
    framework.description = padding;
    enum toc_result result = toc_arena_new(64 * 1024, &arena);
    for (size_t len = sizeof padding - 64; result == TOC_OK && len > 0; len--) {
        padding[len] = '\0';
        toc_arena_reset(arena);
        result = toc_wire_record_encode(arena, &record, &bytes);
        if (result == TOC_OK && bytes.len <= TOC_TALK_RECORD_LEN) {
            break;
        }
    }
    if (result != TOC_OK || bytes.len != TOC_TALK_RECORD_LEN) {
        toc_measure_die("a record of %zu bytes: %s", bytes.len, toc_result_name(result));
    }
    memcpy(ret_record, bytes.data, bytes.len);
    toc_arena_free(&arena);
}

uint8_t *toc_talk_records(uint64_t first, uint64_t count)
{
    uint8_t *bytes = malloc(count * TOC_TALK_RECORD_LEN);
    if (bytes == NULL) {
        toc_measure_die("out of memory");
    }
    toc_talk_record(first, bytes);
    for (uint64_t i = 0; i < count; i++) {
        char number[16];
        uint8_t *at = bytes + i * TOC_TALK_RECORD_LEN;
        memcpy(at, bytes, TOC_TALK_RECORD_LEN);
        (void)snprintf(number, sizeof number, "%012llu", (unsigned long long)(first + i));
        uint8_t *place = memmem(at, TOC_TALK_RECORD_LEN, "BENCH-", 6);
        if (place == NULL) {
            toc_measure_die("a record without its reference");
        }
        memcpy(place + 6, number, 12);
    }
    return bytes;
}
