/* net: the daemon's sockets (ZeroMQ's door, with net_*.c). It carries frames between the world and
 * one engine, answers ZAP, dials configured peers and says what became of each. It decides nothing
 * about what a frame means and never logs: what an operator should read comes out as notices. One
 * thread calls it.
 *
 * A turn: toc_net_wait; then between toc_engine_begin and _finish toc_net_receive; after a commit
 * toc_net_send. What was found while sending (a link that is gone or full) is told next turn. */
#ifndef TOC_NET_H
#define TOC_NET_H

#include "engine.h"

struct toc_net;

/* A request on the local socket may have so many parts. */
#define TOC_NET_LOCAL_PARTS_MAX 1024
/* Clients of the local socket that are remembered at a time. */
#define TOC_NET_LOCAL_LINKS_MAX 256
/* Descriptors that toc_net_wait watches for its caller. */
#define TOC_NET_WAIT_FDS_MAX 4

/* All 0: the defaults of net.c. The tests shorten them. */
struct toc_net_limits {
    int handshake_ms;         /* from TCP accept to a finished CURVE handshake */
    int connect_ms;           /* for TCP to connect */
    int heartbeat_ms;         /* ZMTP pings of a dialled link */
    int heartbeat_timeout_ms; /* silence after a ping that ends it */
    int redial_min_ms, redial_max_ms;
    int rebind_ms;     /* between tries while the address is still in use */
    size_t memory_max; /* resident bytes above which every connection is dropped once */
};

struct toc_net_setup {
    const struct toc_conf *conf;        /* copied from as needed */
    const struct toc_member_keys *keys; /* must outlive the net */
    const struct toc_env *env;          /* must outlive the net */
    struct toc_net_limits limits;
};

/* ZAP first, then the sockets the configuration listens on, then the local one. TOC_EXISTS when
 * another daemon answers at the local socket; TOC_INVALID for an address that is none; TOC_IO. */
enum toc_result toc_net_open(const struct toc_net_setup *setup, struct toc_net **ret_net,
                             struct toc_why *why) TOC_MUST_CHECK;
void toc_net_close(struct toc_net **net);
/* Connects to each of its own server sockets with a key nobody knows. TOC_OK only when each refused
 * it; TOC_DENIED when one let it in; TOC_TIMEOUT when neither happened within a few seconds. */
enum toc_result toc_net_prove(struct toc_net *net, struct toc_engine *engine, struct toc_why *why)
    TOC_MUST_CHECK;
/* Makes the dialled links equal the configured peers. Between _begin and _finish; at start and
 * after a new configuration. */
enum toc_result toc_net_dial(struct toc_net *net, struct toc_engine *engine,
                             const struct toc_conf *conf, struct toc_why *why) TOC_MUST_CHECK;

/* Until something is there, or `until_ms` (mono) has come. ret_ready[i] says whether fds[i] can be
 * read. TOC_AGAIN when a signal interrupted; TOC_IO. */
enum toc_result toc_net_wait(struct toc_net *net, int64_t until_ms, const int *fds, size_t fds_len,
                             bool *ret_ready) TOC_MUST_CHECK;
/* ZAP, monitors, local, session, dialled sessions and feeds, in this order, each up to its budget.
 */
void toc_net_receive(struct toc_net *net, struct toc_engine *engine);
/* The frames received, when the engine is done with them. */
void toc_net_release(struct toc_net *net);
/* An engine's outbox, of this tick or the one before. */
void toc_net_send(struct toc_net *net, const struct toc_out *outbox, size_t len);
/* The engine adopted a roster: connections of keys that it no longer admits end, and peers whose
 * keys changed are dialled again. */
void toc_net_roster_changed(struct toc_net *net, const struct toc_engine *engine);
/* When toc_net_receive must run even if nothing comes in (mono ms; INT64_MAX: never). */
int64_t toc_net_deadline(struct toc_net *net);

/* Drains what an operator may want to read; `event` is static. */
bool toc_net_notice(struct toc_net *net, struct toc_notice *ret_notice);
/* Where it really listens ("tcp://127.0.0.1:7001"); NULL when it does not. */
const char *toc_net_endpoint(const struct toc_net *net, enum toc_domain domain);

#endif
