/* net_monitor: turns the events of a dialled socket's monitor into the one question that matters:
 * what became of this attempt? A small state machine over numbers, and the reader of the monitor's
 * frames. Private to net*.c. One thread. */
#ifndef TOC_NET_MONITOR_H
#define TOC_NET_MONITOR_H

#include "net_socket.h"

enum toc_net_phase {
    TOC_NET_CALLING, /* TCP has not connected */
    TOC_NET_SHAKING, /* TCP has; the CURVE handshake runs */
    TOC_NET_UP,
    TOC_NET_OVER, /* failed or ended: the socket is of no more use */
};

struct toc_net_attempt {
    enum toc_net_phase phase;
    int64_t shaking_since_ms;
    int handshake_ms;
};

struct toc_net_event {
    uint16_t event;
    uint32_t value;
};

/* Attaches a monitor to a socket that is not connected yet. */
enum toc_result toc_net_monitor_open(void *context, void *socket, uint64_t number,
                                     void **ret_monitor, struct toc_why *why) TOC_MUST_CHECK;
/* TOC_AGAIN when there is none. Anything that is no event is passed over. */
enum toc_result toc_net_monitor_read(void *monitor, struct toc_net_event *ret_event) TOC_MUST_CHECK;
/* True when the event decided something: the phase is then UP (state CONNECTED) or OVER. */
bool toc_net_monitor_decide(struct toc_net_attempt *attempt, const struct toc_net_event *event,
                            int64_t now_ms, enum toc_peer_state *ret_state);

#endif
