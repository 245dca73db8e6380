#include "settle.h"
#include "ensure.h"

static void show_progress(struct toc_cli *cli, int64_t left, bool *shown)
{
    if (cli->asks && (left > 0 || *shown)) {
        fprintf(cli->err, "\rworking out what changed: %3d %%%s", (int)(100 - left),
                left == 0 ? "\n" : "");
        (void)fflush(cli->err);
        *shown = true;
    }
}

enum toc_result toc_settle(struct toc_cli *cli, struct toc_settled *ret_settled,
                           struct toc_why *why)
{
    bool shown = false;
    bool done = false;
    struct toc_settled settled = {0};
    while (!done) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, "settle", NULL, &reply, why));
        done = toc_field_true(reply.json, "done");
        show_progress(cli, done ? 0 : toc_field_number(reply.json, "left"), &shown);
        settled = (struct toc_settled){
            .staged = (uint64_t)toc_field_number(reply.json, "staged"),
            .withdrawn = (uint64_t)toc_field_number(reply.json, "withdrawn"),
            .unchanged = (uint64_t)toc_field_number(reply.json, "unchanged"),
            .refused = (uint64_t)toc_field_number(reply.json, "refused"),
            .suppliers = (uint64_t)toc_field_number(reply.json, "suppliers"),
        };
    }
    *ret_settled = settled;
    return TOC_OK;
}
