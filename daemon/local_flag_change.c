/* `flag_approve`, `flag_withdraw`, `flag_clear`, `flag_mitigate`: what becomes of a flag. */
#include "local_flag.h"

#include "ensure.h"
#include "flag_undo.h"
#include "ident.h"

#include <string.h>

#define ARENA_MAX ((size_t)1024 * 1024)

enum toc_result toc_local_flag_get(struct toc_engine *engine, const struct toc_local *local,
                                   struct toc_arena *arena, struct toc_own_flag *ret_flag,
                                   struct toc_why *why)
{
    uint8_t id[TOC_FLAG_ID_LEN];
    const char *text = NULL;
    enum toc_result result;

    TOC_TRY(toc_local_text(local, "flag", &text, why));
    if (text == NULL || strlen(text) != 2 * sizeof(id) ||
        toc_hex_decode(text, id, sizeof(id)) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "flag: is not an id of %zu hexadecimal digits",
                        2 * sizeof(id));
    }
    result = toc_store_flag_get(engine->store, id, arena, ret_flag);
    return result == TOC_NOTFOUND ? toc_fail(why, result,
                                             "flag: there is none of this id: see "
                                             "`tocsin flag list`")
                                  : result;
}

enum toc_result toc_local_flag_withdrawn(struct toc_engine *engine, const struct toc_own_flag *flag,
                                         bool *ret_withdrawn)
{
    uint64_t sequence;
    const enum toc_result result = toc_flag_sequence(engine, flag->id, 0, &sequence);
    char name[TOC_FLAG_SUBMISSION_LEN + 1];

    /* Two users may ask in one tick: what was said yes to counts before it is stored. */
    toc_flag_submission(flag->id, 0, name);
    *ret_withdrawn = result == TOC_OK || toc_publish_is_queued(engine, name);
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

static const char *command_of(enum toc_flag_deed_kind what)
{
    switch (what) {
    case TOC_FLAG_DID_RAISE:
        return "flag_raise";
    case TOC_FLAG_DID_APPROVE:
        return "flag_approve";
    case TOC_FLAG_DID_SEND:
        return "flag_send";
    case TOC_FLAG_DID_MITIGATE:
        return "flag_mitigate";
    case TOC_FLAG_DID_CLEAR:
        return "flag_clear";
    case TOC_FLAG_DID_CONFIRM:
        return "flag_confirm";
    case TOC_FLAG_DID_WITHDRAW:
        return "flag_withdraw";
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_local_flag_note(struct toc_engine *engine, const struct toc_local *local,
                                    const struct toc_own_flag *flag, enum toc_flag_deed_kind what,
                                    const char *words)
{
    const struct toc_flag_deed deed = {.time_ms = engine->now_wall,
                                       .uid = local->user.uid,
                                       .what = what,
                                       .revision = flag->revision,
                                       .text = what == TOC_FLAG_DID_WITHDRAW ? words : ""};
    char id[2 * TOC_FLAG_ID_LEN + 1];

    TOC_TRY(toc_store_flag_deed_add(engine->store, flag->id, &deed));
    toc_hex_encode(toc_bytes_of(flag->id, sizeof(flag->id)), id);
    return toc_local_audit_add(engine, local, command_of(what), "%s%s%s", id,
                               words[0] == '\0' ? "" : ": ", words);
}

/* ---- flag_approve ---- */

enum toc_result toc_local_flag_approve(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_own_flag flag;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_flag_get(engine, local, arena, &flag, why));
    if (flag.state != TOC_OWN_FLAG_UNAPPROVED) {
        return toc_fail(why, TOC_INVALID, "flag: it waits for nobody's approval");
    }
    if (flag.raised_by == (int64_t)local->user.uid) {
        return toc_fail(why, TOC_DENIED,
                        "flag: who raised it cannot approve it: another user of this machine has "
                        "to");
    }
    TOC_TRY(toc_flag_undo_changed(engine, &flag, local->user.uid));
    flag.approved_by = local->user.uid;
    flag.state = TOC_OWN_FLAG_GOING;
    TOC_TRY(toc_store_flag_save(engine->store, &flag));
    TOC_TRY(toc_local_flag_note(engine, local, &flag, TOC_FLAG_DID_APPROVE, ""));
    return toc_local_flag_go(engine, local, &flag, why);
}

/* ---- flag_withdraw, flag_clear, flag_mitigate ---- */

enum toc_result toc_local_flag_words(const struct toc_local *local, const char *field, unsigned max,
                                     bool needed, const char **ret_text, struct toc_why *why)
{
    const char *text = NULL;

    TOC_TRY(toc_local_text(local, field, &text, why));
    if (text == NULL && !needed) {
        *ret_text = "";
        return TOC_OK;
    }
    if (text == NULL || !toc_ident_text(text, max)) {
        return toc_fail(why, TOC_INVALID, "%s: is missing, longer than %u bytes, or no plain text",
                        field, max);
    }
    *ret_text = text;
    return TOC_OK;
}

enum toc_result toc_local_flag_signed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                      uint64_t *ret_sequence, struct toc_why *why)
{
    enum toc_result result = toc_flag_sequence(engine, flag->id, flag->revision, ret_sequence);
    bool withdrawn = false;

    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    if (result == TOC_NOTFOUND || *ret_sequence == 0) {
        return toc_fail(why, TOC_AGAIN,
                        "flag: it is on its way, and not signed yet: try again when the hub has "
                        "been heard");
    }
    result = toc_local_flag_withdrawn(engine, flag, &withdrawn);
    TOC_TRY(result);
    return withdrawn ? toc_fail(why, TOC_INVALID, "flag: it is withdrawn already") : TOC_OK;
}

static enum toc_result say_state(struct toc_engine *engine, const struct toc_local *local,
                                 const char *state)
{
    json_t *reply = toc_local_reply(local);

    return toc_local_answer(engine, local, reply,
                            json_object_set_new(reply, "state", json_string(state)));
}

/* The newest revision that was submitted. TOC_NOTFOUND: none was. TOC_AGAIN: one is, in this tick,
 * and what is taken back now would not be it. */
static enum toc_result newest_sent(struct toc_engine *engine, const struct toc_own_flag *flag,
                                   uint32_t *ret_revision, uint64_t *ret_sequence)
{
    char name[TOC_FLAG_SUBMISSION_LEN + 1];
    enum toc_result result = TOC_NOTFOUND;
    uint32_t revision = flag->revision;

    toc_flag_submission(flag->id, revision, name);
    TOC_ENSURE(!toc_publish_is_queued(engine, name), TOC_AGAIN);
    for (; revision > 0 && result == TOC_NOTFOUND; revision--) {
        result = toc_flag_sequence(engine, flag->id, revision, ret_sequence);
        *ret_revision = revision;
    }
    return result;
}

/* Nobody has seen it. */
static enum toc_result delete_flag(struct toc_engine *engine, const struct toc_local *local,
                                   const struct toc_own_flag *flag)
{
    TOC_TRY(toc_store_flag_drop(engine->store, flag->id));
    engine->truncate_wal = true;
    TOC_TRY(toc_local_audit_add(engine, local, "flag_withdraw",
                                "a flag that was not sent: it is deleted"));
    return say_state(engine, local, "deleted");
}

enum toc_result toc_local_flag_withdraw(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const char *reason = NULL;
    struct toc_own_flag flag;
    uint32_t revision = 0;
    uint64_t sequence = 0;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_flag_get(engine, local, arena, &flag, why));
    TOC_TRY(toc_local_flag_words(local, "reason", TOC_REASON_LEN_MAX, true, &reason, why));
    const enum toc_result sent = newest_sent(engine, &flag, &revision, &sequence);
    if (sent == TOC_AGAIN) {
        return toc_fail(why, sent, "flag: it is on its way in this moment: try again");
    }
    TOC_ENSURE(sent == TOC_OK || sent == TOC_NOTFOUND, sent);
    if (sent == TOC_NOTFOUND) {
        return delete_flag(engine, local, &flag);
    }
    const struct toc_own_flag before = flag;
    flag.revision = revision; /* a later state that waits for something goes no more */
    flag.state = TOC_OWN_FLAG_SENT;
    TOC_TRY(toc_local_flag_signed(engine, &flag, &sequence, why));
    TOC_TRY(toc_flag_take_back(engine, &flag, sequence, why));
    TOC_TRY(toc_flag_undo_changed(engine, &before, local->user.uid));
    if (before.revision != revision) {
        TOC_TRY(toc_store_flag_save(engine->store, &flag));
    }
    TOC_TRY(toc_local_flag_note(engine, local, &flag, TOC_FLAG_DID_WITHDRAW, reason));
    return say_state(engine, local, "withdrawn");
}

/* Its next revision says so. */
static enum toc_result move_on(struct toc_engine *engine, const struct toc_local *local,
                               enum toc_flag_deed_kind what, enum toc_flag_status status,
                               struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_own_flag flag;
    uint64_t sequence;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_flag_get(engine, local, arena, &flag, why));
    TOC_TRY(toc_local_flag_signed(engine, &flag, &sequence, why));
    if (flag.status == status || flag.status == TOC_FLAG_CLEARED) {
        return toc_fail(why, TOC_INVALID, "flag: it is %s already",
                        toc_flag_status_name(flag.status));
    }
    TOC_TRY(toc_flag_undo_changed(engine, &flag, local->user.uid));
    flag.status = status;
    flag.revision++;
    flag.state = TOC_OWN_FLAG_GOING;
    TOC_TRY(toc_store_flag_save(engine->store, &flag));
    TOC_TRY(toc_local_flag_note(engine, local, &flag, what, ""));
    return toc_local_flag_go(engine, local, &flag, why);
}

enum toc_result toc_local_flag_clear(struct toc_engine *engine, const struct toc_local *local,
                                     struct toc_why *why)
{
    return move_on(engine, local, TOC_FLAG_DID_CLEAR, TOC_FLAG_CLEARED, why);
}

enum toc_result toc_local_flag_mitigate(struct toc_engine *engine, const struct toc_local *local,
                                        struct toc_why *why)
{
    return move_on(engine, local, TOC_FLAG_DID_MITIGATE, TOC_FLAG_MITIGATED, why);
}
