/* alert_words: a change of an alert in one line. Rows are those of `want` (PROTOCOL.md 17), read
 * forgivingly. */
#ifndef TOC_ALERT_WORDS_H
#define TOC_ALERT_WORDS_H

#include "print_json.h"

#define TOC_ALERT_WORDS_LEN 500

/* "new: Aire Surfacing Ltd: F13 petition to wind up, severity 4, raised, until 2026-Q3". As it
 * came: print it with toc_text_print. ret_text has TOC_ALERT_WORDS_LEN + 1. */
void toc_alert_change_words(const json_t *change, char *ret_text);

#endif
