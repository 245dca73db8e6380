/* NATS JetStream: asynchronous publishing, and an ordered consumer, which the server pushes to
 * without waiting for acknowledgements: the fastest that its own clients do. */
#include "measure.h"
#include "peer.h"
#include "talk.h"
#include <string.h>

#define STREAM                                                                                     \
    "{\"name\":\"BENCH\",\"subjects\":[\"bench\"],\"storage\":\"file\",\"num_replicas\":1}"

/* A request to the server's interface, and its answer, which has no error. */
static void request(struct toc_peer_side *side, const char *subject, const char *body)
{
    const char *who = side->reader ? "reader" : "publisher";
    toc_link_print(&side->link, "SUB made.%s.%u 9\r\nPUB %s made.%s.%u %zu\r\n%s\r\n", who,
                   side->number, subject, who, side->number, strlen(body), body);
    const struct toc_bytes line = toc_link_line(&side->link);
    char text[256];
    (void)snprintf(text, sizeof text, "%.*s", (int)line.len, (const char *)line.data);
    const char *number = strrchr(text, ' ');
    if (strncmp(text, "MSG ", 4) != 0 || number == NULL) {
        toc_measure_die("nats: %s", text);
    }
    const size_t len = strtoul(number, NULL, 10);
    const uint8_t *answer = toc_link_bytes(&side->link, len + 2);
    if (memmem(answer, len, "\"error\"", 7) != NULL) {
        toc_measure_die("nats: %.*s", (int)len, (const char *)answer);
    }
}

static void greet(struct toc_peer_side *side)
{
    (void)toc_link_line(&side->link); /* INFO, before TLS */
    if (side->folder != NULL) {
        toc_link_secure(&side->link, side->folder);
    }
    toc_link_print(&side->link,
                   "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,"
                   "\"tls_required\":%s,\"lang\":\"c\",\"version\":\"1\","
                   "\"protocol\":1}\r\nPING\r\n",
                   side->folder != NULL ? "true" : "false");
    struct toc_bytes line = toc_link_line(&side->link);
    while (line.len > 4 && memcmp(line.data, "INFO", 4) == 0) {
        line = toc_link_line(&side->link);
    }
    if (line.len < 4 || memcmp(line.data, "PONG", 4) != 0) {
        toc_measure_die("nats: %.*s", (int)line.len, (const char *)line.data);
    }
    if (!side->reader) {
        request(side, "$JS.API.STREAM.CREATE.BENCH", STREAM);
        toc_link_print(&side->link, "SUB stored 1\r\n");
        return;
    }
    char body[400];
    (void)snprintf(body, sizeof body,
                   "{\"stream_name\":\"BENCH\",\"config\":{\"deliver_subject\":\"read.%u\","
                   "\"deliver_policy\":\"all\",\"ack_policy\":\"none\",\"max_deliver\":1,"
                   "\"flow_control\":true,\"idle_heartbeat\":5000000000,\"mem_storage\":true,"
                   "\"num_replicas\":1}}",
                   side->number);
    toc_link_print(&side->link, "SUB read.%u 1\r\n", side->number);
    request(side, "$JS.API.CONSUMER.CREATE.BENCH", body);
}

static void put(struct toc_peer_side *side, uint64_t number, const uint8_t *record)
{
    static const char head[] = "PUB bench stored 256\r\n";
    (void)number;
    _Static_assert(TOC_TALK_RECORD_LEN == 256, "the length is in the head");
    toc_link_put(&side->link, head, sizeof head - 1);
    toc_link_put(&side->link, record, TOC_TALK_RECORD_LEN);
    toc_link_put(&side->link, "\r\n", 2);
}

/* The last number of a line, which is the length of what follows it. */
static size_t last_number(const uint8_t *line, const uint8_t *end)
{
    size_t value = 0;
    size_t unit = 1;
    for (const uint8_t *at = end; at > line && at[-1] >= '0' && at[-1] <= '9'; at--) {
        value += (size_t)(at[-1] - '0') * unit;
        unit *= 10;
    }
    return value;
}

/* A request for flow control is answered to its reply subject, the third of five words. */
static void answer_flow(struct toc_peer_side *side, const uint8_t *line, const uint8_t *end)
{
    char text[256];
    char reply[200];
    (void)snprintf(text, sizeof text, "%.*s", (int)(end - line), (const char *)line);
    if (sscanf(text, "HMSG %*s %*s %199s %*u %*u", reply) == 1 && reply[0] == '$') {
        toc_link_print(&side->link, "PUB %s 0\r\n\r\n", reply);
    }
}

static void take_message(struct toc_peer_side *side, struct toc_bytes body)
{
    if (side->reader) {
        toc_peer_received(side, body);
        return;
    }
    if (memmem(body.data, body.len, "\"seq\"", 5) == NULL) {
        toc_measure_die("nats: %.*s", (int)body.len, (const char *)body.data);
    }
    toc_peer_acknowledged(side, 1);
}

static void take(struct toc_peer_side *side)
{
    struct toc_bytes seen = toc_link_seen(&side->link);
    while (seen.len > 0) {
        const uint8_t *end = memchr(seen.data, '\r', seen.len);
        if (end == NULL || (size_t)(end - seen.data) + 2 > seen.len) {
            break;
        }
        size_t len = (size_t)(end - seen.data) + 2;
        if (seen.data[0] == 'M' || seen.data[0] == 'H') { /* MSG, HMSG */
            const size_t body = last_number(seen.data, end);
            if (len + body + 2 > seen.len) {
                break;
            }
            if (seen.data[0] == 'M') {
                take_message(side, toc_bytes_of(end + 2, body));
            } else {
                answer_flow(side, seen.data, end);
            }
            len += body + 2;
        } else if (seen.data[0] == 'P' && seen.data[1] == 'I') {
            toc_link_print(&side->link, "PONG\r\n");
        } else if (seen.data[0] == '-') {
            toc_measure_die("nats: %.*s", (int)len, (const char *)seen.data);
        }
        toc_link_take(&side->link, len);
        seen = toc_link_seen(&side->link);
    }
}

const struct toc_peer_kind toc_peer_nats = {
    .name = "nats", .window = 4096, .greet = greet, .put = put, .take = take};
