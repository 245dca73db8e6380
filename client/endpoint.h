/* endpoint: addresses as a person types them ("127.0.0.1:7101,127.0.0.1:7102") to the endpoints of
 * the configuration ("tcp://127.0.0.1:7101"). Syntax only: no name is looked up. */
#ifndef TOC_ENDPOINT_H
#define TOC_ENDPOINT_H

#include "conf.h"

struct toc_addresses {
    char session[TOC_ENDPOINT_LEN_MAX + 1];
    char feed[TOC_ENDPOINT_LEN_MAX + 1]; /* empty: none */
};
struct toc_peer_words {
    char member[TOC_MEMBER_LEN_MAX + 1];
    struct toc_addresses addresses;
};

/* "SESSION" or "SESSION,FEED", each HOST:PORT with an optional tcp:// before it; a host may be a
 * name, a number, "*", or an IPv6 number in brackets. TOC_INVALID. */
enum toc_result toc_addresses_parse(const char *text, struct toc_addresses *ret_addresses,
                                    struct toc_why *why) TOC_MUST_CHECK;
/* "MEMBER=SESSION[,FEED]". TOC_INVALID. */
enum toc_result toc_peer_words_parse(const char *text, struct toc_peer_words *ret_peer,
                                     struct toc_why *why) TOC_MUST_CHECK;

#endif
