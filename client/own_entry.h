/* own_entry: what the group knows of this member, from the roster file of the configuration. */
#ifndef TOC_OWN_ENTRY_H
#define TOC_OWN_ENTRY_H

#include "cli.h"
#include "roster_file.h"

/* The member lies in *ret_file, which the caller frees. TOC_DENIED when the roster does not know
 * it. */
enum toc_result toc_own_entry(struct toc_cli *cli, struct toc_roster_file **ret_file,
                              const struct toc_member **ret_member, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
