/* link: one connection to a server that is not Tocsin, over TCP, with or without TLS 1.3 and a
 * certificate on both ends. What is read and what is to be written lie in buffers, so that a
 * protocol is parsed and put together a megabyte at a time: no peer is to look slow because its
 * client is. Ends the program when the connection does. One thread a link. */
#ifndef TOC_LINK_H
#define TOC_LINK_H

#include "bytes.h"
#include <openssl/ssl.h>

#define TOC_LINK_IN_MAX (1024 * 1024) /* no frame of any protocol here is as long */

struct toc_link {
    int socket; /* does not block */
    SSL *tls;   /* NULL: plain */
    uint8_t *in;
    size_t in_begin, in_end; /* read and not yet taken */
    uint8_t *out;
    size_t out_begin, out_end, out_max; /* put and not yet written */
};

/* Connects to the port on 127.0.0.1. */
void toc_link_open(struct toc_link *link, unsigned port);
/* From here on TLS, with `ca.pem`, `client.pem` and `client.key` of the folder. */
void toc_link_secure(struct toc_link *link, const char *folder);
void toc_link_close(struct toc_link *link);

void toc_link_put(struct toc_link *link, const void *data, size_t len);
void toc_link_print(struct toc_link *link, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Writes and reads what can be without waiting; true when something was read. */
bool toc_link_move(struct toc_link *link);
/* The same, after waiting for the server, or for `other` (a descriptor, or -1) to be readable. */
void toc_link_wait(struct toc_link *link, int other);

/* What was read and not taken. */
static inline struct toc_bytes toc_link_seen(const struct toc_link *link)
{
    return toc_bytes_of(link->in + link->in_begin, link->in_end - link->in_begin);
}
static inline void toc_link_take(struct toc_link *link, size_t len)
{
    link->in_begin += len;
}
/* The next line with its CRLF, waited for; taken. Valid until the next move. */
struct toc_bytes toc_link_line(struct toc_link *link);
/* As many bytes, waited for; taken. Valid until the next move. */
const uint8_t *toc_link_bytes(struct toc_link *link, size_t len);

#endif
