#include "record_exposure.h"
#include "ensure.h"
#include "ident.h"
#include "screen.h"
#include "timetext.h"
#include <stdio.h>
#include <string.h>

enum { QUARTERS = 4, QUARTER_MONTHS = 3, YEAR_MONTHS = 12, YEAR_DIGITS = 10000, LAST_MONTHS = 9 };

void toc_exposure_init(struct toc_exposure *exposure)
{
    *exposure = (struct toc_exposure){
        .name = "", .scheme = "", .id = "", .folded = "", .subject = "", .key = ""};
}

/* ---- what is derived ---- */

static char *join(struct toc_arena *arena, const char *one, const char *between, const char *other)
{
    const size_t len = strlen(one) + strlen(between) + strlen(other) + 1;
    char *const text = toc_arena_get(arena, len);
    if (text != NULL) {
        (void)snprintf(text, len, "%s%s%s", one, between, other);
    }
    return text;
}

enum toc_result toc_exposure_derive(struct toc_arena *arena, struct toc_exposure *exposure)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    char category[TOC_CATEGORY_TEXT_LEN + 1];
    char behind[sizeof "/unknown/4294967295"];
    if (toc_name_fold(exposure->name, folded) != TOC_OK) {
        folded[0] = '\0';
    }
    toc_category_text(exposure->category, category);
    (void)snprintf(behind, sizeof behind, "/%s/%u", category, exposure->year);
    const char *const folded_copy = toc_arena_text(arena, toc_bytes_text(folded));
    const char *const subject = exposure->id[0] == '\0'
                                    ? join(arena, "name", ":", folded)
                                    : join(arena, exposure->scheme, "-", exposure->id);
    TOC_ENSURE(folded_copy != NULL && subject != NULL, TOC_NOMEM);
    const char *const key = join(arena, subject, "", behind);
    TOC_ENSURE(key != NULL, TOC_NOMEM);
    exposure->folded = folded_copy;
    exposure->subject = subject;
    exposure->key = key;
    return TOC_OK;
}

int32_t toc_exposure_ends(const struct toc_exposure *exposure)
{
    const unsigned next = exposure->earliest_end_quarter + 1;
    if (exposure->earliest_end_quarter == 0) {
        return INT32_MAX;
    }
    return toc_date_days((int)(next / QUARTERS), (int)(next % QUARTERS * QUARTER_MONTHS) + 1, 1) -
           1;
}

void toc_exposure_quarter_text(unsigned quarter, char *ret_text)
{
    (void)snprintf(ret_text, TOC_EXPOSURE_QUARTER_LEN + 1, "%04u-Q%u",
                   quarter / QUARTERS % YEAR_DIGITS, quarter % QUARTERS + 1);
}

void toc_exposure_month_text(unsigned year, unsigned month, char *ret_text)
{
    const unsigned next_year = month >= LAST_MONTHS; /* January to March */
    (void)snprintf(ret_text, TOC_EXPOSURE_QUARTER_LEN + 1, "%04u-%02u",
                   (year + next_year) % YEAR_DIGITS, (month + QUARTER_MONTHS) % YEAR_MONTHS + 1);
}

bool toc_exposure_number(const char *text, struct toc_orgid *ret_orgid)
{
    for (enum toc_scheme scheme = TOC_SCHEME_COH; scheme < TOC_SCHEME_VAT; scheme++) {
        const char *const code = toc_scheme_code(scheme);
        const size_t len = strlen(code);
        if (strncmp(text, code, len) == 0 && text[len] == '-' &&
            strlen(text + len + 1) <= TOC_ORGID_LEN_MAX &&
            toc_orgid_valid(scheme, text + len + 1)) {
            *ret_orgid = (struct toc_orgid){.scheme = scheme};
            memcpy(ret_orgid->id, text + len + 1, strlen(text + len + 1) + 1);
            return true;
        }
    }
    return false;
}

/* ---- rules ---- */

static enum toc_result wrong(struct toc_why *why, const char *field, const char *what)
{
    return toc_fail(why, TOC_INVALID, "%s: %s", field, what);
}

static enum toc_result check_number(const struct toc_exposure *exposure, struct toc_why *why)
{
    const enum toc_scheme scheme = toc_scheme_of(exposure->scheme);
    if (exposure->id[0] == '\0') {
        return exposure->scheme[0] == '\0' && exposure->id_basis == TOC_ID_NONE &&
                       exposure->norm == 0
                   ? TOC_OK
                   : wrong(why, "number", "its register, basis or changes are given, not itself");
    }
    if (scheme == TOC_SCHEME_NONE || scheme == TOC_SCHEME_VAT ||
        strcmp(toc_scheme_code(scheme), exposure->scheme) != 0 ||
        !toc_orgid_valid(scheme, exposure->id)) {
        return wrong(why, "number", "is not a number of a register that may travel, in its form");
    }
    if (exposure->id_basis != TOC_ID_STATED && exposure->id_basis != TOC_ID_FILLED) {
        return wrong(why, "number_basis", "is neither stated nor filled");
    }
    if ((exposure->norm & ~TOC_EXPOSURE_NORM_ALL) != 0) {
        return wrong(why, "normalised", "has a change that is not known");
    }
    return TOC_OK;
}

/* Persons do not travel. What an officer kept is the council's word against "nothing says which",
 * never against a sign that it is a person. */
static enum toc_result check_name(const struct toc_exposure *exposure, struct toc_why *why)
{
    if (!toc_ident_text(exposure->name, TOC_NAME_LEN_MAX)) {
        return wrong(why, "name", "is missing, too long, not UTF-8, or has control characters");
    }
    if (toc_national_insurance_within(exposure->name)) {
        return wrong(why, "name", "has the shape of a National Insurance number in it");
    }
    switch (toc_screen_supplier(exposure->name, exposure->scheme, exposure->id)) {
    case TOC_SCREEN_KEEP:
        return TOC_OK;
    case TOC_SCREEN_DROP:
        return wrong(why, "name", "is a person's, a trading name's, or a redaction");
    case TOC_SCREEN_HOLD:
        break;
    }
    return exposure->kept_by_hand
               ? TOC_OK
               : wrong(why, "name",
                       "neither a register's number nor a corporate suffix says that it is no "
                       "person, and nobody kept it by hand");
}

static enum toc_result check_time(const struct toc_exposure *exposure, struct toc_why *why)
{
    const unsigned end = exposure->earliest_end_quarter;
    if (exposure->year < TOC_EXPOSURE_YEAR_MIN || exposure->year > TOC_EXPOSURE_YEAR_MAX) {
        return wrong(why, "year", "is not between 2000 and 2100");
    }
    if (exposure->months == 0 || exposure->months > TOC_EXPOSURE_MONTHS_ALL) {
        return wrong(why, "months", "are none, or more than twelve");
    }
    if (end != 0 && (end < TOC_EXPOSURE_YEAR_MIN * QUARTERS ||
                     end >= (TOC_EXPOSURE_END_YEAR_MAX + 1) * QUARTERS)) {
        return wrong(why, "earliest_end", "is not between 2000 and 2200");
    }
    return TOC_OK;
}

enum toc_result toc_exposure_validate(const struct toc_record *record, struct toc_why *why)
{
    const struct toc_exposure *const exposure = record->as.exposure;
    TOC_TRY(check_number(exposure, why));
    TOC_TRY(check_name(exposure, why));
    TOC_TRY(check_time(exposure, why));
    if (!toc_category_valid(exposure->category)) {
        return wrong(why, "category", "is not a division of CPV or SIC 2007, nor unknown");
    }
    if (exposure->spend_thousands > TOC_EXPOSURE_THOUSANDS_MAX ||
        exposure->spend_thousands < -TOC_EXPOSURE_THOUSANDS_MAX) {
        return wrong(why, "spend", "is out of range");
    }
    if (exposure->contracts > TOC_EXPOSURE_CONTRACTS_MAX) {
        return wrong(why, "contracts", "are out of range");
    }
    if (exposure->route != TOC_ROUTE_UNKNOWN && toc_route_name(exposure->route) == NULL) {
        return wrong(why, "route", "is not known");
    }
    return TOC_OK;
}

static const char *exposure_key(const struct toc_record *record)
{
    return record->as.exposure->key;
}

const struct toc_record_kind toc_exposure_record_kind = {
    .type = TOC_RECORD_EXPOSURE,
    .name = "exposure",
    .stream = "exposure",
    .validate = toc_exposure_validate,
    .to_json = toc_exposure_to_json,
    .from_json = toc_exposure_from_json,
    .key = exposure_key,
};
