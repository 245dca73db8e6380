/* utf8: one character at a time, strictly (RFC 3629): no overlong forms, no surrogates. */
#ifndef TOC_UTF8_H
#define TOC_UTF8_H

#include "bytes.h"

/* Takes the next character off the front of *rest. TOC_NOTFOUND at the end, TOC_MALFORMED (and
 * *rest as it was) on bytes that are no character. */
enum toc_result toc_utf8_next(struct toc_bytes *rest, uint32_t *ret_character) TOC_MUST_CHECK;
/* Writes 1 to 4 bytes for a character that toc_utf8_next can return; returns how many. */
size_t toc_utf8_put(uint32_t character, char ret_bytes[4]);

#endif
