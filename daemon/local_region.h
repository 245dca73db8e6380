/* local_region: the requests on the regional picture, and what their files share. */
#ifndef TOC_LOCAL_REGION_H
#define TOC_LOCAL_REGION_H

#include "local_request.h"
#include "store_picture_show.h"

toc_local_function toc_local_region_suppliers;     /* local_region.c */
toc_local_function toc_local_region_concentration; /* local_region_concentration.c */
toc_local_function toc_local_region_supplier;      /* local_region_supplier.c */

enum { TOC_REGION_POUNDS = 1000 }; /* in the thousand that the store counts in */

/* *ret_year: `year` of the request; else the year most members cover, of equals the later; 0: there
 * is none. ret_years has room for every year there may be. */
#define TOC_REGION_YEARS_MAX (TOC_EXPOSURE_YEAR_MAX - TOC_EXPOSURE_YEAR_MIN + 1)
enum toc_result toc_region_year(struct toc_engine *engine, const struct toc_local *local,
                                struct toc_picture_year ret_years[TOC_REGION_YEARS_MAX],
                                size_t *ret_len, unsigned *ret_year, struct toc_why *why)
    TOC_MUST_CHECK;
/* Each gives a new reference, or NULL without memory. */
json_t *toc_region_year_json(unsigned year); /* null for 0 */
json_t *toc_region_months_json(unsigned year, unsigned months);
json_t *toc_region_category_json(unsigned code);
/* The number of a subject, null for a name. */
json_t *toc_region_number_json(const char *subject);

#endif
