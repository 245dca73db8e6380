/* flagging: how a flag that users of this member agreed on becomes a record of its log `distress`:
 * to the hubs, or, where the roster gives the stream to the whole group, sealed for those who have
 * the supplier. It waits for the tokens of its supplier, and goes by itself in the tick that has
 * them, once: its submission is named after it. PROTOCOL.md 19. */
#ifndef TOC_FLAGGING_H
#define TOC_FLAGGING_H

#include "alert_mine.h"
#include "store_flag.h"
#include "store_story.h"

#define TOC_FLAG_SUBMISSION_LEN 64
/* "flag-<id>-<revision>"; revision 0: its withdrawal. */
void toc_flag_submission(const uint8_t id[TOC_FLAG_ID_LEN], uint32_t revision,
                         char ret_text[TOC_FLAG_SUBMISSION_LEN + 1]);
/* What it was signed as; 0: it waits to be signed. TOC_NOTFOUND: it was not submitted. */
enum toc_result toc_flag_sequence(struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN],
                                  uint32_t revision, uint64_t *ret_sequence) TOC_MUST_CHECK;
/* How far this member's log of flags is signed. */
uint64_t toc_flag_signed_next(const struct toc_engine *engine);
/* TOC_DENIED: the group has no stream for it. */
enum toc_result toc_flag_is_to_group(const struct toc_engine *engine, bool *ret_to_group,
                                     struct toc_why *why) TOC_MUST_CHECK;
/* flag_record.c: its record. TOC_AGAIN: its supplier, or the parent that it names, has no tokens
 * yet. */
enum toc_result toc_flag_build(struct toc_engine *engine, const struct toc_own_flag *flag,
                               struct toc_bytes *ret_bytes, struct toc_why *why) TOC_MUST_CHECK;
/* It may not go yet, whatever it has. */
bool toc_flag_is_embargoed(const struct toc_engine *engine, const struct toc_own_flag *flag);
/* Submits what is approved. TOC_AGAIN: it has no tokens yet, or an embargo. Else why the roster
 * says no. `ret_sequence` as above. */
enum toc_result toc_flag_send(struct toc_engine *engine, struct toc_own_flag *flag,
                              uint64_t *ret_sequence, struct toc_why *why) TOC_MUST_CHECK;
/* Submits the withdrawal of what was sent under `sequence`. */
enum toc_result toc_flag_take_back(struct toc_engine *engine, const struct toc_own_flag *flag,
                                   uint64_t sequence, struct toc_why *why) TOC_MUST_CHECK;
/* Of an alert, as toc_alert_mine_prove makes it; who sends it again sends nothing. `ret_sequence`
 * as above. */
enum toc_result toc_dispute_send(struct toc_engine *engine, const struct toc_own_dispute *own,
                                 const struct toc_dispute *said, uint64_t *ret_sequence,
                                 struct toc_why *why) TOC_MUST_CHECK;
/* `ret_sequence` as of a flag, with TOC_NOTFOUND. */
enum toc_result toc_dispute_state(struct toc_engine *engine, const struct toc_own_dispute *own,
                                  uint64_t *ret_sequence, bool *ret_withdrawn) TOC_MUST_CHECK;
enum toc_result toc_dispute_take_back(struct toc_engine *engine, const struct toc_own_dispute *own,
                                      uint64_t sequence, struct toc_why *why) TOC_MUST_CHECK;
/* This council stands by its flag, against what was said before. */
enum toc_result toc_flag_confirm(struct toc_engine *engine, const struct toc_own_flag *flag,
                                 uint64_t *ret_sequence, struct toc_why *why) TOC_MUST_CHECK;
/* flag_again.c: at _finish. Of an older token epoch, and open: its next revision is to go. */
enum toc_result toc_flag_raise_again(struct toc_engine *engine) TOC_MUST_CHECK;
/* At _finish: whatever can go goes, and a slice of the standing alerts meets new tokens. */
enum toc_result toc_flagging_finish(struct toc_engine *engine) TOC_MUST_CHECK;
int64_t toc_flagging_deadline(const struct toc_engine *engine); /* monotonic */

#endif
