/* sim_flag_log: what the logs of a simulated group say of flags and alerts, read with the keys of
 * every supplier, in the order in which they were applied. */
#ifndef TOC_SIM_FLAG_LOG_H
#define TOC_SIM_FLAG_LOG_H

#include "record_alert.h"
#include "sim.h"

struct sim_flags;

/* A record of distress, as the hub (in the group setting: its publisher) applied it. */
struct sim_told {
    const struct sim_node *by;
    uint64_t sequence;
    int64_t number;   /* in which order */
    int64_t seen_ms;  /* wall clock of the tick */
    int64_t shows_ms; /* a flag: at once, or at the end of a window */
    enum toc_record_type type;
    uint8_t id[TOC_FLAG_ID_LEN]; /* flag, or what a dispute is about */
    uint32_t revision;
    unsigned supplier, kinds; /* which one it is about, and by which tokens */
    enum toc_purpose purpose;
    unsigned event, severity, expires_quarter;
    enum toc_source source;
    enum toc_flag_status status;
    bool confirms;
    uint64_t withdraws;
};
/* What readers are shown: a revision of an alert, or in the group setting of a flag. */
struct sim_shown {
    const struct sim_node *by;
    uint64_t sequence;
    uint8_t id[TOC_FLAG_ID_LEN];
    uint32_t revision;
    unsigned supplier, kinds;
    enum toc_purpose purpose;
    struct toc_alert_body body;
};

void sim_flags_read(struct sim_flags *flags, struct sim_node *node);
/* No confidential record names a supplier, and no other holds a token (invariant 8). */
void sim_flags_check_sent(struct sim_node *node, const struct toc_out *out);
/* The newest revision of what `by` shows under an id, of those before `before`; NULL. */
const struct sim_shown *sim_flags_newest(const struct sim_flags *flags, const struct sim_node *by,
                                         const uint8_t id[TOC_FLAG_ID_LEN], uint64_t before);
/* Was the flag that this is about withdrawn, in a record before `before`? */
bool sim_flags_withdrawn(const struct sim_flags *flags, const struct sim_node *by,
                         const uint8_t id[TOC_FLAG_ID_LEN], uint64_t before);

#endif
