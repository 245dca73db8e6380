#include "import_framework_set.h"
#include "ensure.h"
#include "import_framework.h"
#include <stdio.h>
#include <string.h>

struct toc_framework_draft {
    struct toc_framework framework;
    struct toc_supplier_list suppliers;
    size_t row;
};

static enum toc_result add_suppliers(struct toc_framework_draft *draft,
                                     const struct toc_register_row *row,
                                     const struct toc_row_payees *payees)
{
    for (size_t i = 0; i < payees->len; i++) {
        const struct toc_payee *const payee = &payees->items[i];
        TOC_TRY(toc_supplier_list_add(row->arena, &draft->suppliers, payee->name,
                                      toc_scheme_code(payee->id.scheme), payee->id.id,
                                      &draft->framework.suppliers_left_out));
    }
    draft->framework.suppliers_left_out += (uint32_t)payees->left_out;
    return TOC_OK;
}

static struct toc_framework_draft *find_draft(struct toc_framework_set *set, const char *reference)
{
    for (size_t i = 0; i < set->len; i++) {
        if (strcmp(set->drafts[i].framework.reference, reference) == 0) {
            return &set->drafts[i];
        }
    }
    return NULL;
}

enum toc_result toc_framework_set_take(struct toc_framework_set *set,
                                       const struct toc_register_row *row,
                                       const struct toc_row_payees *payees, struct toc_why *why)
{
    struct toc_framework framework;
    const struct toc_record record = {.type = TOC_RECORD_FRAMEWORK, .as.framework = &framework};
    TOC_TRY(toc_register_read(row, &framework, why));
    TOC_TRY(toc_framework_validate(&record, why));
    struct toc_framework_draft *draft = find_draft(set, framework.reference);
    /* Another row of a framework adds its supplier; a title of its own makes it something else. */
    if (draft != NULL && strcmp(draft->framework.title, framework.title) != 0) {
        return toc_fail(why, TOC_INVALID,
                        "ContractReference: row %zu has this reference with another title",
                        draft->row);
    }
    if (draft == NULL) {
        TOC_TRY(toc_import_grow(row->arena, &set->drafts, set->len, &set->room, sizeof *draft));
        draft = &set->drafts[set->len++];
        *draft = (struct toc_framework_draft){.framework = framework, .row = row->csv->number};
    }
    return add_suppliers(draft, row, payees);
}

enum toc_result toc_framework_set_end(struct toc_framework_set *set, struct toc_import *import,
                                      struct toc_why *why)
{
    for (size_t i = 0; i < set->len; i++) {
        struct toc_framework_draft *const draft = &set->drafts[i];
        draft->framework.suppliers = draft->suppliers.items;
        draft->framework.suppliers_len = draft->suppliers.len;
        TOC_TRY(toc_import_framework_add(import, &draft->framework, why));
    }
    return TOC_OK;
}
