/* alert_mine: the alerts, and flags to a group, that are about suppliers of this member: which they
 * are, and what they say to who can open them (alerting_mine.c). local.db knows which; what they
 * say stays in their log. */
#ifndef TOC_ALERT_MINE_H
#define TOC_ALERT_MINE_H

#include "engine_internal.h"
#include "store_alert_mine.h"

/* Standing alerts meet the tokens anew, from the first. */
void toc_alert_mine_begin(struct toc_engine *engine);
enum toc_result toc_alert_mine_finish(struct toc_engine *engine) TOC_MUST_CHECK;
/* Texts lie in the arena. */
struct toc_alert_read {
    uint32_t revision;
    enum toc_purpose purpose;
    struct toc_token token; /* of the part that was read first */
    struct toc_alert_body body;
    bool has_detail;
    struct toc_detail detail;
    size_t parts, parts_opened;
    const char *warning; /* NULL: none. What is wrong with it, a sentence */
};
/* TOC_NOTFOUND: it stands no longer, or this member cannot open it (any more). */
enum toc_result toc_alert_mine_read(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                    struct toc_arena *arena, struct toc_alert_read *ret_read)
    TOC_MUST_CHECK;
/* What the record at `sequence` said, whether it stands or not. TOC_NOTFOUND: its key is gone. */
enum toc_result toc_alert_mine_past(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                    struct toc_arena *arena, struct toc_alert_read *ret_read)
    TOC_MUST_CHECK;
/* The log in which this record lies, also one that stands no longer. TOC_NOTFOUND. */
enum toc_result toc_alert_mine_log(struct toc_engine *engine, const char *publisher,
                                   const char *stream, uint64_t sequence, int64_t *ret_log)
    TOC_MUST_CHECK;
/* A dispute of it, with the key that shows that this member can open it. TOC_NOTFOUND as above. */
enum toc_result toc_alert_mine_prove(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                     struct toc_arena *arena, struct toc_dispute *ret_dispute)
    TOC_MUST_CHECK;

#endif
