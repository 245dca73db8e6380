#include "bounds.h"
#include "commands.h"
#include "ensure.h"
#include "group_change.h"
#include <string.h>

#define KEPT UINT64_MAX /* not named: stays */

struct words {
    const char *stream;
    const char *history;
    uint64_t retention;
};

/* "all" or "from_admission"; the dash that other options have is taken too. */
static bool parse_history(const char *text, bool *ret_from_admission)
{
    const bool from_admission =
        strcmp(text, "from_admission") == 0 || strcmp(text, "from-admission") == 0;
    *ret_from_admission = from_admission;
    return from_admission || strcmp(text, "all") == 0;
}

/* A key that is destroyed does not come back, at no member. */
static enum toc_result confirm_shorter(struct toc_group_change *change, const struct words *words,
                                       struct toc_why *why)
{
    const struct toc_stream_rule *const now = toc_roster_rule(change->step.now, words->stream);
    char question[320];
    if (words->retention == KEPT || words->retention == 0 || now == NULL ||
        (now->retention_days != 0 && now->retention_days <= words->retention)) {
        return TOC_OK;
    }
    (void)snprintf(question, sizeof question,
                   "What was published on %.60s more than %llu days ago can then be opened by "
                   "nobody any more, and that cannot be undone.\nIs that agreed?",
                   words->stream, (unsigned long long)words->retention);
    return toc_cli_confirm(change->cli, question)
               ? TOC_OK
               : toc_fail(why, TOC_DENIED, "%s: nothing was changed", words->stream);
}

static enum toc_result run(struct toc_group_change *change, const struct words *words,
                           struct toc_why *why)
{
    const uint32_t retention = (uint32_t)words->retention;
    bool from_admission = false;
    struct toc_roster next;
    if (words->history != NULL && !parse_history(words->history, &from_admission)) {
        return toc_fail(why, TOC_INVALID,
                        "--history: '%.20s' is neither 'all' nor 'from_admission'", words->history);
    }
    const struct toc_authority_stream wanted = {
        .stream = words->stream,
        .retention_days = words->retention == KEPT ? NULL : &retention,
        .from_admission = words->history == NULL ? NULL : &from_admission,
    };
    TOC_TRY(toc_group_change_open(change, why));
    TOC_TRY(toc_authority_stream(&change->step, &wanted, &next, why));
    TOC_TRY(confirm_shorter(change, words, why));
    return toc_group_change_publish(change, &next, why);
}

int toc_cmd_group_stream(struct toc_cli *cli, int argc, char **argv)
{
    TOC_AUTO(toc_group_change_done) struct toc_group_change change = {.cli = cli, .dir = "."};
    struct words words = {.retention = KEPT};
    bool yes = false;
    const struct toc_option options[] = {
        {.name = "dir", .text = &change.dir},
        {.name = "group", .text = &change.group},
        {.name = "retention", .number = &words.retention, .number_max = TOC_RETENTION_DAYS_MAX},
        {.name = "history", .text = &words.history},
        {.name = "yes", .flag = &yes},
    };
    static const struct toc_usage usage = {
        .command = "group stream",
        .operands_min = 1,
        .operands_max = 1,
        .operands = "STREAM [--retention DAYS] [--history all|from_admission] [--dir DIR] [--yes]",
    };
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    words.stream = operands.items[0];
    cli->asks = cli->asks && !yes;
    if (words.retention == KEPT && words.history == NULL) {
        return toc_cli_misuse(cli, usage.command, "--retention or --history is needed");
    }
    const enum toc_result result = run(&change, &words, &why);
    if (result == TOC_INVALID) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    return result == TOC_OK ? toc_group_change_report(&change, "stream set")
                            : toc_cli_fail(cli, result, &why);
}
