/* flagging: how a flag that users of this member agreed on becomes a record of its log `distress`:
 * to the hubs, or, where the roster gives the stream to the whole group, sealed for those who have
 * the supplier. It waits for the tokens of its supplier, and goes by itself in the tick that has
 * them, once: its submission is named after it. PROTOCOL.md 19. */
#ifndef TOC_FLAGGING_H
#define TOC_FLAGGING_H

#include "engine_internal.h"
#include "store_flag.h"

#define TOC_FLAG_SUBMISSION_LEN 64
/* "flag-<id>-<revision>"; revision 0: its withdrawal. */
void toc_flag_submission(const uint8_t id[TOC_FLAG_ID_LEN], uint32_t revision,
                         char ret_text[TOC_FLAG_SUBMISSION_LEN + 1]);
/* What it was signed as; 0: it waits to be signed. TOC_NOTFOUND: it was not submitted. */
enum toc_result toc_flag_sequence(struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN],
                                  uint32_t revision, uint64_t *ret_sequence) TOC_MUST_CHECK;
/* TOC_DENIED: the group has no stream for it. */
enum toc_result toc_flag_is_to_group(const struct toc_engine *engine, bool *ret_to_group,
                                     struct toc_why *why) TOC_MUST_CHECK;
/* Submits what is approved. TOC_AGAIN: its supplier has no tokens yet. Else why the roster says no.
 * `ret_sequence` as above. */
enum toc_result toc_flag_send(struct toc_engine *engine, struct toc_own_flag *flag,
                              uint64_t *ret_sequence, struct toc_why *why) TOC_MUST_CHECK;
/* Submits the withdrawal of what was sent under `sequence`. */
enum toc_result toc_flag_take_back(struct toc_engine *engine, const struct toc_own_flag *flag,
                                   uint64_t sequence, const char *reason, struct toc_why *why)
    TOC_MUST_CHECK;
/* At _finish: whatever can go goes, and a slice of the standing alerts meets new tokens. */
enum toc_result toc_flagging_finish(struct toc_engine *engine) TOC_MUST_CHECK;

/* ---- alerting_mine.c: alerts on own suppliers ---- */
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

#endif
