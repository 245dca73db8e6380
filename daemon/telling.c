#include "telling.h"

#include "alert_state.h"
#include "ensure.h"
#include "flagging.h"
#include "record_alert.h"
#include "store_telling.h"

#include <string.h>

#define PAGE 32
#define TOLD_MAX ((size_t)128) /* in one tick; the next goes on */

/* Does all that is told to be told again, if that is not yet so. */
static enum toc_result look_at_all(struct toc_engine *engine)
{
    const struct toc_record_kind *const kinds[] = {&toc_alert_record_kind, &toc_flag_record_kind};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const enum toc_result result = toc_store_told_again(engine->store, kinds[i]->stream);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    }
    return TOC_OK;
}

enum toc_result toc_telling_start(struct toc_engine *engine, struct toc_why *why)
{
    bool behind = false;
    enum toc_result result = toc_store_told_resume(engine->store, &behind);

    toc_telling_begin(engine);
    if (result == TOC_OK && behind) {
        result = look_at_all(engine);
    }
    return result == TOC_OK ? TOC_OK : toc_fail(why, result, "%s", toc_store_why(engine->store));
}

void toc_telling_begin(struct toc_engine *engine)
{
    engine->telling.due = true;
    engine->telling.waits = false;
    engine->telling.notify_look = true;
}

enum toc_result toc_telling_dropped(struct toc_engine *engine, const char *stream,
                                    const char *publisher, uint64_t sequence)
{
    if (strcmp(stream, toc_alert_record_kind.stream) != 0 &&
        strcmp(stream, toc_flag_record_kind.stream) != 0) {
        return TOC_OK;
    }
    const enum toc_result result = toc_store_alert_again(engine->store, publisher, sequence);
    engine->telling.due |= result == TOC_OK;
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

/* ---- has the hub's last word come? ---- */

/* Somebody who has the log as it grows has listed what he holds since this session began. */
static bool is_listed(const struct toc_engine *engine, const char *publisher)
{
    for (size_t i = 0; i < engine->sessions_len; i++) {
        const struct toc_session *session = &engine->sessions[i];
        const struct toc_member *member =
            toc_roster_member(toc_engine_roster(engine), session->member);
        if (session->link != 0 && session->open && session->listed && member != NULL &&
            (strcmp(session->member, publisher) == 0 || toc_member_has(member, TOC_ROLE_HUB))) {
            return true;
        }
    }
    return false;
}

static bool is_caught_up(const struct toc_engine *engine, const char *publisher, const char *stream)
{
    if (strcmp(publisher, engine->me) != 0 && !is_listed(engine, publisher)) {
        return false;
    }
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        uint64_t next = log->row.chain.next_sequence;
        if (strcmp(log->row.log.publisher, publisher) != 0 ||
            strcmp(log->row.log.stream, stream) != 0) {
            continue;
        }
        if (log->row.state == TOC_LOG_OPEN) {
            next = log->said_next > next ? log->said_next : next;
            next = log->heard_next > next ? log->heard_next : next;
        }
        if (log->row.applied_next < next && log->row.state != TOC_LOG_STOPPED) {
            return false;
        }
    }
    return true;
}

/* ---- what is new ---- */

static bool is_live(enum toc_flag_status status)
{
    switch (status) {
    case TOC_FLAG_RAISED:
    case TOC_FLAG_CORROBORATED:
    case TOC_FLAG_MITIGATED:
    case TOC_FLAG_DISPUTED:
        return true;
    case TOC_FLAG_CLEARED:
    case TOC_FLAG_WITHDRAWN:
    case TOC_FLAG_EXPIRED:
        break;
    }
    return false;
}

/* `was` NULL: nothing was told. */
static unsigned difference(const struct toc_told *was, const struct toc_told *now)
{
    if (was == NULL || !is_live(was->status)) {
        if (is_live(now->status)) {
            return TOC_CHANGE_NEW;
        }
        return was != NULL && was->status != now->status ? TOC_CHANGE_STATUS : 0;
    }
    return (now->severity != was->severity ? TOC_CHANGE_SEVERITY : 0u) |
           (now->status != was->status ? TOC_CHANGE_STATUS : 0u) |
           (now->named && !was->named ? TOC_CHANGE_NAMED : 0u);
}

/* What it says now. An alert that stands no longer, and whose record said nothing of it, is as good
 * as withdrawn; one of which nothing was told needs no words. */
static enum toc_result look_at(struct toc_engine *engine, const struct toc_alert_mine *mine,
                               const struct toc_told *was, struct toc_alert_read *ret_read,
                               struct toc_told *ret_now)
{
    const enum toc_result result = toc_alert_mine_read(engine, mine, engine->arena, ret_read);

    if (result == TOC_NOTFOUND && was != NULL && is_live(was->status)) {
        *ret_now = *was;
        ret_now->status = TOC_FLAG_WITHDRAWN;
        return TOC_OK;
    }
    TOC_TRY(result);
    *ret_now = (struct toc_told){.sequence = mine->sequence,
                                 .status = ret_read->body.status,
                                 .severity = ret_read->body.severity,
                                 .named = ret_read->body.named,
                                 .notified = was != NULL && was->notified};
    return TOC_OK;
}

/* What ends is told to whom its beginning was. */
static enum toc_result decide_notify(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                     const struct toc_alert_read *read, unsigned what,
                                     struct toc_told *now, bool *ret_notify)
{
    bool wanted = false;

    if (is_live(now->status)) {
        TOC_TRY(toc_telling_wanted(engine, mine->key, &read->body, &wanted));
        now->notified = wanted || (now->notified && (what & TOC_CHANGE_NEW) == 0);
    }
    *ret_notify = now->notified && engine->conf->notify[0] != '\0';
    return TOC_OK;
}

static enum toc_result tell(struct toc_engine *engine, const struct toc_alert_mine *mine)
{
    struct toc_alert_read read = {.warning = NULL};
    struct toc_told told;
    struct toc_told now = {.sequence = 0};
    const enum toc_result known = toc_store_told_get(engine->store, mine, &told);
    const struct toc_told *const was = known == TOC_OK ? &told : NULL;
    bool notify = false;

    TOC_ENSURE(known == TOC_OK || known == TOC_NOTFOUND, known);
    const enum toc_result result = look_at(engine, mine, was, &read, &now);
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    const unsigned what = result == TOC_OK ? difference(was, &now) : 0;
    if (what == 0) {
        return toc_store_tell(engine->store, mine, NULL, NULL);
    }
    TOC_TRY(decide_notify(engine, mine, &read, what, &now, &notify));
    struct toc_change change = {.stream = mine->stream,
                                .publisher = mine->publisher,
                                .sequence = now.sequence,
                                .what = what,
                                .status = now.status,
                                .severity = now.severity,
                                .status_before =
                                    was == NULL ? (enum toc_flag_status)0 : was->status,
                                .severity_before = was == NULL ? 0 : was->severity,
                                .time_ms = engine->now_wall,
                                .notify = notify ? TOC_NOTIFY_WAITS : TOC_NOTIFY_NONE};
    memcpy(change.id, mine->id, sizeof(change.id));
    TOC_TRY(toc_store_tell(engine->store, mine, &now, &change));
    engine->telling.told = true;
    engine->telling.notify_look |= notify;
    return TOC_OK;
}

/* ---- the tick ---- */

static enum toc_result tell_log(struct toc_engine *engine, const struct toc_alert_source *source,
                                size_t *left)
{
    struct toc_alert_mine mine[PAGE];
    int64_t after = 0;
    size_t len = PAGE;

    while (len == PAGE && *left > 0) {
        TOC_TRY(
            toc_store_alerts_look(engine->store, source, after, engine->arena, mine, PAGE, &len));
        for (size_t i = 0; i < len; i++) {
            TOC_TRY(tell(engine, &mine[i]));
        }
        after = len > 0 ? mine[len - 1].number : after;
        *left -= len < *left ? len : *left;
    }
    return TOC_OK;
}

/* Log by log, so that one that waits keeps none of the others. */
static enum toc_result look(struct toc_engine *engine)
{
    struct toc_alert_source source = {.stream = ""};
    size_t left = TOLD_MAX;
    enum toc_result found = TOC_OK;

    engine->telling.waits = false;
    while (left > 0 && found == TOC_OK) {
        found = toc_store_alerts_look_next(engine->store, &source);
        if (found == TOC_OK && !is_caught_up(engine, source.publisher, source.stream)) {
            engine->telling.waits = true;
        } else if (found == TOC_OK) {
            TOC_TRY(tell_log(engine, &source, &left));
        }
    }
    engine->telling.due |= left == 0;
    return found == TOC_NOTFOUND ? TOC_OK : found;
}

/* An alert's end is said by the hub; a flag to the group ends by itself. */
static enum toc_result see_the_day(struct toc_engine *engine)
{
    if (engine->now_wall < engine->telling.day_ms) {
        return TOC_OK;
    }
    engine->telling.day_ms = toc_alert_day_end(engine->now_wall);
    const enum toc_result result = toc_store_told_again(engine->store, toc_flag_record_kind.stream);
    engine->telling.due |= result == TOC_OK;
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

enum toc_result toc_telling_finish(struct toc_engine *engine)
{
    struct toc_telling *const telling = &engine->telling;

    telling->told = false;
    TOC_TRY(see_the_day(engine));
    /* After a failed tick the store may know alerts that were never committed, until all that
     * stands has met the tokens anew. */
    if ((telling->due || telling->waits) && !(engine->tokens.matching && toc_tokens_due(engine))) {
        telling->due = false;
        TOC_TRY(look(engine));
    }
    return TOC_OK;
}
