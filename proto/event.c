#include "event.h"
#include "ensure.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

#define REGISTER TOC_EVENT_REGISTER
#define ANNOUNCEMENT TOC_EVENT_ANNOUNCEMENT
#define NOTICE TOC_EVENT_NOTICE
#define OBSERVATION TOC_EVENT_OBSERVATION
#define CORRECTION TOC_EVENT_CORRECTION

static const struct toc_distress_event events[] = {
    {1, "rating_below_threshold", "credit rating below the contract's threshold", NOTICE, 3, false},
    {2, "profit_warning", "profits warning", ANNOUNCEMENT, 3, false},
    {3, "public_investigation", "public investigation", ANNOUNCEMENT, 3, false},
    {4, "covenant_breach", "material breach of covenant to lenders", NOTICE, 4, false},
    {5, "key_subcontractor_unpaid", "key sub-contractor unpaid", NOTICE, 3, false},
    {6, "litigation_debt", "litigation over financial indebtedness", NOTICE, 3, false},
    {7, "nonpayment_debt", "non-payment of financial indebtedness", NOTICE, 4, false},
    {8, "acceleration", "indebtedness due through an event of default", NOTICE, 4, false},
    {9, "facility_withdrawn", "borrowing cancelled or suspended", NOTICE, 4, false},
    {10, "accounts_overdue", "accounts or confirmation statement overdue", REGISTER, 2, false},
    {11, "audit_qualification", "audit qualified, or auditor resigned", REGISTER, 3, false},
    {12, "strike_off_proposal", "proposal to strike off", REGISTER, 3, false},
    {13, "insolvency_petition", "petition to wind up", REGISTER, 4, false},
    {14, "insolvency_event", "insolvency", REGISTER, 5, false},
    {15, "moratorium", "moratorium", REGISTER, 3, false},
    {16, "cva_or_restructuring", "voluntary arrangement or restructuring", REGISTER, 4, false},
    {17, "petition_dismissed", "petition dismissed", REGISTER, 1, true},
    {18, "event_ended", "event ended", REGISTER, 1, true},
    {19, "ccj_unsatisfied", "unsatisfied court judgment", REGISTER, 2, false},
    {20, "subcontractors_paid_late", "sub-contractors paid late", OBSERVATION, 2, false},
    {21, "early_payment_request", "asks for early payment", OBSERVATION, 2, false},
    {22, "site_slowdown_or_staff_loss", "work slows, or staff leave", OBSERVATION, 2, false},
    {23, "plant_removed", "plant removed from site", OBSERVATION, 3, false},
    {24, "spurious_claims_or_disputes", "unfounded claims or disputes", OBSERVATION, 2, false},
    {25, "assignment_of_benefit_request", "asks to assign the contract's benefit", OBSERVATION, 3,
     false},
    {26, "performance_drop_lifecycle", "performance drops", OBSERVATION, 2, false},
    {27, "group_member_signal", "trouble elsewhere in its group", OBSERVATION, 2, false},
    {28, "media_report", "report in the media", ANNOUNCEMENT, 1, false},
    {29, "financial_indicator_red", "financial indicator in the high band", NOTICE, 3, false},
    {30, "crp_stale_or_corporate_change", "resolution planning overdue, or change of control",
     NOTICE, 2, false},
    {90, "supplier_disputes_flag", "the supplier disputes a flag", CORRECTION, 1, true},
    {91, "withdrawn_in_error", "withdrawn: raised in error", CORRECTION, 1, true},
};

const struct toc_distress_event *toc_event_of(unsigned code)
{
    for (size_t i = 0; i < COUNT(events); i++) {
        if (events[i].code == code) {
            return &events[i];
        }
    }
    return NULL;
}

const struct toc_distress_event *toc_event_parse(const char *text)
{
    static const char digits[] = "0123456789";
    if ((text[0] != 'F' && text[0] != 'f') || strspn(text + 1, digits) != 2 || text[3] != '\0') {
        return NULL;
    }
    return toc_event_of((unsigned)(text[1] - '0') * 10 + (unsigned)(text[2] - '0'));
}

void toc_event_text(unsigned code, char *ret_text)
{
    ret_text[0] = 'F';
    ret_text[1] = (char)('0' + code / 10 % 10);
    ret_text[2] = (char)('0' + code % 10);
    ret_text[3] = '\0';
}

/* ---- words by value ---- */

static const char *const sources[] = {
    [TOC_SOURCE_PUBLIC_REGISTER] = "public_register",
    [TOC_SOURCE_PUBLIC_ANNOUNCEMENT] = "public_announcement",
    [TOC_SOURCE_SUPPLIER_NOTICE] = "supplier_notice_confidential",
    [TOC_SOURCE_OBSERVATION] = "council_observation",
};
static const char *const statuses[] = {
    [TOC_FLAG_RAISED] = "raised",       [TOC_FLAG_CORROBORATED] = "corroborated",
    [TOC_FLAG_MITIGATED] = "mitigated", [TOC_FLAG_CLEARED] = "cleared",
    [TOC_FLAG_WITHDRAWN] = "withdrawn", [TOC_FLAG_DISPUTED] = "disputed",
    [TOC_FLAG_EXPIRED] = "expired",
};
static const char *const clauses[] = {
    [TOC_CLAUSE_NONE] = "none",
    [TOC_CLAUSE_NOTICE_RECEIVED] = "notice_received",
    [TOC_CLAUSE_PLAN_REQUESTED] = "plan_requested",
    [TOC_CLAUSE_PLAN_ACCEPTED] = "plan_accepted",
    [TOC_CLAUSE_STEP_IN] = "step_in",
    [TOC_CLAUSE_TERMINATED] = "terminated",
};
static const char *const actions[] = {
    [TOC_ACTION_NONE] = "none",
    [TOC_ACTION_WATCH] = "watch",
    [TOC_ACTION_VERIFY_REGISTER] = "verify_register",
    [TOC_ACTION_CALL_MEETING] = "call_meeting",
    [TOC_ACTION_ACTIVATE_CONTINGENCY] = "activate_contingency",
    [TOC_ACTION_HOLD_NEW_AWARD] = "hold_new_award",
};
static const char *const buckets[] = {
    [TOC_REPORTERS_UNDER_3] = "under 3",
    [TOC_REPORTERS_3_TO_4] = "3-4",
    [TOC_REPORTERS_5_UP] = "5+",
};

static const char *word(const char *const *words, size_t len, unsigned value)
{
    return value < len ? words[value] : NULL;
}

static enum toc_result find(const char *const *words, size_t len, const char *text,
                            unsigned *ret_value)
{
    for (unsigned i = 0; i < len; i++) {
        if (words[i] != NULL && strcmp(words[i], text) == 0) {
            *ret_value = i;
            return TOC_OK;
        }
    }
    return TOC_NOTFOUND;
}

bool toc_source_is_public(enum toc_source source)
{
    return source == TOC_SOURCE_PUBLIC_REGISTER || source == TOC_SOURCE_PUBLIC_ANNOUNCEMENT;
}

const char *toc_source_name(enum toc_source source)
{
    return word(sources, COUNT(sources), source);
}

const char *toc_flag_status_name(enum toc_flag_status status)
{
    return word(statuses, COUNT(statuses), status);
}

const char *toc_clause_name(enum toc_clause clause)
{
    return word(clauses, COUNT(clauses), clause);
}

const char *toc_action_name(enum toc_action action)
{
    return word(actions, COUNT(actions), action);
}

const char *toc_reporters_name(enum toc_reporters reporters)
{
    return word(buckets, COUNT(buckets), reporters);
}

enum toc_reporters toc_reporters_of(unsigned councils)
{
    if (councils < 3) {
        return TOC_REPORTERS_UNDER_3;
    }
    return councils < 5 ? TOC_REPORTERS_3_TO_4 : TOC_REPORTERS_5_UP;
}

enum toc_result toc_source_parse(const char *text, enum toc_source *ret_source)
{
    unsigned value;
    TOC_TRY(find(sources, COUNT(sources), text, &value));
    *ret_source = (enum toc_source)value;
    return TOC_OK;
}

enum toc_result toc_clause_parse(const char *text, enum toc_clause *ret_clause)
{
    unsigned value;
    TOC_TRY(find(clauses, COUNT(clauses), text, &value));
    *ret_clause = (enum toc_clause)value;
    return TOC_OK;
}

enum toc_result toc_action_parse(const char *text, enum toc_action *ret_action)
{
    unsigned value;
    TOC_TRY(find(actions, COUNT(actions), text, &value));
    *ret_action = (enum toc_action)value;
    return TOC_OK;
}
