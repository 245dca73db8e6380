/* A key that was copied, and then replaced: whoever has the copy, and a member who carries what it
 * signs, says nothing that counts. */
#include "engine_internal.h"
#include "fixture_forge.h"
#include "runner.h"

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_member_keys copied; /* of leeds, before */
static uint64_t before;               /* the newest roster of the copied key */
static struct toc_fixture_forger forger;

/* Leeds has a new key, and with it a second generation: F1 of the old one, F2 of the new. */
static void set_up(void)
{
    group = toc_fixture_group_new(16);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
    copied = *toc_fixture_group_keys(group, "leeds");
    before = toc_fixture_group_draft(group)->version;
    toc_fixture_group_rekey(group, "leeds");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    forger = (struct toc_fixture_forger){.group = group,
                                         .exchange = exchange,
                                         .arena = arena,
                                         .generation = 2,
                                         .roster_version = before,
                                         .keys = &copied};
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- helpers ---- */

/* As if nobody had said anything. */
static void goes_on(uint64_t sequence)
{
    const struct toc_fixture_daemon *at;

    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-next", "F3"), sequence);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
    for (size_t i = 0; (at = toc_fixture_exchange_nth(exchange, i)) != NULL; i++) {
        ck_assert_int_eq(toc_fixture_exchange_log(exchange, at->conf.member, "leeds", 1).state,
                         TOC_LOG_ENDED);
        ck_assert_uint_eq(at->engine->counters.conflicts, 0);
    }
}

/* York, which is in league with who has the copy, says it to the hub. */
static void york_says(enum toc_statement_kind kind, uint64_t next_sequence)
{
    const struct toc_hash head = toc_digest_plain(toc_bytes_text("made up"));

    toc_fixture_forge_say(
        &forger, "york", "spg",
        toc_fixture_forge_statement(&forger, kind, "leeds", "leeds", next_sequence, &head));
}

/* ---- tests ---- */

START_TEST(a_heartbeat_off_the_chain_stops_nothing)
{
    york_says(TOC_HEARTBEAT, 3);
    goes_on(3);
}
END_TEST

START_TEST(a_heartbeat_of_the_closed_log_stops_nothing)
{
    forger.generation = 1;
    york_says(TOC_HEARTBEAT, 2);
    goes_on(3);
}
END_TEST

/* Leeds would wait for what it is said to have signed. */
START_TEST(a_heartbeat_far_ahead_silences_nobody)
{
    york_says(TOC_HEARTBEAT, 1000);
    toc_fixture_exchange_pass(exchange, 61000);
    goes_on(3);
}
END_TEST

START_TEST(a_batch_in_the_new_generation_stops_nothing)
{
    const struct toc_hash end = toc_fixture_exchange_log(exchange, "spg", "leeds", 1).chain.head;
    const struct toc_fixture_forged held = toc_fixture_forge_held(&forger, "spg", "leeds", 2);
    const struct toc_hash other = toc_digest_plain(toc_bytes_text("made up"));

    toc_fixture_forge_give(&forger, "york", "spg", "leeds",
                           toc_fixture_forge_batch(&forger, "leeds", 2, &end, "F2-other").bytes);
    toc_fixture_forge_give(&forger, "york", "spg", "leeds",
                           toc_fixture_forge_batch(&forger, "leeds", 3, &other, "F3-other").bytes);
    toc_fixture_forge_give(&forger, "york", "spg", "leeds",
                           toc_fixture_forge_batch(&forger, "leeds", 3, &held.head, "F3-b").bytes);
    goes_on(3);
}
END_TEST

/* The first batch of a generation, which takes back all past `next_sequence` of the one before. */
static struct toc_bytes opens(uint32_t generation, uint64_t next_sequence,
                              const struct toc_hash *head)
{
    struct toc_fixture_daemon *leeds = toc_fixture_exchange_daemon(exchange, "leeds");
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, "leeds", "leeds", 1);
    struct toc_batch_header header = {.group = leeds->engine->group,
                                      .log = row.log,
                                      .roster_version = before,
                                      .first_sequence = next_sequence,
                                      .count = 1,
                                      .previous_head = *head,
                                      .time_ms = toc_fixture_group_wall(group),
                                      .epoch = 1,
                                      .opens_epoch = true,
                                      .abandons_len = 1};
    struct toc_epoch_row epoch;
    struct toc_buf plain;
    struct toc_batch batch;
    struct toc_hash ignored;

    ck_assert_int_eq(toc_store_epoch_get(leeds->store, row.id, 1, &epoch), TOC_OK);
    header.log.generation = generation;
    header.abandons[0] = (struct toc_abandoned){.generation = generation - 1,
                                                .next_sequence = next_sequence,
                                                .head = *head,
                                                .stands = true};
    header.commitment = toc_commitment(&header.group, &header.log, 1, &epoch.key);
    header.audience_hash = epoch.audience_hash;
    toc_buf_init(&plain, 1024);
    ck_assert_int_eq(
        toc_list_append(&plain, toc_fixture_framework(arena, "F2-other", "Forged", 20000)), TOC_OK);
    ck_assert_int_eq(toc_batch_make(arena, &header, &epoch.key, &copied.sign_secret,
                                    toc_buf_bytes(&plain), &batch, &ignored),
                     TOC_OK);
    toc_buf_done(&plain);
    return batch.bytes;
}

/* The hub itself is in league. */
START_TEST(it_opens_no_generation_behind_the_new_keys)
{
    const struct toc_hash end = toc_fixture_exchange_log(exchange, "york", "leeds", 1).chain.head;

    forger.generation = 3;
    toc_fixture_forge_give(&forger, "spg", "york", "leeds", opens(3, 2, &end));
    goes_on(3);
}
END_TEST

/* Replaced once more, and the newest key has said nothing yet. */
START_TEST(it_opens_no_generation_behind_its_closing)
{
    const struct toc_hash end = toc_fixture_exchange_log(exchange, "york", "leeds", 2).chain.head;

    copied = *toc_fixture_group_keys(group, "leeds");
    before = toc_fixture_group_draft(group)->version;
    toc_fixture_group_rekey(group, "leeds");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    forger.generation = 3;
    toc_fixture_forge_give(&forger, "spg", "york", "leeds", opens(3, 3, &end));
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "york", "leeds", "F2-other"), 0);
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
    goes_on(3);
}
END_TEST

/* What is the new key's own has to lie on its chain, from where it goes on. */
START_TEST(the_new_key_is_held_to_its_word)
{
    forger.roster_version = 0;
    forger.keys = NULL;
    york_says(TOC_HEARTBEAT, 2);
    ck_assert_int_eq(toc_fixture_exchange_log(exchange, "spg", "leeds", 2).state, TOC_LOG_STOPPED);
}
END_TEST

/* It never said that it has applied that. */
START_TEST(a_receipt_says_nothing)
{
    const struct toc_fixture_daemon *hub = toc_fixture_exchange_daemon(exchange, "spg");
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, "spg", "leeds", 2);
    struct toc_bytes held;

    york_says(TOC_RECEIPT, 1000);
    ck_assert_int_eq(
        toc_store_statement_get(hub->store, row.id, TOC_RECEIPT, "leeds", arena, &held),
        TOC_NOTFOUND);
    goes_on(3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine replaced key");
    TCase *tcase = tcase_create("replaced");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_heartbeat_off_the_chain_stops_nothing);
    tcase_add_test(tcase, a_heartbeat_of_the_closed_log_stops_nothing);
    tcase_add_test(tcase, a_heartbeat_far_ahead_silences_nobody);
    tcase_add_test(tcase, a_batch_in_the_new_generation_stops_nothing);
    tcase_add_test(tcase, it_opens_no_generation_behind_the_new_keys);
    tcase_add_test(tcase, it_opens_no_generation_behind_its_closing);
    tcase_add_test(tcase, the_new_key_is_held_to_its_word);
    tcase_add_test(tcase, a_receipt_says_nothing);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
