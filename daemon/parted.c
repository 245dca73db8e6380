#include "parted.h"

#include <string.h>

static uint64_t left(const struct toc_parted_key *one, int64_t now_mono)
{
    const uint64_t forgotten =
        (uint64_t)(now_mono - one->mono) * (TOC_PARTED_MAX / (TOC_PARTED_MS / 1000)) / 1000;

    return one->bytes > forgotten ? one->bytes - forgotten : 0;
}

/* Its own place, a new one, or that of whoever owes least. */
static struct toc_parted_key *place_of(struct toc_parted *parted,
                                       const uint8_t key[TOC_BOX_KEY_LEN], int64_t now_mono)
{
    struct toc_parted_key *least = &parted->keys[0];

    for (size_t i = 0; i < parted->len; i++) {
        struct toc_parted_key *one = &parted->keys[i];
        if (memcmp(one->key, key, TOC_BOX_KEY_LEN) == 0) {
            return one;
        }
        least = left(one, now_mono) < left(least, now_mono) ? one : least;
    }
    if (parted->len < TOC_PARTED_KEYS_MAX) {
        least = &parted->keys[parted->len++];
    }
    *least = (struct toc_parted_key){.mono = now_mono};
    memcpy(least->key, key, TOC_BOX_KEY_LEN);
    return least;
}

void toc_parted_add(struct toc_parted *parted, const uint8_t key[TOC_BOX_KEY_LEN], uint64_t bytes,
                    int64_t now_mono)
{
    struct toc_parted_key *one = place_of(parted, key, now_mono);

    one->bytes = left(one, now_mono) + bytes;
    one->mono = now_mono;
}

bool toc_parted_is_over(const struct toc_parted *parted, const uint8_t key[TOC_BOX_KEY_LEN],
                        int64_t now_mono)
{
    for (size_t i = 0; i < parted->len; i++) {
        if (memcmp(parted->keys[i].key, key, TOC_BOX_KEY_LEN) == 0) {
            return left(&parted->keys[i], now_mono) >= TOC_PARTED_MAX;
        }
    }
    return false;
}
