/* store_cell: what one payee was paid on one day in one category, in the 24 bytes in which the
 * local socket brings it and local.db keeps it (PROTOCOL.md 17). All little-endian: u32 payee, i32
 * day, u8 basis, u8 0, u16 division, u32 rows, i64 pence. */
#ifndef TOC_STORE_CELL_H
#define TOC_STORE_CELL_H

#include <stdint.h>

#define TOC_CELL_LEN 24
/* 1995-01-01 to 2100-12-31, days since 1970: what can be a payment's date. */
#define TOC_CELL_DAY_MIN 9131
#define TOC_CELL_DAY_MAX 47846
#define TOC_CELL_PENCE_MAX INT64_C(1000000000000) /* ten thousand million pounds */
#define TOC_CELL_ROWS_MAX 100000000U

struct toc_cell {
    uint32_t payee;           /* on the socket its place in the part's list; in the store its id */
    int32_t day;              /* since 1970 */
    unsigned basis, division; /* of the category, as they travel */
    uint32_t rows;            /* of the file, at least 1 */
    int64_t pence;            /* negative: credits */
};

static inline struct toc_cell toc_cell_get(const uint8_t at[TOC_CELL_LEN])
{
    uint64_t low = 0;
    uint64_t pence = 0;
    struct toc_cell cell;

    for (int i = 7; i >= 0; i--) {
        low = low << 8 | at[i];
        pence = pence << 8 | at[16 + i];
    }
    cell.payee = (uint32_t)low;
    cell.day = (int32_t)(uint32_t)(low >> 32);
    cell.basis = at[8];
    cell.division = (unsigned)at[10] | (unsigned)at[11] << 8;
    cell.rows =
        (uint32_t)at[12] | (uint32_t)at[13] << 8 | (uint32_t)at[14] << 16 | (uint32_t)at[15] << 24;
    cell.pence = (int64_t)pence;
    return cell;
}

/* In place: the same cell of another payee. */
static inline void toc_cell_set_payee(uint8_t at[TOC_CELL_LEN], uint32_t payee)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(payee >> 8 * i);
    }
}

#define TOC_DAY_LEN 4

static inline int32_t toc_day_get(const uint8_t at[TOC_DAY_LEN])
{
    return (int32_t)((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                     (uint32_t)at[3] << 24);
}

#endif
