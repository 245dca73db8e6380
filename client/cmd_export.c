#include "commands.h"
#include "ensure.h"
#include "export_ocds.h"
#include "file.h"
#include "pulling.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct export
{
    FILE *file;
    const char *path;
    uint64_t counts[3]; /* rosters, batches, evidence */
    uint64_t bytes;
};

static void export_done(struct export *export)
{
    if (export->file != NULL) {
        (void)fclose(export->file);
    }
}

static enum toc_result broken(const struct export *export, struct toc_why *why)
{
    return toc_fail(why, TOC_IO, "%s: cannot be written: %s", export->path, strerror(errno));
}

/* One list item: its length, what it is, and the bytes. */
static enum toc_result write_item(void *owner, enum toc_item_kind kind, struct toc_bytes item,
                                  struct toc_why *why)
{
    struct export *const export = owner;
    TOC_ENSURE(item.len < TOC_EXPORT_ITEM_MAX, TOC_TOOBIG);
    const uint32_t len = (uint32_t)item.len + 1;
    const uint8_t head[5] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                             (uint8_t)len, (uint8_t)kind};
    if (fwrite(head, 1, sizeof head, export->file) != sizeof head ||
        fwrite(item.data, 1, item.len, export->file) != item.len) {
        return broken(export, why);
    }
    export->counts[kind == TOC_ITEM_ROSTER ? 0 : (kind == TOC_ITEM_BATCH ? 1 : 2)]++;
    export->bytes += sizeof head + item.len;
    return TOC_OK;
}

static enum toc_result write_all(struct toc_cli *cli, struct export *export, struct toc_why *why)
{
    if (fputs(TOC_EXPORT_MAGIC, export->file) == EOF) {
        return broken(export, why);
    }
    TOC_TRY(toc_pull_rosters(cli, write_item, export, why));
    TOC_TRY(toc_pull_batches(cli, write_item, export, why));
    TOC_TRY(toc_pull_evidence(cli, write_item, export, why));
    if (fflush(export->file) != 0 || ferror(export->file) != 0) {
        return broken(export, why);
    }
    return TOC_OK;
}

/* Under a name that nobody reads, and never over a file that is there. */
static enum toc_result open_temporary(struct export *export, char temporary[PATH_MAX],
                                      struct toc_why *why)
{
    if (access(export->path, F_OK) == 0) {
        return toc_fail(why, TOC_EXISTS, "%s: is there already: choose another name", export->path);
    }
    const int fd = toc_file_temporary(export->path, 0644, temporary);
    if (fd < 0) {
        return toc_fail(why, errno == ENAMETOOLONG ? TOC_TOOBIG : TOC_IO,
                        "%s: cannot be made: %s: choose another name", export->path,
                        strerror(errno));
    }
    export->file = fdopen(fd, "w");
    if (export->file == NULL) {
        (void)broken(export, why);
        (void)close(fd);
        (void)unlink(temporary);
        return TOC_IO;
    }
    return TOC_OK;
}

/* A file is new, whole and on disk, or not there: one that was cut between two items could be read.
 */
static enum toc_result write_file(struct toc_cli *cli, struct export *export, struct toc_why *why)
{
    TOC_AUTO(export_done) struct export owned = *export;
    char temporary[PATH_MAX];
    TOC_TRY(open_temporary(&owned, temporary, why));
    enum toc_result result = write_all(cli, &owned, why);
    if (result == TOC_OK && fsync(fileno(owned.file)) != 0) {
        result = broken(&owned, why);
    }
    if (result != TOC_OK) {
        (void)unlink(temporary);
        return result;
    }
    TOC_TRY(toc_file_place(temporary, owned.path, why));
    memcpy(export->counts, owned.counts, sizeof export->counts);
    export->counts[2] /= 2; /* each is two items */
    export->bytes = owned.bytes;
    return TOC_OK;
}

int toc_cmd_export(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "export",
                                           .operands_min = 1,
                                           .operands_max = 1,
                                           .operands = "FILE [--ocds [--ocid-prefix P]]"};
    bool ocds = false;
    const char *prefix = NULL;
    const struct toc_option options[] = {{.name = "ocds", .flag = &ocds},
                                         {.name = "ocid-prefix", .text = &prefix}};
    struct export export = {.file = NULL};
    struct toc_operands operands;
    struct toc_why why = {""};
    enum toc_result result;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (prefix != NULL && !ocds) {
        return toc_cli_misuse(cli, usage.command, "--ocid-prefix: belongs to --ocds");
    }
    if (ocds) {
        return toc_export_ocds(cli, operands.items[0], prefix);
    }
    export.path = operands.items[0];
    if (strcmp(export.path, "-") == 0) {
        export.file = cli->out;
        result = write_all(cli, &export, &why);
        return result == TOC_OK ? TOC_EXIT_DONE : toc_cli_fail(cli, result, &why);
    }
    result = write_file(cli, &export, &why);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    if (cli->json) {
        return toc_cli_document(cli, json_pack("{s:s, s:I, s:I, s:I}", "file", export.path,
                                               "rosters", (json_int_t) export.counts[0], "batches",
                                               (json_int_t) export.counts[1], "evidence",
                                               (json_int_t) export.counts[2]));
    }
    fprintf(cli->out,
            "%s: %llu rosters, %llu batches, %llu pieces of evidence\nAnybody can check it: tocsin "
            "verify FILE --group FINGERPRINT\n",
            export.path, (unsigned long long)export.counts[0], (unsigned long long)export.counts[1],
            (unsigned long long)export.counts[2]);
    return TOC_EXIT_DONE;
}
