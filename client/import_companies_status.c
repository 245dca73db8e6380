#include "import_companies_status.h"
#include "csvfile.h"
#include <string.h>

/* By what the status holds, without case, spaces and signs; the first row that fits. The bulk file
 * and the register's programming interface word it differently. */
static const struct row {
    const char *word;
    struct toc_company_trouble trouble; /* no code: no distress */
} rows[] = {
    {"membersvoluntary", {.code = NULL}},
    {"proposaltostrikeoff",
     {"F12", "strike-off", 3, "Companies House proposes to strike it off the register"}},
    {"receiver", {"F14", "receivership", 5, "a receiver is in charge of it, or of what it owns"}},
    {"administration", {"F14", "administration", 5, "in administration"}},
    {"compulsoryliquidation", {"F14", "liquidation", 5, "in compulsory liquidation"}},
    {"creditorsvoluntary", {"F14", "liquidation", 5, "in liquidation by its creditors"}},
    {"liquidation",
     {"F14", "liquidation", 4,
      "in liquidation; the file does not say whether it is solvent (members' voluntary)"}},
    {"restructuringplan", {"F16", "restructuring", 4, "under a restructuring plan"}},
    {"moratorium", {"F15", "moratorium", 3, "under a moratorium"}},
    {"voluntaryarrangement", {"F16", "arrangement", 4, "in a voluntary arrangement"}},
    {"insolvency", {"F14", "insolvency", 4, "in insolvency proceedings"}},
};

bool toc_company_trouble(const char *status, struct toc_company_trouble *ret_trouble)
{
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(status, folded);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strstr(folded, rows[i].word) != NULL) {
            if (rows[i].trouble.code == NULL) {
                return false;
            }
            *ret_trouble = rows[i].trouble;
            return true;
        }
    }
    return false;
}
