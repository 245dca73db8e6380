/* group_change: what the subcommands share that bring a roster to its next version: the authority's
 * folder, the step from what is there now, and what is said in the end. */
#ifndef TOC_GROUP_CHANGE_H
#define TOC_GROUP_CHANGE_H

#include "authority_folder.h"
#include "cli.h"

/* One change under way; born with `cli` and `dir`. */
struct toc_group_change {
    struct toc_cli *cli;
    const char *dir;
    const char *group;
    struct toc_authority_folder folder;
    struct toc_arena *arena; /* of this version; a new one for each */
    struct toc_authority_step step;
    struct toc_authority_outcome outcome;
    uint32_t token_epoch; /* before the change */
};

/* Fine on one that was only born. Scope cleanup. */
void toc_group_change_done(struct toc_group_change *change);
/* Reads the folder; `step` starts from the newest version. Refused while a version waits for
 * signatures. */
enum toc_result toc_group_change_open(struct toc_group_change *change, struct toc_why *why)
    TOC_MUST_CHECK;
/* For one more version after the last published. */
enum toc_result toc_group_change_begin(struct toc_group_change *change, struct toc_why *why)
    TOC_MUST_CHECK;
/* Signs and writes it; it may then wait for other signers. */
enum toc_result toc_group_change_publish(struct toc_group_change *change,
                                         const struct toc_roster *next, struct toc_why *why)
    TOC_MUST_CHECK;
/* What was done ("renewed"), and what is to be done now. The exit status. */
int toc_group_change_report(const struct toc_group_change *change, const char *done);

#endif
