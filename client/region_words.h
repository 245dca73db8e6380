/* region_words: what the commands on the regional picture read and say in the same words. */
#ifndef TOC_REGION_WORDS_H
#define TOC_REGION_WORDS_H

#include "category.h"
#include "cli.h"

/* Options as they were typed; NULL: not given. */
struct toc_region_words {
    const char *year;     /* "2015/16" */
    const char *category; /* "cpv-45", "45", "sic-41", "unknown" */
};

/* Adds `year` and `category` to the fields of a request. *ret_category: the text that the picture
 * uses, "" when none was given. TOC_INVALID with the option and what it takes; TOC_NOMEM. */
enum toc_result toc_region_fields(const struct toc_region_words *words, json_t *fields,
                                  char ret_category[TOC_CATEGORY_TEXT_LEN + 1], struct toc_why *why)
    TOC_MUST_CHECK;
/* "2015/16. Payments are known for Oct-Dec of leeds, york; for the whole year of hull." and the
 * other years there are, of a reply with year, years[] and coverage[]; each as far as it is there.
 */
void toc_region_print_coverage(struct toc_cli *cli, const json_t *reply);
/* "GB-COH-" left out; "by name" where there is none, "by name?" where the name met two numbers.
 * Borrowed. */
const char *toc_region_number(const json_t *supplier);
/* The titles of categories[], joined with "; "; what does not fit ends in an ellipsis. */
void toc_region_titles(const json_t *categories, char *ret_text, size_t room);

#endif
