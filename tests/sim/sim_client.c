/* Programs on the members' machines: each submits under an id of its own and asks again with the
 * same id until it is told that it is stored. */
#include "sim.h"

#include "record_exposure.h"
#include "record_framework.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK_AGAIN_MS 15000

static struct sim_submission *add(struct sim_node *node, const char *stream, unsigned records)
{
    struct sim_submission *one = calloc(1, sizeof(*one));

    ck_assert_ptr_nonnull(one);
    one->node = node;
    one->stream = stream;
    one->records = records;
    one->number = ++node->sim->submissions_made;
    one->next = node->sim->submissions;
    node->unanswered++;
    node->sim->submissions = one;
    return one;
}

struct sim_submission *sim_submit(struct sim_node *node, const char *stream, unsigned records,
                                  size_t padding)
{
    struct sim_submission *one = add(node, stream, records);

    one->padding = padding;
    return one;
}

void sim_withdraw(struct sim *sim, struct sim_submission *of, unsigned record)
{
    struct sim_submission *one = add(of->node, of->stream, 1);

    (void)sim;
    one->withdraws = of->first_sequence + record;
    of->gone_from |= UINT64_C(1) << record;
}

static bool may_withdraw(const struct sim_submission *one, const struct sim_node *node)
{
    return one->node == node && one->asked == SIM_ACKNOWLEDGED && one->first_sequence != 0 &&
           one->withdraws == 0 && !one->excused && strcmp(one->stream, "framework") == 0;
}

static void something_new(struct sim_node *node)
{
    struct sim *sim = node->sim;
    unsigned records = 1 + (unsigned)sim_below(sim, 4);
    size_t padding = sim_below(sim, 100);

    if (sim_chance(sim, sim->withdraw_chance)) {
        for (struct sim_submission *one = sim->submissions; one != NULL; one = one->next) {
            const unsigned record = (unsigned)sim_below(sim, one->records);
            if (may_withdraw(one, node) && record < 64 &&
                (one->gone_from & (UINT64_C(1) << record)) == 0 && sim_chance(sim, 500)) {
                sim_withdraw(sim, one, record);
                return;
            }
        }
    }
    if (sim_chance(sim, 100)) {
        (void)add(node, "distress", 1)->number; /* to the hubs: a withdrawal of nothing */
        sim->submissions->withdraws = 1 + sim_below(sim, 3);
        return;
    }
    if (sim_chance(sim, 60)) {
        records = 20 + (unsigned)sim_below(sim, 30);
        padding = 190;
    }
    (void)sim_submit(node, "framework", records, padding);
}

void sim_client_step(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_len; i++) {
        struct sim_node *node = &sim->nodes[i];
        const struct toc_roster *draft = toc_fixture_group_draft(sim->group);
        if (!node->gone && toc_roster_may_publish(draft, node->member, "framework") &&
            sim_chance(sim, sim->submit_chance)) {
            something_new(node);
        }
    }
}

static bool waits(const struct sim_submission *one)
{
    return one->asked != SIM_ACKNOWLEDGED && one->node->engine != NULL && !one->node->gone;
}

bool sim_client_due(const struct sim_node *node)
{
    if (node->unanswered == 0 || node->engine == NULL) {
        return false;
    }
    for (const struct sim_submission *one = node->sim->submissions; one != NULL; one = one->next) {
        if (one->node == node && waits(one) && one->again_mono <= node->sim->mono) {
            return true;
        }
    }
    return false;
}

int64_t sim_client_next(const struct sim *sim)
{
    int64_t next = INT64_MAX;
    unsigned unanswered = 0;

    for (size_t i = 0; i < sim->nodes_len; i++) {
        unanswered += sim->nodes[i].unanswered;
    }
    if (unanswered == 0) {
        return next;
    }

    for (const struct sim_submission *one = sim->submissions; one != NULL; one = one->next) {
        if (waits(one) && one->again_mono < next) {
            next = one->again_mono;
        }
    }
    return next;
}

/* Few suppliers and many spellings, so that records join, meet two numbers, and part again. */
static struct toc_bytes make_exposure(struct toc_arena *arena, const struct sim_submission *one,
                                      unsigned record)
{
    static const char *const names[] = {"Acme Ltd", "ACME LIMITED", "Bolt plc", "Crane LLP"};
    static const char *const numbers[] = {"", "", "01234567", "07654321"};
    const unsigned which = one->number * 7 + record * 5;
    const char *const number = numbers[which / 4 % 4];
    const struct toc_exposure exposure = {
        .name = names[which % 4],
        .scheme = number[0] == '\0' ? "" : "GB-COH",
        .id = number,
        .id_basis = number[0] == '\0' ? TOC_ID_NONE : TOC_ID_STATED,
        .category = {TOC_CATEGORY_CPV, which % 3 == 0 ? 45 : 72},
        .year = 2014 + which % 2,
        .months = 0xfff,
        .spend_thousands = (int64_t)(which % 50) - 5,
    };
    const struct toc_record exposed = {.type = TOC_RECORD_EXPOSURE, .as.exposure = &exposure};
    struct toc_bytes bytes;

    ck_assert_int_eq(toc_wire_record_encode(arena, &exposed, &bytes), TOC_OK);
    return bytes;
}

static struct toc_bytes make_record(struct toc_arena *arena, const struct sim_submission *one,
                                    unsigned record)
{
    char reference[SIM_KEY_LEN];
    char title[256];

    if (one->withdraws != 0) {
        const struct toc_record_kind *kind = toc_record_kind_for_stream(one->stream);
        const struct toc_record withdrawal = {
            .type = TOC_RECORD_WITHDRAWAL,
            .withdraws = {.sequence = one->withdraws},
            .reason = kind != NULL && kind->by_daemon ? "" : "typed twice"};
        struct toc_bytes bytes;
        ck_assert_int_eq(toc_wire_record_encode(arena, &withdrawal, &bytes), TOC_OK);
        return bytes;
    }
    if (strcmp(one->stream, "exposure") == 0) {
        return make_exposure(arena, one, record);
    }
    (void)snprintf(reference, sizeof(reference), "k%u.%u", one->number, record);
    memset(title, 'x', sizeof(title));
    title[1 + one->padding] = '\0';
    return toc_fixture_framework(arena, reference, title, 20000 + record);
}

static void ask(struct sim_node *node, struct sim_submission *one)
{
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    struct toc_bytes parts[TOC_BATCH_RECORDS_MAX + 1];
    char request[200];

    toc_arena_reset(node->sim->arena);
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"submit\",\"stream\":\"%s\",\"id\":\"s%u\",\"tag\":\"%u\"}",
                   one->stream, one->number, one->number);
    parts[0] = toc_bytes_text(request);
    for (unsigned i = 0; i < one->records; i++) {
        parts[i + 1] = make_record(node->sim->arena, one, i);
    }
    one->asked = SIM_ASKED;
    one->again_mono = node->sim->mono + ASK_AGAIN_MS;
    ck_assert_int_eq(toc_engine_local(node->engine, one->number, &user, parts, one->records + 1),
                     TOC_OK);
}

void sim_client_ask(struct sim_node *node)
{
    if (node->unanswered == 0) {
        return;
    }
    for (struct sim_submission *one = node->sim->submissions; one != NULL; one = one->next) {
        if (one->node == node && waits(one) && one->again_mono <= node->sim->mono) {
            ask(node, one);
        }
    }
}

static struct sim_submission *find(struct sim *sim, unsigned number)
{
    for (struct sim_submission *one = sim->submissions; one != NULL; one = one->next) {
        if (one->number == number) {
            return one;
        }
    }
    return NULL;
}

void sim_client_hear(struct sim_node *node, const struct toc_out *out)
{
    struct sim_submission *one = find(node->sim, out->link);
    json_t *reply = json_loadb((const char *)out->parts[0].data, out->parts[0].len, 0, NULL);
    const json_t *first = json_object_get(reply, "first_sequence");

    if (reply == NULL) {
        sim_fail(node->sim, "%s: a reply is no JSON: %.*s", node->member, (int)out->parts[0].len,
                 (const char *)out->parts[0].data);
    }
    if (one != NULL && json_is_true(json_object_get(reply, "ok"))) {
        const uint64_t sequence = json_is_integer(first) ? (uint64_t)json_integer_value(first) : 0;
        if (one->first_sequence != 0 && sequence != one->first_sequence) {
            sim_fail(node->sim, "%s: s%u was at %llu and is at %llu", node->member, one->number,
                     (unsigned long long)one->first_sequence, (unsigned long long)sequence);
        }
        node->unanswered -= one->asked != SIM_ACKNOWLEDGED;
        one->asked = SIM_ACKNOWLEDGED;
        one->first_sequence = sequence;
    } else if (one != NULL) {
        sim_trace(node, "s%u: %.*s", one->number, (int)out->parts[0].len,
                  (const char *)out->parts[0].data);
    }
    json_decref(reply);
}
