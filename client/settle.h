/* settle: has the daemon derive the exposure records from what was imported, and stage what
 * changed. Done in bounded slices, so that the daemon goes on serving its peers meanwhile. */
#ifndef TOC_SETTLE_H
#define TOC_SETTLE_H

#include "cli.h"

struct toc_settled {
    uint64_t staged;    /* drafts of new or changed records */
    uint64_t withdrawn; /* drafts that withdraw what no longer holds */
    uint64_t unchanged;
    uint64_t refused; /* records whose supplier may not be named any more */
    uint64_t suppliers;
};

/* Asks until it is done; progress goes to standard error where somebody looks on. Cheap when
 * nothing changed. As toc_local_call. */
enum toc_result toc_settle(struct toc_cli *cli, struct toc_settled *ret_settled,
                           struct toc_why *why) TOC_MUST_CHECK;

#endif
