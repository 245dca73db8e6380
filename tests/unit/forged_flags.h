/* forged_flags: a hub, councils, and flags made from made-up outputs of holders. What the tests of
 * the alert engine share; every name is this test program's own. */
#ifndef TOC_FORGED_FLAGS_H
#define TOC_FORGED_FLAGS_H

#include "alerting_part.h"
#include "fixture_exchange.h"
#include "runner.h"

#include <string.h>

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)
#define QUARTER_NOW (2026 * 4) /* noon of Saturday 31 January 2026 */

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_rules rules;
static unsigned submissions;

static const char *const councils[] = {"leeds", "york", "hull", "kent", "bath", "ely"};

static inline struct toc_engine *engine_of(const char *member)
{
    return toc_fixture_exchange_daemon(exchange, member)->engine;
}

static inline void settle(void)
{
    toc_fixture_exchange_settle(exchange);
}

static inline void set_up(void)
{
    static const struct toc_stream_rule alerts = {.stream = "alert",
                                                  .publishers = TOC_ROLE_BIT(TOC_ROLE_HUB),
                                                  .audience = TOC_AUDIENCE_GROUP,
                                                  .list = ""};
    submissions = 0;
    rules = (struct toc_rules){.name_at = 3, .window_minutes = 60, .dispute_days = 2};
    group = toc_fixture_group_new(31);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB) | TOC_ROLE_BIT(TOC_ROLE_HOLDER));
    for (size_t i = 0; i < sizeof councils / sizeof councils[0]; i++) {
        toc_fixture_group_add(group, councils[i], TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    }
    toc_fixture_group_rule(group, &alerts);
    toc_fixture_group_holder(group, "spg");
    toc_fixture_group_draft(group)->rules = rules;
    (void)toc_fixture_group_sign(group);
    exchange = toc_fixture_exchange_new(group);
    (void)toc_fixture_exchange_add(exchange, "spg", NULL);
    for (size_t i = 0; i < sizeof councils / sizeof councils[0]; i++) {
        (void)toc_fixture_exchange_add(exchange, councils[i], NULL);
        toc_fixture_exchange_link(exchange, councils[i], "spg", false);
    }
    settle();
}

static inline void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* Time goes by in one leap. Quiet peers are fine. */
static inline void leap(int64_t ms)
{
    toc_fixture_group_advance(group, ms);
    settle();
    settle();
}

/* ---- flags ---- */

/* What a council says. 0 and NULL stand for the usual. */
struct say {
    unsigned id, name;           /* numbers of made-up suppliers; 0: without */
    unsigned parent;             /* a number */
    unsigned flag;               /* 1: of the flag's id */
    unsigned event;              /* 20 */
    enum toc_source source;      /* observation */
    unsigned severity;           /* 3 */
    enum toc_flag_status status; /* raised */
    unsigned expires;            /* the next quarter but one */
    enum toc_purpose purpose;    /* distress */
    uint32_t epoch;              /* 1 */
    uint64_t supersedes;
    bool may_identify;
    bool lie;    /* the share is none */
    bool misfit; /* the token is another's */
    uint32_t k;  /* 3 */
};

static inline struct toc_token_context context_of(const struct say *say, enum toc_token_kind kind)
{
    return (struct toc_token_context){.group = engine_of("spg")->group,
                                      .purpose =
                                          say->purpose == 0 ? TOC_PURPOSE_DISTRESS : say->purpose,
                                      .kind = kind,
                                      .token_epoch = say->epoch == 0 ? 1 : say->epoch};
}

static inline struct toc_oprf_output output_of(unsigned supplier)
{
    struct toc_oprf_output output;
    memset(output.bytes, (int)supplier, sizeof output.bytes);
    return output;
}

static inline struct toc_token_keys keys_of(const struct say *say, enum toc_token_kind kind,
                                            unsigned supplier)
{
    const struct toc_token_context context = context_of(say, kind);
    const struct toc_oprf_output output = output_of(supplier);
    struct toc_token_keys keys;
    ck_assert_int_eq(toc_token_derive(&context, &output, 1, &keys), TOC_OK);
    return keys;
}

static inline void share_of(const char *who, const struct say *say,
                            const struct toc_token_context *context, unsigned supplier,
                            struct toc_flag_subject *subject)
{
    const size_t k = say->k == 0 ? 3 : say->k;
    const struct toc_oprf_output output = output_of(supplier);
    const struct toc_scalar place = toc_token_place(&context->group, who);
    struct toc_scalar coefficients[TOC_SHARING_MAX];
    struct toc_element *const commitments = toc_arena_zero(arena, k, sizeof *commitments);
    const uint8_t nonce[TOC_SEAL_NONCE_LEN] = {9};

    ck_assert_int_eq(toc_token_coefficients(context, &output, 1, k, coefficients), TOC_OK);
    ck_assert_int_eq(toc_sharing_point(coefficients, k, &place, &subject->share), TOC_OK);
    ck_assert_int_eq(toc_sharing_commit(coefficients, k, commitments), TOC_OK);
    subject->commitments = commitments;
    subject->commitments_len = k;
    subject->share.bytes[0] ^= say->lie;
    const struct toc_token_key key = toc_token_name_key(context, &coefficients[0]);
    ck_assert_int_eq(toc_name_seal(context, &subject->token, &key, "Careful Ltd (01234567)", nonce,
                                   &subject->name),
                     TOC_OK);
}

static inline struct toc_flag_subject subject_of(const char *who, const struct say *say,
                                                 enum toc_token_kind kind, unsigned supplier,
                                                 bool of_parent)
{
    const struct toc_token_context context = context_of(say, kind);
    const struct toc_token_keys keys = keys_of(say, kind, supplier);
    const struct toc_detail detail = {.text = who, .reference = ""};
    struct toc_flag_subject subject = {
        .of_parent = of_parent, .kind = kind, .token = keys.token, .alert = keys.alert};

    subject.detail.id[0] = (uint8_t)who[0];
    subject.detail.id[1] = (uint8_t)++submissions;
    subject.detail.revision = 1;
    ck_assert_int_eq(toc_detail_seal(arena, &context, &keys, &detail, &subject.detail), TOC_OK);
    share_of(who, say, &context, supplier, &subject);
    subject.token.bytes[3] ^= say->misfit;
    return subject;
}

/* Signed in the member's next tick; its sequence. */
static inline uint64_t publish(const char *who, const struct toc_record *record)
{
    struct toc_engine *const engine = engine_of(who);
    struct toc_bytes bytes;
    struct toc_why why = {""};
    uint64_t sequence = 0;
    char id[32];

    (void)snprintf(id, sizeof id, "t-%u", ++submissions);
    ck_assert_int_eq(toc_wire_record_encode(arena, record, &bytes), TOC_OK);
    ck_assert_msg(toc_publish_submit(engine, "distress", id, &bytes, 1, NULL, &sequence, &why) ==
                      TOC_OK,
                  "%s", why.text);
    return sequence;
}

static inline uint64_t raise_later(const char *who, struct say say)
{
    struct toc_flag_subject subjects[3];
    struct toc_flag flag = {.revision = 1,
                            .purpose = say.purpose == 0 ? TOC_PURPOSE_DISTRESS : say.purpose,
                            .token_epoch = say.epoch == 0 ? 1 : say.epoch,
                            .subjects = subjects,
                            .event = say.event == 0 ? 20 : say.event,
                            .source = say.source == 0 ? TOC_SOURCE_OBSERVATION : say.source,
                            .severity = say.severity == 0 ? 3 : say.severity,
                            .status = say.status == 0 ? TOC_FLAG_RAISED : say.status,
                            .expires_quarter = say.expires == 0 ? QUARTER_NOW + 2 : say.expires,
                            .may_identify = say.may_identify};
    const struct toc_record record = {
        .type = TOC_RECORD_FLAG, .supersedes = {.sequence = say.supersedes}, .as.flag = &flag};

    memcpy(flag.id, who, 3);
    flag.id[15] = (uint8_t)say.flag;
    if (say.id != 0) {
        subjects[flag.subjects_len++] = subject_of(who, &say, TOC_TOKEN_ID, say.id, false);
    }
    if (say.name != 0) {
        subjects[flag.subjects_len++] = subject_of(who, &say, TOC_TOKEN_NAME, say.name, false);
    }
    if (say.parent != 0) {
        subjects[flag.subjects_len++] = subject_of(who, &say, TOC_TOKEN_ID, say.parent, true);
    }
    return publish(who, &record);
}

static inline uint64_t raise(const char *who, struct say say)
{
    const uint64_t sequence = raise_later(who, say);
    settle();
    return sequence;
}

static inline void take_back(const char *who, uint64_t sequence)
{
    const struct toc_record record = {
        .type = TOC_RECORD_WITHDRAWAL, .withdraws = {.sequence = sequence}, .reason = "a mistake"};
    (void)publish(who, &record);
    settle();
}

static inline uint64_t dispute(const char *who, const uint8_t *alert, struct say say)
{
    const struct toc_token_keys keys = keys_of(&say, TOC_TOKEN_ID, say.id);
    struct toc_dispute it = {.purpose = say.purpose == 0 ? TOC_PURPOSE_DISTRESS : say.purpose,
                             .token_epoch = 1,
                             .kind = TOC_TOKEN_ID,
                             .token = keys.token,
                             .alert = keys.alert};
    const struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = &it};
    memcpy(it.id, alert, sizeof it.id);
    it.alert.bytes[0] ^= say.misfit;
    const uint64_t sequence = publish(who, &record);
    settle();
    return sequence;
}

static inline void confirm(const char *who, const char *flag_of, unsigned flag)
{
    struct toc_dispute it = {.confirms = true};
    const struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = &it};
    memcpy(it.id, flag_of, 3);
    it.id[15] = (uint8_t)flag;
    (void)publish(who, &record);
    settle();
}

/* ---- alerts ---- */

static struct toc_alert_sent sent[64];
static struct toc_alert_opened opened[64];

/* All of them, as the hub sent them last. */
static inline size_t alerts(void)
{
    struct toc_engine *const hub = engine_of("spg");
    size_t len;
    ck_assert_int_eq(toc_store_alerts(hub->store, NULL, sent, 64, &len), TOC_OK);
    for (size_t i = 0; i < len; i++) {
        ck_assert_int_eq(toc_alert_open(hub, &sent[i], &opened[i]), TOC_OK);
    }
    return len;
}

/* The only one. */
static inline const struct toc_alert_opened *alert(void)
{
    ck_assert_uint_eq(alerts(), 1);
    return &opened[0];
}

static inline const struct toc_alert_opened *alert_with(enum toc_token_kind kind, unsigned supplier)
{
    const struct say usual = {0};
    const struct toc_token_keys keys = keys_of(&usual, kind, supplier);
    const size_t len = alerts();
    for (size_t i = 0; i < len; i++) {
        for (size_t j = 0; j < opened[i].sent->parts_len; j++) {
            if (memcmp(opened[i].tokens[j].token.bytes, keys.token.bytes, TOC_TOKEN_LEN) == 0) {
                return &opened[i];
            }
        }
    }
    return NULL;
}

/* Revisions that this member holds of the hub's. */
static inline uint64_t revisions_at(const char *member)
{
    struct toc_log_id id = {.publisher = "spg", .stream = "alert", .generation = 1};
    const struct toc_log *const log = toc_engine_log(engine_of(member), &id);
    return log == NULL ? 0 : log->row.applied_next - 1;
}

static inline bool says(const struct toc_alert_opened *it, enum toc_flag_status status,
                        uint32_t revision)
{
    return it != NULL && it->body.status == status && it->sent->revision == revision;
}

/* Does the hub's warning of this kind wait to be said? */
static inline bool warned(const char *event)
{
    struct toc_notice notice;
    bool found = false;
    while (toc_engine_notice(engine_of("spg"), &notice)) {
        found |= strcmp(notice.event, event) == 0;
    }
    return found;
}

#endif
