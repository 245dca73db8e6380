/* The subcommands that bring a roster to its next version: admit, remove, succeed, list, renew,
 * sign. */
#include "commands.h"
#include "ensure.h"
#include "group_change.h"
#include "lifetime.h"
#include "request.h"
#include <string.h>

static enum toc_result admit_one(struct toc_group_change *change, const char *path, bool replace,
                                 struct toc_why *why)
{
    struct toc_request request;
    struct toc_hash hash;
    struct toc_roster next;
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    char question[TOC_FINGERPRINT_LEN + 128];
    TOC_TRY(toc_group_change_begin(change, why));
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
    TOC_TRY(toc_group_change_publish(change, &next, why));
    if (!change->cli->json) {
        fprintf(change->cli->out, "%s: %s\n", request.member.id, fingerprint);
    }
    return TOC_OK;
}

int toc_cmd_group_admit(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_group_change_done) struct toc_group_change change = {.cli = cli, .dir = "."};
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
    enum toc_result result = toc_group_change_open(&change, &why);
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
    return toc_group_change_report(&change, done);
}

int toc_cmd_group_remove(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_group_change_done) struct toc_group_change change = {.cli = cli, .dir = "."};
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
    enum toc_result result = toc_group_change_open(&change, &why);
    for (size_t i = 0; i < operands.len && result == TOC_OK; i++) {
        struct toc_roster next;
        result = i == 0 ? TOC_OK : toc_group_change_begin(&change, &why);
        if (result == TOC_OK) {
            result = toc_authority_remove(&change.step, operands.items[i], &next, &why);
        }
        if (result == TOC_OK) {
            result = toc_group_change_publish(&change, &next, &why);
        }
    }
    return result == TOC_OK ? toc_group_change_report(&change, "removed")
                            : toc_cli_fail(cli, result, &why);
}

int toc_cmd_group_succeed(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_group_change_done) struct toc_group_change change = {.cli = cli, .dir = "."};
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
    enum toc_result result = toc_group_change_open(&change, &why);
    if (result == TOC_OK) {
        result = toc_authority_succeed(&change.step, operands.items[0], operands.items + 1,
                                       operands.len - 1, &next, &why);
    }
    if (result == TOC_OK) {
        result = toc_group_change_publish(&change, &next, &why);
    }
    return result == TOC_OK ? toc_group_change_report(&change, "succeeded")
                            : toc_cli_fail(cli, result, &why);
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
    TOC_AUTO(toc_group_change_done) struct toc_group_change change = {.cli = cli, .dir = "."};
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
    enum toc_result result = toc_group_change_open(&change, &why);
    if (result == TOC_OK) {
        result = toc_authority_list(&change.step, &list, &next, &why);
    }
    if (result == TOC_OK) {
        result = confirm_end(cli, &list, &why);
    }
    if (result == TOC_OK) {
        result = toc_group_change_publish(&change, &next, &why);
    }
    if (result == TOC_INVALID) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    return result == TOC_OK
               ? toc_group_change_report(&change, list.members_len > 0 ? "list kept" : "list ended")
               : toc_cli_fail(cli, result, &why);
}

int toc_cmd_group_renew(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_group_change_done) struct toc_group_change change = {.cli = cli, .dir = "."};
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
    enum toc_result result = toc_group_change_open(&change, &why);
    if (result == TOC_OK) {
        result = toc_authority_renew(&change.step, expires_ms, &next, &why);
    }
    if (result == TOC_OK) {
        result = toc_group_change_publish(&change, &next, &why);
    }
    return result == TOC_OK ? toc_group_change_report(&change, "renewed")
                            : toc_cli_fail(cli, result, &why);
}

int toc_cmd_group_sign(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_group_change_done) struct toc_group_change change = {.cli = cli, .dir = "."};
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
    return result == TOC_OK ? toc_group_change_report(&change, "signed")
                            : toc_cli_fail(cli, result, &why);
}
