/* Open Contracting files, which come from portals that anybody may feed. */
#include "import_ocds.h"
#include "importing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toc_arena *arena = toc_fuzz_arena();
    struct toc_import import;
    struct toc_why why;
    if (toc_import_ocds(toc_bytes_of(data, size), toc_fuzz_member(), arena, &import, &why) ==
        TOC_OK) {
        toc_fuzz_import_check(arena, &import);
    }
    return 0;
}
