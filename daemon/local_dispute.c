/* `flag_dispute`, `flag_undispute`: this council speaks against an alert that it can open, and
 * takes that back; `flag_confirm`: it stands by a flag of its own that somebody disputes. */
#include "local_flag.h"

#include "ensure.h"
#include "flag_shown.h"
#include "flag_undo.h"

#include <string.h>

#define ARENA_MAX ((size_t)16 * 1024 * 1024)
#define DISPUTES_MAX 32 /* of one alert that are looked at */

/* ---- which alert ---- */

/* In a group without alerts everybody sees who flags: there is nobody to speak through. */
static enum toc_result check_setting(struct toc_engine *engine, struct toc_why *why)
{
    bool to_group;

    TOC_TRY(toc_local_flag_right(engine, why));
    TOC_TRY(toc_flag_is_to_group(engine, &to_group, why));
    return to_group ? toc_fail(why, TOC_DENIED,
                               "in this group flags go to everybody under their author's name, and "
                               "no hub keeps disputes: speak to who raised it, who can withdraw or "
                               "clear it")
                    : TOC_OK;
}

static enum toc_result get_alert(struct toc_engine *engine, const struct toc_local *local,
                                 struct toc_arena *arena, struct toc_alert_mine *ret_mine,
                                 struct toc_alert_read *ret_read, struct toc_why *why)
{
    uint8_t id[TOC_FLAG_ID_LEN];
    const char *text = NULL;
    enum toc_result result;

    TOC_TRY(check_setting(engine, why));
    TOC_TRY(toc_local_text(local, "alert", &text, why));
    if (text == NULL || strlen(text) != 2 * sizeof(id) ||
        toc_hex_decode(text, id, sizeof(id)) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "alert: is not an id of %zu hexadecimal digits",
                        2 * sizeof(id));
    }
    result = toc_store_alert_mine_get(engine->store, id, arena, ret_mine);
    if (result == TOC_OK) {
        result = toc_alert_mine_read(engine, ret_mine, arena, ret_read);
    }
    return result == TOC_NOTFOUND
               ? toc_fail(why, result,
                          "alert: there is none of this id that this council can open: see `tocsin "
                          "region alerts`")
               : result;
}

/* ---- flag_dispute ---- */

static enum toc_result say_disputed(struct toc_engine *engine, const struct toc_local *local,
                                    const char *state, uint64_t sequence)
{
    json_t *reply = toc_local_reply(local);
    int failed = json_object_set_new(reply, "state", json_string(state));

    failed |= json_object_set_new(reply, "sequence",
                                  sequence > 0 ? json_integer((json_int_t)sequence) : json_null());
    return toc_local_answer(engine, local, reply, failed);
}

/* A dispute counts for flags that came before it, so an own one would have to be answered here. */
static enum toc_result check_own_flags(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                       const struct toc_alert_read *read, struct toc_arena *arena,
                                       struct toc_why *why)
{
    enum { PAGE = 32 };
    struct toc_own_flag flags[PAGE];
    int64_t after = 0;
    size_t len = PAGE;

    while (len == PAGE) {
        TOC_TRY(toc_store_flags(engine->store, TOC_OWN_FLAG_SENT, after, arena, flags, PAGE, &len));
        for (size_t i = 0; i < len; i++) {
            bool withdrawn;
            TOC_TRY(toc_local_flag_withdrawn(engine, &flags[i], &withdrawn));
            if (!withdrawn && flags[i].status != TOC_FLAG_CLEARED &&
                toc_flag_is_shown_by(&flags[i], mine, read)) {
                return toc_fail(
                    why, TOC_INVALID,
                    "alert: this council raised a flag that it shows: withdraw or clear "
                    "that one, see `tocsin flag list`");
            }
        }
        after = len > 0 ? flags[len - 1].number : after;
    }
    return TOC_OK;
}

/* Said once, until its answer has come: `read` is the alert as it stands. */
static enum toc_result check_said(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                  const struct toc_alert_read *read, struct toc_arena *arena,
                                  struct toc_why *why)
{
    struct toc_own_dispute list[DISPUTES_MAX];
    size_t len;

    if (mine->ended || read->body.status == TOC_FLAG_CLEARED ||
        read->body.status == TOC_FLAG_WITHDRAWN || read->body.status == TOC_FLAG_EXPIRED) {
        return toc_fail(why, TOC_INVALID, "alert: it is %s: nobody says it any more",
                        toc_local_alert_status(mine, read));
    }
    TOC_TRY(toc_store_own_disputes(engine->store, mine->id, arena, list, DISPUTES_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        bool withdrawn;
        uint64_t sequence;
        const enum toc_result sent = toc_dispute_state(engine, &list[i], &sequence, &withdrawn);
        TOC_ENSURE(sent == TOC_OK || sent == TOC_NOTFOUND, sent);
        if (!withdrawn &&
            (read->body.status == TOC_FLAG_DISPUTED || list[i].revision == read->revision)) {
            return toc_fail(why, TOC_INVALID, "alert: this council disputes it already");
        }
    }
    return len < DISPUTES_MAX
               ? TOC_OK
               : toc_fail(why, TOC_TOOBIG, "alert: it was disputed %d times", DISPUTES_MAX);
}

enum toc_result toc_local_flag_dispute(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_own_dispute own = {.time_ms = engine->now_wall, .uid = local->user.uid, .text = ""};
    struct toc_alert_mine mine;
    struct toc_alert_read read;
    struct toc_dispute said;
    char id[2 * TOC_FLAG_ID_LEN + 1];
    uint64_t sequence = 0;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(get_alert(engine, local, arena, &mine, &read, why));
    TOC_TRY(toc_local_flag_words(local, "text", TOC_DETAIL_TEXT_MAX, false, &own.text, why));
    TOC_TRY(check_said(engine, &mine, &read, arena, why));
    TOC_TRY(check_own_flags(engine, &mine, &read, arena, why));
    TOC_TRY(toc_alert_mine_prove(engine, &mine, arena, &said));
    toc_env_random(engine->env, own.id, sizeof(own.id));
    memcpy(own.alert, mine.id, sizeof(own.alert));
    own.revision = read.revision;
    /* First what may be refused: what is queued is gone with the tick if the rest fails. */
    TOC_TRY(toc_dispute_send(engine, &own, &said, &sequence, why));
    TOC_TRY(toc_flag_undo_disputed(engine, own.id, local->user.uid));
    TOC_TRY(toc_store_own_dispute_add(engine->store, &own));
    toc_hex_encode(toc_bytes_of(own.alert, sizeof(own.alert)), id);
    TOC_TRY(toc_local_audit_add(engine, local, "flag_dispute", "%s%s%s", id,
                                own.text[0] == '\0' ? "" : ": ", own.text));
    return say_disputed(engine, local, "disputed", sequence);
}

enum toc_result toc_local_disputes(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                   struct toc_arena *arena, bool *ret_disputes)
{
    struct toc_own_dispute list[DISPUTES_MAX];
    size_t len;

    *ret_disputes = false;
    TOC_TRY(toc_store_own_disputes(engine->store, mine->id, arena, list, DISPUTES_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        bool withdrawn;
        uint64_t sequence;
        const enum toc_result sent = toc_dispute_state(engine, &list[i], &sequence, &withdrawn);
        TOC_ENSURE(sent == TOC_OK || sent == TOC_NOTFOUND, sent);
        *ret_disputes |= sent == TOC_OK && !withdrawn;
    }
    return TOC_OK;
}

/* ---- flag_undispute ---- */

/* Those that stand, to the front: all of them can be withdrawn now. */
static enum toc_result pick_standing(struct toc_engine *engine, struct toc_own_dispute *list,
                                     uint64_t *sequences, size_t *len, struct toc_why *why)
{
    size_t standing = 0;

    for (size_t i = 0; i < *len; i++) {
        bool withdrawn;
        uint64_t sequence = 0;
        const enum toc_result sent = toc_dispute_state(engine, &list[i], &sequence, &withdrawn);
        TOC_ENSURE(sent == TOC_OK || sent == TOC_NOTFOUND, sent);
        if (sent == TOC_NOTFOUND || withdrawn) {
            continue; /* it never was, or is no more */
        }
        if (sequence == 0) {
            return toc_fail(why, TOC_AGAIN,
                            "alert: the dispute is on its way, and not signed yet: try again when "
                            "the hub has been heard");
        }
        sequences[standing] = sequence;
        list[standing++] = list[i];
    }
    *len = standing;
    return standing > 0 ? TOC_OK
                        : toc_fail(why, TOC_INVALID, "alert: this council does not dispute it");
}

enum toc_result toc_local_flag_undispute(struct toc_engine *engine, const struct toc_local *local,
                                         struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_own_dispute list[DISPUTES_MAX];
    struct toc_alert_mine mine;
    struct toc_alert_read read;
    char id[2 * TOC_FLAG_ID_LEN + 1];
    uint64_t sequences[DISPUTES_MAX];
    size_t len;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(get_alert(engine, local, arena, &mine, &read, why));
    TOC_TRY(toc_store_own_disputes(engine->store, mine.id, arena, list, DISPUTES_MAX, &len));
    TOC_TRY(pick_standing(engine, list, sequences, &len, why));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(toc_dispute_take_back(engine, &list[i], sequences[i], why));
    }
    toc_hex_encode(toc_bytes_of(mine.id, sizeof(mine.id)), id);
    TOC_TRY(toc_local_audit_add(engine, local, "flag_undispute", "%s", id));
    return say_disputed(engine, local, "taken_back", 0);
}

/* ---- flag_confirm ---- */

static enum toc_result check_person(const struct toc_engine *engine, const struct toc_local *local,
                                    const struct toc_own_flag *flag, struct toc_why *why)
{
    if (toc_local_flag_needs_second(engine, flag) && flag->raised_by == (int64_t)local->user.uid) {
        return toc_fail(why, TOC_DENIED,
                        "flag: who raised it cannot confirm it: another user of this machine has "
                        "to");
    }
    return TOC_OK;
}

enum toc_result toc_local_flag_confirm(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_flag_alert alerts[TOC_FLAG_ALERTS_MAX];
    struct toc_flag_dispute dispute;
    struct toc_own_flag flag;
    uint64_t sequence = 0;
    size_t len;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(check_setting(engine, why));
    TOC_TRY(toc_local_flag_get(engine, local, arena, &flag, why));
    TOC_TRY(toc_local_flag_signed(engine, &flag, &sequence, why));
    TOC_TRY(toc_flag_alerts(engine, &flag, arena, alerts, &len));
    TOC_TRY(toc_flag_dispute_of(engine, &flag, alerts, len, arena, &dispute));
    if (!dispute.disputed) {
        return toc_fail(why, TOC_INVALID, "flag: nobody disputes it");
    }
    if (dispute.until_ms > 0 && engine->now_wall >= dispute.until_ms) {
        return toc_fail(why, TOC_INVALID,
                        "flag: it is too late to answer, and the hub gives it up: raise it anew");
    }
    TOC_TRY(check_person(engine, local, &flag, why));
    TOC_TRY(toc_flag_confirm(engine, &flag, &sequence, why));
    TOC_TRY(toc_flag_undo_changed(engine, &flag, local->user.uid));
    TOC_TRY(toc_local_flag_note(engine, local, &flag, TOC_FLAG_DID_CONFIRM, ""));
    return say_disputed(engine, local, "confirmed", sequence);
}
