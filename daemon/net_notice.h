/* net_notice: a short queue of what the operator may want to read about the sockets. When it is
 * full the newest is dropped: the tick drains it every turn, so only a flood fills it. Private to
 * net*.c. */
#ifndef TOC_NET_NOTICE_H
#define TOC_NET_NOTICE_H

#include "engine.h"

#define TOC_NET_NOTICES_MAX 32

struct toc_net_notices {
    struct toc_notice list[TOC_NET_NOTICES_MAX];
    size_t first, len;
};

void toc_net_notice_add(struct toc_net_notices *notices, enum toc_notice_level level,
                        const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool toc_net_notice_next(struct toc_net_notices *notices, struct toc_notice *ret_notice);

#endif
