#include "import_gazette_notice.h"
#include "args.h"
#include "ensure.h"
#include "import_text.h"
#include "orgid.h"
#include "suppliername.h"
#include "timetext.h"
#include <string.h>

enum { CODE_MAX = 9999, REFERENCE_MAX = 40, FOUND_MAX = 2 };

/* The suppliers a notice is about: all with its number; else the one that alone has its name. */
struct found {
    size_t places[FOUND_MAX];
    size_t len; /* may be more than are kept */
    bool by_number;
};

/* `unnumbered`: only those whose number is not known. */
static void find(const struct toc_own *own, struct toc_own_search search, bool unnumbered,
                 struct found *found)
{
    size_t place;
    while (toc_own_next(&search, &place)) {
        if (unnumbered && toc_own_numbered(own, place)) {
            continue;
        }
        if (found->len < FOUND_MAX) {
            found->places[found->len] = place;
        }
        found->len++;
    }
}

static enum toc_result add_event(const struct toc_own *own, size_t place,
                                 const struct toc_notice_kind *kind, const char *reference,
                                 int32_t day, struct toc_findings *findings)
{
    const struct toc_event event = {.supplier = toc_own_id(own, place),
                                    .code = kind->event,
                                    .reference = reference,
                                    .day = day,
                                    .severity = kind->severity,
                                    .text = kind->text,
                                    .clears = kind->clears};
    findings->suppliers++;
    return toc_findings_add_event(findings, &event);
}

static enum toc_result add_ambiguous(const struct toc_own *own, const struct found *found,
                                     struct toc_findings *findings)
{
    for (size_t i = 0; i < found->len && i < FOUND_MAX; i++) {
        const struct toc_ambiguous ambiguous = {.supplier = toc_own_id(own, found->places[i]),
                                                .reason = "several_suppliers"};
        TOC_TRY(toc_findings_add_ambiguous(findings, &ambiguous));
    }
    return TOC_OK;
}

/* The digits a notice's address ends in: "https://www.thegazette.co.uk/id/notice/4123456". */
static const char *reference_of(struct toc_arena *arena, const char *id)
{
    size_t end = strlen(id);
    while (end > 0 && id[end - 1] == '/') {
        end--;
    }
    size_t start = end;
    while (start > 0 && id[start - 1] != '/') {
        start--;
    }
    if (end == start || end - start > REFERENCE_MAX) {
        return NULL;
    }
    const char *const text = toc_arena_text(arena, toc_bytes_of(id + start, end - start));
    return text == NULL ? NULL : toc_import_text(arena, text, REFERENCE_MAX);
}

static enum toc_result reject(const struct toc_notice *notice, struct toc_findings *findings,
                              const char *column, const char *reason)
{
    return toc_import_settle(&findings->import, notice->row, TOC_IMPORT_REJECTED, column, reason);
}

/* Who it is about. By number; else by name, where a notice with a number is only about a supplier
 * whose own is not known. */
static void find_suppliers(const struct toc_own *own, const struct toc_notice *notice,
                           struct found *found)
{
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    size_t ids_len;
    char folded[TOC_FOLD_LEN_MAX + 1];
    const bool numbered =
        toc_orgid_parse(TOC_SCHEME_COH, notice->number, ids, &ids_len, NULL) == TOC_OK;
    if (numbered) {
        find(own, toc_own_by_number(own, ids[0].id), false, found);
        found->by_number = found->len > 0;
    }
    if (found->len == 0 && toc_name_fold(notice->name, folded) == TOC_OK) {
        find(own, toc_own_by_name(own, folded), numbered, found);
    }
}

static enum toc_result take_ours(const struct toc_own *own, const struct toc_notice *notice,
                                 const struct toc_notice_kind *kind, const struct found *found,
                                 struct toc_findings *findings)
{
    struct toc_import *const import = &findings->import;
    uint32_t day;
    if (toc_import_date(notice->date, &day) != TOC_OK) {
        return reject(notice, findings, "date", "is no date");
    }
    const char *const reference = reference_of(import->arena, notice->id);
    if (reference == NULL || reference[0] == '\0') {
        return reject(notice, findings, "notice_id", "is missing or too long");
    }
    if (found->len > 1 && !found->by_number) {
        TOC_TRY(add_ambiguous(own, found, findings));
        return toc_import_settle(import, notice->row, TOC_IMPORT_HELD, "company_name",
                                 "fits several of your suppliers: look at the notice");
    }
    for (size_t i = 0; i < found->len && i < FOUND_MAX; i++) {
        TOC_TRY(add_event(own, found->places[i], kind, reference, (int32_t)day, findings));
    }
    return toc_import_settle(import, notice->row, TOC_IMPORT_USED, "", "");
}

enum toc_result toc_notice_take(const struct toc_own *own, const struct toc_notice *notice,
                                struct toc_findings *findings)
{
    struct found found = {.len = 0};
    uint64_t code;
    if (toc_args_number(notice->code, CODE_MAX, &code) != TOC_OK) {
        return reject(notice, findings, "notice_code", "is no code of four digits");
    }
    const struct toc_notice_kind *const kind = toc_notice_kind((unsigned)code);
    if (kind->screened != NULL) {
        toc_findings_screen(findings, kind->screened, 1);
        return TOC_OK;
    }
    find_suppliers(own, notice, &found);
    if (found.len == 0) {
        toc_findings_screen(findings, TOC_SCREENED_NOT_OURS, 1);
        return TOC_OK;
    }
    return take_ours(own, notice, kind, &found, findings);
}
