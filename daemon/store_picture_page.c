/* Pages of the picture. An order is an index; a page walks it from a place on, a slab of candidates
 * at a time, and looks at no more than TOC_PICTURE_SEEN_MAX of them. */
#include "store_picture_part.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLAB = 64,
    FETCHED = 4,
    HEX = 16,
    MEMBER_LEN = 2,
    CATEGORIES_MAX = TOC_CATEGORY_CODE_MAX + 1
};

/* Where a candidate stands in the order. */
struct place {
    int64_t councils;
    int64_t spend;
    int64_t tie;
    char sort[TOC_FOLD_LEN_MAX + 1];
    char key[TOC_EXPOSURE_SUBJECT_LEN_MAX + 1];
};
struct candidate {
    int64_t subject;
    struct place place;
};

/* ---- places as text ---- */

static bool read_number(const char **text, int base, char end, int64_t *ret_number)
{
    char *rest;
    errno = 0;
    const long long number = strtoll(*text, &rest, base);
    if (errno != 0 || rest == *text || *rest != end) {
        return false;
    }
    *ret_number = number;
    *text = end == '\0' ? rest : rest + 1;
    return true;
}

static bool read_name_place(const char *text, struct place *place)
{
    const char *const slash = strchr(text, '/'); /* there is none in a folded name */
    if (slash == NULL || (size_t)(slash - text) >= sizeof place->sort ||
        strlen(slash + 1) >= sizeof place->key) {
        return false;
    }
    memcpy(place->sort, text, (size_t)(slash - text));
    place->sort[slash - text] = '\0';
    memcpy(place->key, slash + 1, strlen(slash + 1) + 1);
    return true;
}

static enum toc_result read_place(const struct toc_picture_ask *ask, struct place *ret_place)
{
    struct place place = {.councils = INT64_MAX, .spend = INT64_MAX, .tie = INT64_MAX};
    const char *text = ask->after;
    bool good = true;
    if (text[0] != '\0') {
        switch (ask->sort) {
        case TOC_PICTURE_COUNCILS:
            good = read_number(&text, 10, '.', &place.councils) &&
                   read_number(&text, 10, '.', &place.spend) &&
                   read_number(&text, HEX, '\0', &place.tie);
            break;
        case TOC_PICTURE_SPEND:
            good = read_number(&text, 10, '.', &place.spend) &&
                   read_number(&text, HEX, '\0', &place.tie);
            break;
        case TOC_PICTURE_NAME:
            good = read_name_place(text, &place);
            break;
        }
    }
    TOC_ENSURE(good, TOC_INVALID);
    *ret_place = place;
    return TOC_OK;
}

static void write_place(const struct toc_picture_ask *ask, const struct place *place,
                        char *ret_text)
{
    const size_t room = TOC_PICTURE_PLACE_LEN_MAX + 1;
    switch (ask->sort) {
    case TOC_PICTURE_COUNCILS:
        (void)snprintf(ret_text, room, "%" PRId64 ".%" PRId64 ".%012" PRIx64, place->councils,
                       place->spend, (uint64_t)place->tie);
        return;
    case TOC_PICTURE_SPEND:
        (void)snprintf(ret_text, room, "%" PRId64 ".%012" PRIx64, place->spend,
                       (uint64_t)place->tie);
        return;
    case TOC_PICTURE_NAME:
        (void)snprintf(ret_text, room, "%s/%s", place->sort, place->key);
        return;
    }
    TOC_UNREACHABLE();
}

/* ---- the orders ---- */

static enum toc_result open_order(struct toc_store *store, const struct toc_picture_ask *ask,
                                  const struct place *after, struct toc_query *query)
{
    switch (ask->sort) {
    case TOC_PICTURE_COUNCILS:
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PAGE_COUNCILS,
                               "SELECT p.subject, s.sort, s.key, p.councils, p.spend, p.tie"
                               " FROM picture AS p CROSS JOIN subject AS s ON s.id = p.subject"
                               " WHERE p.year = ?1 AND p.category = ?2"
                               " AND (p.councils, p.spend, p.tie) < (?3, ?4, ?5)"
                               " ORDER BY p.councils DESC, p.spend DESC, p.tie DESC LIMIT ?6",
                               query));
        toc_query_integer(query, 3, after->councils);
        break;
    case TOC_PICTURE_SPEND:
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PAGE_SPEND,
                               "SELECT p.subject, s.sort, s.key, p.councils, p.spend, p.tie"
                               " FROM picture AS p CROSS JOIN subject AS s ON s.id = p.subject"
                               " WHERE p.year = ?1 AND p.category = ?2"
                               " AND (p.spend, p.tie) < (?4, ?5)"
                               " ORDER BY p.spend DESC, p.tie DESC LIMIT ?6",
                               query));
        break;
    case TOC_PICTURE_NAME:
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PAGE_NAME,
                               "SELECT id, sort, key FROM subject WHERE (sort, key) > (?1, ?2)"
                               " ORDER BY sort, key LIMIT ?3",
                               query));
        toc_query_text(query, 1, after->sort);
        toc_query_text(query, 2, after->key);
        toc_query_integer(query, 3, SLAB);
        return TOC_OK;
    }
    toc_query_integer(query, 1, ask->year);
    toc_query_integer(query, 2, ask->category);
    toc_query_integer(query, 4, after->spend);
    toc_query_integer(query, 5, after->tie);
    toc_query_integer(query, 6, SLAB);
    return TOC_OK;
}

static enum toc_result read_slab(struct toc_store *store, const struct toc_picture_ask *ask,
                                 const struct place *after, struct candidate ret_slab[SLAB],
                                 size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;
    TOC_TRY(open_order(store, ask, after, &query));
    for (; len < SLAB; len++) {
        struct candidate *const candidate = &ret_slab[len];
        struct place *const place = &candidate->place;
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        candidate->subject = toc_query_get(&query, 0);
        TOC_TRY(toc_query_get_name(&query, 1, place->sort, sizeof place->sort));
        TOC_TRY(toc_query_get_name(&query, 2, place->key, sizeof place->key));
        if (ask->sort != TOC_PICTURE_NAME) {
            place->councils = toc_query_get(&query, 3);
            place->spend = toc_query_get(&query, 4);
            place->tie = toc_query_get(&query, 5);
        }
    }
    *ret_len = len;
    return TOC_OK;
}

/* ---- one row ---- */

static bool has_member(struct toc_bytes members, int64_t member)
{
    size_t from = 0;
    size_t to = members.len / MEMBER_LEN;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int64_t at = members.data[middle * MEMBER_LEN] | members.data[middle * MEMBER_LEN + 1]
                                                                   << 8;
        if (at == member) {
            return true;
        }
        from = at < member ? middle + 1 : from;
        to = at < member ? to : middle;
    }
    return false;
}

/* member 0: whoever. */
static bool fits(const struct toc_picture_ask *ask, int64_t member, int64_t councils,
                 struct toc_bytes members)
{
    return councils >= ask->councils_min && (member == 0 || has_member(members, member));
}

static enum toc_result read_categories(struct toc_store *store, int64_t subject, unsigned year,
                                       struct toc_arena *arena, struct toc_picture_row *row)
{
    unsigned codes[CATEGORIES_MAX];
    size_t len = 0;
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PICTURE_CATEGORIES,
                           "SELECT category FROM picture"
                           " WHERE subject = ?1 AND year = ?2 AND category < ?3 ORDER BY category",
                           &query));
    toc_query_integer(&query, 1, subject);
    toc_query_integer(&query, 2, year);
    toc_query_integer(&query, 3, TOC_PICTURE_ALL);
    for (; len < CATEGORIES_MAX; len++) {
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        codes[len] = (unsigned)toc_query_get(&query, 0);
    }
    struct toc_bytes copy;
    TOC_TRY(toc_arena_copy(arena, toc_bytes_of(codes, len * sizeof codes[0]), &copy));
    row->categories = (const unsigned *)(const void *)copy.data; /* aligned by the arena */
    row->categories_len = len;
    return TOC_OK;
}

static enum toc_result read_row(const struct toc_query *query, struct toc_bytes members,
                                struct toc_arena *arena, struct toc_picture_row *ret_row)
{
    const int64_t records = toc_query_get(query, 4);
    const int64_t nameless = toc_query_get(query, 5);
    struct toc_picture_row row = {.ambiguous = toc_query_get(query, 2) != 0,
                                  .spend_thousands = toc_query_get(query, 3),
                                  .match = nameless == 0         ? TOC_PICTURE_BY_NUMBER
                                           : nameless == records ? TOC_PICTURE_BY_NAME
                                                                 : TOC_PICTURE_BY_BOTH,
                                  .councils = (uint32_t)(members.len / MEMBER_LEN)};
    uint16_t *const ids = toc_arena_get(arena, members.len);
    TOC_ENSURE(ids != NULL, TOC_NOMEM);
    for (size_t i = 0; i < row.councils; i++) {
        ids[i] = (uint16_t)(members.data[i * MEMBER_LEN] | members.data[i * MEMBER_LEN + 1] << 8);
    }
    row.members = ids;
    TOC_TRY(toc_query_get_text(query, 0, arena, &row.subject));
    TOC_TRY(toc_query_get_text(query, 1, arena, &row.name));
    *ret_row = row;
    return TOC_OK;
}

/* TOC_NOTFOUND: it is not in the year and category, or does not fit. */
static enum toc_result take_row(struct toc_store *store, const struct toc_picture_ask *ask,
                                int64_t member, int64_t subject, struct toc_arena *arena,
                                struct toc_picture_row *ret_row)
{
    struct toc_picture_row row;
    {
        struct toc_bytes members;
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PICTURE_ROW,
                               "SELECT s.key, s.name, s.ambiguous, p.spend, p.records,"
                               " p.nameless, p.members, p.councils"
                               " FROM picture AS p CROSS JOIN subject AS s ON s.id = p.subject"
                               " WHERE p.subject = ?1 AND p.year = ?2 AND p.category = ?3",
                               &query));
        toc_query_integer(&query, 1, subject);
        toc_query_integer(&query, 2, ask->year);
        toc_query_integer(&query, 3, ask->category);
        TOC_TRY(toc_query_row(&query));
        TOC_TRY(toc_query_borrow(&query, 6, &members));
        TOC_ENSURE(fits(ask, member, toc_query_get(&query, 7), members), TOC_NOTFOUND);
        TOC_TRY(read_row(&query, members, arena, &row));
    }
    TOC_TRY(read_categories(store, subject, ask->year, arena, &row));
    *ret_row = row;
    return TOC_OK;
}

/* ---- what store_picture.h promises ---- */

/* A page under way. */
struct walk {
    struct toc_store *store;
    const struct toc_picture_ask *ask;
    int64_t member;
    struct toc_arena *arena;
    struct place place; /* the last that was looked at */
};

/* False: the page ends before this candidate. */
static bool goes_on(const struct walk *walk, const struct candidate *candidate,
                    struct toc_picture_page *page)
{
    if (walk->ask->sort == TOC_PICTURE_COUNCILS &&
        candidate->place.councils < walk->ask->councils_min) {
        return false; /* nor do those behind it fit */
    }
    page->more = page->len == walk->ask->limit || page->seen >= walk->ask->seen_max;
    return !page->more;
}

static enum toc_result fill(struct walk *walk, struct toc_picture_page *page)
{
    struct candidate slab[SLAB];
    size_t len = SLAB;
    while (len == SLAB) {
        TOC_TRY(read_slab(walk->store, walk->ask, &walk->place, slab, &len));
        for (size_t i = 0; i < len; i++) {
            if (!goes_on(walk, &slab[i], page)) {
                return TOC_OK;
            }
            page->seen++;
            if (strstr(slab[i].place.sort, walk->ask->search) != NULL) {
                const enum toc_result taken =
                    take_row(walk->store, walk->ask, walk->member, slab[i].subject, walk->arena,
                             &page->rows[page->len]);
                TOC_ENSURE(taken == TOC_OK || taken == TOC_NOTFOUND, taken);
                page->len += taken == TOC_OK;
                page->seen += FETCHED - 1;
            }
            walk->place = slab[i].place;
        }
    }
    return TOC_OK;
}

enum toc_result toc_store_picture_page(struct toc_store *store, const struct toc_picture_ask *ask,
                                       struct toc_arena *arena, struct toc_picture_page *page)
{
    struct walk walk = {.store = store, .ask = ask, .arena = arena};
    TOC_ASSERT(ask->limit <= TOC_PICTURE_PAGE_MAX);
    TOC_TRY(read_place(ask, &walk.place));
    page->len = 0;
    page->seen = 0;
    page->more = false;
    if (ask->member != NULL) {
        const enum toc_result found =
            toc_picture_member_id(store, ask->member, false, &walk.member);
        if (found == TOC_NOTFOUND) {
            return TOC_OK; /* nobody has nothing */
        }
        TOC_TRY(found);
    }
    TOC_TRY(fill(&walk, page));
    write_place(ask, &walk.place, page->place);
    return TOC_OK;
}

enum toc_result toc_store_picture_get(struct toc_store *store, const char *subject, unsigned year,
                                      unsigned category, struct toc_arena *arena,
                                      struct toc_picture_row *ret_row)
{
    const struct toc_picture_ask ask = {.year = year, .category = category, .search = ""};
    struct toc_subject found;
    TOC_TRY(toc_subject_find(store, subject, &found));
    return take_row(store, &ask, 0, found.id, arena, ret_row);
}
