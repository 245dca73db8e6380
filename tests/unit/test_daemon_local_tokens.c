/* Tokens over the local socket: counts, holders, warnings, and what a person decides. */
#include "token_world.h"

static const char *const other_holders[] = {"spg", "york"};

static void keep(const char *member, const char *key, const char *fold)
{
    struct toc_supplier supplier = {
        .key = key, .name = fold, .fold = fold, .state = TOC_SUPPLIER_KEPT};

    ck_assert_int_eq(toc_store_supplier_add(store_of(member), key, &supplier.id), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_save(store_of(member), &supplier), TOC_OK);
    toc_tokens_begin(engine_of(member));
}

static json_t *york(const char *request)
{
    return toc_fixture_exchange_ask(exchange, "york", request, NULL, 0);
}

static void check(const char *state, int64_t lacking, int64_t waiting, int64_t ready,
                  int64_t refused)
{
    json_t *reply = york("{\"request\":\"tokens\"}");

    ck_assert_str_eq(toc_fixture_text(reply, "state"), state);
    ck_assert_int_eq(toc_fixture_number(reply, "lacking"), lacking);
    ck_assert_int_eq(toc_fixture_number(reply, "waiting"), waiting);
    ck_assert_int_eq(toc_fixture_number(reply, "ready"), ready);
    ck_assert_int_eq(toc_fixture_number(reply, "refused"), refused);
    ck_assert_uint_eq(strlen(toc_fixture_text(reply, "digest")), 64);
    json_decref(reply);
}

/* One of the warnings of a member has these words. */
static bool warned(const char *member, const char *words)
{
    json_t *reply = toc_fixture_exchange_ask(exchange, member, "{\"request\":\"status\"}", NULL, 0);
    bool found = false;

    for (size_t i = 0; i < toc_fixture_length(reply, "warnings"); i++) {
        found |= strstr(json_string_value(toc_fixture_item(reply, "warnings", i)), words) != NULL;
    }
    json_decref(reply);
    return found;
}

static void check_supplier(size_t i, const char *state, const char *reason)
{
    json_t *reply = york("{\"request\":\"supplier_list\"}");
    const json_t *one = toc_fixture_item(reply, "suppliers", i);

    ck_assert_str_eq(toc_fixture_text(one, "token_state"), state);
    ck_assert_str_eq(toc_fixture_text(one, "token_reason"), reason);
    json_decref(reply);
}

START_TEST(counts_and_holders)
{
    keep("york", "GB-COH-01234567", "aire surfacing ltd");
    keep("york", "name:ouse paving ltd", "ouse paving ltd");
    check("no_holders", 3, 0, 0, 0);
    check_supplier(0, "none", "");
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    tokens(holders);
    check("asks", 0, 3, 0, 0);
    check_supplier(0, "waiting", "");
    json_t *reply = york("{\"request\":\"tokens\"}");
    ck_assert_int_eq(toc_fixture_number(reply, "token_epoch"), 1);
    ck_assert_int_eq(toc_fixture_number(reply, "quota"), 200);
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "holders", 0), "member"), "spg");
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "holders", 0), "used"), 3);
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "holders", 0), "outstanding"), 0);
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "holders", 1), "member"), "leeds");
    ck_assert_int_eq(toc_fixture_number(toc_fixture_item(reply, "holders", 1), "outstanding"), 1);
    json_decref(reply);
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    check("asks", 0, 0, 3, 0);
    check_supplier(0, "ready", "");
    check_supplier(1, "ready", "");
    ck_assert(!warned("york", "oken"));
}
END_TEST

START_TEST(confirmed_by_a_person)
{
    json_t *reply = york("{\"request\":\"tokens_confirm\"}");

    ck_assert_str_eq(toc_fixture_text(reply, "result"), "notfound");
    json_decref(reply);
    keep("york", "name:ouse paving ltd", "ouse paving ltd");
    tokens(holders);
    tokens(other_holders);
    check("unconfirmed", 1, 0, 0, 0);
    ck_assert(warned("york", "supplier tokens --confirm"));
    reply = york("{\"request\":\"tokens_confirm\"}");
    ck_assert(json_is_true(json_object_get(reply, "confirmed")));
    json_decref(reply);
    toc_fixture_exchange_settle(exchange);
    check("asks", 0, 0, 1, 0);
    ck_assert(!warned("york", "oken"));
    reply = york("{\"request\":\"audit\"}");
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "audit", 0), "command"),
                     "tokens_confirm");
    json_decref(reply);
}
END_TEST

/* While exposures are drafts nothing is asked; once they are published, without anything else. */
START_TEST(asked_after_publishing)
{
    struct toc_exposure exposure;
    const struct toc_record record = {.type = TOC_RECORD_EXPOSURE, .as.exposure = &exposure};
    struct toc_draft draft = {.stream = "exposure", .source = "settle"};

    tokens(holders);
    toc_exposure_init(&exposure);
    exposure.name = "Ouse Paving Ltd";
    exposure.category = (struct toc_category){.basis = TOC_CATEGORY_CPV, .division = 45};
    exposure.year = 2025;
    exposure.months = TOC_EXPOSURE_MONTHS_ALL;
    exposure.spend_thousands = 12;
    ck_assert_int_eq(toc_exposure_derive(arena, &exposure), TOC_OK);
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &draft.record), TOC_OK);
    draft.key = exposure.key;
    ck_assert_int_eq(toc_store_drafts_put(store_of("york"), &draft, 1), TOC_OK);
    keep("york", "name:ouse paving ltd", "ouse paving ltd");
    toc_fixture_exchange_settle(exchange);
    check("unpublished", 1, 0, 0, 0);
    json_t *reply = york("{\"request\":\"preview\"}");
    const json_t *next = json_object_get(reply, "tokens");
    ck_assert_int_eq(toc_fixture_number(next, "inputs"), 1);
    ck_assert_str_eq(json_string_value(toc_fixture_item(next, "holders", 1)), "leeds");
    json_decref(reply);
    json_decref(york("{\"request\":\"publish\"}"));
    toc_fixture_exchange_settle(exchange);
    check("asks", 0, 0, 1, 0);
    reply = york("{\"request\":\"preview\"}");
    ck_assert(json_is_null(json_object_get(reply, "tokens")));
    json_decref(reply);
}
END_TEST

/* leeds has not the key of the roster, and somebody answers in its place. */
START_TEST(refused_until_retried)
{
    struct toc_roster *draft = toc_fixture_group_draft(group);
    struct toc_token_answer no = {
        .token_epoch = 1, .refusal = TOC_TOKEN_OVER_QUOTA, .used = 7, .limit = 9};
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ANSWER, .as.token_answer = &no};
    struct toc_own_ask asks[TOC_ASKS_OPEN_MAX];
    size_t len;

    keep("york", "name:ouse paving ltd", "ouse paving ltd");
    toc_fixture_group_tokens(group, holders, 2);
    memcpy((void *)(uintptr_t)draft->holder_keys[1].bytes,
           toc_roster_member(draft, "york")->token_public[0], TOC_TOKEN_KEY_LEN);
    adopt();
    ck_assert(warned("leeds", "a token key of this member"));
    ck_assert_int_eq(toc_store_own_asks(store_of("york"), arena, asks, TOC_ASKS_OPEN_MAX, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 1);
    memcpy(no.ask, asks[0].id, sizeof(no.ask));
    toc_fixture_exchange_make(exchange, "leeds", "token.answer.york", "no", &record);
    check("asks", 0, 0, 0, 1);
    check_supplier(0, "none", "refused");
    ck_assert(warned("york", "7 inputs are made and 9 is the limit"));
    json_t *reply = york("{\"request\":\"tokens\"}");
    const json_t *fault = json_object_get(toc_fixture_item(reply, "holders", 1), "fault");
    ck_assert_str_eq(toc_fixture_text(fault, "what"), "over_quota");
    ck_assert_int_eq(toc_fixture_number(fault, "sequence"), 1);
    ck_assert_int_eq(toc_fixture_number(fault, "limit"), 9);
    json_decref(reply);
    json_decref(york("{\"request\":\"tokens_retry\"}"));
    toc_fixture_exchange_settle(exchange);
    check("asks", 0, 1, 0, 0);
    ck_assert(!warned("york", "oken"));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("local_tokens");
    TCase *tests = tcase_create("local_tokens");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, counts_and_holders);
    tcase_add_test(tests, asked_after_publishing);
    tcase_add_test(tests, confirmed_by_a_person);
    tcase_add_test(tests, refused_until_retried);
    suite_add_tcase(all, tests);
    return all;
}

int main(void)
{
    return toc_test_main(suite());
}
