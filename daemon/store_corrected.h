/* store_corrected: which records another member than their publisher corrected, as one that
 * succeeds it may. Derived from the logs like the view, so that the view is the same whether the
 * correction or the record comes first. */
#ifndef TOC_STORE_CORRECTED_H
#define TOC_STORE_CORRECTED_H

#include "store.h"

struct toc_correction {
    const char *stream;
    const char *publisher; /* of the record that stands no more */
    uint64_t sequence;
    const char *author; /* of the correction, */
    uint64_t at;        /* its sequence in the author's log */
};
/* Fine when it is known. */
enum toc_result toc_store_corrected_add(struct toc_store *store,
                                        const struct toc_correction *correction) TOC_MUST_CHECK;
/* TOC_NOTFOUND: nobody did. */
enum toc_result toc_store_corrected_get(struct toc_store *store, const char *stream,
                                        const char *publisher, uint64_t sequence) TOC_MUST_CHECK;
/* TOC_NOTFOUND: there is none at all, as in most groups. */
enum toc_result toc_store_corrected_any(struct toc_store *store) TOC_MUST_CHECK;
/* What the author's records from first to last corrected; `stream` NULL: all. */
enum toc_result toc_store_corrected_clear(struct toc_store *store, const char *stream,
                                          const char *author, uint64_t first, uint64_t last)
    TOC_MUST_CHECK;

#endif
