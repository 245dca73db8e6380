#include "record_alert.h"
#include "record_flag.h"
#include "record_token.h"
#include "runner.h"
#include <stdlib.h>
#include <string.h>

static struct toc_arena *arena;
static struct toc_why why;
static struct toc_element elements[TOC_OPRF_BATCH_MAX + 1];
static struct toc_flag_subject subjects[TOC_FLAG_SUBJECTS_MAX + 1];
static struct toc_alert_part parts[TOC_ALERT_PARTS_MAX + 1];
static struct toc_token_ask ask;
static struct toc_token_answer answer;
static struct toc_flag flag;
static struct toc_dispute dispute;
static struct toc_alert alert;

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new((size_t)4 << 20, &arena), TOC_OK);
    memset(elements, 1, sizeof elements);
    memset(subjects, 2, sizeof subjects);
    memset(parts, 3, sizeof parts);
    ask = (struct toc_token_ask){
        .id = {1}, .token_epoch = 1, .elements = elements, .elements_len = 2};
    answer = (struct toc_token_answer){
        .ask = {1}, .token_epoch = 1, .elements = elements, .elements_len = 2};
    for (size_t i = 0; i <= TOC_FLAG_SUBJECTS_MAX; i++) {
        subjects[i].of_parent = false;
        subjects[i].kind = TOC_TOKEN_ID;
        subjects[i].token.bytes[0] = (uint8_t)i;
        subjects[i].commitments = elements;
        subjects[i].commitments_len = 3;
    }
    flag = (struct toc_flag){.id = {1},
                             .revision = 1,
                             .purpose = TOC_PURPOSE_DISTRESS,
                             .token_epoch = 1,
                             .subjects = subjects,
                             .subjects_len = 1,
                             .event = 20,
                             .source = TOC_SOURCE_OBSERVATION,
                             .severity = 3,
                             .status = TOC_FLAG_RAISED,
                             .expires_quarter = 2027 * 4};
    dispute = (struct toc_dispute){
        .id = {1}, .purpose = TOC_PURPOSE_DISTRESS, .token_epoch = 1, .kind = TOC_TOKEN_NAME};
    for (size_t i = 0; i <= TOC_ALERT_PARTS_MAX; i++) {
        parts[i].kind = TOC_TOKEN_NAME;
        parts[i].token.bytes[0] = (uint8_t)i;
    }
    alert = (struct toc_alert){.id = {1},
                               .revision = 1,
                               .purpose = TOC_PURPOSE_PUBLIC,
                               .token_epoch = 1,
                               .parts = parts,
                               .parts_len = 1};
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static struct toc_record record_of(enum toc_record_type type)
{
    struct toc_record record = {.type = type};
    switch (type) {
    case TOC_RECORD_TOKEN_ASK:
        record.as.token_ask = &ask;
        break;
    case TOC_RECORD_TOKEN_ANSWER:
        record.as.token_answer = &answer;
        break;
    case TOC_RECORD_FLAG:
        record.as.flag = &flag;
        break;
    case TOC_RECORD_DISPUTE:
        record.as.dispute = &dispute;
        break;
    case TOC_RECORD_ALERT:
        record.as.alert = &alert;
        break;
    case TOC_RECORD_WITHDRAWAL:
    case TOC_RECORD_FRAMEWORK:
    case TOC_RECORD_EXPOSURE:
        ck_abort_msg("not here");
    }
    return record;
}

static enum toc_result validate(enum toc_record_type type)
{
    const struct toc_record record = record_of(type);
    return toc_record_kind_of(type)->validate(&record, &why);
}

/* Valid, and it travels: written, read for its stream, written again to the same bytes. */
static void check_travels(enum toc_record_type type, const char *stream)
{
    const struct toc_record record = record_of(type);
    struct toc_record back;
    struct toc_bytes bytes;
    struct toc_bytes again;
    ck_assert_msg(validate(type) == TOC_OK, "%s", why.text);
    ck_assert_int_eq(toc_wire_record_encode(arena, &record, &bytes), TOC_OK);
    ck_assert_msg(toc_record_read(arena, stream, bytes, &back, &why) == TOC_OK, "%s", why.text);
    ck_assert_int_eq(back.type, type);
    ck_assert_int_eq(toc_wire_record_encode(arena, &back, &again), TOC_OK);
    ck_assert(toc_bytes_equal(bytes, again));
    ck_assert_int_eq(toc_record_read(arena, "framework", bytes, &back, &why), TOC_INVALID);
    json_t *const json = toc_record_json(&record);
    ck_assert_ptr_nonnull(json);
    char *const text = json_dumps(json, 0);
    ck_assert_ptr_null(strstr(text, "key\":")); /* the keys in them are not for reading */
    ck_assert_ptr_null(strstr(text, "share\":"));
    free(text);
    json_decref(json);
}

START_TEST(all_of_them_travel)
{
    check_travels(TOC_RECORD_TOKEN_ASK, "token.ask");
    check_travels(TOC_RECORD_TOKEN_ANSWER, "token.answer.leeds");
    check_travels(TOC_RECORD_FLAG, "distress");
    check_travels(TOC_RECORD_DISPUTE, "distress");
    check_travels(TOC_RECORD_ALERT, "alert");
    answer.elements_len = 0;
    answer.refusal = TOC_TOKEN_OVER_QUOTA;
    check_travels(TOC_RECORD_TOKEN_ANSWER, "token.answer.leeds");
    dispute = (struct toc_dispute){.confirms = true, .id = {1}};
    check_travels(TOC_RECORD_DISPUTE, "distress");
    flag.to_group = true;
    flag.event = 0;
    check_travels(TOC_RECORD_FLAG, "distress");
}
END_TEST

START_TEST(the_largest_travel_in_one_record)
{
    ask.elements_len = TOC_OPRF_BATCH_MAX;
    answer.elements_len = TOC_OPRF_BATCH_MAX;
    flag.subjects_len = TOC_FLAG_SUBJECTS_MAX;
    for (size_t i = 0; i < TOC_FLAG_SUBJECTS_MAX; i++) {
        subjects[i].commitments_len = TOC_SHARING_MAX;
    }
    alert.parts_len = TOC_ALERT_PARTS_MAX;
    check_travels(TOC_RECORD_TOKEN_ASK, "token.ask");
    check_travels(TOC_RECORD_TOKEN_ANSWER, "token.answer.leeds");
    check_travels(TOC_RECORD_FLAG, "distress");
    check_travels(TOC_RECORD_ALERT, "alert");
    ask.elements_len++;
    answer.elements_len++;
    flag.subjects_len++;
    alert.parts_len++;
    ck_assert_int_eq(validate(TOC_RECORD_TOKEN_ASK), TOC_INVALID);
    ck_assert_int_eq(validate(TOC_RECORD_TOKEN_ANSWER), TOC_INVALID);
    ck_assert_int_eq(validate(TOC_RECORD_FLAG), TOC_INVALID);
    ck_assert_int_eq(validate(TOC_RECORD_ALERT), TOC_INVALID);
}
END_TEST

START_TEST(nobody_makes_them_by_hand)
{
    static const enum toc_record_type types[] = {TOC_RECORD_TOKEN_ASK, TOC_RECORD_TOKEN_ANSWER,
                                                 TOC_RECORD_FLAG, TOC_RECORD_DISPUTE,
                                                 TOC_RECORD_ALERT};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct toc_record_kind *const kind = toc_record_kind_of(types[i]);
        const struct toc_record record = record_of(types[i]);
        struct toc_record made;
        json_t *const json = toc_record_json(&record);
        ck_assert(kind->by_daemon);
        ck_assert_int_eq(kind->from_json(arena, json, &made, &why), TOC_DENIED);
        ck_assert_str_eq(kind->key(&record), "");
        json_decref(json);
    }
}
END_TEST

#define WRONG(type, change)                                                                        \
    do {                                                                                           \
        setup_again();                                                                             \
        change;                                                                                    \
        ck_assert_msg(validate(type) == TOC_INVALID, #change);                                     \
    } while (0)

static void setup_again(void)
{
    toc_arena_free(&arena);
    setup();
}

START_TEST(what_is_no_flag)
{
    WRONG(TOC_RECORD_FLAG, flag.purpose = TOC_PURPOSE_RISK);
    WRONG(TOC_RECORD_FLAG, flag.purpose = TOC_PURPOSE_PUBLIC); /* the source is not */
    WRONG(TOC_RECORD_FLAG, flag.source = TOC_SOURCE_PUBLIC_REGISTER);
    WRONG(TOC_RECORD_FLAG, flag.source = (enum toc_source)0);
    WRONG(TOC_RECORD_FLAG, flag.token_epoch = 0);
    WRONG(TOC_RECORD_FLAG, flag.revision = 0);
    WRONG(TOC_RECORD_FLAG, flag.subjects_len = 0);
    WRONG(TOC_RECORD_FLAG, flag.subjects_len = 2; subjects[1].token = subjects[0].token);
    WRONG(TOC_RECORD_FLAG, subjects[0].kind = (enum toc_token_kind)3);
    WRONG(TOC_RECORD_FLAG, subjects[0].commitments_len = 0);
    WRONG(TOC_RECORD_FLAG, subjects[0].commitments_len = TOC_SHARING_MAX + 1);
    WRONG(TOC_RECORD_FLAG, flag.event = 31);
    WRONG(TOC_RECORD_FLAG, flag.severity = 0);
    WRONG(TOC_RECORD_FLAG, flag.severity = TOC_SEVERITY_MAX + 1);
    WRONG(TOC_RECORD_FLAG, flag.status = TOC_FLAG_WITHDRAWN);
    WRONG(TOC_RECORD_FLAG, flag.expires_quarter = TOC_FLAG_YEAR_MIN * 4 - 1);
    WRONG(TOC_RECORD_FLAG, flag.expires_quarter = (TOC_FLAG_YEAR_MAX + 1) * 4);
    WRONG(TOC_RECORD_FLAG, flag.clause = (enum toc_clause)6);
    WRONG(TOC_RECORD_FLAG, flag.action = (enum toc_action)6);
    setup_again();
    flag.purpose = TOC_PURPOSE_EXERCISE; /* of any source */
    ck_assert_int_eq(validate(TOC_RECORD_FLAG), TOC_OK);
}
END_TEST

START_TEST(what_is_none_of_the_others)
{
    WRONG(TOC_RECORD_TOKEN_ASK, ask.elements_len = 0);
    WRONG(TOC_RECORD_TOKEN_ASK, ask.token_epoch = 0);
    WRONG(TOC_RECORD_TOKEN_ANSWER, answer.elements_len = 0);
    WRONG(TOC_RECORD_TOKEN_ANSWER, answer.refusal = TOC_TOKEN_CHANGED);
    WRONG(TOC_RECORD_TOKEN_ANSWER, answer.refusal = (enum toc_token_refusal)5;
          answer.elements_len = 0);
    WRONG(TOC_RECORD_TOKEN_ANSWER, answer.token_epoch = 0);
    WRONG(TOC_RECORD_DISPUTE, dispute.purpose = TOC_PURPOSE_LINK);
    WRONG(TOC_RECORD_DISPUTE, dispute.token_epoch = 0);
    WRONG(TOC_RECORD_DISPUTE, dispute.kind = (enum toc_token_kind)0);
    WRONG(TOC_RECORD_ALERT, alert.purpose = TOC_PURPOSE_RISK);
    WRONG(TOC_RECORD_ALERT, alert.purpose = (enum toc_purpose)0);
    WRONG(TOC_RECORD_ALERT, alert.token_epoch = 0);
    WRONG(TOC_RECORD_ALERT, alert.revision = 0);
    WRONG(TOC_RECORD_ALERT, alert.parts_len = 0);
    WRONG(TOC_RECORD_ALERT, alert.parts_len = 2; parts[1].token = parts[0].token);
    WRONG(TOC_RECORD_ALERT, parts[0].kind = (enum toc_token_kind)3);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("warning records");
    TCase *const cases = tcase_create("all");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, all_of_them_travel);
    tcase_add_test(cases, the_largest_travel_in_one_record);
    tcase_add_test(cases, nobody_makes_them_by_hand);
    tcase_add_test(cases, what_is_no_flag);
    tcase_add_test(cases, what_is_none_of_the_others);
    suite_add_tcase(suite, cases);
    return toc_test_main(suite);
}
