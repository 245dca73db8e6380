/* The round of hub_check: the hubs' words, slices of flags and alerts, and the doubts that last. */
#include "hub_check_part.h"

#include "ensure.h"

#include <stdio.h>
#include <string.h>

#define SLICE 32

static int64_t interval_ms(const struct toc_engine *engine)
{
    return (int64_t)engine->conf->heartbeat_s * 1000;
}

/* ---- what a hub said last ---- */

/* The newest generation; NULL: none is known. */
static struct toc_log *log_of(struct toc_engine *engine, const char *publisher, const char *stream)
{
    struct toc_log *found = NULL;

    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *const log = &engine->logs[i];
        if (strcmp(log->row.log.publisher, publisher) == 0 &&
            strcmp(log->row.log.stream, stream) == 0 &&
            (found == NULL || log->row.log.generation > found->row.log.generation)) {
            found = log;
        }
    }
    return found;
}

/* The time up to which nothing is missing of the hub's alerts. False: something may be. */
static bool heard_up_to(struct toc_engine *engine, const struct toc_log *log, int64_t *ret_ms)
{
    struct toc_epoch_row epoch;

    if (log->row.id == 0 || log->row.state != TOC_LOG_OPEN || log->waiting_key ||
        log->row.applied_next != log->row.chain.next_sequence ||
        log->heard_next > log->row.applied_next || log->claimed_next > log->row.applied_next ||
        toc_store_epoch_get(engine->store, log->row.id, log->row.chain.epoch, &epoch) != TOC_OK) {
        return false;
    }
    toc_bytes_wipe(&epoch.key, sizeof(epoch.key));
    *ret_ms = log->heard_time_ms > epoch.last_ms ? log->heard_time_ms : epoch.last_ms;
    return true;
}

/* A hub without a log of alerts would have offered one by now, if its session is alive. */
static bool is_alive(const struct toc_engine *engine, const char *hub)
{
    for (size_t i = 0; i < engine->sessions_len; i++) {
        const struct toc_session *const session = &engine->sessions[i];
        if (session->link != 0 && session->open && strcmp(session->member, hub) == 0 &&
            engine->now_mono - session->heard_mono <= 2 * interval_ms(engine)) {
            return true;
        }
    }
    return false;
}

static bool hear(struct toc_engine *engine, const char *hub, struct toc_hub_word *ret_word)
{
    const struct toc_log *const alerts = log_of(engine, hub, "alert");
    const struct toc_log *const own = log_of(engine, engine->me, "distress");
    struct toc_hub_word word = {.hub = hub, .has_log = alerts != NULL};
    struct toc_statement receipt;
    struct toc_signed envelope;
    struct toc_bytes bytes;

    if (alerts != NULL ? !heard_up_to(engine, alerts, &word.time_ms) : !is_alive(engine, hub)) {
        return false;
    }
    if (alerts == NULL) {
        word.time_ms = engine->now_wall;
    }
    if (own != NULL && own->row.id != 0 &&
        toc_store_statement_get(engine->store, own->row.id, TOC_RECEIPT, hub, engine->arena,
                                &bytes) == TOC_OK &&
        toc_statement_read(engine->arena, bytes, &envelope, &receipt) == TOC_OK) {
        word.told_next = receipt.next_sequence;
        word.told_ms = receipt.time_ms;
    }
    *ret_word = word;
    return true;
}

/* ---- doubts ---- */

static struct toc_hub_doubt *find(struct toc_hub_check *check, enum toc_hub_doubt_kind kind,
                                  const char *hub, const uint8_t id[TOC_FLAG_ID_LEN])
{
    for (size_t i = 0; i < check->len; i++) {
        struct toc_hub_doubt *const doubt = &check->doubts[i];
        if (doubt->kind == kind && memcmp(doubt->id, id, sizeof doubt->id) == 0 &&
            strcmp(doubt->hub, hub) == 0) {
            return doubt;
        }
    }
    return NULL;
}

/* `holds` again at a later word of the hub makes it sure; not to hold ends it. */
static void note(struct toc_engine *engine, enum toc_hub_doubt_kind kind,
                 const struct toc_hub_word *word, const uint8_t id[TOC_FLAG_ID_LEN], bool holds)
{
    struct toc_hub_check *const check = &engine->hub_check;
    struct toc_hub_doubt *doubt = find(check, kind, word->hub, id);

    if (!holds) {
        if (doubt != NULL) {
            *doubt = check->doubts[--check->len];
        }
        return;
    }
    if (doubt != NULL) {
        doubt->sure |= word->time_ms > doubt->word_ms;
        return;
    }
    if (check->len == TOC_HUB_DOUBTS_MAX) {
        return;
    }
    doubt = &check->doubts[check->len++];
    *doubt = (struct toc_hub_doubt){
        .kind = kind, .since_ms = engine->now_wall, .word_ms = word->time_ms};
    memcpy(doubt->id, id, sizeof doubt->id);
    (void)snprintf(doubt->hub, sizeof doubt->hub, "%s", word->hub);
}

/* ---- the round ---- */

static enum toc_result check_flags(struct toc_engine *engine, const struct toc_hub_word *words,
                                   size_t words_len)
{
    struct toc_hub_check *const check = &engine->hub_check;
    struct toc_own_flag *const flags = toc_arena_zero(engine->arena, SLICE, sizeof *flags);
    size_t len;

    TOC_ENSURE(flags != NULL, TOC_NOMEM);
    TOC_TRY(toc_store_flags(engine->store, TOC_OWN_FLAG_SENT, check->after_flag, engine->arena,
                            flags, SLICE, &len));
    for (size_t i = 0; i < len; i++) {
        for (size_t j = 0; j < words_len; j++) {
            bool hides = false;
            bool stale = false;
            TOC_TRY(toc_hub_check_flag(engine, &words[j], &flags[i], &hides, &stale));
            note(engine, TOC_HUB_HIDES, &words[j], flags[i].id, hides);
            note(engine, TOC_HUB_STALE, &words[j], flags[i].id, stale);
        }
    }
    check->after_flag = len == SLICE ? flags[len - 1].number : 0;
    return TOC_OK;
}

static enum toc_result check_alerts(struct toc_engine *engine, const struct toc_hub_word *words,
                                    size_t words_len)
{
    struct toc_hub_check *const check = &engine->hub_check;
    struct toc_alert_mine *const mine = toc_arena_zero(engine->arena, SLICE, sizeof *mine);
    size_t len;

    TOC_ENSURE(mine != NULL, TOC_NOMEM);
    TOC_TRY(
        toc_store_alerts_mine(engine->store, check->after_alert, engine->arena, mine, SLICE, &len));
    for (size_t i = 0; i < len; i++) {
        for (size_t j = 0; j < words_len; j++) {
            bool invents = false;
            if (strcmp(mine[i].publisher, words[j].hub) == 0) {
                TOC_TRY(toc_hub_check_alert(engine, &mine[i], &invents));
                note(engine, TOC_HUB_INVENTS, &words[j], mine[i].id, invents);
            }
        }
    }
    check->after_alert = len == SLICE ? mine[len - 1].number : 0;
    return TOC_OK;
}

/* Flags to the group need no hub; in a roster's grace a hub may not speak. */
static bool is_due(const struct toc_engine *engine)
{
    const struct toc_roster *const roster = toc_engine_roster(engine);
    const struct toc_stream_rule *const rule = toc_roster_rule(roster, "distress");

    return engine->now_mono >= engine->hub_check.next_mono && rule != NULL &&
           rule->audience == TOC_AUDIENCE_HUBS && roster->token_epoch > 0 &&
           toc_roster_validity(roster, engine->now_wall) < TOC_IN_GRACE &&
           toc_publish_proven(engine);
}

enum toc_result toc_hub_check_finish(struct toc_engine *engine)
{
    const struct toc_roster *const roster = toc_engine_roster(engine);
    struct toc_hub_word words[2];
    size_t len = 0;

    if (!is_due(engine)) {
        return TOC_OK;
    }
    engine->hub_check.next_mono = engine->now_mono + interval_ms(engine);
    for (size_t i = 0; i < roster->members_len && len < 2; i++) {
        const char *const id = roster->members[i].id;
        if (toc_member_has(&roster->members[i], TOC_ROLE_HUB) && strcmp(id, engine->me) != 0 &&
            toc_roster_may_publish(roster, id, "alert") && hear(engine, id, &words[len])) {
            len++;
        }
    }
    if (len == 0) {
        return TOC_OK;
    }
    TOC_TRY(check_flags(engine, words, len));
    return check_alerts(engine, words, len);
}
