/* store_settle: what deriving the exposures reads and writes in local.db, a bounded page at a time
 * (settle_run.h). Between _begin and _end; what is written there is not durable by itself, since it
 * can be derived again. Days are since 1970, money is pence. */
#ifndef TOC_STORE_SETTLE_H
#define TOC_STORE_SETTLE_H

#include "store_import.h"
#include "store_supplier.h"

enum toc_result toc_store_settle_begin(struct toc_store *store) TOC_MUST_CHECK;
enum toc_result toc_store_settle_end(struct toc_store *store, enum toc_result result)
    TOC_MUST_CHECK;

/* ---- cells of live imports ---- */
struct toc_chunk {
    int64_t id;
    int64_t import;
    int32_t first_day, last_day;
};
/* Those that have a day from `first` to `last`, in order of id, after `after`. */
enum toc_result toc_store_chunks(struct toc_store *store, int64_t after, int32_t first,
                                 int32_t last, struct toc_chunk *ret_chunks, size_t max,
                                 size_t *ret_len) TOC_MUST_CHECK;
#define TOC_CHUNK_LEN_MAX ((size_t)TOC_IMPORT_PAYEES_MAX * TOC_CELL_LEN)
enum toc_result toc_store_chunk_get(struct toc_store *store, int64_t id,
                                    uint8_t ret_bytes[TOC_CHUNK_LEN_MAX], size_t *ret_len)
    TOC_MUST_CHECK;
/* Empty: it goes. The days as they are then. */
enum toc_result toc_store_chunk_put(struct toc_store *store, const struct toc_chunk *chunk,
                                    struct toc_bytes bytes) TOC_MUST_CHECK;
/* One bit a day from the chunk's first: those that its import covers. */
#define TOC_DAYS_LEN ((TOC_CELL_DAY_MAX - TOC_CELL_DAY_MIN) / 8 + 1)
enum toc_result toc_store_chunk_days(struct toc_store *store, const struct toc_chunk *chunk,
                                     uint8_t ret_days[TOC_DAYS_LEN]) TOC_MUST_CHECK;
/* The months of each financial year for which the council's files are there: every day of the month
 * is covered, or it has a quarter or more of the rows of the year's fullest month. A stray payment
 * of an earlier month does not make that month known. Bits, 0 April; 0 for a year without. */
#define TOC_STORE_MONTHS 12
#define TOC_STORE_MONTH_PART 4
#define TOC_STORE_YEAR_MIN 1994
#define TOC_STORE_YEARS 107
enum toc_result toc_store_months(struct toc_store *store, uint16_t ret_months[TOC_STORE_YEARS])
    TOC_MUST_CHECK;
unsigned toc_store_months_of(const uint16_t months[TOC_STORE_YEARS], unsigned year);

/* ---- payees: name, fold, number borrow from the arena ---- */
struct toc_payee {
    int64_t id;
    const char *name, *fold;
    enum toc_scheme scheme;
    const char *number;
    unsigned norm;
    int64_t import;   /* that spoke of it last */
    int64_t supplier; /* 0: of none */
};
enum toc_result toc_store_payee_get(struct toc_store *store, int64_t id, struct toc_arena *arena,
                                    struct toc_payee *ret_payee) TOC_MUST_CHECK;
/* Of one supplier, in order of (fold, scheme, number, name). */
enum toc_result toc_store_payees_of(struct toc_store *store, int64_t supplier,
                                    struct toc_arena *arena, struct toc_payee *ret_payees,
                                    size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* In order of id, after `after`. */
enum toc_result toc_store_payee_ids(struct toc_store *store, int64_t after, uint32_t *ret_ids,
                                    size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* In order of (fold, scheme, number, name), after `after` (NULL: from the first). */
enum toc_result toc_store_payees(struct toc_store *store, const struct toc_payee *after,
                                 struct toc_arena *arena, struct toc_payee *ret_payees, size_t max,
                                 size_t *ret_len) TOC_MUST_CHECK;
/* Those with the same fold that have a number, in the same order, until `each` says no more. */
enum toc_result toc_store_payee_numbers(struct toc_store *store, const char *fold,
                                        bool (*each)(void *context, int64_t payee,
                                                     const struct toc_orgid *number),
                                        void *context) TOC_MUST_CHECK;
enum toc_result toc_store_payee_move(struct toc_store *store, int64_t id, int64_t supplier)
    TOC_MUST_CHECK;
enum toc_result toc_store_payee_drop(struct toc_store *store, int64_t id) TOC_MUST_CHECK;

/* ---- totals ---- */
/* Totals of the year that lie between two, both exclusive; NULL: no end there. They go. */
enum toc_result toc_store_totals_drop(struct toc_store *store, unsigned year,
                                      const struct toc_total *after, const struct toc_total *before)
    TOC_MUST_CHECK;
/* Of the years before `first` and after `last`. */
enum toc_result toc_store_totals_outside(struct toc_store *store, unsigned first, unsigned last)
    TOC_MUST_CHECK;
enum toc_result toc_store_total_put(struct toc_store *store, const struct toc_total *total)
    TOC_MUST_CHECK;
/* Of kept suppliers, in order of (key, year, category), after those; "": from the first. Nearly the
 * order in which their records were published, so that a batch is opened once. */
struct toc_exposed {
    struct toc_supplier supplier; /* key, name, basis, norm, by_hand */
    struct toc_total total;
};
enum toc_result toc_store_exposed(struct toc_store *store, const char *after_key,
                                  const struct toc_total *after, struct toc_arena *arena,
                                  struct toc_exposed *ret_list, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* TOC_OK when a kept supplier of that key has a total there. */
enum toc_result toc_store_total_of_key(struct toc_store *store, const char *key, unsigned category,
                                       unsigned year) TOC_MUST_CHECK;

/* ---- drafts: some put, some dropped, in one light transaction of its own ---- */
enum toc_result toc_store_drafts_derive(struct toc_store *store, const struct toc_draft *puts,
                                        size_t puts_len, const struct toc_draft *drops,
                                        size_t drops_len) TOC_MUST_CHECK;

#endif
