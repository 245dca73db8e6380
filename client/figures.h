/* figures: how money, proportions, financial years and months are written, the same way everywhere.
 * Money is whole pounds with a separator every three digits, never "12.3m": columns of it compare
 * at a glance, and a figure can be looked up as it stands. A financial year runs from 1 April, and
 * is numbered by the calendar year in which it begins. Pure. */
#ifndef TOC_FIGURES_H
#define TOC_FIGURES_H

#include "print_json.h"

#define TOC_POUNDS_TEXT_LEN 32
#define TOC_YEAR_TEXT_LEN 7    /* 2015/16 */
#define TOC_MONTHS_TEXT_LEN 63 /* "Apr-May, Jul-Aug, Oct-Nov, Jan-Feb" is the longest */
#define TOC_MONTHS_WHOLE 0xfffu

/* "-1,069" with a pound sign before the digits. ret_text has TOC_POUNDS_TEXT_LEN + 1. */
void toc_pounds_text(int64_t pounds, char *ret_text);
/* "1,234". The same room. */
void toc_count_text(int64_t count, char *ret_text);
/* 0.875 as "88%"; what rounds to nothing, and is not, is "<1%". The same room. */
void toc_proportion_text(double proportion, char *ret_text);

/* "2015/16", also "2015-16", "2015/2016" and "2015". TOC_INVALID for any other text, for years that
 * do not follow each other, and before 2000 or after 2100. */
enum toc_result toc_year_parse(const char *text, unsigned *ret_year) TOC_MUST_CHECK;
/* ret_text has TOC_YEAR_TEXT_LEN + 1. */
void toc_year_text(unsigned year, char *ret_text);

/* Of a list ["2015-10", ...], the months of a year: bit 0 is April, bit 11 March. */
unsigned toc_months_of(const json_t *months, unsigned year);
unsigned toc_months_count(unsigned months);
/* "whole year", "Oct-Dec", "Apr, Jun-Aug", "no month". ret_text has TOC_MONTHS_TEXT_LEN + 1. */
void toc_months_text(unsigned months, char *ret_text);

#endif
