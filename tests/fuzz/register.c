#include "register.h"
#include "ensure.h"
#include "orgid.h"
#include <string.h>

const struct toc_own *toc_fuzz_own(void)
{
    static struct toc_own *own;
    if (own == NULL) {
        TOC_ASSERT(toc_own_new(&own) == TOC_OK);
        TOC_ASSERT(toc_own_add(own, "s1", "01234567", true) == TOC_OK);
        TOC_ASSERT(toc_own_add_name(own, "acme surfacing ltd") == TOC_OK);
        TOC_ASSERT(toc_own_add(own, "s2", "", false) == TOC_OK);
        TOC_ASSERT(toc_own_add_name(own, "beacon care ltd") == TOC_OK);
        TOC_ASSERT(toc_own_add(own, "s3", "", false) == TOC_OK);
        TOC_ASSERT(toc_own_add_name(own, "a") == TOC_OK);
        TOC_ASSERT(toc_own_add(own, "s4", "", false) == TOC_OK);
        TOC_ASSERT(toc_own_add_name(own, "a") == TOC_OK);
    }
    return own;
}

static void check_number(const char *joined)
{
    TOC_ASSERT(strncmp(joined, "GB-COH-", 7) == 0);
    TOC_ASSERT(toc_orgid_valid(TOC_SCHEME_COH, joined + 7));
}

void toc_fuzz_findings_check(const struct toc_findings *findings)
{
    const struct toc_import *const import = &findings->import;
    TOC_ASSERT(import->rows_read == import->rows_used + import->rows_rejected +
                                        import->rows_screened + import->rows_held);
    for (size_t i = 0; i < findings->facts_len; i++) {
        const struct toc_fact *const fact = &findings->facts[i];
        TOC_ASSERT(fact->supplier[0] == 's' && fact->name != NULL);
        TOC_ASSERT(fact->sic_len <= TOC_FACT_SICS_MAX && fact->former_len <= TOC_FACT_FORMER_MAX);
        if (fact->number != NULL) {
            check_number(fact->number);
            TOC_ASSERT(strcmp(fact->supplier, "s1") != 0); /* it has one */
        }
    }
    for (size_t i = 0; i < findings->events_len; i++) {
        const struct toc_event *const event = &findings->events[i];
        TOC_ASSERT(event->supplier[0] == 's' && event->code[0] == 'F');
        TOC_ASSERT(event->reference[0] != '\0' && event->text[0] != '\0' && event->day > 0);
        TOC_ASSERT(event->severity >= 1 && event->severity <= 5);
    }
    for (size_t i = 0; i < findings->ambiguous_len; i++) {
        for (size_t j = 0; j < findings->ambiguous[i].numbers_len; j++) {
            check_number(findings->ambiguous[i].numbers[j]);
        }
    }
}
