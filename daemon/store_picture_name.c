/* Names in the picture: who writes which (spelling), how many councils do (title), and with which
 * numbers a folded name stands (link). */
#include "store_picture_part.h"

/* What a row is after a change; 0 and 0 when it is gone. */
struct counts {
    int64_t one;
    int64_t other;
};

static enum toc_result spelling_change(struct toc_store *store, const struct toc_naming *naming,
                                       int by, struct counts *ret_now)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SPELLING_PUT,
                           "INSERT INTO spelling (subject, member, name, records, numbered)"
                           " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"
                           " SET records = records + excluded.records,"
                           " numbered = numbered + excluded.numbered RETURNING records, numbered",
                           &query));
    toc_query_integer(&query, 1, naming->subject);
    toc_query_integer(&query, 2, naming->member);
    toc_query_text(&query, 3, naming->name);
    toc_query_integer(&query, 4, by);
    toc_query_integer(&query, 5, naming->numbered ? by : 0);
    TOC_TRY(toc_query_change(&query));
    *ret_now = (struct counts){toc_query_get(&query, 0), toc_query_get(&query, 1)};
    return TOC_OK;
}

static enum toc_result spelling_drop(struct toc_store *store, const struct toc_naming *naming)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SPELLING_DROP,
                           "DELETE FROM spelling WHERE subject = ?1 AND member = ?2 AND name = ?3",
                           &query));
    toc_query_integer(&query, 1, naming->subject);
    toc_query_integer(&query, 2, naming->member);
    toc_query_text(&query, 3, naming->name);
    return toc_query_run(&query);
}

static enum toc_result title_change(struct toc_store *store, const struct toc_naming *naming,
                                    struct counts by, struct counts *ret_now)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_TITLE_PUT,
                           "INSERT INTO title (subject, name, councils, numbered)"
                           " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE"
                           " SET councils = councils + excluded.councils,"
                           " numbered = numbered + excluded.numbered RETURNING councils, numbered",
                           &query));
    toc_query_integer(&query, 1, naming->subject);
    toc_query_text(&query, 2, naming->name);
    toc_query_integer(&query, 3, by.one);
    toc_query_integer(&query, 4, by.other);
    TOC_TRY(toc_query_change(&query));
    *ret_now = (struct counts){toc_query_get(&query, 0), toc_query_get(&query, 1)};
    return TOC_OK;
}

static enum toc_result title_drop(struct toc_store *store, const struct toc_naming *naming)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_TITLE_DROP,
                           "DELETE FROM title WHERE subject = ?1 AND name = ?2", &query));
    toc_query_integer(&query, 1, naming->subject);
    toc_query_text(&query, 2, naming->name);
    return toc_query_run(&query);
}

/* `names` counts the ways of writing it that fold to the same. */
static enum toc_result link_change(struct toc_store *store, const struct toc_naming *naming, int by,
                                   int64_t *ret_names)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_LINK_PUT,
                           "INSERT INTO link (fold, subject, names) VALUES (?1, ?2, ?3)"
                           " ON CONFLICT DO UPDATE SET names = names + excluded.names"
                           " RETURNING names",
                           &query));
    toc_query_text(&query, 1, naming->folded);
    toc_query_integer(&query, 2, naming->subject);
    toc_query_integer(&query, 3, by);
    TOC_TRY(toc_query_change(&query));
    *ret_names = toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result link_drop(struct toc_store *store, const struct toc_naming *naming)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_LINK_DROP,
                           "DELETE FROM link WHERE fold = ?1 AND subject = ?2", &query));
    toc_query_text(&query, 1, naming->folded);
    toc_query_integer(&query, 2, naming->subject);
    return toc_query_run(&query);
}

/* By 1: was it the first? By -1: was it the last? */
static bool crossed(int64_t now, int by)
{
    return by > 0 ? now == 1 : now == 0;
}

static enum toc_result link_follow(struct toc_store *store, const struct toc_naming *naming, int by,
                                   bool *ret_numbers)
{
    int64_t names;
    TOC_TRY(link_change(store, naming, by, &names));
    *ret_numbers = crossed(names, by);
    return names == 0 ? link_drop(store, naming) : TOC_OK;
}

enum toc_result toc_naming_change(struct toc_store *store, const struct toc_naming *naming, int by,
                                  bool *ret_names, bool *ret_numbers)
{
    struct counts spelt;
    struct counts titled;
    *ret_names = false;
    *ret_numbers = false;
    TOC_TRY(spelling_change(store, naming, by, &spelt));
    if (spelt.one == 0) {
        TOC_TRY(spelling_drop(store, naming));
    }
    const bool council = crossed(spelt.one, by);
    const bool number = naming->numbered && crossed(spelt.other, by);
    if (!council && !number) {
        return TOC_OK;
    }
    *ret_names = council;
    TOC_TRY(
        title_change(store, naming, (struct counts){council ? by : 0, number ? by : 0}, &titled));
    if (titled.one == 0) {
        TOC_TRY(title_drop(store, naming));
    }
    return number && crossed(titled.other, by) ? link_follow(store, naming, by, ret_numbers)
                                               : TOC_OK;
}

enum toc_result toc_naming_numbers(struct toc_store *store, const char *folded, int64_t *ret_only,
                                   unsigned *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    unsigned len = 0;
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_LINK_FIND,
                           "SELECT subject FROM link WHERE fold = ?1 LIMIT 2", &query));
    toc_query_text(&query, 1, folded);
    for (; len < 2; len++) {
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        *ret_only = toc_query_get(&query, 0);
    }
    *ret_len = len;
    return TOC_OK;
}
