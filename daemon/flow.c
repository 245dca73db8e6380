#include "flow.h"

#include <string.h>

bool toc_flow_wants_stamp(const struct toc_flow *flow, size_t len)
{
    return flow->given + len - flow->stamped >= TOC_FLOW_STAMP_BYTES;
}

static void forget_marks(struct toc_flow *flow, size_t len)
{
    flow->marks_len -= len;
    memmove(flow->marks, flow->marks + len, flow->marks_len * sizeof(flow->marks[0]));
}

void toc_flow_sent(struct toc_flow *flow, size_t len, uint64_t stamp)
{
    flow->given += len;
    if (stamp == 0) {
        return;
    }
    if (flow->marks_len == TOC_FLOW_MARKS_MAX) {
        forget_marks(flow, 1);
    }
    flow->marks[flow->marks_len++] = (struct toc_flow_mark){stamp, flow->given};
    flow->stamped = flow->given;
}

bool toc_flow_confirm(struct toc_flow *flow, uint64_t stamp)
{
    for (size_t i = 0; i < flow->marks_len && stamp != 0; i++) {
        if (flow->marks[i].stamp == stamp) {
            const uint64_t more = flow->marks[i].given - flow->read;
            const uint32_t left = TOC_UNREAD_MAX - TOC_CREDIT_FIRST - flow->earned;
            flow->earned += more < left ? (uint32_t)more : left;
            flow->read = flow->marks[i].given;
            forget_marks(flow, i + 1);
            return true;
        }
    }
    return false;
}

uint64_t toc_flow_unread(const struct toc_flow *flow)
{
    return flow->given - flow->read;
}

bool toc_flow_has_room(const struct toc_flow *flow, size_t len)
{
    return toc_flow_unread(flow) + len < TOC_CREDIT_FIRST + flow->earned;
}

bool toc_flow_may_list(const struct toc_flow *flow)
{
    return toc_flow_unread(flow) < TOC_UNREAD_MAX;
}
