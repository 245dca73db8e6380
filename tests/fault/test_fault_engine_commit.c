/* The disk does not take a tick: the local user hears that nothing was stored, no peer hears
 * anything, and the daemon goes on. The same id again is stored once. */
#include "engine_internal.h"
#include "faulty_vfs.h"
#include "fixture_ask.h"
#include "fixture_exchange.h"
#include "runner.h"
#include "scratch.h"

#include <string.h>

#define LOCAL_LINK 900

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static char folder[PATH_MAX];

/* Leeds is on a disk; F1 is published. */
static void set_up(void)
{
    toc_faulty_vfs_install();
    toc_scratch_new(folder);
    group = toc_fixture_group_new(18);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    (void)toc_fixture_group_sign(group);
    exchange = toc_fixture_exchange_new(group);
    (void)toc_fixture_exchange_add(exchange, "spg", NULL);
    (void)toc_fixture_exchange_add(exchange, "leeds", folder);
    (void)toc_fixture_exchange_add(exchange, "york", NULL);
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
}

static void tear_down(void)
{
    toc_faulty_vfs_disarm();
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
    toc_scratch_remove(folder);
}

/* A tick in which a framework is submitted; the `at`-th call to the disk fails. Nothing of it is
 * delivered. Did the tick fail? */
static bool tick_fails(const char *id, const char *reference, enum toc_fault fault, long at)
{
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    struct toc_engine *engine = toc_fixture_exchange_daemon(exchange, "leeds")->engine;
    struct toc_why why = {""};
    struct toc_bytes parts[2];
    char request[200];
    enum toc_result result;

    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"%s\",\"tag\":\"t\"}",
                   id);
    parts[0] = toc_bytes_text(request);
    parts[1] = toc_fixture_framework(arena, reference, "Highways", 20000);
    toc_engine_begin(engine);
    ck_assert_int_eq(toc_engine_local(engine, LOCAL_LINK, &user, parts, 2), TOC_OK);
    toc_faulty_vfs_arm(fault, at, true);
    result = toc_engine_finish(engine, &why);
    toc_faulty_vfs_disarm();
    ck_assert(result == TOC_OK || result == TOC_STORE);
    ck_assert(result == TOC_OK || why.text[0] != '\0');
    return result != TOC_OK;
}

/* The outbox after a tick that failed: one refusal for the local user, and nothing for a peer. */
static void only_a_refusal(void)
{
    const struct toc_out *out;
    const size_t len =
        toc_engine_outbox(toc_fixture_exchange_daemon(exchange, "leeds")->engine, &out);
    json_t *reply;

    ck_assert_uint_eq(len, 1);
    ck_assert_int_eq(out[0].kind, TOC_OUT_LOCAL);
    ck_assert_uint_eq(out[0].link, LOCAL_LINK);
    reply = json_loadb((const char *)out[0].parts[0].data, out[0].parts[0].len, 0, NULL);
    ck_assert_ptr_nonnull(reply);
    ck_assert(json_is_false(json_object_get(reply, "ok")));
    ck_assert_str_eq(toc_fixture_text(reply, "result"), "store");
    ck_assert_str_eq(toc_fixture_text(reply, "tag"), "t");
    ck_assert(toc_fixture_text(reply, "message")[0] != '\0');
    json_decref(reply);
}

static void goes_on_and_stores_it_once(void)
{
    struct toc_log_row row;
    const uint64_t first = toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2");

    /* Memory was read back from the disk, so it may have to hear the hub again. */
    toc_fixture_exchange_pass(exchange, 61000);
    ck_assert(first == 0 || first == 2);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    row = toc_fixture_exchange_log(exchange, "spg", "leeds", 1);
    ck_assert_uint_eq(row.chain.next_sequence, 4);
    ck_assert_int_eq(row.state, TOC_LOG_OPEN);
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}

static const enum toc_fault faults[] = {TOC_FAULT_IO, TOC_FAULT_FULL, TOC_FAULT_TORN};

START_TEST(nothing_was_sent)
{
    ck_assert(tick_fails("s-2", "F2", faults[_i], 1));
    only_a_refusal();
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "leeds", "leeds", "F2"), 0);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "spg", "leeds", "F2"), 0);
    goes_on_and_stores_it_once();
}
END_TEST

/* Wherever in the commit it fails. */
START_TEST(at_every_call)
{
    long at = 2;

    while (tick_fails("s-2", "F2", TOC_FAULT_IO, at)) {
        only_a_refusal();
        toc_fixture_exchange_settle(exchange);
        at++;
        ck_assert_int_lt(at, 1000);
    }
    ck_assert_int_gt(at, 2);
    /* The one that went through was not delivered by the test: as if the process had died. */
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    goes_on_and_stores_it_once();
}
END_TEST

/* Again and again, with a local user each time; then the disk is back. */
START_TEST(many_ticks_in_a_row)
{
    for (int i = 0; i < 20; i++) {
        ck_assert(tick_fails("s-2", "F2", TOC_FAULT_FULL, 1));
        only_a_refusal();
        toc_fixture_group_advance(group, 1000);
    }
    goes_on_and_stores_it_once();
}
END_TEST

/* What readers had asked for was in memory alone: they are greeted, and ask again. */
START_TEST(a_hub_serves_on)
{
    struct toc_engine *hub = toc_fixture_exchange_daemon(exchange, "spg")->engine;
    const struct toc_out *out;
    struct toc_why why;

    toc_engine_begin(hub);
    ck_assert_int_eq(toc_engine_write(hub), TOC_OK);
    hub->store_failed = true;
    ck_assert_int_eq(toc_engine_finish(hub, &why), TOC_STORE);
    ck_assert_uint_eq(toc_engine_outbox(hub, &out), 0);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
}
END_TEST

static toc_link link_to(const struct toc_engine *engine, const char *member)
{
    for (size_t i = 0; i < engine->sessions_len; i++) {
        if (engine->sessions[i].link != 0 && strcmp(engine->sessions[i].member, member) == 0) {
            return engine->sessions[i].link;
        }
    }
    ck_abort_msg("no session with '%s'", member);
    return 0;
}

static enum toc_result tick_with(struct toc_engine *engine, const struct toc_have *have, bool fails)
{
    const struct toc_message message = {.kind = TOC_MESSAGE_HAVE, .as.have = *have};
    struct toc_bytes frame;
    struct toc_why why;

    ck_assert_int_eq(toc_wire_message_encode(arena, &message, &frame), TOC_OK);
    toc_engine_begin(engine);
    ck_assert_int_eq(toc_engine_session(engine, link_to(engine, "spg"), frame), TOC_OK);
    engine->store_failed = fails;
    return toc_engine_finish(engine, &why);
}

/* The hub says how far our log is, which we have lost, and then that this was all. A tick that
 * fails in between forgets the first half: the second must not prove us, or we would sign at a
 * place where we have signed before. */
START_TEST(half_a_list_proves_nothing)
{
    struct toc_engine *const engine = toc_fixture_exchange_daemon(exchange, "leeds")->engine;
    const struct toc_log_head head = {
        .log = {.publisher = "leeds", .stream = "framework", .generation = 1}, .next_sequence = 9};
    const struct toc_have first = {.heads = &head, .heads_len = 1};
    const struct toc_have last = {.complete = true};

    ck_assert(toc_publish_proven(engine));
    ck_assert_int_eq(tick_with(engine, &first, true), TOC_STORE);
    ck_assert(!toc_publish_proven(engine));
    ck_assert_int_eq(tick_with(engine, &last, false), TOC_OK);
    ck_assert(!toc_publish_proven(engine));
    /* What that tick sent is lost; the session begins anew. */
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    ck_assert(toc_publish_proven(engine));
    goes_on_and_stores_it_once();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine commit");
    TCase *tcase = tcase_create("commit");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, nothing_was_sent, 0, 3);
    tcase_add_test(tcase, at_every_call);
    tcase_add_test(tcase, many_ticks_in_a_row);
    tcase_add_test(tcase, a_hub_serves_on);
    tcase_add_test(tcase, half_a_list_proves_nothing);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
