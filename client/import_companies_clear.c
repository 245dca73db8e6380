#include "import_companies_clear.h"
#include "ensure.h"
#include "timetext.h"
#include <string.h>

enum { PAGE = 500, PAGES_MAX = 10000, REFERENCE_MAX = 64 };

static bool was_found(const struct toc_findings *findings, const char *supplier,
                      const char **ret_supplier)
{
    for (size_t i = 0; i < findings->facts_len; i++) {
        if (strcmp(findings->facts[i].supplier, supplier) == 0) {
            *ret_supplier = findings->facts[i].supplier;
            return true;
        }
    }
    return false;
}

/* Proposed again, or cleared already. */
static bool is_settled(const struct toc_findings *findings, const char *supplier, const char *code)
{
    for (size_t i = 0; i < findings->events_len; i++) {
        const struct toc_event *const event = &findings->events[i];
        if (strcmp(event->supplier, supplier) == 0 &&
            (strcmp(event->code, code) == 0 ||
             (event->clears != NULL && strcmp(event->clears, code) == 0))) {
            return true;
        }
    }
    return false;
}

static enum toc_result clear_one(const json_t *event, int32_t today, struct toc_findings *findings)
{
    const char *const code = toc_field_text(event, "code");
    const char *supplier;
    if (strcmp(toc_field_text(event, "source"), findings->source) != 0 || code[0] == '\0' ||
        !was_found(findings, toc_field_text(event, "supplier"), &supplier) ||
        is_settled(findings, supplier, code)) {
        return TOC_OK;
    }
    char date[TOC_DATE_TEXT_LEN + 1];
    char reference[REFERENCE_MAX];
    toc_date_text(today, date);
    (void)snprintf(reference, sizeof reference, "%.8s cleared %s", code, date);
    const struct toc_event clearing = {
        .supplier = supplier,
        .code = "F18",
        .reference = toc_arena_text(findings->import.arena, toc_bytes_text(reference)),
        .day = today,
        .severity = 1,
        .text = "the register no longer says so",
        .clears = toc_arena_text(findings->import.arena, toc_bytes_text(code)),
    };
    TOC_ENSURE(clearing.reference != NULL && clearing.clears != NULL, TOC_NOMEM);
    return toc_findings_add_event(findings, &clearing);
}

enum toc_result toc_companies_clear(const json_t *open, int32_t today,
                                    struct toc_findings *findings)
{
    for (size_t i = 0; i < json_array_size(open); i++) {
        TOC_TRY(clear_one(json_array_get(open, i), today, findings));
    }
    return TOC_OK;
}

enum toc_result toc_companies_clear_open(struct toc_cli *cli, int32_t today,
                                         struct toc_findings *findings, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    for (size_t page = 0; page < PAGES_MAX; page++) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        json_t *const fields =
            json_pack("{s:s, s:i, s:O*}", "state", "proposed", "limit", (int)PAGE, "after", after);
        TOC_TRY(toc_cli_call(cli, "event_list", fields, &reply, why));
        if (toc_companies_clear(toc_field_array(reply.json, "events"), today, findings) != TOC_OK) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
        toc_json_free(&after);
        after = json_incref(json_object_get(reply.json, "after"));
        if (after == NULL || json_is_null(after)) {
            return TOC_OK;
        }
    }
    return toc_fail(why, TOC_MALFORMED, "event_list: the list does not end");
}
