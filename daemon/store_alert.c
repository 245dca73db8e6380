/* What a hub was told, and what it has sent. See store_alert.h; reading is in store_alert_read.c.
 */
#include "store_alert_read.h"
#include "store_query.h"

static struct toc_bytes token_bytes(const struct toc_token *token)
{
    return toc_bytes_of(token->bytes, sizeof token->bytes);
}

static struct toc_bytes id_bytes(const uint8_t id[TOC_FLAG_ID_LEN])
{
    return toc_bytes_of(id, TOC_FLAG_ID_LEN);
}

/* A change about one record: ?1 is its publisher, ?2 its sequence. */
static enum toc_result run_at(struct toc_store *store, enum toc_sql sql, const char *text,
                              const char *publisher, uint64_t sequence)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    toc_query_text(&query, 1, publisher);
    toc_query_integer(&query, 2, (int64_t)sequence);
    return toc_query_run(&query);
}

/* A change about what is before or in a number: ?1. */
static enum toc_result run_number(struct toc_store *store, enum toc_sql sql, const char *text,
                                  int64_t number)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    toc_query_integer(&query, 1, number);
    return toc_query_run(&query);
}

static enum toc_result run_bytes(struct toc_store *store, enum toc_sql sql, const char *text,
                                 struct toc_bytes bytes)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    toc_query_blob(&query, 1, bytes);
    return toc_query_run(&query);
}

/* ---- the hub's own ---- */

enum toc_result toc_store_alert_seen(struct toc_store *store, const char *publisher,
                                     uint64_t sequence, bool fresh,
                                     const struct toc_alert_seen *seen)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(fresh ? toc_query_open(store, &store->group, TOC_SQL_ALERT_SEEN_FRESH,
                                   "INSERT OR REPLACE INTO hub_seen (publisher, sequence, seen_ms,"
                                   " shows_ms) VALUES (?1, ?2, ?3, ?4)",
                                   &query)
                  : toc_query_open(store, &store->group, TOC_SQL_ALERT_SEEN_ADD,
                                   "INSERT OR IGNORE INTO hub_seen (publisher, sequence, seen_ms,"
                                   " shows_ms) VALUES (?1, ?2, ?3, ?4)",
                                   &query));
    toc_query_text(&query, 1, publisher);
    toc_query_integer(&query, 2, (int64_t)sequence);
    toc_query_integer(&query, 3, seen->seen_ms);
    toc_query_integer(&query, 4, seen->shows_ms);
    return toc_query_run(&query);
}

enum toc_result toc_store_alert_shows(struct toc_store *store, const char *publisher,
                                      uint64_t sequence, int64_t *ret_ms)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_SHOWS,
                           "SELECT shows_ms FROM hub_seen WHERE publisher = ?1 AND sequence = ?2",
                           &query));
    toc_query_text(&query, 1, publisher);
    toc_query_integer(&query, 2, (int64_t)sequence);
    TOC_TRY(toc_query_row(&query));
    *ret_ms = toc_query_get(&query, 0);
    return TOC_OK;
}

enum toc_result toc_store_alert_any(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_ANY,
                           "SELECT 1 FROM hub_token LIMIT 1", &query));
    return toc_query_row(&query);
}

enum toc_result toc_store_alert_waits(struct toc_store *store, int64_t *ret_ms)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_ALERT_WAITS,
        "SELECT shows_ms FROM hub_seen WHERE shows_ms > 0 ORDER BY shows_ms LIMIT 1", &query));
    TOC_TRY(toc_query_row(&query));
    *ret_ms = toc_query_get(&query, 0);
    return TOC_OK;
}

enum toc_result toc_store_alert_show(struct toc_store *store, int64_t now_ms)
{
    TOC_TRY(run_number(store, TOC_SQL_ALERT_SHOW_LOOK,
                       "INSERT OR IGNORE INTO hub_look (token) SELECT token FROM hub_seen"
                       " JOIN hub_subject USING (publisher, sequence)"
                       " WHERE shows_ms > 0 AND shows_ms <= ?1",
                       now_ms));
    TOC_TRY(run_number(store, TOC_SQL_ALERT_SHOW,
                       "UPDATE hub_seen SET shows_ms = 0 WHERE shows_ms > 0 AND shows_ms <= ?1",
                       now_ms));
    TOC_TRY(run_number(store, TOC_SQL_ALERT_ENDED_SUBJECTS,
                       "DELETE FROM hub_subject WHERE (publisher, sequence) IN (SELECT publisher,"
                       " sequence FROM hub_flag WHERE until_ms > 0 AND until_ms <= ?1)",
                       now_ms));
    return run_number(store, TOC_SQL_ALERT_ENDED,
                      "DELETE FROM hub_flag WHERE until_ms > 0 AND until_ms <= ?1", now_ms);
}

/* ---- what to look at ---- */

enum toc_result toc_store_alert_look(struct toc_store *store, const struct toc_token *token)
{
    return run_bytes(store, TOC_SQL_ALERT_LOOK,
                     "INSERT OR IGNORE INTO hub_look (token) VALUES (?1)", token_bytes(token));
}

/* With what belongs to it, or belonged until now. */
static enum toc_result look_around(struct toc_store *store, const struct toc_token *token)
{
    TOC_TRY(toc_store_alert_look(store, token));
    return run_bytes(store, TOC_SQL_ALERT_LOOK_LINKS,
                     "INSERT OR IGNORE INTO hub_look (token)"
                     " SELECT id FROM hub_link WHERE name = ?1"
                     " UNION SELECT name FROM hub_link WHERE id = ?1",
                     token_bytes(token));
}

enum toc_result toc_store_alert_look_epochs(struct toc_store *store, uint32_t before)
{
    return run_number(store, TOC_SQL_ALERT_LOOK_EPOCHS,
                      "INSERT OR IGNORE INTO hub_look (token) SELECT token FROM hub_subject"
                      " JOIN hub_token USING (token) WHERE token_epoch < ?1",
                      before);
}

enum toc_result toc_store_alert_look_all(struct toc_store *store)
{
    return toc_query_simple(store, &store->group, TOC_SQL_ALERT_LOOK_ALL,
                            "INSERT OR IGNORE INTO hub_look (token) SELECT token FROM hub_subject"
                            " UNION SELECT token FROM hub_part");
}

static enum toc_result look_first(struct toc_store *store, struct toc_token *ret_token)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_LOOK_NEXT,
                           "SELECT token FROM hub_look ORDER BY token LIMIT 1", &query));
    TOC_TRY(toc_query_row(&query));
    return toc_query_get_fixed(&query, 0, ret_token->bytes, sizeof ret_token->bytes);
}

enum toc_result toc_store_alert_look_next(struct toc_store *store, struct toc_token *ret_token)
{
    struct toc_token token;
    TOC_TRY(look_first(store, &token));
    TOC_TRY(run_bytes(store, TOC_SQL_ALERT_LOOKED, "DELETE FROM hub_look WHERE token = ?1",
                      token_bytes(&token)));
    *ret_token = token;
    return TOC_OK;
}

/* ---- flags ---- */

static enum toc_result flag_row(struct toc_store *store, const char *publisher, uint64_t sequence,
                                const struct toc_flag *flag)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_FLAG_PUT,
                           "INSERT OR REPLACE INTO hub_flag (publisher, sequence, id, event,"
                           " source, severity, status, expires, clause, action, until_ms)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
                           &query));
    toc_query_text(&query, 1, publisher);
    toc_query_integer(&query, 2, (int64_t)sequence);
    toc_query_blob(&query, 3, id_bytes(flag->id));
    toc_query_integer(&query, 4, flag->event);
    toc_query_integer(&query, 5, flag->source);
    toc_query_integer(&query, 6, flag->severity);
    toc_query_integer(&query, 7, flag->status);
    toc_query_integer(&query, 8, flag->expires_quarter);
    toc_query_integer(&query, 9, flag->clause);
    toc_query_integer(&query, 10, flag->action);
    return toc_query_run(&query);
}

static enum toc_result token_row(struct toc_store *store, const struct toc_alert_token *token)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_TOKEN_PUT,
                           "INSERT OR IGNORE INTO hub_token (token, purpose, kind, token_epoch,"
                           " alert_key) VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_blob(&query, 1, token_bytes(&token->token));
    toc_query_integer(&query, 2, token->purpose);
    toc_query_integer(&query, 3, token->kind);
    toc_query_integer(&query, 4, token->token_epoch);
    toc_query_blob(&query, 5, toc_bytes_of(token->alert.bytes, sizeof token->alert.bytes));
    return toc_query_run(&query);
}

/* The number that the flag gives beside a token, of the same one of supplier and parent. */
static const struct toc_token *number_beside(const struct toc_flag *flag, bool of_parent)
{
    for (size_t i = 0; i < flag->subjects_len; i++) {
        const struct toc_flag_subject *const subject = &flag->subjects[i];
        if (subject->kind == TOC_TOKEN_ID && subject->of_parent == of_parent) {
            return &subject->token;
        }
    }
    return NULL;
}

static enum toc_result subject_row(struct toc_store *store, const char *publisher,
                                   uint64_t sequence, const struct toc_flag_subject *subject,
                                   bool with_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    const struct toc_sealed_detail *const detail = &subject->detail;
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_SUBJECT_PUT,
                           "INSERT OR REPLACE INTO hub_subject (publisher, sequence, token,"
                           " of_parent, with_id, detail_id, detail_revision, detail_nonce, detail)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                           &query));
    toc_query_text(&query, 1, publisher);
    toc_query_integer(&query, 2, (int64_t)sequence);
    toc_query_blob(&query, 3, token_bytes(&subject->token));
    toc_query_integer(&query, 4, subject->of_parent);
    toc_query_integer(&query, 5, with_id);
    toc_query_blob(&query, 6, id_bytes(detail->id));
    toc_query_integer(&query, 7, detail->revision);
    toc_query_blob(&query, 8, toc_bytes_of(detail->nonce, sizeof detail->nonce));
    toc_query_blob(&query, 9, toc_bytes_of(detail->sealed, sizeof detail->sealed));
    return toc_query_run(&query);
}

/* A member's oldest flags of a token make room. */
static enum toc_result cut_subjects(struct toc_store *store, const char *publisher,
                                    const struct toc_token *token)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_SUBJECTS_CUT,
                           "DELETE FROM hub_subject WHERE token = ?1 AND publisher = ?2 AND"
                           " sequence <= (SELECT sequence FROM hub_subject WHERE token = ?1"
                           " AND publisher = ?2 ORDER BY sequence DESC LIMIT 1 OFFSET ?3)",
                           &query));
    toc_query_blob(&query, 1, token_bytes(token));
    toc_query_text(&query, 2, publisher);
    toc_query_integer(&query, 3, TOC_ALERT_FLAGS_MAX);
    return toc_query_run(&query);
}

static enum toc_result link_row(struct toc_store *store, const struct toc_token *name,
                                const struct toc_token *id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_LINK_PUT,
                           "INSERT OR IGNORE INTO hub_link (name, id) VALUES (?1, ?2)", &query));
    toc_query_blob(&query, 1, token_bytes(name));
    toc_query_blob(&query, 2, token_bytes(id));
    return toc_query_run(&query);
}

enum toc_result toc_store_alert_flag_put(struct toc_store *store, const char *publisher,
                                         uint64_t sequence, const struct toc_flag *flag)
{
    TOC_TRY(flag_row(store, publisher, sequence, flag));
    for (size_t i = 0; i < flag->subjects_len; i++) {
        const struct toc_flag_subject *const subject = &flag->subjects[i];
        const struct toc_token *const number = number_beside(flag, subject->of_parent);
        const struct toc_alert_token token = {.token = subject->token,
                                              .purpose = flag->purpose,
                                              .kind = subject->kind,
                                              .token_epoch = flag->token_epoch,
                                              .alert = subject->alert};
        TOC_TRY(token_row(store, &token));
        TOC_TRY(subject_row(store, publisher, sequence, subject, number != NULL));
        TOC_TRY(cut_subjects(store, publisher, &subject->token));
        if (subject->kind == TOC_TOKEN_NAME && number != NULL) {
            TOC_TRY(link_row(store, &subject->token, number));
        }
        TOC_TRY(look_around(store, &subject->token));
    }
    return TOC_OK;
}

static enum toc_result run_flag(struct toc_store *store, enum toc_sql sql, const char *text,
                                const char *publisher, const uint8_t id[TOC_FLAG_ID_LEN],
                                uint64_t sequence, int64_t until_ms)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    toc_query_text(&query, 1, publisher);
    toc_query_blob(&query, 2, id_bytes(id));
    toc_query_integer(&query, 3, (int64_t)sequence);
    if (until_ms != 0) {
        toc_query_integer(&query, 4, until_ms);
    }
    return toc_query_run(&query);
}

enum toc_result toc_store_alert_flag_end(struct toc_store *store, const char *publisher,
                                         const uint8_t id[TOC_FLAG_ID_LEN], uint64_t sequence,
                                         int64_t until_ms)
{
    if (until_ms != 0) {
        return run_flag(store, TOC_SQL_ALERT_FLAG_UNTIL,
                        "UPDATE hub_flag SET until_ms = ?4"
                        " WHERE publisher = ?1 AND id = ?2 AND sequence < ?3 AND until_ms = 0",
                        publisher, id, sequence, until_ms);
    }
    TOC_TRY(run_flag(store, TOC_SQL_ALERT_LOOK_FLAG,
                     "INSERT OR IGNORE INTO hub_look (token) SELECT token FROM hub_subject"
                     " WHERE publisher = ?1 AND sequence IN (SELECT sequence FROM hub_flag"
                     " WHERE publisher = ?1 AND id = ?2 AND sequence < ?3)",
                     publisher, id, sequence, 0));
    TOC_TRY(run_flag(store, TOC_SQL_ALERT_FLAG_SUBJECTS_DROP,
                     "DELETE FROM hub_subject WHERE publisher = ?1 AND sequence IN"
                     " (SELECT sequence FROM hub_flag"
                     " WHERE publisher = ?1 AND id = ?2 AND sequence < ?3)",
                     publisher, id, sequence, 0));
    return run_flag(store, TOC_SQL_ALERT_FLAG_DROP,
                    "DELETE FROM hub_flag WHERE publisher = ?1 AND id = ?2 AND sequence < ?3",
                    publisher, id, sequence, 0);
}

enum toc_result toc_store_alert_flag_id(struct toc_store *store, const char *publisher,
                                        uint64_t sequence, uint8_t ret_id[TOC_FLAG_ID_LEN])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_FLAG_ID,
                           "SELECT id FROM hub_flag WHERE publisher = ?1 AND sequence = ?2",
                           &query));
    toc_query_text(&query, 1, publisher);
    toc_query_integer(&query, 2, (int64_t)sequence);
    TOC_TRY(toc_query_row(&query));
    return toc_query_get_fixed(&query, 0, ret_id, TOC_FLAG_ID_LEN);
}

/* ---- disputes ---- */

static enum toc_result look_disputed(struct toc_store *store, const char *publisher,
                                     uint64_t sequence)
{
    return run_at(store, TOC_SQL_ALERT_LOOK_DISPUTE,
                  "INSERT OR IGNORE INTO hub_look (token)"
                  " SELECT CASE d.confirms WHEN 0 THEN d.token ELSE s.token END"
                  " FROM hub_dispute d LEFT JOIN hub_flag f ON d.confirms = 1 AND f.id = d.id"
                  " LEFT JOIN hub_subject s ON s.publisher = f.publisher"
                  " AND s.sequence = f.sequence WHERE d.publisher = ?1 AND d.sequence = ?2"
                  " AND (d.confirms = 0 OR s.token IS NOT NULL)",
                  publisher, sequence);
}

/* A member's oldest about one alert or flag make room. */
static enum toc_result cut_disputes(struct toc_store *store, const char *publisher,
                                    const struct toc_dispute *dispute)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_DISPUTES_CUT,
                           "DELETE FROM hub_dispute WHERE id = ?1 AND confirms = ?2"
                           " AND publisher = ?3 AND sequence <= (SELECT sequence FROM hub_dispute"
                           " WHERE id = ?1 AND confirms = ?2 AND publisher = ?3"
                           " ORDER BY sequence DESC LIMIT 1 OFFSET ?4)",
                           &query));
    toc_query_blob(&query, 1, id_bytes(dispute->id));
    toc_query_integer(&query, 2, dispute->confirms);
    toc_query_text(&query, 3, publisher);
    toc_query_integer(&query, 4, TOC_ALERT_ANSWERS_MAX);
    return toc_query_run(&query);
}

enum toc_result toc_store_alert_dispute_put(struct toc_store *store, const char *publisher,
                                            uint64_t sequence, const struct toc_dispute *dispute)
{
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_DISPUTE_PUT,
                               "INSERT OR REPLACE INTO hub_dispute (publisher, sequence, confirms,"
                               " id, token) VALUES (?1, ?2, ?3, ?4, ?5)",
                               &query));
        toc_query_text(&query, 1, publisher);
        toc_query_integer(&query, 2, (int64_t)sequence);
        toc_query_integer(&query, 3, dispute->confirms);
        toc_query_blob(&query, 4, id_bytes(dispute->id));
        toc_query_blob(&query, 5, token_bytes(&dispute->token));
        TOC_TRY(toc_query_run(&query));
    }
    TOC_TRY(cut_disputes(store, publisher, dispute));
    return look_disputed(store, publisher, sequence);
}

enum toc_result toc_store_alert_dispute_drop(struct toc_store *store, const char *publisher,
                                             uint64_t sequence)
{
    TOC_TRY(look_disputed(store, publisher, sequence));
    return run_at(store, TOC_SQL_ALERT_DISPUTE_DROP,
                  "DELETE FROM hub_dispute WHERE publisher = ?1 AND sequence = ?2", publisher,
                  sequence);
}

/* ---- alerts ---- */

static enum toc_result alert_row(struct toc_store *store, uint64_t sequence,
                                 const struct toc_alert *alert)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_PUT,
                           "INSERT INTO hub_alert (id, revision, sequence) VALUES (?1, ?2, ?3)"
                           " ON CONFLICT (id) DO UPDATE SET revision = ?2, sequence = ?3"
                           " WHERE revision < ?2",
                           &query));
    toc_query_blob(&query, 1, id_bytes(alert->id));
    toc_query_integer(&query, 2, alert->revision);
    toc_query_integer(&query, 3, (int64_t)sequence);
    return toc_query_hit(&query);
}

static enum toc_result part_row(struct toc_store *store, const uint8_t id[TOC_FLAG_ID_LEN],
                                const struct toc_alert_part *part)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_ALERT_PART_PUT,
                           "INSERT OR REPLACE INTO hub_part (token, alert, kind, nonce, sealed)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_blob(&query, 1, token_bytes(&part->token));
    toc_query_blob(&query, 2, id_bytes(id));
    toc_query_integer(&query, 3, part->kind);
    toc_query_blob(&query, 4, toc_bytes_of(part->body.nonce, sizeof part->body.nonce));
    toc_query_blob(&query, 5, toc_bytes_of(part->body.sealed, sizeof part->body.sealed));
    return toc_query_run(&query);
}

enum toc_result toc_store_alert_put(struct toc_store *store, uint64_t sequence,
                                    const struct toc_alert *alert)
{
    const enum toc_result newer = alert_row(store, sequence, alert);
    if (newer != TOC_OK) {
        return newer == TOC_NOTFOUND ? TOC_OK : newer; /* an older revision */
    }
    TOC_TRY(run_bytes(store, TOC_SQL_ALERT_PARTS_DROP, "DELETE FROM hub_part WHERE alert = ?1",
                      id_bytes(alert->id)));
    for (size_t i = 0; i < alert->parts_len; i++) {
        TOC_TRY(part_row(store, alert->id, &alert->parts[i]));
    }
    return TOC_OK;
}

/* ---- clearing ---- */

/* ?1 to ?3: the publisher (NULL: whoever), and the first and last sequence. */
static enum toc_result run_range(struct toc_store *store, enum toc_sql sql, const char *text,
                                 const char *publisher, uint64_t first, uint64_t last)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, sql, text, &query));
    if (publisher != NULL) {
        toc_query_text(&query, 1, publisher);
    }
    toc_query_integer(&query, 2, (int64_t)(toc_storable(first) ? first : INT64_MAX));
    toc_query_integer(&query, 3, (int64_t)(toc_storable(last) ? last : INT64_MAX));
    return toc_query_run(&query);
}

#define IN_RANGE " WHERE ?1 IS NULL OR (publisher = ?1 AND sequence BETWEEN ?2 AND ?3)"

static enum toc_result clear_distress(struct toc_store *store, const char *publisher,
                                      uint64_t first, uint64_t last)
{
    TOC_TRY(
        run_range(store, TOC_SQL_ALERT_CLEAR_LOOK,
                  "INSERT OR IGNORE INTO hub_look (token) SELECT token FROM hub_subject" IN_RANGE,
                  publisher, first, last));
    TOC_TRY(run_range(store, TOC_SQL_ALERT_CLEAR_SUBJECTS, "DELETE FROM hub_subject" IN_RANGE,
                      publisher, first, last));
    TOC_TRY(run_range(store, TOC_SQL_ALERT_CLEAR_FLAGS, "DELETE FROM hub_flag" IN_RANGE, publisher,
                      first, last));
    return run_range(store, TOC_SQL_ALERT_CLEAR_DISPUTES, "DELETE FROM hub_dispute" IN_RANGE,
                     publisher, first, last);
}

static enum toc_result clear_alerts(struct toc_store *store, const char *publisher, uint64_t first,
                                    uint64_t last)
{
    TOC_TRY(run_range(store, TOC_SQL_ALERT_CLEAR_PARTS,
                      "DELETE FROM hub_part WHERE alert IN (SELECT id FROM hub_alert"
                      " WHERE ?1 IS NULL OR sequence BETWEEN ?2 AND ?3)",
                      publisher, first, last));
    return run_range(store, TOC_SQL_ALERT_CLEAR_ALERTS,
                     "DELETE FROM hub_alert WHERE ?1 IS NULL OR sequence BETWEEN ?2 AND ?3",
                     publisher, first, last);
}

enum toc_result toc_store_alert_clear(struct toc_store *store, bool alerts, const char *publisher,
                                      uint64_t first_sequence, uint64_t last_sequence)
{
    if (publisher == NULL) {
        TOC_TRY(toc_store_alert_look_all(store));
        TOC_TRY(toc_query_simple(store, &store->group, TOC_SQL_ALERT_CLEAR_TOKENS,
                                 "DELETE FROM hub_token"));
        TOC_TRY(toc_query_simple(store, &store->group, TOC_SQL_ALERT_CLEAR_LINKS,
                                 "DELETE FROM hub_link"));
    }
    if (publisher == NULL || !alerts) {
        TOC_TRY(clear_distress(store, publisher, first_sequence, last_sequence));
    }
    return publisher == NULL || alerts
               ? clear_alerts(store, publisher, first_sequence, last_sequence)
               : TOC_OK;
}
