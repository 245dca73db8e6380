/* Reading what a hub was told, and what it has sent. See store_alert_read.h. */
#include "store_alert_read.h"
#include "store_query.h"

static struct toc_bytes token_bytes(const struct toc_token *token)
{
    return toc_bytes_of(token->bytes, sizeof token->bytes);
}

enum toc_result toc_store_alert_token(struct toc_store *store, const struct toc_token *token,
                                      struct toc_alert_token *ret_token)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_alert_token row = {.token = *token};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_ALERT_TOKEN_GET,
        "SELECT purpose, kind, token_epoch, alert_key FROM hub_token WHERE token = ?1", &query));
    toc_query_blob(&query, 1, token_bytes(token));
    TOC_TRY(toc_query_row(&query));
    row.purpose = (enum toc_purpose)toc_query_get(&query, 0);
    row.kind = (enum toc_token_kind)toc_query_get(&query, 1);
    row.token_epoch = (uint32_t)toc_query_get(&query, 2);
    TOC_TRY(toc_query_get_fixed(&query, 3, row.alert.bytes, sizeof row.alert.bytes));
    *ret_token = row;
    return TOC_OK;
}

enum toc_result toc_store_alert_links(struct toc_store *store, const struct toc_token *token,
                                      enum toc_token_kind kind, struct toc_token *ret_tokens,
                                      size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;
    TOC_TRY(kind == TOC_TOKEN_NAME
                ? toc_query_open(store, &store->group, TOC_SQL_ALERT_LINKS_OF_NAME,
                                 "SELECT id FROM hub_link WHERE name = ?1 ORDER BY id", &query)
                : toc_query_open(store, &store->group, TOC_SQL_ALERT_LINKS_OF_ID,
                                 "SELECT name FROM hub_link WHERE id = ?1 ORDER BY name", &query));
    toc_query_blob(&query, 1, token_bytes(token));
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_fixed(&query, 0, ret_tokens[len].bytes, TOC_TOKEN_LEN));
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

/* How many rows a list about these bytes will have: ?1. */
static enum toc_result count_rows(struct toc_store *store, enum toc_sql sql, const char *text,
                                  struct toc_bytes about, int64_t second, size_t *ret_count)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    toc_query_blob(&query, 1, about);
    if (second >= 0) {
        toc_query_integer(&query, 2, second);
    }
    TOC_TRY(toc_query_row(&query));
    *ret_count = (size_t)toc_query_get(&query, 0);
    return TOC_OK;
}

/* ---- flags ---- */

static enum toc_result flag_read(const struct toc_query *query, struct toc_alert_flag *ret_flag)
{
    struct toc_alert_flag *const flag = ret_flag;
    TOC_TRY(toc_query_get_name(query, 0, flag->publisher, sizeof flag->publisher));
    flag->sequence = (uint64_t)toc_query_get(query, 1);
    TOC_TRY(toc_query_get_fixed(query, 2, flag->id, sizeof flag->id));
    flag->event = (unsigned)toc_query_get(query, 3);
    flag->source = (enum toc_source)toc_query_get(query, 4);
    flag->severity = (unsigned)toc_query_get(query, 5);
    flag->status = (enum toc_flag_status)toc_query_get(query, 6);
    flag->expires_quarter = (unsigned)toc_query_get(query, 7);
    flag->clause = (enum toc_clause)toc_query_get(query, 8);
    flag->action = (enum toc_action)toc_query_get(query, 9);
    flag->until_ms = toc_query_get(query, 10);
    flag->seen.number = toc_query_get(query, 11);
    flag->seen.seen_ms = toc_query_get(query, 12);
    flag->seen.shows_ms = toc_query_get(query, 13);
    flag->of_parent = toc_query_get(query, 14) != 0;
    flag->with_id = toc_query_get(query, 15) != 0;
    TOC_TRY(toc_query_get_fixed(query, 16, flag->detail.id, sizeof flag->detail.id));
    flag->detail.revision = (uint32_t)toc_query_get(query, 17);
    TOC_TRY(toc_query_get_fixed(query, 18, flag->detail.nonce, sizeof flag->detail.nonce));
    return toc_query_get_fixed(query, 19, flag->detail.sealed, sizeof flag->detail.sealed);
}

enum toc_result toc_store_alert_flags(struct toc_store *store, const struct toc_token *token,
                                      struct toc_arena *arena, struct toc_alert_flag **ret_flags,
                                      size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t max;
    size_t len = 0;
    TOC_TRY(count_rows(store, TOC_SQL_ALERT_FLAGS_COUNT,
                       "SELECT count(*) FROM hub_subject WHERE token = ?1", token_bytes(token), -1,
                       &max));
    struct toc_alert_flag *const flags = toc_arena_zero(arena, max + 1, sizeof *flags);
    TOC_ENSURE(flags != NULL, TOC_NOMEM);
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_ALERT_FLAGS,
        "SELECT publisher, sequence, f.id, event, source, severity, status, expires, clause,"
        " action, until_ms, number, seen_ms, shows_ms, of_parent, with_id, detail_id,"
        " detail_revision, detail_nonce, detail FROM hub_subject JOIN hub_flag f"
        " USING (publisher, sequence) JOIN hub_seen USING (publisher, sequence)"
        " WHERE token = ?1 ORDER BY number",
        &query));
    toc_query_blob(&query, 1, token_bytes(token));
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(flag_read(&query, &flags[len]));
        len++;
    }
    *ret_flags = flags;
    *ret_len = len;
    return TOC_OK;
}

/* ---- alerts ---- */

static enum toc_result parts_read(struct toc_store *store, struct toc_alert_sent *alert)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_ALERT_PARTS,
        "SELECT token, kind, nonce, sealed FROM hub_part WHERE alert = ?1 ORDER BY token", &query));
    toc_query_blob(&query, 1, toc_bytes_of(alert->id, sizeof alert->id));
    alert->parts_len = 0;
    while (alert->parts_len < TOC_ALERT_PARTS_MAX) {
        struct toc_alert_part *const part = &alert->parts[alert->parts_len];
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_fixed(&query, 0, part->token.bytes, sizeof part->token.bytes));
        part->kind = (enum toc_token_kind)toc_query_get(&query, 1);
        TOC_TRY(toc_query_get_fixed(&query, 2, part->body.nonce, sizeof part->body.nonce));
        TOC_TRY(toc_query_get_fixed(&query, 3, part->body.sealed, sizeof part->body.sealed));
        alert->parts_len++;
    }
    return TOC_OK;
}

static enum toc_result alerts_read(struct toc_query *query, struct toc_alert_sent *ret_alerts,
                                   size_t max, size_t *ret_len)
{
    size_t len = 0;
    while (len < max) {
        struct toc_alert_sent *const alert = &ret_alerts[len];
        const enum toc_result result = toc_query_row(query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_fixed(query, 0, alert->id, sizeof alert->id));
        alert->revision = (uint32_t)toc_query_get(query, 1);
        alert->sequence = (uint64_t)toc_query_get(query, 2);
        TOC_TRY(parts_read(query->store, alert));
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

enum toc_result toc_store_alert_sent(struct toc_store *store, const struct toc_token *token,
                                     struct toc_arena *arena, struct toc_alert_sent **ret_alerts,
                                     size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t max;
    TOC_TRY(count_rows(store, TOC_SQL_ALERT_SENT_COUNT,
                       "SELECT count(*) FROM hub_part WHERE token = ?1", token_bytes(token), -1,
                       &max));
    struct toc_alert_sent *const alerts = toc_arena_zero(arena, max + 1, sizeof *alerts);
    TOC_ENSURE(alerts != NULL, TOC_NOMEM);
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_SENT,
                           "SELECT a.id, a.revision, a.sequence FROM hub_part p JOIN hub_alert a"
                           " ON a.id = p.alert WHERE p.token = ?1 ORDER BY a.id",
                           &query));
    toc_query_blob(&query, 1, token_bytes(token));
    TOC_TRY(alerts_read(&query, alerts, max, ret_len));
    *ret_alerts = alerts;
    return TOC_OK;
}

enum toc_result toc_store_alerts(struct toc_store *store, const uint8_t *after,
                                 struct toc_alert_sent *ret_alerts, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERTS,
                           "SELECT id, revision, sequence FROM hub_alert WHERE id > ?1 ORDER BY id",
                           &query));
    toc_query_blob(&query, 1, toc_bytes_of(after, after == NULL ? 0 : TOC_FLAG_ID_LEN));
    return alerts_read(&query, ret_alerts, max, ret_len);
}

/* ---- disputes and confirmations ---- */

enum toc_result toc_store_alert_answers(struct toc_store *store, bool confirms,
                                        const uint8_t id[TOC_FLAG_ID_LEN], struct toc_arena *arena,
                                        struct toc_alert_answer **ret_answers, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const struct toc_bytes about = toc_bytes_of(id, TOC_FLAG_ID_LEN);
    size_t max;
    size_t len = 0;
    TOC_TRY(count_rows(store, TOC_SQL_ALERT_ANSWERS_COUNT,
                       "SELECT count(*) FROM hub_dispute WHERE id = ?1 AND confirms = ?2", about,
                       confirms, &max));
    struct toc_alert_answer *const answers = toc_arena_zero(arena, max + 1, sizeof *answers);
    TOC_ENSURE(answers != NULL, TOC_NOMEM);
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_ANSWERS,
                           "SELECT publisher, token, number, seen_ms FROM hub_dispute"
                           " JOIN hub_seen USING (publisher, sequence)"
                           " WHERE id = ?1 AND confirms = ?2 ORDER BY number",
                           &query));
    toc_query_blob(&query, 1, about);
    toc_query_integer(&query, 2, confirms);
    while (len < max) {
        struct toc_alert_answer *const answer = &answers[len];
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_name(&query, 0, answer->publisher, sizeof answer->publisher));
        TOC_TRY(toc_query_get_fixed(&query, 1, answer->token.bytes, sizeof answer->token.bytes));
        answer->number = toc_query_get(&query, 2);
        answer->seen_ms = toc_query_get(&query, 3);
        len++;
    }
    *ret_answers = answers;
    *ret_len = len;
    return TOC_OK;
}
