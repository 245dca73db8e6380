/* Members of two versions. The older ones know no exposures and no dynamic markets, and nobody
 * knows the kinds of message and of statement, and the fields, that the newer ones say besides.
 * What is not understood is kept, given on and acknowledged all the same; and a member that is
 * upgraded has at once what it would have if it had been newer all along. */
#include "older_program.h"

#include "ensure.h"
#include "fixture_view.h"
#include "runner.h"
#include "sim.h"
#include "store_picture.h"

#include <stdlib.h>

enum { COUNCILS = 5, ROUNDS = 8 };
/* Of each program there is one at least; the first and the last dial each other. */
static const char *const councils[COUNCILS] = {"leeds", "hull", "kent", "ryedale", "york"};
static const struct sim *simulated; /* NULL: between two of them */

static bool older_runs(void)
{
    return simulated != NULL && simulated->running != NULL && simulated->running->older;
}

static bool newer_runs(void)
{
    return simulated != NULL && simulated->running != NULL && !simulated->running->older;
}

/* ---- what a newer program says besides ---- */

static const char news[] = "\xc2\x0c\x03new"; /* field 200 = "new" */
enum { NEWS_LEN = sizeof news - 1, VARINT_MAX = 10 };

static size_t take_varint(struct toc_bytes *rest, uint64_t *ret_number)
{
    size_t len = 0;

    *ret_number = 0;
    while (len < rest->len && len < VARINT_MAX) {
        *ret_number |= (uint64_t)(rest->data[len] & 0x7f) << (7 * len);
        if ((rest->data[len++] & 0x80) == 0) {
            break;
        }
    }
    rest->data += len;
    rest->len -= len;
    return len;
}

static size_t put_varint(uint8_t *at, uint64_t number)
{
    size_t len = 0;

    while (number >= 0x80) {
        at[len++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    at[len++] = (uint8_t)number;
    return len;
}

/* The same with a field more, which nobody knows, in the message that is its first field. */
static struct toc_bytes with_news_inside(struct toc_arena *arena, struct toc_bytes bytes)
{
    uint8_t *const all = toc_arena_get(arena, bytes.len + NEWS_LEN + VARINT_MAX);
    struct toc_bytes rest = bytes;
    uint64_t tag;
    uint64_t len;
    size_t at;

    ck_assert_ptr_nonnull(all);
    (void)take_varint(&rest, &tag);
    (void)take_varint(&rest, &len);
    if ((tag & 7) != 2 || len > rest.len) {
        return bytes; /* stamps alone */
    }
    at = put_varint(all, tag);
    at += put_varint(all + at, len + NEWS_LEN);
    memcpy(all + at, rest.data, len);
    memcpy(all + at + len, news, NEWS_LEN);
    memcpy(all + at + len + NEWS_LEN, rest.data + len, rest.len - len);
    return toc_bytes_of(all, at + NEWS_LEN + rest.len);
}

/* And behind all its fields. */
static struct toc_bytes with_news(struct toc_arena *arena, struct toc_bytes bytes)
{
    uint8_t *const all = toc_arena_get(arena, bytes.len + NEWS_LEN);

    ck_assert_ptr_nonnull(all);
    memcpy(all, bytes.data, bytes.len);
    memcpy(all + bytes.len, news, NEWS_LEN);
    return toc_bytes_of(all, bytes.len + NEWS_LEN);
}

enum toc_result __real_toc_wire_batch_header_encode(struct toc_arena *arena,
                                                    const struct toc_batch_header *header,
                                                    struct toc_bytes *ret_bytes);
enum toc_result __wrap_toc_wire_batch_header_encode(struct toc_arena *arena,
                                                    const struct toc_batch_header *header,
                                                    struct toc_bytes *ret_bytes);
enum toc_result __wrap_toc_wire_batch_header_encode(struct toc_arena *arena,
                                                    const struct toc_batch_header *header,
                                                    struct toc_bytes *ret_bytes)
{
    TOC_TRY(__real_toc_wire_batch_header_encode(arena, header, ret_bytes));
    *ret_bytes = newer_runs() ? with_news(arena, *ret_bytes) : *ret_bytes;
    return TOC_OK;
}

enum toc_result __real_toc_wire_statement_encode(struct toc_arena *arena,
                                                 const struct toc_statement *statement,
                                                 struct toc_bytes *ret_body);
enum toc_result __wrap_toc_wire_statement_encode(struct toc_arena *arena,
                                                 const struct toc_statement *statement,
                                                 struct toc_bytes *ret_body);
enum toc_result __wrap_toc_wire_statement_encode(struct toc_arena *arena,
                                                 const struct toc_statement *statement,
                                                 struct toc_bytes *ret_body)
{
    TOC_TRY(__real_toc_wire_statement_encode(arena, statement, ret_body));
    *ret_body = newer_runs() ? with_news(arena, *ret_body) : *ret_body;
    return TOC_OK;
}

enum toc_result __real_toc_wire_wrap_encode(struct toc_arena *arena,
                                            const struct toc_wrap_body *wrap,
                                            struct toc_bytes *ret_body);
enum toc_result __wrap_toc_wire_wrap_encode(struct toc_arena *arena,
                                            const struct toc_wrap_body *wrap,
                                            struct toc_bytes *ret_body);
enum toc_result __wrap_toc_wire_wrap_encode(struct toc_arena *arena,
                                            const struct toc_wrap_body *wrap,
                                            struct toc_bytes *ret_body)
{
    TOC_TRY(__real_toc_wire_wrap_encode(arena, wrap, ret_body));
    *ret_body = newer_runs() ? with_news(arena, *ret_body) : *ret_body;
    return TOC_OK;
}

/* Every other framework of a newer program is of a kind that an older one does not know, and all
 * have a field that nobody knows. */
struct toc_bytes __real_toc_fixture_framework(struct toc_arena *arena, const char *reference,
                                              const char *title, uint32_t ends);
struct toc_bytes __wrap_toc_fixture_framework(struct toc_arena *arena, const char *reference,
                                              const char *title, uint32_t ends);
struct toc_bytes __wrap_toc_fixture_framework(struct toc_arena *arena, const char *reference,
                                              const char *title, uint32_t ends)
{
    struct toc_framework framework;
    const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK, .as.framework = &framework};
    struct toc_bytes bytes;

    if (!newer_runs() || ends % 2 == 0) {
        bytes = __real_toc_fixture_framework(arena, reference, title, ends);
        return newer_runs() ? with_news_inside(arena, bytes) : bytes;
    }
    toc_framework_init(&framework);
    framework.reference = reference;
    framework.title = title;
    framework.buyer = "Test City Council";
    framework.kind = TOC_FRAMEWORK_DYNAMIC_MARKET;
    framework.period_end = ends;
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    return with_news_inside(arena, bytes);
}

void __real_sim_net_send(struct sim_node *node, const struct toc_out *out);
void __wrap_sim_net_send(struct sim_node *node, const struct toc_out *out);

static void send_frame(struct sim_node *node, const struct toc_out *like, struct toc_bytes frame)
{
    struct toc_out out = *like;

    out.parts = &frame;
    out.parts_len = 1;
    __real_sim_net_send(node, &out);
}

/* A kind of message that nobody knows, with a stamp that comes back or does not. */
static struct toc_bytes newer_message(struct sim *sim)
{
    const size_t len = sim_below(sim, 300);
    uint8_t *const frame = toc_arena_zero(sim->arena, 1, len + 4 * VARINT_MAX);
    size_t at = 0;

    ck_assert_ptr_nonnull(frame);
    if (sim_chance(sim, 500)) {
        frame[at++] = 14 << 3;
        at += put_varint(frame + at, sim_draw(sim) | 1);
    }
    at += put_varint(frame + at, (16 + sim_below(sim, 50)) << 3 | 2);
    at += put_varint(frame + at, len);
    return toc_bytes_of(frame, at + len);
}

/* A heartbeat of an old log's beginning, but for its kind. */
static struct toc_bytes newer_statement(struct sim_node *node)
{
    struct toc_arena *const arena = node->sim->arena;
    struct toc_statement statement = {.kind = TOC_HEARTBEAT,
                                      .log = {.stream = "framework", .generation = 1},
                                      .next_sequence = 1,
                                      .roster_version = 1,
                                      .time_ms = 1};
    struct toc_bytes bytes;
    struct toc_bytes body;
    uint8_t other[256];

    memcpy(statement.author, node->member, sizeof statement.author);
    memcpy(statement.log.publisher, node->member, sizeof statement.log.publisher);
    ck_assert_int_eq(__real_toc_wire_statement_encode(arena, &statement, &body), TOC_OK);
    ck_assert_uint_le(body.len, sizeof other);
    memcpy(other, body.data, body.len);
    other[1] = (uint8_t)(4 + sim_below(node->sim, 60)); /* field 1, the kind */
    ck_assert_int_eq(toc_wire_signed_encode(arena, toc_bytes_of(other, body.len),
                                            &(struct toc_signature){.bytes = {1}}, &bytes),
                     TOC_OK);
    const struct toc_message message = {.kind = TOC_MESSAGE_STATEMENTS,
                                        .as.statements = {&bytes, 1}};
    ck_assert_int_eq(toc_wire_message_encode(arena, &message, &body), TOC_OK);
    return body;
}

void __wrap_sim_net_send(struct sim_node *node, const struct toc_out *out)
{
    struct sim *const sim = node->sim;

    if (out->kind != TOC_OUT_SESSION || node->older || simulated == NULL) {
        __real_sim_net_send(node, out);
        return;
    }
    toc_arena_reset(sim->arena);
    if (out->parts[0].len + 2 * NEWS_LEN + VARINT_MAX <= TOC_FRAME_LEN_MAX) {
        send_frame(node, out, with_news(sim->arena, with_news_inside(sim->arena, out->parts[0])));
    } else {
        __real_sim_net_send(node, out);
    }
    if (sim_chance(sim, 40)) {
        send_frame(node, out, newer_message(sim));
    }
    if (sim_chance(sim, 40)) {
        send_frame(node, out, newer_statement(node));
    }
}

/* ---- the group ---- */

static void add(struct sim *sim, const char *member, unsigned older_chance)
{
    sim->older_chance = older_chance;
    (void)sim_node_add(sim, member);
}

static void star(struct sim *sim)
{
    sim_members(sim, councils, COUNCILS);
    sim_exposures(sim);
    (void)toc_fixture_group_sign(sim->group);
    sim->disk_chance = 300;
    sim->faults.trouble = 3;
    add(sim, "spg", 700);
    for (size_t i = 0; i < COUNCILS; i++) {
        add(sim, councils[i], i == 0 ? 1000 : (i + 1 == COUNCILS ? 0 : 500));
        (void)sim_wire(sim, councils[i], "spg", i != 1);
    }
    (void)sim_wire(sim, councils[COUNCILS - 1], councils[0], false);
}

static void take_back_an_exposure(struct sim *sim)
{
    for (struct sim_submission *one = sim->submissions; one != NULL; one = one->next) {
        if (strcmp(one->stream, "exposure") == 0 && one->asked == SIM_ACKNOWLEDGED &&
            one->first_sequence != 0 && one->withdraws == 0 && one->gone_from == 0 &&
            sim_chance(sim, 200)) {
            sim_withdraw(sim, one, 0);
            return;
        }
    }
}

static void publish_on(struct sim *sim, unsigned rounds, unsigned steps)
{
    for (unsigned i = 0; i < rounds && sim_goes_on(sim); i++) {
        struct sim_node *const node = sim_node(sim, councils[sim_below(sim, COUNCILS)]);
        if (!node->older) {
            (void)sim_submit(node, "exposure", 1 + (unsigned)sim_below(sim, 4), 0);
        }
        take_back_an_exposure(sim);
        sim_run(sim, steps / rounds);
    }
}

/* It is stopped, and what starts is newer. */
static void upgrade(struct sim_node *node)
{
    if (node->engine != NULL) {
        sim_crash(node);
    }
    node->older = false;
    sim_trace(node, "is upgraded");
}

/* ---- what an upgraded member has ---- */

static struct toc_hash views(struct sim_node *node)
{
    const struct toc_hash rows = toc_fixture_digest(node->store);
    struct toc_hash digest;

    ck_assert_int_eq(toc_store_picture_digest(node->store, &rows, &digest), TOC_OK);
    return digest;
}

static void same_as_a_rebuild(struct sim_node *node)
{
    const struct toc_hash before = views(node);
    struct toc_hash after;

    json_decref(sim_ask(node, "{\"request\":\"rebuild\"}"));
    after = views(node);
    if (!toc_hash_equal(&before, &after)) {
        sim_fail(node->sim, "%s: a rebuild changes what the upgrade made", node->member);
    }
}

static void same_as_newer_all_along(struct sim_node *node)
{
    static const char *const streams[] = {"framework", "exposure"};
    struct sim_node *const newer = sim_node(node->sim, councils[COUNCILS - 1]);
    struct toc_hash one;
    struct toc_hash other;

    for (size_t i = 0; i < 2; i++) {
        struct sim_rows ours, theirs;
        sim_rows(node, streams[i], NULL, &ours);
        sim_rows(newer, streams[i], NULL, &theirs);
        if (ours.len != theirs.len || !toc_hash_equal(&ours.digest, &theirs.digest)) {
            sim_fail(node->sim, "%s has %zu rows of %s, and %s, newer all along, has %zu",
                     node->member, ours.len, streams[i], newer->member, theirs.len);
        }
    }
    ck_assert_int_eq(toc_store_picture_digest(node->store, &toc_hash_zero, &one), TOC_OK);
    ck_assert_int_eq(toc_store_picture_digest(newer->store, &toc_hash_zero, &other), TOC_OK);
    if (!toc_hash_equal(&one, &other)) {
        sim_fail(node->sim, "%s sees another region than %s", node->member, newer->member);
    }
}

/* All that were never upgraded, now that everybody has everything. */
static void upgrade_the_rest(struct sim *sim)
{
    for (size_t i = 0; i < sim->nodes_len && sim_goes_on(sim); i++) {
        struct sim_node *const node = &sim->nodes[i];
        if (node->older) {
            upgrade(node);
            sim_start(node);
        }
        if (sim_goes_on(sim)) {
            same_as_newer_all_along(node);
            same_as_a_rebuild(node);
        }
    }
}

static void two_versions(struct sim *sim, unsigned steps)
{
    simulated = sim;
    star(sim);
    publish_on(sim, ROUNDS / 2, steps / 2);
    for (size_t i = 0; i < sim->nodes_len && sim_goes_on(sim); i++) {
        if (sim->nodes[i].older && sim_chance(sim, 300)) {
            upgrade(&sim->nodes[i]);
        }
    }
    publish_on(sim, ROUNDS / 2, steps / 2);
    sim_heal(sim); /* the older ones have every batch, and have said so */
    if (sim_goes_on(sim)) {
        upgrade_the_rest(sim);
        sim->faults = sim_faults_usual;
        publish_on(sim, 2, 60);
        sim_heal(sim);
    }
    simulated = NULL;
}

START_TEST(older_and_newer)
{
    sim_seeds("test_sim_skew", 6, 240, two_versions);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim skew");

    sim_add_case(suite, "skew", older_and_newer);
    return toc_test_main(suite);
}
