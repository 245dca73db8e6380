#include "import_spend_cells.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

enum {
    NUMBER_CELL_MAX = TOC_ORGID_CELL_MAX + 1, /* one more than is looked at: too long stays so */
    PAYEE_SLOTS = 2 * TOC_SPEND_PAYEES_MAX,   /* powers of two, half full at most */
    CELL_SLOTS = 2 * TOC_SPEND_CELLS_MAX,
    KEY_LEN_MAX = TOC_SPEND_NAME_CELL_MAX + 3 * NUMBER_CELL_MAX + 4 + 1,
};

static const int64_t pence_max = TOC_SPEND_PENCE_MAX;

struct toc_spend_sums {
    uint64_t seed;
    struct toc_arena *arena; /* keys and names of the payees */
    struct toc_spend_known *payees;
    size_t payees_len;
    uint32_t *payee_slots; /* place + 1; 0: free */
    struct toc_spend_cell *cells;
    size_t cells_len;
    uint32_t *cell_slots;
};

void toc_spend_sums_free(struct toc_spend_sums **sums)
{
    if (sums == NULL || *sums == NULL) {
        return;
    }
    toc_arena_free(&(*sums)->arena);
    free((*sums)->payees);
    free((*sums)->payee_slots);
    free((*sums)->cells);
    free((*sums)->cell_slots);
    free(*sums);
    *sums = NULL;
}

enum toc_result toc_spend_sums_new(uint64_t seed, struct toc_spend_sums **ret_sums)
{
    TOC_AUTO(toc_spend_sums_free) struct toc_spend_sums *sums = calloc(1, sizeof *sums);
    TOC_ENSURE(sums != NULL, TOC_NOMEM);
    TOC_TRY(toc_arena_new(TOC_SPEND_NAMES_LEN_MAX, &sums->arena));
    sums->seed = seed;
    sums->payees = malloc(TOC_SPEND_PAYEES_MAX * sizeof *sums->payees);
    sums->payee_slots = calloc(PAYEE_SLOTS, sizeof *sums->payee_slots);
    sums->cells = malloc(TOC_SPEND_CELLS_MAX * sizeof *sums->cells);
    sums->cell_slots = calloc(CELL_SLOTS, sizeof *sums->cell_slots);
    TOC_ENSURE(sums->payees != NULL && sums->payee_slots != NULL && sums->cells != NULL &&
                   sums->cell_slots != NULL,
               TOC_NOMEM);
    *ret_sums = toc_take(&sums);
    return TOC_OK;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    a = (a ^ b) * 0x9e3779b97f4a7c15U;
    return a ^ (a >> 29);
}

static uint32_t hash_key(uint64_t seed, const uint8_t *key, size_t len)
{
    uint64_t hash = mix(seed, len);
    uint64_t word;
    for (; len >= sizeof word; key += sizeof word, len -= sizeof word) {
        memcpy(&word, key, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, key, len);
    hash = mix(mix(hash, word), hash >> 32);
    return (uint32_t)(hash >> 32);
}

static size_t put_cell(uint8_t *key, size_t at, const char *text, size_t len_max)
{
    const size_t len = strnlen(text, len_max);
    memcpy(key + at, text, len);
    key[at + len] = '\0';
    return at + len + 1;
}

/* What the key says, as cells again: a cell cut by the key is judged as it was cut. */
static struct toc_spend_payee_cells cells_of(const uint8_t *key)
{
    struct toc_spend_payee_cells cells;
    const char *at = (const char *)key;
    cells.name = at;
    at += strlen(at) + 1;
    cells.company = at;
    at += strlen(at) + 1;
    cells.charity = at;
    cells.vat = at + strlen(at) + 1;
    return cells;
}

static enum toc_result add_payee(struct toc_spend_sums *sums, struct toc_bytes key, uint32_t hash,
                                 size_t row)
{
    struct toc_bytes copy;
    struct toc_spend_payee payee;
    TOC_ENSURE(sums->payees_len < TOC_SPEND_PAYEES_MAX, TOC_TOOBIG);
    TOC_ENSURE(toc_arena_used(sums->arena) + 2 * (size_t)KEY_LEN_MAX < TOC_SPEND_NAMES_LEN_MAX,
               TOC_TOOBIG);
    TOC_TRY(toc_arena_copy(sums->arena, key, &copy));
    const struct toc_spend_payee_cells cells = cells_of(copy.data);
    TOC_TRY(toc_spend_judge(sums->arena, &cells, &payee));
    sums->payees[sums->payees_len++] = (struct toc_spend_known){
        .payee = payee, .row_first = row, .key_hash = hash, .key = copy.data, .key_len = copy.len};
    return TOC_OK;
}

enum toc_result toc_spend_sums_payee(struct toc_spend_sums *sums,
                                     const struct toc_spend_payee_cells *cells, size_t row,
                                     uint32_t *ret_payee)
{
    uint8_t key[KEY_LEN_MAX];
    size_t len = put_cell(key, 0, cells->name, TOC_SPEND_NAME_CELL_MAX + 1);
    len = put_cell(key, len, cells->company, NUMBER_CELL_MAX);
    len = put_cell(key, len, cells->charity, NUMBER_CELL_MAX);
    len = put_cell(key, len, cells->vat, NUMBER_CELL_MAX);
    const uint32_t hash = hash_key(sums->seed, key, len);
    size_t slot = hash & (PAYEE_SLOTS - 1);
    while (sums->payee_slots[slot] != 0) {
        const uint32_t place = sums->payee_slots[slot] - 1;
        const struct toc_spend_known *const known = &sums->payees[place];
        if (known->key_hash == hash && known->key_len == len && memcmp(known->key, key, len) == 0) {
            *ret_payee = place;
            return TOC_OK;
        }
        slot = (slot + 1) & (PAYEE_SLOTS - 1);
    }
    TOC_TRY(add_payee(sums, toc_bytes_of(key, len), hash, row));
    sums->payee_slots[slot] = (uint32_t)sums->payees_len;
    *ret_payee = (uint32_t)sums->payees_len - 1;
    return TOC_OK;
}

struct toc_spend_known *toc_spend_sums_known(struct toc_spend_sums *sums, uint32_t payee)
{
    TOC_ASSERT(payee < sums->payees_len);
    return &sums->payees[payee];
}

static bool is_cell(const struct toc_spend_cell *cell, uint32_t payee, int32_t day,
                    uint32_t category)
{
    return cell->payee == payee && cell->day == day && cell->category == category;
}

enum toc_result toc_spend_sums_add(struct toc_spend_sums *sums, uint32_t payee, int32_t day,
                                   uint32_t category, int64_t pence)
{
    const uint64_t place = ((uint64_t)payee << 32) | (uint32_t)day;
    size_t slot = (mix(mix(sums->seed, place), category) >> 32) & (CELL_SLOTS - 1);
    TOC_ENSURE(pence <= pence_max && pence >= -pence_max, TOC_INVALID);
    while (sums->cell_slots[slot] != 0) {
        struct toc_spend_cell *const cell = &sums->cells[sums->cell_slots[slot] - 1];
        if (is_cell(cell, payee, day, category)) {
            const int64_t sum = cell->pence + pence;
            TOC_ENSURE(sum <= pence_max && sum >= -pence_max && cell->rows < TOC_SPEND_ROWS_MAX,
                       TOC_INVALID);
            cell->pence = sum;
            cell->rows++;
            return TOC_OK;
        }
        slot = (slot + 1) & (CELL_SLOTS - 1);
    }
    TOC_ENSURE(sums->cells_len < TOC_SPEND_CELLS_MAX, TOC_TOOBIG);
    sums->cells[sums->cells_len++] = (struct toc_spend_cell){
        .payee = payee, .day = day, .category = category, .rows = 1, .pence = pence};
    sums->cell_slots[slot] = (uint32_t)sums->cells_len;
    return TOC_OK;
}

static int compare_cells(const void *a, const void *b)
{
    const struct toc_spend_cell *const left = a;
    const struct toc_spend_cell *const right = b;
    if (left->payee != right->payee) {
        return left->payee < right->payee ? -1 : 1;
    }
    if (left->day != right->day) {
        return left->day < right->day ? -1 : 1;
    }
    return left->category < right->category ? -1 : left->category > right->category;
}

const struct toc_spend_cell *toc_spend_sums_cells(struct toc_spend_sums *sums, size_t *ret_len)
{
    qsort(sums->cells, sums->cells_len, sizeof *sums->cells, compare_cells);
    *ret_len = sums->cells_len;
    return sums->cells;
}

void toc_spend_sums_clear(struct toc_spend_sums *sums)
{
    memset(sums->cell_slots, 0, CELL_SLOTS * sizeof *sums->cell_slots);
    sums->cells_len = 0;
}

void toc_spend_sums_forget(struct toc_spend_sums *sums)
{
    toc_spend_sums_clear(sums);
    memset(sums->payee_slots, 0, PAYEE_SLOTS * sizeof *sums->payee_slots);
    sums->payees_len = 0;
    toc_arena_reset(sums->arena);
}
