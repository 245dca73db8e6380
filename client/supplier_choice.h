/* supplier_choice: which suppliers an officer means: words of the command line, or a list on
 * standard input, such as what `tocsin supplier list --held --csv` wrote and a spreadsheet made
 * shorter. No daemon is asked. */
#ifndef TOC_SUPPLIER_CHOICE_H
#define TOC_SUPPLIER_CHOICE_H

#include "args.h"
#include "print_json.h"

#define TOC_CHOICE_MAX 65536                  /* suppliers in one list */
#define TOC_CHOICE_LEN_MAX (16 * 1024 * 1024) /* bytes of one list */

/* An array of texts, each an id, a number or a whole name, in their order, each once; a new
 * reference. `-` among the words is the list: CSV with a column "id", or, without such a heading,
 * one supplier a line. TOC_INVALID (`-` twice, nothing named), TOC_MALFORMED (a line of several
 * cells without a heading; no CSV file), TOC_TOOBIG, TOC_IO, TOC_NOMEM. */
enum toc_result toc_supplier_choice(const struct toc_operands *words, FILE *in, json_t **ret_names,
                                    struct toc_why *why) TOC_MUST_CHECK;

#endif
