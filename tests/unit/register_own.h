/* register_own: own suppliers for the tests of the importers of public registers. */
#ifndef TOC_TEST_REGISTER_OWN_H
#define TOC_TEST_REGISTER_OWN_H

#include "own_suppliers.h"
#include "suppliername.h"
#include <check.h>

/* `name` as people write it; `number` "" for none. */
static inline void register_own_add(struct toc_own *own, const char *id, const char *number,
                                    const char *name)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    ck_assert_int_eq(toc_own_add(own, id, number, number[0] != '\0'), TOC_OK);
    ck_assert_int_eq(toc_name_fold(name, folded), TOC_OK);
    ck_assert_int_eq(toc_own_add_name(own, folded), TOC_OK);
}

#endif
