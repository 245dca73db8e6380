/* import_framework: what the two importers of frameworks share: supplier lists that screen, and
 * making a record that fits. */
#ifndef TOC_IMPORT_FRAMEWORK_H
#define TOC_IMPORT_FRAMEWORK_H

#include "import_result.h"
#include "record_framework.h"

struct toc_supplier_list {
    struct toc_framework_supplier *items;
    size_t len;
    size_t room;
};

/* Adds a supplier unless it is there already. Only one that may leave the council (screen.h) gets
 * in; *left_out grows for another. An id that is no register's is dropped, a name is cleaned.
 * TOC_NOMEM. */
enum toc_result toc_supplier_list_add(struct toc_arena *arena, struct toc_supplier_list *list,
                                      const char *name, const char *scheme, const char *id,
                                      uint32_t *left_out) TOC_MUST_CHECK;

/* Shortens lists until the framework is within the limits of its type and travels in one record
 * (what is left out is counted in it), validates it and adds it. TOC_INVALID, TOC_TOOBIG,
 * TOC_NOMEM; the framework is copied. */
enum toc_result toc_import_framework_add(struct toc_import *import,
                                         const struct toc_framework *framework, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
