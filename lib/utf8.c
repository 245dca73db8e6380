#include "utf8.h"
#include "ensure.h"

/* The length of a sequence by its first byte, or 0. */
static size_t sequence_len(uint8_t first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        return 2;
    }
    if (first >= 0xe0 && first <= 0xef) {
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        return 4;
    }
    return 0;
}

enum toc_result toc_utf8_next(struct toc_bytes *rest, uint32_t *ret_character)
{
    static const uint8_t first_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

    TOC_ENSURE(rest->len > 0, TOC_NOTFOUND);
    const size_t len = sequence_len(rest->data[0]);
    TOC_ENSURE(len > 0 && len <= rest->len, TOC_MALFORMED);
    uint32_t character = rest->data[0] & first_mask[len];
    for (size_t i = 1; i < len; i++) {
        TOC_ENSURE((rest->data[i] & 0xc0) == 0x80, TOC_MALFORMED);
        character = character << 6 | (rest->data[i] & 0x3f);
    }
    TOC_ENSURE(character >= least[len] && character <= 0x10ffff, TOC_MALFORMED);
    TOC_ENSURE(character < 0xd800 || character > 0xdfff, TOC_MALFORMED);
    *rest = toc_bytes_of(rest->data + len, rest->len - len);
    *ret_character = character;
    return TOC_OK;
}

size_t toc_utf8_put(uint32_t character, char ret_bytes[4])
{
    if (character < 0x80) {
        ret_bytes[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        ret_bytes[0] = (char)(0xc0 | character >> 6);
        ret_bytes[1] = (char)(0x80 | (character & 0x3f));
        return 2;
    }
    if (character < 0x10000) {
        ret_bytes[0] = (char)(0xe0 | character >> 12);
        ret_bytes[1] = (char)(0x80 | (character >> 6 & 0x3f));
        ret_bytes[2] = (char)(0x80 | (character & 0x3f));
        return 3;
    }
    ret_bytes[0] = (char)(0xf0 | character >> 18);
    ret_bytes[1] = (char)(0x80 | (character >> 12 & 0x3f));
    ret_bytes[2] = (char)(0x80 | (character >> 6 & 0x3f));
    ret_bytes[3] = (char)(0x80 | (character & 0x3f));
    return 4;
}
