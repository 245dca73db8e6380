#include "store_story.h"

#include "store_query.h"

/* ---- flags ---- */

enum toc_result toc_store_flag_deed_add(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                        const struct toc_flag_deed *deed)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_DEED_ADD,
                           "INSERT INTO flag_deed (flag, time_ms, uid, what, revision, text)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    toc_query_integer(&query, 2, deed->time_ms);
    toc_query_integer(&query, 3, deed->uid);
    toc_query_integer(&query, 4, deed->what);
    toc_query_integer(&query, 5, deed->revision);
    toc_query_text(&query, 6, deed->text);
    return toc_query_run(&query);
}

/* After a power cut its submission is found again. */
enum toc_result toc_store_flag_sent(struct toc_store *store, const struct toc_own_flag *flag,
                                    const struct toc_flag_deed *deed)
{
    enum toc_result result;

    TOC_TRY(toc_db_begin(store, &store->local));
    result = toc_store_flag_deed_add(store, flag->id, deed);
    if (result == TOC_OK) {
        result = toc_store_flag_save(store, flag);
    }
    return toc_db_end_lightly(store, &store->local, result);
}

static enum toc_result read_deed(const struct toc_query *query, struct toc_arena *arena,
                                 void *ret_row)
{
    struct toc_flag_deed deed = {.number = toc_query_get(query, 0),
                                 .time_ms = toc_query_get(query, 1),
                                 .uid = toc_query_get(query, 2),
                                 .what = (enum toc_flag_deed_kind)toc_query_get(query, 3),
                                 .revision = (uint32_t)toc_query_get(query, 4)};

    TOC_TRY(toc_query_get_text(query, 5, arena, &deed.text));
    *(struct toc_flag_deed *)ret_row = deed;
    return TOC_OK;
}

enum toc_result toc_store_flag_deeds(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                     struct toc_arena *arena, struct toc_flag_deed *ret_deeds,
                                     size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_DEEDS,
                           "SELECT number, time_ms, uid, what, revision, text FROM flag_deed"
                           " WHERE flag = ?1 ORDER BY number DESC LIMIT ?2",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    toc_query_integer(&query, 2, (int64_t)max);
    return toc_query_page(&query, arena, read_deed, ret_deeds, sizeof(*ret_deeds), max, ret_len);
}

enum toc_result toc_store_flag_deeds_cut(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                         int64_t number)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FLAG_DEEDS_CUT,
                           "DELETE FROM flag_deed WHERE flag = ?1 AND number > ?2", &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    toc_query_integer(&query, 2, number);
    return toc_query_run(&query);
}

/* ---- own disputes ---- */

enum toc_result toc_store_own_dispute_add(struct toc_store *store,
                                          const struct toc_own_dispute *dispute)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_DISPUTE_ADD,
                           "INSERT INTO dispute (id, alert, revision, time_ms, uid, text)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(dispute->id, sizeof(dispute->id)));
    toc_query_blob(&query, 2, toc_bytes_of(dispute->alert, sizeof(dispute->alert)));
    toc_query_integer(&query, 3, dispute->revision);
    toc_query_integer(&query, 4, dispute->time_ms);
    toc_query_integer(&query, 5, dispute->uid);
    toc_query_text(&query, 6, dispute->text);
    return toc_query_run(&query);
}

static enum toc_result read_dispute(const struct toc_query *query, struct toc_arena *arena,
                                    void *ret_row)
{
    struct toc_own_dispute dispute = {.revision = (uint32_t)toc_query_get(query, 2),
                                      .time_ms = toc_query_get(query, 3),
                                      .uid = toc_query_get(query, 4)};

    TOC_TRY(toc_query_get_fixed(query, 0, dispute.id, sizeof(dispute.id)));
    TOC_TRY(toc_query_get_fixed(query, 1, dispute.alert, sizeof(dispute.alert)));
    TOC_TRY(toc_query_get_text(query, 5, arena, &dispute.text));
    *(struct toc_own_dispute *)ret_row = dispute;
    return TOC_OK;
}

enum toc_result toc_store_own_disputes(struct toc_store *store,
                                       const uint8_t alert[TOC_FLAG_ID_LEN],
                                       struct toc_arena *arena, struct toc_own_dispute *ret_list,
                                       size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_DISPUTES,
                           "SELECT id, alert, revision, time_ms, uid, text FROM dispute"
                           " WHERE alert = ?1 ORDER BY time_ms DESC, id LIMIT ?2",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(alert, TOC_FLAG_ID_LEN));
    toc_query_integer(&query, 2, (int64_t)max);
    return toc_query_page(&query, arena, read_dispute, ret_list, sizeof(*ret_list), max, ret_len);
}

enum toc_result toc_store_own_dispute_drop(struct toc_store *store,
                                           const uint8_t id[TOC_FLAG_ID_LEN])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_DISPUTE_DROP,
                           "DELETE FROM dispute WHERE id = ?1", &query));
    toc_query_blob(&query, 1, toc_bytes_of(id, TOC_FLAG_ID_LEN));
    return toc_query_hit(&query);
}
