/* The end of reading a register: rows in doubt, and the template. */
#include "ensure.h"
#include "import_contracts.h"
#include <stdlib.h>

static enum toc_result decide(struct toc_contracts *contracts,
                              const struct toc_contract_doubt *doubt, const char *fates)
{
    static const char column[] = "SupplierName";
    size_t held = 0;
    size_t dropped = 0;
    for (size_t i = 0; i < doubt->len; i++) {
        const size_t payee = contracts->items[doubt->first + i].payee;
        TOC_ASSERT(payee < contracts->payees_len);
        const bool doubted = contracts->payees[payee].payee.held;
        held += doubted && (fates == NULL || fates[payee] == 'h') ? 1 : 0;
        dropped += doubted && fates != NULL && fates[payee] == 'd' ? 1 : 0;
    }
    if (held > 0) {
        return toc_import_settle(&contracts->import, doubt->row, TOC_IMPORT_HELD, column,
                                 "may be a person: decide with 'tocsin supplier keep' or 'drop'");
    }
    return dropped == doubt->len
               ? toc_import_settle(&contracts->import, doubt->row, TOC_IMPORT_SCREENED, column,
                                   TOC_SCREENED_DROPPED)
               : toc_import_settle(&contracts->import, doubt->row, TOC_IMPORT_USED, "", "");
}

static int compare_notes(const void *a, const void *b)
{
    const struct toc_import_note *const left = a;
    const struct toc_import_note *const right = b;
    return left->row < right->row ? -1 : left->row > right->row;
}

enum toc_result toc_contracts_decide(struct toc_contracts *contracts, const char *fates)
{
    struct toc_import *const import = &contracts->import;
    for (size_t i = 0; i < contracts->doubts_len; i++) {
        TOC_TRY(decide(contracts, &contracts->doubts[i], fates));
    }
    contracts->doubts_len = 0;
    if (import->notes_len > 1) {
        qsort(import->notes, import->notes_len, sizeof *import->notes, compare_notes);
    }
    return TOC_OK;
}

/* Lines before the headings are passed over, so that these may stay in the file. */
const char *toc_contracts_template(void)
{
    return "# Dates: dd/mm/yyyy\r\n"
           "# ContractType: Single award contract | Multiple award contract | Framework agreement "
           "| "
           "Dynamic purchasing system | Grant agreement | Other\r\n"
           "# LastExtensionDate: a date or a period such as 2 x 12 months\r\n"
           "# ContractValue: pounds such as 125000.00\r\n"
           "# SupplierName: several are parted by a bar\r\n"
           "# SMESupplier and VCSESupplier: true | false\r\n"
           "# ProcessType: Invitation to quote | Published invitation to tender | Framework | "
           "Dynamic purchasing system | Direct award | Waiver\r\n"
           "# OpenTo (frameworks): owner_only | named | region | la_england | uk_public | schools "
           "| "
           "police | fire | vcse\r\n"
           "OrganisationLabel,ContractReference,OpenContractingID,ContractTitle,ContractType,"
           "OrganisationalUnit,Description,CPVCode,ProclassCode,StartDate,EndDate,ReviewDate,"
           "LastExtensionDate,ContractValue,SupplierName,CompaniesHouseRegistrationNumber,"
           "CharityCommissionNumber,SMESupplier,VCSESupplier,ProcessType,OpenTo\r\n";
}
