/* A council's payments, as a spreadsheet left them; before a NUL, the map that goes with them. */
#include "fuzz.h"
#include "import_spend_map.h"
#include "import_spend_read.h"
#include "screen.h"
#include <string.h>

struct file {
    struct toc_spend_sums *sums;
    struct toc_import import;
    struct toc_spend_reading reading;
    size_t rows;
};

/* In place of the daemon, which must be handed nobody it would have to drop. */
static enum toc_result hand_over(void *owner, struct toc_why *why)
{
    struct file *const file = owner;
    size_t len;
    const struct toc_spend_cell *const cells = toc_spend_sums_cells(file->sums, &len);
    (void)why;
    for (size_t i = 0; i < len; i++) {
        const struct toc_spend_payee *const payee =
            &toc_spend_sums_known(file->sums, cells[i].payee)->payee;
        TOC_ASSERT(payee->verdict == TOC_SPEND_SEND);
        TOC_ASSERT(toc_screen_supplier(payee->name, toc_scheme_code(payee->orgid.scheme),
                                       payee->orgid.id) != TOC_SCREEN_DROP);
        TOC_ASSERT(payee->orgid.scheme == TOC_SCHEME_NONE ||
                   toc_orgid_valid(payee->orgid.scheme, payee->orgid.id));
        file->rows += cells[i].rows;
    }
    toc_spend_sums_clear(file->sums);
    return TOC_OK;
}

static enum toc_result read_file(struct file *file, struct toc_bytes bytes)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    struct toc_why why;
    TOC_TRY(toc_csv_new(toc_spend_reading_row, &file->reading, &csv));
    TOC_TRY(toc_csv_feed(csv, bytes, &why));
    TOC_TRY(toc_csv_end(csv, &why));
    TOC_TRY(toc_spend_reading_end(&file->reading, &why));
    return hand_over(file, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct toc_spend_sums *sums; /* its tables are large: made once */
    struct file file = {.rows = 0};
    struct toc_spend_map map;
    struct toc_why why;
    const uint8_t *const nul = size == 0 ? NULL : memchr(data, '\0', size);
    const size_t map_len = nul == NULL ? 0 : (size_t)(nul - data);
    const size_t skipped = nul == NULL ? 0 : map_len + 1;
    if (sums == NULL && toc_spend_sums_new(1, &sums) != TOC_OK) {
        return 0;
    }
    toc_spend_sums_forget(sums);
    toc_import_init(&file.import, toc_fuzz_arena());
    file.sums = sums;
    file.reading = (struct toc_spend_reading){
        .sums = sums,
        .import = &file.import,
        .hand_over = hand_over,
        .owner = &file,
        .reader = {.day_max = 20000, .day_first = 17000, .has_first = size % 2 == 0},
    };
    if (nul != NULL) {
        if (toc_spend_map_parse(toc_bytes_of(data, map_len), &map, &why) != TOC_OK) {
            return 0;
        }
        file.reading.map = &map;
    }
    if (read_file(&file, toc_bytes_of(data + skipped, size - skipped)) == TOC_OK) {
        TOC_ASSERT(file.reading.rows ==
                   file.rows + file.import.rows_rejected + file.import.rows_screened);
    }
    return 0;
}
