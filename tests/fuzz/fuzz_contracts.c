/* A council's own register, as a spreadsheet left it; before a NUL, the map that goes with it. The
 * counts add up, every contract can be sent in messages of their limits, and nobody who may be a
 * person comes out as an organisation. */
#include "import_contracts_send.h"
#include "importing.h"
#include "screen.h"
#include <string.h>

static void check_payees(const struct toc_contracts *contracts)
{
    for (size_t i = 0; i < contracts->payees_len; i++) {
        const struct toc_payee *payee = &contracts->payees[i].payee;
        const enum toc_screen screen =
            toc_screen_supplier(payee->name, toc_scheme_code(payee->id.scheme), payee->id.id);
        TOC_ASSERT(screen == (payee->held ? TOC_SCREEN_HOLD : TOC_SCREEN_KEEP));
        TOC_ASSERT(payee->id.scheme == TOC_SCHEME_NONE ||
                   toc_orgid_valid(payee->id.scheme, payee->id.id));
        TOC_ASSERT(contracts->payees[i].rows > 0);
        TOC_ASSERT(!toc_national_insurance_within(payee->name));
    }
}

static void check_parts(const struct toc_contracts *contracts)
{
    size_t done = 0;
    while (done < contracts->len) {
        struct toc_contracts_part part;
        TOC_ASSERT(toc_contracts_part(contracts, done, &part) == TOC_OK);
        TOC_ASSERT(part.contracts_len > 0 && part.contracts_len <= TOC_CONTRACTS_ROWS_MAX);
        done += part.contracts_len;
        toc_contracts_part_done(&part);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toc_arena *arena = toc_fuzz_arena();
    const uint8_t *nul = size == 0 ? NULL : memchr(data, '\0', size);
    const size_t map_len = nul == NULL ? 0 : (size_t)(nul - data);
    const size_t taken = nul == NULL ? 0 : map_len + 1;
    struct toc_register_map map;
    struct toc_contracts contracts;
    struct toc_why why;
    const bool mapped =
        nul != NULL && toc_register_map_parse(toc_bytes_of(data, map_len), &map, &why) == TOC_OK;
    if (toc_contracts_read(toc_bytes_of(data + taken, size - taken), toc_fuzz_member(),
                           mapped ? &map : NULL, arena, &contracts, &why) != TOC_OK) {
        return 0;
    }
    check_payees(&contracts);
    check_parts(&contracts);
    TOC_ASSERT(toc_contracts_decide(&contracts, NULL) == TOC_OK);
    toc_fuzz_import_check(arena, &contracts.import);
    return 0;
}
