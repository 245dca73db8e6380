/* What leaves could be seen first (invariant 9): people stage drafts, look at the preview, and
 * publish what it showed, while others at the same desk stage more, and machines stop. Every record
 * that leaves was in the preview that a `publish` named; and what was said to be published is
 * there.
 */
#include "sim.h"

#include "engine_internal.h"
#include "record_framework.h"
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREVIEWS_MAX 512
#define TITLES_MAX 64
#define DRAFTS_MAX 2048

enum deed { STAGE, PREVIEW, PUBLISH };
struct preview {
    const struct sim_node *node;
    char digest[2 * TOC_HASH_LEN + 1];
    unsigned titles[TITLES_MAX];
    size_t len;
    bool asked; /* a publish names it */
    bool done;  /* and says that it is sent */
};
struct desk {
    struct sim *sim;
    bool closed; /* for the day */
    struct preview previews[PREVIEWS_MAX];
    size_t previews_len;
    unsigned drafts_made; /* each has a title of its own */
    bool sent[DRAFTS_MAX];
    struct {
        enum deed deed;
        bool waits;
        size_t preview; /* whose digest it names */
    } todo[SIM_NODES_MAX];
    int64_t position[SIM_NODES_MAX];
};

static bool due(const struct sim_node *node)
{
    const struct desk *const desk = node->sim->hooks.context;

    return node->engine != NULL && desk->todo[node - node->sim->nodes].waits;
}

/* The member's newest preview. */
static bool newest(const struct desk *desk, const struct sim_node *node, size_t *ret_preview)
{
    for (size_t i = desk->previews_len; i > 0; i--) {
        if (desk->previews[i - 1].node == node) {
            *ret_preview = i - 1;
            return true;
        }
    }
    return false;
}

static void step(struct sim *sim)
{
    struct desk *const desk = sim->hooks.context;

    for (size_t i = 1; i < sim->nodes_len; i++) {
        const uint64_t chance = sim_below(sim, 100);
        if (desk->closed || desk->todo[i].waits) {
            continue;
        }
        desk->todo[i].waits = chance < 30;
        desk->todo[i].deed = chance < 12 ? STAGE : chance < 22 ? PREVIEW : PUBLISH;
        if (desk->todo[i].deed == PUBLISH &&
            !newest(desk, &sim->nodes[i], &desk->todo[i].preview)) {
            desk->todo[i].waits = false;
        }
    }
}

/* ---- in a tick ---- */

static void ask(struct sim_node *node, enum deed deed, const char *request,
                const struct toc_bytes *records, size_t len)
{
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    struct toc_bytes parts[8];

    parts[0] = toc_bytes_text(request);
    for (size_t i = 0; i < len; i++) {
        parts[i + 1] = records[i];
    }
    SIM_MUST(node->sim, toc_engine_local(node->engine, SIM_HOOK_LINK + (uint32_t)deed, &user, parts,
                                         len + 1) == TOC_OK);
}

/* A few things under few names, so that most replace others. */
static void stage(struct desk *desk, struct sim_node *node)
{
    const size_t len = 1 + sim_below(desk->sim, 3);
    struct toc_bytes records[3];

    toc_arena_reset(desk->sim->arena);
    for (size_t i = 0; i < len; i++) {
        char reference[16];
        char title[16];
        (void)snprintf(reference, sizeof reference, "r%u",
                       (unsigned)(sim_below(desk->sim, 4) + 4 * i));
        (void)snprintf(title, sizeof title, "t%u", desk->drafts_made++);
        ck_assert_uint_lt(desk->drafts_made, DRAFTS_MAX);
        records[i] = toc_fixture_framework(desk->sim->arena, reference, title, 20000);
    }
    ask(node, STAGE,
        "{\"request\":\"stage\",\"stream\":\"framework\",\"source\":\"desk\",\"withdraw\":false}",
        records, len);
}

static void act(struct sim_node *node)
{
    struct desk *const desk = node->sim->hooks.context;
    const size_t at = (size_t)(node - node->sim->nodes);
    char request[200];

    if (!desk->todo[at].waits) {
        return;
    }
    desk->todo[at].waits = false;
    switch (desk->todo[at].deed) {
    case STAGE:
        stage(desk, node);
        return;
    case PREVIEW:
        ask(node, PREVIEW, "{\"request\":\"preview\"}", NULL, 0);
        return;
    case PUBLISH:
        desk->previews[desk->todo[at].preview].asked = true;
        (void)snprintf(request, sizeof request, "{\"request\":\"publish\",\"expect\":\"%s\"}",
                       desk->previews[desk->todo[at].preview].digest);
        ask(node, PUBLISH, request, NULL, 0);
        return;
    }
}

/* ---- what is heard ---- */

static unsigned title_of(const char *text)
{
    return (unsigned)strtoul(text + 1, NULL, 10);
}

/* All readers of the stream, and nobody else. */
static void check_recipients(struct sim_node *node, const json_t *reply)
{
    const struct toc_roster *draft = toc_fixture_group_draft(node->sim->group);
    const json_t *one = json_array_get(json_object_get(reply, "recipients"), 0);
    const json_t *members = json_object_get(one, "members");
    size_t wanted = 0;

    for (size_t i = 0; i < draft->members_len; i++) {
        wanted += strcmp(draft->members[i].id, node->member) != 0 &&
                  toc_roster_in_audience(draft, draft->members[i].id, node->member, "framework");
    }
    if (one != NULL && json_array_size(members) != wanted) {
        sim_fail(node->sim, "%s previews %zu recipients, and there are %zu", node->member,
                 json_array_size(members), wanted);
    }
}

static void hear_preview(struct desk *desk, struct sim_node *node, const json_t *reply)
{
    struct preview *const preview = &desk->previews[desk->previews_len++];
    const json_t *record;
    size_t i;

    ck_assert_uint_lt(desk->previews_len, PREVIEWS_MAX);
    *preview = (struct preview){.node = node};
    (void)snprintf(preview->digest, sizeof preview->digest, "%s",
                   json_string_value(json_object_get(reply, "digest")));
    json_array_foreach(json_object_get(reply, "records"), i, record)
    {
        const json_t *title = json_object_get(json_object_get(record, "record"), "title");
        SIM_MUST(desk->sim, json_is_string(title) && preview->len < TITLES_MAX);
        preview->titles[preview->len++] = title_of(json_string_value(title));
    }
    check_recipients(node, reply);
}

static void hear(struct sim_node *node, const struct toc_out *out)
{
    struct desk *const desk = node->sim->hooks.context;
    json_t *reply = json_loadb((const char *)out->parts[0].data, out->parts[0].len, 0, NULL);
    const bool ok = json_is_true(json_object_get(reply, "ok"));
    struct preview *const named = &desk->previews[desk->todo[node - node->sim->nodes].preview];

    if (ok && out->link == SIM_HOOK_LINK + PREVIEW) {
        hear_preview(desk, node, reply);
    } else if (ok && out->link == SIM_HOOK_LINK + PUBLISH) {
        named->done = true;
        if ((size_t)json_integer_value(json_object_get(reply, "published")) != named->len) {
            sim_fail(desk->sim, "%s publishes %lld records, and showed %zu", node->member,
                     json_integer_value(json_object_get(reply, "published")), named->len);
        }
    }
    json_decref(reply);
}

/* ---- what left ---- */

static bool wants(void *context, struct sim_node *node, const struct toc_log_row *row)
{
    (void)context;
    return strcmp(row->log.publisher, node->member) == 0 &&
           strcmp(row->log.stream, "framework") == 0;
}

static bool was_shown(const struct desk *desk, const struct sim_node *node, unsigned title)
{
    for (size_t i = 0; i < desk->previews_len; i++) {
        const struct preview *const it = &desk->previews[i];
        for (size_t j = 0; j < it->len && it->asked && it->node == node; j++) {
            if (it->titles[j] == title) {
                return true;
            }
        }
    }
    return false;
}

static void record_left(void *context, struct sim_node *node, const struct toc_log_row *row,
                        uint64_t sequence, const struct toc_record *record)
{
    struct desk *const desk = context;
    const unsigned title = title_of(record->as.framework->title);

    (void)row;
    if (record->type != TOC_RECORD_FRAMEWORK || !was_shown(desk, node, title)) {
        sim_fail(desk->sim, "%s sends t%u as %llu, which no preview showed that was published",
                 node->member, title, (unsigned long long)sequence);
    }
    if (desk->sent[title % DRAFTS_MAX]) {
        sim_fail(desk->sim, "%s sends t%u again, as %llu", node->member, title,
                 (unsigned long long)sequence);
    }
    desk->sent[title % DRAFTS_MAX] = true;
}

static void look(struct sim_node *node)
{
    struct desk *const desk = node->sim->hooks.context;
    const struct sim_reader reader = {.context = desk, .wants = wants, .record = record_left};

    sim_read_new(node, &desk->position[node - node->sim->nodes], &reader);
}

static void check_done(struct desk *desk)
{
    size_t done = 0;

    for (size_t i = 0; i < desk->previews_len; i++) {
        const struct preview *const it = &desk->previews[i];
        for (size_t j = 0; j < it->len && it->done; j++) {
            if (!desk->sent[it->titles[j]]) {
                sim_fail(desk->sim, "%s said that t%u was published, and it never left",
                         it->node->member, it->titles[j]);
            }
        }
        done += it->done && it->len > 0;
    }
    if (done == 0) {
        sim_fail(desk->sim, "nothing was published");
    }
}

static void desks(struct sim *sim, unsigned steps)
{
    struct desk *const desk = calloc(1, sizeof *desk);

    ck_assert_ptr_nonnull(desk);
    desk->sim = sim;
    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(sim->group);
    (void)sim_node_add(sim, "spg");
    (void)sim_node_add(sim, "leeds");
    (void)sim_node_add(sim, "york");
    (void)sim_wire(sim, "leeds", "spg", true);
    (void)sim_wire(sim, "york", "spg", false);
    sim->hooks = (struct sim_hooks){.context = desk,
                                    .step = step,
                                    .due = due,
                                    .act = act,
                                    .hear = hear,
                                    .look = look,
                                    .publishes = true};
    sim->submit_chance = 0;
    sim_run(sim, steps);
    desk->closed = true;
    sim_heal(sim);
    if (sim->failure[0] == '\0') {
        check_done(desk);
    }
    free(desk);
}

START_TEST(what_leaves_was_previewed)
{
    sim_seeds("CK_RUN_CASE=desks test_sim_publish", 30, 400, desks);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim publish");

    sim_add_case(suite, "desks", what_leaves_was_previewed);
    return toc_test_main(suite);
}
