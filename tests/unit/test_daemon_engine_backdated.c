/* What a key says under a roster that is over: a key that was replaced, or that of a hub. It counts
 * for what was said while it was somebody's, and for nothing that began since. */
#include "engine_internal.h"
#include "fixture_forge.h"
#include "runner.h"

#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_fixture_forger forger;
static struct toc_member_keys old_keys; /* of leeds, before they were replaced */

static void set_up(void)
{
    group = toc_fixture_group_new(17);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    forger = (struct toc_fixture_forger){.group = group, .exchange = exchange, .arena = arena};
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- helpers ---- */

/* Version 2 brings other keys for leeds, which starts with them. Its first generation ended before
 * 3. */
static void rekey(void)
{
    old_keys = *toc_fixture_group_keys(group, "leeds");
    toc_fixture_group_rekey(group, "leeds");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
}

/* The same, and F3 on the second generation. */
static void rekey_and_go_on(void)
{
    rekey();
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
}

/* From now on things are forged under version 1, about this generation, with the old keys. */
static void forge_with_old_keys(uint32_t generation)
{
    forger.keys = &old_keys;
    forger.roster_version = 1;
    forger.generation = generation;
}

static struct toc_hash head_after(uint32_t generation, uint64_t sequence)
{
    struct toc_fixture_forger held = forger;

    held.generation = generation;
    return toc_fixture_forge_held(&held, "leeds", "leeds", sequence).head;
}

static void all_are(const char *publisher, uint32_t generation, enum toc_log_state state,
                    uint64_t next_sequence, size_t rows)
{
    const struct toc_fixture_daemon *at;

    for (size_t i = 0; (at = toc_fixture_exchange_nth(exchange, i)) != NULL; i++) {
        const char *member = at->conf.member;
        const struct toc_log_row row =
            toc_fixture_exchange_log(exchange, member, publisher, generation);
        ck_assert_msg(row.state == state, "%s: generation %u: state %d", member, generation,
                      row.state);
        ck_assert_uint_eq(row.chain.next_sequence, next_sequence);
        ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, member, publisher, NULL), rows);
        ck_assert_uint_eq(toc_store_evidence_count(at->store), 0);
    }
}

/* A newcomer is given everything by the hub. */
static void somebody_joins(size_t rows)
{
    toc_fixture_group_add(group, "wakefield", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    (void)toc_fixture_exchange_add(exchange, "wakefield", NULL);
    toc_fixture_exchange_link(exchange, "wakefield", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, "wakefield", "leeds", NULL), rows);
}

/* ---- closings ---- */

static void say_to_both(const char *from, struct toc_bytes statement)
{
    toc_fixture_forge_say(&forger, from, "york", statement);
    toc_fixture_forge_say(&forger, from, "leeds", statement);
}

/* Hull was no member under version 1, and version 2 brought its keys. */
static void hull_comes(void)
{
    toc_fixture_group_add(group, "hull", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    (void)toc_fixture_exchange_add(exchange, "hull", NULL);
    toc_fixture_exchange_link(exchange, "hull", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "hull", "h-1", "H1"), 1);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "hull", "h-2", "H2"), 2);
}

START_TEST(a_closing_from_before_its_publisher_came)
{
    struct toc_hash head;

    hull_comes();
    head = toc_fixture_forge_held(&forger, "hull", "hull", 1).head;
    for (forger.roster_version = 1; forger.roster_version <= 2; forger.roster_version++) {
        const struct toc_bytes closing =
            toc_fixture_forge_statement(&forger, TOC_CLOSING, "spg", "hull", 2, &head);
        say_to_both("spg", closing);
        toc_fixture_forge_say(&forger, "spg", "hull", closing);
        toc_fixture_forge_say(&forger, "york", "spg", closing); /* it may have been another hub's */
    }
    all_are("hull", 1, TOC_LOG_OPEN, 3, 2);
}
END_TEST

/* Hull has left, with its log ended behind H2: no hub that was one before it came closed that. */
START_TEST(a_closing_of_who_left_from_before_it_came)
{
    const struct toc_fixture_daemon *at;
    struct toc_hash head;

    hull_comes();
    head = toc_fixture_forge_held(&forger, "hull", "hull", 1).head;
    toc_fixture_group_remove(group, "hull");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    for (forger.roster_version = 1; forger.roster_version <= 2; forger.roster_version++) {
        toc_fixture_forge_say(
            &forger, "york", "spg",
            toc_fixture_forge_statement(&forger, TOC_CLOSING, "spg", "hull", 2, &head));
    }
    for (size_t i = 0; (at = toc_fixture_exchange_nth(exchange, i)) != NULL; i++) {
        const char *member = at->conf.member;
        if (strcmp(member, "hull") != 0) {
            ck_assert_uint_eq(toc_fixture_exchange_log(exchange, member, "hull", 1).closed_next, 3);
            ck_assert_uint_eq(toc_fixture_exchange_rows(exchange, member, "hull", NULL), 2);
        }
    }
}
END_TEST

/* Version 2 replaced its keys: that ends what the old ones signed, and nothing else. */
START_TEST(a_closing_of_what_new_keys_signed)
{
    struct toc_hash head;
    struct toc_bytes closing;

    rekey_and_go_on();
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-4", "F4"), 4);
    head = head_after(2, 3);
    forger.generation = 2;
    forger.roster_version = 2;
    closing = toc_fixture_forge_statement(&forger, TOC_CLOSING, "spg", "leeds", 4, &head);
    say_to_both("spg", closing);
    all_are("leeds", 2, TOC_LOG_OPEN, 5, 4);
}
END_TEST

/* ---- conflicts ---- */

/* Who has the old key, and a link as anybody, cannot stop what the new one says. */
START_TEST(an_old_key_against_the_new_log)
{
    struct toc_hash first, wrong;
    struct toc_fixture_forged other;

    rekey_and_go_on();
    first = head_after(1, 2);
    wrong = head_after(1, 1);
    forge_with_old_keys(2);
    other = toc_fixture_forge_batch(&forger, "leeds", 3, &first, "F3-other");
    toc_fixture_forge_give(&forger, "york", "spg", "leeds", other.bytes);
    all_are("leeds", 2, TOC_LOG_OPEN, 4, 3);
    other = toc_fixture_forge_batch(&forger, "leeds", 4, &wrong, "F4-other");
    toc_fixture_forge_give(&forger, "york", "spg", "leeds", other.bytes);
    all_are("leeds", 2, TOC_LOG_OPEN, 4, 3);
    toc_fixture_forge_say(
        &forger, "york", "spg",
        toc_fixture_forge_statement(&forger, TOC_HEARTBEAT, "leeds", "leeds", 4, &wrong));
    all_are("leeds", 2, TOC_LOG_OPEN, 4, 3);
    /* Beyond its end: its publisher would wait for a tail that nobody has. */
    toc_fixture_forge_say(
        &forger, "york", "spg",
        toc_fixture_forge_statement(&forger, TOC_HEARTBEAT, "leeds", "leeds", 9, &wrong));
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-4", "F4"), 4);
    all_are("leeds", 2, TOC_LOG_OPEN, 5, 4);
}
END_TEST

/* The log that it signed is ended, not stopped: who joins is given it. */
START_TEST(an_old_key_against_its_own_log)
{
    struct toc_hash wrong;

    rekey_and_go_on();
    wrong = head_after(1, 1);
    forge_with_old_keys(1);
    for (uint64_t next = 3; next <= 4; next++) {
        toc_fixture_forge_say(
            &forger, "york", "spg",
            toc_fixture_forge_statement(&forger, TOC_HEARTBEAT, "leeds", "leeds", next, &wrong));
    }
    all_are("leeds", 1, TOC_LOG_ENDED, 3, 3);
    forger = (struct toc_fixture_forger){.group = group, .exchange = exchange, .arena = arena};
    somebody_joins(3);
}
END_TEST

/* ---- generations ---- */

/* Its number is known, its first batch is on its way, and one of the old key is quicker. */
START_TEST(an_old_key_opens_no_generation)
{
    const struct toc_log_id id = {.publisher = "leeds", .stream = "framework", .generation = 2};
    struct toc_engine *hub;
    struct toc_hash first;
    struct toc_fixture_forged other;
    struct toc_log *log;

    rekey();
    hub = toc_fixture_exchange_daemon(exchange, "spg")->engine;
    ck_assert_int_eq(toc_engine_log_get(hub, &id, &log), TOC_OK);
    first = head_after(1, 1);
    forge_with_old_keys(1);
    other = toc_fixture_forge_generation(&forger, "leeds", 2, &first, "F2-other");
    forger.generation = 2;
    toc_fixture_forge_give(&forger, "york", "spg", "leeds", other.bytes);
    forger = (struct toc_fixture_forger){.group = group, .exchange = exchange, .arena = arena};
    all_are("leeds", 1, TOC_LOG_ENDED, 3, 2);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    all_are("leeds", 2, TOC_LOG_OPEN, 4, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine backdated");
    TCase *tcase = tcase_create("backdated");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_closing_from_before_its_publisher_came);
    tcase_add_test(tcase, a_closing_of_who_left_from_before_it_came);
    tcase_add_test(tcase, a_closing_of_what_new_keys_signed);
    tcase_add_test(tcase, an_old_key_against_the_new_log);
    tcase_add_test(tcase, an_old_key_against_its_own_log);
    tcase_add_test(tcase, an_old_key_opens_no_generation);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
