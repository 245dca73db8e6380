/* hub_check_part: what the round over all flags and alerts (hub_check.c) and the look at one of
 * them (hub_check_flag.c) tell each other. For these two files. */
#ifndef TOC_HUB_CHECK_PART_H
#define TOC_HUB_CHECK_PART_H

#include "flagging.h"
#include "store_hub_has.h"

/* What a hub signed last, as far as it counts here: nothing that it said by then is missing. */
struct toc_hub_word {
    const char *hub;
    bool has_log;       /* of alerts; else it never gave any, and times are by one's own clock */
    int64_t time_ms;    /* of its newest word */
    uint64_t told_next; /* of this member's flags it has applied all before this */
    int64_t told_ms;    /* when it said so, by its clock */
};

/* hub_check_flag.c: whether the hub shows what one own flag says. TOC_OK with no doubt, too. */
enum toc_result toc_hub_check_flag(struct toc_engine *engine, const struct toc_hub_word *word,
                                   const struct toc_own_flag *flag, bool *ret_hides,
                                   bool *ret_stale) TOC_MUST_CHECK;
/* And whether any flag can be behind an alert. */
enum toc_result toc_hub_check_alert(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                    bool *ret_invents) TOC_MUST_CHECK;

#endif
