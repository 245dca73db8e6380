/* engine_internal: the state of one engine, for the files that make it up (engine.c, publish.c,
 * epoch.c, apply.c, give.c, ask.c, heartbeat.c, handle_<message>.c, local_<request>.c) and no
 * others.
 *
 * Rules: a handler decides and writes to the store inside the tick's transaction; what it wants
 * sent goes to the outbox, which is released only after the commit. If the commit fails, everything
 * here is thrown away and read back from the store, so that memory never runs ahead of the disk. */
#ifndef TOC_ENGINE_INTERNAL_H
#define TOC_ENGINE_INTERNAL_H

#include "alerting.h"
#include "engine.h"
#include "flow.h"
#include "hub_check.h"
#include "opened.h"
#include "parted.h"
#include "records.h"
#include "telling.h"
#include "tokens.h"
#include "wire_feed.h"
#include "wire_session.h"

/* One log as held here. Index in engine->logs is stable while the process lives. */
struct toc_log {
    struct toc_log_row row;
    bool own;              /* published by this member */
    bool force_epoch;      /* own: the next batch opens a new epoch */
    uint64_t stayed_until; /* own: the roster up to which nobody left since its epoch was opened */
    uint64_t receipts_ahead; /* readers say they are that far; not past it: none is looked for */
    bool key_came_late;      /* of an epoch that was passed over */
    bool waiting_key;        /* the next batch to apply needs a wrap that is due */
    bool advanced;           /* in this tick: links that want it are served at its end */
    bool grew;               /* since the last beat */
    uint64_t
        claimed_next; /* own: the furthest a prover said it holds; sign nothing before it is back */
    struct toc_word { /* own: the same, said by a member that proves nothing and signs nothing */
        uint64_t next;
        uint64_t from; /* our end when it said so, or when something of ours last came back */
        int64_t mono;  /* and when that was */
    } word;
    uint64_t offered_next; /* own: the furthest that somebody holds and can give back */

    /* What its publisher last said about itself. */
    struct toc_bytes heartbeat; /* heap; the newest, verbatim, for relaying; empty: none */
    uint64_t heard_next;        /* 0: nothing heard */
    uint64_t said_next;         /* the furthest that its publisher or a hub said to hold */
    struct toc_hash heard_head;
    int64_t heard_time_ms; /* its own time, so that an old one is not relayed round and round */
    int64_t heard_mono;
    unsigned missed;     /* heartbeats in a row that showed a tail we lack */
    bool relay_due;      /* hub: the heartbeat is news to the others */
    toc_link relay_from; /* but for this one */
    int64_t spoke_mono;  /* own: last batch or heartbeat */
    bool spoke;          /* own: since the start */

    /* From whom we want it. */
    toc_link source;     /* 0: nobody */
    bool by_feed;        /* the feed brings it: the session gives wraps and what was lost */
    uint32_t received;   /* bytes since the last Want */
    int64_t wanted_mono; /* when the last Want went out */

    /* Receipts. */
    bool receipt_due;
    bool receipt_urgent;  /* a withdrawal was applied */
    bool receipt_unheard; /* said again to one who may lack what it speaks of */
    int64_t receipt_mono;
    bool receipts_grew;   /* hub: readers' receipts to pass on */
    int64_t bundled_mono; /* hub: when they were last passed on */
};

/* What a peer wants of one log. */
struct toc_pending {
    uint32_t log;        /* index in engine->logs */
    uint64_t next;       /* the next sequence to give */
    uint64_t until;      /* 0: for ever */
    uint32_t credit;     /* bytes it still takes */
    int64_t wraps_after; /* the store's counter: wraps up to here were given */
};

struct toc_session {
    toc_link link; /* 0: a free slot */
    bool dialled;
    uint8_t curve_key[TOC_BOX_KEY_LEN];  /* of an accepted one */
    char member[TOC_MEMBER_LEN_MAX + 1]; /* "": no member (any more): ignored */
    enum toc_peer_state transport;       /* as the network layer says */
    bool greeted;                        /* its Hello was good */
    bool open;            /* greeted, and nobody's roster has expired: logs may flow */
    bool listed;          /* since then it has said all that it holds */
    bool half_heard;      /* memory went back to the disk since: its list is no proof */
    bool blocked;         /* at its mark: nothing until it says something */
    bool starved;         /* wanted more than there was room for: on when it has read something */
    bool unlisted;        /* the same of what its hello is answered with */
    bool held_off;        /* for what its key left unread on connections that went */
    bool unserved;        /* the outbox was full; looked at again in the next tick */
    struct toc_flow flow; /* of this connection: a new hello leaves it as it is */
    uint32_t received;    /* bytes we got and have not asked on for */
    uint64_t peer_roster_version;
    int64_t heard_mono;
    int64_t greet_mono; /* accepted, not greeted: before this it is not asked again who it is */
    int64_t since_wall_ms;
    struct toc_pending *pending; /* sorted by log */
    size_t pending_len, pending_room;
};

/* A member that must tell us our own heads before we sign, and has. */
struct toc_prover {
    char member[TOC_MEMBER_LEN_MAX + 1];
};

struct toc_submission_queue; /* publish.c */
struct toc_local_state;      /* local_request.h: waiting `want`s, drafts that went */

struct toc_counters {
    uint64_t batches_stored, batches_given, records_applied, records_invalid, frames_refused,
        frames_ignored, signatures_bad, conflicts, wraps_made, feed_heard, feed_used, shares_aside;
};

#define TOC_NOTICES_MAX 64

struct toc_engine {
    const struct toc_conf *conf;
    const struct toc_member_keys *keys;
    struct toc_store *store;
    const struct toc_env *env;
    const char *me; /* keys->member */
    struct toc_roster_chain *rosters;
    struct toc_hash group;
    bool alone;
    bool roster_changed; /* for the network layer */
    bool roster_spread;  /* adopted in this tick: to be handed on */
    bool in_transaction;
    bool reload_due;   /* memory is not what the disk holds: no tick succeeds */
    bool store_failed; /* in this tick: finish rolls back */

    struct toc_arena *arena; /* the tick's: decoded messages, outbox; reset by _begin */
    struct toc_tick_memory { /* of the tick before, whose outbox may still wait for the disk */
        struct toc_arena *arena;
        struct toc_out *outbox;
        size_t outbox_room;
    } before;
    struct toc_arena
        *scratch; /* one batch at a time: opened records; reset by whoever reads a batch */
    struct toc_opened *opened; /* records of the view, where they lie; forgets with each tick */
    int64_t now_wall, now_mono;
    unsigned verifications; /* left in this tick */
    unsigned wraps_left;    /* to verify in this tick: a frame's are all looked at, then no more */
    size_t taken;           /* bytes of batches that peers gave in this tick */
    size_t submitted;       /* bytes of submissions taken in it */
    const struct toc_record *const *known; /* of the own batch being stored, or NULL */
    struct toc_bytes known_plain;          /* the same, before it was sealed */
    bool corrected;            /* somebody's records by another, ever: what is put is looked up */
    uint64_t applying_version; /* the roster that what is being applied was made under */
    unsigned applications;

    struct toc_log *logs; /* in order of creation */
    size_t logs_len, logs_room;
    uint32_t *logs_sorted; /* indices in order of (publisher, stream, generation) */

    struct toc_session *sessions;
    size_t sessions_len, sessions_room;
    struct toc_parted parted;

    struct toc_prover provers[2 + 1];
    size_t provers_len;
    bool word_broken; /* a member held up what we sign with nothing behind it: none does any more */

    struct toc_submission_queue *queue;
    struct toc_alerting alerts;
    struct toc_telling telling;
    uint64_t waiting; /* records that wait unsigned */
    bool waiting_known;
    struct toc_local_state *local;
    bool journal_grew;
    bool truncate_wal; /* keys or a name were destroyed: the WAL must forget them too, after the
                          commit */
    bool sweep_names;  /* what was dropped is settled: the files may forget the names */
    int64_t retention_mono; /* when to look again */
    bool more_to_sign;      /* more waited unsigned than one tick takes */
    int64_t naming_mono;    /* when to look for own records that are not found by name yet */
    bool more_to_apply;     /* the tick's budget ended before the logs did */
    int64_t beat_mono;      /* the next heartbeat */
    int64_t beat_deadline;
    bool relay_due;     /* of some log */
    int64_t relay_mono; /* not before */
    enum toc_validity validity_said;
    bool wraps_checked; /* own logs, once after the start: a crash may have lost a job */

    struct toc_job *jobs; /* to be taken */
    struct toc_token_state tokens;
    struct toc_hub_check hub_check;

    struct toc_out *outbox;
    size_t outbox_len, outbox_room;
    size_t outbox_bytes;

    struct toc_notice notices[TOC_NOTICES_MAX];
    size_t notices_len;
    struct toc_counters counters;
};

/* ---- engine.c: state ---- */
const struct toc_roster *toc_engine_roster(const struct toc_engine *engine);
/* Opens the tick's transaction if it is not open; every writer calls it first. */
enum toc_result toc_engine_write(struct toc_engine *engine) TOC_MUST_CHECK;
/* NULL when it is not known. Pointers into engine->logs live until a log is added. */
struct toc_log *toc_engine_log(struct toc_engine *engine, const struct toc_log_id *id);
/* Finds or makes it (in memory; the row is stored with its first batch). TOC_TOOBIG over
 * TOC_LOGS_MAX. */
enum toc_result toc_engine_log_get(struct toc_engine *engine, const struct toc_log_id *id,
                                   struct toc_log **ret_log) TOC_MUST_CHECK;
/* May this peer's word make us keep a log we do not know? Its publisher's or a hub's may, within
 * bounds. */
bool toc_engine_log_admissible(struct toc_engine *engine, const struct toc_session *session,
                               const struct toc_log_id *id);
/* Where and with which head the roster says that it ends, and nobody else's word counts; or NULL.
 * Lives as long as the roster. */
const struct toc_pin *toc_log_pin(const struct toc_engine *engine, const struct toc_log_id *id);
uint32_t toc_engine_log_index(const struct toc_engine *engine, const struct toc_log *log);
struct toc_session *toc_engine_session_of(struct toc_engine *engine, toc_link link);
bool toc_engine_may_carry(const struct toc_engine *engine, const struct toc_session *session,
                          const struct toc_log *log);
/* Saves the row (and its counters) in the tick's transaction. */
enum toc_result toc_engine_log_save(struct toc_engine *engine, struct toc_log *log) TOC_MUST_CHECK;
void toc_engine_note(struct toc_engine *engine, enum toc_notice_level level, const char *event,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* One more signature may be checked in this tick. */
bool toc_engine_spend_verification(struct toc_engine *engine);

/* ---- outbox.c: intents, released after the commit ---- */
/* Adds what only the connection knows: the stamp if it is time for one, and the peer's newest. */
enum toc_result toc_out_message(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_message *message) TOC_MUST_CHECK;
enum toc_result toc_out_feed(struct toc_engine *engine, const struct toc_log *log,
                             struct toc_bytes batch) TOC_MUST_CHECK;
/* The parts are borrowed until the next tick. */
enum toc_result toc_out_add(struct toc_engine *engine, enum toc_out_kind kind, toc_link link,
                            const struct toc_bytes *parts, size_t parts_len) TOC_MUST_CHECK;
/* Room for one more big frame in this tick's outbox. */
bool toc_out_has_room(const struct toc_engine *engine);
/* The commit failed: nothing is sent but to local users, who are told so. */
void toc_out_failed(struct toc_engine *engine, const char *words);

/* ---- publish.c: submissions to batches ---- */
bool toc_publish_proven(const struct toc_engine *engine);
/* Submitted, and not in the store yet: in this tick. */
bool toc_publish_is_queued(const struct toc_engine *engine, const char *id);
/* Records are validated. Signed at _finish, or kept unsigned until proven. `ret_first_sequence` is
 * the sequence it will get if signed in this tick, 0 if it waits. TOC_EXISTS: this id is known
 * (then what it got), TOC_DENIED (roster, grace, expired), TOC_TOOBIG (too many wait), TOC_INVALID
 * (with why). `known`: the records as they were read, each in the tick's arena or NULL, so that
 * they are not read again to be applied; may be NULL. */
enum toc_result toc_publish_submit(struct toc_engine *engine, const char *stream, const char *id,
                                   const struct toc_bytes *records, size_t records_len,
                                   const struct toc_record *const *known,
                                   uint64_t *ret_first_sequence, struct toc_why *why)
    TOC_MUST_CHECK;
/* At _finish: signs what is queued and, once proven, what waited. */
enum toc_result toc_publish_finish(struct toc_engine *engine) TOC_MUST_CHECK;
void toc_publish_clear(struct toc_engine *engine); /* the tick failed */
/* The open log of this member and stream (newest generation), made if there is none. */
enum toc_result toc_publish_log(struct toc_engine *engine, const char *stream,
                                struct toc_log **ret_log) TOC_MUST_CHECK;
/* What a closing cuts off our own log waits to be signed again, in the same order and before all
 * else, so that it keeps its sequences. */
enum toc_result toc_publish_requeue(struct toc_engine *engine, const struct toc_log *log,
                                    uint64_t first_sequence) TOC_MUST_CHECK;
/* A stopped own log, and one whose end (an own heartbeat proves it) nobody holds any more: the next
 * batch opens the next generation, naming what it abandons. Another open one: a new epoch.
 * TOC_NOTFOUND. */
enum toc_result toc_publish_rotate(struct toc_engine *engine, const char *stream,
                                   struct toc_why *why) TOC_MUST_CHECK;

/* ---- epoch.c: keys, wraps ---- */
/* Queues the wraps that members of the audience admitted in version `since` or later lack, for
 * every epoch from `first` on whose key is held: done by the publisher, and by a hub in the
 * audience. */
enum toc_result toc_epoch_wrap_missing(struct toc_engine *engine, struct toc_log *log,
                                       uint32_t first, uint64_t since) TOC_MUST_CHECK;
/* In the tick that opens an own epoch: for those without whom its key could be lost, so that no
 * batch leaves before its key is safe. */
enum toc_result toc_epoch_wrap_first(struct toc_engine *engine, const struct toc_log *log,
                                     uint32_t number) TOC_MUST_CHECK;
/* A hub, after a start: wraps of this log that somebody lacks because a crash lost the job. */
enum toc_result toc_epoch_wrap_lost(struct toc_engine *engine, struct toc_log *log) TOC_MUST_CHECK;
/* Must the log's next batch open a new epoch? */
bool toc_epoch_is_over(struct toc_engine *engine, struct toc_log *log);
/* A fresh key and commitment for the log's next epoch; fills the header's fields; stores at
 * _finish. */
enum toc_result toc_epoch_open(struct toc_engine *engine, const struct toc_log *log,
                               struct toc_batch_header *header, struct toc_epoch_key *ret_key)
    TOC_MUST_CHECK;
/* May `member` have the key of this epoch? */
bool toc_epoch_grants(const struct toc_engine *engine, const struct toc_log *log,
                      const struct toc_epoch_row *epoch, const char *member);
/* A wrap for me: opens it and stores the key; for others (hub, publisher): stores it. */
enum toc_result toc_epoch_take_wrap(struct toc_engine *engine, struct toc_log *log,
                                    struct toc_bytes wrap) TOC_MUST_CHECK;
/* An epoch's batch was stored: a wrap that came before it is opened now. */
enum toc_result toc_epoch_opened(struct toc_engine *engine, struct toc_log *log, uint32_t number)
    TOC_MUST_CHECK;
/* Destroys what retention ends. */
enum toc_result toc_epoch_retention(struct toc_engine *engine) TOC_MUST_CHECK;

/* ---- apply.c: batches to views ---- */
/* Stores a verified batch at the log's end, its epoch if it opens one, feeds it, and applies what
 * can be. `from`: the session it came by, or NULL. `key`: of the epoch it opens, if it is our own;
 * else NULL. */
enum toc_result toc_apply_store(struct toc_engine *engine, struct toc_log *log,
                                const struct toc_batch *batch, const struct toc_hash *head,
                                struct toc_session *from, const struct toc_epoch_key *key)
    TOC_MUST_CHECK;
/* Applies a batch that is stored, if it is the cursor's turn. */
enum toc_result toc_apply_batch(struct toc_engine *engine, struct toc_log *log,
                                const struct toc_batch *batch) TOC_MUST_CHECK;
/* A generation is applied after the one it goes on from. */
bool toc_apply_waits_for_older(struct toc_engine *engine, const struct toc_log *log);
/* view.c: what one record changes. TOC_INVALID, TOC_DENIED: passed over, with why. `grace`: made
 * after its roster expired, so only a withdrawal counts. `known`: the record as it was read, or
 * NULL.
 */
enum toc_result toc_view_record(struct toc_engine *engine, struct toc_log *log, uint64_t sequence,
                                struct toc_bytes bytes, const struct toc_record *known, bool grace,
                                struct toc_why *why) TOC_MUST_CHECK;
/* view_exposure.c: the picture of the region follows the view. Nothing for other streams. */
enum toc_result toc_view_picture_put(struct toc_engine *engine, const struct toc_log *log,
                                     uint64_t sequence, const struct toc_record *record)
    TOC_MUST_CHECK;
enum toc_result toc_view_picture_drop(struct toc_engine *engine, const char *stream,
                                      const char *publisher, uint64_t sequence) TOC_MUST_CHECK;
/* view_alert.c: flags, disputes and alerts, at a hub; elsewhere nothing. */
enum toc_result toc_view_alert_check(struct toc_engine *engine, const struct toc_record *record,
                                     struct toc_why *why) TOC_MUST_CHECK;
enum toc_result toc_view_alert_put(struct toc_engine *engine, const struct toc_log *log,
                                   uint64_t sequence, const struct toc_record *record)
    TOC_MUST_CHECK;
enum toc_result toc_view_alert_withdrawn(struct toc_engine *engine, const struct toc_log *log,
                                         const struct toc_reference *target) TOC_MUST_CHECK;
enum toc_result toc_view_alert_clear(struct toc_engine *engine, const char *stream,
                                     const char *publisher, uint64_t first_sequence,
                                     uint64_t last_sequence) TOC_MUST_CHECK;
/* A range of a publisher's stream, or everything (stream NULL), out of all views. */
enum toc_result toc_view_clear(struct toc_engine *engine, const char *stream, const char *publisher,
                               uint64_t first_sequence, uint64_t last_sequence) TOC_MUST_CHECK;
/* view_token.c: who asked for tokens, and who answered. Nothing for other streams. */
enum toc_result toc_view_token_put(struct toc_engine *engine, const struct toc_log *log,
                                   uint64_t sequence, const struct toc_record *record)
    TOC_MUST_CHECK;
enum toc_result toc_view_token_clear(struct toc_engine *engine, const char *stream,
                                     const char *publisher, uint64_t first_sequence,
                                     uint64_t last_sequence) TOC_MUST_CHECK;
/* alerting_mine.c: an alert, or a flag to the group, that is about an own supplier. Nothing for
 * other streams. */
enum toc_result toc_view_alert_mine(struct toc_engine *engine, const struct toc_log *log,
                                    uint64_t sequence, const struct toc_record *record)
    TOC_MUST_CHECK;
/* Applies from the cursor on, as far as keys and the tick's budget reach. */
enum toc_result toc_apply_log(struct toc_engine *engine, struct toc_log *log) TOC_MUST_CHECK;
/* Forgets everything from next_sequence on and derives the publisher's view anew. */
enum toc_result toc_apply_void(struct toc_engine *engine, struct toc_log *log,
                               uint64_t next_sequence) TOC_MUST_CHECK;
/* What was passed over, its key came, and it is due: the publisher's view of the stream is derived
 * anew. After a Give's wraps, all of them. */
enum toc_result toc_apply_late_keys(struct toc_engine *engine, struct toc_log *log) TOC_MUST_CHECK;
/* The first sequence this generation holds: its epoch 1 begins there. TOC_NOTFOUND: no batch yet.
 */
enum toc_result toc_apply_first_sequence(struct toc_engine *engine, const struct toc_log *log,
                                         uint64_t *ret_sequence) TOC_MUST_CHECK;
/* The roster version of its first batch: nothing of this log was signed under an older one. 0: no
 * batch yet. */
uint64_t toc_apply_begun(struct toc_engine *engine, const struct toc_log *log);
/* This member came into the audience: the cursor goes back to what was passed over for want of a
 * key. */
enum toc_result toc_apply_joined(struct toc_engine *engine, struct toc_log *log) TOC_MUST_CHECK;
/* All views from all logs. */
enum toc_result toc_apply_rebuild(struct toc_engine *engine, uint64_t *ret_records) TOC_MUST_CHECK;
/* One stream's views from its logs, and how much of each is passed over counted again. Adds to
 * *records. */
enum toc_result toc_apply_stream_anew(struct toc_engine *engine, const char *stream,
                                      uint64_t *records) TOC_MUST_CHECK;
/* apply_reading.c: at the start, in a transaction of its own: what was not understood when it came
 * is applied if it is by now. TOC_INVALID: the views are of a newer program. */
enum toc_result toc_apply_reading(struct toc_engine *engine, struct toc_why *why) TOC_MUST_CHECK;
/* A record that was valid when applied. Walks the records of a stored range (journal row): calls
 * `each` with the sequence and the decoded record. Passed-over records are left out. */
enum toc_result toc_apply_read(struct toc_engine *engine, struct toc_log *log,
                               uint64_t first_sequence, uint32_t count,
                               enum toc_result (*each)(void *context, const struct toc_log *log,
                                                       uint64_t sequence, int64_t time_ms,
                                                       const struct toc_record *record),
                               void *context) TOC_MUST_CHECK;
/* The log ends before next_sequence, at this head. If our copy ran through it, what comes after is
 * voided; otherwise ours is the abandoned one, and the standing one is fetched anew. */
enum toc_result toc_apply_end(struct toc_engine *engine, struct toc_log *log,
                              uint64_t next_sequence, const struct toc_hash *head) TOC_MUST_CHECK;
/* The roster's pins: they end logs like closings, and win over them. */
enum toc_result toc_apply_pins(struct toc_engine *engine) TOC_MUST_CHECK;
/* The last batch of a log that has not reached its pin is forgotten: it does not lead there. */
enum toc_result toc_apply_step_back(struct toc_engine *engine, struct toc_log *log) TOC_MUST_CHECK;
/* A later generation begins: what it abandons is voided, what stands is ended where it says. */
enum toc_result toc_apply_generation(struct toc_engine *engine, struct toc_log *log,
                                     const struct toc_batch_header *header) TOC_MUST_CHECK;
/* conflict.c: keeps both, stops the log, tells the operator, and everybody who may see the log;
 * TOC_CONFLICT. Past a closing it is no evidence. */
enum toc_result toc_apply_conflict(struct toc_engine *engine, struct toc_log *log, const char *what,
                                   struct toc_bytes one, struct toc_bytes other) TOC_MUST_CHECK;

/* ---- own.c: own records by name ---- */
/* The newest own record under a key; TOC_NOTFOUND. */
enum toc_result toc_own_find(struct toc_engine *engine, const char *stream, const char *key,
                             struct toc_current_row *ret_row) TOC_MUST_CHECK;
/* Takes an own row, and its name, out of the view. */
enum toc_result toc_own_drop(struct toc_engine *engine, const struct toc_current_row *row)
    TOC_MUST_CHECK;
/* At _finish: when nothing else is to do, the index of names follows. */
enum toc_result toc_own_finish(struct toc_engine *engine) TOC_MUST_CHECK;

/* ---- tokens.c: asking.c and holding.c together ---- */
/* At _finish, before what is queued is signed. */
enum toc_result toc_tokens_finish(struct toc_engine *engine) TOC_MUST_CHECK;
/* There may be more to do at once. */
bool toc_tokens_due(const struct toc_engine *engine);
/* Records of this log were applied. */
void toc_tokens_applied(struct toc_engine *engine, const struct toc_log *log);
/* Something changed that nothing else tells: the roster, the own suppliers. */
void toc_tokens_begin(struct toc_engine *engine);
/* The tick failed: jobs that it queued never ran. */
void toc_tokens_recover(struct toc_engine *engine);

/* ---- give.c: serving Wants ---- */
struct toc_pending *toc_give_pending(struct toc_session *session, uint32_t log);
enum toc_result toc_give_want(struct toc_engine *engine, struct toc_session *session,
                              const struct toc_want *want) TOC_MUST_CHECK;
/* Is there room on its connection for a listing? */
bool toc_give_may_list(struct toc_engine *engine, struct toc_session *session);
/* The peer has read more of what it was sent: what waited for room goes on. */
enum toc_result toc_give_on(struct toc_engine *engine, struct toc_session *session) TOC_MUST_CHECK;
/* At _finish: everything that advanced, to everyone who waits for it. */
enum toc_result toc_give_finish(struct toc_engine *engine) TOC_MUST_CHECK;
/* The last outbox was too small for what peers want: another tick at once. */
bool toc_give_unserved(const struct toc_engine *engine);
/* The peer has everything up to here: it gave it to us. */
void toc_give_peer_has(struct toc_session *session, uint32_t log, uint64_t next_sequence);

/* ---- ask.c: our Wants, and our Haves ---- */
enum toc_result toc_ask_offer_all(struct toc_engine *engine, struct toc_session *session)
    TOC_MUST_CHECK;
/* The listing is complete: whoever waits for proof of its own heads may sign. */
enum toc_result toc_ask_offer_end(struct toc_engine *engine, struct toc_session *session)
    TOC_MUST_CHECK;
enum toc_result toc_ask_offer_log(struct toc_engine *engine, const struct toc_log *log)
    TOC_MUST_CHECK;
/* The logs that grew since the last beat: the feed may have lost the newest batch, and its
 * publisher may never speak again. With none it only says that we are there. */
enum toc_result toc_ask_offer_grown(struct toc_engine *engine, struct toc_session *session)
    TOC_MUST_CHECK;
/* At _finish: stamps that were read and not said back are, so that whoever gives goes on. */
enum toc_result toc_ask_say_seen(struct toc_engine *engine) TOC_MUST_CHECK;
/* Nothing is wanted from this session any more. */
void toc_ask_forget(struct toc_engine *engine, const struct toc_session *session);
/* The peer says it holds the log up to next_sequence. */
enum toc_result toc_ask_offered(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_log_head *head) TOC_MUST_CHECK;
/* Wants the log (again) from where we are; `until` 0: standing. */
enum toc_result toc_ask_want(struct toc_engine *engine, struct toc_log *log,
                             struct toc_session *session, uint64_t until) TOC_MUST_CHECK;
/* Wants the one batch that ends before `next_sequence` and whose head is not ours: evidence. */
enum toc_result toc_ask_other_history(struct toc_engine *engine, struct toc_log *log,
                                      struct toc_session *session, uint64_t next_sequence)
    TOC_MUST_CHECK;
/* handle_statements.c: the head before `next_sequence`. TOC_AGAIN (past what is held), TOC_NOTFOUND
 * (no batch ends there). */
enum toc_result toc_log_head_at(struct toc_engine *engine, const struct toc_log *log,
                                uint64_t next_sequence, struct toc_hash *ret_head) TOC_MUST_CHECK;
/* Does this head lie on the chain we hold? TOC_CONFLICT, TOC_AGAIN (past it). */
enum toc_result toc_log_on_chain(struct toc_engine *engine, const struct toc_log *log,
                                 uint64_t next_sequence, const struct toc_hash *head)
    TOC_MUST_CHECK;
/* Bytes of this log came in: asks for more when half the credit is used. */
enum toc_result toc_ask_received(struct toc_engine *engine, struct toc_log *log,
                                 struct toc_session *session, size_t bytes) TOC_MUST_CHECK;
/* The feed brought the newest batch: no need to be given it twice. */
enum toc_result toc_ask_fed(struct toc_engine *engine, struct toc_log *log,
                            struct toc_session *session) TOC_MUST_CHECK;
/* Is a member's word about our own log still waited for? At each beat: not for ever. */
bool toc_ask_word_counts(const struct toc_log *log);
void toc_ask_watch_words(struct toc_engine *engine);
/* A tail we lack was seen: wants it from whoever may have it. */
enum toc_result toc_ask_missing(struct toc_engine *engine, struct toc_log *log) TOC_MUST_CHECK;

/* ---- heartbeat.c: statements and timers ---- */
enum toc_result toc_heartbeat_finish(struct toc_engine *engine) TOC_MUST_CHECK;
int64_t toc_heartbeat_interval_ms(const struct toc_engine *engine);
bool toc_engine_is_hub(const struct toc_engine *engine, const char *id);
/* "At next_sequence the head is this", by this member, now, signed. Lies in the tick's arena. */
enum toc_result toc_statement_say(struct toc_engine *engine, const struct toc_log *log,
                                  enum toc_statement_kind kind, uint64_t next_sequence,
                                  const struct toc_hash *head, struct toc_statement *ret_statement,
                                  struct toc_bytes *ret_bytes) TOC_MUST_CHECK;
int64_t toc_heartbeat_deadline(const struct toc_engine *engine);
/* Closings this member made or knows, to a session that just opened. */
enum toc_result toc_heartbeat_greet(struct toc_engine *engine, struct toc_session *session)
    TOC_MUST_CHECK;
/* handle_statements.c: the heartbeat that is kept, when it tells of more than is held; after the
 * log's row was read. */
enum toc_result toc_statement_recall(struct toc_engine *engine, struct toc_log *log);
/* To every session that may know of the log, but `from`; NULL: to all. */
enum toc_result toc_statement_spread(struct toc_engine *engine, const struct toc_session *from,
                                     const struct toc_log *log, struct toc_bytes bytes)
    TOC_MUST_CHECK;
/* Ends the log where the closing says. */
enum toc_result toc_statement_close(struct toc_engine *engine, struct toc_log *log,
                                    const struct toc_statement *closing, struct toc_bytes bytes)
    TOC_MUST_CHECK;
/* Hub: ends the logs of keys that the new roster no longer has. */
enum toc_result toc_heartbeat_close_logs(struct toc_engine *engine, const struct toc_roster *was)
    TOC_MUST_CHECK;
enum toc_peer_state toc_session_state(const struct toc_engine *engine,
                                      const struct toc_session *session);

/* ---- receipts.c ---- */
/* Statements for one session, as few frames as they fit in. _add sends a full one. */
struct toc_bundle {
    struct toc_bytes items[TOC_STATEMENTS_MAX];
    size_t len;
};
enum toc_result toc_bundle_add(struct toc_engine *engine, struct toc_session *session,
                               struct toc_bundle *bundle, struct toc_bytes item) TOC_MUST_CHECK;
enum toc_result toc_bundle_send(struct toc_engine *engine, struct toc_session *session,
                                struct toc_bundle *bundle) TOC_MUST_CHECK;
/* What is due now; *deadline comes down to when the next is. */
enum toc_result toc_receipts_finish(struct toc_engine *engine, int64_t *deadline) TOC_MUST_CHECK;
/* How far the reader has applied what is held here: 1 where it speaks of another history. */
uint64_t toc_receipt_next(struct toc_engine *engine, const struct toc_log *log,
                          const struct toc_statement *receipt);
/* The log has grown from `before`: do readers that were ahead of us have the same history? */
enum toc_result toc_receipts_met(struct toc_engine *engine, struct toc_log *log, uint64_t before)
    TOC_MUST_CHECK;
/* handle_statements.c: kept as evidence, and told. */
enum toc_result toc_receipt_off_chain(struct toc_engine *engine, struct toc_log *log,
                                      const struct toc_statement *receipt, struct toc_bytes bytes)
    TOC_MUST_CHECK;

/* ---- handle_<message>.c ---- */
enum toc_result toc_handle_hello(struct toc_engine *engine, struct toc_session *session,
                                 const struct toc_hello *hello) TOC_MUST_CHECK;
enum toc_result toc_handle_rosters(struct toc_engine *engine, struct toc_session *session,
                                   const struct toc_runs *rosters) TOC_MUST_CHECK;
enum toc_result toc_handle_have(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_have *have) TOC_MUST_CHECK;
enum toc_result toc_handle_want(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_want *want) TOC_MUST_CHECK;
enum toc_result toc_handle_give(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_give *give) TOC_MUST_CHECK;
enum toc_result toc_handle_batch(struct toc_engine *engine, struct toc_session *session,
                                 struct toc_bytes bytes, const struct toc_log_id *expected)
    TOC_MUST_CHECK;
enum toc_result toc_handle_statements(struct toc_engine *engine, struct toc_session *session,
                                      const struct toc_runs *statements) TOC_MUST_CHECK;

/* handle_hello.c */
/* All that the peer may see: heads, heartbeats, closings, and the end of the list. Waits for room.
 */
enum toc_result toc_hello_list(struct toc_engine *engine, struct toc_session *session)
    TOC_MUST_CHECK;
enum toc_result toc_hello_send(struct toc_engine *engine, struct toc_session *session, bool answer)
    TOC_MUST_CHECK;
/* At _finish: new versions to every peer that lacks them. */
enum toc_result toc_roster_spread(struct toc_engine *engine) TOC_MUST_CHECK;
/* handle_rosters.c: adopts one version from anywhere (session, file, local socket). */
enum toc_result toc_roster_take(struct toc_engine *engine, struct toc_bytes signed_roster,
                                struct toc_why *why) TOC_MUST_CHECK;
/* Every version of a roster file that is not held yet. */
enum toc_result toc_roster_take_file(struct toc_engine *engine, struct toc_bytes file,
                                     unsigned *ret_adopted, struct toc_why *why) TOC_MUST_CHECK;

/* ---- local_request.c and local_<request>.c: one function a request (local_request.h) ---- */
/* At _finish, and before anything is told: drops drafts that were sent. */
void toc_local_finish(struct toc_engine *engine);
/* At _finish: answers every `want` that has records by now, or has waited long enough. */
enum toc_result toc_local_wake(struct toc_engine *engine) TOC_MUST_CHECK;
int64_t toc_local_deadline(const struct toc_engine *engine);
void toc_local_forget(struct toc_engine *engine); /* everything it remembers between ticks */

#endif
