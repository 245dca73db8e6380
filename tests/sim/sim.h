/* sim: a whole group in one process. Every member is a real engine on a store in memory; the clock,
 * the randomness and the network are the simulation's, drawn from one seed, so that a seed is a
 * whole history that can be run again.
 *
 * Sessions are ordered streams that may break at any point and lose what was on its way, may be
 * open at one end only, and may be full; the feed loses, repeats, delays and reorders. Members
 * crash inside and between ticks. After every tick sim_check.c looks at the member's store, and
 * sim_sent.c at what is about to be sent. What is wrong is kept in `failure`; the first one counts.
 * One thread. */
#ifndef TOC_SIM_H
#define TOC_SIM_H

#include "fixture_group.h"
#include "records.h"
#include "sim_disk.h"
#include "wire_session.h"
#include <check.h>

#define SIM_NODES_MAX 48
#define SIM_WIRES_MAX 112
#define SIM_JOBS_MAX 64
#define SIM_LOGS_MAX 160
#define SIM_KEY_LEN 24
/* On their way to one peer that does not read: the credit, what may overdraw it, and an hour of
 * small talk (of which libzmq's own mark would hold less). */
#define SIM_UNREAD_MAX (TOC_UNREAD_MAX + 2 * TOC_BATCH_LEN_MAX + 512 * 1024)

/* Chances in a thousand: a step for what happens to a member or wire, a frame for the feed. */
struct sim_faults {
    unsigned wire_break, wire_half, wire_cut; /* a wire: at once, silently, for a while */
    unsigned full;                            /* a session frame meets a full socket */
    unsigned feed_lost, feed_twice;
    unsigned crash, disk,
        clock; /* a tick: the member dies; the commit fails; the wall clock jumps */
    unsigned
        trouble;  /* a step of a member on a disk: it fails, is short, full or slow for a while */
    unsigned lie; /* and: from now on its syncs are lies, until the next crash or for a while */
};
extern const struct sim_faults sim_faults_usual;
extern const struct sim_faults sim_faults_none;

/* What was last seen of one log in one store. */
struct sim_seen {
    struct toc_log_id log;
    uint64_t next_sequence;
    struct toc_hash head;
    uint64_t applied_next;
    uint64_t journal_next; /* the end of its last journal range */
    enum toc_log_state state;
    uint32_t epoch;  /* keys were looked at up to here, */
    uint64_t roster; /* under this version of the roster; */
    unsigned looks;  /* and of all looks each 16th */
};

struct sim;

struct sim_node {
    struct sim *sim;
    char member[TOC_MEMBER_LEN_MAX + 1];
    struct toc_member_keys keys;
    struct toc_conf conf;
    struct toc_env env;
    int64_t wall_offset;
    struct toc_store *store;
    struct sim_disk *disk; /* NULL: in memory, where a commit is for ever */
    bool honest;           /* its disk never lies */
    bool failed;           /* a commit did, and may have reached the disk all the same */
    bool put_back;         /* its disk is older than it said, and is looked at for the first time */
    int64_t slow_until;    /* its disk takes its time, */
    int64_t busy_until;    /* and the tick is not over before */
    int64_t late;          /* what it sends leaves so much later */
    struct toc_engine *engine; /* NULL while it is down */
    bool alone;
    uint64_t rekeyed;      /* the roster with new keys, with which it starts next; 0: it has them */
    bool older;            /* it runs an older program (test_sim_skew.c) */
    bool asleep;           /* does not come back by itself, and the end does not wait for it */
    bool gone;             /* no member any more */
    uint64_t gone_version; /* the roster without it */
    int64_t gone_mono;     /* when the hub learned of it */
    int64_t heard_due;     /* of what was received in this tick as a dialler, the earliest */
    int64_t restart_mono;
    unsigned unanswered; /* submissions that were not acknowledged */
    toc_link links;      /* numbers given out */
    struct {
        struct toc_job *job;
        int64_t due;
    } jobs[SIM_JOBS_MAX];
    size_t jobs_len;
    struct sim_seen seen[SIM_LOGS_MAX];
    size_t seen_len;
    int64_t journal_position;
    unsigned conflicts; /* notices of one */
};

struct sim_frame {
    struct sim_frame *next;
    int64_t due;
    struct toc_bytes bytes;
};
struct sim_queue {
    struct sim_frame *first;
    int64_t last_due;
    size_t bytes; /* on their way */
};
enum sim_wire_state { SIM_DOWN, SIM_UP, SIM_HALF };
struct sim_wire {
    struct sim_node *dialler, *server;
    bool feeds;
    int64_t delay; /* on top, each way */
    enum sim_wire_state state;
    int64_t until; /* down: the next attempt; half: when it is noticed */
    int64_t cut_until;
    int64_t stalled_until;           /* its dialler does not read */
    toc_link dial_link, server_link; /* 0: its engine does not know of it */
    enum toc_peer_state told, tell;  /* what the dialler's engine was told, and is to be */
    bool server_full, dial_full;
    struct {
        toc_link link; /* 0: a free place */
        int64_t until;
    } old[8]; /* at the server: old connections that it still believes in */
    struct sim_queue to_server, to_dialler, feed;
};

enum sim_asked { SIM_NOT_ASKED, SIM_ASKED, SIM_ACKNOWLEDGED };
struct sim_submission {
    struct sim_submission *next;
    struct sim_node *node;
    const char *stream;
    unsigned number;         /* its id is s<number> */
    unsigned records;        /* the keys are k<number>.0, k<number>.1, ... */
    size_t padding;          /* bytes in each title */
    uint64_t withdraws;      /* 0: it does not; else a sequence */
    uint64_t first_sequence; /* 0: not known */
    uint64_t gone_from;      /* bits: record i was withdrawn */
    enum sim_asked asked;
    int64_t again_mono;
    bool excused; /* the only disk that held it was put back to an older state */
};

/* Every batch that anybody ever stored, by log: there is one history. */
struct sim_truth {
    struct sim_truth *next;
    struct toc_log_id log;
    uint64_t first_sequence, next_sequence;
    struct toc_hash head;
};

/* What a scenario adds to the world; any of them may be NULL. */
struct sim_hooks {
    void *context;
    void (*step)(struct sim *sim);            /* at the start of each step */
    bool (*due)(const struct sim_node *node); /* it has something to ask or submit */
    void (*act)(struct sim_node *node);       /* inside its tick */
    void (*hear)(struct sim_node *node, const struct toc_out *out); /* from SIM_HOOK_LINK on */
    void (*look)(struct sim_node *node); /* after its tick, committed; it may be down */
    void (*sent)(struct sim_node *node, const struct toc_out *out); /* before it leaves */
    bool publishes; /* frameworks of its own, which sim_end.c does not know of */
};
#define SIM_HOOK_LINK UINT32_C(0x40000000) /* local links from here on are the scenario's */

struct sim {
    uint64_t seed, drawn;
    struct toc_fixture_group *group;
    struct toc_arena *arena; /* of one check */
    int64_t mono;
    int64_t grain; /* no two steps are closer: dozens of members then tick in one */
    struct sim_faults faults;
    struct sim_node nodes[SIM_NODES_MAX];
    size_t nodes_len;
    struct sim_wire wires[SIM_WIRES_MAX];
    size_t wires_len;
    struct sim_submission *submissions; /* the newest first */
    unsigned submissions_made;
    unsigned submit_chance;         /* in a thousand, a member and step */
    unsigned withdraw_chance;       /* of those */
    unsigned disk_chance;           /* in a thousand: a member that is added is on a disk */
    unsigned older_chance;          /* and runs an older program */
    const struct sim_node *running; /* whose program is at work; NULL: nobody's */
    struct sim_truth *truth[256];
    bool forks;        /* the scenario equivocates: conflicts are expected */
    bool void_allowed; /* a closing or a later generation may take back */
    bool forgot;       /* a disk forgot that it had signed what waited: it may be there twice */
    struct sim_hooks hooks;
    unsigned steps, ticks, crashes, frames, batches;
    unsigned failures, refusals, losses; /* of disks: ticks, starts; cuts after a lie */
    char failure[400];
};

/* ---- sim.c: the world ---- */
struct sim *sim_new(uint64_t seed);
void sim_free(struct sim **sim);
uint64_t sim_draw(struct sim *sim);
uint64_t sim_below(struct sim *sim, uint64_t limit); /* 0 to limit - 1 */
bool sim_chance(struct sim *sim, unsigned permille);
/* Keeps the first. */
void sim_fail(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As ck_assert, without its note on disk at each call. */
#define SIM_MUST(sim, condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            sim_fail(sim, "%s:%d: not so: %s", __FILE__, __LINE__, #condition);                    \
        }                                                                                          \
    } while (false)
/* A line on stderr, when TOC_SIM_VERBOSE is set: the history of one seed, to be read. */
void sim_trace(const struct sim_node *node, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A member of the newest roster starts, with an empty disk. */
struct sim_node *sim_node_add(struct sim *sim, const char *member);
/* The hub `spg` and these councils go into the group's next roster. */
void sim_members(struct sim *sim, const char *const *councils, size_t len);
/* And a rule by which councils publish exposures to the group. */
void sim_exposures(struct sim *sim);
/* A group of the hub `spg` and these councils, which dial it, all but the first with its feed. */
void sim_star(struct sim *sim, const char *const *councils, size_t len);
/* Nothing has failed yet. */
bool sim_goes_on(const struct sim *sim);
struct sim_node *sim_node(struct sim *sim, const char *member);
/* `feeds`: the server has a feed and the dialler listens to it. */
struct sim_wire *sim_wire(struct sim *sim, const char *dialler, const char *server, bool feeds);
void sim_step(struct sim *sim);
void sim_run(struct sim *sim, unsigned steps); /* ends early at a failure */
/* The machine stops now. It starts again by itself after a while, unless asleep. */
void sim_crash(struct sim_node *node);
void sim_start(struct sim_node *node);
/* The disk is put back to what `store` holds (taken over). The member is down until started. */
void sim_restore(struct sim_node *node, struct toc_store **store);
/* A running member adopts a version as its operator would do it. */
void sim_adopt(struct sim_node *node, uint64_t version);
void sim_adopt_file(struct sim_node *node, struct toc_bytes file);
/* Any local request, answered in a tick of its own; a new reference. */
json_t *sim_ask(struct sim_node *node, const char *request);
/* Its keys are replaced, which the hub hears now; it stops, and starts with the new ones `after`
 * milliseconds, as its operator would do it: with the new roster's file. */
void sim_rekey(struct sim_node *node, struct sim_node *hub, int64_t after);
/* It is no member from this version on, which the hub adopts now. */
void sim_remove(struct sim *sim, struct sim_node *node, struct sim_node *hub);
/* All clocks of the group move; no step happens in between. */
void sim_days(struct sim *sim, int64_t days);

/* ---- sim_machine.c: members on disks ---- */
void sim_machine_add(struct sim_node *node); /* an empty disk, or memory, and a store on it */
void sim_machine_turn(struct sim *sim);      /* disks get into trouble */
void sim_machine_live(struct sim_node *node, bool live); /* faults happen only meanwhile */
/* The power goes, or the program is stopped and then it goes; the store is open again, on what is
 * left. The engine is gone. */
void sim_machine_cut(struct sim_node *node);
/* The store is opened by a machine whose disk may fail now: false, it stays down. */
bool sim_machine_boot(struct sim_node *node);
void sim_machine_refused(struct sim_node *node, const char *why);
/* Did the disk fail in this tick? `before`: sim_disk_failed at its begin. */
bool sim_machine_failed(const struct sim_node *node, unsigned before);
/* After the commit: it may have taken long. */
void sim_machine_committed(struct sim_node *node);
/* The disk is put back to a copy. The member is down until started. */
void sim_machine_restore(struct sim_node *node, const struct sim_disk *copy);

/* ---- sim_net.c ---- */
void sim_net_turn(struct sim *sim); /* connections come and go */
bool sim_net_due(const struct sim_node *node);
int64_t sim_net_next(const struct sim *sim); /* when something happens; INT64_MAX: never */
void sim_net_receive(struct sim_node *node); /* inside its tick */
void sim_net_send(struct sim_node *node, const struct toc_out *out);
void sim_net_died(struct sim_node *node); /* its machine stopped */
void sim_net_started(struct sim_node *node);
void sim_net_break(struct sim_wire *wire, bool lingering);
void sim_net_roster_changed(struct sim_node *node); /* some of its callers may be strangers now */
void sim_net_free(struct sim_wire *wire);

/* ---- sim_client.c: programs that submit ---- */
struct sim_submission *sim_submit(struct sim_node *node, const char *stream, unsigned records,
                                  size_t padding);
/* A withdrawal of one record of an acknowledged submission whose sequence is known. */
void sim_withdraw(struct sim *sim, struct sim_submission *of, unsigned record);
void sim_client_step(struct sim *sim);
bool sim_client_due(const struct sim_node *node);
int64_t sim_client_next(const struct sim *sim);
void sim_client_ask(struct sim_node *node); /* inside its tick */
void sim_client_hear(struct sim_node *node, const struct toc_out *out);

/* ---- sim_check.c, sim_sent.c, sim_end.c ---- */
/* The member's committed store, after every tick. */
void sim_check_store(struct sim_node *node);
/* The whole of it, from the first batch on. */
void sim_check_again(struct sim_node *node);
/* What is about to leave, against the committed store. */
void sim_check_sent(struct sim_node *node, const struct toc_out *out, size_t len);
/* What only its own disk held is forgotten by the checks too. */
void sim_check_restored(struct sim_node *node);
void sim_check_before_restore(struct sim_node *node);
void sim_check_lost(struct sim *sim); /* and after that, of everybody */
/* The member's log; NULL when there is none. */
struct sim_seen *sim_seen(struct sim_node *node, const struct toc_log_id *log);
/* Its row in the member's store. */
bool sim_log_row(struct sim_node *node, const struct toc_log_id *log, struct toc_log_row *ret_row);
/* ---- sim_read.c: what a member has applied, as it reads it ---- */
struct sim_reader {
    void *context;
    bool (*wants)(void *context, struct sim_node *node, const struct toc_log_row *row);
    /* A batch in clear, before its records; may be NULL. */
    void (*plain)(void *context, struct sim_node *node, const struct toc_log_row *row,
                  struct toc_bytes plain);
    void (*record)(void *context, struct sim_node *node, const struct toc_log_row *row,
                   uint64_t sequence, const struct toc_record *record);
};
/* From a journal position on, which it moves. */
void sim_read_new(struct sim_node *node, int64_t *position, const struct sim_reader *reader);

/* Everything is repaired and everybody comes back; then all must agree within some minutes. */
void sim_heal(struct sim *sim);
/* A publisher's (NULL: everybody's) current records of one stream at one member. */
struct sim_rows {
    size_t len;
    struct toc_hash digest;
    uint64_t first_sequence;
};
void sim_rows(struct sim_node *node, const char *stream, const char *publisher,
              struct sim_rows *ret_rows);
/* NULL when all agree, else what does not. Lives until the next call. */
const char *sim_disagreement(struct sim *sim);

/* ---- sim_seeds.c ---- */
/* Runs a scenario for many seeds (or the one of TOC_SIM_SEED) and fails the test with the command
 * that runs the failing seed again. `steps`: of TOC_SIM_STEPS, or the usual number. */
void sim_seeds(const char *test, unsigned seeds, unsigned steps,
               void (*scenario)(struct sim *sim, unsigned steps));

/* sim_seeds.c: a case of its own, without Check's clock: seeds take as long as they take. */
void sim_add_case(Suite *suite, const char *name, const TTest *test);

#endif
