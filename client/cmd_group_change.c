/* The subcommands that bring a roster to its next version: admit, remove, succeed, list, renew,
 * sign. */
#include "authority_folder.h"
#include "commands.h"
#include "ensure.h"
#include "lifetime.h"
#include "request.h"
#include <string.h>

/* One change under way. */
struct change {
    struct toc_cli *cli;
    const char *dir;
    const char *group;
    struct toc_authority_folder folder;
    struct toc_arena *arena; /* of this version; a new one for each */
    struct toc_authority_step step;
    struct toc_authority_outcome outcome;
    uint32_t token_epoch; /* before the change */
};

static void change_done(struct change *change)
{
    toc_arena_free(&change->arena);
    toc_authority_folder_done(&change->folder);
}

/* From the newest version, as it is now. */
static enum toc_result change_begin(struct change *change, struct toc_why *why)
{
    TOC_TRY(toc_authority_folder_free_to_change(&change->folder, why));
    toc_arena_free(&change->arena);
    if (toc_arena_new(16 * (size_t)TOC_ROSTER_LEN_MAX, &change->arena) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    struct toc_roster_chain *const chain = toc_roster_file_chain(change->folder.file);
    change->step = (struct toc_authority_step){
        .arena = change->arena,
        .now = toc_roster_chain_current(chain),
        .now_hash = *toc_roster_chain_head(chain),
        .issued_ms = toc_env_wall_ms(change->cli->env),
    };
    return TOC_OK;
}

static enum toc_result change_open(struct change *change, struct toc_why *why)
{
    TOC_TRY(toc_authority_folder_open(change->dir, change->group, &change->folder, why));
    change->token_epoch = toc_roster_file_current(change->folder.file)->token_epoch;
    return change_begin(change, why);
}

static enum toc_result change_publish(struct change *change, const struct toc_roster *next,
                                      struct toc_why *why)
{
    return toc_authority_publish(change->dir, &change->folder, next, &change->outcome, why);
}

/* Whoever can look suppliers up has changed: that is never done in silence. */
static void report_holders(const struct change *change, const struct toc_roster *roster)
{
    if (roster->token_epoch == change->token_epoch) {
        return;
    }
    fprintf(change->cli->out, "Token epoch %u begins; holders:", roster->token_epoch);
    for (size_t i = 0; i < roster->holders_len; i++) {
        fprintf(change->cli->out, "%s %s", i == 0 ? "" : ",", roster->holders[i]);
    }
    fputs(roster->holders_len == 1 ? " (alone: it could look suppliers up)\n" : "\n",
          change->cli->out);
}

/* What was done, and what is to be done now. */
static int change_report(const struct change *change, const char *done)
{
    const struct toc_authority_outcome *const outcome = &change->outcome;
    const struct toc_roster *const roster = toc_roster_file_current(change->folder.file);
    struct toc_cli *const cli = change->cli;
    if (cli->json) {
        return toc_cli_document(
            cli, json_pack("{s:s, s:I, s:i, s:i, s:b, s:s}", "group", roster->group, "version",
                           (json_int_t)outcome->version, "signatures", (int)outcome->signatures,
                           "threshold", (int)outcome->threshold, "complete", (int)outcome->complete,
                           "roster",
                           outcome->complete ? change->folder.path : change->folder.next_path));
    }
    if (outcome->complete) {
        report_holders(change, roster);
        fprintf(cli->out,
                "%s: version %llu is in %s\nHand it to one running member, normally the hub: "
                "tocsin group adopt FILE\n",
                done, (unsigned long long)outcome->version, change->folder.path);
    } else {
        fprintf(cli->out,
                "%s: version %llu waits in %s\nIt has %u of the %u signatures it needs: each "
                "signer runs: tocsin group sign --key FILE --dir DIR\n",
                done, (unsigned long long)outcome->version, change->folder.next_path,
                outcome->signatures, outcome->threshold);
    }
    return TOC_EXIT_DONE;
}

static enum toc_result admit_one(struct change *change, const char *path, bool replace,
                                 struct toc_why *why)
{
    struct toc_request request;
    struct toc_hash hash;
    struct toc_roster next;
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    char question[TOC_FINGERPRINT_LEN + 128];
    TOC_TRY(change_begin(change, why));
    TOC_TRY(toc_request_load(path, change->arena, &request, &hash, why));
    const enum toc_result result =
        toc_authority_admit(&change->step, &request.member, replace, &next, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", path);
        return result;
    }
    toc_fingerprint(&hash, fingerprint);
    (void)snprintf(question, sizeof question, "%s has the fingerprint\n    %s\nIs it theirs?",
                   request.member.id, fingerprint);
    if (!toc_cli_confirm(change->cli, question)) {
        return toc_fail(why, TOC_DENIED, "%s: not admitted: nothing was changed", path);
    }
    TOC_TRY(change_publish(change, &next, why));
    if (!change->cli->json) {
        fprintf(change->cli->out, "%s: %s\n", request.member.id, fingerprint);
    }
    return TOC_OK;
}

int toc_cmd_group_admit(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(change_done) struct change change = {.cli = cli, .dir = "."};
    bool replace = false;
    bool yes = false;
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
        {.name = "replace", .flag = &replace},
        {.name = "yes", .flag = &yes},
    };
    static const struct toc_usage usage = {
        .command = "group admit",
        .operands_min = 1,
        .operands_max = TOC_MEMBERS_MAX,
        .operands = "FILE.request... [--dir DIR] [--replace]",
    };
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    cli->asks = cli->asks && !yes;
    enum toc_result result = change_open(&change, &why);
    size_t admitted = 0;
    for (size_t i = 0; i < operands.len && result == TOC_OK; i++) {
        result = admit_one(&change, operands.items[i], replace, &why);
        admitted += result == TOC_OK ? 1 : 0;
    }
    if (result != TOC_OK) {
        /* Each member is a version of its own, so what was admitted before it stays. */
        return toc_cli_fail(cli, result, &why);
    }
    char done[48];
    (void)snprintf(done, sizeof done, "%zu admitted", admitted);
    return change_report(&change, done);
}

int toc_cmd_group_remove(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(change_done) struct change change = {.cli = cli, .dir = "."};
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
    };
    static const struct toc_usage usage = {
        .command = "group remove",
        .operands_min = 1,
        .operands_max = TOC_MEMBERS_MAX,
        .operands = "MEMBER... [--dir DIR]",
    };
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    enum toc_result result = change_open(&change, &why);
    for (size_t i = 0; i < operands.len && result == TOC_OK; i++) {
        struct toc_roster next;
        result = i == 0 ? TOC_OK : change_begin(&change, &why);
        if (result == TOC_OK) {
            result = toc_authority_remove(&change.step, operands.items[i], &next, &why);
        }
        if (result == TOC_OK) {
            result = change_publish(&change, &next, &why);
        }
    }
    return result == TOC_OK ? change_report(&change, "removed") : toc_cli_fail(cli, result, &why);
}

int toc_cmd_group_succeed(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(change_done) struct change change = {.cli = cli, .dir = "."};
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
    };
    static const struct toc_usage usage = {
        .command = "group succeed",
        .operands_min = 2,
        .operands_max = TOC_SUCCEEDS_MAX + 1,
        .operands = "NEW OLD... [--dir DIR]",
    };
    struct toc_operands operands;
    struct toc_why why = {""};
    struct toc_roster next;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    enum toc_result result = change_open(&change, &why);
    if (result == TOC_OK) {
        result = toc_authority_succeed(&change.step, operands.items[0], operands.items + 1,
                                       operands.len - 1, &next, &why);
    }
    if (result == TOC_OK) {
        result = change_publish(&change, &next, &why);
    }
    return result == TOC_OK ? change_report(&change, "succeeded") : toc_cli_fail(cli, result, &why);
}

/* What stands on the stream stays where it was read, and nobody can withdraw it any more. */
static enum toc_result confirm_end(struct toc_cli *cli, const struct toc_authority_list *list,
                                   struct toc_why *why)
{
    char question[256];
    (void)snprintf(question, sizeof question,
                   "The stream %.40s.%.40s ends: what was published on it can no longer be "
                   "changed or withdrawn.\nHave its publishers withdrawn what should not stay?",
                   list->stream, list->name);
    if (list->members_len == 0 && !toc_cli_confirm(cli, question)) {
        return toc_fail(why, TOC_DENIED, "%s: not ended: nothing was changed", list->name);
    }
    return TOC_OK;
}

int toc_cmd_group_list(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(change_done) struct change change = {.cli = cli, .dir = "."};
    struct toc_authority_list list = {.stream = "framework"};
    bool yes = false;
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
        {.name = "stream", .text = &list.stream},
        {.name = "yes", .flag = &yes},
    };
    static const struct toc_usage usage = {
        .command = "group list",
        .operands_min = 1,
        .operands_max = TOC_MEMBERS_MAX + 1,
        .operands = "NAME [MEMBER]... [--stream S] [--dir DIR]",
    };
    struct toc_operands operands;
    struct toc_why why = {""};
    struct toc_roster next;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    list.name = operands.items[0];
    list.members = operands.items + 1;
    list.members_len = operands.len - 1;
    cli->asks = cli->asks && !yes;
    enum toc_result result = change_open(&change, &why);
    if (result == TOC_OK) {
        result = toc_authority_list(&change.step, &list, &next, &why);
    }
    if (result == TOC_OK) {
        result = confirm_end(cli, &list, &why);
    }
    if (result == TOC_OK) {
        result = change_publish(&change, &next, &why);
    }
    if (result == TOC_INVALID) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    return result == TOC_OK
               ? change_report(&change, list.members_len > 0 ? "list kept" : "list ended")
               : toc_cli_fail(cli, result, &why);
}

int toc_cmd_group_renew(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(change_done) struct change change = {.cli = cli, .dir = "."};
    struct toc_lifetime life = {.days = TOC_AUTHORITY_DAYS};
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
        {.name = "days", .number = &life.days, .number_max = TOC_LIFETIME_DAYS_MAX},
        {.name = "expires", .text = &life.expires},
    };
    static const struct toc_usage usage = {.command = "group renew",
                                           .operands = "[--days N | --expires TIME] [--dir DIR]"};
    struct toc_operands operands;
    struct toc_why why = {""};
    struct toc_roster next;
    int64_t expires_ms;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (toc_lifetime_end(&life, toc_env_wall_ms(cli->env), &expires_ms, &why) != TOC_OK) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    enum toc_result result = change_open(&change, &why);
    if (result == TOC_OK) {
        result = toc_authority_renew(&change.step, expires_ms, &next, &why);
    }
    if (result == TOC_OK) {
        result = change_publish(&change, &next, &why);
    }
    return result == TOC_OK ? change_report(&change, "renewed") : toc_cli_fail(cli, result, &why);
}

int toc_cmd_group_sign(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(change_done) struct change change = {.cli = cli, .dir = "."};
    const char *key = NULL;
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
        {.name = "key", .text = &key},
    };
    static const struct toc_usage usage = {.command = "group sign",
                                           .operands = "--key FILE [--dir DIR]"};
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (key == NULL) {
        return toc_cli_misuse(cli, usage.command, "--key is needed");
    }
    enum toc_result result =
        toc_authority_folder_open(change.dir, change.group, &change.folder, &why);
    if (result == TOC_OK) {
        change.token_epoch = toc_roster_file_current(change.folder.file)->token_epoch;
        result = toc_authority_sign(&change.folder, key, &change.outcome, &why);
    }
    return result == TOC_OK ? change_report(&change, "signed") : toc_cli_fail(cli, result, &why);
}
