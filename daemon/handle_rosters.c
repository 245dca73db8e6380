/* Rosters: every version since the one a peer holds, adopted one at a time. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

/* One roster, its bytes and what they decode to. */
#define PARSED_MAX (16 * (size_t)TOC_ROSTER_LEN_MAX)

/* Keys that are gone are nobody's: their sessions fall silent at once, on connections that stay
 * open too; and speak again when a later version of the same tick has the key. */
static void resolve_sessions(struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);

    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        const struct toc_member *member = NULL;
        if (session->link == 0) {
            continue;
        }
        member = session->dialled ? toc_roster_member(roster, session->member)
                                  : toc_roster_member_by_curve(roster, session->curve_key);
        if (member != NULL && session->member[0] == '\0') {
            /* Removed, and back before its connection was ended: it is greeted anew. */
            memcpy(session->member, member->id, sizeof(session->member));
        } else if (member == NULL || strcmp(member->id, session->member) != 0) {
            session->open = false;
            session->greeted = false;
            session->pending_len = 0;
            if (!session->dialled) {
                session->member[0] = '\0';
            }
        }
    }
}

static bool is_named(const char *const *ids, size_t len, const char *id)
{
    for (size_t i = 0; i < len; i++) {
        if (strcmp(ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* A member whose box key was replaced needs its wraps anew. */
static enum toc_result drop_stale_wraps(struct toc_engine *engine, const struct toc_roster *was)
{
    const struct toc_roster *now = toc_engine_roster(engine);

    for (size_t i = 0; was != NULL && i < was->members_len; i++) {
        const struct toc_member *before = &was->members[i];
        const struct toc_member *after = toc_roster_member(now, before->id);
        if (after != NULL &&
            memcmp(&before->box_public, &after->box_public, sizeof(before->box_public)) == 0) {
            continue;
        }
        for (size_t j = 0; j < engine->logs_len; j++) {
            const struct toc_log *log = &engine->logs[j];
            if (log->row.id != 0) {
                TOC_TRY(toc_store_wrap_drop(engine->store, log->row.id, 0, before->id));
            }
        }
    }
    return TOC_OK;
}

/* Members that were there before and whose new entry, list or office may bring them into an
 * audience. Newcomers are known by the version that admitted them. */
static enum toc_result find_risen(struct toc_engine *engine, const struct toc_roster *was,
                                  const char ***ret_ids, size_t *ret_len)
{
    const struct toc_roster *now = toc_engine_roster(engine);
    const char **ids = toc_arena_zero(engine->arena, now->members_len, sizeof(*ids));
    size_t len = 0;

    TOC_ENSURE(ids != NULL, TOC_NOMEM);
    for (size_t i = 0; i < now->members_len; i++) {
        const struct toc_member *member = &now->members[i];
        const struct toc_member *before = toc_roster_member(was, member->id);
        bool risen = before != NULL && before->roles != member->roles;
        for (size_t j = 0; j < now->lists_len && !risen; j++) {
            risen = is_named(now->lists[j].members, now->lists[j].members_len, member->id);
        }
        risen = risen || is_named(now->holders, now->holders_len, member->id);
        if (before != NULL && risen) {
            ids[len++] = member->id;
        }
    }
    *ret_ids = ids;
    *ret_len = len;
    return TOC_OK;
}

/* Members that came late may read from the beginning now. */
static bool history_was_opened(const struct toc_roster *was, const struct toc_roster *now,
                               const char *stream)
{
    const struct toc_stream_rule *before = toc_roster_rule(was, stream);
    const struct toc_stream_rule *after = toc_roster_rule(now, stream);

    return before != NULL && after != NULL && before->history_from_admission &&
           !after->history_from_admission;
}

/* Who came into a log's audience without being new to the group gets the wraps of what went before,
 * and if that is us, what we only carried is read after all. */
static enum toc_result welcome(struct toc_engine *engine, struct toc_log *log,
                               const struct toc_roster *was, const char *const *risen, size_t len)
{
    const struct toc_roster *now = toc_engine_roster(engine);
    const struct toc_log_id *id = &log->row.log;
    /* Its publisher wraps no more, or nobody asks it for a log that its old key wrote: now it is
     * for the hub to see that nobody lacks one. */
    const struct toc_member *const publisher = toc_roster_member(now, id->publisher);
    uint64_t since = publisher == NULL || publisher->admitted_version == now->version ||
                             history_was_opened(was, now, id->stream)
                         ? 0
                         : now->version;

    for (size_t i = 0; i < len && log->row.id != 0; i++) {
        if (!toc_roster_in_audience(now, risen[i], id->publisher, id->stream) ||
            toc_roster_in_audience(was, risen[i], id->publisher, id->stream)) {
            continue;
        }
        since = 0;
        if (strcmp(risen[i], engine->me) == 0) {
            TOC_TRY(toc_apply_joined(engine, log));
        }
    }
    return toc_epoch_wrap_missing(engine, log, 1, since);
}

static enum toc_result adopted(struct toc_engine *engine, const struct toc_roster *was,
                               struct toc_bytes signed_roster)
{
    const struct toc_roster *now = toc_engine_roster(engine);
    const char **risen = NULL;
    size_t risen_len = 0;

    TOC_TRY(toc_store_roster_add(engine->store, now->version, signed_roster));
    engine->group = *toc_roster_chain_group(engine->rosters);
    engine->roster_changed = true;
    toc_tokens_begin(engine);
    engine->provers_len = was == NULL ? 0 : engine->provers_len;
    resolve_sessions(engine);
    if (was == NULL) {
        return TOC_OK;
    }
    toc_engine_note(engine, TOC_NOTICE_INFO, "roster.adopted", "version=%llu members=%zu",
                    (unsigned long long)now->version, now->members_len);
    TOC_TRY(drop_stale_wraps(engine, was));
    TOC_TRY(toc_apply_pins(engine));
    TOC_TRY(toc_heartbeat_close_logs(engine, was));
    TOC_TRY(find_risen(engine, was, &risen, &risen_len));
    for (size_t i = 0; i < engine->logs_len; i++) {
        TOC_TRY(welcome(engine, &engine->logs[i], was, risen, risen_len));
        TOC_TRY(toc_apply_log(engine, &engine->logs[i]));
    }
    engine->roster_spread = true;
    return TOC_OK;
}

static enum toc_result keep_evidence(struct toc_engine *engine, struct toc_bytes signed_roster)
{
    struct toc_signed_roster other;
    struct toc_bytes held;

    TOC_TRY(toc_wire_signed_roster_decode(engine->arena, signed_roster, &other));
    TOC_TRY(toc_store_roster_get(engine->store, other.roster.version, engine->arena, &held));
    engine->counters.conflicts++;
    toc_engine_note(engine, TOC_NOTICE_ERROR, "roster.conflict",
                    "version=%llu two validly signed rosters: ask the signers which one stands",
                    (unsigned long long)other.roster.version);
    return toc_store_evidence_add(engine->store, "two rosters of one version", engine->now_wall,
                                  held, signed_roster);
}

/* The parsed old roster dies with the adoption, so what is compared later is parsed once more. Not
 * in the tick's arena: a newcomer adopts hundreds in one tick. */
static enum toc_result copy_of_current(struct toc_engine *engine, struct toc_arena *arena,
                                       const struct toc_roster **ret_was)
{
    const uint64_t version = toc_roster_chain_version(engine->rosters);
    struct toc_signed_roster copy;
    struct toc_roster *kept;
    struct toc_bytes bytes;

    *ret_was = NULL;
    if (version == 0) {
        return TOC_OK;
    }
    TOC_TRY(toc_store_roster_get(engine->store, version, arena, &bytes));
    TOC_TRY(toc_wire_signed_roster_decode(arena, bytes, &copy));
    kept = toc_arena_get(arena, sizeof(*kept));
    TOC_ENSURE(kept != NULL, TOC_NOMEM);
    *kept = copy.roster;
    *ret_was = kept;
    return TOC_OK;
}

enum toc_result toc_roster_take(struct toc_engine *engine, struct toc_bytes signed_roster,
                                struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const struct toc_roster *was;
    enum toc_result result;

    TOC_TRY(toc_engine_write(engine));
    TOC_TRY(toc_arena_new(PARSED_MAX, &arena));
    TOC_TRY(copy_of_current(engine, arena, &was));
    result = toc_roster_chain_adopt(engine->rosters, signed_roster, why);
    if (result == TOC_CONFLICT) {
        TOC_TRY(keep_evidence(engine, signed_roster));
    }
    TOC_TRY(result);
    return adopted(engine, was, signed_roster);
}

/* Past the versions that are held. Each names the hash of the one before, so that where file and
 * store agree on one they agree on all before it, and a start reads one of hundreds. */
static void skip_held(struct toc_engine *engine, struct toc_bytes *rest)
{
    const uint64_t newest = toc_roster_chain_version(engine->rosters);
    struct toc_bytes ahead = *rest;
    struct toc_bytes item = {NULL, 0};
    struct toc_bytes held;
    struct toc_bytes after = *rest;
    uint64_t version = 0;

    while (version < newest && toc_list_next(&ahead, TOC_ROSTER_LEN_MAX, &item) == TOC_OK) {
        after = ahead;
        version++;
    }
    if (toc_store_roster_get(engine->store, version, engine->scratch, &held) == TOC_OK &&
        toc_bytes_equal(held, item)) {
        *rest = after;
    }
    toc_arena_reset(engine->scratch);
}

enum toc_result toc_roster_take_file(struct toc_engine *engine, struct toc_bytes file,
                                     unsigned *ret_adopted, struct toc_why *why)
{
    unsigned count = 0;
    struct toc_bytes rest;

    TOC_TRY(toc_roster_file_begin(file, &rest, why));
    skip_held(engine, &rest);
    for (;;) {
        struct toc_bytes item;
        enum toc_result result = toc_list_next(&rest, TOC_ROSTER_LEN_MAX, &item);
        if (result == TOC_NOTFOUND) {
            break;
        }
        if (result != TOC_OK) {
            return toc_fail(why, result, "the roster file is cut or damaged: get it again");
        }
        result = toc_roster_take(engine, item, why);
        if (result != TOC_OK && result != TOC_EXISTS) {
            return result;
        }
        count += result == TOC_OK ? 1 : 0;
    }
    if (toc_engine_roster(engine) == NULL) {
        return toc_fail(why, TOC_MALFORMED, "the roster file holds no roster");
    }
    *ret_adopted = count;
    return TOC_OK;
}

enum toc_result toc_handle_rosters(struct toc_engine *engine, struct toc_session *session,
                                   const struct toc_runs *rosters)
{
    TOC_ENSURE(session->greeted, TOC_DENIED);
    for (size_t i = 0; i < rosters->items_len; i++) {
        struct toc_why why = {""};
        enum toc_result result = TOC_AGAIN;
        if (toc_engine_spend_verification(engine)) {
            result = toc_roster_take(engine, rosters->items[i], &why);
        }
        if (result != TOC_OK && result != TOC_EXISTS) {
            return result; /* the next hello brings the rest */
        }
    }
    return TOC_OK;
}
