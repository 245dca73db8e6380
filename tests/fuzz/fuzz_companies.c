/* The snapshot of the register of companies: whatever is in it, and wherever it is cut in pieces.
 */
#include "ensure.h"
#include "import_companies.h"
#include "register.h"

enum { TODAY = 20605, PIECE = 61 };

static void read_pieces(struct toc_bytes rest, size_t piece, size_t *ret_events)
{
    TOC_AUTO(toc_companies_free) struct toc_companies *companies = NULL;
    struct toc_why why;
    *ret_events = 0;
    TOC_ASSERT(toc_companies_new(toc_fuzz_own(), TODAY, &companies) == TOC_OK);
    while (rest.len > 0) {
        const size_t len = rest.len < piece ? rest.len : piece;
        if (toc_companies_feed(companies, toc_bytes_of(rest.data, len), &why) != TOC_OK) {
            return;
        }
        rest = toc_bytes_of(rest.data + len, rest.len - len);
    }
    if (toc_companies_end(companies, &why) == TOC_OK) {
        toc_fuzz_findings_check(toc_companies_findings(companies));
        *ret_events = toc_companies_findings(companies)->events_len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t whole;
    size_t pieces;
    read_pieces(toc_bytes_of(data, size), size + 1, &whole);
    read_pieces(toc_bytes_of(data, size), PIECE, &pieces);
    TOC_ASSERT(whole == pieces);
    return 0;
}
