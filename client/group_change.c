#include "group_change.h"
#include "ensure.h"
#include <string.h>

void toc_group_change_done(struct toc_group_change *change)
{
    toc_arena_free(&change->arena);
    toc_authority_folder_done(&change->folder);
}

/* From the newest version, as it is now. */
enum toc_result toc_group_change_begin(struct toc_group_change *change, struct toc_why *why)
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

enum toc_result toc_group_change_open(struct toc_group_change *change, struct toc_why *why)
{
    TOC_TRY(toc_authority_folder_open(change->dir, change->group, &change->folder, why));
    change->token_epoch = toc_roster_file_current(change->folder.file)->token_epoch;
    return toc_group_change_begin(change, why);
}

enum toc_result toc_group_change_publish(struct toc_group_change *change,
                                         const struct toc_roster *next, struct toc_why *why)
{
    return toc_authority_publish(change->dir, &change->folder, next, &change->outcome, why);
}

/* Whoever can look suppliers up has changed: that is never done in silence. */
static void report_holders(const struct toc_group_change *change, const struct toc_roster *roster)
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
int toc_group_change_report(const struct toc_group_change *change, const char *done)
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
