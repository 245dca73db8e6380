/* sim_flags: councils warn each other in the simulation. A few suppliers, of whom the councils know
 * some by number and name, some by name alone; users who raise, approve, clear, mitigate and
 * withdraw flags, who dispute alerts and stand by their flags; and a second opinion: from the order
 * and the times in which the hub applied the records of distress, sim_flag_model.c works out, by
 * the words of PROTOCOL.md 19 alone, what its alerts have to say, and what each council has to see.
 *
 * Tokens are planted, not asked for (test_sim_tokens does that), so that seeds are cheap. */
#ifndef TOC_SIM_FLAGS_H
#define TOC_SIM_FLAGS_H

#include "record_flag.h"
#include "sim.h"
#include "sim_flag_log.h"
#include "store_supplier.h"

#define SIM_SUPPLIERS 4
#define SIM_PURPOSES 3 /* public, distress, exercise: the enum's value less one */
#define SIM_KINDS 2    /* id, name: the enum's value less one; as a mask, 1 and 2 */
#define SIM_NAME_AT 2
#define SIM_WINDOW_MINUTES 10
#define SIM_DISPUTE_DAYS 2
#define SIM_SUBMITS_LEN 32

enum sim_knows {
    SIM_KNOWS_NOT = 0,
    SIM_KNOWS_NAME = 2,
    SIM_KNOWS_BOTH = 3
}; /* as masks of kinds */

struct sim_supplier {
    char number[32]; /* its keys as a subject */
    char name_key[64];
    char name[64];
    uint8_t outputs[SIM_KINDS][2 * TOC_OPRF_OUTPUT_LEN];
    struct toc_token_keys keys[SIM_PURPOSES][SIM_KINDS];
};

/* What users do, and what they heard. */
enum sim_act_kind {
    SIM_RAISE,
    SIM_APPROVE,
    SIM_WITHDRAW,
    SIM_CLEAR,
    SIM_MITIGATE,
    SIM_DISPUTE,
    SIM_CONFIRM,
    SIM_TAKE_BACK, /* a dispute of its own */
};
struct sim_act {
    struct sim_act *next;
    struct sim_node *node;
    enum sim_act_kind kind;
    unsigned number;
    uint8_t flag[TOC_FLAG_ID_LEN]; /* or the alert's */
    unsigned supplier;             /* of a dispute */
    enum toc_purpose purpose;
    enum toc_token_kind token_kind;
    char request[400]; /* of what is asked on the local socket */
    bool over;         /* answered, or given up with the machine */
};
/* A flag that a user was told of. */
struct sim_heard {
    struct sim_heard *next;
    struct sim_node *node;
    uint8_t flag[TOC_FLAG_ID_LEN];
    bool deleted, withdrawn; /* as the reply said */
    bool perhaps_deleted;    /* asked for */
};

struct sim_flags {
    struct sim *sim;
    bool to_group;
    struct toc_hash group;
    struct sim_supplier suppliers[SIM_SUPPLIERS];
    enum sim_knows knows[SIM_NODES_MAX][SIM_SUPPLIERS];
    unsigned act_chance; /* in a thousand, a step */
    struct sim_act *acts;
    unsigned acts_made;
    struct sim_heard *heard;
    int64_t position[SIM_NODES_MAX]; /* in each journal */
    struct sim_told *told;
    size_t told_len, told_room;
    struct sim_shown *shown;
    size_t shown_len, shown_room;
    size_t checked_told, checked_shown; /* at the last comparison */
    int64_t checked_next;
    unsigned compared; /* how often the hub's alerts were compared with the model */
};

/* ---- sim_flags.c ---- */
/* The hub spg and four councils, of whom one needs a second person for what is not public. */
struct sim_flags *sim_flags_new(struct sim *sim, bool to_group);
void sim_flags_free(struct sim_flags **flags);
/* The member learns of a supplier, and has its tokens. */
void sim_flags_know(struct sim_flags *flags, struct sim_node *node, unsigned supplier,
                    enum sim_knows knows);
void sim_flags_act(struct sim_flags *flags, struct sim_node *node, enum sim_act_kind kind);
/* What users were told is so, once all has settled. */
void sim_flags_check_heard(struct sim_flags *flags);

/* ---- sim_flag_model.c ---- */
/* What the hub's alerts say, against what they have to say. */
void sim_flags_check_hub(struct sim_flags *flags, struct sim_node *hub);
/* What a council sees of what it has applied (invariant 10). */
void sim_flags_check_reader(struct sim_flags *flags, struct sim_node *node);
/* Everybody up to date: the same through the local socket. */
void sim_flags_check_lists(struct sim_flags *flags);

#endif
