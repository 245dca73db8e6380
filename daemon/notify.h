/* notify: tells the service manager how the daemon is doing (the sd_notify protocol: one datagram
 * of text to the socket named by NOTIFY_SOCKET). Without that variable every call does nothing. Not
 * a door to any library: the protocol is one sendmsg. Any thread. */
#ifndef TOC_NOTIFY_H
#define TOC_NOTIFY_H

#include "result.h"

/* `state` is text such as "READY=1" or "STOPPING=1". TOC_NOTFOUND: nobody asked to be told.
 * TOC_INVALID: the address is no unix socket; TOC_IO: it could not be reached. */
enum toc_result toc_notify(const char *state) TOC_MUST_CHECK;
/* "RELOADING=1" with the monotonic time that systemd wants beside it. */
enum toc_result toc_notify_reloading(void) TOC_MUST_CHECK;

#endif
