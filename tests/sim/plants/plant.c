/* Bugs, one for each invariant of the design and each kind of fault beside, planted at link time
 * (-Wl,--wrap): the daemon's own code has no word of them. TOC_PLANT says which. Each must be found
 * by the simulation; a plant that is not found is a check that cannot fail. */
#include "engine_internal.h"
#include "sealed.h"

#include <sqlite3.h>
#include <string.h>

/* Every so often. One thread. Not every plant asks. */
__attribute__((unused)) static bool now_and_then(unsigned every)
{
    static unsigned calls;

    return ++calls % every == 0;
}

#if TOC_PLANT == 1 /* what was not written is said to be on disk */

enum toc_result __real_toc_store_commit(struct toc_store *store);
enum toc_result __wrap_toc_store_commit(struct toc_store *store);
enum toc_result __wrap_toc_store_commit(struct toc_store *store)
{
    if (now_and_then(50)) {
        toc_store_rollback(store);
        return TOC_OK;
    }
    return __real_toc_store_commit(store);
}

#elif TOC_PLANT == 2 /* a log may have gaps */

enum toc_place __real_toc_chain_place(const struct toc_chain *chain,
                                      const struct toc_batch_header *header,
                                      uint64_t roster_version);
enum toc_place __wrap_toc_chain_place(const struct toc_chain *chain,
                                      const struct toc_batch_header *header,
                                      uint64_t roster_version);
enum toc_place __wrap_toc_chain_place(const struct toc_chain *chain,
                                      const struct toc_batch_header *header,
                                      uint64_t roster_version)
{
    const enum toc_place place = __real_toc_chain_place(chain, header, roster_version);

    return place == TOC_PLACE_GAP && !header->opens_epoch ? TOC_PLACE_NEXT : place;
}

#elif TOC_PLANT == 3 /* the cursor does not always move with what was applied */

enum toc_result __real_toc_store_log_save(struct toc_store *store, struct toc_log_row *row);
enum toc_result __wrap_toc_store_log_save(struct toc_store *store, struct toc_log_row *row);
enum toc_result __wrap_toc_store_log_save(struct toc_store *store, struct toc_log_row *row)
{
    const uint64_t applied = row->applied_next;
    enum toc_result result;

    row->applied_next -= applied > 1 && now_and_then(50) ? 1 : 0;
    result = __real_toc_store_log_save(store, row);
    row->applied_next = applied;
    return result;
}

#elif TOC_PLANT == 4 /* what the feed lost is not asked for */

enum toc_result __wrap_toc_ask_missing(struct toc_engine *engine, struct toc_log *log);
enum toc_result __wrap_toc_ask_offer_grown(struct toc_engine *engine, struct toc_session *session);
enum toc_result __wrap_toc_ask_missing(struct toc_engine *engine, struct toc_log *log)
{
    (void)engine;
    (void)log;
    return TOC_OK;
}
enum toc_result __wrap_toc_ask_offer_grown(struct toc_engine *engine, struct toc_session *session)
{
    (void)engine;
    (void)session;
    return TOC_OK;
}

#elif TOC_PLANT == 5 /* who left still reads: the key stays */

bool __wrap_toc_roster_audience_shrank(const struct toc_roster *was, const struct toc_roster *now,
                                       const char *publisher, const char *stream);
bool __wrap_toc_roster_audience_shrank(const struct toc_roster *was, const struct toc_roster *now,
                                       const char *publisher, const char *stream)
{
    (void)was;
    (void)now;
    (void)publisher;
    (void)stream;
    return false;
}

#elif TOC_PLANT == 6 /* two histories, and nobody minds */

enum toc_result __wrap_toc_apply_conflict(struct toc_engine *engine, struct toc_log *log,
                                          const char *what, struct toc_bytes one,
                                          struct toc_bytes other);
enum toc_result __wrap_toc_apply_conflict(struct toc_engine *engine, struct toc_log *log,
                                          const char *what, struct toc_bytes one,
                                          struct toc_bytes other)
{
    (void)engine;
    (void)log;
    (void)what;
    (void)one;
    (void)other;
    return TOC_CONFLICT;
}

#elif TOC_PLANT == 7 /* whoever does not read is given more and more */

enum toc_result __real_toc_give_finish(struct toc_engine *engine);
enum toc_result __wrap_toc_give_finish(struct toc_engine *engine);
enum toc_result __wrap_toc_give_finish(struct toc_engine *engine)
{
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *const session = &engine->sessions[i];
        session->flow.read = session->flow.given;
        for (size_t j = 0; j < session->pending_len; j++) {
            session->pending[j].credit = TOC_CREDIT_MAX;
        }
    }
    return __real_toc_give_finish(engine);
}

#elif TOC_PLANT == 8 /* the name goes with the flag, unsealed */

enum toc_result __real_toc_name_seal(const struct toc_token_context *context,
                                     const struct toc_token *token,
                                     const struct toc_token_key *name_key, const char *text,
                                     const uint8_t nonce[TOC_SEAL_NONCE_LEN],
                                     struct toc_sealed_name *ret_sealed);
enum toc_result __wrap_toc_name_seal(const struct toc_token_context *context,
                                     const struct toc_token *token,
                                     const struct toc_token_key *name_key, const char *text,
                                     const uint8_t nonce[TOC_SEAL_NONCE_LEN],
                                     struct toc_sealed_name *ret_sealed);
enum toc_result __wrap_toc_name_seal(const struct toc_token_context *context,
                                     const struct toc_token *token,
                                     const struct toc_token_key *name_key, const char *text,
                                     const uint8_t nonce[TOC_SEAL_NONCE_LEN],
                                     struct toc_sealed_name *ret_sealed)
{
    const enum toc_result result =
        __real_toc_name_seal(context, token, name_key, text, nonce, ret_sealed);

    memcpy(ret_sealed->sealed, text, strlen(text));
    return result;
}

#elif TOC_PLANT == 9 /* `publish --expect` does not look at what it is to expect */

struct toc_local;
enum toc_result __real_toc_local_text(const struct toc_local *local, const char *key,
                                      const char **ret_text, struct toc_why *why);
enum toc_result __wrap_toc_local_text(const struct toc_local *local, const char *key,
                                      const char **ret_text, struct toc_why *why);
enum toc_result __wrap_toc_local_text(const struct toc_local *local, const char *key,
                                      const char **ret_text, struct toc_why *why)
{
    return strcmp(key, "expect") == 0 ? TOC_OK : __real_toc_local_text(local, key, ret_text, why);
}

#elif TOC_PLANT == 10 /* a withdrawal does not reach what it withdraws */

enum toc_result __real_toc_view_alert_withdrawn(struct toc_engine *engine,
                                                const struct toc_log *log,
                                                const struct toc_reference *target);
enum toc_result __wrap_toc_view_alert_withdrawn(struct toc_engine *engine,
                                                const struct toc_log *log,
                                                const struct toc_reference *target);
enum toc_result __wrap_toc_view_alert_withdrawn(struct toc_engine *engine,
                                                const struct toc_log *log,
                                                const struct toc_reference *target)
{
    return now_and_then(4) ? TOC_OK : __real_toc_view_alert_withdrawn(engine, log, target);
}

#elif TOC_PLANT == 11 /* commits do not wait for the disk */

int __real_sqlite3_exec(sqlite3 *handle, const char *sql,
                        int (*row)(void *context, int columns, char **values, char **names),
                        void *context, char **ret_message);
int __wrap_sqlite3_exec(sqlite3 *handle, const char *sql,
                        int (*row)(void *context, int columns, char **values, char **names),
                        void *context, char **ret_message);
int __wrap_sqlite3_exec(sqlite3 *handle, const char *sql,
                        int (*row)(void *context, int columns, char **values, char **names),
                        void *context, char **ret_message)
{
    const int error = __real_sqlite3_exec(handle, sql, row, context, ret_message);

    if (error == SQLITE_OK && strstr(sql, "PRAGMA synchronous = FULL") != NULL) {
        return __real_sqlite3_exec(handle, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    }
    return error;
}

#elif TOC_PLANT == 12 /* a commit that failed is said to have worked */

enum toc_result __real_toc_store_commit(struct toc_store *store);
enum toc_result __wrap_toc_store_commit(struct toc_store *store);
enum toc_result __wrap_toc_store_commit(struct toc_store *store)
{
    const enum toc_result result = __real_toc_store_commit(store);

    return result == TOC_STORE ? TOC_OK : result;
}

#elif TOC_PLANT == 13 /* of two rosters nobody keeps the other */

enum toc_result __wrap_toc_store_evidence_add(struct toc_store *store, const char *about,
                                              int64_t time_ms, struct toc_bytes one,
                                              struct toc_bytes other);
enum toc_result __wrap_toc_store_evidence_add(struct toc_store *store, const char *about,
                                              int64_t time_ms, struct toc_bytes one,
                                              struct toc_bytes other)
{
    (void)store;
    (void)about;
    (void)time_ms;
    (void)one;
    (void)other;
    return TOC_OK;
}

#elif TOC_PLANT == 14 /* what is not understood is not kept either */

enum toc_result __real_toc_apply_store(struct toc_engine *engine, struct toc_log *log,
                                       const struct toc_batch *batch, const struct toc_hash *head,
                                       struct toc_session *from, const struct toc_epoch_key *key);
enum toc_result __wrap_toc_apply_store(struct toc_engine *engine, struct toc_log *log,
                                       const struct toc_batch *batch, const struct toc_hash *head,
                                       struct toc_session *from, const struct toc_epoch_key *key);
enum toc_result __wrap_toc_apply_store(struct toc_engine *engine, struct toc_log *log,
                                       const struct toc_batch *batch, const struct toc_hash *head,
                                       struct toc_session *from, const struct toc_epoch_key *key)
{
    if (strcmp(log->row.log.stream, "exposure") == 0 &&
        toc_record_kind_for_stream("exposure") == NULL) {
        return TOC_INVALID;
    }
    return __real_toc_apply_store(engine, log, batch, head, from, key);
}

#elif TOC_PLANT == 15 /* an upgrade does not apply what was kept */

enum toc_result __wrap_toc_apply_reading(struct toc_engine *engine, struct toc_why *why);
enum toc_result __wrap_toc_apply_reading(struct toc_engine *engine, struct toc_why *why)
{
    (void)engine;
    (void)why;
    return TOC_OK;
}

#endif

#ifdef TOC_PLANT
_Static_assert(TOC_PLANT >= 1 && TOC_PLANT <= 15, "there are fifteen");
#endif
