/* supplier_uses: who uses one supplier: the picture's rows of it (one for each council, category
 * and year) summed to one for each council and year, so that like can be set beside like. Pure. */
#ifndef TOC_SUPPLIER_USES_H
#define TOC_SUPPLIER_USES_H

#include "print_json.h"

struct toc_use {
    unsigned year;
    const char *member; /* borrowed from the rows, as earliest_end is */
    unsigned months;    /* for which the council's data cover payments: figures.h */
    int64_t spend;      /* pounds */
    int64_t contracts;
    const char *earliest_end; /* "2017-Q3", or "" */
};
struct toc_uses {
    struct toc_use *items; /* newest year first; within it the largest spend first */
    size_t len;
};

/* `rows` is `members[]` of the request region_supplier. TOC_NOMEM. */
enum toc_result toc_uses_of(const json_t *rows, struct toc_uses *ret_uses) TOC_MUST_CHECK;
/* Scope cleanup. */
void toc_uses_done(struct toc_uses *uses);
/* Whether all the councils of a year cover the same months of it. */
bool toc_uses_comparable(const struct toc_uses *uses, unsigned year);
/* How many councils there are, in all years; each once. */
size_t toc_uses_members(const struct toc_uses *uses);
/* Spend of one month that is covered, on average; 0 when none is. */
int64_t toc_use_a_month(const struct toc_use *use);

#endif
