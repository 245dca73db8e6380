/* `tocsin import companies`: own suppliers from the daemon, the snapshot as a stream, the report.
 */
#include "ensure.h"
#include "import_companies.h"
#include "import_companies_clear.h"
#include "import_kind.h"
#include <errno.h>
#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000, CHUNK_LEN = 256 * 1024, ROWS_A_STEP = 100000 };

static void close_file(FILE **file)
{
    if (*file != NULL) {
        (void)fclose(*file);
    }
}

static void show_progress(struct toc_cli *cli, size_t rows, size_t *shown)
{
    if (cli->asks && rows >= *shown + ROWS_A_STEP) {
        *shown = rows;
        fprintf(cli->err, "\rread %zu companies", rows);
        (void)fflush(cli->err);
    }
}

static enum toc_result read_file(struct toc_cli *cli, FILE *in, struct toc_companies *companies,
                                 struct toc_why *why)
{
    static uint8_t chunk[CHUNK_LEN];
    size_t shown = 0;
    size_t len;
    while ((len = fread(chunk, 1, sizeof chunk, in)) > 0) {
        TOC_TRY(toc_companies_feed(companies, toc_bytes_of(chunk, len), why));
        show_progress(cli, toc_companies_rows(companies), &shown);
    }
    if (shown > 0) {
        fprintf(cli->err, "\rread %zu companies\n", toc_companies_rows(companies));
    }
    if (ferror(in) != 0) {
        return toc_fail(why, TOC_IO, "cannot be read");
    }
    return toc_companies_end(companies, why);
}

static enum toc_result read_named(struct toc_cli *cli, const struct toc_import_words *words,
                                  struct toc_companies *companies, struct toc_why *why)
{
    TOC_AUTO(close_file) FILE *file = NULL;
    FILE *in = cli->in;
    if (strcmp(words->file, "-") != 0) {
        file = fopen(words->file, "rb");
        if (file == NULL) {
            return toc_fail(why, errno == ENOENT ? TOC_NOTFOUND : TOC_IO, "%s: %s", words->file,
                            strerror(errno));
        }
        in = file;
    }
    const enum toc_result result = read_file(cli, in, companies, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", toc_import_file_name(words));
    }
    return result;
}

int toc_import_companies_run(struct toc_cli *cli, const struct toc_import_words *words)
{
    TOC_AUTO(toc_own_free) struct toc_own *own = NULL;
    TOC_AUTO(toc_companies_free) struct toc_companies *companies = NULL;
    struct toc_why why = {"out of memory"};
    const int32_t today = (int32_t)(toc_env_wall_ms(cli->env) / DAY_MS);
    enum toc_result result = toc_own_fetch(cli, &own, &why);
    if (result == TOC_OK) {
        result = toc_companies_new(own, today, &companies);
    }
    if (result == TOC_OK) {
        result = read_named(cli, words, companies, &why);
    }
    if (result == TOC_OK) {
        result = toc_companies_clear_open(cli, today, toc_companies_findings(companies), &why);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    return toc_findings_finish(cli, words, toc_companies_findings(companies));
}
