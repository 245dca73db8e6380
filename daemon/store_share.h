/* store_share: shares of suppliers' names that a hub was sent with flags, and the names it learnt
 * from them (group.db). Derived from logs; a share stays when its flag is withdrawn. */
#ifndef TOC_STORE_SHARE_H
#define TOC_STORE_SHARE_H

#include "record_flag.h"
#include "store.h"

struct toc_share_row {
    struct toc_token token;
    struct toc_hash commitments; /* of all of them: shares of one polynomial have the same */
    struct toc_share share;
    struct toc_sealed_name name;
    char publisher[TOC_MEMBER_LEN_MAX + 1]; /* of the flag that it came with */
    uint64_t sequence;
};
/* The first one at a place stays: TOC_EXISTS. */
enum toc_result toc_store_share_put(struct toc_store *store, const struct toc_share_row *row)
    TOC_MUST_CHECK;
/* Nothing when it is not there. */
enum toc_result toc_store_share_drop(struct toc_store *store, const struct toc_share_row *row)
    TOC_MUST_CHECK;
/* At different places, of one token and polynomial, at most `max`; the lowest places first. */
enum toc_result toc_store_shares(struct toc_store *store, const struct toc_token *token,
                                 const struct toc_hash *commitments, struct toc_share_row *ret_rows,
                                 size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* Takes the place of an earlier name from the same polynomial; one from another stays. */
enum toc_result toc_store_share_named(struct toc_store *store, const struct toc_token *token,
                                      const struct toc_hash *commitments, unsigned shares,
                                      const char *name) TOC_MUST_CHECK;
/* TOC_NOTFOUND: not learnt. `ret_shows`: so many of the shares came with flags that do not wait
 * any more as were needed, so that it may be said. ret_name has room for TOC_DETAIL_PLAIN_LEN. */
enum toc_result toc_store_share_name(struct toc_store *store, const struct toc_token *token,
                                     char *ret_name, bool *ret_shows) TOC_MUST_CHECK;
/* As toc_store_alert_clear. */
enum toc_result toc_store_share_clear(struct toc_store *store, const char *publisher,
                                      uint64_t first_sequence, uint64_t last_sequence)
    TOC_MUST_CHECK;

#endif
