#include "own_suppliers.h"
#include "arena.h"
#include "ensure.h"
#include "suppliername.h"
#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)1 << 30)

enum {
    SLOTS_FIRST = 1024,
    SIEVE_BITS = 1 << 17, /* 16 KiB: it stays in the nearest cache while millions go by */
    SIEVE_WORD_BITS = 64,
    SIEVE_SHIFT = 40,
};

struct supplier {
    const char *id;
    const char *number;
    bool numbered;
    size_t names;
};

/* A bit that is not set: nothing has that hash. */
struct sieve {
    uint64_t words[SIEVE_BITS / SIEVE_WORD_BITS];
};

/* A number or a name, and whose it is. A text may stand in several slots, one a supplier. */
struct slot {
    uint64_t hash;
    const char *text; /* NULL: free */
    size_t place;
};

struct toc_own {
    struct toc_arena *arena;
    struct supplier *suppliers;
    size_t len;
    size_t room;
    struct slot *slots; /* a power of two, at most half of them taken */
    size_t slots_len;
    size_t taken;
    struct sieve keys;
    struct sieve fronts; /* of names: their first two words */
};

enum toc_result toc_own_new(struct toc_own **ret_own)
{
    TOC_AUTO(toc_own_free) struct toc_own *own = calloc(1, sizeof *own);
    TOC_ENSURE(own != NULL, TOC_NOMEM);
    TOC_TRY(toc_arena_new(ARENA_MAX, &own->arena));
    own->slots = calloc(SLOTS_FIRST, sizeof *own->slots);
    TOC_ENSURE(own->slots != NULL, TOC_NOMEM);
    own->slots_len = SLOTS_FIRST;
    *ret_own = toc_take(&own);
    return TOC_OK;
}

void toc_own_free(struct toc_own **own)
{
    if (own == NULL || *own == NULL) {
        return;
    }
    toc_arena_free(&(*own)->arena);
    free((*own)->suppliers);
    free((*own)->slots);
    free(*own);
    *own = NULL;
}

/* FNV-1a. Names begin differently from numbers, so that neither is found as the other. */
static uint64_t hash_of(bool is_number, const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (is_number ? 1U : 0U);
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static void put_slot(struct slot *slots, size_t slots_len, const struct slot *slot)
{
    size_t i = (size_t)slot->hash & (slots_len - 1);
    while (slots[i].text != NULL) {
        i = (i + 1) & (slots_len - 1);
    }
    slots[i] = *slot;
}

static size_t sieve_place(uint64_t hash)
{
    return (size_t)(hash >> SIEVE_SHIFT) % SIEVE_BITS;
}

static void fill_sieve(struct sieve *sieve, uint64_t hash)
{
    const size_t place = sieve_place(hash);
    sieve->words[place / SIEVE_WORD_BITS] |= UINT64_C(1) << place % SIEVE_WORD_BITS;
}

static bool passes_sieve(const struct sieve *sieve, uint64_t hash)
{
    const size_t place = sieve_place(hash);
    return (sieve->words[place / SIEVE_WORD_BITS] >> place % SIEVE_WORD_BITS & 1U) != 0;
}

static enum toc_result grow_slots(struct toc_own *own)
{
    const size_t new_len = 2 * own->slots_len;
    struct slot *const slots = calloc(new_len, sizeof *slots);
    TOC_ENSURE(slots != NULL, TOC_NOMEM);
    for (size_t i = 0; i < own->slots_len; i++) {
        if (own->slots[i].text != NULL) {
            put_slot(slots, new_len, &own->slots[i]);
        }
    }
    free(own->slots);
    own->slots = slots;
    own->slots_len = new_len;
    return TOC_OK;
}

static enum toc_result add_key(struct toc_own *own, bool is_number, const char *text)
{
    if (2 * (own->taken + 1) > own->slots_len) {
        TOC_TRY(grow_slots(own));
    }
    const struct slot slot = {
        .hash = hash_of(is_number, text), .text = text, .place = own->len - 1};
    put_slot(own->slots, own->slots_len, &slot);
    fill_sieve(&own->keys, slot.hash);
    own->taken++;
    return TOC_OK;
}

static enum toc_result grow_suppliers(struct toc_own *own)
{
    if (own->len < own->room) {
        return TOC_OK;
    }
    const size_t room = own->room == 0 ? SLOTS_FIRST : 2 * own->room;
    struct supplier *const suppliers = realloc(own->suppliers, room * sizeof *suppliers);
    TOC_ENSURE(suppliers != NULL, TOC_NOMEM);
    own->suppliers = suppliers;
    own->room = room;
    return TOC_OK;
}

enum toc_result toc_own_add(struct toc_own *own, const char *id, const char *number, bool numbered)
{
    TOC_ENSURE(own->len < TOC_OWN_MAX, TOC_TOOBIG);
    TOC_TRY(grow_suppliers(own));
    const struct supplier supplier = {.id = toc_arena_text(own->arena, toc_bytes_text(id)),
                                      .number = toc_arena_text(own->arena, toc_bytes_text(number)),
                                      .numbered = numbered};
    TOC_ENSURE(supplier.id != NULL && supplier.number != NULL, TOC_NOMEM);
    own->suppliers[own->len++] = supplier;
    return number[0] == '\0' ? TOC_OK : add_key(own, true, supplier.number);
}

/* Of the first two words of a folded name; of the whole when it has fewer. */
static uint64_t front_hash(const char *folded)
{
    char front[TOC_NAME_FRONT_MAX + 1];
    const size_t first = strcspn(folded, " ");
    size_t len = first;
    if (folded[first] == ' ') {
        len += 1 + strcspn(folded + first + 1, " ");
    }
    len = len <= TOC_NAME_FRONT_MAX ? len : 0; /* such a name has no front that can be told */
    memcpy(front, folded, len);
    front[len] = '\0';
    return hash_of(false, front);
}

enum toc_result toc_own_add_name(struct toc_own *own, const char *folded)
{
    TOC_ASSERT(own->len > 0);
    struct supplier *const supplier = &own->suppliers[own->len - 1];
    if (supplier->names == TOC_OWN_KEYS_MAX || folded[0] == '\0') {
        return TOC_OK;
    }
    const char *const copy = toc_arena_text(own->arena, toc_bytes_text(folded));
    TOC_ENSURE(copy != NULL, TOC_NOMEM);
    supplier->names++;
    fill_sieve(&own->fronts, front_hash(copy));
    return add_key(own, false, copy);
}

bool toc_own_may_know(const struct toc_own *own, const char *name)
{
    char front[TOC_NAME_FRONT_MAX + 1];
    return toc_name_front(name, front) == 0 || passes_sieve(&own->fronts, hash_of(false, front));
}

size_t toc_own_len(const struct toc_own *own)
{
    return own->len;
}

const char *toc_own_id(const struct toc_own *own, size_t place)
{
    return own->suppliers[place].id;
}

const char *toc_own_number(const struct toc_own *own, size_t place)
{
    return own->suppliers[place].number;
}

bool toc_own_numbered(const struct toc_own *own, size_t place)
{
    return own->suppliers[place].numbered;
}

static struct toc_own_search search_for(const struct toc_own *own, bool is_number, const char *text)
{
    const uint64_t hash = hash_of(is_number, text);
    return (struct toc_own_search){
        .own = own, .text = text, .hash = hash, .slot = (size_t)hash & (own->slots_len - 1)};
}

struct toc_own_search toc_own_by_number(const struct toc_own *own, const char *number)
{
    return search_for(own, true, number);
}

struct toc_own_search toc_own_by_name(const struct toc_own *own, const char *folded)
{
    return search_for(own, false, folded);
}

bool toc_own_next(struct toc_own_search *search, size_t *ret_place)
{
    const struct toc_own *const own = search->own;
    if (!passes_sieve(&own->keys, search->hash)) {
        return false;
    }
    for (;;) {
        const struct slot *const slot = &own->slots[search->slot];
        if (slot->text == NULL) {
            return false;
        }
        search->slot = (search->slot + 1) & (own->slots_len - 1);
        if (slot->hash == search->hash && strcmp(slot->text, search->text) == 0) {
            *ret_place = slot->place;
            return true;
        }
    }
}
