/* screen: whether a supplier's name may leave a council. Persons and sole traders never do. The
 * rule is part of the protocol: a record that names a supplier it does not keep is not valid. */
#ifndef TOC_SCREEN_H
#define TOC_SCREEN_H

#include <stdbool.h>

enum toc_screen {
    TOC_SCREEN_KEEP = 1, /* a number of a public register, or a corporate suffix */
    TOC_SCREEN_DROP = 2, /* a personal title, a person trading as, a redaction */
    TOC_SCREEN_HOLD = 3, /* nothing says which */
};

/* Arguments may be empty, not NULL. */
enum toc_screen toc_screen_supplier(const char *name, const char *scheme, const char *id);
/* A register of organisations (not a portal's own numbering, nor one that also numbers persons:
 * VAT, GB-PPON), and an id that could be one of its. */
bool toc_screen_registry_id(const char *scheme, const char *id);

#endif
