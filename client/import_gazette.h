/* import_gazette: corporate insolvency notices of The Gazette (DOMAIN.md 2.2), from its feed
 * (/insolvency/notice/data.json) or a CSV file of our own columns, to events about the council's
 * own suppliers. Pure: bytes in, findings out. A notice about a person or a partnership of persons
 * is passed over unread; one about somebody who is no supplier of ours leaves nothing behind. */
#ifndef TOC_IMPORT_GAZETTE_H
#define TOC_IMPORT_GAZETTE_H

#include "import_findings.h"
#include "own_suppliers.h"

#define TOC_GAZETTE_ENTRIES_MAX 1000000
#define TOC_SCREENED_PERSONAL "personal_insolvency"
#define TOC_SCREENED_SOLVENT "solvent"
#define TOC_SCREENED_INFORMATION "information"
#define TOC_SCREENED_OTHER_NOTICE "other_notice"

/* What a notice code says: an event to propose, or why the notice is passed over. */
struct toc_notice_kind {
    unsigned code;        /* 2450 */
    const char *screened; /* a reason; NULL: propose */
    const char *event;    /* "F13" */
    unsigned severity;
    const char *clears; /* "F13"; or NULL */
    const char *text;
};
/* Never NULL: codes that are not known, and all of persons, are screened. */
const struct toc_notice_kind *toc_notice_kind(unsigned code);

/* TOC_MALFORMED (neither JSON nor CSV, no entries in it), TOC_INVALID (no column of codes or
 * names), TOC_TOOBIG, TOC_NOMEM. Borrows from `own`, not from the file. */
enum toc_result toc_gazette_read(struct toc_bytes file, const struct toc_own *own,
                                 struct toc_arena *arena, struct toc_findings *ret_findings,
                                 struct toc_why *why) TOC_MUST_CHECK;

/* The columns of the CSV form: `--template`. */
const char *toc_gazette_template(void);

#endif
