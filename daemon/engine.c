/* tour 3/9: the engine. It holds what is in memory, opens and commits the tick's transaction, and
 * hands each event to the file that decides about it. Next: local_submit.c, where a record arrives.
 */
#include "engine_internal.h"

#include "ensure.h"
#include "flag_undo.h"
#include "store_corrected.h"
#include "store_forget.h"
#include "store_telling.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tick's arena: decoded frames and an outbox of TOC_OUTBOX_MAX. */
#define TICK_ARENA_MAX ((size_t)256 * 1024 * 1024)
/* One batch, opened and decoded: 512 records of any type. */
#define SCRATCH_ARENA_MAX ((size_t)64 * 1024 * 1024)

static enum toc_result fetch_roster(void *context, uint64_t version, struct toc_arena *arena,
                                    struct toc_bytes *ret_bytes)
{
    return toc_store_roster_get(context, version, arena, ret_bytes);
}

const struct toc_roster *toc_engine_roster(const struct toc_engine *engine)
{
    return toc_roster_chain_current(engine->rosters);
}

enum toc_result toc_engine_write(struct toc_engine *engine)
{
    enum toc_result result;

    if (engine->in_transaction) {
        return TOC_OK;
    }
    result = toc_store_begin(engine->store);
    engine->in_transaction = result == TOC_OK;
    engine->store_failed |= result != TOC_OK;
    return result;
}

void toc_engine_note(struct toc_engine *engine, enum toc_notice_level level, const char *event,
                     const char *format, ...)
{
    struct toc_notice *notice;
    va_list arguments;

    if (engine->notices_len == TOC_NOTICES_MAX) {
        return; /* the oldest say what began it */
    }
    notice = &engine->notices[engine->notices_len++];
    notice->level = level;
    notice->event = event;
    va_start(arguments, format);
    (void)vsnprintf(notice->text, sizeof(notice->text), format, arguments);
    va_end(arguments);
}

bool toc_engine_notice(struct toc_engine *engine, struct toc_notice *ret_notice)
{
    if (engine->notices_len == 0) {
        return false;
    }
    *ret_notice = engine->notices[0];
    engine->notices_len--;
    memmove(engine->notices, engine->notices + 1, engine->notices_len * sizeof(engine->notices[0]));
    return true;
}

bool toc_engine_spend_verification(struct toc_engine *engine)
{
    if (engine->verifications == 0) {
        return false;
    }
    engine->verifications--;
    return true;
}

bool toc_engine_has_room(const struct toc_engine *engine)
{
    return engine->verifications >= TOC_GIVE_BATCHES_MAX && engine->wraps_left > 0 &&
           engine->taken < TOC_TICK_BYTES_MAX && toc_out_has_room(engine) &&
           !engine->store_failed && toc_arena_used(engine->arena) < TICK_ARENA_MAX / 4;
}

bool toc_engine_has_room_local(const struct toc_engine *engine)
{
    return engine->submitted < TOC_TICK_BYTES_MAX;
}

/* ---- start and end ---- */

/* What was known stays until the store has been read: everything asks the roster, also in ticks
 * that fail because this did. */
static enum toc_result load_rosters(struct toc_engine *engine, struct toc_why *why)
{
    TOC_AUTO(toc_roster_chain_free) struct toc_roster_chain *rosters = NULL;
    const struct toc_roster_source source = {fetch_roster, engine->store};
    const uint64_t last = toc_store_roster_last(engine->store);

    TOC_TRY(toc_roster_chain_new(&source, &rosters));
    if (last > 0) {
        struct toc_bytes first;
        struct toc_bytes newest;
        TOC_TRY(toc_store_roster_get(engine->store, 1, engine->scratch, &first));
        TOC_TRY(toc_store_roster_get(engine->store, last, engine->scratch, &newest));
        TOC_TRY(toc_roster_chain_resume(rosters, first, newest, why));
        engine->group = *toc_roster_chain_group(rosters);
    } else {
        /* "None" and "cannot be read" look alike above; only the first may start afresh. */
        struct toc_bytes bytes;
        const enum toc_result none =
            toc_store_roster_get(engine->store, 1, engine->scratch, &bytes);
        TOC_ENSURE(none == TOC_NOTFOUND, none == TOC_OK ? TOC_STORE : none);
    }
    toc_arena_reset(engine->scratch);
    toc_roster_chain_free(&engine->rosters);
    engine->rosters = toc_take(&rosters);
    return TOC_OK;
}

static enum toc_result load_log(void *context, const struct toc_log_row *row)
{
    struct toc_engine *engine = context;
    struct toc_log *log;

    TOC_TRY(toc_engine_log_get(engine, &row->log, &log));
    log->row = *row;
    return TOC_OK;
}

static enum toc_result load_logs(struct toc_engine *engine)
{
    const enum toc_result corrected = toc_store_corrected_any(engine->store);

    TOC_ENSURE(corrected == TOC_OK || corrected == TOC_NOTFOUND, corrected);
    engine->corrected = corrected == TOC_OK;
    TOC_TRY(toc_store_logs(engine->store, load_log, engine));
    for (size_t i = 0; i < engine->logs_len; i++) {
        TOC_TRY(toc_statement_recall(engine, &engine->logs[i]));
    }
    return TOC_OK;
}

static void forget_logs(struct toc_engine *engine)
{
    for (size_t i = 0; i < engine->logs_len; i++) {
        free((void *)(uintptr_t)engine->logs[i].heartbeat.data);
    }
    engine->logs_len = 0;
}

static void forget_sessions(struct toc_engine *engine)
{
    for (size_t i = 0; i < engine->sessions_len; i++) {
        free(engine->sessions[i].pending);
    }
    engine->sessions_len = 0;
}

/* The group a roster file speaks of: the hash of its first version. */
static enum toc_result group_of_file(struct toc_engine *engine, struct toc_bytes file,
                                     struct toc_hash *ret_group, struct toc_why *why)
{
    struct toc_signed_roster first;
    struct toc_bytes item;
    struct toc_bytes rest;

    TOC_TRY(toc_roster_file_begin(file, &rest, why));
    enum toc_result result = toc_list_next(&rest, TOC_ROSTER_LEN_MAX, &item);
    if (result == TOC_OK) {
        result = toc_wire_signed_roster_decode(engine->arena, item, &first);
    }
    TOC_ENSURE(result != TOC_NOMEM, TOC_NOMEM); /* which says nothing about the file */
    if (result != TOC_OK || first.roster.version != 1) {
        return toc_fail(why, TOC_MALFORMED, "the roster file is cut or damaged: get it again");
    }
    *ret_group = toc_roster_hash(&toc_hash_zero, 1, first.body);
    return TOC_OK;
}

/* A store belongs to one member of one group, and is claimed before anything is written to it. */
static enum toc_result take_roster_file(struct toc_engine *engine, struct toc_bytes file,
                                        struct toc_why *why)
{
    struct toc_hash group;
    unsigned adopted = 0;

    if (file.len == 0) {
        return TOC_OK;
    }
    TOC_TRY(group_of_file(engine, file, &group, why));
    TOC_TRY(toc_store_claim(engine->store, &group, engine->me, why));
    TOC_TRY(toc_engine_write(engine));
    TOC_TRY(toc_roster_take_file(engine, file, &adopted, why));
    engine->in_transaction = false;
    return toc_store_commit(engine->store);
}

static enum toc_result check_self(const struct toc_engine *engine, struct toc_why *why)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const struct toc_member *self;

    if (roster == NULL) {
        return toc_fail(why, TOC_NOTFOUND,
                        "there is no roster yet: ask the group's signer for the roster file");
    }
    self = toc_roster_member(roster, engine->me);
    if (self == NULL) {
        return toc_fail(why, TOC_DENIED,
                        "member '%s' is not in roster version %llu of group '%s': send the request "
                        "file to the group's signer",
                        engine->me, (unsigned long long)roster->version, roster->group);
    }
    if (memcmp(&self->sign_public, &engine->keys->sign_public, sizeof(self->sign_public)) != 0 ||
        memcmp(&self->box_public, &engine->keys->box_public, sizeof(self->box_public)) != 0) {
        return toc_fail(why, TOC_DENIED,
                        "the key file is not the one the roster names for '%s': use the key of the "
                        "admitted request, or have the new one admitted with --replace",
                        engine->me);
    }
    return TOC_OK;
}

static enum toc_result load(struct toc_engine *engine, struct toc_bytes roster_file,
                            struct toc_why *why)
{
    enum toc_result result;

    TOC_TRY(load_rosters(engine, why));
    TOC_TRY(load_logs(engine));
    result = take_roster_file(engine, roster_file, why);
    if (result != TOC_OK && why != NULL && why->text[0] != '\0') { /* else the store says why */
        toc_why_prefix(why, "%s", engine->conf->roster);
    }
    if (result != TOC_OK && engine->in_transaction) {
        toc_store_rollback(engine->store);
        engine->in_transaction = false;
    }
    TOC_TRY(result);
    TOC_TRY(check_self(engine, why));
    TOC_TRY(toc_store_claim(engine->store, &engine->group, engine->me, why));
    return toc_apply_reading(engine, why);
}

enum toc_result toc_engine_new(const struct toc_engine_setup *setup, struct toc_bytes roster_file,
                               struct toc_engine **ret_engine, struct toc_why *why)
{
    TOC_AUTO(toc_engine_free) struct toc_engine *engine = calloc(1, sizeof(*engine));

    TOC_ENSURE(engine != NULL, TOC_NOMEM);
    engine->conf = setup->conf;
    engine->keys = setup->keys;
    engine->store = setup->store;
    engine->env = setup->env;
    engine->me = setup->keys->member;
    engine->alone = setup->alone;
    engine->now_wall = toc_env_wall_ms(engine->env);
    engine->now_mono = toc_env_mono_ms(engine->env);
    TOC_TRY(toc_arena_new(TICK_ARENA_MAX, &engine->arena));
    TOC_TRY(toc_arena_new(TICK_ARENA_MAX, &engine->before.arena));
    TOC_TRY(toc_arena_new(SCRATCH_ARENA_MAX, &engine->scratch));
    TOC_TRY(toc_opened_new(engine->store, &engine->opened));
    TOC_TRY(load(engine, roster_file, why));
    engine->roster_spread = false; /* nobody is there yet */
    engine->roster_changed = true;
    toc_tokens_begin(engine);
    TOC_TRY(toc_telling_start(engine, why));
    *ret_engine = toc_take(&engine);
    return TOC_OK;
}

static void forget_jobs(struct toc_engine *engine)
{
    while (engine->jobs != NULL) {
        struct toc_job *job = toc_engine_job_take(engine);
        toc_job_free(&job);
    }
}

void toc_engine_free(struct toc_engine **engine)
{
    struct toc_engine *it = *engine;

    if (it == NULL) {
        return;
    }
    if (it->in_transaction) {
        toc_store_rollback(it->store);
    }
    toc_publish_clear(it);
    toc_local_forget(it);
    toc_flag_undo_forget(it);
    forget_jobs(it);
    forget_logs(it);
    forget_sessions(it);
    free(it->queue);
    free(it->logs);
    free(it->logs_sorted);
    free(it->sessions);
    free(it->outbox);
    free(it->before.outbox);
    toc_roster_chain_free(&it->rosters);
    toc_arena_free(&it->arena);
    toc_arena_free(&it->before.arena);
    toc_arena_free(&it->scratch);
    toc_opened_free(&it->opened);
    free(it);
    *engine = NULL;
}

enum toc_result toc_engine_configure(struct toc_engine *engine, const struct toc_conf *conf,
                                     struct toc_bytes roster_file, struct toc_why *why)
{
    unsigned adopted = 0;

    if (roster_file.len > 0) {
        TOC_TRY(toc_roster_take_file(engine, roster_file, &adopted, why));
    }
    engine->conf = conf;
    return TOC_OK;
}

/* ---- who may connect ---- */

bool toc_engine_admits(const struct toc_engine *engine, enum toc_domain domain,
                       const uint8_t curve_key[TOC_BOX_KEY_LEN])
{
    const struct toc_member *member =
        toc_roster_member_by_curve(toc_engine_roster(engine), curve_key);

    if (member == NULL) {
        return false;
    }
    return domain == TOC_DOMAIN_SESSION || !toc_member_has(member, TOC_ROLE_OBSERVER);
}

enum toc_result toc_engine_server_key(const struct toc_engine *engine, const char *member,
                                      bool next, uint8_t ret_key[TOC_BOX_KEY_LEN])
{
    const struct toc_member *entry = toc_roster_member(toc_engine_roster(engine), member);
    const struct toc_box_public *key;

    TOC_ENSURE(entry != NULL, TOC_NOTFOUND);
    key = next ? &entry->curve_next_public : &entry->curve_public;
    TOC_ENSURE(toc_box_public_valid(key), TOC_NOTFOUND);
    memcpy(ret_key, key->bytes, TOC_BOX_KEY_LEN);
    return TOC_OK;
}

bool toc_engine_roster_changed(struct toc_engine *engine)
{
    const bool changed = engine->roster_changed;

    engine->roster_changed = false;
    return changed;
}

enum toc_result toc_engine_roster_file(struct toc_engine *engine, struct toc_buf *ret_file)
{
    const uint64_t last = toc_roster_chain_version(engine->rosters);

    TOC_TRY(toc_buf_append_text(ret_file, TOC_ROSTER_FILE_MAGIC));
    for (uint64_t version = 1; version <= last; version++) {
        struct toc_bytes bytes;
        toc_arena_reset(engine->scratch);
        TOC_TRY(toc_store_roster_get(engine->store, version, engine->scratch, &bytes));
        TOC_TRY(toc_list_append(ret_file, bytes));
    }
    return TOC_OK;
}

/* ---- the tick ---- */

/* Memory anew from the disk. Until that works every tick fails: a daemon that does not know its own
 * logs must not sign. */
static void reload(struct toc_engine *engine)
{
    struct toc_why why;

    forget_logs(engine);
    engine->alerts = (struct toc_alerting){.quiet = false};
    engine->provers_len = 0;
    engine->waiting_known = false;
    engine->reload_due = load_rosters(engine, &why) != TOC_OK || load_logs(engine) != TOC_OK;
}

static void swap_memory(struct toc_engine *engine)
{
    const struct toc_tick_memory before = engine->before;

    engine->before = (struct toc_tick_memory){engine->arena, engine->outbox, engine->outbox_room};
    engine->arena = before.arena;
    engine->outbox = before.outbox;
    engine->outbox_room = before.outbox_room;
}

void toc_engine_begin(struct toc_engine *engine)
{
    swap_memory(engine);
    toc_arena_reset(engine->arena);
    toc_opened_forget(engine->opened);
    engine->now_wall = toc_env_wall_ms(engine->env);
    engine->now_mono = toc_env_mono_ms(engine->env);
    engine->verifications = TOC_TICK_VERIFICATIONS_MAX;
    engine->taken = 0;
    engine->submitted = 0;
    engine->wraps_left = TOC_TICK_WRAPS_MAX;
    engine->applications = TOC_TICK_APPLY_BATCHES_MAX;
    engine->outbox_len = 0;
    engine->outbox_bytes = 0;
    engine->store_failed = false;
    engine->journal_grew = false;
    (void)toc_store_unread(engine->store); /* after the commit: none of this tick's concern */
    toc_store_local_gather(engine->store);
    toc_store_why_forget(engine->store);
    if (engine->reload_due) {
        reload(engine);
        engine->store_failed = engine->reload_due;
    }
    engine->store_failed |= toc_flag_undo_all(engine) != TOC_OK; /* of a tick that failed */
}

static enum toc_result finish(struct toc_engine *engine)
{
    TOC_TRY(toc_roster_spread(engine));
    TOC_TRY(toc_tokens_finish(engine));
    TOC_TRY(toc_hub_check_finish(engine));
    TOC_TRY(toc_alerting_finish(engine));
    TOC_TRY(toc_publish_finish(engine));
    TOC_TRY(toc_epoch_retention(engine));
    TOC_TRY(toc_own_finish(engine));
    TOC_TRY(toc_heartbeat_finish(engine));
    TOC_TRY(toc_give_finish(engine));
    TOC_TRY(toc_ask_say_seen(engine));
    toc_local_finish(engine);
    TOC_TRY(toc_telling_finish(engine)); /* behind all that changes local.db */
    return toc_local_wake(engine);
}

/* The disk did not follow: memory goes back to what it holds, and every peer is greeted anew in the
 * next tick, so that what was promised in memory alone is asked for again. */
static enum toc_result recover(struct toc_engine *engine, struct toc_why *why)
{
    /* A store that fails says why; what else fails a tick is memory. */
    const char *store_why = toc_store_why(engine->store);
    const char *const words =
        store_why[0] != '\0' ? store_why : "out of memory: free some on this machine";

    toc_store_rollback(engine->store);
    engine->in_transaction = false;
    toc_out_failed(engine, words);
    toc_publish_clear(engine);
    forget_jobs(engine); /* of epochs that never were; what is missing is looked for again */
    engine->wraps_checked = false;
    toc_tokens_recover(engine);
    toc_telling_begin(engine);
    (void)(toc_flag_undo_all(engine) == TOC_OK); /* else before the next tick */
    reload(engine);
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        session->pending_len = 0;
        session->peer_roster_version = 0;
        session->half_heard = true;
    }
    engine->roster_spread = true;
    const enum toc_result result = toc_fail(why, TOC_STORE, "%s", words);
    (void)(toc_store_local_keep(engine->store) == TOC_OK); /* toc_store_durable says so, too */
    return result;
}

enum toc_result toc_engine_finish(struct toc_engine *engine, struct toc_why *why)
{
    enum toc_result result = engine->store_failed ? TOC_STORE : finish(engine);

    if (toc_store_unread(engine->store)) {
        result = TOC_STORE;
    }
    if (result == TOC_OK) { /* first: what the group knows of us we know ourselves */
        result = toc_store_local_keep(engine->store);
    }
    if (result == TOC_OK && engine->in_transaction) {
        result = toc_store_commit(engine->store);
        engine->in_transaction = result != TOC_OK;
    }
    if (result == TOC_OK) {
        result = toc_store_told(engine->store);
    }
    if (result != TOC_OK) {
        return recover(engine, why);
    }
    toc_publish_clear(engine);
    toc_flag_undo_forget(engine);
    if (engine->truncate_wal) {
        engine->truncate_wal = toc_store_truncate_wal(engine->store) != TOC_OK;
    }
    if (engine->sweep_names) {
        engine->sweep_names = toc_store_names_sweep(engine->store) != TOC_OK;
    }
    return TOC_OK;
}

size_t toc_engine_outbox(const struct toc_engine *engine, const struct toc_out **ret_out)
{
    *ret_out = engine->outbox;
    return engine->outbox_len;
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t toc_engine_deadline(const struct toc_engine *engine)
{
    const int64_t heartbeat = toc_heartbeat_deadline(engine);
    const int64_t local = toc_local_deadline(engine);

    if (toc_give_unserved(engine) || engine->more_to_apply || engine->more_to_sign ||
        engine->roster_spread || toc_tokens_due(engine) || engine->telling.due) {
        return engine->now_mono;
    }
    return earliest(earliest(earliest(heartbeat, local), toc_flagging_deadline(engine)),
                    earliest(engine->naming_mono, toc_alerting_deadline(engine)));
}
