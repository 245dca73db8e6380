#include "import_spend_payee.h"
#include "ensure.h"
#include "import_text.h"
#include "screen.h"
#include "suppliername.h"
#include <string.h>

/* The first of the cell's numbers. False: the cell has none. */
static enum toc_result read_number(enum toc_scheme scheme, const char *text,
                                   struct toc_orgid *ret_orgid)
{
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    size_t len;
    struct toc_why why;
    TOC_ENSURE(text[0] != '\0', TOC_NOTFOUND);
    TOC_TRY(toc_orgid_parse(scheme, text, ids, &len, &why));
    *ret_orgid = ids[0];
    return TOC_OK;
}

/* TOC_DENIED: a National Insurance number. */
static enum toc_result read_numbers(const struct toc_spend_payee_cells *cells,
                                    struct toc_spend_payee *payee)
{
    struct toc_orgid charity = {.scheme = TOC_SCHEME_NONE};
    const enum toc_result as_company = read_number(TOC_SCHEME_COH, cells->company, &payee->orgid);
    const enum toc_result as_charity = read_number(TOC_SCHEME_CHC, cells->charity, &charity);
    TOC_ENSURE(as_company != TOC_DENIED && as_charity != TOC_DENIED, TOC_DENIED);
    TOC_ENSURE(!toc_national_insurance_within(cells->vat), TOC_DENIED);
    payee->bad_company = as_company == TOC_MALFORMED;
    payee->bad_charity = as_charity == TOC_MALFORMED;
    if (as_company != TOC_OK && as_charity == TOC_OK) {
        payee->orgid = charity;
    }
    return TOC_OK;
}

/* Why a payee is dropped: for the count, so that an officer sees what the file is made of. */
static enum toc_spend_verdict dropped(const char *name)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    if (toc_national_insurance_within(name)) {
        return TOC_SPEND_NATIONAL_INSURANCE;
    }
    if (toc_name_fold(name, folded) != TOC_OK) {
        return TOC_SPEND_BAD_NAME;
    }
    const bool redacted = strstr(folded, "redact") != NULL || strstr(folded, "withheld") != NULL ||
                          strstr(folded, "personal data") != NULL;
    return redacted ? TOC_SPEND_REDACTED : TOC_SPEND_PERSON;
}

static enum toc_spend_verdict screen(const char *name, const struct toc_orgid *orgid)
{
    /* Some of the words for nothing are also what a redaction is called: that comes first. */
    const bool nothing = toc_import_blank(name);
    if (toc_screen_supplier(name, toc_scheme_code(orgid->scheme), orgid->id) == TOC_SCREEN_DROP) {
        const enum toc_spend_verdict verdict = dropped(name);
        return nothing && verdict != TOC_SPEND_REDACTED ? TOC_SPEND_NO_NAME : verdict;
    }
    return nothing ? TOC_SPEND_NO_NAME : TOC_SPEND_SEND;
}

enum toc_result toc_spend_judge(struct toc_arena *arena, const struct toc_spend_payee_cells *cells,
                                struct toc_spend_payee *ret_payee)
{
    struct toc_spend_payee payee = {.orgid = {.scheme = TOC_SCHEME_NONE}};
    if (read_numbers(cells, &payee) == TOC_DENIED) {
        payee.verdict = TOC_SPEND_NATIONAL_INSURANCE;
    } else if (strlen(cells->name) > TOC_SPEND_NAME_CELL_MAX) {
        payee.verdict = TOC_SPEND_BAD_NAME;
    } else {
        payee.verdict = screen(cells->name, &payee.orgid);
    }
    if (payee.verdict == TOC_SPEND_SEND) {
        payee.name = toc_import_text(arena, cells->name, TOC_SPEND_NAME_MAX);
        TOC_ENSURE(payee.name != NULL, TOC_NOMEM);
        /* The daemon sees the cleaned name, and takes none that it would have to drop. */
        payee.verdict = screen(payee.name, &payee.orgid);
    }
    *ret_payee = payee;
    return TOC_OK;
}
