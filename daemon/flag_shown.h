/* flag_shown: which alerts show a flag of this council's, whether they are disputed, and since
 * which record of the hub's they show its newest state. As far as a reporter can tell: an alert
 * does not say whose flags are in it, so one shows a flag when it came after the flag was signed,
 * and says no less than the flag does. PROTOCOL.md 19. */
#ifndef TOC_FLAG_SHOWN_H
#define TOC_FLAG_SHOWN_H

#include "flagging.h"

#define TOC_FLAG_ALERTS_MAX 8 /* of one flag: one a hub, and what became one with another */

struct toc_flag_alert {
    struct toc_alert_mine mine;
    struct toc_alert_read read; /* as it stands */
};
/* The newest first; all in the arena. None in a group without alerts. */
enum toc_result toc_flag_alerts(struct toc_engine *engine, const struct toc_own_flag *flag,
                                struct toc_arena *arena,
                                struct toc_flag_alert ret_alerts[TOC_FLAG_ALERTS_MAX],
                                size_t *ret_len) TOC_MUST_CHECK;

/* What an earlier revision said. TOC_NOTFOUND: retention took it. */
enum toc_result toc_flag_alert_at(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                  uint64_t sequence, struct toc_arena *arena,
                                  struct toc_alert_read *ret_read) TOC_MUST_CHECK;
/* Is it about what the flag is about? */
bool toc_flag_is_shown_by(const struct toc_own_flag *flag, const struct toc_alert_mine *mine,
                          const struct toc_alert_read *read);

struct toc_flag_dispute {
    bool disputed;    /* an alert that shows the flag is */
    int64_t since_ms; /* by its publisher's clock; 0: not known any more */
    int64_t until_ms; /* when it is too late to answer; 0: never (its source is a register) */
};
enum toc_result toc_flag_dispute_of(struct toc_engine *engine, const struct toc_own_flag *flag,
                                    const struct toc_flag_alert *alerts, size_t len,
                                    struct toc_arena *arena, struct toc_flag_dispute *ret_dispute)
    TOC_MUST_CHECK;

/* The record of the alert's log that first showed the state that was signed as `signed_as`: its
 * newest, or that it is withdrawn. TOC_NOTFOUND: none did yet. */
enum toc_result toc_flag_shown_since(struct toc_engine *engine, const struct toc_own_flag *flag,
                                     uint64_t signed_as, bool withdrawn,
                                     const struct toc_flag_alert *alert, struct toc_arena *arena,
                                     uint64_t *ret_sequence) TOC_MUST_CHECK;

#endif
