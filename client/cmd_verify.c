/* verify: checks chain, signatures and evidence of all that the daemon holds, or of an exported
 * file. Nothing is believed because the daemon says so. */
#include "commands.h"
#include "ensure.h"
#include "evidence_check.h"
#include "log_check.h"
#include "pulling.h"
#include "roster_words.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct verify {
    struct toc_cli *cli;
    struct toc_log_check *check;
    json_t *found; /* contradictions that are proven */
    uint8_t *half; /* the first of a pair whose second has not come; or NULL */
    size_t half_len;
};

/* The halves of a pair follow one another. */
static enum toc_result take_evidence(struct verify *verify, struct toc_bytes item,
                                     struct toc_why *why)
{
    struct toc_contradiction found;
    char text[TOC_CONTRADICTION_TEXT_MAX];
    if (verify->half == NULL) {
        verify->half = malloc(item.len + 1);
        if (verify->half == NULL) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
        memcpy(verify->half, item.data, item.len);
        verify->half_len = item.len;
        return TOC_OK;
    }
    const enum toc_result result =
        toc_evidence_check(toc_log_check_roster_file(verify->check),
                           toc_bytes_of(verify->half, verify->half_len), item, &found, why);
    free(verify->half);
    verify->half = NULL;
    if (result != TOC_OK) {
        toc_why_prefix(why, "evidence %zu proves nothing", json_array_size(verify->found) + 1);
        return result;
    }
    toc_contradiction_text(&found, text);
    (void)json_array_append_new(
        verify->found,
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s}", "kind", toc_contradiction_name(found.kind),
                  "member", found.member, "publisher", found.log.publisher, "stream",
                  found.log.stream, "generation", (json_int_t)found.log.generation, "sequence",
                  (json_int_t)found.sequence, "text", text));
    return TOC_OK;
}

static enum toc_result take_item(void *owner, enum toc_item_kind kind, struct toc_bytes item,
                                 struct toc_why *why)
{
    struct verify *const verify = owner;
    switch (kind) {
    case TOC_ITEM_ROSTER:
        return toc_log_check_roster(verify->check, item, why);
    case TOC_ITEM_BATCH:
        return toc_log_check_batch(verify->check, item, why);
    case TOC_ITEM_EVIDENCE:
        return take_evidence(verify, item, why);
    }
    return toc_fail(why, TOC_MALFORMED, "an item of an unknown kind");
}

static enum toc_result pull_all(struct verify *verify, struct toc_why *why)
{
    TOC_TRY(toc_pull_rosters(verify->cli, take_item, verify, why));
    TOC_TRY(toc_pull_batches(verify->cli, take_item, verify, why));
    return toc_pull_evidence(verify->cli, take_item, verify, why);
}

static void close_file(FILE **file)
{
    if (*file != NULL) {
        (void)fclose(*file);
    }
}

/* The next item into `item` (of TOC_EXPORT_ITEM_MAX). TOC_NOTFOUND at the end. */
static enum toc_result read_item(FILE *file, uint8_t *item, size_t *ret_len)
{
    uint8_t head[4];
    const size_t got = fread(head, 1, sizeof head, file);
    TOC_ENSURE(got > 0, ferror(file) != 0 ? TOC_IO : TOC_NOTFOUND);
    TOC_ENSURE(got == sizeof head, TOC_MALFORMED);
    const size_t len =
        (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | (size_t)head[3];
    TOC_ENSURE(len >= 1 && len <= TOC_EXPORT_ITEM_MAX, TOC_MALFORMED);
    TOC_ENSURE(fread(item, 1, len, file) == len, TOC_MALFORMED);
    *ret_len = len;
    return TOC_OK;
}

static void free_item(uint8_t **item)
{
    free(*item);
}

static enum toc_result read_file(struct verify *verify, const char *path, struct toc_why *why)
{
    char magic[sizeof TOC_EXPORT_MAGIC] = "";
    TOC_AUTO(free_item) uint8_t *item = malloc(TOC_EXPORT_ITEM_MAX);
    TOC_AUTO(close_file) FILE *file = fopen(path, "re");
    if (file == NULL) {
        return toc_fail(why, errno == ENOENT ? TOC_NOTFOUND : TOC_IO, "%s: cannot open: %s", path,
                        strerror(errno));
    }
    if (item == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    if (fread(magic, 1, strlen(TOC_EXPORT_MAGIC), file) != strlen(TOC_EXPORT_MAGIC) ||
        strcmp(magic, TOC_EXPORT_MAGIC) != 0) {
        return toc_fail(why, TOC_MALFORMED, "%s: is no export: 'tocsin export FILE' makes one",
                        path);
    }
    for (size_t number = 1;; number++) {
        size_t len;
        const enum toc_result result = read_item(file, item, &len);
        if (result == TOC_NOTFOUND) {
            return TOC_OK;
        }
        if (result != TOC_OK) {
            return toc_fail(why, result, "%s: is cut short or damaged at item %zu", path, number);
        }
        TOC_TRY(
            take_item(verify, (enum toc_item_kind)item[0], toc_bytes_of(item + 1, len - 1), why));
    }
}

static json_t *logs_json(const struct toc_log_check *check)
{
    json_t *const list = json_array();
    size_t len;
    const struct toc_checked_log *const logs = toc_log_check_logs(check, &len);
    for (size_t i = 0; i < len; i++) {
        char head[2 * TOC_HASH_LEN + 1];
        toc_hex_encode(toc_bytes_of(logs[i].chain.head.bytes, TOC_HASH_LEN), head);
        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:I, s:I, s:s, s:I}", "publisher", logs[i].log.publisher,
                            "stream", logs[i].log.stream, "generation",
                            (json_int_t)logs[i].log.generation, "next_sequence",
                            (json_int_t)logs[i].chain.next_sequence, "head", head, "batches",
                            (json_int_t)logs[i].batches));
    }
    return list;
}

static enum toc_result print_logs(struct toc_cli *cli, const json_t *logs)
{
    static const struct toc_column columns[] = {
        {.heading = "PUBLISHER"},
        {.heading = "STREAM", .shrinks = true},
        {.heading = "LAST", .right = true},
        {.heading = "BATCHES", .right = true},
        {.heading = "HEAD", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(logs); i++) {
        const json_t *const log = json_array_get(logs, i);
        char last[24];
        char batches[24];
        (void)snprintf(last, sizeof last, "%lld",
                       (long long)toc_field_number(log, "next_sequence") - 1);
        (void)snprintf(batches, sizeof batches, "%lld",
                       (long long)toc_field_number(log, "batches"));
        const char *const cells[] = {toc_field_text(log, "publisher"),
                                     toc_field_text(log, "stream"), last, batches,
                                     toc_field_text(log, "head")};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        toc_table_print(table, cli->out, &cli->paper);
    }
    return TOC_OK;
}

static void print_contradictions(struct toc_cli *cli, const json_t *found)
{
    for (size_t i = 0; i < json_array_size(found); i++) {
        fprintf(cli->out, "Proven: %s\n", toc_field_text(json_array_get(found, i), "text"));
    }
}

static int report(struct verify *verify)
{
    TOC_AUTO(toc_json_free) json_t *logs = logs_json(verify->check);
    struct toc_cli *const cli = verify->cli;
    const struct toc_roster *const roster =
        toc_roster_file_current(toc_log_check_rosters(verify->check));
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    struct toc_why why = {"out of memory"};
    toc_fingerprint(toc_log_check_group(verify->check), fingerprint);
    if (cli->json) {
        return toc_cli_document(cli, json_pack("{s:b, s:s, s:s, s:I, s:O, s:I, s:O}", "verified", 1,
                                               "group", roster->group, "fingerprint", fingerprint,
                                               "roster_version", (json_int_t)roster->version,
                                               "logs", logs, "evidence",
                                               (json_int_t)json_array_size(verify->found),
                                               "contradictions", verify->found));
    }
    const enum toc_result result = print_logs(cli, logs);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    fprintf(cli->out,
            "Verified: %llu rosters of group %s and %zu log%s, every signature and every place in "
            "the chain\nFingerprint of the group: %s\n",
            (unsigned long long)roster->version, roster->group, json_array_size(logs),
            json_array_size(logs) == 1 ? "" : "s", fingerprint);
    print_contradictions(cli, verify->found);
    return TOC_EXIT_DONE;
}

static void verify_done(struct verify *verify)
{
    toc_log_check_free(&verify->check);
    free(verify->half);
    json_decref(verify->found);
}

static enum toc_result check_group(const struct verify *verify, const char *expected,
                                   struct toc_why *why)
{
    const struct toc_hash *const group = toc_log_check_group(verify->check);
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    if (group == NULL) {
        return toc_fail(why, TOC_MALFORMED, "there is no roster, so nothing can be checked");
    }
    if (verify->half != NULL) {
        return toc_fail(why, TOC_MALFORMED,
                        "evidence without its second half: copy the file again");
    }
    if (expected != NULL && !toc_fingerprint_is(group, expected)) {
        toc_fingerprint(group, fingerprint);
        return toc_fail(why, TOC_BADSIG,
                        "it is another group's: its fingerprint is %s: ask a signer which is right",
                        fingerprint);
    }
    return TOC_OK;
}

int toc_cmd_verify(struct toc_cli *cli, int argc, char **argv)
{
    const char *expected = NULL;
    const struct toc_option options[] = {{.name = "group", .text = &expected}};
    static const struct toc_usage usage = {
        .command = "verify", .operands_max = 1, .operands = "[FILE] [--group FINGERPRINT]"};
    TOC_AUTO(verify_done) struct verify verify = {.cli = cli, .found = json_array()};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, 1, &operands, &status)) {
        return status;
    }
    enum toc_result result = toc_log_check_new(&verify.check, &why);
    if (result == TOC_OK) {
        result = operands.len > 0 ? read_file(&verify, operands.items[0], &why)
                                  : pull_all(&verify, &why);
    }
    if (result == TOC_OK) {
        result = check_group(&verify, expected, &why);
    }
    if (result == TOC_OK) {
        return report(&verify);
    }
    /* No daemon is 4; anything that does not verify is a plain failure. */
    if (result != TOC_AGAIN && result != TOC_TIMEOUT) {
        toc_why_prefix(&why, "verify");
    }
    return toc_cli_fail(cli, result, &why);
}
