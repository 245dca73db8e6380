#include "import_payee.h"
#include "bounds.h"
#include "ensure.h"
#include "import_text.h"
#include "screen.h"
#include <string.h>

struct parts {
    const char *names[TOC_ROW_PAYEES_MAX];
    size_t len;
    size_t over; /* the limit */
};

struct numbers {
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    size_t len;
};

/* Bytes up to a separator: one of `marks`, or a slash between spaces where `slash` says so. */
static size_t part_len(const char *text, const char *marks, bool slash)
{
    const size_t len = strcspn(text, marks);
    const char *const at = slash ? strstr(text, " / ") : NULL;
    return at != NULL && (size_t)(at - text) < len ? (size_t)(at - text) : len;
}

static enum toc_result add_part(struct toc_arena *arena, const char *text, size_t len,
                                struct parts *parts)
{
    const char *const raw = toc_arena_text(arena, toc_bytes_of(text, len));
    const char *const part = raw == NULL ? NULL : toc_import_text(arena, raw, TOC_NAME_LEN_MAX);
    TOC_ENSURE(part != NULL, TOC_NOMEM);
    if (toc_import_blank(part)) {
        return TOC_OK;
    }
    if (parts->len == TOC_ROW_PAYEES_MAX) {
        parts->over++;
        return TOC_OK;
    }
    parts->names[parts->len++] = part;
    return TOC_OK;
}

static enum toc_result split(struct toc_arena *arena, const char *text, const char *marks,
                             bool slash, struct parts *ret_parts)
{
    *ret_parts = (struct parts){.len = 0};
    for (;;) {
        const size_t len = part_len(text, marks, slash);
        TOC_TRY(add_part(arena, text, len, ret_parts));
        if (text[len] == '\0') {
            return TOC_OK;
        }
        text += len + (text[len] == ' ' ? strlen(" / ") : 1);
    }
}

/* Of the parts between commas, by their names alone: how many are organisations, how many not. */
static void count_screens(const struct parts *parts, size_t *ret_kept, size_t *ret_dropped)
{
    *ret_kept = 0;
    *ret_dropped = 0;
    for (size_t i = 0; i < parts->len; i++) {
        const enum toc_screen screen = toc_screen_supplier(parts->names[i], "", "");
        *ret_kept += screen == TOC_SCREEN_KEEP ? 1 : 0;
        *ret_dropped += screen == TOC_SCREEN_DROP ? 1 : 0;
    }
}

/* The cell's suppliers; *ret_person when a part of a single one shows that it is a person. */
static enum toc_result split_name(struct toc_arena *arena, const char *name,
                                  struct parts *ret_parts, bool *ret_person)
{
    struct parts weak;
    size_t kept;
    size_t dropped;
    *ret_person = false;
    TOC_TRY(split(arena, name, ";|\r\n", false, ret_parts));
    if (ret_parts->len != 1) {
        return TOC_OK;
    }
    TOC_TRY(split(arena, ret_parts->names[0], ",", true, &weak));
    count_screens(&weak, &kept, &dropped);
    if (weak.len > 1 && kept == weak.len) {
        *ret_parts = weak;
    }
    *ret_person = weak.len > 1 && dropped > 0;
    return TOC_OK;
}

static enum toc_result read_numbers(struct toc_arena *arena, enum toc_scheme scheme,
                                    const char *cell, struct numbers *numbers,
                                    struct toc_row_payees *payees)
{
    struct numbers found = {.len = 0};
    struct toc_why why = {.text = ""};
    const enum toc_result result = toc_orgid_parse(scheme, cell, found.ids, &found.len, &why);
    if (result == TOC_DENIED) {
        payees->national_insurance = true;
    } else if (result == TOC_OK && numbers->len == 0) {
        *numbers = found;
    } else if (result == TOC_MALFORMED) {
        payees->ignored = toc_arena_text(arena, toc_bytes_text(why.text));
        payees->ignored_charity = scheme == TOC_SCHEME_CHC;
        TOC_ENSURE(payees->ignored != NULL, TOC_NOMEM);
    }
    return TOC_OK;
}

static void add_payee(const char *name, const struct toc_orgid *id, struct toc_row_payees *payees)
{
    struct toc_payee payee = {.name = name, .id = {.scheme = TOC_SCHEME_NONE}};
    if (id != NULL) {
        payee.id = *id;
    }
    const enum toc_screen screen =
        toc_screen_supplier(name, toc_scheme_code(payee.id.scheme), payee.id.id);
    if (screen == TOC_SCREEN_DROP) {
        payees->left_out++;
        return;
    }
    payee.held = screen == TOC_SCREEN_HOLD;
    payees->items[payees->len++] = payee;
}

enum toc_result toc_payees_read(struct toc_arena *arena, const char *name, const char *company,
                                const char *charity, struct toc_row_payees *ret_payees)
{
    struct toc_row_payees payees = {.len = 0};
    struct numbers numbers = {.len = 0};
    struct parts parts;
    bool person;
    TOC_TRY(split_name(arena, name, &parts, &person));
    TOC_TRY(read_numbers(arena, TOC_SCHEME_COH, company, &numbers, &payees));
    TOC_TRY(read_numbers(arena, TOC_SCHEME_CHC, charity, &numbers, &payees));
    payees.left_out = parts.over;
    payees.national_insurance = payees.national_insurance || toc_national_insurance_within(name);
    if (person && numbers.len == 0) {
        payees.left_out += parts.len;
        parts.len = 0;
    }
    const bool numbered = parts.len == 1 ? numbers.len > 0 : numbers.len == parts.len;
    if (!numbered && numbers.len > 0 && parts.len > 1) {
        payees.ignored = "the cell does not number each of the suppliers";
        payees.ignored_charity = company[0] == '\0';
    }
    for (size_t i = 0; i < parts.len; i++) {
        add_payee(parts.names[i], numbered ? &numbers.ids[i] : NULL, &payees);
    }
    *ret_payees = payees;
    return TOC_OK;
}
