#include "bytes.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

enum { BUF_ROOM_MIN = 64, LIST_LENGTH_LEN = 4 };

struct toc_bytes toc_bytes_of(const void *data, size_t len)
{
    TOC_ASSERT(data != NULL || len == 0);
    return (struct toc_bytes){.data = data, .len = len};
}

struct toc_bytes toc_bytes_text(const char *text)
{
    return toc_bytes_of(text, text == NULL ? 0 : strlen(text));
}

bool toc_bytes_equal(struct toc_bytes a, struct toc_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool toc_bytes_equal_secret(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *left = a;
    const volatile uint8_t *right = b;
    unsigned difference = 0;
    for (size_t i = 0; i < len; i++) {
        difference |= (unsigned)(left[i] ^ right[i]);
    }
    return difference == 0;
}

void toc_bytes_wipe(void *data, size_t len)
{
    if (data != NULL) {
        explicit_bzero(data, len);
    }
}

void toc_hex_encode(struct toc_bytes bytes, char *ret_text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        ret_text[2 * i] = digits[bytes.data[i] >> 4];
        ret_text[2 * i + 1] = digits[bytes.data[i] & 0x0f];
    }
    ret_text[2 * bytes.len] = '\0';
}

/* 0 to 15, or -1. */
static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return -1;
}

enum toc_result toc_hex_decode(const char *text, uint8_t *ret_bytes, size_t len)
{
    TOC_ENSURE(text != NULL && len <= SIZE_MAX / 2, TOC_MALFORMED);
    /* The whole text is checked first, so that the output is untouched on failure. hex_value of the
     * final NUL is -1, so a short text ends the loop before anything is read past it. */
    for (size_t i = 0; i < 2 * len; i++) {
        TOC_ENSURE(hex_value(text[i]) >= 0, TOC_MALFORMED);
    }
    TOC_ENSURE(text[2 * len] == '\0', TOC_MALFORMED);
    for (size_t i = 0; i < len; i++) {
        ret_bytes[i] = (uint8_t)(hex_value(text[2 * i]) * 16 + hex_value(text[2 * i + 1]));
    }
    return TOC_OK;
}

void toc_buf_init(struct toc_buf *buf, size_t len_max)
{
    *buf = (struct toc_buf){.len_max = len_max};
}

void toc_buf_done(struct toc_buf *buf)
{
    if (buf == NULL) {
        return;
    }
    toc_bytes_wipe(buf->data, buf->room);
    free(buf->data);
    *buf = (struct toc_buf){.len_max = buf->len_max};
}

void toc_buf_clear(struct toc_buf *buf)
{
    buf->len = 0;
}

/* Moves to a larger block. Not realloc: it would leave an unwiped copy behind. */
static enum toc_result grow(struct toc_buf *buf, size_t len_needed)
{
    size_t room = buf->room < BUF_ROOM_MIN ? BUF_ROOM_MIN : buf->room;
    while (room < len_needed) {
        room = room > buf->len_max / 2 ? buf->len_max : room * 2;
    }
    uint8_t *const data = malloc(room);
    TOC_ENSURE(data != NULL, TOC_NOMEM);
    if (buf->data != NULL) {
        memcpy(data, buf->data, buf->len);
    }
    toc_bytes_wipe(buf->data, buf->room);
    free(buf->data);
    buf->data = data;
    buf->room = room;
    return TOC_OK;
}

enum toc_result toc_buf_extend(struct toc_buf *buf, size_t len, uint8_t **ret_at)
{
    TOC_ENSURE(len <= buf->len_max && buf->len <= buf->len_max - len, TOC_TOOBIG);
    if (buf->len + len > buf->room || buf->data == NULL) {
        TOC_TRY(grow(buf, buf->len + len));
    }
    *ret_at = buf->data + buf->len;
    buf->len += len;
    return TOC_OK;
}

enum toc_result toc_buf_append(struct toc_buf *buf, struct toc_bytes bytes)
{
    uint8_t *at;
    TOC_TRY(toc_buf_extend(buf, bytes.len, &at));
    if (bytes.len > 0) {
        memcpy(at, bytes.data, bytes.len);
    }
    return TOC_OK;
}

void toc_put_u32(uint8_t at[4], uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

enum toc_result toc_buf_append_u32(struct toc_buf *buf, uint32_t value)
{
    uint8_t *at;
    TOC_TRY(toc_buf_extend(buf, 4, &at));
    toc_put_u32(at, value);
    return TOC_OK;
}

enum toc_result toc_buf_append_text(struct toc_buf *buf, const char *text)
{
    return toc_buf_append(buf, toc_bytes_text(text));
}

struct toc_bytes toc_buf_bytes(const struct toc_buf *buf)
{
    return toc_bytes_of(buf->data, buf->len);
}

uint8_t *toc_list_put(uint8_t *at, struct toc_bytes item)
{
    toc_put_u32(at, (uint32_t)item.len);
    if (item.len > 0) {
        memcpy(at + LIST_LENGTH_LEN, item.data, item.len);
    }
    return at + LIST_LENGTH_LEN + item.len;
}

enum toc_result toc_list_append(struct toc_buf *buf, struct toc_bytes item)
{
    TOC_ENSURE(item.len <= UINT32_MAX && item.len <= SIZE_MAX - LIST_LENGTH_LEN, TOC_TOOBIG);
    /* One extension, so that a list never ends in a length without its item. */
    uint8_t *at;
    TOC_TRY(toc_buf_extend(buf, LIST_LENGTH_LEN + item.len, &at));
    (void)toc_list_put(at, item);
    return TOC_OK;
}

enum toc_result toc_list_next(struct toc_bytes *rest, size_t item_len_max,
                              struct toc_bytes *ret_item)
{
    TOC_ENSURE(rest->len > 0, TOC_NOTFOUND);
    TOC_ENSURE(rest->len >= LIST_LENGTH_LEN, TOC_MALFORMED);
    const uint8_t *const at = rest->data;
    const size_t len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
    TOC_ENSURE(len <= item_len_max, TOC_TOOBIG);
    TOC_ENSURE(len <= rest->len - LIST_LENGTH_LEN, TOC_MALFORMED);
    *ret_item = toc_bytes_of(at + LIST_LENGTH_LEN, len);
    *rest = toc_bytes_of(at + LIST_LENGTH_LEN + len, rest->len - LIST_LENGTH_LEN - len);
    return TOC_OK;
}
