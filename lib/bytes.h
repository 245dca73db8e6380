/* bytes: a borrowed run of bytes, a growable buffer born with its maximum, and a cursor that
 * cannot read past the end. Not thread-safe; no allocation but in toc_buf. */
#ifndef TOC_BYTES_H
#define TOC_BYTES_H

#include "result.h"
#include <stdbool.h>
#include <stdint.h>

struct toc_bytes {
    const uint8_t *data; /* may be NULL when len is 0 */
    size_t len;
};

/* Borrow: the result lives as long as what it points into. */
struct toc_bytes toc_bytes_of(const void *data, size_t len);
struct toc_bytes toc_bytes_text(const char *text);
bool toc_bytes_equal(struct toc_bytes a, struct toc_bytes b);

/* Constant time, for secrets and digests of the same known length. */
bool toc_bytes_equal_secret(const void *a, const void *b, size_t len);
/* Not optimised away. */
void toc_bytes_wipe(void *data, size_t len);

/* Lower-case hexadecimal. `ret_text` has room for 2 * len + 1. */
void toc_hex_encode(struct toc_bytes bytes, char *ret_text);
/* Exactly `len` bytes from 2 * len digits of either case; TOC_MALFORMED otherwise. */
enum toc_result toc_hex_decode(const char *text, uint8_t *ret_bytes, size_t len) TOC_MUST_CHECK;

/* Big-endian, as all numbers that are hashed or framed. */
void toc_put_u32(uint8_t at[4], uint32_t value);

/* A growable buffer. Heap memory, freed by _done. After TOC_TOOBIG or TOC_NOMEM it is unchanged. */
struct toc_buf {
    uint8_t *data;
    size_t len;
    size_t room;
    size_t len_max;
};

void toc_buf_init(struct toc_buf *buf, size_t len_max);
void toc_buf_done(struct toc_buf *buf); /* wipes, frees; fine on a zeroed one */
void toc_buf_clear(struct toc_buf *buf);
enum toc_result toc_buf_append(struct toc_buf *buf, struct toc_bytes bytes) TOC_MUST_CHECK;
enum toc_result toc_buf_append_u32(struct toc_buf *buf, uint32_t value)
    TOC_MUST_CHECK; /* big-endian */
enum toc_result toc_buf_append_text(struct toc_buf *buf, const char *text) TOC_MUST_CHECK;
/* Adds len bytes of undefined content and hands out where to write them. */
enum toc_result toc_buf_extend(struct toc_buf *buf, size_t len, uint8_t **ret_at) TOC_MUST_CHECK;
struct toc_bytes toc_buf_bytes(const struct toc_buf *buf);

/* A list: items of u32 big-endian length and that many bytes, one after the other. The one framing
 * of batch plaintexts, roster files and exported logs. */
enum toc_result toc_list_append(struct toc_buf *buf, struct toc_bytes item) TOC_MUST_CHECK;
/* The same where the caller has room for 4 + item.len bytes; returns what is behind it. */
uint8_t *toc_list_put(uint8_t *at, struct toc_bytes item);
/* Takes the next item off the front of *rest. TOC_NOTFOUND at the end, TOC_MALFORMED on a cut
 * item, TOC_TOOBIG over item_len_max. The item borrows from *rest's memory. */
enum toc_result toc_list_next(struct toc_bytes *rest, size_t item_len_max,
                              struct toc_bytes *ret_item) TOC_MUST_CHECK;

#endif
