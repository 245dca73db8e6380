/* ident: the syntax of the names that travel. A member id and a group name are 1 to 31 of
 * [a-z0-9-], starting with a letter, not ending in '-'. A stream is 1 to 64 of [a-z0-9.-], starting
 * with a letter, no two dots together, not ending in a dot or '-'. */
#ifndef TOC_IDENT_H
#define TOC_IDENT_H

#include <stdbool.h>

bool toc_ident_member(const char *text);
bool toc_ident_group(const char *text);
bool toc_ident_stream(const char *text);
/* Well-formed UTF-8, 1 to len_max bytes, without control characters, line separators, or marks that
 * turn the direction of writing: names, titles. What is shown is what is there. */
bool toc_ident_text(const char *text, unsigned len_max);
/* A GSS code: a letter of E, W, S, N and eight digits (ONS code history database). */
bool toc_ident_gss(const char *text);

#endif
