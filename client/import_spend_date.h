/* import_spend_date: the day of a payment, from what ledgers print (DOMAIN.md 6.3): a date, or a
 * period, which stands for its first day. */
#ifndef TOC_IMPORT_SPEND_DATE_H
#define TOC_IMPORT_SPEND_DATE_H

#include "result.h"
#include <stdbool.h>
#include <stdint.h>

/* A date in any form of timetext.h or 20181231; else a month ("2010-12", "Dec-10", "July
 * 2010-September 2010"), a ledger's period of the financial year ("P03 2018/19", "2018 P3"; P13 is
 * March again), or its quarter ("Q1 2018/19"). A period without its year is of the financial year
 * that begins in `year`; 0: there is none. *ret_period: it was no single day.
 * TOC_NOTFOUND: blank. TOC_STALE: a period, and nothing says of which year. TOC_MALFORMED. */
enum toc_result toc_spend_date(const char *text, int year, int32_t *ret_day, bool *ret_period)
    TOC_MUST_CHECK;
/* The financial year (1 April to 31 March) of a day, by the year it begins in. */
int toc_spend_financial_year(int32_t day);

#endif
