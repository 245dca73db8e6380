/* Wraps that are not of the key they should be of: they lie beside a log, one for each epoch and
 * member, and must keep nobody from the one that fits. */
#include "engine_internal.h"
#include "fixture_forge.h"
#include "runner.h"

#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;

static void set_up(void)
{
    group = toc_fixture_group_new(19);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- helpers ---- */

/* A key of nothing, for a member and an epoch of leeds' frameworks, given to somebody. */
static void give_rubbish(const char *from, const char *to, uint32_t generation, uint32_t epoch,
                         const char *member, const char *sealer, const struct toc_member_keys *keys,
                         uint64_t roster_version)
{
    const struct toc_log_id id = {
        .publisher = "leeds", .stream = "framework", .generation = generation};
    const struct toc_epoch_key nothing = {{7}};
    const struct toc_engine *engine = toc_fixture_exchange_daemon(exchange, to)->engine;
    struct toc_bytes wrap;
    const struct toc_message message = {.kind = TOC_MESSAGE_GIVE,
                                        .as.give = {.log = id, .wraps = &wrap, .wraps_len = 1}};

    ck_assert_int_eq(toc_wrap_make(arena, &engine->group, &id, epoch, &nothing,
                                   toc_roster_member(toc_fixture_group_draft(group), member),
                                   sealer, &keys->sign_secret, roster_version, &wrap),
                     TOC_OK);
    toc_fixture_exchange_say(exchange, from, to, &message);
}

static void leeds_rotates(void)
{
    json_decref(toc_fixture_exchange_ask(exchange, "leeds", "{\"request\":\"rotate\"}", NULL, 0));
}

/* As leeds has it, of its first generation. */
static struct toc_wrap_body wrap_for(const char *member, uint32_t epoch)
{
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, "leeds", "leeds", 1);
    struct toc_signed envelope;
    struct toc_wrap_body wrap;
    struct toc_bytes bytes;

    ck_assert_int_eq(toc_store_wrap_get(toc_fixture_exchange_daemon(exchange, "leeds")->store,
                                        row.id, epoch, member, arena, &bytes),
                     TOC_OK);
    ck_assert_int_eq(toc_wire_signed_decode(arena, bytes, &envelope), TOC_OK);
    ck_assert_int_eq(toc_wire_wrap_decode(arena, envelope.body, &wrap), TOC_OK);
    return wrap;
}

/* ---- tests ---- */

/* By leeds itself: its disk was put back to before the epoch, of which only the first wraps had
 * gone out. Or by a hub that lies. */
static void wrapped_before(const char *sealer)
{
    const struct toc_member_keys *keys = toc_fixture_group_keys(group, sealer);

    give_rubbish("spg", "leeds", 1, 2, "leeds", sealer, keys, 1);
    give_rubbish("spg", "leeds", 1, 2, "spg", sealer, keys, 1);
    leeds_rotates();
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    toc_fixture_exchange_pass(exchange, 95000);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
}

START_TEST(an_epoch_that_was_wrapped_before_it_was_opened)
{
    wrapped_before("leeds");
}
END_TEST

START_TEST(an_epoch_that_a_hub_wrapped_before_it_was_opened)
{
    wrapped_before("spg");
}
END_TEST

/* It has left, or has other keys now; what it sealed is in nobody's way. */
START_TEST(rubbish_of_a_key_that_was_replaced)
{
    const struct toc_member_keys old_keys = *toc_fixture_group_keys(group, "leeds");

    toc_fixture_group_rekey(group, "leeds");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    give_rubbish("york", "spg", 2, 2, "york", "leeds", &old_keys, 1);
    give_rubbish("york", "spg", 2, 2, "spg", "leeds", &old_keys, 1);
    leeds_rotates();
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-3", "F3"), 3);
    toc_fixture_exchange_agree(exchange, "leeds", 3);
}
END_TEST

/* York is removed, and admitted again with the keys it had, while a wrap for it is being made: it
 * takes none from before. And it hears of what comes on the link that it has. */
START_TEST(one_that_was_begun_before_its_member_came_back)
{
    struct toc_roster *draft = toc_fixture_group_draft(group);
    struct toc_member york = *toc_roster_member(draft, "york");
    uint64_t version;

    leeds_rotates();
    json_decref(toc_fixture_exchange_submit(exchange, "leeds", "s-2",
                                            toc_fixture_framework(arena, "F2", "Roads", 0)));
    toc_fixture_group_remove(group, "york");
    (void)toc_fixture_group_sign(group);
    toc_fixture_group_add(group, "york", york.roles);
    york.admitted_version = 3;
    *(struct toc_member *)(uintptr_t)toc_roster_member(draft, "york") = york;
    version = toc_fixture_group_sign(group);
    toc_fixture_exchange_adopt(exchange, "leeds", version);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_pass(exchange, 95000);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
    ck_assert_uint_eq(wrap_for("york", 2).roster_version, version);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine wraps");
    TCase *tcase = tcase_create("wraps");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, an_epoch_that_was_wrapped_before_it_was_opened);
    tcase_add_test(tcase, an_epoch_that_a_hub_wrapped_before_it_was_opened);
    tcase_add_test(tcase, rubbish_of_a_key_that_was_replaced);
    tcase_add_test(tcase, one_that_was_begun_before_its_member_came_back);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
