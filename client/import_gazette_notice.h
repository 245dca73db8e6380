/* import_gazette_notice: one notice, whichever form of file it came in. Only for import_gazette*.c.
 */
#ifndef TOC_IMPORT_GAZETTE_NOTICE_H
#define TOC_IMPORT_GAZETTE_NOTICE_H

#include "import_gazette.h"

struct toc_notice {
    size_t row;
    const char *code;
    const char *name;   /* the company's */
    const char *number; /* as written; "" for none */
    const char *date;
    const char *id; /* the notice's number, or an address that ends in it */
};

/* Settles the row: used, with an event a supplier; screened; or rejected. TOC_NOMEM. */
enum toc_result toc_notice_take(const struct toc_own *own, const struct toc_notice *notice,
                                struct toc_findings *findings) TOC_MUST_CHECK;
/* The CSV form. */
enum toc_result toc_gazette_read_csv(struct toc_bytes file, const struct toc_own *own,
                                     struct toc_findings *findings, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
