/* What libzmq 4.3.4 says for each condition, as measured against real sockets (the tests measure it
 * again). Each attempt has a socket of its own that never reconnects by itself, because libzmq
 * gives up for ever after the conditions marked *, and a member that is admitted later must get in.
 *
 *  condition                          events after CONNECT_DELAYED                    state
 *  ---------------------------------  ----------------------------------------------
 * ----------------- port closed                        CLOSED, CONNECT_RETRIED unreachable no
 * answer to TCP within the limit  CLOSED, CONNECT_RETRIED (after CONNECT_TIMEOUT)  unreachable name
 * does not resolve              CONNECT_RETRIED alone                           unreachable server
 * has another key             CONNECTED, FAILED_NO_DETAIL (EPIPE), DISCONN.   wrong_server_key
 *  server has no CURVE                CONNECTED, FAILED_NO_DETAIL or FAILED_PROTOCOL*
 * wrong_server_key no ZMTP there (HTTP)               CONNECTED, DISCONNECTED* wrong_server_key
 *  closed at once                     CONNECTED, FAILED_NO_DETAIL (ECONNRESET) wrong_server_key ZAP
 * answers 400                    CONNECTED, FAILED_AUTH (400)*, DISCONNECTED     refused accepts,
 * then says nothing         CONNECTED, FAILED_NO_DETAIL (EAGAIN) after      lagging (stopped, ZAP
 * unanswered, or 300)     HANDSHAKE_IVL all is well                        CONNECTED,
 * HANDSHAKE_SUCCEEDED                  connected server ends, or missed pings       DISCONNECTED,
 * CONNECT_RETRIED                   unreachable
 *
 * A timed-out handshake carries whatever errno the I/O thread had last, nearly always EAGAIN; a
 * close by the peer carries the errno of the read. So the time is looked at too. */
#include "net_monitor.h"
#include "ensure.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum toc_result toc_net_monitor_open(void *context, void *socket, uint64_t number,
                                     void **ret_monitor, struct toc_why *why)
{
    char address[64];
    (void)snprintf(address, sizeof address, "inproc://monitor-%" PRIu64, number);
    TOC_AUTO(toc_net_socket_close) void *monitor = zmq_socket(context, ZMQ_PAIR);
    const int linger = 0;
    if (monitor == NULL || zmq_setsockopt(monitor, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_socket_monitor(socket, address, ZMQ_EVENT_ALL) != 0 ||
        zmq_connect(monitor, address) != 0) {
        return toc_fail(why, TOC_IO, "socket monitor: %s", zmq_strerror(zmq_errno()));
    }
    *ret_monitor = toc_take(&monitor);
    return TOC_OK;
}

/* Two frames: event (16 bits) and value (32 bits) in the machine's own order, then the address. */
enum toc_result toc_net_monitor_read(void *monitor, struct toc_net_event *ret_event)
{
    struct toc_net_event event = {0};
    bool found = false;
    while (!found) {
        zmq_msg_t frame;
        (void)zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, monitor, ZMQ_DONTWAIT) < 0) {
            (void)zmq_msg_close(&frame);
            return TOC_AGAIN;
        }
        const uint8_t *data = zmq_msg_data(&frame);
        /* An address of six bytes would be the last frame, with nothing after it. */
        found = zmq_msg_size(&frame) == sizeof event.event + sizeof event.value &&
                zmq_msg_more(&frame) != 0;
        if (found) {
            memcpy(&event.event, data, sizeof event.event);
            memcpy(&event.value, data + sizeof event.event, sizeof event.value);
        }
        (void)zmq_msg_close(&frame);
    }
    *ret_event = event;
    return TOC_OK;
}

/* The peer closed, or nobody spoke. */
static enum toc_peer_state no_detail(const struct toc_net_attempt *attempt, uint32_t error,
                                     int64_t now_ms)
{
    const int64_t took_ms = now_ms - attempt->shaking_since_ms;
    /* A tenth less: the timer and this clock do not start together. */
    if (error == EAGAIN || took_ms >= attempt->handshake_ms - attempt->handshake_ms / 10) {
        return TOC_PEER_LAGGING;
    }
    return TOC_PEER_WRONG_SERVER_KEY;
}

static bool over(struct toc_net_attempt *attempt)
{
    attempt->phase = TOC_NET_OVER;
    return true;
}

bool toc_net_monitor_decide(struct toc_net_attempt *attempt, const struct toc_net_event *event,
                            int64_t now_ms, enum toc_peer_state *ret_state)
{
    if (attempt->phase == TOC_NET_OVER) {
        return false;
    }
    switch (event->event) {
    case ZMQ_EVENT_CONNECTED:
        attempt->phase = TOC_NET_SHAKING;
        attempt->shaking_since_ms = now_ms;
        return false;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        attempt->phase = TOC_NET_UP;
        *ret_state = TOC_PEER_CONNECTED;
        return true;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        *ret_state = TOC_PEER_REFUSED;
        return over(attempt);
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        *ret_state = TOC_PEER_WRONG_SERVER_KEY;
        return over(attempt);
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        *ret_state = no_detail(attempt, event->value, now_ms);
        return over(attempt);
    case ZMQ_EVENT_DISCONNECTED:
        /* Without a word about the handshake: it was no ZMTP that answered. */
        *ret_state =
            attempt->phase == TOC_NET_SHAKING ? TOC_PEER_WRONG_SERVER_KEY : TOC_PEER_UNREACHABLE;
        return over(attempt);
    case ZMQ_EVENT_CLOSED:
    case ZMQ_EVENT_CONNECT_RETRIED:
        *ret_state = TOC_PEER_UNREACHABLE;
        return over(attempt);
    default: /* libzmq's own list, which grows */
        return false;
    }
}
