/* supplier_words: what several commands say about a supplier in the same words. Rows are those of
 * the local socket (PROTOCOL.md 17), read forgivingly. */
#ifndef TOC_SUPPLIER_WORDS_H
#define TOC_SUPPLIER_WORDS_H

#include "cli.h"

#define TOC_NUMBER_TEXT_LEN 63

/* "01234567" for a company ("GB-COH-01234567"), the whole identifier for any other register, with
 * "~" behind one that was put into form and "+" behind one that was filled in; "" when there is
 * none. ret_text has TOC_NUMBER_TEXT_LEN + 1. */
void toc_supplier_number_text(const json_t *supplier, char *ret_text);
/* Whether the number was put into form (a lost zero, case, a prefix ...), and whether it was filled
 * in from the company snapshot. */
bool toc_supplier_normalised(const json_t *supplier);
bool toc_supplier_filled(const json_t *supplier);
/* What a value names: a text itself, or an object's "name"; "" for anything else. Borrowed. */
const char *toc_supplier_name_of(const json_t *value);
/* A count, or how many an array has. */
int64_t toc_supplier_count_of(const json_t *value);
/* The title of a category ("cpv-45": "Construction work"), and the text itself when it is none. */
const char *toc_supplier_category(const char *category);
/* As toc_cli_exit_of and toc_cli_fail, of a request that passed on what somebody typed: a word that
 * fits more than one supplier, or none can fit, is a wrong use (exit status 2). */
int toc_supplier_exit_of(enum toc_result result);
int toc_supplier_fail(struct toc_cli *cli, enum toc_result result, const struct toc_why *why);

#endif
