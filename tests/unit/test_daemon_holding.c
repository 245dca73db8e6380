/* Holding: whom a holder answers, whom it refuses, and in what order. */
#include "token_world.h"

/* ---- helpers ---- */

/* An ask of `len` elements that are good, for the first byte of its id. */
static void ask(const char *member, const char *submission, uint8_t id, size_t len,
                uint64_t exposure_sequence, const char *what)
{
    struct toc_element elements[TOC_OPRF_BATCH_MAX];
    struct toc_token_ask one = {.token_epoch = toc_fixture_group_draft(group)->token_epoch,
                                .exposure_sequence = exposure_sequence,
                                .elements = elements,
                                .elements_len = len};
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ASK, .as.token_ask = &one};

    one.id[0] = id;
    for (size_t i = 0; i < len; i++) {
        struct toc_scalar blind = {{(uint8_t)(i + 1)}};
        ck_assert_int_eq(toc_oprf_blind(TOC_VOPRF, toc_bytes_text(what), &blind, &elements[i]),
                         TOC_OK);
    }
    toc_fixture_exchange_make(exchange, member, "token.ask", submission, &record);
}

/* What a holder answered to such an ask, as the asker has it. */
static enum toc_result answer(const char *asker, uint8_t id, const char *holder,
                              struct toc_answer_row *ret_row)
{
    const uint8_t bytes[TOC_ASK_ID_LEN] = {id};

    return toc_store_answer_get(store_of(asker), asker, bytes, holder, ret_row);
}

static void check_answered(const char *asker, uint8_t id, const char *holder, uint32_t inputs,
                           enum toc_token_refusal refusal)
{
    struct toc_answer_row row;

    ck_assert_int_eq(answer(asker, id, holder, &row), TOC_OK);
    ck_assert_uint_eq(row.inputs, inputs);
    ck_assert_int_eq(row.refusal, refusal);
}

static void check_unanswered(const char *asker, uint8_t id, const char *holder)
{
    struct toc_answer_row row;

    ck_assert_int_eq(answer(asker, id, holder, &row), TOC_NOTFOUND);
}

/* ---- what a holder refuses ---- */

START_TEST(replayed_ask)
{
    uint64_t used;

    tokens(holders);
    ask("york", "a", 1, 2, 0, "x");
    check_answered("york", 1, "spg", 2, TOC_TOKEN_REFUSAL_NONE);
    ask("york", "b", 1, 2, 0, "x");
    ck_assert_uint_eq(answers_in("york", "spg", "york"), 1);
    ck_assert_int_eq(toc_store_answers_used(store_of("spg"), "york", "spg", 1, &used), TOC_OK);
    ck_assert_uint_eq(used, 2);

    /* With other elements: refused, once, and the answer to the first stands. */
    ask("york", "c", 1, 3, 0, "y");
    ask("york", "d", 1, 3, 0, "z");
    ck_assert_uint_eq(answers_in("york", "spg", "york"), 2);
    check_answered("york", 1, "spg", 2, TOC_TOKEN_REFUSAL_NONE);
    ck_assert_int_eq(toc_store_answers_used(store_of("spg"), "york", "spg", 1, &used), TOC_OK);
    ck_assert_uint_eq(used, 2);
    /* Another member's id is another's. */
    ask("leeds", "e", 1, 1, 0, "x");
    check_answered("leeds", 1, "spg", 1, TOC_TOKEN_REFUSAL_NONE);
}
END_TEST

START_TEST(over_quota)
{
    toc_fixture_group_draft(group)->rules = (struct toc_rules){.quota_plus = 5};
    tokens(holders);
    ask("york", "a", 1, 6, 0, "x");
    check_answered("york", 1, "spg", 0, TOC_TOKEN_OVER_QUOTA);
    check_answered("york", 1, "leeds", 0, TOC_TOKEN_OVER_QUOTA);
    ask("york", "b", 2, 5, 0, "x"); /* what was refused did not count */
    check_answered("york", 2, "spg", 5, TOC_TOKEN_REFUSAL_NONE);
    ask("york", "c", 3, 1, 0, "x");
    check_answered("york", 3, "spg", 0, TOC_TOKEN_OVER_QUOTA);
    /* The next token epoch counts anew. */
    tokens(holders);
    ask("york", "d", 4, 5, 0, "x");
    check_answered("york", 4, "spg", 5, TOC_TOKEN_REFUSAL_NONE);
}
END_TEST

/* What was answered is destroyed at the end of its time; that it was counts on. */
START_TEST(retention_gives_no_quota_back)
{
    const int64_t day = INT64_C(24) * 3600 * 1000;
    struct toc_roster *const draft = toc_fixture_group_draft(group);
    uint64_t used;

    draft->rules = (struct toc_rules){.quota_plus = 5};
    for (size_t i = 0; i < draft->streams_len; i++) {
        struct toc_stream_rule *const rule =
            (struct toc_stream_rule *)(uintptr_t)&draft->streams[i];
        rule->retention_days = strcmp(rule->stream, "token.answer.*") == 0 ? 7 : 0;
    }
    tokens(holders);
    ask("york", "a", 1, 5, 0, "x");
    check_answered("york", 1, "spg", 5, TOC_TOKEN_REFUSAL_NONE);
    toc_fixture_group_advance(group, 10 * day);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_settle(exchange);
    check_unanswered("york", 1, "spg");
    ck_assert_int_eq(toc_store_answers_used(store_of("york"), "york", "spg", 1, &used), TOC_OK);
    ck_assert_uint_eq(used, 5);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(toc_store_answers_used(store_of("spg"), "york", "spg", 1, &used), TOC_OK);
        ck_assert_uint_eq(used, 5);
        json_decref(
            toc_fixture_exchange_ask(exchange, "spg", "{\"request\":\"rebuild\"}", NULL, 0));
        toc_fixture_exchange_settle(exchange);
    }
    ask("york", "b", 2, 1, 0, "x");
    check_answered("york", 2, "spg", 0, TOC_TOKEN_OVER_QUOTA);
    /* Nor is it answered again. */
    ask("york", "c", 1, 5, 0, "x");
    check_unanswered("york", 1, "spg");
}
END_TEST

/* What was answered a moment ago, and is not signed yet, counts as well. */
START_TEST(asks_at_once_are_no_more)
{
    struct toc_element elements[5];
    struct toc_token_ask one = {.token_epoch = 1, .elements = elements, .elements_len = 5};
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ASK, .as.token_ask = &one};
    struct toc_why why = {""};
    uint64_t used;

    toc_fixture_group_draft(group)->rules = (struct toc_rules){.quota_plus = 10};
    tokens(holders);
    for (size_t i = 0; i < 5; i++) {
        struct toc_scalar blind = {{(uint8_t)(i + 1)}};
        ck_assert_int_eq(toc_oprf_blind(TOC_VOPRF, toc_bytes_text("x"), &blind, &elements[i]),
                         TOC_OK);
    }
    for (uint8_t i = 1; i <= 4; i++) {
        char id[] = {'s', (char)('0' + i), '\0'};
        struct toc_bytes bytes;
        uint64_t sequence;
        one.id[0] = i;
        ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
        ck_assert_int_eq(toc_publish_submit(engine_of("york"), "token.ask", id, &bytes, 1, NULL,
                                            &sequence, &why),
                         TOC_OK);
    }
    toc_fixture_exchange_settle(exchange);
    ask("york", "last", 9, 1, 0, "x"); /* a tick for those before */
    ck_assert_int_eq(toc_store_answers_used(store_of("spg"), "york", "spg", 1, &used), TOC_OK);
    ck_assert_uint_eq(used, 10);
    check_answered("york", 4, "spg", 0, TOC_TOKEN_OVER_QUOTA);
}
END_TEST

START_TEST(who_may_not_ask)
{
    tear_down();
    set_up_with("audit", TOC_ROLE_OBSERVER);
    tokens(holders);
    ask("audit", "a", 1, 1, 0, "x");
    check_answered("audit", 1, "spg", 0, TOC_TOKEN_NOT_ENTITLED);
}
END_TEST

/* Counted on exposures that are not here yet: it waits for them. */
START_TEST(waits_for_exposures)
{
    struct toc_exposure exposure;
    const struct toc_record record = {.type = TOC_RECORD_EXPOSURE, .as.exposure = &exposure};
    uint64_t quota;

    tokens(holders);
    ask("york", "a", 1, 1, 1, "x");
    check_unanswered("york", 1, "spg");
    toc_exposure_init(&exposure);
    exposure.name = "Aire Surfacing Ltd";
    exposure.category = (struct toc_category){.basis = TOC_CATEGORY_CPV, .division = 45};
    exposure.year = 2025;
    exposure.months = TOC_EXPOSURE_MONTHS_ALL;
    exposure.spend_thousands = 12;
    toc_fixture_exchange_make(exchange, "york", "exposure", "e", &record);
    check_answered("york", 1, "spg", 1, TOC_TOKEN_REFUSAL_NONE);
    check_answered("york", 1, "leeds", 1, TOC_TOKEN_REFUSAL_NONE);
    /* 220 % of one supplier, and 200. */
    ck_assert_int_eq(toc_holding_quota(engine_of("spg"), "york", &quota), TOC_OK);
    ck_assert_uint_eq(quota, 202);
}
END_TEST

/* What it blinded is no element of the group: nobody can answer, and the holder goes on. */
START_TEST(garbage_asked)
{
    struct toc_element element;
    struct toc_token_ask one = {
        .id = {9}, .token_epoch = 1, .elements = &element, .elements_len = 1};
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ASK, .as.token_ask = &one};

    memset(&element, 0xff, sizeof(element));
    tokens(holders);
    toc_fixture_exchange_make(exchange, "york", "token.ask", "bad", &record);
    check_unanswered("york", 9, "spg");
    ask("york", "a", 1, 1, 0, "x");
    check_answered("york", 1, "spg", 1, TOC_TOKEN_REFUSAL_NONE);
}
END_TEST

/* More of one than a tick takes: another's one ask does not wait for them. They are over the quota,
 * so that no worker is needed. */
START_TEST(askers_take_turns)
{
    struct toc_engine *spg = NULL;
    struct toc_ask_row next;
    enum toc_ask_wait wait;

    tokens(holders);
    spg = engine_of("spg");
    toc_engine_begin(spg);
    ck_assert_int_eq(toc_engine_write(spg), TOC_OK);
    for (unsigned i = 0; i < 2 * TOC_TOKEN_REFUSALS; i++) {
        const struct toc_ask_row row = {.publisher = "leeds",
                                        .id = {(uint8_t)i, 1},
                                        .sequence = i + 1,
                                        .token_epoch = 1,
                                        .inputs = 300};
        ck_assert_int_eq(toc_store_ask_add(store_of("spg"), &row, "spg"), TOC_OK);
    }
    const struct toc_ask_row one = {
        .publisher = "york", .id = {1}, .sequence = 1, .token_epoch = 1, .inputs = 300};
    ck_assert_int_eq(toc_store_ask_add(store_of("spg"), &one, "spg"), TOC_OK);
    spg->tokens.look = true;
    ck_assert_int_eq(toc_engine_finish(spg, NULL), TOC_OK);
    ck_assert_int_eq(toc_store_ask_next(store_of("spg"), 1, "york", 0, &next, &wait), TOC_NOTFOUND);
    ck_assert_int_eq(toc_store_ask_next(store_of("spg"), 1, "leeds", 0, &next, &wait), TOC_OK);
    ck_assert_uint_eq(next.sequence, TOC_TOKEN_REFUSALS);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(answers_in("spg", "spg", "leeds"), 2 * TOC_TOKEN_REFUSALS);
    ck_assert_uint_eq(answers_in("spg", "spg", "york"), 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("holding");
    TCase *tests = tcase_create("holding");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, replayed_ask);
    tcase_add_test(tests, over_quota);
    tcase_add_test(tests, retention_gives_no_quota_back);
    tcase_add_test(tests, asks_at_once_are_no_more);
    tcase_add_test(tests, who_may_not_ask);
    tcase_add_test(tests, waits_for_exposures);
    tcase_add_test(tests, garbage_asked);
    tcase_add_test(tests, askers_take_turns);
    suite_add_tcase(all, tests);
    return all;
}

int main(void)
{
    return toc_test_main(suite());
}
