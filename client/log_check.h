/* log_check: verifies rosters and batches as anybody can who has only the group's fingerprint: each
 * roster follows the one before it, each batch has its place in its log's chain, was made by who
 * was allowed to, and is signed. Needs no key and opens nothing. */
#ifndef TOC_LOG_CHECK_H
#define TOC_LOG_CHECK_H

#include "batch.h"
#include "chain.h"
#include "roster_file.h"

struct toc_log_check;

struct toc_checked_log {
    struct toc_log_id log;
    struct toc_chain chain;
    uint64_t batches;
};

enum toc_result toc_log_check_new(struct toc_log_check **ret_check, struct toc_why *why)
    TOC_MUST_CHECK;
void toc_log_check_free(struct toc_log_check **check);
/* The next version, from the first. As toc_roster_chain_adopt. */
enum toc_result toc_log_check_roster(struct toc_log_check *check, struct toc_bytes signed_roster,
                                     struct toc_why *why) TOC_MUST_CHECK;
/* The next batch of its log. The words name log and sequence. TOC_BADSIG for what does not fit,
 * TOC_CONFLICT for another batch in a place that is taken, TOC_MALFORMED. */
enum toc_result toc_log_check_batch(struct toc_log_check *check, struct toc_bytes batch,
                                    struct toc_why *why) TOC_MUST_CHECK;
/* What came so far. The logs are borrowed until the next call. */
struct toc_roster_file *toc_log_check_roster_file(struct toc_log_check *check);
const struct toc_roster_file *toc_log_check_rosters(const struct toc_log_check *check);
const struct toc_checked_log *toc_log_check_logs(const struct toc_log_check *check,
                                                 size_t *ret_len);
/* NULL before the first roster. */
const struct toc_hash *toc_log_check_group(const struct toc_log_check *check);

#endif
