#include "runner.h"
#include "sealed.h"
#include <string.h>

static struct toc_arena *arena;
static struct toc_token_context context;
static struct toc_token_keys keys;
static struct toc_alert_body body;
static uint8_t id[TOC_FLAG_ID_LEN] = {1, 2, 3};
static const uint8_t nonce[TOC_SEAL_NONCE_LEN] = {9};
static struct toc_statement_of of;

static void setup(void)
{
    const struct toc_oprf_output outputs[2] = {{{1}}, {{2}}};
    ck_assert_int_eq(toc_arena_new((size_t)1 << 20, &arena), TOC_OK);
    context = (struct toc_token_context){
        .purpose = TOC_PURPOSE_DISTRESS, .kind = TOC_TOKEN_ID, .token_epoch = 1, .group = {{7}}};
    ck_assert_int_eq(toc_token_derive(&context, outputs, 2, &keys), TOC_OK);
    of = (struct toc_statement_of){id, 1};
    body = (struct toc_alert_body){.event = 13,
                                   .source = TOC_SOURCE_PUBLIC_REGISTER,
                                   .severity = 4,
                                   .status = TOC_FLAG_RAISED,
                                   .expires_quarter = 2027 * 4,
                                   .action = TOC_ACTION_VERIFY_REGISTER,
                                   .reporters = TOC_REPORTERS_UNDER_3,
                                   .has_detail = true};
    memset(&body.detail, 5, sizeof body.detail);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

static struct toc_sealed_body seal(void)
{
    struct toc_sealed_body sealed;
    ck_assert_int_eq(toc_body_seal(arena, &context, &keys, &of, &body, nonce, &sealed), TOC_OK);
    return sealed;
}

static enum toc_result open_body(const struct toc_sealed_body *sealed,
                                 struct toc_alert_body *ret_body)
{
    return toc_body_open(arena, &context, &keys.alert, &of, sealed, ret_body);
}

START_TEST(a_body_comes_back_as_it_was)
{
    struct toc_alert_body back;
    struct toc_sealed_body sealed = seal();
    ck_assert_int_eq(open_body(&sealed, &back), TOC_OK);
    ck_assert_uint_eq(back.event, 13);
    ck_assert_uint_eq(back.severity, 4);
    ck_assert_uint_eq(back.expires_quarter, 2027 * 4);
    ck_assert_uint_eq(back.action, TOC_ACTION_VERIFY_REGISTER);
    ck_assert(back.has_detail && !back.named && !back.of_parent);
    ck_assert_mem_eq(back.detail.sealed, body.detail.sealed, sizeof body.detail.sealed);
    body.has_detail = false;
    body.named = true;
    body.of_parent = true;
    sealed = seal();
    ck_assert_int_eq(open_body(&sealed, &back), TOC_OK);
    ck_assert(!back.has_detail && back.named && back.of_parent);
}
END_TEST

/* The fullest body there can be still fits: nothing an alert says can make it longer. */
START_TEST(the_fullest_body_fits)
{
    struct toc_alert_body back;
    body.event = 91;
    body.source = TOC_SOURCE_OBSERVATION;
    body.severity = TOC_SEVERITY_MAX;
    body.status = TOC_FLAG_EXPIRED;
    body.expires_quarter = UINT32_MAX;
    body.clause = TOC_CLAUSE_TERMINATED;
    body.action = TOC_ACTION_HOLD_NEW_AWARD;
    body.reporters = TOC_REPORTERS_5_UP;
    body.named = true;
    body.detail.revision = UINT32_MAX;
    const struct toc_sealed_body sealed = seal();
    ck_assert_int_eq(open_body(&sealed, &back), TOC_OK);
    ck_assert_uint_eq(back.detail.revision, UINT32_MAX);
}
END_TEST

START_TEST(it_opens_for_one_key_one_alert_one_revision)
{
    struct toc_alert_body back;
    struct toc_sealed_body sealed = seal();
    struct toc_token_context other = context;
    struct toc_token_key wrong = keys.alert;
    of.revision = 2;
    ck_assert_int_eq(open_body(&sealed, &back), TOC_BADSIG);
    of.revision = 1;
    id[0] ^= 1;
    ck_assert_int_eq(open_body(&sealed, &back), TOC_BADSIG);
    id[0] ^= 1;
    wrong.bytes[0] ^= 1;
    ck_assert_int_eq(toc_body_open(arena, &context, &wrong, &of, &sealed, &back), TOC_BADSIG);
    other.token_epoch = 2;
    ck_assert_int_eq(toc_body_open(arena, &other, &keys.alert, &of, &sealed, &back), TOC_BADSIG);
    sealed.sealed[100] ^= 1;
    ck_assert_int_eq(open_body(&sealed, &back), TOC_BADSIG);
    sealed.sealed[100] ^= 1;
    ck_assert_int_eq(open_body(&sealed, &back), TOC_OK);
}
END_TEST

START_TEST(what_no_alert_may_say)
{
    struct toc_sealed_body sealed;
    const struct toc_alert_body good = body;
    struct {
        unsigned at;
    } cases[] = {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        body = good;
        switch (cases[i].at) {
        case 0:
            body.event = 31;
            break;
        case 1:
            body.source = (enum toc_source)0;
            break;
        case 2:
            body.severity = 0;
            break;
        case 3:
            body.severity = TOC_SEVERITY_MAX + 1;
            break;
        case 4:
            body.status = (enum toc_flag_status)0;
            break;
        case 5:
            body.clause = (enum toc_clause)6;
            break;
        case 6:
            body.action = (enum toc_action)6;
            break;
        default:
            body.reporters = (enum toc_reporters)0;
            break;
        }
        ck_assert_int_eq(toc_body_seal(arena, &context, &keys, &of, &body, nonce, &sealed),
                         TOC_INVALID);
    }
}
END_TEST

static struct toc_sealed_detail seal_detail(const char *text, const char *reference)
{
    const struct toc_detail detail = {.text = text, .reference = reference, .event_date = 20000};
    struct toc_sealed_detail sealed = {.id = {4}, .revision = 1, .nonce = {8}};
    ck_assert_int_eq(toc_detail_seal(arena, &context, &keys, &detail, &sealed), TOC_OK);
    return sealed;
}

START_TEST(a_detail_opens_where_it_was_put_alone)
{
    struct toc_detail detail;
    struct toc_sealed_detail sealed = seal_detail("The petition is listed.", "CR-2026-001");
    struct toc_token_keys other = keys;
    ck_assert_int_eq(toc_detail_open(arena, &context, &keys, &sealed, &detail), TOC_OK);
    ck_assert_str_eq(detail.text, "The petition is listed.");
    ck_assert_str_eq(detail.reference, "CR-2026-001");
    ck_assert_uint_eq(detail.event_date, 20000);
    sealed.revision = 2;
    ck_assert_int_eq(toc_detail_open(arena, &context, &keys, &sealed, &detail), TOC_BADSIG);
    sealed.revision = 1;
    sealed.id[0] = 5; /* moved to another flag */
    ck_assert_int_eq(toc_detail_open(arena, &context, &keys, &sealed, &detail), TOC_BADSIG);
    sealed.id[0] = 4;
    other.token.bytes[0] ^= 1; /* moved to another supplier */
    ck_assert_int_eq(toc_detail_open(arena, &context, &other, &sealed, &detail), TOC_BADSIG);
    other = keys;
    other.subject = keys.alert; /* what the hub has does not open it */
    ck_assert_int_eq(toc_detail_open(arena, &context, &other, &sealed, &detail), TOC_BADSIG);
}
END_TEST

START_TEST(details_have_limits)
{
    char text[TOC_DETAIL_TEXT_MAX + 2];
    char reference[TOC_DETAIL_REFERENCE_MAX + 2];
    struct toc_detail detail;
    struct toc_sealed_detail sealed = {.revision = 1};
    memset(text, 'a', sizeof text);
    memset(reference, 'b', sizeof reference);
    text[TOC_DETAIL_TEXT_MAX] = '\0';
    reference[TOC_DETAIL_REFERENCE_MAX] = '\0';
    sealed = seal_detail(text, reference);
    ck_assert_int_eq(toc_detail_open(arena, &context, &keys, &sealed, &detail), TOC_OK);
    ck_assert_uint_eq(strlen(detail.text), TOC_DETAIL_TEXT_MAX);
    text[TOC_DETAIL_TEXT_MAX] = 'a';
    text[TOC_DETAIL_TEXT_MAX + 1] = '\0';
    detail = (struct toc_detail){.text = text, .reference = ""};
    ck_assert_int_eq(toc_detail_seal(arena, &context, &keys, &detail, &sealed), TOC_INVALID);
    reference[TOC_DETAIL_REFERENCE_MAX] = 'b';
    reference[TOC_DETAIL_REFERENCE_MAX + 1] = '\0';
    detail = (struct toc_detail){.text = "", .reference = reference};
    ck_assert_int_eq(toc_detail_seal(arena, &context, &keys, &detail, &sealed), TOC_INVALID);
    detail = (struct toc_detail){.text = "", .reference = ""};
    ck_assert_int_eq(toc_detail_seal(arena, &context, &keys, &detail, &sealed), TOC_OK);
    ck_assert_int_eq(toc_detail_open(arena, &context, &keys, &sealed, &detail), TOC_OK);
    ck_assert_str_eq(detail.text, "");
}
END_TEST

START_TEST(a_name_opens_under_the_constant_term_alone)
{
    const struct toc_scalar constant = {{1}};
    const struct toc_scalar other = {{2}};
    const struct toc_token_key key = toc_token_name_key(&context, &constant);
    const struct toc_token_key wrong = toc_token_name_key(&context, &other);
    struct toc_token token = keys.token;
    struct toc_sealed_name sealed;
    char text[TOC_DETAIL_PLAIN_LEN];
    char longest[TOC_DETAIL_PLAIN_LEN];
    ck_assert_int_eq(toc_name_seal(&context, &token, &key, "Acme Ltd", nonce, &sealed), TOC_OK);
    ck_assert_int_eq(toc_name_open(&context, &token, &key, &sealed, text), TOC_OK);
    ck_assert_str_eq(text, "Acme Ltd");
    ck_assert_int_eq(toc_name_open(&context, &token, &wrong, &sealed, text), TOC_BADSIG);
    token.bytes[0] ^= 1;
    ck_assert_int_eq(toc_name_open(&context, &token, &key, &sealed, text), TOC_BADSIG);
    memset(longest, 'a', sizeof longest);
    longest[TOC_DETAIL_PLAIN_LEN - 2] = '\0';
    ck_assert_int_eq(toc_name_seal(&context, &token, &key, longest, nonce, &sealed), TOC_OK);
    ck_assert_int_eq(toc_name_open(&context, &token, &key, &sealed, text), TOC_OK);
    ck_assert_str_eq(text, longest);
    longest[TOC_DETAIL_PLAIN_LEN - 2] = 'a';
    longest[TOC_DETAIL_PLAIN_LEN - 1] = '\0';
    ck_assert_int_eq(toc_name_seal(&context, &token, &key, longest, nonce, &sealed), TOC_INVALID);
    ck_assert_int_eq(toc_name_seal(&context, &token, &key, "", nonce, &sealed), TOC_INVALID);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("sealed");
    TCase *const cases = tcase_create("all");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_body_comes_back_as_it_was);
    tcase_add_test(cases, the_fullest_body_fits);
    tcase_add_test(cases, it_opens_for_one_key_one_alert_one_revision);
    tcase_add_test(cases, what_no_alert_may_say);
    tcase_add_test(cases, a_detail_opens_where_it_was_put_alone);
    tcase_add_test(cases, details_have_limits);
    tcase_add_test(cases, a_name_opens_under_the_constant_term_alone);
    suite_add_tcase(suite, cases);
    return toc_test_main(suite);
}
