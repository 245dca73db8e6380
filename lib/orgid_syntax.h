/* orgid_syntax: what the two halves of orgid share: the registers' own syntax, and the reading of
 * cells. Only for orgid*.c. */
#ifndef TOC_ORGID_SYNTAX_H
#define TOC_ORGID_SYNTAX_H

#include "orgid.h"

/* Do the first two characters say which kind of company it is ("SC", "R0")? */
bool toc_orgid_company_prefix(const char *id);
bool toc_orgid_digits(const char *text, size_t len);

/* A cell, or one piece of it: printable ASCII, letters capital, ends trimmed. */
struct toc_orgid_plain {
    char text[TOC_ORGID_CELL_MAX + 1];
    size_t len;
    unsigned norm;
};
/* TOC_MALFORMED for what is in no number, TOC_TOOBIG. */
enum toc_result toc_orgid_read(const char *text, struct toc_orgid_plain *ret_plain) TOC_MUST_CHECK;
/* "Not yet available", "N/A" in any dress, and nothing at all: by its letters and digits. */
bool toc_orgid_stands_for_nothing(const struct toc_orgid_plain *plain);
/* Every 0 of a column was once replaced by "N/A": back where digits stand on both sides. */
void toc_orgid_put_zeros_back(struct toc_orgid_plain *plain);

static inline bool toc_orgid_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool toc_orgid_is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

#endif
