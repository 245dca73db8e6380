#include "import_findings.h"
#include "ensure.h"
#include "record_json.h"
#include "timetext.h"
#include <stdlib.h>
#include <string.h>

enum { PART_ITEMS_MAX = 512 };

enum toc_result toc_findings_add_fact(struct toc_findings *findings, const struct toc_fact *fact)
{
    TOC_TRY(toc_import_grow(findings->import.arena, &findings->facts, findings->facts_len,
                            &findings->facts_room, sizeof *findings->facts));
    findings->facts[findings->facts_len++] = *fact;
    return TOC_OK;
}

enum toc_result toc_findings_add_event(struct toc_findings *findings, const struct toc_event *event)
{
    TOC_TRY(toc_import_grow(findings->import.arena, &findings->events, findings->events_len,
                            &findings->events_room, sizeof *findings->events));
    findings->events[findings->events_len++] = *event;
    return TOC_OK;
}

enum toc_result toc_findings_add_ambiguous(struct toc_findings *findings,
                                           const struct toc_ambiguous *ambiguous)
{
    TOC_TRY(toc_import_grow(findings->import.arena, &findings->ambiguous, findings->ambiguous_len,
                            &findings->ambiguous_room, sizeof *findings->ambiguous));
    findings->ambiguous[findings->ambiguous_len++] = *ambiguous;
    return TOC_OK;
}

void toc_findings_screen(struct toc_findings *findings, const char *reason, size_t rows)
{
    struct toc_import *const import = &findings->import;
    import->rows_read += rows;
    import->rows_screened += rows;
    for (size_t i = 0; i < import->tallies_len; i++) {
        if (strcmp(import->tallies[i].reason, reason) == 0) {
            import->tallies[i].rows += rows;
            return;
        }
    }
    if (rows > 0 && import->tallies_len < TOC_IMPORT_TALLIES_MAX) {
        import->tallies[import->tallies_len++] =
            (struct toc_import_tally){.reason = reason, .rows = rows};
    }
}

/* ---- what travels to the daemon ---- */

static json_t *texts_json(const char *const *texts, size_t len)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < len; i++) {
        (void)json_array_append_new(list, json_string(texts[i]));
    }
    return list;
}

static json_t *fact_json(const struct toc_findings *findings, size_t i)
{
    const struct toc_fact *const fact = &findings->facts[i];
    return json_pack("{s:s, s:s*, s:s*, s:o, s:o, s:s*, s:s}", "supplier", fact->supplier, "number",
                     fact->number, "name", fact->name, "sic", texts_json(fact->sic, fact->sic_len),
                     "former_names", texts_json(fact->former, fact->former_len), "company_status",
                     fact->status, "source", findings->source);
}

static json_t *event_json(const struct toc_findings *findings, size_t i)
{
    const struct toc_event *const event = &findings->events[i];
    char date[TOC_DATE_TEXT_LEN + 1];
    toc_date_text(event->day, date);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s*}", "supplier", event->supplier,
                     "code", event->code, "source", findings->source, "reference", event->reference,
                     "date", date, "severity", (int)event->severity, "text", event->text, "clears",
                     event->clears);
}

typedef json_t *(*item_json_f)(const struct toc_findings *findings, size_t i);

/* One message: as many items as fit, in one part. */
static enum toc_result send_part(struct toc_cli *cli, const char *request, json_t *items,
                                 struct toc_reply *ret_reply, struct toc_why *why)
{
    struct toc_local *local;
    TOC_TRY(toc_cli_local(cli, &local, why));
    char *const text = toc_json_dumps(items, JSON_COMPACT);
    if (text == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    const struct toc_bytes part = toc_bytes_text(text);
    const struct toc_call call = {.request = request, .parts = &part, .parts_len = 1};
    const enum toc_result result = toc_local_call(local, &call, ret_reply, why);
    free(text);
    return result;
}

static enum toc_result fill_part(const struct toc_findings *findings, item_json_f item_json,
                                 size_t from, size_t len, json_t *items, struct toc_why *why)
{
    size_t bytes = 0;
    for (size_t i = from; i < len && json_array_size(items) < PART_ITEMS_MAX; i++) {
        TOC_AUTO(toc_json_free) json_t *item = item_json(findings, i);
        const size_t item_len = item == NULL ? 0 : json_dumpb(item, NULL, 0, JSON_COMPACT) + 1;
        if (item_len == 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
        if (bytes > 0 && bytes + item_len > TOC_LOCAL_STAGE_LEN_MAX) {
            break;
        }
        bytes += item_len;
        if (json_array_append(items, item) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    }
    return TOC_OK;
}

static enum toc_result send_all(struct toc_cli *cli, const struct toc_findings *findings,
                                const char *request, item_json_f item_json, size_t len,
                                struct toc_findings_sent *sent, struct toc_why *why)
{
    size_t done = 0;
    while (done < len) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_AUTO(toc_json_free) json_t *items = json_array();
        TOC_TRY(fill_part(findings, item_json, done, len, items, why));
        TOC_TRY(send_part(cli, request, items, &reply, why));
        done += json_array_size(items);
        sent->filled += (uint64_t)toc_field_number(reply.json, "filled");
        sent->updated += (uint64_t)toc_field_number(reply.json, "updated");
        sent->unchanged += (uint64_t)toc_field_number(reply.json, "unchanged");
        sent->added += (uint64_t)toc_field_number(reply.json, "added");
        sent->known += (uint64_t)toc_field_number(reply.json, "known");
        sent->cleared += (uint64_t)toc_field_number(reply.json, "cleared");
    }
    return TOC_OK;
}

enum toc_result toc_findings_send(struct toc_cli *cli, const struct toc_findings *findings,
                                  struct toc_findings_sent *ret_sent, struct toc_why *why)
{
    struct toc_findings_sent sent = {0};
    TOC_TRY(send_all(cli, findings, "supplier_facts", fact_json, findings->facts_len, &sent, why));
    TOC_TRY(send_all(cli, findings, "event_add", event_json, findings->events_len, &sent, why));
    *ret_sent = sent;
    return TOC_OK;
}
