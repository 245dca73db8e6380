/* evidence_check: whether a pair that a daemon kept as evidence is one, as anybody can tell who has
 * the group's rosters: two signed things that cannot both be true. Needs no key, opens nothing, and
 * believes nothing of what the daemon says the pair is about. */
#ifndef TOC_EVIDENCE_CHECK_H
#define TOC_EVIDENCE_CHECK_H

#include "roster_file.h"
#include "wire_batch.h"

enum toc_contradiction_kind {
    TOC_TWO_BATCHES,         /* at one place, or one that does not follow the other */
    TOC_NO_BEGINNING,        /* a first batch that follows nothing there can be */
    TOC_TWO_HEARTBEATS,      /* two heads at one place */
    TOC_HEARTBEAT_AND_BATCH, /* the publisher's own word against its own batch */
    TOC_OTHER_RECEIPT,       /* a reader's word against a publisher's batch: one of the two, or who
                                      stands between them, tells two stories */
    TOC_TWO_ROSTERS,         /* of one version, each signed by enough signers */
};

struct toc_contradiction {
    enum toc_contradiction_kind kind;
    char member[TOC_MEMBER_LEN_MAX + 1]; /* whose signatures they are; of a receipt the reader's;
                                            empty of rosters */
    struct toc_log_id log;               /* empty of rosters */
    uint64_t sequence;                   /* where; of rosters the version */
};

/* `other` or `one` is empty where one thing contradicts itself. The rosters are those of the group,
 * verified; a version is only looked at. TOC_BADSIG: a signature does not verify; TOC_INVALID: both
 * can be true; TOC_MALFORMED; TOC_NOMEM. The words say what is wrong. */
enum toc_result toc_evidence_check(struct toc_roster_file *rosters, struct toc_bytes one,
                                   struct toc_bytes other, struct toc_contradiction *ret_found,
                                   struct toc_why *why) TOC_MUST_CHECK;
/* "two_batches", ... */
const char *toc_contradiction_name(enum toc_contradiction_kind kind);
/* A sentence without a full stop: "leeds signed two batches ... at record 17". */
#define TOC_CONTRADICTION_TEXT_MAX 256
void toc_contradiction_text(const struct toc_contradiction *found,
                            char ret_text[TOC_CONTRADICTION_TEXT_MAX]);

#endif
