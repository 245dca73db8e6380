/* import_ocds_owner: whose release it is. */
#ifndef TOC_IMPORT_OCDS_OWNER_H
#define TOC_IMPORT_OCDS_OWNER_H

#include "import_buyer.h"
#include "record_framework.h"
#include <jansson.h>

/* A reference is "ocid|buyer": the buyer's part is cut so that both fit. */
#define TOC_OCDS_BUYER_KEY_MAX (TOC_FRAMEWORK_REFERENCE_MAX - TOC_FRAMEWORK_OCID_MAX - 1)

enum toc_ocds_owner {
    TOC_OCDS_OWNER_SELF = 1,
    TOC_OCDS_OWNER_OTHER = 2,
    TOC_OCDS_OWNER_NONE = 3, /* it names no buyer */
};

/* The release's buyer; where it gives none, any party with that role. For one of ours also the key
 * of that buyer (its id, or else its folded name) and the name as published, borrowed from the
 * release or the member. */
enum toc_ocds_owner toc_ocds_owner(const struct toc_import_self *self, const json_t *release,
                                   char ret_key[TOC_OCDS_BUYER_KEY_MAX + 1], const char **ret_name);

#endif
