/* store_subject.h, the asks that are open: from the blinds to the outputs. */
#include "store_forget.h"
#include "store_query.h"
#include "store_subject.h"
#include <string.h>

#define KEY_LEN_MAX (TOC_SUPPLIER_KEY_MAX + 1)

static void bind_id(struct toc_query *query, int at, const uint8_t id[TOC_ASK_ID_LEN])
{
    toc_query_blob(query, at, toc_bytes_of(id, TOC_ASK_ID_LEN));
}

/* Calls for each subject of an ask. */
static enum toc_result each_key(struct toc_store *store, const struct toc_own_ask *ask,
                                enum toc_result (*each)(struct toc_store *store, const char *key,
                                                        uint32_t token_epoch, unsigned tries),
                                unsigned tries)
{
    struct toc_bytes rest = ask->keys;
    struct toc_bytes item;
    enum toc_result result;

    while ((result = toc_list_next(&rest, KEY_LEN_MAX, &item)) == TOC_OK) {
        char key[KEY_LEN_MAX + 1];
        memcpy(key, item.data, item.len);
        key[item.len] = '\0';
        TOC_TRY(each(store, key, ask->token_epoch, tries));
    }
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

/* ---- adding ---- */

static enum toc_result subject_waits(struct toc_store *store, const char *key, uint32_t token_epoch,
                                     unsigned tries)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    (void)tries;
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECT_WAITS,
                           "INSERT INTO subject (key, token_epoch, state, tries, outputs)"
                           " VALUES (?1, ?2, 1, 0, x'')"
                           " ON CONFLICT DO UPDATE SET state = 1 WHERE state = 0",
                           &query));
    toc_query_text(&query, 1, key);
    toc_query_integer(&query, 2, token_epoch);
    const enum toc_result result = toc_query_hit(&query);
    return result == TOC_NOTFOUND ? TOC_EXISTS : result;
}

static enum toc_result ask_put(struct toc_store *store, const struct toc_own_ask *ask)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_ASK_ADD,
                           "INSERT INTO ask (id, token_epoch, exposure_sequence, inputs, keys,"
                           " blinds, elements) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                           &query));
    bind_id(&query, 1, ask->id);
    toc_query_integer(&query, 2, ask->token_epoch);
    toc_query_integer(&query, 3, (int64_t)ask->exposure_sequence);
    toc_query_integer(&query, 4, (int64_t)ask->inputs);
    toc_query_blob(&query, 5, ask->keys);
    toc_query_blob(&query, 6, toc_bytes_of(ask->blinds, ask->inputs * sizeof(ask->blinds[0])));
    toc_query_blob(&query, 7, toc_bytes_of(ask->elements, ask->inputs * sizeof(ask->elements[0])));
    return toc_query_run(&query);
}

enum toc_result toc_store_own_ask_add(struct toc_store *store, const struct toc_own_ask *ask)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    enum toc_result result = ask_put(store, ask);
    result = result == TOC_OK ? each_key(store, ask, subject_waits, 0) : result;
    return toc_db_end(store, &store->local, result);
}

/* ---- reading ---- */

static enum toc_result read_ask(const struct toc_query *query, struct toc_arena *arena,
                                void *ret_row)
{
    struct toc_own_ask ask = {.token_epoch = (uint32_t)toc_query_get(query, 1),
                              .exposure_sequence = (uint64_t)toc_query_get(query, 2),
                              .inputs = (size_t)toc_query_get(query, 3)};
    struct toc_bytes blinds;
    struct toc_bytes elements;

    TOC_TRY(toc_query_get_fixed(query, 0, ask.id, sizeof(ask.id)));
    TOC_TRY(toc_query_get_blob(query, 4, arena, &ask.keys));
    TOC_TRY(toc_query_get_blob(query, 5, arena, &blinds));
    TOC_TRY(toc_query_get_blob(query, 6, arena, &elements));
    if (blinds.len != ask.inputs * sizeof(ask.blinds[0]) ||
        elements.len != ask.inputs * sizeof(ask.elements[0])) {
        return toc_store_damaged(query->store, query->db);
    }
    ask.blinds = (const struct toc_scalar *)(const void *)blinds.data;
    ask.elements = (const struct toc_element *)(const void *)elements.data;
    *(struct toc_own_ask *)ret_row = ask;
    return TOC_OK;
}

enum toc_result toc_store_own_asks(struct toc_store *store, struct toc_arena *arena,
                                   struct toc_own_ask *ret_asks, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_ASKS,
                           "SELECT id, token_epoch, exposure_sequence, inputs, keys, blinds,"
                           " elements FROM ask ORDER BY id",
                           &query));
    return toc_query_page(&query, arena, read_ask, ret_asks, sizeof(*ret_asks), max, ret_len);
}

/* ---- outputs ---- */

enum toc_result toc_store_own_output_put(struct toc_store *store, const uint8_t id[TOC_ASK_ID_LEN],
                                         const char *holder, const struct toc_oprf_output *outputs,
                                         size_t len)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    enum toc_result result =
        toc_query_open(store, &store->local, TOC_SQL_OWN_ASK_OUTPUT_PUT,
                       "INSERT OR REPLACE INTO ask_output (ask, holder, outputs)"
                       " SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM ask WHERE id = ?1)",
                       &query);
    if (result == TOC_OK) {
        bind_id(&query, 1, id);
        toc_query_text(&query, 2, holder);
        toc_query_blob(&query, 3, toc_bytes_of(outputs, len * sizeof(outputs[0])));
        result = toc_query_run(&query);
    }
    toc_query_close(&query);
    return toc_db_end_lightly(store, &store->local, result);
}

enum toc_result toc_store_own_output_get(struct toc_store *store, const uint8_t id[TOC_ASK_ID_LEN],
                                         const char *holder, size_t len,
                                         struct toc_oprf_output *ret_outputs)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_ASK_OUTPUT_GET,
                           "SELECT outputs FROM ask_output WHERE ask = ?1 AND holder = ?2",
                           &query));
    bind_id(&query, 1, id);
    toc_query_text(&query, 2, holder);
    TOC_TRY(toc_query_row(&query));
    return ret_outputs == NULL
               ? TOC_OK
               : toc_query_get_fixed(&query, 0, ret_outputs, len * sizeof(ret_outputs[0]));
}

/* ---- the end ---- */

static enum toc_result ask_drop(struct toc_store *store, const uint8_t id[TOC_ASK_ID_LEN])
{
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_ASK_OUTPUTS_DROP,
                               "DELETE FROM ask_output WHERE ask = ?1", &query));
        bind_id(&query, 1, id);
        TOC_TRY(toc_query_run(&query));
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_ASK_DROP,
                           "DELETE FROM ask WHERE id = ?1", &query));
    bind_id(&query, 1, id);
    return toc_query_run(&query);
}

static enum toc_result token_put(struct toc_store *store, const struct toc_subject_made *made,
                                 size_t at, uint32_t token_epoch)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOKEN_PUT,
                           "INSERT OR REPLACE INTO token (token, key, purpose, token_epoch)"
                           " VALUES (?1, ?2, ?3, ?4)",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(made->tokens[at].bytes, TOC_TOKEN_LEN));
    toc_query_text(&query, 2, made->key);
    toc_query_integer(&query, 3, made->purposes[at]);
    toc_query_integer(&query, 4, token_epoch);
    return toc_query_run(&query);
}

static enum toc_result subject_ready(struct toc_store *store, const struct toc_subject_made *made,
                                     uint32_t token_epoch)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECT_READY,
                           "UPDATE subject SET state = 2, tries = 0, outputs = ?3"
                           " WHERE key = ?1 AND token_epoch = ?2",
                           &query));
    toc_query_text(&query, 1, made->key);
    toc_query_integer(&query, 2, token_epoch);
    toc_query_blob(&query, 3, made->outputs);
    return toc_query_run(&query);
}

enum toc_result toc_store_own_ask_made(struct toc_store *store, const struct toc_own_ask *ask,
                                       const struct toc_subject_made *made)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    enum toc_result result = TOC_OK;
    for (size_t i = 0; i < ask->inputs && result == TOC_OK; i++) {
        const bool gone = strcmp(made[i].key, TOC_SUBJECT_GONE) == 0;
        result = gone ? TOC_OK : subject_ready(store, &made[i], ask->token_epoch);
        for (size_t j = 0; !gone && j < 3 && result == TOC_OK; j++) {
            result = token_put(store, &made[i], j, ask->token_epoch);
        }
    }
    result = result == TOC_OK ? ask_drop(store, ask->id) : result;
    return toc_db_end_lightly(store, &store->local, result);
}

static enum toc_result subject_fault(struct toc_store *store, const char *key, uint32_t token_epoch,
                                     unsigned tries)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECT_FAULT,
                           "UPDATE subject SET tries = tries + 1,"
                           " state = CASE WHEN tries + 1 >= ?3 THEN 3 ELSE 0 END"
                           " WHERE key = ?1 AND token_epoch = ?2 AND state = 1",
                           &query));
    toc_query_text(&query, 1, key);
    toc_query_integer(&query, 2, token_epoch);
    toc_query_integer(&query, 3, tries);
    return toc_query_run(&query);
}

enum toc_result toc_store_own_ask_failed(struct toc_store *store, const struct toc_own_ask *ask,
                                         unsigned tries)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    enum toc_result result = each_key(store, ask, subject_fault, tries);
    result = result == TOC_OK ? ask_drop(store, ask->id) : result;
    return toc_db_end(store, &store->local, result);
}
