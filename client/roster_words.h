/* roster_words: a roster as a person or a program reads it. */
#ifndef TOC_ROSTER_WORDS_H
#define TOC_ROSTER_WORDS_H

#include "print_text.h"
#include "roster.h"
#include <jansson.h>

/* The fingerprint in any spacing and case, or the whole hash in hexadecimal. */
bool toc_fingerprint_is(const struct toc_hash *hash, const char *text);
/* "valid", "expires_soon", "in_grace", "expired". */
const char *toc_validity_name(enum toc_validity validity);
/* A new reference, or NULL without memory. */
json_t *toc_roster_to_json(const struct toc_roster *roster, const struct toc_hash *group,
                           int64_t now_ms);
enum toc_result toc_roster_print(FILE *file, const struct toc_paper *paper,
                                 const struct toc_roster *roster, const struct toc_hash *group,
                                 int64_t now_ms) TOC_MUST_CHECK;

#endif
