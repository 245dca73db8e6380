/* Asking: what we offer (Have) and what we want (Want). A log has one source at a time: its
 * publisher or a hub gives it as it grows, anybody who holds more than we do gives what we lack. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

/* Without an answer for this long a Want is said again. */
#define ASK_AGAIN_MS 5000
/* So many heartbeat intervals a member's word about our own log is waited for. */
#define WORD_INTERVALS 3

static void head_of(const struct toc_log *log, struct toc_log_head *ret_head)
{
    *ret_head = (struct toc_log_head){.log = log->row.log,
                                      .next_sequence = log->row.chain.next_sequence,
                                      .head = log->row.chain.head};
}

enum toc_result toc_ask_offer_all(struct toc_engine *engine, struct toc_session *session)
{
    struct toc_log_head heads[TOC_HAVE_HEADS_MAX];
    struct toc_message message = {.kind = TOC_MESSAGE_HAVE, .as.have = {.heads = heads}};
    struct toc_have *have = &message.as.have;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        if (log->row.id == 0 || !toc_engine_may_carry(engine, session, log)) {
            continue;
        }
        head_of(log, &heads[have->heads_len++]);
        if (have->heads_len == TOC_HAVE_HEADS_MAX) {
            TOC_TRY(toc_out_message(engine, session, &message));
            have->heads_len = 0;
        }
    }
    return have->heads_len > 0 ? toc_out_message(engine, session, &message) : TOC_OK;
}

enum toc_result toc_ask_offer_grown(struct toc_engine *engine, struct toc_session *session)
{
    struct toc_log_head heads[TOC_HAVE_HEADS_MAX];
    struct toc_message message = {.kind = TOC_MESSAGE_HAVE, .as.have = {.heads = heads}};
    struct toc_have *have = &message.as.have;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        if (log->grew && toc_engine_may_carry(engine, session, log)) {
            head_of(log, &heads[have->heads_len++]);
        }
        if (have->heads_len == TOC_HAVE_HEADS_MAX) {
            TOC_TRY(toc_out_message(engine, session, &message));
            have->heads_len = 0;
        }
    }
    return toc_out_message(engine, session, &message);
}

void toc_ask_forget(struct toc_engine *engine, const struct toc_session *session)
{
    for (size_t i = 0; i < engine->logs_len; i++) {
        if (engine->logs[i].source == session->link) {
            engine->logs[i].source = 0;
            engine->logs[i].by_feed = false;
        }
    }
}

enum toc_result toc_ask_offer_end(struct toc_engine *engine, struct toc_session *session)
{
    const struct toc_message message = {.kind = TOC_MESSAGE_HAVE, .as.have = {.complete = true}};

    return toc_out_message(engine, session, &message);
}

enum toc_result toc_ask_offer_log(struct toc_engine *engine, const struct toc_log *log)
{
    struct toc_log_head head;
    const struct toc_message message = {.kind = TOC_MESSAGE_HAVE,
                                        .as.have = {.heads = &head, .heads_len = 1}};

    head_of(log, &head);
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        if (session->link != 0 && session->open && toc_engine_may_carry(engine, session, log)) {
            TOC_TRY(toc_out_message(engine, session, &message));
        }
    }
    return TOC_OK;
}

static enum toc_result send_want(struct toc_engine *engine, struct toc_log *log,
                                 struct toc_session *session, uint64_t from, uint64_t until,
                                 uint32_t credit, bool more)
{
    const struct toc_member *self = toc_roster_member(toc_engine_roster(engine), engine->me);
    const bool hub = self != NULL && toc_member_has(self, TOC_ROLE_HUB);
    /* More may have come in than one Want can ask for: the last batches overdraw the credit. */
    struct toc_message message = {
        .kind = TOC_MESSAGE_WANT,
        .as.want = {.log = log->row.log,
                    .from_sequence = from,
                    .until_sequence = until,
                    .credit = credit < TOC_CREDIT_MAX ? credit : TOC_CREDIT_MAX,
                    .more = more}};

    if (log->row.id != 0) {
        message.as.want.wraps_held =
            toc_store_wraps_count(engine->store, log->row.id, hub ? NULL : engine->me);
    }
    log->received = 0;
    log->wanted_mono = engine->now_mono;
    return toc_out_message(engine, session, &message);
}

enum toc_result toc_ask_say_seen(struct toc_engine *engine)
{
    const struct toc_message message = {.kind = TOC_MESSAGE_HAVE};

    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        if (session->link != 0 && session->open && session->flow.unsaid) {
            TOC_TRY(toc_out_message(engine, session, &message));
        }
    }
    return TOC_OK;
}

static bool is_publisher(const struct toc_session *session, const struct toc_log *log)
{
    return strcmp(session->member, log->row.log.publisher) == 0;
}

static bool is_hub(const struct toc_engine *engine, const struct toc_session *session)
{
    const struct toc_member *peer = toc_roster_member(toc_engine_roster(engine), session->member);

    return peer != NULL && toc_member_has(peer, TOC_ROLE_HUB);
}

/* Its publisher or a hub: whoever has a log as it grows. */
static bool gives_as_it_grows(const struct toc_engine *engine, const struct toc_session *session,
                              const struct toc_log *log)
{
    return is_publisher(session, log) || (is_hub(engine, session) && !log->own);
}

enum toc_result toc_ask_want(struct toc_engine *engine, struct toc_log *log,
                             struct toc_session *session, uint64_t until)
{
    return send_want(engine, log, session, log->row.chain.next_sequence, until, TOC_CREDIT_MAX,
                     false);
}

enum toc_result toc_ask_other_history(struct toc_engine *engine, struct toc_log *log,
                                      struct toc_session *session, uint64_t next_sequence)
{
    return send_want(engine, log, session, next_sequence - 1, next_sequence, TOC_CREDIT_MAX, false);
}

static enum toc_result follow(struct toc_engine *engine, struct toc_log *log,
                              struct toc_session *session)
{
    struct toc_session *old = toc_engine_session_of(engine, log->source);

    if (old != NULL && old != session && old->open && !log->by_feed) {
        TOC_TRY(toc_ask_want(engine, log, old, log->row.chain.next_sequence)); /* once is enough */
    }
    log->source = session->link;
    log->by_feed = false;
    return toc_ask_want(engine, log, session, 0);
}

enum toc_result toc_ask_fed(struct toc_engine *engine, struct toc_log *log,
                            struct toc_session *session)
{
    if (log->by_feed || log->source != session->link) {
        return TOC_OK;
    }
    log->by_feed = true;
    return toc_ask_want(engine, log, session, log->row.chain.next_sequence);
}

static void note_behind(struct toc_engine *engine, const struct toc_session *session,
                        const struct toc_log *log, const struct toc_log_head *head)
{
    toc_engine_note(engine, TOC_NOTICE_WARN, "log.behind",
                    "stream=%s held=%llu peer=%s has=%llu: taking our own log back",
                    log->row.log.stream, (unsigned long long)log->row.chain.next_sequence,
                    session->member, (unsigned long long)head->next_sequence);
}

/* What a peer says it holds of our own log. A hub proves us: all that it says must come back before
 * we sign again. Any other member says it unsigned, and would silence us with a lie: its word
 * counts after a start, until we have spoken ourselves, and for as long as it is kept. */
static enum toc_result offered_own(struct toc_engine *engine, struct toc_session *session,
                                   struct toc_log *log, const struct toc_log_head *head)
{
    if (head->next_sequence <= log->row.chain.next_sequence) {
        return TOC_OK;
    }
    if (log->row.closed_next != 0 && head->next_sequence > log->row.closed_next) {
        return TOC_OK; /* abandoned: a later generation says where this one ends */
    }
    if (is_hub(engine, session)) {
        log->offered_next =
            head->next_sequence > log->offered_next ? head->next_sequence : log->offered_next;
        if (head->next_sequence > log->claimed_next) {
            log->claimed_next = head->next_sequence;
            note_behind(engine, session, log, head);
        }
    } else if (head->next_sequence > log->word.next && !engine->word_broken && !log->spoke) {
        log->word =
            (struct toc_word){head->next_sequence, log->row.chain.next_sequence, engine->now_mono};
        note_behind(engine, session, log, head);
    }
    return toc_ask_want(engine, log, session, head->next_sequence);
}

/* What was asked for a moment ago is on its way. What the feed brings nobody gives: a frame of it
 * that was lost is asked for at once. */
static bool just_asked(const struct toc_engine *engine, const struct toc_log *log)
{
    return !log->by_feed && engine->now_mono - log->wanted_mono < ASK_AGAIN_MS / 5;
}

bool toc_ask_word_counts(const struct toc_log *log)
{
    return log->word.next > log->row.chain.next_sequence;
}

void toc_ask_watch_words(struct toc_engine *engine)
{
    const int64_t patience = WORD_INTERVALS * 1000 * (int64_t)engine->conf->heartbeat_s;

    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *log = &engine->logs[i];
        if (!toc_ask_word_counts(log)) {
            continue;
        }
        if (log->row.chain.next_sequence > log->word.from) {
            log->word.from = log->row.chain.next_sequence;
            log->word.mono = engine->now_mono;
        } else if (engine->now_mono - log->word.mono >= patience) {
            log->word = (struct toc_word){.next = 0};
            engine->word_broken = true;
            toc_engine_note(engine, TOC_NOTICE_WARN, "log.unmet",
                            "stream=%s held=%llu: what a member says it holds beyond that did not "
                            "come: going on",
                            log->row.log.stream, (unsigned long long)log->row.chain.next_sequence);
        }
    }
}

/* Who greets us and does not list what we say we have applied, a hub whose disk was put back, knows
 * nothing to do with the receipt: once it holds the log it is told again. */
static void repeat_receipt(const struct toc_engine *engine, const struct toc_session *session,
                           struct toc_log *log, uint64_t holds_next)
{
    if (log->receipt_unheard && holds_next >= log->row.applied_next &&
        gives_as_it_grows(engine, session, log)) {
        log->receipt_unheard = false;
        log->receipt_due |= session->listed;
    }
}

enum toc_result toc_ask_offered(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_log_head *head)
{
    const struct toc_session *source;
    struct toc_log *log;

    TOC_TRY(toc_engine_log_get(engine, &head->log, &log));
    if (log->row.state != TOC_LOG_OPEN) {
        return TOC_OK;
    }
    if (toc_log_on_chain(engine, log, head->next_sequence, &head->head) == TOC_CONFLICT) {
        return toc_ask_other_history(engine, log, session, head->next_sequence);
    }
    if (log->own) {
        return offered_own(engine, session, log, head);
    }
    repeat_receipt(engine, session, log, head->next_sequence);
    source = toc_engine_session_of(engine, log->source);
    /* Followed, and nothing was lost; or what it speaks of is coming: of many that waited for a
     * machine that slept, each would be given everything again. */
    if (source != NULL && source == session &&
        (head->next_sequence <= log->row.chain.next_sequence || just_asked(engine, log))) {
        return TOC_OK;
    }
    /* The publisher is the best source. A member's new connection takes over from an old one that
     * nobody has noticed to be gone. */
    if ((source == NULL || is_publisher(session, log) ||
         strcmp(source->member, session->member) == 0) &&
        gives_as_it_grows(engine, session, log)) {
        return follow(engine, log, session);
    }
    if (head->next_sequence > log->row.chain.next_sequence) {
        return toc_ask_want(engine, log, session, head->next_sequence);
    }
    return TOC_OK;
}

enum toc_result toc_ask_received(struct toc_engine *engine, struct toc_log *log,
                                 struct toc_session *session, size_t bytes)
{
    log->received += (uint32_t)bytes;
    session->received += (uint32_t)bytes;
    if (log->received < TOC_TICK_BYTES_MAX && session->received < TOC_TICK_BYTES_MAX / 2) {
        return TOC_OK;
    }
    session->received = 0;
    for (size_t i = 0; i < engine->logs_len; i++) {
        struct toc_log *one = &engine->logs[i];
        const bool from_here = one == log || one->source == session->link;
        if (one->received > 0 && from_here && one->row.state == TOC_LOG_OPEN) {
            TOC_TRY(send_want(engine, one, session, one->row.chain.next_sequence, 0, one->received,
                              true));
        }
    }
    return TOC_OK;
}

/* The publisher, or else a hub, and each time another: the one asked last did not have it, or keeps
 * it back. Two hubs must not wait for each other. */
static struct toc_session *best_source(struct toc_engine *engine, const struct toc_log *log)
{
    const struct toc_session *last = toc_engine_session_of(engine, log->source);
    const size_t after = last == NULL ? 0 : (size_t)(last - engine->sessions) + 1;
    struct toc_session *best = NULL;

    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[(after + i) % engine->sessions_len];
        if (session->link == 0 || !session->open || !gives_as_it_grows(engine, session, log)) {
            continue;
        }
        if (is_publisher(session, log)) {
            return session;
        }
        best = best == NULL ? session : best;
    }
    return best;
}

enum toc_result toc_ask_missing(struct toc_engine *engine, struct toc_log *log)
{
    struct toc_session *source = best_source(engine, log);
    const bool over =
        log->row.state == TOC_LOG_STOPPED || (log->row.state == TOC_LOG_ENDED && !log->waiting_key);

    if (source == NULL || over || just_asked(engine, log)) {
        return TOC_OK;
    }
    return follow(engine, log, source);
}
