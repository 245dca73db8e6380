#include "ensure.h"
#include "record_exposure.h"
#include <stdio.h>
#include <string.h>

enum {
    POUNDS_IN_THOUSAND = 1000,
    NORM_BITS = 7,
    ROUTES = 7,
    BASES = 3,
    QUARTERS = 4,
    TEN = 10,
    YEAR_LEN = 4
};

static const char *const routes[ROUTES] = {
    [TOC_ROUTE_FRAMEWORK] = "framework", [TOC_ROUTE_DPS] = "dps",     [TOC_ROUTE_OPEN] = "open",
    [TOC_ROUTE_DIRECT] = "direct",       [TOC_ROUTE_QUOTE] = "quote", [TOC_ROUTE_WAIVER] = "waiver",
};
static const char *const bases[BASES] = {[TOC_ID_STATED] = "stated", [TOC_ID_FILLED] = "filled"};
/* By the place of the bit in enum toc_orgid_norm. */
static const char *const norms[NORM_BITS] = {"padded",  "case",  "punctuation", "prefix",
                                             "letters", "split", "unreplaced"};

const char *toc_route_name(enum toc_route route)
{
    return (unsigned)route < ROUTES ? routes[route] : NULL;
}

const char *toc_id_basis_name(enum toc_id_basis basis)
{
    return (unsigned)basis < BASES ? bases[basis] : NULL;
}

/* ---- out ---- */

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static json_t *norms_json(unsigned norm)
{
    json_t *const list = json_array();
    for (unsigned i = 0; i < NORM_BITS; i++) {
        if ((norm >> i & 1U) != 0 && json_array_append_new(list, json_string(norms[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *months_json(const struct toc_exposure *exposure)
{
    json_t *const list = json_array();
    for (unsigned i = 0; i < TOC_EXPOSURE_MONTHS; i++) {
        char text[TOC_EXPOSURE_QUARTER_LEN + 1];
        toc_exposure_month_text(exposure->year, i, text);
        if ((exposure->months >> i & 1U) != 0 &&
            json_array_append_new(list, json_string(text)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *quarter_json(unsigned quarter)
{
    char text[TOC_EXPOSURE_QUARTER_LEN + 1];
    if (quarter == 0) {
        return json_null();
    }
    toc_exposure_quarter_text(quarter, text);
    return json_string(text);
}

json_t *toc_exposure_to_json(const struct toc_record *record)
{
    const struct toc_exposure *const exposure = record->as.exposure;
    char category[TOC_CATEGORY_TEXT_LEN + 1];
    toc_category_text(exposure->category, category);
    json_t *const json =
        json_pack("{s:s, s:s?, s:o, s:o, s:b, s:s, s:I, s:o, s:I, s:I, s:o, s:o}", "name",
                  exposure->name, "number", exposure->id[0] == '\0' ? NULL : exposure->subject,
                  "number_basis", text_or_null(toc_id_basis_name(exposure->id_basis)), "normalised",
                  norms_json(exposure->norm), "kept_by_hand", exposure->kept_by_hand, "category",
                  category, "year", (json_int_t)exposure->year, "months", months_json(exposure),
                  "spend", (json_int_t)exposure->spend_thousands * POUNDS_IN_THOUSAND, "contracts",
                  (json_int_t)exposure->contracts, "earliest_end",
                  quarter_json(exposure->earliest_end_quarter), "route",
                  text_or_null(toc_route_name(exposure->route)));
    return json;
}

/* ---- in ---- */

struct parse {
    struct toc_arena *arena;
    struct toc_why *why;
    struct toc_exposure *exposure;
};

static enum toc_result wrong(const struct parse *parse, const char *key, const char *expected)
{
    return toc_fail(parse->why, TOC_INVALID, "%s: is not %s", key, expected);
}

static enum toc_result parse_name(const struct parse *parse, const json_t *json)
{
    if (!json_is_string(json)) {
        return wrong(parse, "name", "a text");
    }
    parse->exposure->name = toc_arena_text(
        parse->arena, toc_bytes_of(json_string_value(json), json_string_length(json)));
    return parse->exposure->name == NULL ? TOC_NOMEM : TOC_OK;
}

static enum toc_result parse_number(const struct parse *parse, const json_t *json)
{
    struct toc_orgid orgid;
    if (!json_is_string(json) || !toc_exposure_number(json_string_value(json), &orgid)) {
        return wrong(parse, "number", "a register's code, '-' and a number in its normal form");
    }
    parse->exposure->scheme = toc_scheme_code(orgid.scheme);
    parse->exposure->id = toc_arena_text(parse->arena, toc_bytes_text(orgid.id));
    return parse->exposure->id == NULL ? TOC_NOMEM : TOC_OK;
}

/* The index of a name, 0 for one that is none. */
static unsigned index_of(const char *const *names, unsigned len, unsigned first, const json_t *json)
{
    const char *const text = json_string_value(json);
    for (unsigned i = first; text != NULL && i < len; i++) {
        if (strcmp(names[i], text) == 0) {
            return i;
        }
    }
    return len;
}

static enum toc_result parse_basis(const struct parse *parse, const json_t *json)
{
    const unsigned basis = index_of(bases, BASES, 1, json);
    if (basis == BASES) {
        return wrong(parse, "number_basis", "stated or filled");
    }
    parse->exposure->id_basis = (enum toc_id_basis)basis;
    return TOC_OK;
}

static enum toc_result parse_norms(const struct parse *parse, const json_t *json)
{
    if (!json_is_array(json)) {
        return wrong(parse, "normalised", "a list");
    }
    for (size_t i = 0; i < json_array_size(json); i++) {
        const unsigned bit = index_of(norms, NORM_BITS, 0, json_array_get(json, i));
        if (bit == NORM_BITS) {
            return wrong(parse, "normalised", "a list of known changes");
        }
        parse->exposure->norm |= 1U << bit;
    }
    return TOC_OK;
}

static enum toc_result parse_kept(const struct parse *parse, const json_t *json)
{
    if (!json_is_boolean(json)) {
        return wrong(parse, "kept_by_hand", "true or false");
    }
    parse->exposure->kept_by_hand = json_is_true(json);
    return TOC_OK;
}

static enum toc_result parse_category(const struct parse *parse, const json_t *json)
{
    if (!json_is_string(json) ||
        toc_category_parse(json_string_value(json), &parse->exposure->category) != TOC_OK) {
        return wrong(parse, "category", "cpv-NN or sic-NN of a division there is, or unknown");
    }
    return TOC_OK;
}

static enum toc_result parse_integer(const struct parse *parse, const char *key, const json_t *json,
                                     json_int_t min, json_int_t max, json_int_t *ret_value)
{
    const json_int_t value = json_integer_value(json);
    if (!json_is_integer(json) || value < min || value > max) {
        return wrong(parse, key, "a whole number in range");
    }
    *ret_value = value;
    return TOC_OK;
}

static enum toc_result parse_year(const struct parse *parse, const json_t *json)
{
    json_int_t year = 0;
    TOC_TRY(
        parse_integer(parse, "year", json, TOC_EXPOSURE_YEAR_MIN, TOC_EXPOSURE_YEAR_MAX, &year));
    parse->exposure->year = (unsigned)year;
    return TOC_OK;
}

static enum toc_result parse_spend(const struct parse *parse, const json_t *json)
{
    const json_int_t max = TOC_EXPOSURE_THOUSANDS_MAX * POUNDS_IN_THOUSAND;
    json_int_t pounds = 0;
    TOC_TRY(parse_integer(parse, "spend", json, -max, max, &pounds));
    if (pounds % POUNDS_IN_THOUSAND != 0) {
        return wrong(parse, "spend", "rounded to 1,000 pounds");
    }
    parse->exposure->spend_thousands = pounds / POUNDS_IN_THOUSAND;
    return TOC_OK;
}

static enum toc_result parse_contracts(const struct parse *parse, const json_t *json)
{
    json_int_t contracts = 0;
    TOC_TRY(parse_integer(parse, "contracts", json, 0, TOC_EXPOSURE_CONTRACTS_MAX, &contracts));
    parse->exposure->contracts = (uint32_t)contracts;
    return TOC_OK;
}

static unsigned year_of(const char *text)
{
    unsigned year = 0;
    for (unsigned i = 0; i < YEAR_LEN; i++) {
        year = year * TEN + (unsigned)(text[i] - '0');
    }
    return year;
}

/* "2017-Q3" */
static enum toc_result parse_end(const struct parse *parse, const json_t *json)
{
    const char *const text = json_is_string(json) ? json_string_value(json) : "";
    if (strlen(text) != TOC_EXPOSURE_QUARTER_LEN || strspn(text, "0123456789") != YEAR_LEN ||
        strncmp(text + YEAR_LEN, "-Q", 2) != 0 || strspn(text + YEAR_LEN + 2, "1234") != 1) {
        return wrong(parse, "earliest_end", "a quarter such as 2017-Q3");
    }
    parse->exposure->earliest_end_quarter =
        year_of(text) * QUARTERS + (unsigned)(text[YEAR_LEN + 2] - '1');
    return TOC_OK;
}

static enum toc_result parse_route(const struct parse *parse, const json_t *json)
{
    const unsigned route = index_of(routes, ROUTES, 1, json);
    if (route == ROUTES) {
        return wrong(parse, "route", "one of its values");
    }
    parse->exposure->route = (enum toc_route)route;
    return TOC_OK;
}

/* After the year is known. */
static enum toc_result parse_months(const struct parse *parse, const json_t *json)
{
    if (!json_is_array(json)) {
        return wrong(parse, "months", "a list");
    }
    for (size_t i = 0; i < json_array_size(json); i++) {
        const char *const text = json_string_value(json_array_get(json, i));
        unsigned month = 0;
        for (; month < TOC_EXPOSURE_MONTHS; month++) {
            char known[TOC_EXPOSURE_QUARTER_LEN + 1];
            toc_exposure_month_text(parse->exposure->year, month, known);
            if (text != NULL && strcmp(text, known) == 0) {
                break;
            }
        }
        if (month == TOC_EXPOSURE_MONTHS) {
            return wrong(parse, "months", "a list of months of that year, such as 2015-10");
        }
        parse->exposure->months |= 1U << month;
    }
    return TOC_OK;
}

/* In this order: what months are depends on the year. */
static const struct {
    const char *key;
    bool required;
    enum toc_result (*parse)(const struct parse *parse, const json_t *json);
} rows[] = {
    {"name", true, parse_name},           {"number", false, parse_number},
    {"number_basis", false, parse_basis}, {"normalised", false, parse_norms},
    {"kept_by_hand", false, parse_kept},  {"category", true, parse_category},
    {"year", true, parse_year},           {"months", true, parse_months},
    {"spend", true, parse_spend},         {"contracts", false, parse_contracts},
    {"earliest_end", false, parse_end},   {"route", false, parse_route},
};

/* "type" is what toc_record_json adds; a misspelt key is told, not passed over. */
static enum toc_result check_keys(const struct parse *parse, const json_t *json)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, key, value)
    {
        bool known = strcmp(key, "type") == 0;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            known = known || strcmp(key, rows[i].key) == 0;
        }
        if (!known) {
            return toc_fail(parse->why, TOC_INVALID, "%.40s: is not a field of an exposure", key);
        }
    }
    return TOC_OK;
}

enum toc_result toc_exposure_from_json(struct toc_arena *arena, const json_t *json,
                                       struct toc_record *ret_record, struct toc_why *why)
{
    if (!json_is_object(json)) {
        return toc_fail(why, TOC_MALFORMED, "exposure: is not an object");
    }
    struct toc_exposure *const exposure = toc_arena_zero(arena, 1, sizeof *exposure);
    TOC_ENSURE(exposure != NULL, TOC_NOMEM);
    toc_exposure_init(exposure);
    const struct parse parse = {.arena = arena, .why = why, .exposure = exposure};
    TOC_TRY(check_keys(&parse, json));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const json_t *const value = json_object_get(json, rows[i].key);
        if (value != NULL && !json_is_null(value)) {
            TOC_TRY(rows[i].parse(&parse, value));
        } else if (rows[i].required) {
            return toc_fail(why, TOC_INVALID, "%s: is missing", rows[i].key);
        }
    }
    TOC_TRY(toc_exposure_derive(arena, exposure));
    *ret_record = (struct toc_record){.type = TOC_RECORD_EXPOSURE, .as.exposure = exposure};
    return TOC_OK;
}
