#include "cp1252.h"
#include "utf8.h"

enum {
    HIGH_FIRST = 0x80, /* what differs from Latin-1 */
    HIGH_LEN = 32,
    CONTINUATION_LAST = 0xbf,
    SIX_BITS = 6,
    SIX_MASK = 0x3f,
};

static const uint16_t high[HIGH_LEN] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

int toc_cp1252_byte(uint32_t character)
{
    if (character < HIGH_FIRST || (character >= HIGH_FIRST + HIGH_LEN && character <= 0xff)) {
        return (int)character;
    }
    for (int i = 0; i < HIGH_LEN; i++) {
        if (high[i] == character) {
            return HIGH_FIRST + i;
        }
    }
    return -1;
}

/* Takes one more byte of the inner encoding. */
static bool next_continuation(struct toc_bytes *rest, uint32_t *character)
{
    uint32_t next;
    if (toc_utf8_next(rest, &next) != TOC_OK) {
        return false;
    }
    const int byte = toc_cp1252_byte(next);
    if (byte < HIGH_FIRST || byte > CONTINUATION_LAST) {
        return false;
    }
    *character = *character << SIX_BITS | ((uint32_t)byte & SIX_MASK);
    return true;
}

bool toc_cp1252_mend(uint32_t first, struct toc_bytes *rest, uint32_t *ret_character)
{
    struct toc_bytes ahead = *rest;
    uint32_t character;
    if (first >= 0xc2 && first <= 0xc5) {
        character = first & 0x1f;
        if (!next_continuation(&ahead, &character)) {
            return false;
        }
    } else if (first == 0xe2) {
        character = 0x2;
        if (!next_continuation(&ahead, &character) || !next_continuation(&ahead, &character) ||
            character > 0x20ff) {
            return false;
        }
    } else {
        return false;
    }
    *rest = ahead;
    *ret_character = character;
    return true;
}
