/* store_import: the council's own files in local.db. An import is loaded in bounded parts that
 * nobody sees, and becomes live in one small transaction, which says which days of its source it
 * covers from now on. What it replaced is deleted later, a bounded piece at a time. Behind SQLite's
 * door like the rest of the store; every call is a transaction of its own, durable unless it says
 * otherwise. Times are milliseconds, days are since 1970, money is pence. */
#ifndef TOC_STORE_IMPORT_H
#define TOC_STORE_IMPORT_H

#include "digest.h"
#include "orgid.h"
#include "screen.h"
#include "store.h"
#include "store_cell.h"
#include "store_contract.h"

#define TOC_IMPORT_SOURCE_MAX 64
#define TOC_IMPORT_FILE_MAX 300
#define TOC_IMPORTS_OPEN_MAX 8
#define TOC_IMPORT_PAYEES_MAX 4096 /* in one part, and cells too */
#define TOC_IMPORT_PARTS_MAX 1000000
/* Spellings in one council's store. Birmingham's ten years of payments have some 60,000. */
#define TOC_STORE_PAYEES_MAX 500000

enum toc_import_kind { TOC_IMPORT_SPEND = 1, TOC_IMPORT_CONTRACTS = 2 };
enum toc_import_state { TOC_IMPORT_LOADING = 1, TOC_IMPORT_LIVE = 2, TOC_IMPORT_GONE = 3 };

struct toc_import {
    int64_t id;
    enum toc_import_kind kind;
    enum toc_import_state state;
    char source[TOC_IMPORT_SOURCE_MAX + 1];
    char file[TOC_IMPORT_FILE_MAX + 1]; /* its name, for people */
    bool has_hash;
    struct toc_hash hash; /* of the file */
    int64_t time_ms;      /* of the last thing that happened to it */
    uint32_t uid;
    int64_t parts;                         /* how many were stored */
    uint64_t suppliers, held, fresh, rows; /* what the parts had; for people */
};

/* Whoever was loading a file when the daemon stopped is gone; toc_store_open calls it. */
enum toc_result toc_store_imports_restart(struct toc_store *store) TOC_MUST_CHECK;
/* Makes it, `loading`; `id` and `state` are not looked at. An import of the same kind and source
 * that is still loading goes, since its client has. TOC_TOOBIG: TOC_IMPORTS_OPEN_MAX are loading,
 * and none has rested since `idle_ms`. */
enum toc_result toc_store_import_open(struct toc_store *store, const struct toc_import *import,
                                      int64_t idle_ms, int64_t *ret_id) TOC_MUST_CHECK;
enum toc_result toc_store_import_get(struct toc_store *store, int64_t id,
                                     struct toc_import *ret_import) TOC_MUST_CHECK;
/* TOC_OK: all that the source has of this file's days came from a file of this hash. */
enum toc_result toc_store_import_same(struct toc_store *store, enum toc_import_kind kind,
                                      const char *source, const struct toc_hash *hash)
    TOC_MUST_CHECK;

/* ---- one part ---- */
struct toc_import_payee {
    const char *name;
    const char *fold;
    enum toc_scheme scheme;
    const char *number; /* "" without a scheme */
    unsigned norm;
    enum toc_screen screen;
    uint64_t rows; /* of the file: for people */
    /* What comes of it. */
    char fate;  /* 'k', 'h', 'd': kept, held, dropped */
    int64_t id; /* 0: dropped, and nothing of it is stored */
};
struct toc_import_part {
    int64_t import;
    int64_t number; /* 0, 1, 2, ... */
    int64_t time_ms;
    struct toc_import_payee *payees;
    size_t payees_len;
    struct toc_bytes cells; /* checked; every payee below payees_len */
    /* Instead of cells; the payee is its place among these payees, from 1. */
    const struct toc_contract_row *contracts;
    size_t contracts_len;
    bool repeat; /* it was stored before: only the fates are wanted */
};
/* All or none. Not durable by itself: toc_store_import_close makes it so. TOC_TOOBIG: the store has
 * TOC_STORE_PAYEES_MAX payees. */
enum toc_result toc_store_import_part(struct toc_store *store, const struct toc_import_part *part)
    TOC_MUST_CHECK;

/* ---- its end ---- */
struct toc_import_end {
    const struct toc_hash *hash; /* NULL: not known */
    bool covers;                 /* every day from `from` to `to` is covered, with rows or not */
    int32_t from, to;
    struct toc_bytes days; /* covered besides: u32 little-endian each, all within the bounds */
    bool dry_run;          /* only say what would be */
    int64_t time_ms;
};
struct toc_import_report {
    bool same; /* the file is what the source has: nothing was changed */
    uint64_t dates, dates_replaced, rows_replaced, dates_kept;
    int32_t first_date, last_date; /* when there are dates */
};
enum toc_result toc_store_import_close(struct toc_store *store, const struct toc_import *import,
                                       const struct toc_import_end *end,
                                       struct toc_import_report *ret_report) TOC_MUST_CHECK;
enum toc_result toc_store_import_drop(struct toc_store *store, int64_t id) TOC_MUST_CHECK;

/* What is live, in order of id, after `after`. */
struct toc_import_live {
    struct toc_import import;
    uint64_t dates, rows; /* that it still covers; of contracts their number */
    int64_t pence;
    int32_t first_date, last_date;
};
enum toc_result toc_store_imports(struct toc_store *store, int64_t after,
                                  struct toc_import_live *ret_list, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* TOC_NOTFOUND when there is no such source. */
enum toc_result toc_store_source_drop(struct toc_store *store, enum toc_import_kind kind,
                                      const char *source, uint64_t *ret_dates, uint64_t *ret_rows)
    TOC_MUST_CHECK;
/* Deletes a bounded piece of what is gone; `*ret_more`: there is more. Not durable by itself. */
enum toc_result toc_store_import_tidy(struct toc_store *store, bool *ret_more) TOC_MUST_CHECK;

#endif
