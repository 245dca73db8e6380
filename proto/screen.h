/* screen: whether a supplier's name may leave a council. Persons and sole traders never do. The
 * rule is part of the protocol (PROTOCOL.md 12.2): a record that names a supplier it does not keep
 * is not valid. */
#ifndef TOC_SCREEN_H
#define TOC_SCREEN_H

#include <stdbool.h>

enum toc_screen {
    TOC_SCREEN_KEEP = 1, /* a number of a public register, or a corporate suffix */
    TOC_SCREEN_DROP = 2, /* a person, a person trading as, a redaction, a payee that is nobody */
    TOC_SCREEN_HOLD = 3, /* nothing says which */
};

/* Arguments may be empty, not NULL; the id is in the normal form of orgid.h, or says nothing (but a
 * National Insurance number there or in the name drops). About a microsecond. */
enum toc_screen toc_screen_supplier(const char *name, const char *scheme, const char *id);
/* A register of organisations (not a portal's own numbering, nor one that also numbers persons:
 * VAT, GB-PPON), and an id in its normal form. */
bool toc_screen_registry_id(const char *scheme, const char *id);

#endif
