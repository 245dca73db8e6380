/* record_words: what a record says, in the one line that a list has room for. */
#ifndef TOC_RECORD_WORDS_H
#define TOC_RECORD_WORDS_H

#include "print_json.h"

#define TOC_RECORD_WORDS_LEN 511

/* Of a record as the local socket gives it: the title of what has one, of an exposure the spend,
 * the year with the months covered, and the supplier; else the name of its type. Nothing that is
 * valid is longer. As it came: print it with toc_text_print. ret_text has TOC_RECORD_WORDS_LEN + 1.
 */
void toc_record_words(const json_t *record, char *ret_text);

#endif
