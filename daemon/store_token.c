#include "store_token.h"

#include "store_query.h"

static void bind_id(struct toc_query *query, int at, const uint8_t id[TOC_ASK_ID_LEN])
{
    toc_query_blob(query, at, toc_bytes_of(id, TOC_ASK_ID_LEN));
}

static void bind_range(struct toc_query *query, int at, uint64_t first, uint64_t last)
{
    toc_query_integer(query, at, toc_storable(first) ? (int64_t)first : INT64_MAX);
    toc_query_integer(query, at + 1, toc_storable(last) ? (int64_t)last : INT64_MAX);
}

/* ---- asks ---- */

static enum toc_result note_change(struct toc_store *store, const struct toc_ask_row *ask)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ASK_CHANGED,
                           "UPDATE token_ask SET changed = 1, waiting = CASE waiting WHEN 0 THEN"
                           " 2 * (NOT EXISTS (SELECT 1 FROM token_answer WHERE asker = ?1"
                           " AND ask = ?2 AND holder = self AND changed = 1)) ELSE waiting END"
                           " WHERE publisher = ?1 AND id = ?2 AND hash <> ?3",
                           &query));
    toc_query_text(&query, 1, ask->publisher);
    bind_id(&query, 2, ask->id);
    toc_query_hash(&query, 3, &ask->hash);
    TOC_TRY(toc_query_run(&query));
    return TOC_EXISTS;
}

enum toc_result toc_store_ask_add(struct toc_store *store, const struct toc_ask_row *ask,
                                  const char *holder)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_ENSURE(toc_storable(ask->exposure_sequence), TOC_INVALID);
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ASK_ADD,
                           "INSERT INTO token_ask (publisher, id, log, sequence, token_epoch,"
                           " exposure_sequence, inputs, hash, changed, self, waiting)"
                           " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, NOT EXISTS"
                           " (SELECT 1 FROM token_answer WHERE asker = ?1 AND ask = ?2"
                           " AND holder = ?9 AND changed = 0)",
                           &query));
    toc_query_text(&query, 1, ask->publisher);
    bind_id(&query, 2, ask->id);
    toc_query_integer(&query, 3, ask->log);
    toc_query_integer(&query, 4, (int64_t)ask->sequence);
    toc_query_integer(&query, 5, ask->token_epoch);
    toc_query_integer(&query, 6, (int64_t)ask->exposure_sequence);
    toc_query_integer(&query, 7, ask->inputs);
    toc_query_hash(&query, 8, &ask->hash);
    toc_query_text(&query, 9, holder);
    const enum toc_result result = toc_query_run(&query);
    return result == TOC_EXISTS ? note_change(store, ask) : result;
}

static enum toc_result read_ask(const struct toc_query *query, struct toc_ask_row *ret_ask)
{
    struct toc_ask_row ask = {.log = toc_query_get(query, 2),
                              .sequence = (uint64_t)toc_query_get(query, 3),
                              .token_epoch = (uint32_t)toc_query_get(query, 4),
                              .exposure_sequence = (uint64_t)toc_query_get(query, 5),
                              .inputs = (uint32_t)toc_query_get(query, 6),
                              .changed = toc_query_get(query, 8) != 0};

    TOC_TRY(toc_query_get_name(query, 0, ask.publisher, sizeof(ask.publisher)));
    TOC_TRY(toc_query_get_fixed(query, 1, ask.id, sizeof(ask.id)));
    TOC_TRY(toc_query_get_fixed(query, 7, ask.hash.bytes, sizeof(ask.hash.bytes)));
    *ret_ask = ask;
    return TOC_OK;
}

enum toc_result toc_store_ask_next(struct toc_store *store, uint32_t token_epoch,
                                   const char *after_publisher, uint64_t after_sequence,
                                   struct toc_ask_row *ret_ask, enum toc_ask_wait *ret_wait)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ASK_NEXT,
                           "SELECT publisher, id, log, sequence, token_epoch, exposure_sequence,"
                           " inputs, hash, changed, waiting FROM token_ask WHERE waiting > 0"
                           " AND token_epoch = ?1 AND (publisher, sequence) > (?2, ?3)"
                           " ORDER BY publisher, sequence LIMIT 1",
                           &query));
    toc_query_integer(&query, 1, token_epoch);
    toc_query_text(&query, 2, after_publisher);
    toc_query_integer(&query, 3,
                      toc_storable(after_sequence) ? (int64_t)after_sequence : INT64_MAX);
    TOC_TRY(toc_query_row(&query));
    TOC_TRY(read_ask(&query, ret_ask));
    *ret_wait = toc_query_get(&query, 9) == 2 ? TOC_ASK_REFUSE_CHANGED : TOC_ASK_WAITS;
    return TOC_OK;
}

/* One that is answered may still have to be told that it was changed. */
static enum toc_result settle(struct toc_store *store, const char *publisher,
                              const uint8_t id[TOC_ASK_ID_LEN], const char *holder)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ASK_SETTLE,
                           "UPDATE token_ask SET waiting = CASE waiting WHEN 1 THEN"
                           " 2 * (changed AND NOT EXISTS (SELECT 1 FROM token_answer"
                           " WHERE asker = ?1 AND ask = ?2 AND holder = self AND changed = 1))"
                           " ELSE 0 END WHERE publisher = ?1 AND id = ?2"
                           " AND (?3 = '' OR self = ?3) AND waiting > 0",
                           &query));
    toc_query_text(&query, 1, publisher);
    bind_id(&query, 2, id);
    toc_query_text(&query, 3, holder);
    return toc_query_run(&query);
}

enum toc_result toc_store_ask_settle(struct toc_store *store, const char *publisher,
                                     const uint8_t id[TOC_ASK_ID_LEN])
{
    return settle(store, publisher, id, "");
}

enum toc_result toc_store_asks_clear(struct toc_store *store, const char *publisher, uint64_t first,
                                     uint64_t last)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ASKS_CLEAR,
                           "DELETE FROM token_ask WHERE publisher = ?1"
                           " AND sequence BETWEEN ?2 AND ?3",
                           &query));
    toc_query_text(&query, 1, publisher);
    bind_range(&query, 2, first, last);
    return toc_query_run(&query);
}

/* ---- answers ---- */

enum toc_result toc_store_answer_add(struct toc_store *store, const struct toc_answer_row *answer)
{
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ANSWER_ADD,
                               "INSERT INTO token_answer (asker, ask, holder, changed, log,"
                               " sequence, token_epoch, inputs, refusal)"
                               " VALUES (?1, ?2, ?3, ?8 = 4, ?4, ?5, ?6, ?7, ?8)",
                               &query));
        toc_query_text(&query, 1, answer->asker);
        bind_id(&query, 2, answer->ask);
        toc_query_text(&query, 3, answer->holder);
        toc_query_integer(&query, 4, answer->log);
        toc_query_integer(&query, 5, (int64_t)answer->sequence);
        toc_query_integer(&query, 6, answer->token_epoch);
        toc_query_integer(&query, 7, answer->inputs);
        toc_query_integer(&query, 8, answer->refusal);
        TOC_TRY(toc_query_run(&query));
    }
    return settle(store, answer->asker, answer->ask, answer->holder);
}

enum toc_result toc_store_answer_get(struct toc_store *store, const char *asker,
                                     const uint8_t ask[TOC_ASK_ID_LEN], const char *holder,
                                     struct toc_answer_row *ret_answer)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_answer_row answer = {.log = 0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ANSWER_GET,
                           "SELECT asker, holder, log, sequence, token_epoch, inputs, refusal"
                           " FROM token_answer WHERE asker = ?1 AND ask = ?2 AND holder = ?3"
                           " AND changed = 0 AND log <> 0",
                           &query));
    toc_query_text(&query, 1, asker);
    bind_id(&query, 2, ask);
    toc_query_text(&query, 3, holder);
    TOC_TRY(toc_query_row(&query));
    TOC_TRY(toc_query_get_name(&query, 0, answer.asker, sizeof(answer.asker)));
    TOC_TRY(toc_query_get_name(&query, 1, answer.holder, sizeof(answer.holder)));
    for (size_t i = 0; i < TOC_ASK_ID_LEN; i++) {
        answer.ask[i] = ask[i];
    }
    answer.log = toc_query_get(&query, 2);
    answer.sequence = (uint64_t)toc_query_get(&query, 3);
    answer.token_epoch = (uint32_t)toc_query_get(&query, 4);
    answer.inputs = (uint32_t)toc_query_get(&query, 5);
    answer.refusal = (enum toc_token_refusal)toc_query_get(&query, 6);
    *ret_answer = answer;
    return TOC_OK;
}

enum toc_result toc_store_answers_used(struct toc_store *store, const char *asker,
                                       const char *holder, uint32_t token_epoch,
                                       uint64_t *ret_inputs)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ANSWERS_USED,
                           "SELECT coalesce(sum(inputs), 0) FROM token_answer WHERE asker = ?1"
                           " AND holder = ?2 AND token_epoch = ?3 AND refusal = 0",
                           &query));
    toc_query_text(&query, 1, asker);
    toc_query_text(&query, 2, holder);
    toc_query_integer(&query, 3, token_epoch);
    TOC_TRY(toc_query_row(&query));
    *ret_inputs = (uint64_t)toc_query_get(&query, 0);
    return TOC_OK;
}

/* Before the answers go: which asks they answered. */
static enum toc_result wait_again(struct toc_store *store, const char *asker, const char *holder,
                                  uint64_t first, uint64_t last)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ASKS_AGAIN,
                           "UPDATE token_ask SET waiting = 1 WHERE publisher = ?1 AND self = ?2"
                           " AND id IN (SELECT ask FROM token_answer WHERE asker = ?1"
                           " AND holder = ?2 AND changed = 0 AND log <> 0"
                           " AND sequence BETWEEN ?3 AND ?4)",
                           &query));
    toc_query_text(&query, 1, asker);
    toc_query_text(&query, 2, holder);
    bind_range(&query, 3, first, last);
    return toc_query_run(&query);
}

enum toc_result toc_store_answers_clear(struct toc_store *store, const char *asker,
                                        const char *holder, uint64_t first, uint64_t last)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(wait_again(store, asker, holder, first, last));
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ANSWERS_CLEAR,
                           "DELETE FROM token_answer WHERE asker = ?1 AND holder = ?2"
                           " AND log <> 0 AND sequence BETWEEN ?3 AND ?4",
                           &query));
    toc_query_text(&query, 1, asker);
    toc_query_text(&query, 2, holder);
    bind_range(&query, 3, first, last);
    return toc_query_run(&query);
}

/* A quota is of a token epoch, however short a time its answers are kept: a row that is in no log
 * any more counts on until then. */
enum toc_result toc_store_answers_forget(struct toc_store *store, const char *asker,
                                         const char *holder, uint64_t first, uint64_t last,
                                         uint32_t token_epoch)
{
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ANSWERS_FORGET,
                               "UPDATE token_answer SET log = 0 WHERE asker = ?1 AND holder = ?2"
                               " AND sequence BETWEEN ?3 AND ?4",
                               &query));
        toc_query_text(&query, 1, asker);
        toc_query_text(&query, 2, holder);
        bind_range(&query, 3, first, last);
        TOC_TRY(toc_query_run(&query));
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ANSWERS_OVER,
                           "DELETE FROM token_answer WHERE asker = ?1 AND holder = ?2"
                           " AND log = 0 AND token_epoch < ?3",
                           &query));
    toc_query_text(&query, 1, asker);
    toc_query_text(&query, 2, holder);
    toc_query_integer(&query, 3, token_epoch);
    return toc_query_run(&query);
}

enum toc_result toc_store_tokens_clear(struct toc_store *store)
{
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ASKS_CLEAR_ALL,
                               "DELETE FROM token_ask", &query));
        TOC_TRY(toc_query_run(&query));
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ANSWERS_CLEAR_ALL,
                           "DELETE FROM token_answer WHERE log <> 0", &query));
    return toc_query_run(&query);
}
