/* import_text: the values of council files, as they are and not as they should be: text with line
 * breaks and control characters, amounts with signs and brackets, words that stand for nothing. */
#ifndef TOC_IMPORT_TEXT_H
#define TOC_IMPORT_TEXT_H

#include "arena.h"

/* Every run of white space and control characters becomes one space, ends are trimmed, and a text
 * over len_max bytes is cut at a character with an ellipsis. NULL without memory. */
const char *toc_import_text(struct toc_arena *arena, const char *text, size_t len_max);
/* "N/A", "TBC", "-", "Not yet available" and the like, and nothing at all. */
bool toc_import_blank(const char *text);
/* Whole pounds, pence dropped, from "1,616.23", "GBP 528", a pound sign, "(35,942.00)" (negative).
 * TOC_NOTFOUND when blank, TOC_MALFORMED, TOC_TOOBIG. */
enum toc_result toc_import_pounds(const char *text, int64_t *ret_pounds) TOC_MUST_CHECK;
/* Pence, exactly, of the same forms and "123.45-", "123.45 CR" (both negative), "123.45 DR";
 * further decimals are rounded half away from zero. Commas must stand before three digits: "1,23"
 * may be somebody's 1.23. TOC_NOTFOUND when blank, TOC_MALFORMED, TOC_TOOBIG. */
enum toc_result toc_import_pence(const char *text, int64_t *ret_pence) TOC_MUST_CHECK;
/* A date of a council file (timetext.h), as days since 1970. TOC_NOTFOUND when blank, without an
 * end ("ongoing"), or before 1970 (01/01/1900 stands for nothing); TOC_MALFORMED. */
enum toc_result toc_import_date(const char *text, uint32_t *ret_days) TOC_MUST_CHECK;
/* The first eight digits of a CPV code, with or without its check digit. */
bool toc_import_cpv(const char *text, uint32_t *ret_code);

#endif
