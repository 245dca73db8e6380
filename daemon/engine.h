/* engine: one member's daemon without the world: what it holds in memory, what it decides, and what
 * it wants sent. Frames, link events and time go in; after one commit an outbox comes out. It never
 * meets a socket, reads a clock of its own, or logs, so that many engines can run in one process
 * under a simulator. One thread. (tour: PROTOCOL.md says what, handle_<message>.c says how.)
 *
 * A tick: toc_engine_begin, any number of events, toc_engine_finish. Nothing in the outbox was sent
 * before what it speaks of was committed. */
#ifndef TOC_ENGINE_H
#define TOC_ENGINE_H

#include "conf.h"
#include "env.h"
#include "roster.h"
#include "store.h"

struct toc_engine;

/* A connection as the network layer numbers it, from 1; never reused while the process lives. */
typedef uint32_t toc_link;

enum toc_peer_state {
    TOC_PEER_UNREACHABLE = 0, /* nothing answers at the address */
    TOC_PEER_CONNECTED = 1,
    TOC_PEER_WRONG_SERVER_KEY = 2, /* something answers that does not hold the member's key */
    TOC_PEER_REFUSED = 3,          /* it does not know our key */
    TOC_PEER_ROSTER_EXPIRED = 4,
    TOC_PEER_LAGGING = 5, /* connected, or the address accepts, but three heartbeats were missed */
};
const char *toc_peer_state_name(enum toc_peer_state state);

struct toc_engine_setup {
    const struct toc_conf *conf; /* must outlive the engine or its replacement by _configure */
    const struct toc_member_keys *keys; /* must outlive the engine */
    struct toc_store *store;            /* borrowed */
    const struct toc_env *env;          /* borrowed */
    bool alone;                         /* sign without being proven, once */
};
/* The roster comes from the store, then from the file's bytes (may be empty: the store's alone). */
enum toc_result toc_engine_new(const struct toc_engine_setup *setup, struct toc_bytes roster_file,
                               struct toc_engine **ret_engine, struct toc_why *why) TOC_MUST_CHECK;
void toc_engine_free(struct toc_engine **engine);
/* SIGHUP: the new configuration (already checked with toc_conf_fixed_change) and roster file. */
enum toc_result toc_engine_configure(struct toc_engine *engine, const struct toc_conf *conf,
                                     struct toc_bytes roster_file, struct toc_why *why)
    TOC_MUST_CHECK;

/* ---- who may connect ---- */
enum toc_domain { TOC_DOMAIN_SESSION, TOC_DOMAIN_FEED };
/* ZAP's question; everything not said yes to is no. */
bool toc_engine_admits(const struct toc_engine *engine, enum toc_domain domain,
                       const uint8_t curve_key[TOC_BOX_KEY_LEN]);
/* The key to expect at a member's address: `next` false the current one. TOC_NOTFOUND. */
enum toc_result toc_engine_server_key(const struct toc_engine *engine, const char *member,
                                      bool next, uint8_t ret_key[TOC_BOX_KEY_LEN]) TOC_MUST_CHECK;
/* True once after each adopted roster: keys may have changed, members may have gone. */
bool toc_engine_roster_changed(struct toc_engine *engine);
/* The file text of the roster as held now, for the network layer to save at conf->roster. */
enum toc_result toc_engine_roster_file(struct toc_engine *engine, struct toc_buf *ret_file)
    TOC_MUST_CHECK;

/* ---- events, between _begin and _finish ---- */
void toc_engine_begin(struct toc_engine *engine);
/* A link to a configured peer (once, at start; frames to it queue inside the socket only while up).
 */
enum toc_result toc_engine_link_dial(struct toc_engine *engine, toc_link link, const char *member)
    TOC_MUST_CHECK;
/* The transport says how a dialled link is doing; CONNECTED starts a new session (hello). */
void toc_engine_link_state(struct toc_engine *engine, toc_link link, enum toc_peer_state state);
/* Somebody with an admitted key said something for the first time. TOC_TOOBIG over TOC_LINKS_MAX.
 */
enum toc_result toc_engine_link_accept(struct toc_engine *engine, toc_link link,
                                       const uint8_t curve_key[TOC_BOX_KEY_LEN]) TOC_MUST_CHECK;
void toc_engine_link_gone(struct toc_engine *engine, toc_link link);
/* The socket is at its mark and a frame was dropped: nothing more for this link until its peer says
 * something; then the session begins anew. */
void toc_engine_link_blocked(struct toc_engine *engine, toc_link link);

/* False: enough for this tick: leave session and feed frames, or requests, in their sockets. */
bool toc_engine_has_room(const struct toc_engine *engine);
bool toc_engine_has_room_local(const struct toc_engine *engine);
/* A frame of a session. The result, the peer's fault or ours, is for counting. */
enum toc_result toc_engine_session(struct toc_engine *engine, toc_link link,
                                   struct toc_bytes frame);
/* A feed frame heard from the peer of a dialled link. */
enum toc_result toc_engine_feed(struct toc_engine *engine, toc_link link, struct toc_bytes frame);
/* A request on the local socket: JSON, then any number of binary parts. */
struct toc_local_user {
    uint32_t uid, gid;
};
enum toc_result toc_engine_local(struct toc_engine *engine, toc_link link,
                                 const struct toc_local_user *user, const struct toc_bytes *parts,
                                 size_t parts_len);

/* Timers, batches, commit. TOC_STORE: rolled back, memory was read back from the store, and the
 * outbox holds nothing but refusals for local users. */
enum toc_result toc_engine_finish(struct toc_engine *engine, struct toc_why *why) TOC_MUST_CHECK;

/* ---- what to send, once the commit is durable; valid until the next but one _begin ---- */
enum toc_out_kind { TOC_OUT_SESSION, TOC_OUT_FEED, TOC_OUT_LOCAL };
struct toc_out {
    enum toc_out_kind kind;
    toc_link link; /* not for the feed */
    const struct toc_bytes *parts;
    size_t parts_len;
};
size_t toc_engine_outbox(const struct toc_engine *engine, const struct toc_out **ret_out);

/* When _begin/_finish must run even if nothing comes in (mono ms; INT64_MAX: never). */
int64_t toc_engine_deadline(const struct toc_engine *engine);

/* ---- notices for the operator's log: an event id and key=value words, drained by the tick ---- */
enum toc_notice_level { TOC_NOTICE_ERROR, TOC_NOTICE_WARN, TOC_NOTICE_INFO };
struct toc_notice {
    enum toc_notice_level level;
    const char *event; /* static: "log.conflict" */
    char text[200];
};
bool toc_engine_notice(struct toc_engine *engine, struct toc_notice *ret_notice);

/* ---- work for the worker thread: copies in, copies out, never the store ---- */
struct toc_job;
/* The next job that waits, or NULL; the caller owns it until it gives it back. */
struct toc_job *toc_engine_job_take(struct toc_engine *engine);
/* Runs anywhere, any thread. */
void toc_job_run(struct toc_job *job);
/* Between _begin and _finish; takes the job. */
void toc_engine_job_done(struct toc_engine *engine, struct toc_job **job);
void toc_job_free(struct toc_job **job);

#endif
