/* `tocsin import gazette`: own suppliers from the daemon, the notices, the report. */
#include "ensure.h"
#include "import_gazette.h"
#include "import_kind.h"
#include "import_whole.h"

#define ARENA_MAX ((size_t)512 << 20)

static enum toc_result import(struct toc_cli *cli, const struct toc_import_words *words,
                              const struct toc_own *own, struct toc_arena *arena,
                              struct toc_findings *ret_findings, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    toc_buf_init(&file, TOC_IMPORT_FILE_MAX);
    TOC_TRY(toc_import_whole(cli, words, &file, why));
    const enum toc_result result =
        toc_gazette_read(toc_buf_bytes(&file), own, arena, ret_findings, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", toc_import_file_name(words));
    }
    return result;
}

int toc_import_gazette_run(struct toc_cli *cli, const struct toc_import_words *words)
{
    TOC_AUTO(toc_own_free) struct toc_own *own = NULL;
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_findings findings;
    struct toc_why why = {"out of memory"};
    enum toc_result result = toc_arena_new(ARENA_MAX, &arena);
    if (result == TOC_OK) {
        result = toc_own_fetch(cli, &own, &why);
    }
    if (result == TOC_OK) {
        result = import(cli, words, own, arena, &findings, &why);
    }
    return result == TOC_OK ? toc_findings_finish(cli, words, &findings)
                            : toc_cli_fail(cli, result, &why);
}
