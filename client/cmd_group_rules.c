/* The subcommands that change what a group agreed on: rules, rotate-tokens. */
#include "commands.h"
#include "ensure.h"
#include "group_change.h"
#include <string.h>

#define QUOTA_WORDS "PERCENT+PLUS, such as 220+200"

/* "220+200" */
static enum toc_result parse_quota(const char *text, struct toc_rules *rules, struct toc_why *why)
{
    char percent[16] = "";
    const char *const plus = strchr(text, '+');
    uint64_t numbers[2];
    if (plus == NULL || (size_t)(plus - text) >= sizeof percent) {
        return toc_fail(why, TOC_INVALID, "--quota: '%.20s' is not " QUOTA_WORDS, text);
    }
    memcpy(percent, text, (size_t)(plus - text));
    if (toc_args_number(percent, TOC_RULE_QUOTA_PERCENT_MAX, &numbers[0]) != TOC_OK ||
        toc_args_number(plus + 1, TOC_RULE_QUOTA_PLUS_MAX, &numbers[1]) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "--quota: '%.20s' is not " QUOTA_WORDS " (at most %d+%d)",
                        text, TOC_RULE_QUOTA_PERCENT_MAX, TOC_RULE_QUOTA_PLUS_MAX);
    }
    rules->quota_percent = (uint32_t)numbers[0];
    rules->quota_plus = (uint32_t)numbers[1];
    return TOC_OK;
}

struct words {
    uint64_t name_at;
    uint64_t window;
    uint64_t dispute_days;
    const char *quota;
};

/* What is not named stays; what is named 0 goes back to the default. */
static enum toc_result apply(const struct words *words, struct toc_rules *rules,
                             struct toc_why *why)
{
    if (words->name_at != UINT64_MAX) {
        rules->name_at = (uint32_t)words->name_at;
    }
    if (words->window != UINT64_MAX) {
        rules->window_minutes = (uint32_t)words->window;
    }
    if (words->dispute_days != UINT64_MAX) {
        rules->dispute_days = (uint32_t)words->dispute_days;
    }
    return words->quota == NULL ? TOC_OK : parse_quota(words->quota, rules, why);
}

int toc_cmd_group_rules(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_group_change_done)
    struct toc_group_change change = {.cli = cli, .dir = "."};
    struct words words = {.name_at = UINT64_MAX, .window = UINT64_MAX, .dispute_days = UINT64_MAX};
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
        {.name = "name-at", .number = &words.name_at, .number_max = TOC_RULE_NAME_AT_MAX},
        {.name = "window", .number = &words.window, .number_max = TOC_RULE_WINDOW_MINUTES_MAX},
        {.name = "dispute-days",
         .number = &words.dispute_days,
         .number_max = TOC_RULE_DISPUTE_DAYS_MAX},
        {.name = "quota", .text = &words.quota},
    };
    static const struct toc_usage usage = {
        .command = "group rules",
        .operands = "[--name-at K] [--window MINUTES] [--dispute-days N] [--quota PERCENT+PLUS] "
                    "[--dir DIR]",
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
    struct toc_rules rules = result == TOC_OK ? change.step.now->rules : (struct toc_rules){0};
    if (result == TOC_OK) {
        result = apply(&words, &rules, &why);
    }
    if (result == TOC_INVALID) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    if (result == TOC_OK) {
        result = toc_authority_rules(&change.step, &rules, &next, &why);
    }
    if (result == TOC_OK) {
        result = toc_group_change_publish(&change, &next, &why);
    }
    return result == TOC_OK ? toc_group_change_report(&change, "rules set")
                            : toc_cli_fail(cli, result, &why);
}

/* "spg,leeds" into ids; the text is the caller's copy. */
static size_t split(char *text, char **ret_ids, size_t max)
{
    size_t len = 0;
    for (char *at = text; at != NULL && len < max; len++) {
        char *const comma = strchr(at, ',');
        ret_ids[len] = at;
        at = comma == NULL ? NULL : comma + 1;
        if (comma != NULL) {
            *comma = '\0';
        }
    }
    return len;
}

int toc_cmd_group_rotate_tokens(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_group_change_done)
    struct toc_group_change change = {.cli = cli, .dir = "."};
    const char *holders = NULL;
    char text[(TOC_HOLDERS_MAX + 1) * (TOC_MEMBER_LEN_MAX + 1)] = "";
    char *ids[TOC_HOLDERS_MAX + 1];
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
        {.name = "holders", .text = &holders},
    };
    static const struct toc_usage usage = {.command = "group rotate-tokens",
                                           .operands = "[--holders A,B] [--dir DIR]"};
    struct toc_operands operands;
    struct toc_why why = {""};
    struct toc_roster next;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (holders != NULL && (strlen(holders) >= sizeof text || holders[0] == '\0')) {
        return toc_cli_misuse(cli, usage.command, "--holders: member ids with commas between them");
    }
    memcpy(text, holders == NULL ? "" : holders, holders == NULL ? 1 : strlen(holders) + 1);
    const size_t len = holders == NULL ? 0 : split(text, ids, TOC_HOLDERS_MAX + 1);
    enum toc_result result = toc_group_change_open(&change, &why);
    if (result == TOC_OK) {
        result = toc_authority_rotate_tokens(&change.step, ids, len, &next, &why);
    }
    if (result == TOC_OK) {
        result = toc_group_change_publish(&change, &next, &why);
    }
    return result == TOC_OK ? toc_group_change_report(&change, "rotated")
                            : toc_cli_fail(cli, result, &why);
}
