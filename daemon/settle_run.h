/* settle_run: derives the exposure records from the council's own files, and stages what differs
 * from what is published. It walks through everything in bounded slices, so that the tick never
 * waits for it; what it must know between two slices is in memory, 12 bytes a payee and 64 a
 * supplier or total of one year. What changes meanwhile makes it begin again (toc_settle_changed).
 *
 * The same rows give the same records, in whatever order the files came. Which payees are one
 * organisation: PROTOCOL.md 17. Private to settle*.c and local_settle.c. */
#ifndef TOC_SETTLE_RUN_H
#define TOC_SETTLE_RUN_H

#include "engine_internal.h"
#include "idmap.h"
#include "store_settle.h"

#define TOC_SETTLE_STREAM "exposure"

enum toc_settle_phase {
    TOC_SETTLE_TIDY,      /* what is gone is deleted */
    TOC_SETTLE_PAYEES,    /* the ids of all payees */
    TOC_SETTLE_CONTRACTS, /* the contracts that are live */
    TOC_SETTLE_COUNT,     /* which payees have rows that count; rows that do not go */
    TOC_SETTLE_RESOLVE,   /* payees to suppliers */
    TOC_SETTLE_SUPPLIERS, /* the rows of suppliers */
    TOC_SETTLE_SUM,       /* one year's cells */
    TOC_SETTLE_WRITE,     /* one year's totals; then the next year */
    TOC_SETTLE_SUMS,      /* the sums of suppliers */
    TOC_SETTLE_RECORDS,   /* totals to drafts */
    TOC_SETTLE_DRAFTS,    /* drafts that no total stands for */
    TOC_SETTLE_PUBLISHED, /* records that no total stands for */
    TOC_SETTLE_DONE,
};

struct toc_settle_payee {
    uint32_t id;
    uint32_t rows;     /* that count; with 1 for each contract */
    uint32_t supplier; /* its place, and 1; 0: none */
};
struct toc_settle_supplier {
    uint32_t id;
    uint32_t best; /* payee whose spelling is its name */
    uint32_t best_rows;
    bool best_kept; /* that spelling needs nobody's decision */
    uint8_t basis;
    uint8_t norm;
    bool has_norm;
    uint16_t category;
    int32_t last_day;
    int64_t pence;
    uint64_t rows;
};
struct toc_settle_contract {
    uint32_t payee;
    uint32_t supplier; /* as of a payee */
    int32_t starts, ends;
    uint16_t category;
    uint8_t route;
};
/* One year's, by (supplier, category): open addressing, then sorted. */
struct toc_settle_total {
    uint32_t supplier; /* its place, and 1; 0: empty */
    uint16_t category;
    uint8_t route;
    bool mixed; /* routes */
    uint32_t contracts;
    uint32_t ends;
    int64_t pence;
    uint64_t rows;
};

struct toc_settle {
    uint64_t changes; /* the state's, when it began */
    enum toc_settle_phase phase;
    int64_t after;           /* the last id of the page before */
    struct toc_arena *place; /* of what `after_payee` or `after_key` borrow */
    struct toc_payee after_payee;
    const char *after_key;
    struct toc_total after_total;
    bool begun; /* there is a page before */

    struct toc_idmap payee_at, supplier_at;
    struct toc_settle_payee *payees;
    size_t payees_len, payees_room;
    struct toc_settle_supplier *suppliers;
    size_t suppliers_len, suppliers_room;
    struct toc_settle_contract *contracts;
    size_t contracts_len, contracts_room;
    struct toc_settle_total *totals;
    size_t totals_len, totals_room;
    size_t total_at; /* the next to write */

    uint16_t months[TOC_STORE_YEARS]; /* bits, 0 April: covered in that year */
    unsigned year, year_first, year_last;
    uint64_t drafts; /* there are */
    uint64_t staged, withdrawn, unchanged, refused;
    uint64_t waiting; /* for room among the drafts: once what is staged was published */
    uint8_t bytes[TOC_CHUNK_LEN_MAX];
    uint8_t days[TOC_DAYS_LEN];
};

enum toc_result toc_settle_new(struct toc_settle **ret_settle) TOC_MUST_CHECK;
void toc_settle_free(struct toc_settle **settle);
/* One slice. When the phase is TOC_SETTLE_DONE there was nothing left. */
enum toc_result toc_settle_slice(struct toc_engine *engine, struct toc_settle *settle,
                                 struct toc_why *why) TOC_MUST_CHECK;
/* 100 down to 0; never up. */
unsigned toc_settle_left(const struct toc_settle *settle);

/* ---- the phases: `*ret_done` when the phase is over ---- */
typedef enum toc_result toc_settle_step(struct toc_engine *engine, struct toc_settle *settle,
                                        bool *ret_done, struct toc_why *why);
toc_settle_step toc_settle_payees;    /* settle_payees.c */
toc_settle_step toc_settle_contracts; /* settle_payees.c */
toc_settle_step toc_settle_count;     /* settle_payees.c */
toc_settle_step toc_settle_resolve;   /* settle_suppliers.c */
toc_settle_step toc_settle_suppliers; /* settle_suppliers.c */
toc_settle_step toc_settle_sums;      /* settle_suppliers.c */
toc_settle_step toc_settle_sum;       /* settle_years.c */
toc_settle_step toc_settle_write;     /* settle_years.c */
toc_settle_step toc_settle_records;   /* settle_drafts.c */
toc_settle_step toc_settle_drafts;    /* settle_drafts.c */
toc_settle_step toc_settle_published; /* settle_drafts.c */

/* Room for one more in a growing list; `*list` may move. */
enum toc_result toc_settle_grow(void **list, size_t size, size_t len, size_t *room) TOC_MUST_CHECK;
/* The payee with this id; NULL: it came later, or went. */
struct toc_settle_payee *toc_settle_payee_of(const struct toc_settle *settle, uint32_t id);

#endif
