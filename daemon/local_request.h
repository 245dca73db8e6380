/* local_request: what the files of the local socket share: a request, its fields, its answer, and
 * what is remembered from one tick to the next. Private to local_*.c.
 *
 * A request's function answers with toc_local_answer, or returns why not: local_request.c turns
 * that into the reply that says no. */
#ifndef TOC_LOCAL_REQUEST_H
#define TOC_LOCAL_REQUEST_H

#include "engine_internal.h"

#include <jansson.h>

#define TOC_LOCAL_REQUEST_MAX (64 * 1024) /* the JSON part */
#define TOC_LOCAL_TAG_MAX 64
#define TOC_LOCAL_REPLY_MAX ((size_t)512 * 1024) /* a page of records; one more may follow */
#define TOC_LOCAL_WAITERS_MAX 256
#define TOC_LOCAL_DRAFTS_MAX 65536

struct toc_local {
    toc_link link;
    struct toc_local_user user;
    const json_t *request;
    const struct toc_bytes *parts; /* without the JSON part */
    size_t parts_len;
    const char *tag; /* NULL: none */
};

typedef enum toc_result toc_local_function(struct toc_engine *engine, const struct toc_local *local,
                                           struct toc_why *why);
#include "local_functions.h"

/* ---- answers ---- */
/* {"ok": true} with the tag; NULL without memory. */
json_t *toc_local_reply(const struct toc_local *local);
/* Takes `reply`; `failed` is not 0 when something of it could not be made. */
enum toc_result toc_local_answer(struct toc_engine *engine, const struct toc_local *local,
                                 json_t *reply, int failed) TOC_MUST_CHECK;
enum toc_result toc_local_fail(struct toc_engine *engine, const struct toc_local *local,
                               enum toc_result result, const struct toc_why *why) TOC_MUST_CHECK;
/* One row of the audit: who did what. */
enum toc_result toc_local_audit_add(struct toc_engine *engine, const struct toc_local *local,
                                    const char *command, const char *format, ...)
    __attribute__((format(printf, 4, 5))) TOC_MUST_CHECK;

/* ---- fields: absent ones leave *ret_x as it was; a wrong one is TOC_INVALID and named ---- */
enum toc_result toc_local_text(const struct toc_local *local, const char *field,
                               const char **ret_text, struct toc_why *why) TOC_MUST_CHECK;
enum toc_result toc_local_number(const struct toc_local *local, const char *field, int64_t min,
                                 int64_t max, int64_t *ret_number, struct toc_why *why)
    TOC_MUST_CHECK;
enum toc_result toc_local_flag(const struct toc_local *local, const char *field, bool *ret_flag,
                               struct toc_why *why) TOC_MUST_CHECK;
/* A stream's name, syntax checked; `needed`: absent is TOC_INVALID, too. */
enum toc_result toc_local_stream(const struct toc_local *local, bool needed,
                                 const char **ret_stream, struct toc_why *why) TOC_MUST_CHECK;

/* ---- JSON ---- */
void toc_local_json_free(json_t **json); /* scope cleanup */
json_t *toc_local_time(int64_t wall_ms); /* RFC 3339; null for 0 */
json_t *toc_local_hash(const struct toc_hash *hash);
/* How long it is when printed; 0 without memory. */
size_t toc_local_json_len(const json_t *json);

/* ---- between ticks ---- */
/* local_want.c: a `want` that waits for records. */
struct toc_waiter {
    struct toc_waiter *next;
    struct toc_local local; /* request and tag are its own */
    json_t *request;
    int64_t cursor;
    int64_t alerts; /* -1: it asks for none */
    int64_t limit;
    int64_t until_mono;
    bool behind; /* stopped at a tick's budget, not at the journal's end */
};
/* local_sent.c: drafts that went with a publish, to be dropped once that is committed. */
struct toc_sent_drafts {
    struct toc_hash *hashes; /* sorted */
    size_t len;
    char submission[65]; /* committed when the store knows it; "": nothing was submitted */
    unsigned ticks;      /* ended since */
    int64_t again_mono;  /* not to be tried before, after a failure; 0: none */
};
struct toc_settle; /* settle_run.h */
struct toc_local_state {
    struct toc_waiter *waiters; /* in order of arrival */
    size_t waiters_len;
    struct toc_sent_drafts sent;
    struct toc_settle *settle; /* NULL: none was begun */
    uint64_t changes;          /* of what the exposures are derived from, since the start */
};
/* Made on first use; NULL without memory. */
struct toc_local_state *toc_local_state(struct toc_engine *engine);
/* Does this `want` name the stream, or none? */
bool toc_local_wants_stream(const struct toc_local *local, const char *stream);
enum toc_result toc_waiters_wake(struct toc_engine *engine) TOC_MUST_CHECK;
int64_t toc_waiters_deadline(const struct toc_engine *engine);
void toc_waiters_forget(struct toc_local_state *state);
/* `hashes` of drafts, and the submission they went with, in this tick. */
enum toc_result toc_sent_drafts_keep(struct toc_engine *engine, const struct toc_buf *hashes,
                                     const char *submission) TOC_MUST_CHECK;
/* Drops the drafts whose records are committed. What cannot be dropped now is tried again. */
void toc_sent_drafts_drop(struct toc_engine *engine);
/* When it wants to be called; INT64_MAX: nothing is to be dropped. */
int64_t toc_sent_drafts_deadline(const struct toc_engine *engine);

/* Something changed that the exposures are derived from: what `settle` found is no longer so. */
void toc_settle_changed(struct toc_engine *engine);

/* local_reply.c. Takes the reply (decref). `parts` may be NULL. The tag of the request is in the
 * reply already. */
enum toc_result toc_out_local(struct toc_engine *engine, toc_link link, json_t *reply,
                              const struct toc_bytes *parts, size_t parts_len) TOC_MUST_CHECK;

#endif
