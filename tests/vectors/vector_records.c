#include "vector_records.h"
#include "ensure.h"
#include "record_alert.h"
#include "record_exposure.h"
#include "record_flag.h"
#include "record_framework.h"
#include "record_token.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bytes, once they have also been read for the stream, and written again to the same. */
static struct toc_bytes finish(struct toc_arena *arena, const char *stream,
                               const struct toc_record *record)
{
    struct toc_record read;
    struct toc_bytes bytes, again;
    struct toc_why why = {"cannot be written"};
    if (toc_wire_record_encode(arena, record, &bytes) != TOC_OK ||
        toc_record_read(arena, stream, bytes, &read, &why) != TOC_OK ||
        toc_wire_record_encode(arena, &read, &again) != TOC_OK || !toc_bytes_equal(bytes, again)) {
        fprintf(stderr, "vectors: a record: %s\n", why.text);
        exit(1);
    }
    return bytes;
}

static struct toc_bytes finish_framework(struct toc_arena *arena,
                                         const struct toc_framework *framework,
                                         struct toc_reference supersedes)
{
    const struct toc_record record = {
        .type = TOC_RECORD_FRAMEWORK, .supersedes = supersedes, .as.framework = framework};
    return finish(arena, "framework", &record);
}

struct toc_bytes toc_vector_framework(struct toc_arena *arena)
{
    static const uint32_t cpv[] = {45233141, 3000000};
    static const enum toc_framework_user open_to[] = {TOC_FRAMEWORK_REGION, TOC_FRAMEWORK_SCHOOLS};
    static const char *const categories[] = {"highways", "works"};
    static const struct toc_framework_supplier suppliers[] = {
        {.name = "Aire Surfacing Limited", .scheme = "GB-COH", .id = "01234567"},
        {.name = "Ouse Roads LLP", .scheme = "", .id = ""}};
    static const struct toc_framework_lot lots[] = {{.number = "1",
                                                     .title = "Resurfacing",
                                                     .cpv = cpv,
                                                     .cpv_len = 1,
                                                     .suppliers = suppliers,
                                                     .suppliers_len = 2,
                                                     .status = TOC_FRAMEWORK_ACTIVE},
                                                    {.number = "2", .title = ""}};
    struct toc_framework framework;
    toc_framework_init(&framework);
    framework.reference = "LCC-2026-017";
    framework.title = "Highway maintenance \xe2\x80\x93 West";
    framework.description = "Planned and reactive works on adopted roads.";
    framework.kind = TOC_FRAMEWORK_OPEN_FRAMEWORK;
    framework.buyer = "Leeds City Council";
    framework.lots = lots;
    framework.lots_len = 2;
    framework.cpv = cpv;
    framework.cpv_len = 2;
    framework.method = TOC_FRAMEWORK_WITH_AND_WITHOUT_REOPENING;
    framework.direct_award_allowed = TOC_FRAMEWORK_YES;
    framework.max_participants = 12;
    framework.open_to = open_to;
    framework.open_to_len = 2;
    framework.buyer_restrictions = "Yorkshire and the Humber";
    framework.period_start = 20545; /* 2026-04-02 */
    framework.period_end = 22005;
    framework.last_extension_date = 22736;
    framework.value_max_pounds = 40000000;
    framework.fee = TOC_FRAMEWORK_SUPPLIER_LEVY;
    framework.status = TOC_FRAMEWORK_ACTIVE;
    framework.categories = categories;
    framework.categories_len = 2;
    framework.source = "contracts.csv row 18";
    framework.lots_left_out = 1;
    return finish_framework(arena, &framework, (struct toc_reference){.sequence = 0});
}

struct toc_bytes toc_vector_call_off(struct toc_arena *arena)
{
    static const struct toc_framework_supplier supplier = {
        .name = "Aire Surfacing Limited", .scheme = "GB-COH", .id = "01234567"};
    struct toc_framework framework;
    toc_framework_init(&framework);
    framework.reference = "ocds-h6vhtk-04a1b2:LDS";
    framework.ocid = "ocds-h6vhtk-04a1b2";
    framework.notice_id = "2026/S 000-012345";
    framework.title = "Resurfacing, year 1";
    framework.kind = TOC_FRAMEWORK_CALL_OFF;
    framework.parent = "LCC-2026-017";
    framework.buyer = "Leeds City Council";
    framework.suppliers = &supplier;
    framework.suppliers_len = 1;
    framework.period_months = 12;
    framework.inferred = TOC_FRAMEWORK_BIT(TOC_FIELD_KIND) | TOC_FRAMEWORK_BIT(TOC_FIELD_PARENT);
    framework.suppliers_left_out = 2;
    return finish_framework(arena, &framework, (struct toc_reference){.sequence = 7});
}

struct toc_bytes toc_vector_withdrawal(struct toc_arena *arena)
{
    const struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL,
                                      .withdraws = {.sequence = 9},
                                      .reason = "Published under the wrong reference."};
    return finish(arena, "framework", &record);
}

static struct toc_bytes finish_exposure(struct toc_arena *arena, struct toc_exposure exposure)
{
    const struct toc_record record = {.type = TOC_RECORD_EXPOSURE, .as.exposure = &exposure};
    return finish(arena, "exposure", &record);
}

struct toc_bytes toc_vector_exposure(struct toc_arena *arena)
{
    return finish_exposure(arena, (struct toc_exposure){
                                      .name = "Aire Surfacing Limited",
                                      .scheme = "GB-COH",
                                      .id = "01234567",
                                      .norm = TOC_NORM_PADDED | TOC_NORM_PREFIX,
                                      .id_basis = TOC_ID_STATED,
                                      .category = {TOC_CATEGORY_CPV, 45},
                                      .year = 2015,
                                      .months = 0x1c0, /* October to December */
                                      .spend_thousands = 12,
                                      .contracts = 3,
                                      .earliest_end_quarter = 2017 * 4 + 2,
                                      .route = TOC_ROUTE_FRAMEWORK,
                                  });
}

struct toc_bytes toc_vector_exposure_name(struct toc_arena *arena)
{
    return finish_exposure(arena, (struct toc_exposure){
                                      .name = "Ysgol Gyfun Aberwen",
                                      .scheme = "",
                                      .id = "",
                                      .kept_by_hand = true,
                                      .category = {TOC_CATEGORY_UNKNOWN, 0},
                                      .year = 2016,
                                      .months = 0xfff,
                                      .spend_thousands = -2,
                                  });
}

/* ---- warnings: what is sealed is stood for by bytes of one value ---- */

struct toc_bytes toc_vector_token_ask(struct toc_arena *arena)
{
    struct toc_element elements[2];
    struct toc_token_ask ask = {
        .token_epoch = 1, .exposure_sequence = 1234, .elements = elements, .elements_len = 2};
    memset(ask.id, 0xa5, sizeof ask.id);
    memset(elements, 0xe1, sizeof elements);
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ASK, .as.token_ask = &ask};
    return finish(arena, "token.ask", &record);
}

struct toc_bytes toc_vector_token_answer(struct toc_arena *arena)
{
    struct toc_element elements[2];
    struct toc_token_answer answer = {
        .token_epoch = 1, .elements = elements, .elements_len = 2, .used = 66, .limit = 2400};
    memset(answer.ask, 0xa5, sizeof answer.ask);
    memset(elements, 0xe2, sizeof elements);
    memset(&answer.proof.c, 0xc1, sizeof answer.proof.c);
    memset(&answer.proof.s, 0xc2, sizeof answer.proof.s);
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ANSWER, .as.token_answer = &answer};
    return finish(arena, "token.answer.leeds", &record);
}

struct toc_bytes toc_vector_token_refusal(struct toc_arena *arena)
{
    struct toc_token_answer answer = {
        .token_epoch = 1, .refusal = TOC_TOKEN_OVER_QUOTA, .used = 2400, .limit = 2400};
    memset(answer.ask, 0xa6, sizeof answer.ask);
    const struct toc_record record = {.type = TOC_RECORD_TOKEN_ANSWER, .as.token_answer = &answer};
    return finish(arena, "token.answer.leeds", &record);
}

static struct toc_flag flag_of(const struct toc_flag_subject *subject)
{
    struct toc_flag flag = {.revision = 1,
                            .purpose = TOC_PURPOSE_DISTRESS,
                            .token_epoch = 1,
                            .subjects = subject,
                            .subjects_len = 1};
    memset(flag.id, 0xf1, sizeof flag.id);
    return flag;
}

struct toc_bytes toc_vector_flag(struct toc_arena *arena)
{
    struct toc_element commitments[3];
    struct toc_flag_subject subject = {
        .kind = TOC_TOKEN_ID, .commitments = commitments, .commitments_len = 3};
    struct toc_flag flag = flag_of(&subject);
    memset(&subject.token, 0x70, sizeof subject.token);
    memset(&subject.alert, 0xa1, sizeof subject.alert);
    memset(&subject.share, 0x51, sizeof subject.share);
    memset(commitments, 0xc0, sizeof commitments);
    memset(&subject.name, 0x9a, sizeof subject.name);
    memset(&subject.detail, 0xde, sizeof subject.detail);
    subject.detail.revision = 1;
    flag.event = 20;
    flag.source = TOC_SOURCE_OBSERVATION;
    flag.severity = 3;
    flag.status = TOC_FLAG_RAISED;
    flag.expires_quarter = 2027 * 4 + 1;
    flag.clause = TOC_CLAUSE_PLAN_REQUESTED;
    flag.action = TOC_ACTION_CALL_MEETING;
    flag.may_identify = true;
    const struct toc_record record = {
        .type = TOC_RECORD_FLAG, .supersedes = {.sequence = 4}, .as.flag = &flag};
    return finish(arena, "distress", &record);
}

struct toc_bytes toc_vector_flag_group(struct toc_arena *arena)
{
    struct toc_flag_subject subject = {.of_parent = true, .kind = TOC_TOKEN_NAME};
    struct toc_flag flag = flag_of(&subject);
    flag.purpose = TOC_PURPOSE_EXERCISE;
    flag.to_group = true;
    memset(&subject.token, 0x70, sizeof subject.token);
    memset(&subject.body, 0xb0, sizeof subject.body);
    const struct toc_record record = {.type = TOC_RECORD_FLAG, .as.flag = &flag};
    return finish(arena, "distress", &record);
}

struct toc_bytes toc_vector_dispute(struct toc_arena *arena)
{
    struct toc_dispute dispute = {
        .purpose = TOC_PURPOSE_DISTRESS, .token_epoch = 1, .kind = TOC_TOKEN_ID};
    memset(dispute.id, 0xa7, sizeof dispute.id);
    memset(&dispute.token, 0x70, sizeof dispute.token);
    memset(&dispute.alert, 0xa1, sizeof dispute.alert);
    const struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = &dispute};
    return finish(arena, "distress", &record);
}

struct toc_bytes toc_vector_confirmation(struct toc_arena *arena)
{
    struct toc_dispute dispute = {.confirms = true};
    memset(dispute.id, 0xf1, sizeof dispute.id);
    const struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = &dispute};
    return finish(arena, "distress", &record);
}

struct toc_bytes toc_vector_alert(struct toc_arena *arena)
{
    struct toc_alert_part parts[2] = {{.kind = TOC_TOKEN_ID}, {.kind = TOC_TOKEN_NAME}};
    struct toc_alert alert = {.revision = 1,
                              .purpose = TOC_PURPOSE_DISTRESS,
                              .token_epoch = 1,
                              .parts = parts,
                              .parts_len = 2};
    memset(alert.id, 0xa7, sizeof alert.id);
    memset(&parts[0].token, 0x70, sizeof parts[0].token);
    memset(&parts[1].token, 0x71, sizeof parts[1].token);
    memset(&parts[0].body, 0xb0, sizeof parts[0].body);
    memset(&parts[1].body, 0xb1, sizeof parts[1].body);
    const struct toc_record record = {.type = TOC_RECORD_ALERT, .as.alert = &alert};
    return finish(arena, "alert", &record);
}
