/* own_contracts: this council's own register as the daemon keeps it: fetched page by page, put in
 * the order of their ends, and what is not filled in counted. Rows are those of the local socket's
 * contract_list (PROTOCOL.md 17), read forgivingly. */
#ifndef TOC_OWN_CONTRACTS_H
#define TOC_OWN_CONTRACTS_H

#include "cli.h"

struct toc_own_contracts_filter {
    const char *supplier; /* an id, a number or a whole name; NULL: all */
    bool incomplete;      /* only those with missing[] */
    char from[11];        /* yyyy-mm-dd: ends on this day or later; "": any */
    char until[11];       /* and on this day or earlier */
};

/* An array, a new reference; *ret_seen is how many there are before `incomplete` and the dates took
 * some away. What reading the daemon says; TOC_NOMEM. */
enum toc_result toc_own_contracts_fetch(struct toc_cli *cli,
                                        const struct toc_own_contracts_filter *filter,
                                        json_t **ret_contracts, size_t *ret_seen,
                                        struct toc_why *why) TOC_MUST_CHECK;

/* Pure. Whether a row is one of those wanted, its supplier aside. */
bool toc_own_contracts_wanted(const json_t *contract,
                              const struct toc_own_contracts_filter *filter);
/* Pure. In order of end (what has none comes last), reference, title, id. Replaces *contracts.
 * TOC_NOMEM. */
enum toc_result toc_own_contracts_sort(json_t **contracts) TOC_MUST_CHECK;
/* Pure. [{field, contracts}, ...] of what missing[] lists, the most frequent first, then by name; a
 * new reference, NULL without memory. */
json_t *toc_own_contracts_gaps(const json_t *contracts);

#endif
