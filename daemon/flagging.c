#include "flagging.h"

#include "ensure.h"

#include <stdio.h>
#include <string.h>

#define DISTRESS "distress"
#define FLAG "flag"
#define DISPUTE "dispute"
#define CONFIRM "confirm"
#define PAGE 32

/* "flag-<id>-<number>" and the like. */
static void name_of(const char *what, const uint8_t id[TOC_FLAG_ID_LEN], uint32_t number,
                    char ret_text[TOC_FLAG_SUBMISSION_LEN + 1])
{
    char hex[2 * TOC_FLAG_ID_LEN + 1];

    toc_hex_encode(toc_bytes_of(id, TOC_FLAG_ID_LEN), hex);
    (void)snprintf(ret_text, TOC_FLAG_SUBMISSION_LEN + 1, "%s-%s-%lu", what, hex,
                   (unsigned long)number);
}

void toc_flag_submission(const uint8_t id[TOC_FLAG_ID_LEN], uint32_t revision,
                         char ret_text[TOC_FLAG_SUBMISSION_LEN + 1])
{
    name_of(FLAG, id, revision, ret_text);
}

static enum toc_result sequence_of(struct toc_engine *engine, const char *what,
                                   const uint8_t id[TOC_FLAG_ID_LEN], uint32_t number,
                                   uint64_t *ret_sequence)
{
    char name[TOC_FLAG_SUBMISSION_LEN + 1];
    struct toc_submission submission;

    name_of(what, id, number, name);
    TOC_TRY(toc_store_submission_find(engine->store, name, &submission));
    *ret_sequence = submission.first_sequence;
    return TOC_OK;
}

enum toc_result toc_flag_sequence(struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN],
                                  uint32_t revision, uint64_t *ret_sequence)
{
    return sequence_of(engine, FLAG, id, revision, ret_sequence);
}

uint64_t toc_flag_signed_next(const struct toc_engine *engine)
{
    uint64_t next = 1;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *const log = &engine->logs[i];
        if (log->own && strcmp(log->row.log.stream, DISTRESS) == 0 &&
            log->row.chain.next_sequence > next) {
            next = log->row.chain.next_sequence;
        }
    }
    return next;
}

enum toc_result toc_flag_is_to_group(const struct toc_engine *engine, bool *ret_to_group,
                                     struct toc_why *why)
{
    const struct toc_stream_rule *rule = toc_roster_rule(toc_engine_roster(engine), DISTRESS);

    if (rule == NULL) {
        return toc_fail(why, TOC_DENIED, "the group has no stream '" DISTRESS "'");
    }
    *ret_to_group = rule->audience != TOC_AUDIENCE_HUBS;
    return TOC_OK;
}

/* ---- submitting ---- */

static enum toc_result submit(struct toc_engine *engine, const char *what,
                              const uint8_t id[TOC_FLAG_ID_LEN], uint32_t number,
                              struct toc_bytes bytes, uint64_t *ret_sequence, struct toc_why *why)
{
    char name[TOC_FLAG_SUBMISSION_LEN + 1];
    enum toc_result result;

    name_of(what, id, number, name);
    result = toc_publish_submit(engine, DISTRESS, name, &bytes, 1, NULL, ret_sequence, why);
    TOC_ENSURE(result != TOC_EXISTS, TOC_OK);
    return result;
}

/* Without a reason: it would stand beside the token, for the hub to read. */
static enum toc_result withdraw(struct toc_engine *engine, const char *what,
                                const uint8_t id[TOC_FLAG_ID_LEN], uint64_t sequence,
                                struct toc_why *why)
{
    const struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL,
                                      .withdraws = {.sequence = sequence}};
    struct toc_bytes bytes;
    uint64_t own;

    TOC_TRY(toc_wire_record_encode(engine->arena, &record, &bytes));
    return submit(engine, what, id, 0, bytes, &own, why);
}

static enum toc_result note_sent(struct toc_engine *engine, struct toc_own_flag *flag)
{
    const struct toc_flag_deed deed = {.time_ms = engine->now_wall,
                                       .uid = -1,
                                       .what = TOC_FLAG_DID_SEND,
                                       .revision = flag->revision,
                                       .text = ""};

    TOC_ENSURE(flag->state != TOC_OWN_FLAG_SENT, TOC_OK);
    flag->state = TOC_OWN_FLAG_SENT;
    return toc_store_flag_sent(engine->store, flag, &deed);
}

enum toc_result toc_flag_send(struct toc_engine *engine, struct toc_own_flag *flag,
                              uint64_t *ret_sequence, struct toc_why *why)
{
    struct toc_bytes bytes = {0};
    const enum toc_result sent = toc_flag_sequence(engine, flag->id, flag->revision, ret_sequence);

    if (sent == TOC_OK) { /* committed: now local.db may know */
        return note_sent(engine, flag);
    }
    TOC_ENSURE(sent == TOC_NOTFOUND, sent);
    TOC_ENSURE(toc_engine_roster(engine)->token_epoch > 0, TOC_AGAIN);
    TOC_ENSURE(!toc_flag_is_embargoed(engine, flag), TOC_AGAIN);
    TOC_TRY(toc_flag_build(engine, flag, &bytes, why));
    TOC_TRY(submit(engine, FLAG, flag->id, flag->revision, bytes, ret_sequence, why));
    engine->tokens.look = true; /* to see it committed */
    return TOC_OK;
}

enum toc_result toc_flag_take_back(struct toc_engine *engine, const struct toc_own_flag *flag,
                                   uint64_t sequence, struct toc_why *why)
{
    return withdraw(engine, FLAG, flag->id, sequence, why);
}

/* ---- disputes and confirmations ---- */

static enum toc_result say_dispute(struct toc_engine *engine, const char *what,
                                   const uint8_t id[TOC_FLAG_ID_LEN], uint32_t number,
                                   const struct toc_dispute *said, uint64_t *ret_sequence,
                                   struct toc_why *why)
{
    const struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = said};
    struct toc_record read;
    struct toc_bytes bytes;

    TOC_TRY(toc_wire_record_encode(engine->arena, &record, &bytes));
    TOC_TRY(toc_record_read(engine->arena, DISTRESS, bytes, &read, why));
    return submit(engine, what, id, number, bytes, ret_sequence, why);
}

enum toc_result toc_dispute_send(struct toc_engine *engine, const struct toc_own_dispute *own,
                                 const struct toc_dispute *said, uint64_t *ret_sequence,
                                 struct toc_why *why)
{
    return say_dispute(engine, DISPUTE, own->id, 1, said, ret_sequence, why);
}

enum toc_result toc_dispute_state(struct toc_engine *engine, const struct toc_own_dispute *own,
                                  uint64_t *ret_sequence, bool *ret_withdrawn)
{
    const enum toc_result sent = sequence_of(engine, DISPUTE, own->id, 1, ret_sequence);
    uint64_t sequence;
    const enum toc_result gone = sequence_of(engine, DISPUTE, own->id, 0, &sequence);

    TOC_ENSURE(gone == TOC_OK || gone == TOC_NOTFOUND, gone);
    *ret_withdrawn = gone == TOC_OK;
    return sent;
}

enum toc_result toc_dispute_take_back(struct toc_engine *engine, const struct toc_own_dispute *own,
                                      uint64_t sequence, struct toc_why *why)
{
    return withdraw(engine, DISPUTE, own->id, sequence, why);
}

enum toc_result toc_flag_confirm(struct toc_engine *engine, const struct toc_own_flag *flag,
                                 uint64_t *ret_sequence, struct toc_why *why)
{
    /* Twice before it is signed is once; once it is, the next is another. */
    const uint32_t number = (uint32_t)toc_flag_signed_next(engine);
    struct toc_dispute said = {.confirms = true};

    memcpy(said.id, flag->id, sizeof(said.id));
    return say_dispute(engine, CONFIRM, flag->id, number, &said, ret_sequence, why);
}

/* ---- the tick ---- */

/* Its submission came in this tick, and is signed with the others of the tick. */
static bool is_going(struct toc_engine *engine, const struct toc_own_flag *flag)
{
    char name[TOC_FLAG_SUBMISSION_LEN + 1];

    toc_flag_submission(flag->id, flag->revision, name);
    return toc_publish_is_queued(engine, name);
}

static enum toc_result send_page(struct toc_engine *engine, struct toc_own_flag *flags, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        struct toc_why why = {""};
        uint64_t sequence;
        if (is_going(engine, &flags[i])) {
            engine->tokens.look = true; /* to see it committed */
            continue;
        }
        const enum toc_result result = toc_flag_send(engine, &flags[i], &sequence, &why);
        if (result == TOC_NOMEM || result == TOC_STORE) {
            return result;
        }
        if (result != TOC_OK && result != TOC_AGAIN) {
            toc_engine_note(engine, TOC_NOTICE_WARN, "flag.unsent", "result=%s why=\"%s\"",
                            toc_result_name(result), why.text);
        }
    }
    return TOC_OK;
}

bool toc_flag_is_embargoed(const struct toc_engine *engine, const struct toc_own_flag *flag)
{
    return flag->embargo_ms > engine->now_wall;
}

/* When the next of them may go: nothing else brings that about. */
static void note_embargoes(struct toc_engine *engine, const struct toc_own_flag *flags, size_t len)
{
    int64_t *const next = &engine->tokens.embargo_ms;

    for (size_t i = 0; i < len; i++) {
        if (toc_flag_is_embargoed(engine, &flags[i]) &&
            (*next == 0 || flags[i].embargo_ms < *next)) {
            *next = flags[i].embargo_ms;
        }
    }
}

int64_t toc_flagging_deadline(const struct toc_engine *engine)
{
    const int64_t embargo = engine->tokens.embargo_ms;

    /* One that is over is toc_tokens_due's, who also knows whether anything may be signed. */
    return embargo <= engine->now_wall ? INT64_MAX
                                       : engine->now_mono + (embargo - engine->now_wall);
}

enum toc_result toc_flagging_finish(struct toc_engine *engine)
{
    struct toc_own_flag flags[PAGE];
    int64_t after = 0;
    size_t len = PAGE;

    TOC_TRY(toc_flag_raise_again(engine));
    engine->tokens.embargo_ms = 0;
    while (len == PAGE) {
        TOC_TRY(toc_store_flags(engine->store, TOC_OWN_FLAG_GOING, after, engine->arena, flags,
                                PAGE, &len));
        note_embargoes(engine, flags, len);
        TOC_TRY(send_page(engine, flags, len));
        after = len > 0 ? flags[len - 1].number : after;
    }
    return toc_alert_mine_finish(engine);
}
