/* `contract_list`: the council's own contracts, a page at a time. */
#include "local_contract.h"

#include "ensure.h"
#include "suppliername.h"
#include "timetext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MAX 500
#define LIMIT_USUAL 100
#define ROWS_AT_ONCE 64
/* Rows one request looks at: a filter that matches nothing must not hold up the tick. */
#define ROWS_SEEN_MAX 5000
#define PAGE_ARENA_MAX ((size_t)ROWS_AT_ONCE * 8 * 1024)

/* Whose contracts: an id of `supplier_list`, a registry number, or a whole name. */
struct choice {
    bool chosen;
    int64_t supplier;        /* 0: not by id */
    struct toc_orgid number; /* TOC_SCHEME_NONE: not by number */
    char fold[TOC_FOLD_LEN_MAX + 1];
};

struct listing {
    struct choice choice;
    bool by_end;
    int32_t ends_before;
    bool incomplete;
    int64_t limit;
    int64_t after; /* the last row looked at */
    size_t seen;
    json_t *contracts;
    size_t len; /* as JSON */
    bool more;
};

static json_t *text_json(const char *text)
{
    return text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *day_json(int32_t day)
{
    char text[TOC_DATE_TEXT_LEN + 1];

    toc_date_text(day, text);
    return day == 0 ? json_null() : json_string(text);
}

static json_t *flag_json(enum toc_contract_flag flag)
{
    return flag == TOC_CONTRACT_UNKNOWN ? json_null() : json_boolean(flag == TOC_CONTRACT_TRUE);
}

/* What the Local Government Association's schema requires and the row does not have. The schema
 * requires a charity number and irrecoverable VAT of every row too, which few contracts can have:
 * they are not asked for. */
static json_t *missing_json(const struct toc_contract_row *row)
{
    const struct {
        const char *field;
        bool missing;
    } fields[] = {
        {"ContractReference", row->reference[0] == '\0'},
        {"OrganisationalUnit", row->unit[0] == '\0'},
        {"Description", row->description[0] == '\0'},
        {"StartDate", row->start == 0},
        {"EndDate", row->end == 0},
        {"ReviewDate", row->review == 0},
        {"ContractValue", row->value < 0},
        {"SupplierName", row->payee == 0},
        {"SMESupplier", row->sme == TOC_CONTRACT_UNKNOWN},
        {"VCSESupplier", row->vcse == TOC_CONTRACT_UNKNOWN},
        {"ProcessType", row->process[0] == '\0'},
    };
    json_t *list = json_array();
    int failed = 0;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i].missing) {
            failed |= json_array_append_new(list, json_string(fields[i].field));
        }
    }
    if (failed != 0) {
        json_decref(list);
        return NULL;
    }
    return list;
}

static int set_supplier(json_t *json, const struct toc_contract_row *row)
{
    char text[TOC_ORGID_LEN_MAX + 24] = "";
    int failed = 0;

    if (row->supplier != 0) {
        (void)snprintf(text, sizeof(text), "s%lld", (long long)row->supplier);
    }
    failed |= json_object_set_new(json, "supplier", text_json(text));
    failed |= json_object_set_new(json, "name", text_json(row->name));
    text[0] = '\0';
    if (row->scheme != TOC_SCHEME_NONE) {
        (void)snprintf(text, sizeof(text), "%s-%s", toc_scheme_code(row->scheme), row->number);
    }
    failed |= json_object_set_new(json, "number", text_json(text));
    return failed | json_object_set_new(json, "state",
                                        row->payee == 0 ? json_null()
                                                        : json_string(row->held ? "held" : "kept"));
}

/* Takes `missing`. */
static json_t *row_json(const struct toc_contract_row *row, json_t *missing)
{
    const char *route = toc_route_name(row->route);
    char id[24];

    (void)snprintf(id, sizeof(id), "c%lld", (long long)row->id);
    json_t *json = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o, s:o}",
        "id", id, "source", row->source, "reference", text_json(row->reference), "title",
        text_json(row->title), "unit", text_json(row->unit), "description",
        text_json(row->description), "ocid", text_json(row->ocid), "cpv", (json_int_t)row->cpv,
        "start", day_json(row->start), "end", day_json(row->end), "review", day_json(row->review),
        "extension", day_json(row->extension), "value",
        row->value < 0 ? json_null() : json_integer(row->value), "type", text_json(row->type),
        "process", text_json(row->process), "route", text_json(route == NULL ? "" : route), "sme",
        flag_json(row->sme), "vcse", flag_json(row->vcse), "missing", missing);
    if (json != NULL && set_supplier(json, row) != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

json_t *toc_local_contract_json(const struct toc_contract_row *row)
{
    json_t *missing = missing_json(row);

    return missing == NULL ? NULL : row_json(row, missing);
}

static bool is_chosen(const struct choice *choice, const struct toc_contract_row *row)
{
    char fold[TOC_FOLD_LEN_MAX + 1];

    if (!choice->chosen) {
        return true;
    }
    if (choice->supplier != 0) {
        return row->supplier == choice->supplier;
    }
    if (choice->number.scheme != TOC_SCHEME_NONE) {
        return row->scheme == choice->number.scheme && strcmp(row->number, choice->number.id) == 0;
    }
    return toc_name_fold(row->name, fold) == TOC_OK && strcmp(fold, choice->fold) == 0;
}

static enum toc_result give_row(struct listing *listing, const struct toc_contract_row *row)
{
    json_t *missing = missing_json(row);

    if (!is_chosen(&listing->choice, row) ||
        (listing->by_end && (row->end == 0 || row->end >= listing->ends_before)) ||
        (listing->incomplete && json_array_size(missing) == 0)) {
        json_decref(missing);
        return TOC_OK;
    }
    json_t *one = row_json(row, missing);
    TOC_ENSURE(one != NULL, TOC_NOMEM);
    listing->len += toc_local_json_len(one);
    return json_array_append_new(listing->contracts, one) == 0 ? TOC_OK : TOC_NOMEM;
}

static enum toc_result fill(struct toc_engine *engine, struct listing *listing)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *page = NULL;
    struct toc_contract_row rows[ROWS_AT_ONCE];
    size_t len = ROWS_AT_ONCE;

    TOC_TRY(toc_arena_new(PAGE_ARENA_MAX, &page));
    while (len == ROWS_AT_ONCE) {
        toc_arena_reset(page);
        TOC_TRY(toc_store_contracts(engine->store, listing->after, page, rows, ROWS_AT_ONCE, &len));
        for (size_t i = 0; i < len; i++) {
            listing->more = (int64_t)json_array_size(listing->contracts) >= listing->limit ||
                            listing->len >= TOC_LOCAL_REPLY_MAX || listing->seen >= ROWS_SEEN_MAX;
            if (listing->more) {
                return TOC_OK;
            }
            TOC_TRY(give_row(listing, &rows[i]));
            listing->seen++;
            listing->after = rows[i].id;
        }
    }
    return TOC_OK;
}

/* "s17"; "GB-CHC-289868"; "01234567" and "SC123456", which are companies. */
static bool read_id(const char *text, struct choice *choice)
{
    const char *first = strchr(text, '-');
    const char *second = first == NULL ? NULL : strchr(first + 1, '-');
    char scheme[TOC_ORGID_LEN_MAX] = "";
    size_t len = strspn(text + (text[0] == 's'), "0123456789");

    if (text[0] == 's' && len > 0 && len < 19 && text[1 + len] == '\0') {
        choice->supplier = strtoll(text + 1, NULL, 10);
        return choice->supplier > 0;
    }
    len = second == NULL ? 0 : (size_t)(second - text);
    if (len < sizeof(scheme)) {
        memcpy(scheme, text, len);
    }
    choice->number.scheme = len == 0 ? TOC_SCHEME_COH : toc_scheme_of(scheme);
    text = len == 0 ? text : second + 1;
    if (strlen(text) > TOC_ORGID_LEN_MAX || !toc_orgid_valid(choice->number.scheme, text)) {
        choice->number.scheme = TOC_SCHEME_NONE;
        return false;
    }
    memcpy(choice->number.id, text, strlen(text) + 1);
    return true;
}

static enum toc_result read_choice(const struct toc_local *local, struct choice *choice,
                                   struct toc_why *why)
{
    const char *text = NULL;

    TOC_TRY(toc_local_text(local, "supplier", &text, why));
    if (text == NULL) {
        return TOC_OK;
    }
    choice->chosen = true;
    if (!read_id(text, choice) && toc_name_fold(text, choice->fold) != TOC_OK) {
        return toc_fail(why, TOC_INVALID,
                        "supplier: is not an id such as s17, a registry number or a name");
    }
    return TOC_OK;
}

static enum toc_result read_filters(const struct toc_local *local, struct listing *listing,
                                    struct toc_why *why)
{
    const char *ends_before = NULL;

    TOC_TRY(read_choice(local, &listing->choice, why));
    TOC_TRY(toc_local_number(local, "limit", 1, LIMIT_MAX, &listing->limit, why));
    TOC_TRY(toc_local_number(local, "after", 0, INT64_MAX, &listing->after, why));
    TOC_TRY(toc_local_flag(local, "incomplete", &listing->incomplete, why));
    TOC_TRY(toc_local_text(local, "ends_before", &ends_before, why));
    if (ends_before != NULL) {
        if (toc_date_parse(ends_before, &listing->ends_before) != TOC_OK) {
            return toc_fail(why, TOC_INVALID, "ends_before: is not a date such as 2027-03-31");
        }
        listing->by_end = true;
    }
    return TOC_OK;
}

enum toc_result toc_local_contract_list(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    TOC_AUTO(toc_local_json_free) json_t *contracts = json_array();
    struct listing listing = {.limit = LIMIT_USUAL, .contracts = contracts};
    json_t *reply;
    int failed = 0;

    TOC_TRY(read_filters(local, &listing, why));
    TOC_ENSURE(contracts != NULL, TOC_NOMEM);
    TOC_TRY(fill(engine, &listing));
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "after",
                                  listing.more ? json_integer(listing.after) : json_null());
    failed |= json_object_set_new(reply, "contracts", toc_take(&contracts));
    return toc_local_answer(engine, local, reply, failed);
}
