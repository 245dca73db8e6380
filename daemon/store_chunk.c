#include "store_chunk.h"
#include "ensure.h"
#include <string.h>

/* sequence u64, ends i32, own u8, key length u32, record length u32, key, record; big-endian. */
enum { ROW_HEAD = 8 + 4 + 1 + 4 + 4 };

static void put(uint8_t *at, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        at[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
    }
}

static uint64_t get(const uint8_t *at, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

void toc_chunk_init(struct toc_buf *rows)
{
    toc_buf_init(rows, TOC_CHUNK_LEN_MAX + ROW_HEAD + TOC_CHUNK_KEY_LEN_MAX + TOC_RECORD_LEN_MAX);
}

size_t toc_chunk_row_len(const struct toc_chunk_row *row)
{
    return ROW_HEAD + row->key.len + row->record.len;
}

enum toc_result toc_chunk_append(struct toc_buf *rows, const struct toc_chunk_row *row)
{
    TOC_ENSURE(row->key.len <= TOC_CHUNK_KEY_LEN_MAX && row->record.len <= TOC_RECORD_LEN_MAX,
               TOC_TOOBIG);
    uint8_t *at;
    TOC_TRY(toc_buf_extend(rows, toc_chunk_row_len(row), &at));
    put(at, row->sequence, 8);
    put(at + 8, (uint32_t)row->ends, 4);
    at[12] = row->own ? 1 : 0;
    put(at + 13, row->key.len, 4);
    put(at + 17, row->record.len, 4);
    at += ROW_HEAD;
    if (row->key.len > 0) {
        memcpy(at, row->key.data, row->key.len);
    }
    if (row->record.len > 0) {
        memcpy(at + row->key.len, row->record.data, row->record.len);
    }
    return TOC_OK;
}

enum toc_result toc_chunk_next(struct toc_bytes *rest, struct toc_chunk_row *ret_row)
{
    TOC_ENSURE(rest->len > 0, TOC_NOTFOUND);
    TOC_ENSURE(rest->len >= ROW_HEAD, TOC_MALFORMED);
    const uint8_t *const at = rest->data;
    const uint64_t key_len = get(at + 13, 4);
    const uint64_t record_len = get(at + 17, 4);
    TOC_ENSURE(key_len + record_len <= rest->len - ROW_HEAD && at[12] <= 1, TOC_MALFORMED);
    *ret_row = (struct toc_chunk_row){
        .sequence = get(at, 8),
        .ends = (int32_t)(uint32_t)get(at + 8, 4),
        .own = at[12] == 1,
        .key = toc_bytes_of(at + ROW_HEAD, (size_t)key_len),
        .record = toc_bytes_of(at + ROW_HEAD + key_len, (size_t)record_len),
    };
    const size_t used = ROW_HEAD + (size_t)(key_len + record_len);
    *rest = toc_bytes_of(at + used, rest->len - used);
    return TOC_OK;
}
