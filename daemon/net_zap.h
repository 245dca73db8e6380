/* net_zap: libzmq's question at each handshake, "may this key come in?" (ZAP, RFC 27), answered
 * from the roster by way of the engine. The answer is no until a whole and well-formed request has
 * been read and the engine has said yes. Private to net*.c. One thread. */
#ifndef TOC_NET_ZAP_H
#define TOC_NET_ZAP_H

#include "net_notice.h"
#include "net_socket.h"

#define TOC_NET_DOMAINS 2
#define TOC_NET_USER_ID_LEN (2 * TOC_BOX_KEY_LEN) /* the key in hexadecimal */

/* The keys let into a domain since it was bound: who may still be connected. */
struct toc_net_admitted {
    uint8_t (*keys)[TOC_BOX_KEY_LEN];
    size_t len, room;
    bool lost_count; /* there was no memory to note one */
};

struct toc_net_zap {
    void *socket;
    struct toc_net_admitted admitted[TOC_NET_DOMAINS];
};

/* The domain as it is written in a request: "session", "feed". */
const char *toc_net_zap_domain(enum toc_domain domain);
/* Binds the handler: before any server socket. */
enum toc_result toc_net_zap_open(void *context, const struct toc_net_limits *limits,
                                 struct toc_net_zap *ret_zap, struct toc_why *why) TOC_MUST_CHECK;
void toc_net_zap_close(struct toc_net_zap *zap);
/* Answers what waits, up to the budget of a turn. */
void toc_net_zap_answer(struct toc_net_zap *zap, const struct toc_engine *engine,
                        struct toc_net_held *held, struct toc_net_notices *notices);
/* Was a key let in that the engine no longer admits? */
bool toc_net_zap_outdated(const struct toc_net_zap *zap, const struct toc_engine *engine,
                          enum toc_domain domain);
/* The domain was unbound: nobody is connected. */
void toc_net_zap_forget(struct toc_net_zap *zap, enum toc_domain domain);

#endif
