/* What one flag proves about a hub's alerts, and what one alert proves by itself. Only what an
 * honest hub cannot bring about counts: PROTOCOL.md 19, "What a reporter can tell". */
#include "hub_check_part.h"

#include "alert_state.h"
#include "ensure.h"
#include "store_supplier.h"

#include <stdio.h>
#include <string.h>

#define ALERTS_MAX 32 /* of one supplier and hub: one an event */
#define FLAGS_MAX 64
#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* ---- since when the hub has it ---- */

/* What the hub should know of a flag: its newest revision, or that it was withdrawn. */
struct newest {
    uint64_t sequence; /* 0: nothing is signed */
    bool withdrawn;
    int64_t said_ms; /* submitted, by one's own clock: no hub can have had it before */
};

static enum toc_result find_newest(struct toc_engine *engine, const struct toc_own_flag *flag,
                                   struct newest *ret_newest)
{
    char name[TOC_FLAG_SUBMISSION_LEN + 1];
    struct toc_submission submission;
    struct newest newest = {.sequence = 0};

    for (int withdrawn = 1; withdrawn >= 0; withdrawn--) {
        toc_flag_submission(flag->id, withdrawn != 0 ? 0 : flag->revision, name);
        const enum toc_result result = toc_store_submission_find(engine->store, name, &submission);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        if (result == TOC_OK) {
            newest = (struct newest){.sequence = submission.first_sequence,
                                     .withdrawn = withdrawn != 0,
                                     .said_ms = submission.time_ms};
            break;
        }
    }
    *ret_newest = newest;
    return TOC_OK;
}

/* Kept from the first receipt on: later ones must not put off what is due. */
static enum toc_result find_told(struct toc_engine *engine, const struct toc_hub_word *word,
                                 const struct toc_own_flag *flag, uint64_t sequence,
                                 struct toc_hub_has *ret_told)
{
    const enum toc_result result =
        toc_store_hub_has_get(engine->store, flag->id, word->hub, ret_told);

    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    if (result == TOC_OK && ret_told->sequence == sequence) {
        return TOC_OK;
    }
    TOC_ENSURE(word->told_next > sequence, TOC_NOTFOUND);
    *ret_told = (struct toc_hub_has){
        .sequence = sequence, .hub_ms = word->told_ms, .here_ms = engine->now_wall};
    return toc_store_hub_has_put(engine->store, flag->id, word->hub, ret_told);
}

static bool waits_for_window(const struct toc_own_flag *flag, bool withdrawn)
{
    return !withdrawn && !toc_source_is_public(flag->source) && !flag->may_identify &&
           flag->status != TOC_FLAG_CLEARED;
}

/* At once and two heartbeat intervals, for what is under way; or two windows besides. */
static bool is_overdue(const struct toc_engine *engine, const struct toc_hub_word *word,
                       const struct toc_hub_has *told, bool windows)
{
    const struct toc_rules rules = toc_roster_rules(toc_engine_roster(engine));
    const int64_t beat = (int64_t)engine->conf->heartbeat_s * 1000;
    const int64_t window = (int64_t)rules.window_minutes * 60 * 1000;

    return word->time_ms >
           (word->has_log ? told->hub_ms : told->here_ms) + 2 * beat + (windows ? 2 * window : 0);
}

/* Somebody may have disputed it, and its reporter not have answered in time. */
static bool may_have_lapsed(const struct toc_engine *engine, const struct toc_own_flag *flag,
                            const struct newest *newest)
{
    const struct toc_rules rules = toc_roster_rules(toc_engine_roster(engine));

    return flag->source != TOC_SOURCE_PUBLIC_REGISTER &&
           engine->now_wall >= toc_alert_answer_until(newest->said_ms, rules.dispute_days);
}

/* ---- what the hub shows ---- */

static bool is_live_status(enum toc_flag_status status)
{
    return status == TOC_FLAG_RAISED || status == TOC_FLAG_CORROBORATED ||
           status == TOC_FLAG_MITIGATED || status == TOC_FLAG_DISPUTED;
}

/* The highest severity, the latest expiry and the most public source of all live flags: at least
 * what this one has. */
static bool says(const struct toc_alert_body *body, const struct toc_own_flag *flag)
{
    return body->event == flag->event && !body->of_parent && is_live_status(body->status) &&
           (body->status != TOC_FLAG_MITIGATED || flag->status == TOC_FLAG_MITIGATED) &&
           body->severity >= flag->severity && body->expires_quarter >= flag->expires_quarter &&
           body->source <= flag->source;
}

/* The ids of the details that a revision was sent with, one a token. */
struct details {
    uint8_t ids[TOC_FLAG_SUBJECTS_MAX][TOC_FLAG_ID_LEN];
    size_t len;           /* 0: the record cannot be read any more */
    uint32_t token_epoch; /* of the flag */
};

static bool has_detail(const struct details *details, const struct toc_alert_body *body)
{
    for (size_t i = 0; body->has_detail && i < details->len; i++) {
        if (memcmp(details->ids[i], body->detail.id, TOC_FLAG_ID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

/* Out of the own log; nothing of what retention destroyed, or of an older generation. */
static enum toc_result find_details(struct toc_engine *engine, uint64_t sequence,
                                    struct details *ret_details)
{
    const struct toc_log *log = NULL;
    struct toc_record record;
    struct toc_bytes bytes;

    ret_details->len = 0;
    for (size_t i = 0; i < engine->logs_len; i++) {
        if (engine->logs[i].own && strcmp(engine->logs[i].row.log.stream, "distress") == 0 &&
            (log == NULL || engine->logs[i].row.log.generation > log->row.log.generation)) {
            log = &engine->logs[i];
        }
    }
    if (log == NULL || log->row.id == 0 || sequence >= log->row.chain.next_sequence ||
        toc_opened_record(engine->opened, log->row.id, sequence, &bytes) != TOC_OK) {
        return TOC_OK;
    }
    TOC_TRY(toc_record_read(engine->arena, "distress", bytes, &record, NULL));
    if (record.type != TOC_RECORD_FLAG) {
        return TOC_OK;
    }
    const struct toc_flag *const flag = record.as.flag;
    ret_details->token_epoch = flag->token_epoch;
    for (size_t i = 0; i < flag->subjects_len; i++) {
        memcpy(ret_details->ids[ret_details->len++], flag->subjects[i].detail.id, TOC_FLAG_ID_LEN);
    }
    return TOC_OK;
}

/* Does an alert go on speaking with the words of a revision that is over? */
static enum toc_result is_stale(struct toc_engine *engine, const struct toc_own_flag *flag,
                                bool withdrawn, const struct toc_alert_body *body, bool *ret_stale)
{
    const uint32_t over = withdrawn ? flag->revision : flag->revision - 1;
    struct details details;

    *ret_stale = false;
    for (uint32_t revision = over; revision > 0 && !*ret_stale; revision--) {
        uint64_t sequence;
        if (toc_flag_sequence(engine, flag->id, revision, &sequence) != TOC_OK || sequence == 0) {
            continue;
        }
        TOC_TRY(find_details(engine, sequence, &details));
        *ret_stale = has_detail(&details, body);
    }
    return TOC_OK;
}

struct shown {
    bool says_it;
    bool stale;
};

static enum toc_result look(struct toc_engine *engine, const struct toc_hub_word *word,
                            const struct toc_own_flag *flag, bool withdrawn,
                            struct shown *ret_shown)
{
    struct toc_alert_mine *const mine = toc_arena_zero(engine->arena, ALERTS_MAX, sizeof *mine);
    char name[TOC_SUPPLIER_KEY_MAX + 1];
    const char *const keys[2] = {flag->key, name};
    struct shown shown = {.says_it = false};
    size_t len;

    TOC_ENSURE(mine != NULL, TOC_NOMEM);
    (void)snprintf(name, sizeof name, "name:%s", flag->fold);
    TOC_TRY(toc_store_alerts_mine_of(engine->store, word->hub, keys, 0, engine->arena, mine,
                                     ALERTS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        struct toc_alert_read read;
        const enum toc_result result = toc_alert_mine_read(engine, &mine[i], engine->arena, &read);
        bool stale = false;
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        if (result == TOC_NOTFOUND || read.purpose != flag->purpose) {
            continue;
        }
        shown.says_it |= says(&read.body, flag);
        TOC_TRY(is_stale(engine, flag, withdrawn, &read.body, &stale));
        shown.stale |= stale;
    }
    /* More than are looked at: it may be among the others. */
    shown.says_it |= len == ALERTS_MAX;
    *ret_shown = shown;
    return TOC_OK;
}

/* Does it count at a hub that keeps the rules, whatever the others said? */
static enum toc_result counts(struct toc_engine *engine, const struct toc_own_flag *flag,
                              const struct newest *newest, bool *ret_counts)
{
    struct details details;

    TOC_TRY(find_details(engine, newest->sequence, &details));
    *ret_counts = flag->status != TOC_FLAG_CLEARED && details.len > 0 &&
                  details.token_epoch == toc_engine_roster(engine)->token_epoch &&
                  flag->expires_quarter >= toc_alert_quarter(engine->now_wall + DAY_MS) &&
                  !may_have_lapsed(engine, flag, newest);
    return TOC_OK;
}

enum toc_result toc_hub_check_flag(struct toc_engine *engine, const struct toc_hub_word *word,
                                   const struct toc_own_flag *flag, bool *ret_hides,
                                   bool *ret_stale)
{
    struct newest newest = {.sequence = 0};
    struct toc_hub_has told;
    struct shown shown;
    enum toc_result result;

    *ret_hides = false;
    *ret_stale = false;
    TOC_TRY(find_newest(engine, flag, &newest));
    if (newest.sequence == 0) {
        return TOC_OK;
    }
    result = find_told(engine, word, flag, newest.sequence, &told);
    TOC_ENSURE(result != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(result);
    if (!is_overdue(engine, word, &told, waits_for_window(flag, newest.withdrawn))) {
        return TOC_OK;
    }
    TOC_TRY(look(engine, word, flag, newest.withdrawn, &shown));
    *ret_stale = shown.stale;
    if (!shown.says_it && !newest.withdrawn) {
        TOC_TRY(counts(engine, flag, &newest, ret_hides));
    }
    return TOC_OK;
}

/* ---- what an alert proves by itself ---- */

/* Councils that could ever have flagged: whoever may publish now, or could in an older version. At
 * most `enough` are counted. */
static size_t count_reporters(struct toc_engine *engine, size_t enough)
{
    char ids[8][TOC_MEMBER_LEN_MAX + 1];
    const uint64_t last = toc_roster_chain_version(engine->rosters);
    size_t len = 0;

    for (uint64_t version = last; version > 0 && len < enough && len < 8; version--) {
        const struct toc_roster *const roster = toc_roster_chain_at(engine->rosters, version);
        for (size_t i = 0; roster != NULL && i < roster->members_len && len < 8; i++) {
            const char *const id = roster->members[i].id;
            bool known =
                !toc_roster_may_publish(roster, id, "distress") || strcmp(id, engine->me) == 0;
            for (size_t j = 0; j < len && !known; j++) {
                known = strcmp(ids[j], id) == 0;
            }
            if (!known) {
                (void)snprintf(ids[len++], sizeof ids[0], "%s", id);
            }
        }
    }
    return len;
}

static size_t reporters_needed(const struct toc_alert_body *body)
{
    size_t needed = body->status == TOC_FLAG_CORROBORATED ? 2 : 1;

    if (body->reporters == TOC_REPORTERS_3_TO_4) {
        needed = 3;
    } else if (body->reporters == TOC_REPORTERS_5_UP) {
        needed = 5;
    }
    return needed;
}

/* Has this member flagged the supplier for this event, ever? And did the alert take words of a flag
 * of ours for another event? */
static enum toc_result own_part(struct toc_engine *engine, const char *key,
                                const struct toc_alert_read *read, bool *ret_flagged,
                                bool *ret_borrowed)
{
    const char *const fold = strncmp(key, "name:", 5) == 0 ? key + 5 : "";
    uint8_t ids[FLAGS_MAX][TOC_FLAG_ID_LEN];
    size_t len;

    *ret_flagged = false;
    *ret_borrowed = false;
    TOC_TRY(toc_store_flags_of(engine->store, key, fold, ids, FLAGS_MAX, &len));
    *ret_flagged = len == FLAGS_MAX;
    for (size_t i = 0; i < len; i++) {
        struct toc_own_flag flag;
        bool ours = false;
        TOC_TRY(toc_store_flag_get(engine->store, ids[i], engine->arena, &flag));
        *ret_flagged |= flag.event == read->body.event && flag.purpose == read->purpose;
        TOC_TRY(is_stale(engine, &flag, true, &read->body, &ours));
        *ret_borrowed |= ours && flag.event != read->body.event;
    }
    return TOC_OK;
}

enum toc_result toc_hub_check_alert(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                    bool *ret_invents)
{
    struct toc_alert_read read;
    const enum toc_result result = toc_alert_mine_read(engine, mine, engine->arena, &read);
    bool flagged = false;
    bool borrowed = false;

    *ret_invents = false;
    TOC_ENSURE(result != TOC_NOTFOUND, TOC_OK);
    TOC_TRY(result);
    if (read.body.status == TOC_FLAG_WITHDRAWN) {
        return TOC_OK;
    }
    TOC_TRY(own_part(engine, mine->key, &read, &flagged, &borrowed));
    const size_t needed = reporters_needed(&read.body);
    const size_t others = count_reporters(engine, needed);
    /* Every flag names one of the alert's tokens, and comes with a detail for it that nobody
     * without the supplier can make. */
    *ret_invents = borrowed || needed > others + (flagged ? 1 : 0) ||
                   (read.parts_opened == read.parts && !read.has_detail);
    return TOC_OK;
}
