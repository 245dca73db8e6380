/* Suppliers of the picture: a number of a register, or a folded name, and the name that is shown.
 */
#include "store_picture_part.h"
#include <string.h>

enum { TIE_BYTES = 6 };

enum toc_result toc_subject_find(struct toc_store *store, const char *key,
                                 struct toc_subject *ret_subject)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUBJECT_FIND,
                           "SELECT id, tie, ambiguous FROM subject WHERE key = ?1", &query));
    toc_query_text(&query, 1, key);
    TOC_TRY(toc_query_row(&query));
    *ret_subject = (struct toc_subject){.id = toc_query_get(&query, 0),
                                        .tie = toc_query_get(&query, 1),
                                        .ambiguous = toc_query_get(&query, 2) != 0};
    return TOC_OK;
}

enum toc_result toc_subject_get(struct toc_store *store, int64_t id,
                                struct toc_subject *ret_subject)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUBJECT_GET,
                           "SELECT tie, ambiguous FROM subject WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    TOC_TRY(toc_query_row(&query));
    *ret_subject = (struct toc_subject){
        .id = id, .tie = toc_query_get(&query, 0), .ambiguous = toc_query_get(&query, 1) != 0};
    return TOC_OK;
}

static int64_t tie_of(const char *key)
{
    const struct toc_hash hash = toc_digest_plain(toc_bytes_text(key));
    int64_t tie = 0;
    for (size_t i = 0; i < TIE_BYTES; i++) {
        tie = tie << 8 | hash.bytes[i];
    }
    return tie;
}

enum toc_result toc_subject_make(struct toc_store *store, const char *key, bool ambiguous,
                                 struct toc_subject *ret_subject)
{
    const int64_t tie = tie_of(key);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUBJECT_ADD,
                           "INSERT INTO subject (key, tie, ambiguous, name, sort)"
                           " VALUES (?1, ?2, ?3, '', '')",
                           &query));
    toc_query_text(&query, 1, key);
    toc_query_integer(&query, 2, tie);
    toc_query_integer(&query, 3, ambiguous);
    TOC_TRY(toc_query_run(&query));
    *ret_subject = (struct toc_subject){
        .id = sqlite3_last_insert_rowid(store->group.handle), .tie = tie, .ambiguous = ambiguous};
    return TOC_OK;
}

/* The name most councils write; TOC_NOTFOUND: there is none. *ret_shown: it is shown already. */
static enum toc_result best_name(struct toc_store *store, int64_t id,
                                 char ret_name[TOC_NAME_LEN_MAX + 1], bool *ret_shown)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUBJECT_BEST,
                           "SELECT t.name, s.name = t.name FROM title AS t"
                           " CROSS JOIN subject AS s ON s.id = t.subject WHERE t.subject = ?1"
                           " ORDER BY t.councils DESC, t.name LIMIT 1",
                           &query));
    toc_query_integer(&query, 1, id);
    TOC_TRY(toc_query_row(&query));
    *ret_shown = toc_query_get(&query, 1) != 0;
    return toc_query_get_name(&query, 0, ret_name, TOC_NAME_LEN_MAX + 1);
}

static enum toc_result show(struct toc_store *store, int64_t id, const char *name)
{
    char sort[TOC_FOLD_LEN_MAX + 1] = "";
    if (toc_name_fold(name, sort) != TOC_OK) {
        return toc_store_damaged(store, &store->group); /* records with such names are not valid */
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUBJECT_NAME,
                           "UPDATE subject SET name = ?2, sort = ?3 WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    toc_query_text(&query, 2, name);
    toc_query_text(&query, 3, sort);
    return toc_query_run(&query);
}

enum toc_result toc_subject_settle(struct toc_store *store, int64_t id)
{
    char name[TOC_NAME_LEN_MAX + 1];
    bool shown = false;
    const enum toc_result found = best_name(store, id, name, &shown);
    if (found != TOC_NOTFOUND) {
        TOC_TRY(found);
        return shown ? TOC_OK : show(store, id, name);
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUBJECT_DROP,
                           "DELETE FROM subject WHERE id = ?1", &query));
    toc_query_integer(&query, 1, id);
    return toc_query_run(&query);
}
