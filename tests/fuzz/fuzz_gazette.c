/* Notices of The Gazette, in either form. */
#include "import_gazette.h"
#include "register.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toc_findings findings;
    struct toc_why why;
    if (toc_gazette_read(toc_bytes_of(data, size), toc_fuzz_own(), toc_fuzz_arena(), &findings,
                         &why) == TOC_OK) {
        toc_fuzz_findings_check(&findings);
    }
    return 0;
}
