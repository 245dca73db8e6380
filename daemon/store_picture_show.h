/* store_picture_show: the picture close up: a category's concentration, and one supplier's names
 * and records. See store_picture.h. Texts lie in the arena. */
#ifndef TOC_STORE_PICTURE_SHOW_H
#define TOC_STORE_PICTURE_SHOW_H

#include "store_picture.h"

struct toc_picture_share {
    const char *subject;
    const char *name;
    int64_t spend_thousands;
};
/* How a category's spend lies with its suppliers. Credits count as nothing: of negative sums 0. */
struct toc_picture_category {
    unsigned category;
    uint64_t suppliers;
    int64_t spend_thousands;
    double herfindahl; /* the sum of the squares of all shares, 0 to 1; 0 without spend */
    struct toc_picture_share top[TOC_PICTURE_TOP]; /* of those with spend, the largest first */
    size_t top_len;
};
/* The categories of a year that follow `after` (-1: from the first), by code. */
enum toc_result toc_store_picture_categories(struct toc_store *store, unsigned year, int after,
                                             struct toc_arena *arena,
                                             struct toc_picture_category *ret_list, size_t max,
                                             size_t *ret_len) TOC_MUST_CHECK;

struct toc_picture_name {
    const char *name;
    uint32_t councils;
};
/* What councils write, the most used first, at most TOC_PICTURE_NAMES_MAX. */
enum toc_result toc_store_picture_names(struct toc_store *store, const char *subject,
                                        struct toc_arena *arena, struct toc_picture_name *ret_names,
                                        size_t *ret_len) TOC_MUST_CHECK;
/* The numbers that stand with a folded name, in order of bytes, at most `max`. */
enum toc_result toc_store_picture_numbers(struct toc_store *store, const char *folded,
                                          struct toc_arena *arena, const char **ret_subjects,
                                          size_t max, size_t *ret_len) TOC_MUST_CHECK;
struct toc_picture_record {
    const char *publisher;
    uint64_t sequence;
    unsigned year;
    unsigned category;
    const char *name;
    int64_t spend_thousands;
    unsigned months;
    uint32_t contracts;
    unsigned earliest_end_quarter;
    enum toc_route route;
    enum toc_id_basis id_basis; /* TOC_ID_NONE: joined by its name */
};
/* The records of a supplier, of the years from first to last, by (publisher, year, category,
 * sequence), that follow a place; publisher "" from the first. At most `max`. */
struct toc_picture_place {
    const char *publisher;
    unsigned year;
    unsigned category;
    uint64_t sequence;
};
enum toc_result toc_store_picture_records(struct toc_store *store, const char *subject,
                                          unsigned first_year, unsigned last_year,
                                          const struct toc_picture_place *after,
                                          struct toc_arena *arena,
                                          struct toc_picture_record *ret_records, size_t max,
                                          size_t *ret_len) TOC_MUST_CHECK;

#endif
