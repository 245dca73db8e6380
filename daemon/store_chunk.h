/* store_chunk: a run of rows of the current-records view, as the bytes that are stored. Rows of one
 * source and one log, by sequence: what finds and orders a record, and nothing of what it says.
 * Pure; no SQLite. Private to store_current.c, store_page.c and store_chunk.c. */
#ifndef TOC_STORE_CHUNK_H
#define TOC_STORE_CHUNK_H

#include "bytes.h"

/* Together with its columns less than one page of the database: rows are written together when they
 * come together, and still one that is dropped costs no more than a page. */
#define TOC_CHUNK_ROW_LEN 8
#define TOC_CHUNK_ROWS_MAX 480

struct toc_chunk_row {
    uint64_t sequence;
    int32_t ends;
};

void toc_chunk_init(struct toc_buf *rows);
/* Is there room for it, in a chunk that begins at `first`? */
bool toc_chunk_fits(const struct toc_buf *rows, uint64_t first, uint64_t sequence);
/* TOC_TOOBIG when it does not fit. The caller keeps the order. */
enum toc_result toc_chunk_append(struct toc_buf *rows, uint64_t first,
                                 const struct toc_chunk_row *row) TOC_MUST_CHECK;
/* Bytes that are read may be cut or out of order: false. */
bool toc_chunk_valid(struct toc_bytes rows);
size_t toc_chunk_len(struct toc_bytes rows);
/* `at` is less than the length. */
struct toc_chunk_row toc_chunk_at(struct toc_bytes rows, uint64_t first, size_t at);
/* Where the first row is that is not before `sequence`; the length: there is none. */
size_t toc_chunk_from(struct toc_bytes rows, uint64_t first, uint64_t sequence);

#endif
