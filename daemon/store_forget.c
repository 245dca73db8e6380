#include "store_forget.h"

#include "store_query.h"
#include "store_subject.h"

#include <string.h>

#define KEY_LEN_MAX (TOC_SUPPLIER_KEY_MAX + 1)
#define ASKS_MAX 16 /* more than a member has open at a time */

static enum toc_result run_with(struct toc_store *store, enum toc_sql sql, const char *text,
                                const char *key)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, sql, text, &query));
    toc_query_text(&query, 1, key);
    return toc_query_run(&query);
}

/* ---- asks that are open: the others of the ask must not be asked, and paid for, again ---- */

static bool names_it(struct toc_bytes keys, const char *key)
{
    struct toc_bytes item;

    while (toc_list_next(&keys, KEY_LEN_MAX, &item) == TOC_OK) {
        if (toc_bytes_equal(item, toc_bytes_text(key))) {
            return true;
        }
    }
    return false;
}

static enum toc_result replace(struct toc_arena *arena, struct toc_bytes keys, const char *key,
                               struct toc_bytes *ret_keys)
{
    struct toc_bytes rest = keys;
    struct toc_bytes item;
    uint8_t *const start =
        toc_arena_get(arena, keys.len + TOC_OPRF_BATCH_MAX * sizeof(TOC_SUBJECT_GONE));
    uint8_t *end = start;

    TOC_ENSURE(start != NULL, TOC_NOMEM);
    while (toc_list_next(&rest, KEY_LEN_MAX, &item) == TOC_OK) {
        const bool gone = toc_bytes_equal(item, toc_bytes_text(key));
        end = toc_list_put(end, gone ? toc_bytes_text(TOC_SUBJECT_GONE) : item);
    }
    *ret_keys = toc_bytes_of(start, (size_t)(end - start));
    return TOC_OK;
}

static enum toc_result forget_in_asks(struct toc_store *store, const char *key)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_own_ask asks[ASKS_MAX];
    size_t len = 0;

    TOC_TRY(toc_arena_new((size_t)4 * 1024 * 1024, &arena));
    TOC_TRY(toc_store_own_asks(store, arena, asks, ASKS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        struct toc_bytes keys;
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        if (!names_it(asks[i].keys, key)) {
            continue;
        }
        TOC_TRY(replace(arena, asks[i].keys, key, &keys));
        TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_OWN_ASK_KEYS,
                               "UPDATE ask SET keys = ?2 WHERE id = ?1", &query));
        toc_query_blob(&query, 1, toc_bytes_of(asks[i].id, sizeof(asks[i].id)));
        toc_query_blob(&query, 2, keys);
        TOC_TRY(toc_query_run(&query));
    }
    return TOC_OK;
}

/* ---- by key ---- */

enum toc_result toc_store_key_forget(struct toc_store *store, const char *key)
{
    static const struct {
        enum toc_sql sql;
        const char *text;
    } steps[] = {
        {TOC_SQL_FORGET_FILLED, "DELETE FROM filled WHERE 'name:' || fold = ?1"},
        {TOC_SQL_FORGET_COMPANY, "DELETE FROM company WHERE key = ?1"},
        {TOC_SQL_FORGET_FORMER, "DELETE FROM former_name WHERE key = ?1"},
        {TOC_SQL_FORGET_PARENT, "DELETE FROM parent WHERE key = ?1"},
        {TOC_SQL_FORGET_EVENT, "DELETE FROM event WHERE key = ?1"},
        {TOC_SQL_FORGET_SUBJECT, "DELETE FROM subject WHERE key = ?1"},
        {TOC_SQL_FORGET_TOKEN, "DELETE FROM token WHERE key = ?1"},
        {TOC_SQL_FORGET_MET, "DELETE FROM alert_met WHERE (publisher, id) IN"
                             " (SELECT publisher, id FROM alert_mine WHERE key = ?1)"},
        {TOC_SQL_FORGET_DISPUTE, "DELETE FROM dispute WHERE alert IN"
                                 " (SELECT id FROM alert_mine WHERE key = ?1)"},
        {TOC_SQL_FORGET_DEED, "UPDATE flag_deed SET text = '' WHERE flag IN"
                              " (SELECT id FROM flag WHERE key = ?1)"},
        {TOC_SQL_FORGET_FLAG_PARENT, "UPDATE flag SET parent_key = '', parent_fold = '',"
                                     " parent_name = '' WHERE parent_key = ?1 OR key = ?1"},
        {TOC_SQL_FORGET_ALERT, "DELETE FROM alert_mine WHERE key = ?1"},
        {TOC_SQL_FORGET_FLAG, "UPDATE flag SET key = '', fold = '', name = '', text = '',"
                              " reference = '' WHERE key = ?1"},
    };

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        TOC_TRY(run_with(store, steps[i].sql, steps[i].text, key));
    }
    return forget_in_asks(store, key);
}

enum toc_result toc_store_names_note(struct toc_store *store)
{
    return toc_query_simple(store, &store->local, TOC_SQL_NAMES_NOTE,
                            "INSERT OR IGNORE INTO sweep (due) VALUES (1)");
}

/* ---- token epochs ---- */

static enum toc_result tidy(struct toc_store *store, uint32_t token_epoch)
{
    static const struct {
        enum toc_sql sql;
        const char *text;
    } steps[] = {
        {TOC_SQL_TIDY_OUTPUTS, "DELETE FROM ask_output WHERE ask IN"
                               " (SELECT id FROM ask WHERE token_epoch < ?1)"},
        {TOC_SQL_TIDY_ASKS, "DELETE FROM ask WHERE token_epoch < ?1"},
        {TOC_SQL_TIDY_FAULTS, "DELETE FROM holder_fault WHERE token_epoch < ?1"},
        {TOC_SQL_TIDY_SUBJECTS, "DELETE FROM subject WHERE token_epoch < ?1 AND (state <> 2 OR"
                                " (token_epoch + 1 < ?1 AND key NOT IN"
                                " (SELECT key FROM alert_mine)))"},
        {TOC_SQL_TIDY_TOKENS, "DELETE FROM token WHERE token_epoch + 1 < ?1 AND NOT EXISTS"
                              " (SELECT 1 FROM subject WHERE subject.key = token.key"
                              " AND subject.token_epoch = token.token_epoch)"},
    };

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->local, steps[i].sql, steps[i].text, &query));
        toc_query_integer(&query, 1, token_epoch);
        TOC_TRY(toc_query_run(&query));
    }
    return TOC_OK;
}

enum toc_result toc_store_token_epochs_tidy(struct toc_store *store, uint32_t token_epoch)
{
    TOC_TRY(toc_db_begin(store, &store->local));
    return toc_db_end(store, &store->local, tidy(store, token_epoch));
}
