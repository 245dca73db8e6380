/* ocds_package: what a council publishes by law, as an Open Contracting release package (OCDS 1.1):
 * its frameworks that it published to the group, and its contracts register. One release a process
 * of one buyer: a framework and the register's rows of the same ocid or reference are one. The same
 * input gives the same bytes: every date in it comes from the data, none from the clock.
 *
 * No contact point, no address, no person: a supplier goes out only as screen.h keeps it, and a
 * contract whose supplier is held or dropped stays in the council, since its title may name one. */
#ifndef TOC_OCDS_PACKAGE_H
#define TOC_OCDS_PACKAGE_H

#include "wire_roster.h"
#include <jansson.h>

/* Of a process that no portal gave an ocid. It is not one of the Open Contracting Partnership's
 * registered prefixes: who publishes the file registers one and says it. */
#define TOC_OCDS_PREFIX "ocds-tocsin"
#define TOC_OCDS_PREFIX_LEN 11 /* "ocds-" and six letters or digits */

struct toc_ocds_source {
    const struct toc_member *self;
    const char *group;
    const char *prefix;
    /* Rows as the local socket gives them, each with `time` (RFC 3339) besides: when its batch was
     * made, or when its file was imported. Borrowed. */
    const json_t *frameworks;
    const json_t *contracts;
};
struct toc_ocds_counts {
    size_t releases;
    size_t frameworks;
    size_t contracts;
    size_t left_out; /* contracts: their supplier is, or may be, a person */
};

bool toc_ocds_prefix_valid(const char *prefix);

/* A new reference. TOC_NOTFOUND when there is nothing to write, TOC_NOMEM. */
enum toc_result toc_ocds_package(const struct toc_ocds_source *source, json_t **ret_package,
                                 struct toc_ocds_counts *ret_counts) TOC_MUST_CHECK;

#endif
