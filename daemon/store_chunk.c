#include "store_chunk.h"
#include "ensure.h"

/* A row: how far from the chunk's first sequence u32, ends i32; big-endian. */

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

void toc_chunk_init(struct toc_buf *rows)
{
    toc_buf_init(rows, (size_t)TOC_CHUNK_ROWS_MAX * TOC_CHUNK_ROW_LEN);
}

bool toc_chunk_fits(const struct toc_buf *rows, uint64_t first, uint64_t sequence)
{
    return rows->len < (size_t)TOC_CHUNK_ROWS_MAX * TOC_CHUNK_ROW_LEN && sequence >= first &&
           sequence - first <= UINT32_MAX;
}

enum toc_result toc_chunk_append(struct toc_buf *rows, uint64_t first,
                                 const struct toc_chunk_row *row)
{
    TOC_ENSURE(toc_chunk_fits(rows, first, row->sequence), TOC_TOOBIG);
    uint8_t *at;
    TOC_TRY(toc_buf_extend(rows, TOC_CHUNK_ROW_LEN, &at));
    toc_put_u32(at, (uint32_t)(row->sequence - first));
    toc_put_u32(at + 4, (uint32_t)row->ends);
    return TOC_OK;
}

size_t toc_chunk_len(struct toc_bytes rows)
{
    return rows.len / TOC_CHUNK_ROW_LEN;
}

bool toc_chunk_valid(struct toc_bytes rows)
{
    const size_t len = toc_chunk_len(rows);
    if (rows.len % TOC_CHUNK_ROW_LEN != 0 || len > TOC_CHUNK_ROWS_MAX) {
        return false;
    }
    for (size_t i = 1; i < len; i++) {
        const uint8_t *const at = rows.data + i * TOC_CHUNK_ROW_LEN;
        if (get_u32(at) <= get_u32(at - TOC_CHUNK_ROW_LEN)) {
            return false;
        }
    }
    return true;
}

struct toc_chunk_row toc_chunk_at(struct toc_bytes rows, uint64_t first, size_t at)
{
    TOC_ASSERT(at < toc_chunk_len(rows));
    const uint8_t *const row = rows.data + at * TOC_CHUNK_ROW_LEN;
    return (struct toc_chunk_row){.sequence = first + get_u32(row),
                                  .ends = (int32_t)get_u32(row + 4)};
}

size_t toc_chunk_from(struct toc_bytes rows, uint64_t first, uint64_t sequence)
{
    size_t low = 0;
    size_t high = toc_chunk_len(rows);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (toc_chunk_at(rows, first, middle).sequence < sequence) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
