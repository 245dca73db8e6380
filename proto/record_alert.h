/* record_alert: what the hub says to the group about a supplier that only those who have it can
 * name. To the others an alert went by, and nothing more. Plain structs, borrowed from an arena.
 * The daemon of a hub alone makes them. Rules: PROTOCOL.md 19. */
#ifndef TOC_RECORD_ALERT_H
#define TOC_RECORD_ALERT_H

#include "records.h"
#include "sealed.h"

#define TOC_ALERT_PARTS_MAX 8

struct toc_alert_part {
    enum toc_token_kind kind;
    struct toc_token token;
    struct toc_sealed_body body;
};
struct toc_alert {
    uint8_t id[TOC_FLAG_ID_LEN]; /* the same in every revision */
    uint32_t revision;           /* from 1 */
    enum toc_purpose purpose;
    uint32_t token_epoch;
    const struct toc_alert_part *parts; /* different tokens */
    size_t parts_len;
};

extern const struct toc_record_kind toc_alert_record_kind;

#endif
