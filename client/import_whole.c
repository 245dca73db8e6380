#include "import_whole.h"
#include "ensure.h"
#include "import_input.h"
#include "import_rejects.h"
#include "import_report.h"

static enum toc_result read_all(struct toc_cli *cli, const char *path, struct toc_buf *file,
                                struct toc_why *why)
{
    TOC_AUTO(toc_input_close) struct toc_input *input = NULL;
    struct toc_bytes bytes;
    TOC_TRY(toc_input_open(path, cli->in, &input, why));
    do {
        TOC_TRY(toc_input_next(input, &bytes, why));
        const enum toc_result result = toc_buf_append(file, bytes);
        if (result != TOC_OK) {
            return toc_fail(why, result, "is larger than %d bytes", TOC_IMPORT_FILE_MAX);
        }
    } while (bytes.len > 0);
    return TOC_OK;
}

enum toc_result toc_import_whole(struct toc_cli *cli, const struct toc_import_words *words,
                                 struct toc_buf *ret_file, struct toc_why *why)
{
    const enum toc_result result = read_all(cli, words->file, ret_file, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", toc_import_file_name(words));
    }
    return result;
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
