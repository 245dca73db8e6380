/* event: the vocabulary of distress (DOMAIN: financial distress events F01 to F30, F90, F91, after
 * the government's standard clause), and of what is said about one. Values travel; they are
 * append-only. Names are what people and programs read. */
#ifndef TOC_EVENT_H
#define TOC_EVENT_H

#include "result.h"
#include <stdbool.h>

#define TOC_EVENT_TEXT_LEN 3 /* "F13" */
#define TOC_SEVERITY_MAX 5

/* Where such a thing is learnt. */
enum toc_event_kind {
    TOC_EVENT_REGISTER = 1,     /* a public register */
    TOC_EVENT_ANNOUNCEMENT = 2, /* a public announcement */
    TOC_EVENT_NOTICE = 3,       /* a confidential notice to the buyer */
    TOC_EVENT_OBSERVATION = 4,  /* the council's own */
    TOC_EVENT_CORRECTION = 5,
};
struct toc_distress_event {
    unsigned code;    /* 13 for F13 */
    const char *name; /* "insolvency_petition" */
    const char *label;
    enum toc_event_kind kind;
    unsigned severity; /* usual, 1 to 5 */
    bool clears;       /* ends an earlier one */
};
/* NULL when there is none of that code. */
const struct toc_distress_event *toc_event_of(unsigned code);
/* "F13", of either case. NULL. */
const struct toc_distress_event *toc_event_parse(const char *text);
/* ret_text has room for TOC_EVENT_TEXT_LEN + 1. */
void toc_event_text(unsigned code, char *ret_text);

enum toc_source {
    TOC_SOURCE_PUBLIC_REGISTER = 1,
    TOC_SOURCE_PUBLIC_ANNOUNCEMENT = 2,
    TOC_SOURCE_SUPPLIER_NOTICE = 3,
    TOC_SOURCE_OBSERVATION = 4,
};
/* Anybody could know it: it goes at once, and needs no second person. */
bool toc_source_is_public(enum toc_source source);

enum toc_flag_status {
    TOC_FLAG_RAISED = 1,
    TOC_FLAG_CORROBORATED = 2, /* alerts only: more than one council reports it */
    TOC_FLAG_MITIGATED = 3,
    TOC_FLAG_CLEARED = 4,
    TOC_FLAG_WITHDRAWN = 5, /* alerts only */
    TOC_FLAG_DISPUTED = 6,  /* alerts only */
    TOC_FLAG_EXPIRED = 7,   /* alerts only: expired, not cleared */
};
enum toc_clause {
    TOC_CLAUSE_NONE = 0,
    TOC_CLAUSE_NOTICE_RECEIVED = 1,
    TOC_CLAUSE_PLAN_REQUESTED = 2,
    TOC_CLAUSE_PLAN_ACCEPTED = 3,
    TOC_CLAUSE_STEP_IN = 4,
    TOC_CLAUSE_TERMINATED = 5,
};
enum toc_action {
    TOC_ACTION_NONE = 0,
    TOC_ACTION_WATCH = 1,
    TOC_ACTION_VERIFY_REGISTER = 2,
    TOC_ACTION_CALL_MEETING = 3,
    TOC_ACTION_ACTIVATE_CONTINGENCY = 4,
    TOC_ACTION_HOLD_NEW_AWARD = 5,
};
enum toc_reporters {
    TOC_REPORTERS_UNDER_3 = 1,
    TOC_REPORTERS_3_TO_4 = 2,
    TOC_REPORTERS_5_UP = 3,
};
/* By value; NULL for what is none. */
const char *toc_source_name(enum toc_source source);
const char *toc_flag_status_name(enum toc_flag_status status);
const char *toc_clause_name(enum toc_clause clause);
const char *toc_action_name(enum toc_action action);
const char *toc_reporters_name(enum toc_reporters reporters);
enum toc_reporters toc_reporters_of(unsigned councils);
/* By name. TOC_NOTFOUND. */
enum toc_result toc_source_parse(const char *text, enum toc_source *ret_source) TOC_MUST_CHECK;
enum toc_result toc_clause_parse(const char *text, enum toc_clause *ret_clause) TOC_MUST_CHECK;
enum toc_result toc_action_parse(const char *text, enum toc_action *ret_action) TOC_MUST_CHECK;

#endif
