/* net_state: what a toc_net is made of, and how its files call each other. Private to net*.c. */
#ifndef TOC_NET_STATE_H
#define TOC_NET_STATE_H

#include "net_dial.h"
#include "net_links.h"
#include "net_queue.h"
#include "net_relief.h"
#include "net_zap.h"

/* A listening CURVE socket, or nothing. */
struct toc_net_server {
    void *socket;
    char endpoint[256]; /* as libzmq wrote it after bind */
    int64_t bind_at_ms; /* INT64_MAX: bound, or not listening at all */
    bool said_in_use;
    bool cut;              /* by the relief: unbound, and the next turn does the rest */
    enum toc_result fault; /* of a frame that was lost, for the next turn to tell; TOC_OK: none */
};

struct toc_net {
    struct toc_net_dialler dialler; /* context, keys, env, limits */
    struct toc_net_relief relief;
    struct toc_net_zap zap;
    struct toc_net_server servers[TOC_NET_DOMAINS]; /* by enum toc_domain */
    void *local;
    char local_path[108];
    struct toc_net_links sessions, locals;
    struct toc_net_dial *dials[TOC_PEERS_MAX];
    size_t dials_len;
    toc_link last_link;
    struct toc_net_held held;
    struct toc_net_queue queue; /* of the sessions that others dialled */
    struct toc_net_notices notices;
    size_t memory_max;  /* of limits, or more when a flood was none */
    int64_t looked_ms;  /* at memory, last */
    int64_t flooded_ms; /* when it was too much; 0: it is not */
    int64_t backlog_ms; /* when to try again what met a full pipe; INT64_MAX: nothing waits */
    bool flooded;       /* every connection is to go, in the next turn */
    zmq_pollitem_t *items;
};

/* A number that no link has. */
toc_link toc_net_next_link(struct toc_net *net);
/* The engine hears of it and the table forgets it. Between _begin and _finish. */
void toc_net_forget(struct toc_net *net, struct toc_net_links *links, struct toc_net_link **entry,
                    struct toc_engine *engine);

/* ---- net_local.c: the socket of this machine's own users ---- */
enum toc_result toc_net_local_open(struct toc_net *net, const char *path, struct toc_why *why)
    TOC_MUST_CHECK;
void toc_net_local_close(struct toc_net *net);
void toc_net_local_receive(struct toc_net *net, struct toc_engine *engine);
/* `localhost:UID:GID:PID` and nothing else. TOC_DENIED. */
enum toc_result toc_net_local_user(const char *address, struct toc_local_user *ret_user,
                                   int64_t *ret_pid) TOC_MUST_CHECK;

/* ---- net_server.c: the sockets others dial ---- */
/* `address` empty: nothing. */
enum toc_result toc_net_server_open(struct toc_net *net, enum toc_domain domain,
                                    const char *address, struct toc_why *why) TOC_MUST_CHECK;
/* Every connection of the domain ends; it is bound again as soon as the address is free. */
void toc_net_server_unbind(struct toc_net *net, enum toc_domain domain);
void toc_net_server_rebind(struct toc_net *net, enum toc_domain domain);
/* What the session's socket has, into the inboxes of its links; the engine need not be there. True:
 * there may be more. */
bool toc_net_server_take(struct toc_net *net);
/* Ends every connection of it, at once, when memory is too much; toc_net_server_unbind follows. */
void toc_net_server_cut(struct toc_net_server *server);
/* What was lost since the last turn. */
void toc_net_server_tell(struct toc_net *net);
/* From the inboxes to the engine, up to the budget of a turn; one frame of each link in turn. */
void toc_net_server_give(struct toc_net *net, struct toc_engine *engine);

/* ---- net_turn.c ---- */
/* Only ZAP: while nothing may reach the engine. */
void toc_net_answer_zap(struct toc_net *net, const struct toc_engine *engine);

/* Resident bytes of this process; 0 when the system does not say. */
size_t toc_net_memory(void);
/* The same when it is more than it may be, also without what is only kept for reuse; else 0. */
size_t toc_net_memory_over(const struct toc_net *net);

#endif
