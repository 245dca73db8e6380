#include "store_subject.h"

#include "store_query.h"

#include <string.h>

/* ---- subjects ---- */

/* The newest supplier, whatever it is: behind it there are only those to come. */
static enum toc_result last_supplier(struct toc_store *store, int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_SUPPLIER_LAST,
                           "SELECT coalesce(max(id), 0) FROM supplier", &query));
    TOC_TRY(toc_query_row(&query));
    *ret_id = toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result lacking_numbers(struct toc_store *store, uint32_t token_epoch,
                                       struct toc_arena *arena, struct toc_subject_place *place,
                                       const char **ret_keys, size_t max, size_t *len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECTS_LACKING_IDS,
                           "SELECT key, id FROM supplier WHERE id > ?3 AND state = 1"
                           " AND substr(key, 1, 5) <> 'name:' AND NOT EXISTS"
                           " (SELECT 1 FROM subject WHERE subject.key = supplier.key"
                           " AND token_epoch = ?1 AND subject.state <> 0)"
                           " ORDER BY id LIMIT ?2",
                           &query));
    toc_query_integer(&query, 1, token_epoch);
    toc_query_integer(&query, 2, (int64_t)max);
    toc_query_integer(&query, 3, place->supplier);
    while (*len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            return last_supplier(store, &place->supplier);
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_text(&query, 0, arena, &ret_keys[*len]));
        place->supplier = toc_query_get(&query, 1);
        (*len)++;
    }
    return TOC_OK;
}

static enum toc_result lacking_names(struct toc_store *store, uint32_t token_epoch,
                                     struct toc_arena *arena, struct toc_subject_place *place,
                                     const char **ret_keys, size_t max, size_t *len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECTS_LACKING_NAMES,
                           "SELECT DISTINCT 'name:' || fold, fold FROM supplier"
                           " WHERE fold > ?3 AND state = 1 AND NOT EXISTS"
                           " (SELECT 1 FROM subject WHERE subject.key = 'name:' || supplier.fold"
                           " AND token_epoch = ?1 AND subject.state <> 0) ORDER BY fold LIMIT ?2",
                           &query));
    toc_query_integer(&query, 1, token_epoch);
    toc_query_integer(&query, 2, (int64_t)(max - *len));
    /* A copy: what is bound must not change while rows come. */
    const struct toc_subject_place from = *place;
    toc_query_text(&query, 3, from.name);
    while (*len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_text(&query, 0, arena, &ret_keys[*len]));
        TOC_TRY(toc_query_get_name(&query, 1, place->name, sizeof place->name));
        (*len)++;
    }
    return TOC_OK;
}

enum toc_result toc_store_subjects_lacking(struct toc_store *store, uint32_t token_epoch,
                                           struct toc_arena *arena, struct toc_subject_place *place,
                                           const char **ret_keys, size_t max, size_t *ret_len)
{
    struct toc_subject_place to = *place;
    size_t len = 0;
    TOC_TRY(lacking_numbers(store, token_epoch, arena, &to, ret_keys, max, &len));
    if (len < max) {
        TOC_TRY(lacking_names(store, token_epoch, arena, &to, ret_keys, max, &len));
    }
    *place = to;
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_subject_get(struct toc_store *store, const char *key,
                                      uint32_t token_epoch, struct toc_arena *arena,
                                      enum toc_subject_state *ret_state, struct toc_bytes *outputs)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECT_GET,
                           "SELECT state, outputs FROM subject WHERE key = ?1 AND token_epoch = ?2",
                           &query));
    toc_query_text(&query, 1, key);
    toc_query_integer(&query, 2, token_epoch);
    TOC_TRY(toc_query_row(&query));
    if (outputs != NULL) {
        TOC_TRY(toc_query_get_blob(&query, 1, arena, outputs));
    }
    *ret_state = (enum toc_subject_state)toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result count_states(struct toc_store *store, uint32_t token_epoch,
                                    struct toc_subject_counts *counts)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    enum toc_result result;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECT_COUNTS,
                           "SELECT state, count(*) FROM subject WHERE token_epoch = ?1"
                           " GROUP BY state",
                           &query));
    toc_query_integer(&query, 1, token_epoch);
    while ((result = toc_query_row(&query)) == TOC_OK) {
        const uint64_t count = (uint64_t)toc_query_get(&query, 1);
        switch ((enum toc_subject_state)toc_query_get(&query, 0)) {
        case TOC_SUBJECT_NONE:
            break;
        case TOC_SUBJECT_WAITS:
            counts->waiting = count;
            break;
        case TOC_SUBJECT_READY:
            counts->ready = count;
            break;
        case TOC_SUBJECT_REFUSED:
            counts->refused = count;
            break;
        }
    }
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

enum toc_result toc_store_subject_counts(struct toc_store *store, uint32_t token_epoch,
                                         struct toc_subject_counts *ret_counts)
{
    struct toc_subject_counts counts = {.lacking = 0};
    TOC_TRY(count_states(store, token_epoch, &counts));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECTS_LEFT,
                           "SELECT count(*) FROM (SELECT key FROM supplier WHERE state = 1 UNION"
                           " SELECT 'name:' || fold FROM supplier WHERE state = 1 AND fold <> '')"
                           " AS wanted WHERE NOT EXISTS (SELECT 1 FROM subject"
                           " WHERE subject.key = wanted.key AND token_epoch = ?1 AND state <> 0)",
                           &query));
    toc_query_integer(&query, 1, token_epoch);
    TOC_TRY(toc_query_row(&query));
    counts.lacking = (uint64_t)toc_query_get(&query, 0);
    *ret_counts = counts;
    return TOC_OK;
}

static enum toc_result drop_faults(struct toc_store *store)
{
    return toc_query_simple(store, &store->local, TOC_SQL_HOLDER_FAULTS_DROP,
                            "DELETE FROM holder_fault");
}

static enum toc_result retry(struct toc_store *store, uint32_t token_epoch, uint64_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_SUBJECTS_RETRY,
                           "UPDATE subject SET state = 0, tries = 0 WHERE token_epoch = ?1"
                           " AND state = 3",
                           &query));
    toc_query_integer(&query, 1, token_epoch);
    TOC_TRY(toc_query_run(&query));
    *ret_len = (uint64_t)sqlite3_changes(store->local.handle);
    return drop_faults(store);
}

enum toc_result toc_store_subjects_retry(struct toc_store *store, uint32_t token_epoch,
                                         uint64_t *ret_len)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end(store, &store->local, retry(store, token_epoch, ret_len));
}

/* ---- tokens ---- */

enum toc_result toc_store_token_get(struct toc_store *store, const struct toc_token *token,
                                    struct toc_arena *arena, const char **ret_key,
                                    enum toc_purpose *ret_purpose, uint32_t *ret_token_epoch)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOKEN_GET,
                           "SELECT key, purpose, token_epoch FROM token WHERE token = ?1", &query));
    toc_query_blob(&query, 1, toc_bytes_of(token->bytes, sizeof(token->bytes)));
    TOC_TRY(toc_query_row(&query));
    TOC_TRY(toc_query_get_text(&query, 0, arena, ret_key));
    *ret_purpose = (enum toc_purpose)toc_query_get(&query, 1);
    *ret_token_epoch = (uint32_t)toc_query_get(&query, 2);
    return TOC_OK;
}

enum toc_result toc_store_tokens_digest(struct toc_store *store, uint32_t token_epoch,
                                        struct toc_hash *ret_hash)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_hash hash = {{0}};
    enum toc_result result;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_TOKENS,
                           "SELECT token FROM token WHERE token_epoch = ?1 ORDER BY token",
                           &query));
    toc_query_integer(&query, 1, token_epoch);
    while ((result = toc_query_row(&query)) == TOC_OK) {
        uint8_t bytes[sizeof(hash.bytes) + TOC_TOKEN_LEN];
        memcpy(bytes, hash.bytes, sizeof(hash.bytes));
        TOC_TRY(toc_query_get_fixed(&query, 0, bytes + sizeof(hash.bytes), TOC_TOKEN_LEN));
        hash = toc_digest_plain(toc_bytes_of(bytes, sizeof(bytes)));
    }
    TOC_ENSURE(result == TOC_NOTFOUND, result);
    *ret_hash = hash;
    return TOC_OK;
}

/* ---- holders ---- */

enum toc_result toc_store_holder_fault(struct toc_store *store,
                                       const struct toc_holder_fault *fault)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_HOLDER_FAULT_PUT,
                           "INSERT INTO holder_fault (holder, token_epoch, fault, count, sequence,"
                           " used, allowed, time_ms) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)"
                           " ON CONFLICT DO UPDATE SET fault = ?3, count = count + 1,"
                           " sequence = ?4, used = ?5, allowed = ?6, time_ms = ?7",
                           &query));
    toc_query_text(&query, 1, fault->holder);
    toc_query_integer(&query, 2, fault->token_epoch);
    toc_query_integer(&query, 3, fault->fault);
    toc_query_integer(&query, 4, (int64_t)fault->sequence);
    toc_query_integer(&query, 5, fault->used);
    toc_query_integer(&query, 6, fault->limit);
    toc_query_integer(&query, 7, fault->time_ms);
    return toc_query_run(&query);
}

enum toc_result toc_store_holder_faults(struct toc_store *store, uint32_t token_epoch,
                                        struct toc_holder_fault *ret_faults, size_t max,
                                        size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_HOLDER_FAULTS,
                           "SELECT holder, token_epoch, fault, count, sequence, used, allowed,"
                           " time_ms FROM holder_fault WHERE token_epoch = ?1 ORDER BY holder",
                           &query));
    toc_query_integer(&query, 1, token_epoch);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        struct toc_holder_fault fault = {.holder = ""};
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_name(&query, 0, fault.holder, sizeof(fault.holder)));
        fault.token_epoch = (uint32_t)toc_query_get(&query, 1);
        fault.fault = (unsigned)toc_query_get(&query, 2);
        fault.count = (uint64_t)toc_query_get(&query, 3);
        fault.sequence = (uint64_t)toc_query_get(&query, 4);
        fault.used = (uint32_t)toc_query_get(&query, 5);
        fault.limit = (uint32_t)toc_query_get(&query, 6);
        fault.time_ms = toc_query_get(&query, 7);
        ret_faults[len++] = fault;
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_confirmed_get(struct toc_store *store,
                                        char ret_holders[TOC_CONFIRMED_LEN_MAX + 1])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CONFIRMED_GET,
                           "SELECT holders FROM confirmed", &query));
    const enum toc_result result = toc_query_row(&query);
    if (result == TOC_NOTFOUND) {
        ret_holders[0] = '\0';
        return TOC_OK;
    }
    TOC_TRY(result);
    return toc_query_get_name(&query, 0, ret_holders, TOC_CONFIRMED_LEN_MAX + 1);
}

enum toc_result toc_store_confirmed_put(struct toc_store *store, const char *holders)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_CONFIRMED_PUT,
                           "INSERT OR REPLACE INTO confirmed (one, holders) VALUES (1, ?1)",
                           &query));
    toc_query_text(&query, 1, holders);
    return toc_query_run(&query);
}
