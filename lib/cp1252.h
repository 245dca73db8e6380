/* cp1252: Windows-1252, the code page of most files that are not UTF-8; and text that was UTF-8,
 * was read as Windows-1252, and written as UTF-8 again ("NestlÃ©", "Sainsburyâ€™s"). */
#ifndef TOC_CP1252_H
#define TOC_CP1252_H

#include "bytes.h"

/* The byte that stands for a character there, or -1. The five bytes without one stand for the
 * control characters of the same number, as in every decoder on the web. */
int toc_cp1252_byte(uint32_t character);
/* Whether `first`, just taken off *rest, begins a character encoded twice. If so takes the rest of
 * it off and hands it out; else nothing changes. Only what no name in a language of these islands
 * has: U+0080 to U+017F, and U+2000 to U+20FF (quotes, dashes, the euro). */
bool toc_cp1252_mend(uint32_t first, struct toc_bytes *rest, uint32_t *ret_character);

#endif
