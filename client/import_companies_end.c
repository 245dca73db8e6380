#include "import_companies_end.h"
#include "ensure.h"
#include "import_companies_status.h"
#include "timetext.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 200, ACCOUNTS_SEVERITY = 2, CONFIRMATION_SEVERITY = 1 };

struct conclusion {
    const char *supplier;
    const struct toc_company *company;
    int32_t today;
    struct toc_findings *findings;
};

static enum toc_result propose(const struct conclusion *about, const char *code, unsigned severity,
                               int32_t day, const char *reference, const char *text)
{
    struct toc_arena *const arena = about->findings->import.arena;
    const struct toc_event event = {
        .supplier = about->supplier,
        .code = code,
        .reference = toc_arena_text(arena, toc_bytes_text(reference)),
        .day = day,
        .severity = severity,
        .text = toc_arena_text(arena, toc_bytes_text(text)),
    };
    TOC_ENSURE(event.reference != NULL && event.text != NULL, TOC_NOMEM);
    return toc_findings_add_event(about->findings, &event);
}

/* Due on the day itself is not late yet. */
static enum toc_result propose_overdue(const struct conclusion *about, uint32_t due,
                                       unsigned severity, const char *what, const char *stage)
{
    char date[TOC_DATE_TEXT_LEN + 1];
    char reference[TEXT_MAX];
    char text[TEXT_MAX];
    if (due == 0 || about->today <= (int32_t)due) {
        return TOC_OK;
    }
    toc_date_text((int32_t)due, date);
    (void)snprintf(reference, sizeof reference, "%s %s %s", about->company->number, stage, date);
    (void)snprintf(text, sizeof text, "%s overdue since %s", what, date);
    return propose(about, "F10", severity, (int32_t)due, reference, text);
}

static enum toc_result propose_events(const struct conclusion *about)
{
    struct toc_company_trouble trouble;
    char reference[TEXT_MAX];
    TOC_TRY(propose_overdue(about, about->company->accounts_due, ACCOUNTS_SEVERITY, "accounts",
                            "accounts"));
    TOC_TRY(propose_overdue(about, about->company->confirmation_due, CONFIRMATION_SEVERITY,
                            "confirmation statement", "confirmation"));
    if (!toc_company_trouble(about->company->status, &trouble)) {
        return TOC_OK;
    }
    (void)snprintf(reference, sizeof reference, "%s %s", about->company->number, trouble.stage);
    return propose(about, trouble.code, trouble.severity, about->today, reference, trouble.text);
}

static const char *joined_number(struct toc_arena *arena, const char *number)
{
    char text[TEXT_MAX];
    (void)snprintf(text, sizeof text, "GB-COH-%s", number);
    return toc_arena_text(arena, toc_bytes_text(text));
}

static enum toc_result add_company(const struct conclusion *about, bool fill)
{
    const struct toc_company *const company = about->company;
    struct toc_fact fact = {
        .supplier = about->supplier,
        .name = company->name,
        .sic_len = company->sic_len,
        .former_len = company->former_len,
        .status = company->status[0] == '\0' ? NULL : company->status,
    };
    if (fill) {
        fact.number = joined_number(about->findings->import.arena, company->number);
        TOC_ENSURE(fact.number != NULL, TOC_NOMEM);
    }
    memcpy(fact.sic, company->sic, sizeof fact.sic);
    memcpy(fact.former, company->former, sizeof fact.former);
    TOC_TRY(toc_findings_add_fact(about->findings, &fact));
    return propose_events(about);
}

static enum toc_result add_ambiguous(struct toc_findings *findings, const char *supplier,
                                     const struct toc_company_match *match)
{
    const bool several = match->current_len > 1;
    const char *const *const numbers = several ? match->current : match->former;
    const size_t len = several ? match->current_len : match->former_len;
    struct toc_ambiguous ambiguous = {.supplier = supplier,
                                      .reason = several ? "several_companies" : "former_name"};
    for (size_t i = 0; i < len && i < TOC_AMBIGUOUS_NUMBERS_MAX; i++) {
        const char *const number = joined_number(findings->import.arena, numbers[i]);
        TOC_ENSURE(number != NULL, TOC_NOMEM);
        ambiguous.numbers[ambiguous.numbers_len++] = number;
    }
    return toc_findings_add_ambiguous(findings, &ambiguous);
}

enum toc_result toc_companies_conclude(const struct toc_own *own,
                                       const struct toc_company_match *matches, int32_t today,
                                       struct toc_findings *findings)
{
    for (size_t i = 0; i < toc_own_len(own); i++) {
        const struct toc_company_match *const match = &matches[i];
        const struct conclusion about = {.supplier = toc_own_id(own, i),
                                         .company = &match->company,
                                         .today = today,
                                         .findings = findings};
        const bool one = match->found || match->current_len == 1;
        if (one) {
            findings->suppliers++;
            TOC_TRY(add_company(&about, !match->found));
        } else if (match->current_len > 1 || match->former_len > 0) {
            findings->suppliers++;
            TOC_TRY(add_ambiguous(findings, about.supplier, match));
        } else if (toc_own_number(own, i)[0] != '\0') {
            findings->unlisted++;
        }
    }
    return TOC_OK;
}
