/* store_picture_part: what the files that keep the picture (store_picture*.c) share. No other file
 * includes it.
 *
 * Tables: `exposure` finds a record's place by (member, sequence); `share` has the records, by
 * supplier; `subject` the suppliers; `spelling`, `title` and `link` say who writes which name, how
 * many do, and which numbers a folded name stands with; `fold` and `nameless` where records without
 * a number are now; `picture` is what pages walk; `picture_count` what is counted and summed. */
#ifndef TOC_STORE_PICTURE_PART_H
#define TOC_STORE_PICTURE_PART_H

#include "store_picture.h"
#include "store_query.h"

/* ---- store_picture_subject.c: suppliers ---- */
struct toc_subject {
    int64_t id;
    int64_t tie;    /* of its key's hash: decides among equals in an order, at every member alike */
    bool ambiguous; /* a name that stands with two numbers or more */
};
enum toc_result toc_subject_find(struct toc_store *store, const char *key,
                                 struct toc_subject *ret_subject) TOC_MUST_CHECK;
enum toc_result toc_subject_get(struct toc_store *store, int64_t id,
                                struct toc_subject *ret_subject) TOC_MUST_CHECK;
enum toc_result toc_subject_make(struct toc_store *store, const char *key, bool ambiguous,
                                 struct toc_subject *ret_subject) TOC_MUST_CHECK;
/* After its names changed: shows the right one; without any it is gone. */
enum toc_result toc_subject_settle(struct toc_store *store, int64_t id) TOC_MUST_CHECK;

/* ---- store_picture_name.c: who writes which name ---- */
struct toc_naming {
    int64_t subject;
    int64_t member;
    const char *name;
    const char *folded;
    bool numbered; /* by a record with a number */
};
/* One record more (by 1) or less (by -1). *ret_names: the subject's names changed in use;
 * *ret_numbers: the folded name stands with another set of numbers now. */
enum toc_result toc_naming_change(struct toc_store *store, const struct toc_naming *naming, int by,
                                  bool *ret_names, bool *ret_numbers) TOC_MUST_CHECK;
/* How many numbers the folded name stands with: 0, 1 (and which), or 2 for two and more. */
enum toc_result toc_naming_numbers(struct toc_store *store, const char *folded, int64_t *ret_only,
                                   unsigned *ret_len) TOC_MUST_CHECK;

/* ---- store_picture_row.c: what pages walk ---- */
struct toc_picture_change {
    const struct toc_subject *subject;
    unsigned year;
    unsigned category;
    int64_t member;
    int by; /* 1: a record more, -1: one less */
    bool numbered;
    bool alone; /* no other record of this member is in this row: it joins, or leaves */
    int64_t spend_thousands;
};
enum toc_result toc_picture_row_change(struct toc_store *store,
                                       const struct toc_picture_change *change) TOC_MUST_CHECK;

/* ---- store_picture_count.c: sums, kept in memory until a commit or somebody reads ---- */
enum toc_picture_count {
    TOC_COUNT_SUPPLIERS = 1, /* year, category, councils: suppliers that so many share */
    TOC_COUNT_COVERAGE = 2,  /* year, member, months: records */
    TOC_COUNT_AMBIGUOUS = 3, /* year: suppliers */
    TOC_COUNT_SPEND = 4,     /* year, category: what is not negative, and its squares in parts */
    TOC_COUNT_SQUARES = 5,   /* year, category, part 0 to 2 */
};
enum toc_result toc_picture_count(struct toc_store *store, enum toc_picture_count kind,
                                  unsigned year, int64_t a, int64_t b, int64_t by) TOC_MUST_CHECK;
/* Squares do not fit 64 bits: of high * 2^20 + low, high * high, high * low and low * low do, also
 * added up. */
#define TOC_SQUARE_BITS 20
/* No sum of them can leave 64 bits, whatever members publish: 275 million million pounds, a hundred
 * times what the country earns. */
#define TOC_SPEND_COUNTED_MAX (INT64_C(1) << 38)

/* ---- store_picture_share.c: a record in its supplier's rows ---- */
struct toc_entry {
    int64_t member;
    uint64_t sequence;
    unsigned year;
    unsigned category;
    int64_t spend_thousands;
    unsigned months;
    uint32_t contracts;
    unsigned ends;
    unsigned route;
    unsigned id_basis;
    char name[TOC_NAME_LEN_MAX + 1];
    char folded[TOC_FOLD_LEN_MAX + 1];
};
/* Fills in what follows the place (member, sequence, year, category). */
enum toc_result toc_entry_read(struct toc_store *store, int64_t subject, struct toc_entry *entry)
    TOC_MUST_CHECK;
/* *ret_numbers: its folded name stands with other numbers now. */
enum toc_result toc_entry_give(struct toc_store *store, const struct toc_subject *subject,
                               const struct toc_entry *entry, bool *ret_numbers) TOC_MUST_CHECK;
/* The supplier may be gone after it. */
enum toc_result toc_entry_take(struct toc_store *store, const struct toc_subject *subject,
                               const struct toc_entry *entry, bool *ret_numbers) TOC_MUST_CHECK;

/* ---- store_exposed.c ---- */
/* The member's records change: what was counted holds no more. */
void toc_exposed_changed(struct toc_store *store, int64_t member);

/* ---- store_picture.c ---- */
/* The number of a publisher; TOC_NOTFOUND when there is none and it is not to be made. */
enum toc_result toc_picture_member_id(struct toc_store *store, const char *publisher, bool make,
                                      int64_t *ret_id) TOC_MUST_CHECK;

#endif
