/* import_companies_status: what a company's status in the register's snapshot means (DOMAIN.md 2.1,
 * 2.3): which event to propose, if any. */
#ifndef TOC_IMPORT_COMPANIES_STATUS_H
#define TOC_IMPORT_COMPANIES_STATUS_H

#include <stdbool.h>

struct toc_company_trouble {
    const char *code;  /* "F12", "F14", "F15", "F16" */
    const char *stage; /* in a reference: "strike-off" */
    unsigned severity;
    const char *text;
};

/* False for a status that is no distress: "Active", a members' voluntary liquidation (solvent), and
 * any that is not known. */
bool toc_company_trouble(const char *status, struct toc_company_trouble *ret_trouble);

#endif
