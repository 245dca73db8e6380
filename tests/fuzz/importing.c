#include "importing.h"
#include <string.h>

const struct toc_member *toc_fuzz_member(void)
{
    static const struct toc_buyer buyers[] = {{"GB-LAE", "LDS"}};
    static const char *const aliases[] = {"City of Leeds"};
    static const struct toc_member leeds = {.id = "leeds",
                                            .name = "Leeds City Council",
                                            .gss = "E08000035",
                                            .roles = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                            .buyers = buyers,
                                            .buyers_len = 1,
                                            .aliases = aliases,
                                            .aliases_len = 1};
    return &leeds;
}

void toc_fuzz_import_check(struct toc_arena *arena, const struct toc_import *import)
{
    TOC_ASSERT(import->rows_read == import->rows_used + import->rows_rejected +
                                        import->rows_screened + import->rows_held);
    for (size_t i = 0; i < import->notes_len; i++) {
        TOC_ASSERT(import->notes[i].column != NULL && import->notes[i].reason != NULL);
    }
    for (size_t i = 0; i < import->records_len; i++) {
        struct toc_record read;
        struct toc_bytes bytes;
        struct toc_why why;
        TOC_ASSERT(toc_wire_record_encode(arena, &import->records[i], &bytes) == TOC_OK);
        TOC_ASSERT(toc_record_read(arena, "framework", bytes, &read, &why) == TOC_OK);
    }
}
