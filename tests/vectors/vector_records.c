#include "vector_records.h"
#include "ensure.h"
#include "record_exposure.h"
#include "record_framework.h"
#include <stdio.h>
#include <stdlib.h>

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
