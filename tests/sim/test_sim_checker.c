/* The checks themselves: each is shown a fault that it must report. A check that cannot fail proves
 * nothing. */
#include "sim.h"

#include "store_fixture.h"

#include "runner.h"
#include <string.h>

static struct sim *sim;
static struct sim_node *spg, *leeds, *york;
static struct toc_log_row held; /* leeds' log, at york */

static const struct toc_log_id log_id = {
    .publisher = "leeds", .stream = "framework", .generation = 1};

static void setup(void)
{
    static const char *const names[] = {"leeds", "york"};
    static const struct toc_member_list list = {"pair", names, 2};
    const struct toc_stream_rule rule = {.stream = "framework",
                                         .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                         .audience = TOC_AUDIENCE_LIST,
                                         .list = "pair"};

    sim = sim_new(7);
    toc_fixture_group_add(sim->group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(sim->group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(sim->group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_rule(sim->group, &rule);
    toc_fixture_group_draft(sim->group)->lists = &list;
    toc_fixture_group_draft(sim->group)->lists_len = 1;
    (void)toc_fixture_group_sign(sim->group);
    spg = sim_node_add(sim, "spg");
    leeds = sim_node_add(sim, "leeds");
    york = sim_node_add(sim, "york");
    (void)sim_wire(sim, "leeds", "spg", true);
    (void)sim_wire(sim, "york", "spg", true);
    for (unsigned i = 0; i < 4; i++) {
        (void)sim_submit(leeds, "framework", 2, 10);
        sim_heal(sim);
    }
    ck_assert_str_eq(sim->failure, "");
    ck_assert(sim_log_row(york, &log_id, &held));
    ck_assert_uint_eq(held.chain.next_sequence, 9);
}

static void teardown(void)
{
    sim_free(&sim);
}

static void reported(const char *words)
{
    ck_assert_msg(strstr(sim->failure, words) != NULL, "not reported: %s; instead: %s", words,
                  sim->failure);
}

static void begin(struct sim_node *node)
{
    toc_engine_free(&node->engine); /* its store is ours now */
    ck_assert_int_eq(toc_store_begin(node->store), TOC_OK);
}

static void commit(struct sim_node *node)
{
    ck_assert_int_eq(toc_store_commit(node->store), TOC_OK);
}

START_TEST(lost_batch)
{
    begin(york);
    ck_assert_int_eq(toc_store_batches_void(york->store, held.id, 7), TOC_OK);
    commit(york);
    sim_check_again(york);
    reported("no batch begins at 7");
}
END_TEST

START_TEST(fallen_log)
{
    struct toc_log_row row = held;

    begin(york);
    ck_assert_int_eq(toc_store_batches_void(york->store, held.id, 7), TOC_OK);
    row.chain.next_sequence = 7;
    row.applied_next = 7;
    ck_assert_int_eq(toc_store_head_at(york->store, held.id, 7, &row.chain.head), TOC_OK);
    ck_assert_int_eq(toc_store_log_save(york->store, &row), TOC_OK);
    commit(york);
    sim_check_store(york);
    reported("9 was held and 7 is");
}
END_TEST

START_TEST(wrong_head)
{
    struct toc_log_row row = held;

    begin(york);
    row.chain.head.bytes[0] ^= 1;
    ck_assert_int_eq(toc_store_log_save(york->store, &row), TOC_OK);
    commit(york);
    sim_check_store(york);
    reported("does not speak of its last batch");
}
END_TEST

/* The publisher signs sequence 9 twice, and one of the two is only at york. */
static void store_other(struct sim_node *node, const char *text)
{
    struct toc_epoch_row epoch;
    struct toc_log_row row;
    struct toc_batch batch;
    struct toc_hash head;
    struct toc_buf plain;
    struct toc_batch_header header = {.log = log_id, .roster_version = 1, .count = 1, .nonce = {9}};

    ck_assert(sim_log_row(node, &log_id, &row));
    ck_assert_int_eq(toc_store_epoch_get(node->store, row.id, row.chain.epoch, &epoch), TOC_OK);
    header.first_sequence = row.chain.next_sequence;
    header.previous_head = row.chain.head;
    header.epoch = row.chain.epoch;
    header.time_ms = 1;
    toc_buf_init(&plain, 4096);
    ck_assert_int_eq(toc_list_append(&plain, toc_bytes_text(text)), TOC_OK);
    toc_arena_reset(sim->arena);
    ck_assert_int_eq(toc_batch_make(sim->arena, &header, &epoch.key, &leeds->keys.sign_secret,
                                    toc_buf_bytes(&plain), &batch, &head),
                     TOC_OK);
    toc_buf_done(&plain);
    begin(node);
    ck_assert_int_eq(toc_store_batch_add(node->store, row.id, &batch, &head), TOC_OK);
    toc_chain_advance(&row.chain, &batch.header, &head);
    ck_assert_int_eq(toc_store_log_save(node->store, &row), TOC_OK);
    commit(node);
    sim_check_store(node);
}

START_TEST(two_histories)
{
    store_other(leeds, "one");
    ck_assert_str_eq(sim->failure, "");
    store_other(york, "another");
    reported("two batches at 9");
}
END_TEST

START_TEST(applied_twice)
{
    begin(york);
    ck_assert_int_eq(toc_store_journal_add(york->store, held.id, 3, 2), TOC_OK);
    commit(york);
    sim_check_store(york);
    reported("3 was applied twice");
}
END_TEST

START_TEST(fallen_cursor)
{
    struct toc_log_row row = held;

    begin(york);
    row.applied_next = 3;
    ck_assert_int_eq(toc_store_log_save(york->store, &row), TOC_OK);
    commit(york);
    sim_check_store(york);
    reported("the cursor fell from 9 to 3");
}
END_TEST

START_TEST(key_at_a_relay)
{
    struct toc_epoch_row epoch;
    struct toc_log_row row;

    ck_assert_int_eq(toc_store_epoch_get(york->store, held.id, 1, &epoch), TOC_OK);
    ck_assert(sim_log_row(spg, &log_id, &row));
    begin(spg);
    ck_assert_int_eq(toc_store_epoch_key(spg->store, row.id, 1, &epoch.key), TOC_OK);
    commit(spg);
    /* Where nothing changed that bears on keys, they are looked at now and then. */
    for (int look = 0; look < 16; look++) {
        sim_check_store(spg);
    }
    reported("spg has the key of leeds framework epoch 1");
}
END_TEST

START_TEST(lost_record)
{
    begin(york);
    ck_assert_int_eq(toc_fixture_drop(york->store, "framework", "leeds", 5, NULL), TOC_OK);
    commit(york);
    ck_assert_ptr_nonnull(sim_disagreement(sim));
    ck_assert_ptr_nonnull(strstr(sim_disagreement(sim), "york: leeds framework 1: rows 7"));
}
END_TEST

START_TEST(lost_acknowledgement)
{
    sim->submissions->number = 1000; /* a submission that the store has never heard of */
    for (unsigned i = 0; i < 16; i++) {
        sim->steps++;
        sim_check_store(leeds);
    }
    ck_assert_str_eq(sim->failure, ""); /* what it became is held elsewhere */
    sim->submissions->first_sequence = 100;
    for (unsigned i = 0; i < 16; i++) {
        sim->steps++;
        sim_check_store(leeds);
    }
    reported("s1000 was acknowledged and is gone");
}
END_TEST

/* york says to the hub what only leeds has said, and what nobody has. */
START_TEST(sent_before_it_is_stored)
{
    struct toc_log_head head = {.log = log_id, .next_sequence = 11};
    const struct toc_message message = {.kind = TOC_MESSAGE_HAVE,
                                        .as.have = {.heads = &head, .heads_len = 1}};
    struct toc_arena *arena = NULL;
    struct toc_bytes frame;
    struct toc_out out = {.kind = TOC_OUT_SESSION, .link = 1, .parts = &frame, .parts_len = 1};

    ck_assert_int_eq(toc_arena_new(1 << 20, &arena), TOC_OK);
    ck_assert_int_eq(toc_wire_message_encode(arena, &message, &frame), TOC_OK);
    sim_check_sent(york, &out, 1);
    reported("a head of leeds framework 1 that is not on its disk");
    toc_arena_free(&arena);
}
END_TEST

START_TEST(acknowledged_before_it_is_stored)
{
    const struct toc_bytes reply = toc_bytes_text("{\"ok\":true,\"tag\":\"77\"}");
    const struct toc_out out = {.kind = TOC_OUT_LOCAL, .link = 77, .parts = &reply, .parts_len = 1};

    sim_check_sent(leeds, &out, 1);
    reported("leeds acknowledges s77, which is not on its disk");
}
END_TEST

/* The whole machinery, with a seed that goes wrong. */
START_TEST(settling_is_given_up)
{
    sim->wires[1].dialler->conf.heartbeat_s = 3600; /* york has no way of hearing of a tail */
    sim->wires[1].until = INT64_MAX;
    sim_net_break(&sim->wires[1], false);
    sim->wires[1].until = INT64_MAX;
    (void)sim_submit(leeds, "framework", 1, 10);
    sim_heal(sim);
    reported("does not settle: york: leeds framework 1: holds 9, should be 10");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sim checker");
    TCase *tcase = tcase_create("planted");

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, lost_batch);
    tcase_add_test(tcase, fallen_log);
    tcase_add_test(tcase, wrong_head);
    tcase_add_test(tcase, two_histories);
    tcase_add_test(tcase, applied_twice);
    tcase_add_test(tcase, fallen_cursor);
    tcase_add_test(tcase, key_at_a_relay);
    tcase_add_test(tcase, lost_record);
    tcase_add_test(tcase, lost_acknowledgement);
    tcase_add_test(tcase, sent_before_it_is_stored);
    tcase_add_test(tcase, acknowledged_before_it_is_stored);
    tcase_add_test(tcase, settling_is_given_up);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
