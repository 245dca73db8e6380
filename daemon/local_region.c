/* `region_suppliers`: the picture of the region, a page at a time; and what all requests on it
 * share.
 */
#include "local_region.h"

#include "ensure.h"
#include "ident.h"

#include <string.h>

#define LIMIT_USUAL 50
#define ROWS_AT_ONCE 100
#define ARENA_MAX ((size_t)16 * 1024 * 1024)
/* A page of rows stops here: the longest rows, and every member's coverage, still fit a message. */
#define ROWS_LEN_MAX (TOC_LOCAL_REPLY_MAX / 2)

/* ---- what both share ---- */

enum toc_result toc_region_year(struct toc_engine *engine, const struct toc_local *local,
                                struct toc_picture_year ret_years[TOC_REGION_YEARS_MAX],
                                size_t *ret_len, unsigned *ret_year, struct toc_why *why)
{
    int64_t year = 0;
    uint32_t members = 0;

    TOC_TRY(
        toc_local_number(local, "year", TOC_EXPOSURE_YEAR_MIN, TOC_EXPOSURE_YEAR_MAX, &year, why));
    TOC_TRY(toc_store_picture_years(engine->store, ret_years, TOC_REGION_YEARS_MAX, ret_len));
    if (year != 0) {
        *ret_year = (unsigned)year;
        return TOC_OK;
    }
    *ret_year = 0;
    for (size_t i = 0; i < *ret_len; i++) {
        if (ret_years[i].members >= members) {
            members = ret_years[i].members;
            *ret_year = ret_years[i].year;
        }
    }
    return TOC_OK;
}

json_t *toc_region_year_json(unsigned year)
{
    return year == 0 ? json_null() : json_integer((json_int_t)year);
}

json_t *toc_region_months_json(unsigned year, unsigned months)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < TOC_EXPOSURE_MONTHS; i++) {
        char text[TOC_EXPOSURE_QUARTER_LEN + 1];
        toc_exposure_month_text(year, i, text);
        if ((months >> i & 1U) != 0 && json_array_append_new(list, json_string(text)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

json_t *toc_region_category_json(unsigned code)
{
    struct toc_category category;
    char text[TOC_CATEGORY_TEXT_LEN + 1];

    if (!toc_category_of_code(code, &category)) {
        return json_null();
    }
    toc_category_text(category, text);
    return json_string(text);
}

json_t *toc_region_number_json(const char *subject)
{
    return strncmp(subject, "name:", strlen("name:")) == 0 ? json_null() : json_string(subject);
}

/* ---- region_suppliers ---- */

struct region {
    struct toc_engine *engine;
    struct toc_picture_ask ask;
    const struct toc_picture_member *members;
    size_t members_len;
    uint16_t *months; /* by the member's number */
    char search[TOC_FOLD_LEN_MAX + 1];
    const char *number; /* `search` as a subject, if it could be one; else NULL */
    json_t *rows;
    size_t len; /* as JSON */
    bool more;  /* behind `place` */
    char place[TOC_PICTURE_PLACE_LEN_MAX + 1];
};

static enum toc_result read_sort(const struct toc_local *local, enum toc_picture_sort *ret_sort,
                                 struct toc_why *why)
{
    static const char *const sorts[] = {[TOC_PICTURE_COUNCILS] = "councils",
                                        [TOC_PICTURE_SPEND] = "spend",
                                        [TOC_PICTURE_NAME] = "name"};
    const char *text = sorts[TOC_PICTURE_COUNCILS];

    TOC_TRY(toc_local_text(local, "sort", &text, why));
    for (unsigned i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
        if (strcmp(sorts[i], text) == 0) {
            *ret_sort = (enum toc_picture_sort)i;
            return TOC_OK;
        }
    }
    return toc_fail(why, TOC_INVALID, "sort: is not councils, spend or name");
}

static enum toc_result read_category(const struct toc_local *local, unsigned *ret_code,
                                     struct toc_why *why)
{
    const char *text = NULL;
    struct toc_category category;

    TOC_TRY(toc_local_text(local, "category", &text, why));
    if (text != NULL) {
        if (toc_category_parse(text, &category) != TOC_OK) {
            return toc_fail(why, TOC_INVALID,
                            "category: is not a division such as cpv-45 or sic-41, nor unknown");
        }
        *ret_code = toc_category_code(category);
    }
    return TOC_OK;
}

static enum toc_result read_search(const struct toc_local *local, struct toc_arena *arena,
                                   struct region *region, struct toc_why *why)
{
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    const char *text = NULL;
    size_t len = 0;

    TOC_TRY(toc_local_text(local, "search", &text, why));
    if (text == NULL) {
        return TOC_OK;
    }
    if (strlen(text) > TOC_NAME_LEN_MAX || toc_name_fold(text, region->search) != TOC_OK) {
        return toc_fail(why, TOC_INVALID,
                        "search: is longer than %d bytes, or has no letter or digit in it",
                        TOC_NAME_LEN_MAX);
    }
    if (toc_exposure_number(text, &ids[0])) {
        region->number = text;
    } else if (toc_orgid_parse(TOC_SCHEME_COH, text, ids, &len, NULL) == TOC_OK && len == 1) {
        struct toc_exposure exposure;
        toc_exposure_init(&exposure);
        exposure.scheme = toc_scheme_code(ids[0].scheme);
        exposure.id = ids[0].id;
        TOC_TRY(toc_exposure_derive(arena, &exposure));
        region->number = exposure.subject;
    }
    return TOC_OK;
}

static enum toc_result read_ask(const struct toc_local *local, struct toc_arena *arena,
                                struct region *region, struct toc_why *why)
{
    struct toc_picture_ask *ask = &region->ask;
    int64_t councils = 1;
    int64_t limit = LIMIT_USUAL;

    TOC_TRY(read_category(local, &ask->category, why));
    TOC_TRY(toc_local_number(local, "councils_min", 1, TOC_MEMBERS_MAX, &councils, why));
    TOC_TRY(toc_local_number(local, "limit", 1, TOC_PICTURE_PAGE_MAX, &limit, why));
    TOC_TRY(toc_local_text(local, "member", &ask->member, why));
    if (ask->member != NULL && !toc_ident_member(ask->member)) {
        return toc_fail(why, TOC_INVALID, "member: is not a member's id");
    }
    TOC_TRY(read_search(local, arena, region, why));
    TOC_TRY(read_sort(local, &ask->sort, why));
    TOC_TRY(toc_local_text(local, "after", &ask->after, why));
    ask->councils_min = (uint32_t)councils;
    ask->limit = (size_t)limit;
    ask->search = region->search;
    return TOC_OK;
}

/* By the member's number, so that a row's members are compared at once. */
static enum toc_result read_coverage(struct region *region, struct toc_arena *arena)
{
    struct toc_picture_member *members = NULL;

    TOC_TRY(toc_store_picture_members(region->engine->store, region->ask.year, arena, &members,
                                      &region->members_len));
    region->members = members;
    region->months = toc_arena_zero(arena, (size_t)UINT16_MAX + 1, sizeof(*region->months));
    TOC_ENSURE(region->months != NULL, TOC_NOMEM);
    for (size_t i = 0; i < region->members_len; i++) {
        region->months[members[i].id & UINT16_MAX] = (uint16_t)members[i].months;
    }
    return TOC_OK;
}

static bool months_differ(const struct region *region, const struct toc_picture_row *row)
{
    for (uint32_t i = 1; i < row->councils; i++) {
        if (region->months[row->members[i]] != region->months[row->members[0]]) {
            return true;
        }
    }
    return false;
}

static json_t *categories_json(const struct toc_picture_row *row)
{
    json_t *list = json_array();

    for (size_t i = 0; i < row->categories_len; i++) {
        if (json_array_append_new(list, toc_region_category_json(row->categories[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static enum toc_result give_row(struct region *region, const struct toc_picture_row *row)
{
    static const char *const matches[] = {[TOC_PICTURE_BY_NUMBER] = "number",
                                          [TOC_PICTURE_BY_NAME] = "name",
                                          [TOC_PICTURE_BY_BOTH] = "both"};
    json_t *one = json_pack(
        "{s:s, s:s, s:o, s:I, s:I, s:o, s:s, s:b, s:b}", "id", row->subject, "name", row->name,
        "number", toc_region_number_json(row->subject), "councils", (json_int_t)row->councils,
        "spend", (json_int_t)row->spend_thousands * TOC_REGION_POUNDS, "categories",
        categories_json(row), "matched_on", matches[row->match], "months_differ",
        (int)months_differ(region, row), "ambiguous", (int)row->ambiguous);

    region->len += one == NULL ? 0 : toc_local_json_len(one);
    return json_array_append_new(region->rows, one) == 0 ? TOC_OK : TOC_NOMEM;
}

static bool row_has_member(const struct region *region, const struct toc_picture_row *row)
{
    for (size_t i = 0; region->ask.member != NULL && i < region->members_len; i++) {
        if (strcmp(region->members[i].publisher, region->ask.member) != 0) {
            continue;
        }
        for (uint32_t k = 0; k < row->councils; k++) {
            if (row->members[k] == region->members[i].id) {
                return true;
            }
        }
    }
    return region->ask.member == NULL;
}

/* A search that is a number of the picture finds just that. */
static enum toc_result give_number(struct region *region, struct toc_arena *arena, bool *ret_given)
{
    struct toc_picture_row row;

    *ret_given = false;
    if (region->number == NULL || region->ask.after[0] != '\0') {
        return TOC_OK;
    }
    const enum toc_result found = toc_store_picture_get(
        region->engine->store, region->number, region->ask.year, region->ask.category, arena, &row);
    if (found == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(found);
    *ret_given = true;
    return row.councils >= region->ask.councils_min && row_has_member(region, &row)
               ? give_row(region, &row)
               : TOC_OK;
}

/* In parts, so that the arena and the reply stay small. */
static enum toc_result give_rows(struct region *region, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_picture_row rows[ROWS_AT_ONCE];
    struct toc_picture_page page = {.rows = rows};
    struct toc_picture_ask ask = region->ask;
    size_t left = ask.limit;

    ask.seen_max = TOC_PICTURE_SEEN_MAX;
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    do {
        toc_arena_reset(arena);
        ask.limit = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
        const enum toc_result result =
            toc_store_picture_page(region->engine->store, &ask, arena, &page);
        if (result == TOC_INVALID) {
            return toc_fail(why, result, "after: is not of the page before, in the same order");
        }
        TOC_TRY(result);
        for (size_t i = 0; i < page.len; i++) {
            TOC_TRY(give_row(region, &rows[i]));
        }
        left -= page.len;
        ask.seen_max -= page.seen < ask.seen_max ? page.seen : ask.seen_max;
        memcpy(region->place, page.place, sizeof(region->place));
        ask.after = region->place;
    } while (page.more && ask.seen_max > 0 && left > 0 && region->len < ROWS_LEN_MAX);
    region->more = page.more;
    return TOC_OK;
}

/* Not counted, where counting would mean looking at every row. */
static json_t *total_json(const struct region *region)
{
    uint64_t total = 0;

    if (region->ask.member != NULL || region->search[0] != '\0') {
        return json_null();
    }
    return toc_store_picture_total(region->engine->store, region->ask.year, region->ask.category,
                                   region->ask.councils_min, &total) == TOC_OK
               ? json_integer((json_int_t)total)
               : NULL;
}

static json_t *coverage_json(const struct region *region)
{
    json_t *list = json_array();

    for (size_t i = 0; i < region->members_len; i++) {
        json_t *one =
            json_pack("{s:s, s:o}", "member", region->members[i].publisher, "months",
                      toc_region_months_json(region->ask.year, region->members[i].months));
        if (json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *years_json(const struct toc_picture_year *years, size_t len)
{
    json_t *list = json_array();

    for (size_t i = 0; i < len; i++) {
        if (json_array_append_new(list, json_integer((json_int_t)years[i].year)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

enum toc_result toc_local_region_suppliers(struct toc_engine *engine, const struct toc_local *local,
                                           struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *rows = json_array();
    struct toc_picture_year years[TOC_REGION_YEARS_MAX];
    struct region region = {
        .engine = engine, .ask = {.category = TOC_PICTURE_ALL, .after = ""}, .rows = rows};
    uint64_t ambiguous = 0;
    size_t years_len = 0;
    bool given = false;
    json_t *reply;
    int failed = 0;

    TOC_ENSURE(rows != NULL, TOC_NOMEM);
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_region_year(engine, local, years, &years_len, &region.ask.year, why));
    TOC_TRY(read_ask(local, arena, &region, why));
    TOC_TRY(read_coverage(&region, arena));
    TOC_TRY(toc_store_picture_ambiguous(engine->store, region.ask.year, &ambiguous));
    TOC_TRY(give_number(&region, arena, &given));
    if (!given) {
        TOC_TRY(give_rows(&region, why));
    }
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "year", toc_region_year_json(region.ask.year));
    failed |= json_object_set_new(reply, "years", years_json(years, years_len));
    failed |= json_object_set_new(reply, "coverage", coverage_json(&region));
    failed |= json_object_set_new(reply, "suppliers", toc_take(&rows));
    failed |= json_object_set_new(reply, "total", total_json(&region));
    failed |= json_object_set_new(reply, "ambiguous", json_integer((json_int_t)ambiguous));
    failed |=
        json_object_set_new(reply, "after", region.more ? json_string(region.place) : json_null());
    return toc_local_answer(engine, local, reply, failed);
}
