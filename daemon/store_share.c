/* Shares and learnt names. See store_share.h. */
#include "store_share.h"
#include "store_query.h"

static struct toc_bytes token_bytes(const struct toc_token *token)
{
    return toc_bytes_of(token->bytes, sizeof token->bytes);
}

enum toc_result toc_store_share_put(struct toc_store *store, const struct toc_share_row *row)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAME_SHARE_PUT,
                           "INSERT OR IGNORE INTO hub_share (token, commitments, place, share,"
                           " publisher, sequence, name_nonce, name)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                           &query));
    toc_query_blob(&query, 1, token_bytes(&row->token));
    toc_query_hash(&query, 2, &row->commitments);
    toc_query_blob(&query, 3, toc_bytes_of(row->share.x.bytes, sizeof row->share.x.bytes));
    toc_query_blob(&query, 4, toc_bytes_of(row->share.y.bytes, sizeof row->share.y.bytes));
    toc_query_text(&query, 5, row->publisher);
    toc_query_integer(&query, 6, (int64_t)row->sequence);
    toc_query_blob(&query, 7, toc_bytes_of(row->name.nonce, sizeof row->name.nonce));
    toc_query_blob(&query, 8, toc_bytes_of(row->name.sealed, sizeof row->name.sealed));
    const enum toc_result result = toc_query_hit(&query);
    return result == TOC_NOTFOUND ? TOC_EXISTS : result;
}

enum toc_result toc_store_share_drop(struct toc_store *store, const struct toc_share_row *row)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAME_SHARE_DROP,
                           "DELETE FROM hub_share"
                           " WHERE token = ?1 AND commitments = ?2 AND place = ?3",
                           &query));
    toc_query_blob(&query, 1, token_bytes(&row->token));
    toc_query_hash(&query, 2, &row->commitments);
    toc_query_blob(&query, 3, toc_bytes_of(row->share.x.bytes, sizeof row->share.x.bytes));
    return toc_query_run(&query);
}

enum toc_result toc_store_shares(struct toc_store *store, const struct toc_token *token,
                                 const struct toc_hash *commitments, struct toc_share_row *ret_rows,
                                 size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAME_SHARES,
                           "SELECT place, share, name_nonce, name, publisher, sequence"
                           " FROM hub_share"
                           " WHERE token = ?1 AND commitments = ?2 ORDER BY place",
                           &query));
    toc_query_blob(&query, 1, token_bytes(token));
    toc_query_hash(&query, 2, commitments);
    while (len < max) {
        struct toc_share_row *const row = &ret_rows[len];
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        row->token = *token;
        row->commitments = *commitments;
        TOC_TRY(toc_query_get_fixed(&query, 0, row->share.x.bytes, sizeof row->share.x.bytes));
        TOC_TRY(toc_query_get_fixed(&query, 1, row->share.y.bytes, sizeof row->share.y.bytes));
        TOC_TRY(toc_query_get_fixed(&query, 2, row->name.nonce, sizeof row->name.nonce));
        TOC_TRY(toc_query_get_fixed(&query, 3, row->name.sealed, sizeof row->name.sealed));
        TOC_TRY(toc_query_get_name(&query, 4, row->publisher, sizeof row->publisher));
        row->sequence = (uint64_t)toc_query_get(&query, 5);
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_share_named(struct toc_store *store, const struct toc_token *token,
                                      const struct toc_hash *commitments, unsigned shares,
                                      const char *name)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAME_LEARNT,
                           "INSERT INTO hub_name (token, commitments, shares, name)"
                           " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (token) DO UPDATE"
                           " SET name = excluded.name WHERE commitments = excluded.commitments",
                           &query));
    toc_query_blob(&query, 1, token_bytes(token));
    toc_query_hash(&query, 2, commitments);
    toc_query_integer(&query, 3, shares);
    toc_query_text(&query, 4, name);
    return toc_query_run(&query);
}

enum toc_result toc_store_share_name(struct toc_store *store, const struct toc_token *token,
                                     char *ret_name, bool *ret_shows)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAME_GET,
                           "SELECT n.name, n.shares <= (SELECT count(*) FROM hub_share s"
                           " JOIN hub_seen w USING (publisher, sequence)"
                           " WHERE s.token = n.token AND s.commitments = n.commitments"
                           " AND w.shows_ms = 0) FROM hub_name n WHERE n.token = ?1",
                           &query));
    toc_query_blob(&query, 1, token_bytes(token));
    TOC_TRY(toc_query_row(&query));
    TOC_TRY(toc_query_get_name(&query, 0, ret_name, TOC_DETAIL_PLAIN_LEN));
    *ret_shows = toc_query_get(&query, 1) != 0;
    return TOC_OK;
}

enum toc_result toc_store_share_clear(struct toc_store *store, const char *publisher,
                                      uint64_t first_sequence, uint64_t last_sequence)
{
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAME_SHARES_CLEAR,
                               "DELETE FROM hub_share WHERE ?1 IS NULL"
                               " OR (publisher = ?1 AND sequence BETWEEN ?2 AND ?3)",
                               &query));
        if (publisher != NULL) {
            toc_query_text(&query, 1, publisher);
        }
        toc_query_integer(&query, 2, (int64_t)first_sequence);
        toc_query_integer(&query, 3,
                          toc_storable(last_sequence) ? (int64_t)last_sequence : INT64_MAX);
        TOC_TRY(toc_query_run(&query));
    }
    return publisher != NULL ? TOC_OK
                             : toc_query_simple(store, &store->group, TOC_SQL_NAMES_CLEAR,
                                                "DELETE FROM hub_name");
}
