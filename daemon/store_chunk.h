/* store_chunk: a run of rows of the current-records view, as the bytes that are stored. Rows of one
 * source, by sequence. Pure; no SQLite. Private to store_current.c and store_chunk.c. */
#ifndef TOC_STORE_CHUNK_H
#define TOC_STORE_CHUNK_H

#include "bounds.h"
#include "bytes.h"

/* One page of the database: rows are written together when they come together, and still one that
 * is dropped costs no more than a page. A larger row has a chunk to itself. */
#define TOC_CHUNK_LEN_MAX 4000
#define TOC_CHUNK_KEY_LEN_MAX (16 * 1024)

struct toc_chunk_row {
    uint64_t sequence;
    int32_t ends;
    bool own;
    struct toc_bytes key;
    struct toc_bytes record;
};

/* Room for the largest row behind a full chunk. */
void toc_chunk_init(struct toc_buf *rows);
size_t toc_chunk_row_len(const struct toc_chunk_row *row);
/* TOC_TOOBIG over the limits. The caller keeps the order. */
enum toc_result toc_chunk_append(struct toc_buf *rows, const struct toc_chunk_row *row)
    TOC_MUST_CHECK;
/* Takes the first row off; it borrows. TOC_NOTFOUND at the end, TOC_MALFORMED. */
enum toc_result toc_chunk_next(struct toc_bytes *rest, struct toc_chunk_row *ret_row)
    TOC_MUST_CHECK;

#endif
