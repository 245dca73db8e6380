/* roster_rules: what the members of a group agreed on beside who reads what. */
#ifndef TOC_ROSTER_RULES_H
#define TOC_ROSTER_RULES_H

#include <stdint.h>

#define TOC_RULE_NAME_AT_MAX 16
#define TOC_RULE_WINDOW_MINUTES_MAX (7 * 24 * 60)
#define TOC_RULE_DISPUTE_DAYS_MAX 250 /* working days: a year */
#define TOC_RULE_QUOTA_PERCENT_MAX 10000
#define TOC_RULE_QUOTA_PLUS_MAX 100000

/* 0 stands for the default. */
struct toc_rules {
    uint32_t name_at;        /* reporters of one supplier until the hub may learn its name */
    uint32_t window_minutes; /* between two times when the hub sends alerts that waited */
    uint32_t dispute_days;   /* working days until a disputed flag is withdrawn */
    uint32_t quota_percent;  /* of a council's different suppliers: inputs a token epoch */
    uint32_t quota_plus;     /* and so many more */
};

#endif
