#include "import_whole.h"
#include "ensure.h"
#include "file.h"
#include "import_rejects.h"
#include <string.h>

static enum toc_result read_stream(FILE *in, struct toc_buf *buf, struct toc_why *why)
{
    uint8_t chunk[64 * 1024];
    size_t len;
    while ((len = fread(chunk, 1, sizeof chunk, in)) > 0) {
        const enum toc_result result = toc_buf_append(buf, toc_bytes_of(chunk, len));
        if (result != TOC_OK) {
            return toc_fail(why, result, "standard input: larger than %d bytes",
                            TOC_IMPORT_FILE_MAX);
        }
    }
    return ferror(in) == 0 ? TOC_OK : toc_fail(why, TOC_IO, "standard input: cannot be read");
}

enum toc_result toc_import_whole(struct toc_cli *cli, const struct toc_import_words *words,
                                 struct toc_buf *ret_file, struct toc_why *why)
{
    return strcmp(words->file, "-") == 0
               ? read_stream(cli->in, ret_file, why)
               : toc_file_read(words->file, TOC_IMPORT_FILE_MAX, ret_file, why);
}

enum toc_result toc_import_whole_rejects(const struct toc_import_words *words,
                                         const struct toc_import *import, struct toc_why *why)
{
    TOC_AUTO(toc_rejects_close) struct toc_rejects *rejects = NULL;
    if (words->rejects == NULL) {
        return TOC_OK;
    }
    TOC_TRY(toc_rejects_open(words->rejects, &rejects, why));
    for (size_t i = 0; i < import->notes_len; i++) {
        const struct toc_import_note *const item = &import->notes[i];
        if (item->fate == TOC_IMPORT_REJECTED || item->fate == TOC_IMPORT_HELD) {
            toc_rejects_add(rejects, item->row, toc_import_fate_name(item->fate), item->column,
                            item->reason);
        }
    }
    return toc_rejects_finish(rejects, why);
}
