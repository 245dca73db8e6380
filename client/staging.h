/* staging: hands records to the daemon as drafts, which wait for `tocsin publish`. */
#ifndef TOC_STAGING_H
#define TOC_STAGING_H

#include "cli.h"
#include "records.h"

struct toc_staging {
    const char *stream;
    const char *source; /* file or command, for people */
    bool withdraw;      /* each draft withdraws what is published under the record's key */
    const struct toc_record *records;
    size_t records_len;
};
struct toc_staged {
    uint64_t staged;
    uint64_t unchanged; /* published already with the same content */
};

/* In messages within the limits of local.h: on failure the earlier ones stay staged. Shows progress
 * where somebody looks on. */
enum toc_result toc_staging_send(struct toc_cli *cli, const struct toc_staging *staging,
                                 struct toc_staged *ret_staged, struct toc_why *why) TOC_MUST_CHECK;

#endif
