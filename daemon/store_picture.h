/* store_picture: who shares which supplier, derived from the standing records of the stream
 * `exposure` and kept beside them, in the transaction that applies a record. It depends on which
 * records stand, never on the order in which they came: all sums are whole numbers.
 *
 * A supplier is a number of a register, or a folded name. A record without a number joins the
 * number N when its name, folded, stands in current records with exactly one number, N; with two or
 * more it joins none and is *ambiguous*. Names of a supplier: the one most councils write is shown,
 * of equals the first in order of bytes. */
#ifndef TOC_STORE_PICTURE_H
#define TOC_STORE_PICTURE_H

#include "record_exposure.h"
#include "store.h"

#define TOC_PICTURE_ALL (TOC_CATEGORY_CODE_MAX + 1) /* in the place of a category's code: all */
#define TOC_PICTURE_PAGE_MAX 500
/* Rows one page looks at, so that a filter which fits nothing does not hold up the tick: some 10 ms
 * of work. A row that the search does not rule out counts four times, for it is fetched. A page
 * that stops there says where to go on. */
#define TOC_PICTURE_SEEN_MAX 2000
#define TOC_PICTURE_NAMES_MAX 50
#define TOC_PICTURE_TOP 3
/* A place in an order, as text: two numbers and 12 hex digits, or a folded name and a subject. */
#define TOC_PICTURE_PLACE_LEN_MAX (TOC_FOLD_LEN_MAX + 1 + TOC_EXPOSURE_SUBJECT_LEN_MAX)

/* ---- keeping it: inside a transaction. What stands under (publisher, sequence) is replaced ----
 */
enum toc_result toc_store_picture_put(struct toc_store *store, const char *publisher,
                                      uint64_t sequence, const struct toc_exposure *exposure)
    TOC_MUST_CHECK;
/* Fine when there is none. */
enum toc_result toc_store_picture_drop(struct toc_store *store, const char *publisher,
                                       uint64_t sequence) TOC_MUST_CHECK;
/* A publisher's records from first to last; `publisher` NULL: everything. */
enum toc_result toc_store_picture_clear(struct toc_store *store, const char *publisher,
                                        uint64_t first_sequence, uint64_t last_sequence)
    TOC_MUST_CHECK;
/* SHA-256 over `before` and all there is to see, in an order that no store's own numbers decide. */
enum toc_result toc_store_picture_digest(struct toc_store *store, const struct toc_hash *before,
                                         struct toc_hash *ret_hash) TOC_MUST_CHECK;

/* ---- reading it. Texts lie in the arena ---- */
struct toc_picture_member {
    uint32_t id; /* the store's own: for toc_picture_row.members, never for people */
    const char *publisher;
    unsigned months; /* that its records of the year cover */
};
/* Who covers a year, in order of publisher; at most TOC_MEMBERS_MAX are told. */
enum toc_result toc_store_picture_members(struct toc_store *store, unsigned year,
                                          struct toc_arena *arena,
                                          struct toc_picture_member **ret_members, size_t *ret_len)
    TOC_MUST_CHECK;
/* How many different suppliers a publisher's standing records name. Asked again and again by the
 * quota for tokens: the answer is kept in memory until one of its records changes. */
enum toc_result toc_store_suppliers_exposed(struct toc_store *store, const char *publisher,
                                            uint64_t *ret_suppliers) TOC_MUST_CHECK;
struct toc_picture_year {
    unsigned year;
    uint32_t members;
};
/* Rising. At most TOC_EXPOSURE_YEAR_MAX - TOC_EXPOSURE_YEAR_MIN + 1. */
enum toc_result toc_store_picture_years(struct toc_store *store, struct toc_picture_year *ret_years,
                                        size_t max, size_t *ret_len) TOC_MUST_CHECK;

enum toc_picture_sort { TOC_PICTURE_COUNCILS, TOC_PICTURE_SPEND, TOC_PICTURE_NAME };
enum toc_picture_match { TOC_PICTURE_BY_NUMBER, TOC_PICTURE_BY_NAME, TOC_PICTURE_BY_BOTH };

struct toc_picture_ask {
    unsigned year;
    unsigned category; /* a code, or TOC_PICTURE_ALL */
    uint32_t councils_min;
    const char *member; /* only what this publisher has; NULL: whoever */
    const char *search; /* a part of the folded name that is shown; "": any */
    enum toc_picture_sort sort;
    const char *after; /* the place of the page before; "": from the start */
    size_t limit;      /* rows wanted; at most TOC_PICTURE_PAGE_MAX */
    size_t seen_max;   /* rows looked at, as above; passed by at most one row */
};
struct toc_picture_row {
    const char *subject; /* "GB-COH-01234567", "name:aire surfacing ltd" */
    const char *name;
    bool ambiguous;
    uint32_t councils;
    int64_t spend_thousands; /* negative where credits outweigh */
    enum toc_picture_match match;
    const uint16_t *members; /* ids, rising; `councils` of them */
    const unsigned *categories;
    size_t categories_len;
};
/* `more`: there may be more behind `place`, even when the page is empty. */
struct toc_picture_page {
    struct toc_picture_row *rows; /* the caller's, for ask->limit of them */
    size_t len;
    size_t seen;
    bool more;
    char place[TOC_PICTURE_PLACE_LEN_MAX + 1];
};
/* TOC_INVALID: `after` is no place of this order. */
enum toc_result toc_store_picture_page(struct toc_store *store, const struct toc_picture_ask *ask,
                                       struct toc_arena *arena, struct toc_picture_page *page)
    TOC_MUST_CHECK;
/* One supplier by its subject, in a year and category; TOC_NOTFOUND. */
enum toc_result toc_store_picture_get(struct toc_store *store, const char *subject, unsigned year,
                                      unsigned category, struct toc_arena *arena,
                                      struct toc_picture_row *ret_row) TOC_MUST_CHECK;
/* How many suppliers of so many councils or more there are, and how many of all are ambiguous. */
enum toc_result toc_store_picture_total(struct toc_store *store, unsigned year, unsigned category,
                                        uint32_t councils_min, uint64_t *ret_total) TOC_MUST_CHECK;
enum toc_result toc_store_picture_ambiguous(struct toc_store *store, unsigned year,
                                            uint64_t *ret_ambiguous) TOC_MUST_CHECK;

#endif
