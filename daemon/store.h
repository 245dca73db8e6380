/* store: what can be remembered, in domain words; SQLite's door (store*.c). Two files in one
 * folder: group.db (logs, wraps, views) and local.db (the council's own drafts and audit). WAL,
 * synchronous FULL. Logs are the truth; views can be rebuilt. One owner thread; the checkpointer
 * has its own connection.
 *
 * Every change happens between _begin and _commit. A failed commit leaves the state before _begin.
 * Borrowed arguments are copied. What is read is copied into the caller's arena. TOC_EXISTS is an
 * answer, not an error. TOC_STORE carries SQLite's words in `toc_store_why`. */
#ifndef TOC_STORE_H
#define TOC_STORE_H

#include "batch.h"
#include "chain.h"
#include "env.h"

struct toc_store;

/* `folder` NULL: in memory (simulation). Creates and migrates; TOC_INVALID when the database is of
 * a newer schema or not ours; TOC_AGAIN when another process has the folder open; TOC_STORE when it
 * is damaged: the words say which file and what to do. Before an older schema is changed, the file
 * is copied to NAME.before-VERSION. */
enum toc_result toc_store_open(const char *folder, struct toc_store **ret_store,
                               struct toc_why *why) TOC_MUST_CHECK;
void toc_store_close(struct toc_store **store);
/* First use writes them; later, other values are TOC_INVALID: a store belongs to one member of one
 * group. */
enum toc_result toc_store_claim(struct toc_store *store, const struct toc_hash *group,
                                const char *member, struct toc_why *why) TOC_MUST_CHECK;
const char *toc_store_why(const struct toc_store *store);
/* Before new work: what fails from here on is not explained by what failed before. But a disk that
 * lost what it took explains all that follows. */
void toc_store_why_forget(struct toc_store *store);
/* Has the disk failed group.db since the last call? Counts and numbers answer 0 then, as if there
 * was nothing, so whoever decided something meanwhile must not keep to it. */
bool toc_store_unread(struct toc_store *store);

enum toc_result toc_store_begin(struct toc_store *store) TOC_MUST_CHECK;
enum toc_result toc_store_commit(struct toc_store *store)
    TOC_MUST_CHECK; /* on disk when it returns, unless the sync thread runs */
void toc_store_rollback(struct toc_store *store);

/* The checkpoint thread (own connection): started after open, stopped before close. In memory:
 * nothing. */
enum toc_result toc_store_checkpointer_start(struct toc_store *store, struct toc_why *why)
    TOC_MUST_CHECK;
void toc_store_checkpointer_stop(struct toc_store *store);
/* The sync thread: while it runs, a large commit is written but not yet durable when _commit
 * returns, and nothing may be said on the strength of it before toc_store_durable. Without it, and
 * in memory, a commit is durable when it returns. Stopped before close. */
enum toc_result toc_store_syncer_start(struct toc_store *store, struct toc_why *why) TOC_MUST_CHECK;
void toc_store_syncer_stop(struct toc_store *store);
/* Between _begin and _commit: somebody waits for this one, so it is durable when _commit returns,
 * however large. For the other thread to wake and to say so takes longer than a sync. */
void toc_store_hurry(struct toc_store *store);
/* From now on changes of local.db are written, and kept for good by _keep, before the commit, all
 * in one sync; without it each is on disk when its function returns. What people are told
 * (store_telling.h) can be found again: _follow keeps it, behind the commit and when they have it.
 * TOC_STORE: as from toc_store_durable, which says it from then on. */
void toc_store_local_gather(struct toc_store *store);
/* Several changes of local.db by calls that are no transactions of their own are one: all of them
 * if `result`, which is what came of them, is TOC_OK, else none, and it is returned. */
enum toc_result toc_store_local_begin(struct toc_store *store) TOC_MUST_CHECK;
enum toc_result toc_store_local_end(struct toc_store *store, enum toc_result result) TOC_MUST_CHECK;
/* The sync of what is written so far begins while the owner goes on; _keep waits for its end. */
void toc_store_local_hasten(struct toc_store *store);
enum toc_result toc_store_local_keep(struct toc_store *store) TOC_MUST_CHECK;
enum toc_result toc_store_local_follow(struct toc_store *store) TOC_MUST_CHECK;
/* Is the last commit on disk? TOC_AGAIN: not yet, and not waited for. TOC_STORE: the disk failed;
 * what it holds is not known, and the process must end. */
enum toc_result toc_store_durable(struct toc_store *store, bool wait) TOC_MUST_CHECK;
/* Readable when it became so; -1: never deferred. */
int toc_store_sync_fd(const struct toc_store *store);
/* Retention's last step, outside a transaction: empties the WAL, and if keys or names were
 * destroyed since, first writes the tables that hold such things anew, because SQLite leaves copies
 * of rows inside pages, and deletes the copies a migration made. After a crash, _open makes up for
 * it. */
enum toc_result toc_store_truncate_wal(struct toc_store *store) TOC_MUST_CHECK;
/* An independent copy in memory of what is committed, outside a transaction: the simulation's
 * restored disk. The caller closes it. */
enum toc_result toc_store_snapshot(struct toc_store *store, struct toc_store **ret_store)
    TOC_MUST_CHECK;

/* ---- rosters ---- */
enum toc_result toc_store_roster_add(struct toc_store *store, uint64_t version,
                                     struct toc_bytes bytes) TOC_MUST_CHECK;
enum toc_result toc_store_roster_get(struct toc_store *store, uint64_t version,
                                     struct toc_arena *arena, struct toc_bytes *ret_bytes)
    TOC_MUST_CHECK;
uint64_t toc_store_roster_last(struct toc_store *store); /* 0: none */
/* After all of them were read: the pages kept at hand would be theirs for good. */
void toc_store_roster_release(struct toc_store *store);

/* ---- logs ---- */
enum toc_log_state {
    TOC_LOG_OPEN = 0,
    TOC_LOG_STOPPED = 1, /* a conflict: nothing more is taken, given or applied */
    TOC_LOG_ENDED = 2,   /* a later generation goes on from it, or a closing was reached */
};
struct toc_log_row {
    int64_t id; /* the store's own; 0: not stored yet */
    struct toc_log_id log;
    struct toc_chain chain;
    uint64_t applied_next; /* everything before it was applied or passed over here */
    uint64_t closed_next;  /* a closing or pin: nothing counts from here on; 0: none */
    enum toc_log_state state;
    uint64_t invalid_records; /* stored, counted, passed over */
};
/* Calls `each` for every log, in order of (publisher, stream, generation). */
enum toc_result toc_store_logs(struct toc_store *store,
                               enum toc_result (*each)(void *context,
                                                       const struct toc_log_row *row),
                               void *context) TOC_MUST_CHECK;
/* Inserts when id is 0 (and sets it; after a rollback the caller must forget it), else updates all
 * but the log's name. TOC_EXISTS: the name is there. */
enum toc_result toc_store_log_save(struct toc_store *store, struct toc_log_row *row) TOC_MUST_CHECK;

/* ---- batches ---- */
enum toc_result toc_store_batch_add(struct toc_store *store, int64_t log,
                                    const struct toc_batch *batch, const struct toc_hash *head)
    TOC_MUST_CHECK;
struct toc_stored_batch {
    uint64_t first_sequence;
    uint32_t count;
    uint32_t epoch;
    struct toc_hash head;
    struct toc_bytes
        bytes; /* they stay when retention destroys the keys: the chain still verifies */
};
/* The batch that holds `sequence`, or TOC_NOTFOUND. */
enum toc_result toc_store_batch_get(struct toc_store *store, int64_t log, uint64_t sequence,
                                    struct toc_arena *arena, struct toc_stored_batch *ret_batch)
    TOC_MUST_CHECK;
/* The head after the batch that ends just before next_sequence; TOC_NOTFOUND when no batch ends
 * there. */
enum toc_result toc_store_head_at(struct toc_store *store, int64_t log, uint64_t next_sequence,
                                  struct toc_hash *ret_head) TOC_MUST_CHECK;
/* Forgets every batch that ends after next_sequence, and their epochs that begin there. */
enum toc_result toc_store_batches_void(struct toc_store *store, int64_t log, uint64_t next_sequence)
    TOC_MUST_CHECK;

/* ---- epochs: commitment, and the key where it is known ---- */
struct toc_epoch_row {
    uint32_t epoch;
    uint64_t first_sequence;
    uint64_t roster_version; /* of the batch that opened it */
    struct toc_hash commitment;
    struct toc_hash audience_hash;
    int64_t opened_ms;
    int64_t last_ms; /* time of its newest batch */
    uint32_t batches;
    bool has_key;
    bool destroyed; /* retention: key and wraps are gone for good */
    struct toc_epoch_key key;
};
enum toc_result toc_store_epoch_add(struct toc_store *store, int64_t log,
                                    const struct toc_epoch_row *epoch) TOC_MUST_CHECK;
enum toc_result toc_store_epoch_get(struct toc_store *store, int64_t log, uint32_t epoch,
                                    struct toc_epoch_row *ret_epoch) TOC_MUST_CHECK;
/* TOC_STALE when it was destroyed. */
enum toc_result toc_store_epoch_key(struct toc_store *store, int64_t log, uint32_t epoch,
                                    const struct toc_epoch_key *key) TOC_MUST_CHECK;
enum toc_result toc_store_epoch_grew(struct toc_store *store, int64_t log, uint32_t epoch,
                                     int64_t time_ms) TOC_MUST_CHECK;
/* Zeroes the key, deletes the wraps, marks it destroyed. */
enum toc_result toc_store_epoch_destroy(struct toc_store *store, int64_t log, uint32_t epoch)
    TOC_MUST_CHECK;
/* Epochs whose newest batch is older than `before_ms` and that are not destroyed yet, oldest first,
 * at most `max`. */
enum toc_result toc_store_epochs_before(struct toc_store *store, int64_t log, int64_t before_ms,
                                        uint32_t *ret_epochs, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;

/* ---- wraps ---- */
/* One per (log, epoch, member): the first stays, TOC_EXISTS. TOC_STALE when the epoch was
 * destroyed. */
enum toc_result toc_store_wrap_add(struct toc_store *store, int64_t log, uint32_t epoch,
                                   const char *member, struct toc_bytes bytes) TOC_MUST_CHECK;
/* epoch 0: those of every epoch. Fine when there is none. */
enum toc_result toc_store_wrap_drop(struct toc_store *store, int64_t log, uint32_t epoch,
                                    const char *member) TOC_MUST_CHECK;
/* For one member, or all (member NULL), in the order they were added; at most `max`, skipping those
 * added up to `after` (the store's own counter; 0 from the first). ret_after is where to go on. */
enum toc_result toc_store_wraps(struct toc_store *store, int64_t log, const char *member,
                                int64_t after, struct toc_arena *arena, struct toc_bytes *ret_wraps,
                                size_t max, size_t *ret_len, int64_t *ret_after) TOC_MUST_CHECK;
uint32_t toc_store_wraps_count(struct toc_store *store, int64_t log, const char *member);
/* The counter of the newest: where a giver goes on whose peer holds them all. */
int64_t toc_store_wraps_last(struct toc_store *store, int64_t log, const char *member);
bool toc_store_wrap_held(struct toc_store *store, int64_t log, uint32_t epoch, const char *member);
/* TOC_NOTFOUND. */
enum toc_result toc_store_wrap_get(struct toc_store *store, int64_t log, uint32_t epoch,
                                   const char *member, struct toc_arena *arena,
                                   struct toc_bytes *ret_wrap) TOC_MUST_CHECK;

/* ---- statements: the newest heartbeat, receipt or closing of each author on each log ---- */
enum toc_result toc_store_statement_put(struct toc_store *store, int64_t log,
                                        const struct toc_statement *statement,
                                        struct toc_bytes bytes) TOC_MUST_CHECK;
enum toc_result toc_store_statement_get(struct toc_store *store, int64_t log,
                                        enum toc_statement_kind kind, const char *author,
                                        struct toc_arena *arena, struct toc_bytes *ret_bytes)
    TOC_MUST_CHECK;
/* All of a kind on one log (log 0: on every log), at most `max`. */
struct toc_stored_statement {
    int64_t log;
    char author[TOC_MEMBER_LEN_MAX + 1];
    uint64_t next_sequence;
    struct toc_bytes bytes;
};
enum toc_result toc_store_statements(struct toc_store *store, int64_t log,
                                     enum toc_statement_kind kind, struct toc_arena *arena,
                                     struct toc_stored_statement *ret_list, size_t max,
                                     size_t *ret_len) TOC_MUST_CHECK;

/* ---- evidence: two signed things that cannot both be true, kept for ever, and once however often
 * a peer sends them ---- */
enum toc_result toc_store_evidence_add(struct toc_store *store, const char *about, int64_t time_ms,
                                       struct toc_bytes one, struct toc_bytes other) TOC_MUST_CHECK;
struct toc_evidence {
    int64_t id;
    const char *about; /* in the arena: "leeds framework 1: two batches at 17" */
    int64_t time_ms;
    struct toc_bytes one, other;
};
/* In order of id, from the first after `after`. */
enum toc_result toc_store_evidence(struct toc_store *store, int64_t after, struct toc_arena *arena,
                                   struct toc_evidence *ret_list, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
uint64_t toc_store_evidence_count(struct toc_store *store);

/* ---- submissions: what local users handed in. An id stays known, so a repeat is not stored twice
 * ---- */
struct toc_submission {
    char id[65]; /* chosen by the client, 1 to 64 of [A-Za-z0-9._-] */
    char stream[TOC_STREAM_LEN_MAX + 1];
    uint32_t records;        /* how many */
    uint64_t first_sequence; /* 0: not signed yet (unproven) */
    int64_t time_ms;
};
enum toc_result toc_store_submission_find(struct toc_store *store, const char *id,
                                          struct toc_submission *ret_submission) TOC_MUST_CHECK;
/* Signed in the same transaction, first_sequence set, `records` NULL; or waiting, with the records
 * as a list. */
enum toc_result toc_store_submission_add(struct toc_store *store,
                                         const struct toc_submission *submission,
                                         struct toc_bytes records) TOC_MUST_CHECK;
/* To be signed before all that wait already: it was signed once, so others know its sequences. */
enum toc_result toc_store_submission_again(struct toc_store *store,
                                           const struct toc_submission *submission,
                                           struct toc_bytes records) TOC_MUST_CHECK;
/* The first waiting ones of a stream. The list of records lies in the arena. TOC_NOTFOUND when
 * none. */
enum toc_result toc_store_submission_next(struct toc_store *store, const char *stream,
                                          struct toc_arena *arena,
                                          struct toc_submission *ret_submission,
                                          struct toc_bytes *ret_records) TOC_MUST_CHECK;
/* A stream that has waiting submissions; TOC_NOTFOUND when none. `after` NULL: the first. */
enum toc_result toc_store_submission_stream(struct toc_store *store, const char *after,
                                            char ret_stream[TOC_STREAM_LEN_MAX + 1]) TOC_MUST_CHECK;
enum toc_result toc_store_submission_signed(struct toc_store *store, const char *id,
                                            uint64_t first_sequence) TOC_MUST_CHECK;
uint64_t toc_store_submissions_waiting(struct toc_store *store); /* records, all streams */

/* ---- the journal: in which order this member applied what (watch follows it) ---- */
struct toc_journal_row {
    int64_t position; /* rises by application, never reused */
    int64_t log;
    uint64_t first_sequence;
    uint32_t count;
};
enum toc_result toc_store_journal_add(struct toc_store *store, int64_t log, uint64_t first_sequence,
                                      uint32_t count) TOC_MUST_CHECK;
/* Rows after `position`, oldest first. */
enum toc_result toc_store_journal(struct toc_store *store, int64_t position,
                                  struct toc_journal_row *ret_rows, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
int64_t toc_store_journal_last(struct toc_store *store); /* 0: empty */

/* ---- the current-records view: one row a record that is neither superseded nor withdrawn. Keyed
 * by (stream, publisher, sequence), so its content does not depend on the order of arrival. A row
 * finds and orders a record; what it says is read out of its batch (opened.h), and lies nowhere
 * else. ---- */
struct toc_current_row {
    const char *stream; /* the caller's own */
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    uint64_t sequence;
    int64_t log;  /* the store's number of the log whose batch holds it */
    int32_t ends; /* a date the stream sorts by, days since 1970; INT32_MAX: none */
};
/* `own_key`: of this member, found again by the publisher's own name of the thing; NULL: another's,
 * or named later. */
enum toc_result toc_store_current_put(struct toc_store *store, const struct toc_current_row *row,
                                      const char *own_key) TOC_MUST_CHECK;
/* The same key that it was put with. TOC_NOTFOUND. */
enum toc_result toc_store_current_drop(struct toc_store *store, const struct toc_current_row *row,
                                       const char *own_key) TOC_MUST_CHECK;
/* Names a row that was put without a name. */
enum toc_result toc_store_current_name(struct toc_store *store, const struct toc_current_row *row,
                                       const char *own_key) TOC_MUST_CHECK;
/* Up to where rows are named; 1: none is. Clearing puts it back. */
enum toc_result toc_store_named_next(struct toc_store *store, const char *stream,
                                     const char *publisher, uint64_t *ret_next) TOC_MUST_CHECK;
enum toc_result toc_store_named_set(struct toc_store *store, const char *stream,
                                    const char *publisher, uint64_t next) TOC_MUST_CHECK;
/* Own record of a key, the newest; TOC_NOTFOUND. */
enum toc_result toc_store_current_own(struct toc_store *store, const char *stream, const char *key,
                                      struct toc_current_row *ret_row) TOC_MUST_CHECK;
enum toc_result toc_store_current_get(struct toc_store *store, const char *stream,
                                      const char *publisher, uint64_t sequence,
                                      struct toc_current_row *ret_row) TOC_MUST_CHECK;
/* A page in (publisher, sequence) order after (publisher, sequence); "" and 0 from the start. */
enum toc_result toc_store_current(struct toc_store *store, const char *stream,
                                  const char *after_publisher, uint64_t after_sequence,
                                  struct toc_current_row *ret_rows, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* The stream that follows, by name, among those that ever had a row; "": the first. TOC_NOTFOUND.
 */
enum toc_result toc_store_current_stream(struct toc_store *store, const char *after,
                                         char ret_stream[TOC_STREAM_LEN_MAX + 1]) TOC_MUST_CHECK;
/* Every row of a stream and publisher from a sequence on (void, retention: first to last), or all
 * (stream NULL: rebuild). */
enum toc_result toc_store_current_clear(struct toc_store *store, const char *stream,
                                        const char *publisher, uint64_t first_sequence,
                                        uint64_t last_sequence) TOC_MUST_CHECK;

/* ---- local.db: drafts wait for `publish`; audit. Their own transaction each, durable on return.
 * ---- */
struct toc_draft {
    const char *stream;
    const char *key;
    const char *source;      /* file or command, for people */
    bool withdraw;           /* the draft withdraws what is published under the key */
    struct toc_bytes record; /* encoded, without references */
};
/* Replaces a draft of the same (stream, key). All or none. */
enum toc_result toc_store_drafts_put(struct toc_store *store, const struct toc_draft *drafts,
                                     size_t drafts_len) TOC_MUST_CHECK;
/* The drafts that follow (stream, after_key) in order of (stream, key), over all streams; a caller
 * that wants one stream starts at (stream, "") and stops at the next. `stream` NULL: from the
 * first. */
enum toc_result toc_store_drafts(struct toc_store *store, const char *stream, const char *after_key,
                                 struct toc_arena *arena, struct toc_draft *ret_drafts, size_t max,
                                 size_t *ret_len) TOC_MUST_CHECK;
enum toc_result toc_store_draft_drop(struct toc_store *store, const char *stream, const char *key)
    TOC_MUST_CHECK;
/* Those under the same (stream, key), if they are there. All or none. */
enum toc_result toc_store_drafts_drop(struct toc_store *store, const struct toc_draft *drafts,
                                      size_t drafts_len) TOC_MUST_CHECK;
uint64_t toc_store_drafts_count(struct toc_store *store);
struct toc_audit {
    int64_t id;
    int64_t time_ms;
    uint32_t uid;
    const char *command;
    const char *detail;
};
enum toc_result toc_store_audit_add(struct toc_store *store, int64_t time_ms, uint32_t uid,
                                    const char *command, const char *detail) TOC_MUST_CHECK;
/* The newest first, before `before_id`; 0: from the newest. */
enum toc_result toc_store_audit(struct toc_store *store, int64_t before_id, struct toc_arena *arena,
                                struct toc_audit *ret_list, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;

#endif
