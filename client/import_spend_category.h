/* import_spend_category: what a payment was for, as a CPV division, where the file says it in a
 * code: CPV, or ProClass where one of its first levels lies in one division. Words of a council's
 * own are not guessed at. */
#ifndef TOC_IMPORT_SPEND_CATEGORY_H
#define TOC_IMPORT_SPEND_CATEGORY_H

#include "category.h"

/* Cells as they are, maybe empty. The CPV code counts before ProClass; unknown when neither says.
 */
struct toc_category toc_spend_category(const char *cpv, const char *proclass);

#endif
