/* MQTT 3.1.1, as mosquitto speaks it: quality of service 1 on both ways, and sessions that the
 * server keeps for a reader that is away. */
#include "measure.h"
#include "peer.h"
#include "talk.h"
#include <string.h>

#define TOPIC_LEN 5 /* bench */

enum packet { CONNACK = 2, PUBLISH = 3, PUBACK = 4, SUBACK = 9 };

/* A packet whose answer is `expected`, with a return code that is not a refusal. True when the
 * answer says that the server has kept the session. */
static bool request(struct toc_peer_side *side, const uint8_t *packet, size_t len,
                    enum packet expected)
{
    toc_link_put(&side->link, packet, len);
    const uint8_t *head = toc_link_bytes(&side->link, 2);
    const uint8_t type = head[0] >> 4;
    const uint8_t rest = head[1];
    const uint8_t *answer = toc_link_bytes(&side->link, rest);
    if (type != expected || rest == 0 || answer[rest - 1] >= 0x80 ||
        (expected == CONNACK && answer[rest - 1] != 0)) {
        toc_measure_die("mqtt: refused with a packet of type %u", type);
    }
    return (answer[0] & 1) != 0;
}

static void greet(struct toc_peer_side *side)
{
    uint8_t hello[] = {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02, 0, 0, 0, 2, 'p', '0'};
    static const uint8_t subscribe[] = {0x82, 10, 0, 1, 0, TOPIC_LEN, 'b', 'e', 'n', 'c', 'h', 1};
    if (side->folder != NULL) {
        toc_link_secure(&side->link, side->folder);
    }
    if (side->reader) {
        hello[9] = 0; /* the session is kept */
        hello[14] = 'r';
        hello[15] = (uint8_t)('0' + side->number);
    }
    /* In a session that was kept, records come at once, and the subscription is still there. */
    const bool kept = request(side, hello, sizeof hello, CONNACK);
    if (side->reader && !kept) {
        (void)request(side, subscribe, sizeof subscribe, SUBACK);
    }
}

static void put(struct toc_peer_side *side, uint64_t number, const uint8_t *record)
{
    const uint16_t id = (uint16_t)(number % 65535 + 1);
    const size_t rest = 2 + TOPIC_LEN + 2 + TOC_TALK_RECORD_LEN;
    const uint8_t head[] = {
        0x32, (uint8_t)(rest % 128 | 0x80), rest / 128, 0, TOPIC_LEN, 'b', 'e', 'n', 'c',
        'h',  (uint8_t)(id >> 8),           (uint8_t)id};
    toc_link_put(&side->link, head, sizeof head);
    toc_link_put(&side->link, record, TOC_TALK_RECORD_LEN);
}

static void take_packet(struct toc_peer_side *side, uint8_t first, struct toc_bytes rest)
{
    if (first >> 4 == PUBACK) {
        toc_peer_acknowledged(side, 1);
    } else if (first >> 4 == PUBLISH && rest.len > 4 + TOPIC_LEN && (first & 0x06) == 0x02) {
        const uint8_t *id = rest.data + 2 + TOPIC_LEN;
        const uint8_t answer[] = {PUBACK << 4, 2, id[0], id[1]};
        toc_link_put(&side->link, answer, sizeof answer);
        toc_peer_received(side, toc_bytes_of(id + 2, rest.len - 4 - TOPIC_LEN));
    } else {
        toc_measure_die("mqtt: a packet of type %u", first >> 4);
    }
}

static void take(struct toc_peer_side *side)
{
    for (;;) {
        const struct toc_bytes seen = toc_link_seen(&side->link);
        size_t len = 0;
        size_t head = 1;
        bool whole = false;
        for (unsigned shift = 0; head < seen.len && !whole; head++, shift += 7) {
            len |= (size_t)(seen.data[head] & 0x7f) << shift;
            whole = seen.data[head] < 0x80;
        }
        if (!whole || seen.len - head < len) {
            return;
        }
        take_packet(side, seen.data[0], toc_bytes_of(seen.data + head, len));
        toc_link_take(&side->link, head + len);
    }
}

const struct toc_peer_kind toc_peer_mqtt = {
    .name = "mqtt", .window = 4096, .greet = greet, .put = put, .take = take};
