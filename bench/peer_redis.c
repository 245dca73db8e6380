/* Redis streams: XADD without waiting for the one before, and XREAD from where the last one ended.
 */
#include "measure.h"
#include "peer.h"
#include "talk.h"
#include <stdlib.h>
#include <string.h>

#define COUNT "1000" /* entries an answer */

static void ask(struct toc_peer_side *side)
{
    side->left = 0;
    side->step = 0;
    toc_link_print(&side->link,
                   "*8\r\n$5\r\nXREAD\r\n$5\r\nCOUNT\r\n$4\r\n" COUNT
                   "\r\n$5\r\nBLOCK\r\n$1\r\n0\r\n"
                   "$7\r\nSTREAMS\r\n$5\r\nbench\r\n$%zu\r\n%s\r\n",
                   strlen(side->place), side->place);
}

static void greet(struct toc_peer_side *side)
{
    if (side->folder != NULL) {
        toc_link_secure(&side->link, side->folder);
    }
    if (side->reader) {
        (void)snprintf(side->place, sizeof side->place, "0-0");
        ask(side);
    }
}

static void put(struct toc_peer_side *side, uint64_t number, const uint8_t *record)
{
    static const char head[] = "*5\r\n$4\r\nXADD\r\n$5\r\nbench\r\n$1\r\n*\r\n$1\r\nr\r\n$256\r\n";
    (void)number;
    _Static_assert(TOC_TALK_RECORD_LEN == 256, "the length is in the head");
    toc_link_put(&side->link, head, sizeof head - 1);
    toc_link_put(&side->link, record, TOC_TALK_RECORD_LEN);
    toc_link_put(&side->link, "\r\n", 2);
}

/* Three arrays come before the entries (of streams, of a name and its entries, of entries), and
 * after each entry's text two more. The reader takes them by what they hold, in order:
 *   step 0: the head, up to the number of entries;  1: an id;  2: the field's name;  3: its value.
 */
static void take_text(struct toc_peer_side *side, struct toc_bytes text)
{
    if (!side->reader) {
        toc_peer_acknowledged(side, 1);
    } else if (side->step == 1) {
        if (text.len >= sizeof side->place) {
            toc_measure_die("redis: an id of %zu characters", text.len);
        }
        memcpy(side->place, text.data, text.len);
        side->place[text.len] = '\0';
        side->step = 2;
    } else if (side->step == 2) {
        side->step = 3;
    } else if (side->step == 3) {
        toc_peer_received(side, text);
        side->step = 1;
        if (--side->left == 0) {
            ask(side);
        }
    } else {
        side->step = 4; /* the stream's name: the next array is of its entries */
    }
}

static void take(struct toc_peer_side *side)
{
    for (;;) {
        const struct toc_bytes seen = toc_link_seen(&side->link);
        const uint8_t *end = seen.len == 0 ? NULL : memchr(seen.data, '\n', seen.len);
        if (end == NULL) {
            return;
        }
        size_t len = (size_t)(end - seen.data) + 1;
        const unsigned long value = strtoul((const char *)seen.data + 1, NULL, 10);
        if (seen.data[0] == '$') {
            if (len + value + 2 > seen.len) {
                return;
            }
            take_text(side, toc_bytes_of(end + 1, value));
            len += value + 2;
        } else if (seen.data[0] == '*' && side->step == 4) {
            side->left = (uint32_t)value;
            side->step = 1;
        } else if (seen.data[0] != '*') {
            toc_measure_die("redis: %.*s", (int)len, (const char *)seen.data);
        }
        toc_link_take(&side->link, len);
    }
}

const struct toc_peer_kind toc_peer_redis = {
    .name = "redis", .window = 4096, .greet = greet, .put = put, .take = take};
