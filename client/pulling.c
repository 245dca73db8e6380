#include "pulling.h"
#include "ensure.h"

enum toc_result toc_pull_rosters(struct toc_cli *cli, toc_item_f each, void *owner,
                                 struct toc_why *why)
{
    json_int_t next = 1;
    json_int_t last = 1;
    while (next <= last) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, "rosters", json_pack("{s:I}", "from", next), &reply, why));
        for (size_t i = 0; i < reply.parts_len; i++) {
            TOC_TRY(each(owner, TOC_ITEM_ROSTER, reply.parts[i], why));
        }
        last = toc_field_number(reply.json, "last_version");
        next += (json_int_t)reply.parts_len;
        if (reply.parts_len == 0) {
            break;
        }
    }
    return TOC_OK;
}

/* From the beginning to what was there when it was asked last. */
static enum toc_result pull_log(struct toc_cli *cli, const json_t *log, toc_item_f each,
                                void *owner, struct toc_why *why)
{
    /* A later generation goes on counting; asking from 1 is asking from wherever it begins. */
    json_int_t from = 1;
    for (;;) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        json_t *const fields =
            json_pack("{s:s, s:s, s:I, s:I}", "publisher", toc_field_text(log, "publisher"),
                      "stream", toc_field_text(log, "stream"), "generation",
                      (json_int_t)toc_field_number(log, "generation"), "from", from);
        TOC_TRY(toc_cli_call(cli, "batches", fields, &reply, why));
        for (size_t i = 0; i < reply.parts_len; i++) {
            TOC_TRY(each(owner, TOC_ITEM_BATCH, reply.parts[i], why));
        }
        const json_int_t next = toc_field_number(reply.json, "next_sequence");
        if (reply.parts_len == 0 || next <= from) {
            return TOC_OK;
        }
        from = next;
    }
}

enum toc_result toc_pull_batches(struct toc_cli *cli, toc_item_f each, void *owner,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    TOC_TRY(toc_cli_call(cli, "status", NULL, &reply, why));
    const json_t *const logs = toc_field_array(reply.json, "logs");
    for (size_t i = 0; i < json_array_size(logs); i++) {
        TOC_TRY(pull_log(cli, json_array_get(logs, i), each, owner, why));
    }
    return TOC_OK;
}

/* The two halves of a pair follow one another. */
enum toc_result toc_pull_evidence(struct toc_cli *cli, toc_item_f each, void *owner,
                                  struct toc_why *why)
{
    for (json_int_t from = 1;;) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, "evidence", json_pack("{s:I}", "from", from), &reply, why));
        for (size_t i = 0; i < reply.parts_len; i++) {
            TOC_TRY(each(owner, TOC_ITEM_EVIDENCE, reply.parts[i], why));
        }
        const json_t *const evidence = toc_field_array(reply.json, "evidence");
        const size_t len = json_array_size(evidence);
        if (len == 0) {
            return TOC_OK;
        }
        from = (json_int_t)toc_field_number(json_array_get(evidence, len - 1), "id") + 1;
    }
}
