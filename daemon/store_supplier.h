/* store_supplier: the council's suppliers in local.db, as derived last (settle_run.h), and what
 * people and registers said of them. An organisation is known by its *key*: "GB-COH-01234567", or
 * "name:" and its folded name. What was said is kept by key and outlives the row. */
#ifndef TOC_STORE_SUPPLIER_H
#define TOC_STORE_SUPPLIER_H

#include "digest.h"
#include "orgid.h"
#include "store.h"
#include "suppliername.h"

#define TOC_SUPPLIER_KEY_MAX (5 + TOC_FOLD_LEN_MAX)

enum toc_supplier_state { TOC_SUPPLIER_KEPT = 1, TOC_SUPPLIER_HELD = 2 };

struct toc_supplier {
    int64_t id;
    const char *key, *name, *fold; /* in the arena */
    unsigned basis;                /* enum toc_id_basis */
    unsigned norm;                 /* bits of enum toc_orgid_norm */
    enum toc_supplier_state state;
    bool by_hand;      /* an officer kept it */
    unsigned category; /* the company register's, for what no file gives one; toc_category_code */
    int64_t pence;     /* of all time */
    uint64_t rows;
    int32_t last_day; /* 0: never paid */
    uint64_t events;  /* that wait for somebody */
};

/* How far suppliers were looked through (store_subject.h): numbers up to an id, names up to one. */
struct toc_subject_place {
    int64_t supplier;
    char name[TOC_FOLD_LEN_MAX + 1];
};

/* What a payee's or supplier's number and name say it is. ret_key has TOC_SUPPLIER_KEY_MAX + 1. */
void toc_supplier_key(enum toc_scheme scheme, const char *number, const char *fold, char *ret_key);
/* The number in a key; false: it is a name's. */
bool toc_supplier_key_number(const char *key, struct toc_orgid *ret_number);
/* The less doubtful of two ways in which a number was read: a padded or mended one loses against
 * one that only had spaces in it. */
unsigned toc_norm_better(unsigned one, unsigned other);

/* ---- rows ---- */
enum toc_result toc_store_supplier_get(struct toc_store *store, int64_t id, struct toc_arena *arena,
                                       struct toc_supplier *ret_supplier) TOC_MUST_CHECK;
enum toc_result toc_store_supplier_of_key(struct toc_store *store, const char *key, int64_t *ret_id)
    TOC_MUST_CHECK;
/* In order of id, after `after`. */
enum toc_result toc_store_suppliers(struct toc_store *store, int64_t after, struct toc_arena *arena,
                                    struct toc_supplier *ret_list, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* In order of (fold, id), after those. */
enum toc_result toc_store_suppliers_by_name(struct toc_store *store, const char *after_fold,
                                            int64_t after, struct toc_arena *arena,
                                            struct toc_supplier *ret_list, size_t max,
                                            size_t *ret_len) TOC_MUST_CHECK;
/* Ids of those that any payee of this folded name belongs to, each once. */
enum toc_result toc_store_suppliers_of_fold(struct toc_store *store, const char *fold,
                                            int64_t *ret_ids, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* Makes one without a name yet. */
enum toc_result toc_store_supplier_add(struct toc_store *store, const char *key, int64_t *ret_id)
    TOC_MUST_CHECK;
/* All but the sums. */
enum toc_result toc_store_supplier_save(struct toc_store *store,
                                        const struct toc_supplier *supplier) TOC_MUST_CHECK;
enum toc_result toc_store_supplier_sums(struct toc_store *store, int64_t id, int64_t pence,
                                        uint64_t rows, int32_t last_day) TOC_MUST_CHECK;
enum toc_result toc_store_supplier_drop(struct toc_store *store, int64_t id) TOC_MUST_CHECK;

/* ---- decisions: kept without the name ---- */
/* TOC_NOTFOUND: none was made. */
enum toc_result toc_store_decision_get(struct toc_store *store, const char *key, bool *ret_keep)
    TOC_MUST_CHECK;
enum toc_result toc_store_decision_put(struct toc_store *store, const char *key, bool keep)
    TOC_MUST_CHECK;

/* With what comes of them, whole. Kept: its row says so. Dropped: its row and every spelling of it
 * are deleted, and rows of files that have it are not taken again; a name that another supplier
 * has, too, is not dropped with a number. What they were paid goes when it is settled. */
enum toc_result toc_store_supplier_keep(struct toc_store *store,
                                        const struct toc_supplier *supplier) TOC_MUST_CHECK;
enum toc_result toc_store_supplier_forget(struct toc_store *store,
                                          const struct toc_supplier *supplier) TOC_MUST_CHECK;
/* A drop is taken back; since its rows are gone, no file is "the same" any more. */
enum toc_result toc_store_supplier_undrop(struct toc_store *store, const char *key) TOC_MUST_CHECK;

/* ---- totals: what was paid, by supplier, category and financial year ---- */
struct toc_total {
    unsigned year; /* 2015: 1 April 2015 to 31 March 2016 */
    int64_t supplier;
    unsigned category; /* toc_category_code */
    int64_t pence;
    uint64_t rows;
    uint32_t contracts;
    unsigned ends;  /* the earliest end's quarter, year * 4 + quarter - 1; 0: none */
    unsigned route; /* enum toc_route */
};
enum toc_result toc_store_totals_of(struct toc_store *store, int64_t supplier,
                                    struct toc_total *ret_totals, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;

#endif
