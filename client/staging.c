#include "staging.h"
#include "ensure.h"

/* One message: as many records as fit, from `from` on. */
struct message {
    struct toc_arena *arena;
    struct toc_bytes parts[TOC_LOCAL_STAGE_RECORDS_MAX];
    size_t len;
};

static enum toc_result fill(const struct toc_staging *staging, size_t from, struct message *message,
                            struct toc_why *why)
{
    size_t bytes = 0;
    message->len = 0;
    while (from + message->len < staging->records_len &&
           message->len < TOC_LOCAL_STAGE_RECORDS_MAX) {
        const struct toc_record *const record = &staging->records[from + message->len];
        struct toc_bytes part;
        const enum toc_result result = toc_wire_record_encode(message->arena, record, &part);
        if (result != TOC_OK) {
            return toc_fail(why, result, "record %zu: cannot be written: %s",
                            from + message->len + 1, toc_result_name(result));
        }
        if (message->len > 0 && bytes + part.len > TOC_LOCAL_STAGE_LEN_MAX) {
            break;
        }
        message->parts[message->len++] = part;
        bytes += part.len;
    }
    return TOC_OK;
}

static enum toc_result send_one(struct toc_local *local, const struct toc_staging *staging,
                                const struct message *message, struct toc_staged *staged,
                                struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    const struct toc_call call = {
        .request = "stage",
        .fields = json_pack("{s:s, s:s, s:b}", "stream", staging->stream, "source", staging->source,
                            "withdraw", (int)staging->withdraw),
        .parts = message->parts,
        .parts_len = message->len,
    };
    if (call.fields == NULL) {
        return toc_fail(why, TOC_INVALID, "%s: the name of the file is no text", staging->stream);
    }
    TOC_TRY(toc_local_call(local, &call, &reply, why));
    staged->staged += (uint64_t)toc_field_number(reply.json, "staged");
    staged->unchanged += (uint64_t)toc_field_number(reply.json, "unchanged");
    return TOC_OK;
}

static void show_progress(struct toc_cli *cli, size_t done, size_t all)
{
    if (cli->asks && all > TOC_LOCAL_STAGE_RECORDS_MAX) {
        fprintf(cli->err, "\rstaged %zu of %zu%s", done, all, done == all ? "\n" : "");
        (void)fflush(cli->err);
    }
}

enum toc_result toc_staging_send(struct toc_cli *cli, const struct toc_staging *staging,
                                 struct toc_staged *ret_staged, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_staged staged = {0};
    struct toc_local *local;
    struct message message;
    TOC_TRY(toc_cli_local(cli, &local, why));
    if (toc_arena_new(64 * (size_t)TOC_LOCAL_STAGE_LEN_MAX, &arena) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    message.arena = arena;
    for (size_t done = 0; done < staging->records_len; done += message.len) {
        toc_arena_reset(arena);
        TOC_TRY(fill(staging, done, &message, why));
        TOC_TRY(send_one(local, staging, &message, &staged, why));
        show_progress(cli, done + message.len, staging->records_len);
    }
    *ret_staged = staged;
    return TOC_OK;
}
