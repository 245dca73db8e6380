/* catalogue: the records of a stream that stand now, fetched from the daemon page by page. */
#ifndef TOC_CATALOGUE_H
#define TOC_CATALOGUE_H

#include "cli.h"

struct toc_catalogue_filter {
    const char *stream;
    bool sub_streams;        /* those of sub-groups too: "framework.adults-health" */
    const char *publisher;   /* NULL: every one */
    const char *ends_before; /* yyyy-mm-dd; NULL: any */
};

/* An array of {stream, publisher, sequence, key, ...the record's own fields}. A new reference. What
 * reading the daemon says. */
enum toc_result toc_catalogue_fetch(struct toc_cli *cli, const struct toc_catalogue_filter *filter,
                                    json_t **ret_records, struct toc_why *why) TOC_MUST_CHECK;

#endif
