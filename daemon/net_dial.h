/* net_dial: the links this daemon opens: a DEALER for a peer's session and a SUB for its feed. Each
 * try is one socket with one attempt (see net_monitor.c); when it is over, the next comes after a
 * growing wait. Private to net*.c. One thread. */
#ifndef TOC_NET_DIAL_H
#define TOC_NET_DIAL_H

#include "net_backlog.h"
#include "net_monitor.h"
#include "net_notice.h"
#include "net_queue.h"

/* What every try needs. */
struct toc_net_dialler {
    void *context;
    const struct toc_member_keys *keys;
    const struct toc_env *env;
    struct toc_net_limits limits;
    uint64_t monitors;                    /* how many there were: each has its own address */
    struct toc_net_queue sessions, feeds; /* of all dialled peers */
};

/* One socket and its tries. All zero but dial_at_ms: not dialled. */
struct toc_net_line {
    void *socket, *monitor;
    struct toc_net_attempt attempt;
    int64_t dial_at_ms; /* INT64_MAX: not waiting */
    int wait_ms;        /* before the next try */
    bool own_next;      /* try our next transport key, not the current one */
    bool server_next;   /* expect the peer's next one */
    bool feed;          /* else a session */
    bool tried_other;   /* the other key has had its turn in this round */
    bool cut;           /* closed by toc_net_line_cut, and nobody was told */
    uint8_t server_key[TOC_BOX_KEY_LEN];
    struct toc_net_queue *queue; /* NULL: nothing is taken from it */
    struct toc_net_inbox inbox;
    enum toc_result fault; /* what became of frames that are not in the inbox; TOC_OK: none */
};

struct toc_net_dial {
    struct toc_conf_peer peer;
    toc_link link;
    enum toc_peer_state state;
    struct toc_net_line session, feed;
    struct toc_net_backlog backlog; /* of the session, while it is up */
    bool blocked;                   /* found while sending, for the engine to hear next tick */
};

/* One try, now, with these keys and that address. A cleanup is toc_net_line_close. */
enum toc_result toc_net_line_open(struct toc_net_dialler *dialler, struct toc_net_line *line,
                                  int type, const char *endpoint,
                                  const struct toc_box_public *own_public,
                                  const struct toc_box_secret *own_secret, struct toc_why *why)
    TOC_MUST_CHECK;
void toc_net_line_close(struct toc_net_line *line);
/* Into the inbox, what has come; at most TOC_NET_TAKEN_MAX messages. True: there may be more. */
bool toc_net_line_take(struct toc_net_line *line);
/* Closes it, outside of a turn: the next one finds out. */
void toc_net_line_cut(struct toc_net_line *line);

/* Heap memory; nothing is dialled before the first turn. */
enum toc_result toc_net_dial_new(struct toc_net_dialler *dialler, const struct toc_conf_peer *peer,
                                 toc_link link, struct toc_net_dial **ret_dial) TOC_MUST_CHECK;
void toc_net_dial_free(struct toc_net_dial **dial);
/* The session takes frames. */
bool toc_net_dial_up(const struct toc_net_dial *dial);
/* Starts tries that are due, reads monitors, takes what has come, tells the engine. */
void toc_net_dial_turn(struct toc_net_dialler *dialler, struct toc_net_dial *dial,
                       struct toc_engine *engine, struct toc_net_notices *notices);
/* Drops both lines and dials again: new addresses, or every connection must go. */
void toc_net_dial_again(struct toc_net_dialler *dialler, struct toc_net_dial *dial,
                        struct toc_engine *engine);
/* As _again for lines that are not up, or expect a key the roster no longer gives. */
void toc_net_dial_roster(struct toc_net_dialler *dialler, struct toc_net_dial *dial,
                         const struct toc_engine *engine);
int64_t toc_net_dial_deadline(const struct toc_net_dial *dial);

#endif
