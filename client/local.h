/* local: the command's connection to the daemon of this machine, over the local socket
 * (PROTOCOL.md, "local"), and ZeroMQ's door in the client. A request is a JSON object and binary
 * parts; so is the reply. One request at a time; one thread.
 *
 * When there is no daemon, or it goes away, every call says so with TOC_AGAIN (exit status 4). */
#ifndef TOC_LOCAL_H
#define TOC_LOCAL_H

#include "bytes.h"
#include "print_json.h"
#include <signal.h>

/* How long an ordinary request may take: a commit on a slow disk, not a long poll. */
#define TOC_LOCAL_TIMEOUT_MS 60000
/* A staging message: whole records, well below one frame of the socket. */
#define TOC_LOCAL_STAGE_RECORDS_MAX 256
#define TOC_LOCAL_STAGE_LEN_MAX (512 * 1024)
#define TOC_LOCAL_PARTS_MAX 1024
#define TOC_Z85_KEY_LEN 40

struct toc_local;

struct toc_reply {
    json_t *json;
    struct toc_bytes *parts; /* their bytes are owned too */
    size_t parts_len;
};
/* Frees and zeroes; fine on a zeroed one. */
void toc_reply_done(struct toc_reply *reply);

/* Connects to the socket at `path`. TOC_AGAIN when nobody listens there, TOC_DENIED when this user
 * may not, TOC_TOOBIG for a path no socket can have. */
enum toc_result toc_local_open(const char *path, struct toc_local **ret_local, struct toc_why *why)
    TOC_MUST_CHECK;
void toc_local_close(struct toc_local **local);
/* While *stop is zero, calls go on; afterwards they end with TOC_TIMEOUT. For a signal handler. */
void toc_local_stop_on(struct toc_local *local, const volatile sig_atomic_t *stop);

/* Sends {"request": request, ...fields} with parts, and waits. `fields` is given away, may be NULL.
 * A reply that says no becomes its result, and its message the words. TOC_TIMEOUT, TOC_AGAIN,
 * TOC_MALFORMED for a reply that is none. On failure ret_reply is untouched. */
struct toc_call {
    const char *request;
    json_t *fields;
    const struct toc_bytes *parts;
    size_t parts_len;
    unsigned timeout_ms; /* 0: TOC_LOCAL_TIMEOUT_MS */
};
enum toc_result toc_local_call(struct toc_local *local, const struct toc_call *call,
                               struct toc_reply *ret_reply, struct toc_why *why) TOC_MUST_CHECK;
/* After TOC_AGAIN: waits for the daemon to be back. TOC_TIMEOUT. */
enum toc_result toc_local_wait(struct toc_local *local, unsigned timeout_ms) TOC_MUST_CHECK;

/* A transport key as ZeroMQ writes it; ret_text has TOC_Z85_KEY_LEN + 1. */
void toc_local_z85(const uint8_t key[32], char *ret_text);

#endif
