/* local.db: what never leaves. Each call is its own transaction, durable when it returns. */
#include "store_query.h"
#include "store_settle.h"

static enum toc_result draft_put(struct toc_store *store, const struct toc_draft *draft)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_DRAFT_PUT,
                           "INSERT OR REPLACE INTO draft (stream, key, source, withdraw, record)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_text(&query, 1, draft->stream);
    toc_query_text(&query, 2, draft->key);
    toc_query_text(&query, 3, draft->source);
    toc_query_integer(&query, 4, draft->withdraw ? 1 : 0);
    toc_query_blob(&query, 5, draft->record);
    return toc_query_run(&query);
}

enum toc_result toc_store_drafts_put(struct toc_store *store, const struct toc_draft *drafts,
                                     size_t drafts_len)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    enum toc_result result = TOC_OK;
    for (size_t i = 0; i < drafts_len && result == TOC_OK; i++) {
        result = draft_put(store, &drafts[i]);
    }
    return toc_db_end(store, &store->local, result);
}

static enum toc_result read_draft(const struct toc_query *query, struct toc_arena *arena,
                                  void *ret_row)
{
    struct toc_draft draft = {0};
    TOC_TRY(toc_query_get_text(query, 0, arena, &draft.stream));
    TOC_TRY(toc_query_get_text(query, 1, arena, &draft.key));
    TOC_TRY(toc_query_get_text(query, 2, arena, &draft.source));
    draft.withdraw = toc_query_get(query, 3) != 0;
    TOC_TRY(toc_query_get_blob(query, 4, arena, &draft.record));
    *(struct toc_draft *)ret_row = draft;
    return TOC_OK;
}

enum toc_result toc_store_drafts(struct toc_store *store, const char *stream, const char *after_key,
                                 struct toc_arena *arena, struct toc_draft *ret_drafts, size_t max,
                                 size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_DRAFTS,
                           "SELECT stream, key, source, withdraw, record FROM draft"
                           " WHERE (stream, key) > (?1, ?2) ORDER BY stream, key",
                           &query));
    toc_query_text(&query, 1, stream != NULL ? stream : "");
    toc_query_text(&query, 2, stream != NULL && after_key != NULL ? after_key : "");
    return toc_query_page(&query, arena, read_draft, ret_drafts, sizeof(*ret_drafts), max, ret_len);
}

enum toc_result toc_store_draft_drop(struct toc_store *store, const char *stream, const char *key)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_DRAFT_DROP,
                           "DELETE FROM draft WHERE stream = ?1 AND key = ?2", &query));
    toc_query_text(&query, 1, stream);
    toc_query_text(&query, 2, key);
    return toc_query_hit(&query);
}

enum toc_result toc_store_drafts_drop(struct toc_store *store, const struct toc_draft *drafts,
                                      size_t drafts_len)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    enum toc_result result = TOC_OK;
    for (size_t i = 0; i < drafts_len && result == TOC_OK; i++) {
        result = toc_store_draft_drop(store, drafts[i].stream, drafts[i].key);
        result = result == TOC_NOTFOUND ? TOC_OK : result;
    }
    return toc_db_end(store, &store->local, result);
}

enum toc_result toc_store_drafts_derive(struct toc_store *store, const struct toc_draft *puts,
                                        size_t puts_len, const struct toc_draft *drops,
                                        size_t drops_len)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    enum toc_result result = TOC_OK;
    for (size_t i = 0; i < drops_len && result == TOC_OK; i++) {
        result = toc_store_draft_drop(store, drops[i].stream, drops[i].key);
        result = result == TOC_NOTFOUND ? TOC_OK : result;
    }
    for (size_t i = 0; i < puts_len && result == TOC_OK; i++) {
        result = draft_put(store, &puts[i]);
    }
    return toc_db_end_lightly(store, &store->local, result);
}

uint64_t toc_store_drafts_count(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (toc_query_open(store, &store->local, TOC_SQL_DRAFTS_COUNT, "SELECT count(*) FROM draft",
                       &query) != TOC_OK ||
        toc_query_row(&query) != TOC_OK) {
        return 0;
    }
    return (uint64_t)toc_query_get(&query, 0);
}

enum toc_result toc_store_audit_add(struct toc_store *store, int64_t time_ms, uint32_t uid,
                                    const char *command, const char *detail)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_AUDIT_ADD,
                           "INSERT INTO audit (time_ms, uid, command, detail)"
                           " VALUES (?1, ?2, ?3, ?4)",
                           &query));
    toc_query_integer(&query, 1, time_ms);
    toc_query_integer(&query, 2, uid);
    toc_query_text(&query, 3, command);
    toc_query_text(&query, 4, detail);
    return toc_query_run(&query);
}

enum toc_result toc_store_audit(struct toc_store *store, int64_t before_id, struct toc_arena *arena,
                                struct toc_audit *ret_list, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_AUDIT,
                           "SELECT id, time_ms, uid, command, detail FROM audit"
                           " WHERE id < ?1 ORDER BY id DESC",
                           &query));
    toc_query_integer(&query, 1, before_id > 0 ? before_id : INT64_MAX);
    size_t len = 0;
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        struct toc_audit *const row = &ret_list[len];
        row->id = toc_query_get(&query, 0);
        row->time_ms = toc_query_get(&query, 1);
        row->uid = (uint32_t)toc_query_get(&query, 2);
        TOC_TRY(toc_query_get_text(&query, 3, arena, &row->command));
        TOC_TRY(toc_query_get_text(&query, 4, arena, &row->detail));
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}
