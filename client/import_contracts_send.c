#include "import_contracts_send.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

static enum toc_result open_import(struct toc_cli *cli, const struct toc_import_words *words,
                                   int64_t *ret_import, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    const char *const slash = strrchr(words->file, '/');
    const char *const file = slash == NULL ? words->file : slash + 1;
    const char *const source = words->source == NULL ? TOC_CONTRACTS_SOURCE : words->source;
    json_t *const fields =
        json_pack("{s:s, s:s, s:s}", "kind", "contracts", "source", source, "file", file);
    if (fields == NULL) {
        return toc_fail(why, TOC_INVALID, "the name of the file is no text");
    }
    TOC_TRY(toc_cli_call(cli, "import_open", fields, &reply, why));
    *ret_import = toc_field_number(reply.json, "import");
    return TOC_OK;
}

static enum toc_result send_part(struct toc_cli *cli, int64_t import, size_t number,
                                 const struct toc_contracts_part *part, char *fates,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_local *local;
    const struct toc_bytes parts[] = {toc_buf_bytes(&part->payees_text),
                                      toc_buf_bytes(&part->contracts_text)};
    TOC_TRY(toc_cli_local(cli, &local, why));
    const struct toc_call call = {.request = "import_rows",
                                  .fields = json_pack("{s:I, s:I}", "import", (json_int_t)import,
                                                      "number", (json_int_t)number),
                                  .parts = parts,
                                  .parts_len = 2};
    if (call.fields == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    TOC_TRY(toc_local_call(local, &call, &reply, why));
    const char *const answers = toc_field_text(reply.json, "fates");
    if (strlen(answers) != part->payees_len) {
        return toc_fail(why, TOC_MALFORMED, "the daemon answered for %zu of %zu suppliers",
                        strlen(answers), part->payees_len);
    }
    for (size_t i = 0; i < part->payees_len; i++) {
        fates[part->payees[i]] = answers[i];
    }
    return TOC_OK;
}

static enum toc_result send_all(struct toc_cli *cli, int64_t import,
                                const struct toc_contracts *contracts, char *fates,
                                struct toc_why *why)
{
    size_t number = 0;
    for (size_t done = 0; done < contracts->len; number++) {
        TOC_AUTO(toc_contracts_part_done) struct toc_contracts_part part = {.payees_len = 0};
        if (toc_contracts_part(contracts, done, &part) != TOC_OK) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
        TOC_TRY(send_part(cli, import, number, &part, fates, why));
        done += part.contracts_len;
    }
    return TOC_OK;
}

static enum toc_result close_import(struct toc_cli *cli, const struct toc_import_words *words,
                                    int64_t import, const struct toc_contracts *contracts,
                                    const char *hash, struct toc_contracts_sent *ret_sent,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_contracts_sent sent = {.state = ""};
    json_t *const fields =
        json_pack("{s:I, s:s, s:I, s:I, s:b}", "import", (json_int_t)import, "hash", hash,
                  "rows_read", (json_int_t)contracts->import.rows_read, "rows_used",
                  (json_int_t)contracts->import.rows_used, "dry_run", (int)words->dry_run);
    if (fields == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    TOC_TRY(toc_cli_call(cli, "import_close", fields, &reply, why));
    (void)snprintf(sent.state, sizeof sent.state, "%s", toc_field_text(reply.json, "state"));
    sent.replaced = (uint64_t)toc_field_number(reply.json, "rows_replaced");
    sent.suppliers = (uint64_t)toc_field_number(reply.json, "suppliers");
    sent.suppliers_held = (uint64_t)toc_field_number(reply.json, "suppliers_held");
    sent.suppliers_new = (uint64_t)toc_field_number(reply.json, "suppliers_new");
    *ret_sent = sent;
    return TOC_OK;
}

static enum toc_result send_and_close(struct toc_cli *cli, const struct toc_import_words *words,
                                      int64_t import, struct toc_contracts *contracts,
                                      const char *hash, struct toc_contracts_sent *ret_sent,
                                      struct toc_why *why)
{
    char *const fates = calloc(contracts->payees_len + 1, 1);
    enum toc_result result = fates == NULL ? TOC_NOMEM : TOC_OK;
    if (result == TOC_OK) {
        result = send_all(cli, import, contracts, fates, why);
    }
    if (result == TOC_OK) {
        result = toc_contracts_decide(contracts, fates);
    }
    free(fates);
    TOC_TRY(result);
    return close_import(cli, words, import, contracts, hash, ret_sent, why);
}

/* If this does not arrive either, the daemon drops what is half there when it starts. */
static void cancel(struct toc_cli *cli, int64_t import)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_why why;
    const enum toc_result result = toc_cli_call(
        cli, "import_cancel", json_pack("{s:I}", "import", (json_int_t)import), &reply, &why);
    (void)result;
}

enum toc_result toc_contracts_send(struct toc_cli *cli, const struct toc_import_words *words,
                                   struct toc_contracts *contracts, const char *hash,
                                   struct toc_contracts_sent *ret_sent, struct toc_why *why)
{
    int64_t import = 0;
    TOC_TRY(open_import(cli, words, &import, why));
    const enum toc_result result =
        send_and_close(cli, words, import, contracts, hash, ret_sent, why);
    if (result != TOC_OK) {
        cancel(cli, import);
    }
    return result;
}
