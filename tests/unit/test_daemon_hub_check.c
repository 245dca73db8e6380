/* What a reporter, and whoever reads an alert, can prove to itself about a hub: the honest one of
 * fixture_group, and what is forged in its name. */
#include "flagging.h"
#include "record_alert.h"
#include "store_alert_read.h"
#include "token_world.h"

#define NUMBER "GB-COH-01234567"
#define FOLD "aire surfacing ltd"
#define MINUTE_MS INT64_C(60000)
#define RAISE                                                                                      \
    "{\"request\":\"flag_raise\",\"supplier\":\"" NUMBER "\",\"event\":\"F20\","                   \
    "\"severity\":4,"
#define PUBLIC RAISE "\"source_class\":\"public_register\"}"
#define OBSERVED RAISE "\"source_class\":\"council_observation\"}"

static const struct toc_stream_rule alert_rule = {.stream = "alert",
                                                  .publishers = TOC_ROLE_BIT(TOC_ROLE_HUB),
                                                  .audience = TOC_AUDIENCE_GROUP,
                                                  .list = ""};

static void keep(const char *member)
{
    struct toc_supplier supplier = {
        .key = NUMBER, .name = "Aire Surfacing Ltd", .fold = FOLD, .state = TOC_SUPPLIER_KEPT};

    ck_assert_int_eq(toc_store_supplier_add(store_of(member), NUMBER, &supplier.id), TOC_OK);
    ck_assert_int_eq(toc_store_supplier_save(store_of(member), &supplier), TOC_OK);
    toc_tokens_begin(engine_of(member));
    toc_fixture_exchange_settle(exchange);
}

/* leeds and york have the supplier and its tokens; alerts that wait go every minute. */
static void start(void)
{
    begin();
    toc_fixture_group_rule(group, &alert_rule);
    toc_fixture_group_draft(group)->rules.window_minutes = 1;
    exchange = toc_fixture_exchange_star(group);
    keep("leeds");
    keep("york");
    tokens(holders);
}

static json_t *asked(const char *member, const char *request)
{
    json_t *reply = toc_fixture_exchange_ask(exchange, member, request, NULL, 0);

    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s: %s", request,
                  toc_fixture_text(reply, "message"));
    toc_fixture_exchange_settle(exchange);
    return reply;
}

static const char *raised(const char *member, const char *request)
{
    static char id[2 * TOC_FLAG_ID_LEN + 1];
    json_t *reply = asked(member, request);

    ck_assert_str_eq(toc_fixture_text(reply, "state"), "sent");
    (void)snprintf(id, sizeof(id), "%s", toc_fixture_text(reply, "flag"));
    json_decref(reply);
    return id;
}

static void change(const char *request, const char *flag)
{
    char text[200];

    (void)snprintf(text, sizeof(text),
                   "{\"request\":\"%s\",\"flag\":\"%s\",\"reason\":\"a mistake\"}", request, flag);
    json_decref(asked("leeds", text));
}

/* So many of the member's warnings have these words. */
static unsigned warnings(const char *member, const char *words)
{
    json_t *reply = asked(member, "{\"request\":\"status\"}");
    const json_t *const list = json_object_get(reply, "warnings");
    unsigned found = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        found += strstr(json_string_value(json_array_get(list, i)), words) != NULL ? 1 : 0;
    }
    json_decref(reply);
    return found;
}

static void check_quiet(void)
{
    ck_assert_uint_eq(warnings("leeds", "The hub spg"), 0);
    ck_assert_uint_eq(warnings("york", "The hub spg"), 0);
}

static void minutes(unsigned number)
{
    for (unsigned i = 0; i < number; i++) {
        toc_fixture_exchange_pass(exchange, MINUTE_MS);
    }
}

/* ---- what the hub never decided ---- */

static struct toc_token_keys keys_of(enum toc_purpose purpose, enum toc_token_kind kind,
                                     struct toc_token_context *ret_context)
{
    enum toc_subject_state state;
    struct toc_token_keys keys;
    struct toc_bytes outputs;

    *ret_context = (struct toc_token_context){
        .group = engine_of("york")->group, .purpose = purpose, .kind = kind, .token_epoch = 1};
    ck_assert_int_eq(toc_store_subject_get(store_of("york"),
                                           kind == TOC_TOKEN_ID ? NUMBER : "name:" FOLD, 1, arena,
                                           &state, &outputs),
                     TOC_OK);
    ck_assert_int_eq(toc_token_derive(ret_context, (const void *)outputs.data, 2, &keys), TOC_OK);
    return keys;
}

enum detail { NO_DETAIL, GOOD_DETAIL, BAD_DETAIL };
struct forged {
    enum toc_purpose purpose;
    struct toc_alert_body body; /* without a detail, or with one that was seen */
    enum detail detail;         /* made here */
    bool replaces;              /* the only alert that the hub has sent */
    bool stranger;              /* one part more, of a supplier that nobody here has */
    bool only_stranger;         /* and that one alone */
};

static void seal_part(const struct forged *forged, const struct toc_alert *alert, size_t i,
                      struct toc_alert_part *part)
{
    const struct toc_statement_of of = {.id = alert->id, .revision = alert->revision};
    const struct toc_detail words = {.text = "they said so", .reference = ""};
    const uint8_t nonce[TOC_SEAL_NONCE_LEN] = {3};
    struct toc_alert_body body = forged->body;
    struct toc_token_context context;

    part->kind = i == 0 ? TOC_TOKEN_ID : TOC_TOKEN_NAME;
    struct toc_token_keys keys = keys_of(forged->purpose, part->kind, &context);
    if (forged->detail != NO_DETAIL) {
        body.has_detail = true;
        body.detail = (struct toc_sealed_detail){.id = {(uint8_t)(i + 1)}, .revision = 1};
        ck_assert_int_eq(toc_detail_seal(arena, &context, &keys, &words, &body.detail), TOC_OK);
        body.detail.sealed[0] ^= forged->detail == BAD_DETAIL;
    }
    if (i == 2) { /* whoever it is, these are not its keys */
        memset(&keys.alert, 9, sizeof(keys.alert));
        keys.token = toc_token_of(&context, &keys.alert);
    }
    part->token = keys.token;
    ck_assert_int_eq(toc_body_seal(arena, &context, &keys, &of, &body, nonce, &part->body), TOC_OK);
}

/* The hub's engine is honest: this goes out in its name, past what it decides. */
static void forge(const struct forged *forged, const char *id)
{
    struct toc_alert_part parts[3] = {0};
    struct toc_alert alert = {.id = {7},
                              .revision = 1,
                              .purpose = forged->purpose,
                              .token_epoch = 1,
                              .parts = parts,
                              .parts_len = forged->stranger ? 3 : 2};
    struct toc_record record = {.type = TOC_RECORD_ALERT, .as.alert = &alert};
    struct toc_alert_sent sent[2];
    size_t len = 0;

    ck_assert_int_eq(toc_store_alerts(store_of("spg"), NULL, sent, 2, &len), TOC_OK);
    if (forged->replaces) {
        ck_assert_uint_eq(len, 1);
        memcpy(alert.id, sent[0].id, sizeof(alert.id));
        alert.revision = sent[0].revision + 1;
        record.supersedes.sequence = sent[0].sequence;
    }
    for (size_t i = 0; i < alert.parts_len; i++) {
        seal_part(forged, &alert, i, &parts[i]);
    }
    if (forged->only_stranger) {
        parts[0] = parts[2];
        alert.parts_len = 1;
    }
    toc_fixture_exchange_make(exchange, "spg", "alert", id, &record);
}

static struct toc_alert_body body(unsigned severity, enum toc_flag_status status)
{
    return (struct toc_alert_body){.event = 20,
                                   .source = TOC_SOURCE_PUBLIC_REGISTER,
                                   .severity = severity,
                                   .status = status,
                                   .expires_quarter = 2026 * 4 + 2,
                                   .reporters = TOC_REPORTERS_UNDER_3};
}

/* As york reads the only alert. */
static struct toc_alert_read seen(void)
{
    struct toc_alert_mine mine;
    struct toc_alert_read read;
    size_t len;

    ck_assert_int_eq(toc_store_alerts_mine(store_of("york"), 0, arena, &mine, 1, &len), TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_int_eq(toc_alert_mine_read(engine_of("york"), &mine, arena, &read), TOC_OK);
    return read;
}

/* ---- an honest hub ---- */

START_TEST(an_honest_hub_is_not_doubted)
{
    char flag[2 * TOC_FLAG_ID_LEN + 1];

    (void)snprintf(flag, sizeof(flag), "%s", raised("leeds", _i == 0 ? PUBLIC : OBSERVED));
    check_quiet();
    minutes(6);
    check_quiet();
    (void)raised("york", _i == 0 ? PUBLIC : OBSERVED);
    minutes(6);
    check_quiet();
    change("flag_mitigate", flag);
    minutes(6);
    check_quiet();
    change("flag_clear", flag);
    minutes(6);
    check_quiet();
    change("flag_withdraw", flag);
    minutes(6);
    check_quiet();
}
END_TEST

START_TEST(a_hub_out_of_reach_is_not_doubted)
{
    toc_fixture_exchange_cut(exchange, "leeds", "spg");
    json_decref(asked("leeds", PUBLIC));
    minutes(6);
    check_quiet();
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    check_quiet();
    minutes(6);
    check_quiet();
}
END_TEST

/* ---- one that hides ---- */

static void check_hidden(const char *flag)
{
    json_t *reply = asked("leeds", "{\"request\":\"flag_list\"}");
    const json_t *const row = toc_fixture_item(reply, "flags", 0);

    ck_assert_uint_eq(warnings("leeds", "shows no alert that says it"), 1);
    ck_assert_uint_eq(warnings("leeds", "The hub spg has flag"), 1);
    ck_assert_str_eq(toc_fixture_text(row, "flag"), flag);
    ck_assert_ptr_nonnull(strstr(toc_fixture_text(row, "warning"), "shows no alert"));
    ck_assert_uint_eq(warnings("york", "The hub spg"), 0);
    json_decref(reply);
}

START_TEST(what_is_kept_back_or_belittled)
{
    struct forged forged = {.purpose = TOC_PURPOSE_PUBLIC, .detail = GOOD_DETAIL, .replaces = true};
    const struct toc_alert_body lies[] = {
        body(4, TOC_FLAG_WITHDRAWN), body(4, TOC_FLAG_CLEARED), body(4, TOC_FLAG_EXPIRED),
        body(4, TOC_FLAG_MITIGATED), body(3, TOC_FLAG_RAISED),
    };
    const char *const flag = raised("leeds", PUBLIC);

    forged.body = lies[_i];
    forge(&forged, "lie");
    minutes(1);
    ck_assert_uint_eq(warnings("leeds", "The hub spg"), 0); /* it may be under way */
    minutes(3);
    check_hidden(flag);
    /* It comes to its senses. */
    forged.body = body(5, TOC_FLAG_RAISED);
    forge(&forged, "truth");
    minutes(1);
    check_quiet();
}
END_TEST

START_TEST(an_alert_that_turns_to_somebody_else)
{
    const struct forged forged = {.purpose = TOC_PURPOSE_PUBLIC,
                                  .body = body(4, TOC_FLAG_RAISED),
                                  .detail = GOOD_DETAIL,
                                  .replaces = true,
                                  .stranger = true,
                                  .only_stranger = true};
    const char *const flag = raised("leeds", PUBLIC);

    forge(&forged, "lie");
    minutes(4);
    check_hidden(flag);
}
END_TEST

START_TEST(what_waits_has_two_windows)
{
    struct forged forged = {.purpose = TOC_PURPOSE_DISTRESS, .replaces = true};
    const char *const flag = raised("leeds", OBSERVED);

    minutes(1);
    ck_assert_uint_eq(seen().body.status, TOC_FLAG_RAISED);
    forged.body = body(4, TOC_FLAG_WITHDRAWN);
    forged.body.source = TOC_SOURCE_OBSERVATION;
    forge(&forged, "lie");
    minutes(1);
    check_quiet();
    minutes(4);
    check_hidden(flag);
    /* Since when is on disk. */
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    check_quiet();
    minutes(2);
    check_hidden(flag);
}
END_TEST

/* Somebody may have disputed it, unanswered: nobody but the hub can know. */
START_TEST(what_may_have_lapsed_is_not_doubted)
{
    struct forged forged = {
        .purpose = TOC_PURPOSE_DISTRESS, .body = body(4, TOC_FLAG_WITHDRAWN), .replaces = true};

    (void)raised("leeds", OBSERVED);
    minutes(1);
    forged.body.source = TOC_SOURCE_OBSERVATION;
    toc_fixture_group_advance(group, INT64_C(15) * 24 * 60 * MINUTE_MS);
    minutes(1);
    forge(&forged, "lie");
    minutes(6);
    check_quiet();
}
END_TEST

START_TEST(what_was_withdrawn_stays_withdrawn)
{
    char flag[2 * TOC_FLAG_ID_LEN + 1];
    struct forged forged = {.purpose = TOC_PURPOSE_PUBLIC, .replaces = true};

    (void)snprintf(flag, sizeof(flag), "%s", raised("leeds", PUBLIC));
    forged.body = seen().body;
    ck_assert(forged.body.has_detail);
    change("flag_withdraw", flag);
    minutes(3);
    check_quiet();
    forge(&forged, "lie");
    minutes(3);
    ck_assert_uint_eq(warnings("leeds", "as it was before it was changed or withdrawn"), 1);
    ck_assert_uint_eq(warnings("york", "The hub spg"), 0); /* another council may say the same */
}
END_TEST

/* ---- one that invents ---- */

static void check_invented(const char *member, bool is)
{
    json_t *reply = asked(member, "{\"request\":\"alert_list\"}");
    const json_t *const row = toc_fixture_item(reply, "alerts", 0);

    ck_assert_uint_eq(warnings(member, "which no council's flag can have brought"), is ? 1 : 0);
    ck_assert_int_eq(strstr(toc_fixture_text(row, "warning"), "can have brought") != NULL, is);
    json_decref(reply);
}

START_TEST(an_alert_needs_words_that_only_a_council_can_seal)
{
    struct forged forged = {.purpose = TOC_PURPOSE_PUBLIC, .body = body(4, TOC_FLAG_RAISED)};
    static const struct {
        enum detail detail;
        bool stranger;
        bool invented;
    } cases[] = {
        {NO_DETAIL, false, true},
        {GOOD_DETAIL, false, false},
        {NO_DETAIL, true, false}, /* what is there may be in the part that does not open */
    };

    forged.detail = cases[_i].detail;
    forged.stranger = cases[_i].stranger;
    forge(&forged, "forged");
    check_invented("york", false); /* one word of the hub is not enough */
    minutes(3);
    check_invented("york", cases[_i].invented);
    check_invented("leeds", cases[_i].invented);
}
END_TEST

START_TEST(words_that_do_not_open_are_no_words)
{
    const struct forged forged = {
        .purpose = TOC_PURPOSE_PUBLIC, .body = body(4, TOC_FLAG_RAISED), .detail = BAD_DETAIL};

    forge(&forged, "forged");
    minutes(3);
    ck_assert_uint_eq(warnings("york", "which no council's flag can have brought"), 1);
}
END_TEST

START_TEST(more_reporters_than_councils)
{
    struct forged forged = {.purpose = TOC_PURPOSE_PUBLIC,
                            .body = body(4, TOC_FLAG_CORROBORATED),
                            .detail = GOOD_DETAIL};

    forged.body.reporters = _i == 0 ? TOC_REPORTERS_3_TO_4 : TOC_REPORTERS_UNDER_3;
    forge(&forged, "forged");
    minutes(3);
    /* Two councils: and this one has flagged nothing, which it knows of itself. */
    check_invented("york", true);
    if (_i == 1) {
        (void)raised("york", PUBLIC);
        minutes(2);
        ck_assert_uint_eq(warnings("york", "which no council's flag can have brought"), 0);
    }
}
END_TEST

START_TEST(own_words_for_another_event)
{
    struct forged forged = {.purpose = TOC_PURPOSE_PUBLIC};

    (void)raised("leeds", PUBLIC);
    forged.body = seen().body;
    forged.body.event = 13;
    forge(&forged, "forged");
    minutes(3);
    ck_assert_uint_eq(warnings("leeds", "which no council's flag can have brought"), 1);
    ck_assert_uint_eq(warnings("york", "The hub spg"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_hub_check");
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, start, tear_down);
    tcase_add_loop_test(all, an_honest_hub_is_not_doubted, 0, 2);
    tcase_add_test(all, a_hub_out_of_reach_is_not_doubted);
    tcase_add_loop_test(all, what_is_kept_back_or_belittled, 0, 5);
    tcase_add_test(all, an_alert_that_turns_to_somebody_else);
    tcase_add_test(all, what_waits_has_two_windows);
    tcase_add_test(all, what_may_have_lapsed_is_not_doubted);
    tcase_add_test(all, what_was_withdrawn_stays_withdrawn);
    tcase_add_loop_test(all, an_alert_needs_words_that_only_a_council_can_seal, 0, 3);
    tcase_add_test(all, words_that_do_not_open_are_no_words);
    tcase_add_loop_test(all, more_reporters_than_councils, 0, 2);
    tcase_add_test(all, own_words_for_another_event);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
