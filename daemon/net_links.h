/* net_links: who is behind a routing id of a ROUTER socket, and which number the engine knows it
 * by. A table in memory with a bound; it knows nothing of sockets. Not thread-safe.
 *
 * A ROUTER does not say when a peer goes: an entry goes when a send finds nobody, when its key
 * opens more links than TOC_NET_LINKS_PER_KEY, or when the table is full. So a hostile member fills
 * its own few places and nobody else's. */
#ifndef TOC_NET_LINKS_H
#define TOC_NET_LINKS_H

#include "net_backlog.h"
#include "net_queue.h"

/* A member that reconnects leaves a dead link until something is sent to it. 1,000 members of four
 * links fit in TOC_LINKS_MAX. */
#define TOC_NET_LINKS_PER_KEY 4
#define TOC_NET_ROUTING_ID_MAX 255 /* ZMTP's limit; libzmq's own ids have 5 bytes */

struct toc_net_link {
    toc_link link;
    uint8_t key[TOC_BOX_KEY_LEN];   /* of a session; zero on the local socket */
    int64_t pid;                    /* of a local client; 0 for a session */
    bool known;                     /* the engine has heard of it */
    bool gone, blocked;             /* found between turns, for the engine to hear in the next */
    struct toc_net_backlog backlog; /* of a session */
    struct toc_net_inbox inbox;     /* of a session */
    /* The table's own. */
    struct toc_net_link *newer, *older;
    struct toc_net_link *next_id, *next_link;
    size_t id_len;
    uint8_t id[];
};

struct toc_net_links {
    struct toc_net_link **by_id, **by_link;
    struct toc_net_link *newest, *oldest; /* by when they were last touched */
    size_t len, len_max;
    size_t pending; /* entries that are gone or blocked */
};

enum toc_result toc_net_links_init(struct toc_net_links *links, size_t len_max) TOC_MUST_CHECK;
void toc_net_links_done(struct toc_net_links *links);
/* Borrowed until removed; NULL when there is none. */
struct toc_net_link *toc_net_links_find(const struct toc_net_links *links, struct toc_bytes id);
struct toc_net_link *toc_net_links_get(const struct toc_net_links *links, toc_link link);
/* The id is copied; it and the number must be new. TOC_TOOBIG when full or the id is too long;
 * TOC_MALFORMED when it is empty. */
enum toc_result toc_net_links_add(struct toc_net_links *links, struct toc_bytes id, toc_link link,
                                  struct toc_net_link **ret_entry) TOC_MUST_CHECK;
/* Nulls the pointer. */
void toc_net_links_remove(struct toc_net_links *links, struct toc_net_link **entry);
/* It is gone: found by its number alone, until it is removed. */
void toc_net_links_retire(struct toc_net_links *links, struct toc_net_link *entry);
/* It was heard or spoken to just now. */
void toc_net_links_touch(struct toc_net_links *links, struct toc_net_link *entry);
/* How many links a key has that are not gone, and the one that was silent longest (NULL when none).
 */
size_t toc_net_links_of_key(const struct toc_net_links *links, const uint8_t key[TOC_BOX_KEY_LEN],
                            struct toc_net_link **ret_oldest);

#endif
