/* tocsin: the command. A table of subcommands, each in a file of its own. */
#include "commands.h"
#include <signal.h>
#include <string.h>

#ifndef TOCSIN_VERSION
#define TOCSIN_VERSION "0.1.0"
#endif

static int cmd_help(struct toc_cli *cli, int argc, char **argv);

static const struct toc_command commands[] = {
    {"key", toc_cmd_key, "new --member ID --name NAME --dir DIR",
     "makes a member's keys and its request to the group"},
    {"group", toc_cmd_group,
     "new | admit | remove | succeed | list | renew | sign | show | verify | adopt",
     "keeps the group's roster, the signed list of its members"},
    {"init", toc_cmd_init, "--dir DIR --roster FILE [--listen S,F] [--peer ID=S[,F]]...",
     "writes a member's configuration"},
    {"import", toc_cmd_import,
     "spend|contracts|ocds FILE [--source NAME] [--map FILE] [--dry-run] [--rejects FILE] "
     "[--template]",
     "reads what a council holds into drafts"},
    {"supplier", toc_cmd_supplier, "list | show | keep | drop | parent | dismiss",
     "your own suppliers, and who else uses them"},
    {"flag", toc_cmd_flag, "raise | approve | withdraw | clear | list",
     "warns the councils that have the same supplier"},
    {"alert", toc_cmd_alert, "rules", "chooses of which alerts you are told"},
    {"region", toc_cmd_region, "suppliers | alerts | concentration",
     "what the councils of the group see together"},
    {"contract", toc_cmd_contract, "list | expiring | incomplete",
     "this council's own contracts: what ends, what is missing"},
    {"framework", toc_cmd_framework, "add | list | show | expiring | withdraw",
     "frameworks and contracts that others may use"},
    {"preview", toc_cmd_preview, "[--stream S] [--all]",
     "shows exactly what would leave, and to whom"},
    {"publish", toc_cmd_publish, "[--stream S] [--expect DIGEST]", "sends the drafts"},
    {"watch", toc_cmd_watch, "[--stream S]... [--from SEQ|start] [--count N] [--timeout S]",
     "follows what arrives"},
    {"status", toc_cmd_status, "", "shows peers, members, logs, and who has read how far"},
    {"doctor", toc_cmd_doctor, "", "checks everything that has to be right"},
    {"audit", toc_cmd_audit, "[--before ID]", "shows who ran what here"},
    {"verify", toc_cmd_verify, "[FILE] [--group FINGERPRINT]",
     "checks every roster, batch and signature"},
    {"export", toc_cmd_export, "FILE [--ocds [--ocid-prefix P]]",
     "writes rosters, logs and evidence to a file, or what is public as open data"},
    {"rotate", toc_cmd_rotate, "[--log PUBLISHER/STREAM]",
     "begins new keys for this member's logs"},
    {"rebuild", toc_cmd_rebuild, "", "makes the views anew from the logs"},
    {"help", cmd_help, "[COMMAND]", "says how a command is used"},
};
static const size_t commands_len = sizeof commands / sizeof commands[0];

static void print_help(FILE *file)
{
    fputs("usage: tocsin [-c FILE] [--json] COMMAND ...\n\n"
          "Without a command: what wants attention today.\n\n",
          file);
    for (size_t i = 0; i < commands_len; i++) {
        fprintf(file, "  %-10s %s\n", commands[i].name, commands[i].summary);
    }
    fputs("\nConfiguration: -c FILE, else $TOCSIN_CONF, else " TOC_CLI_CONF_DEFAULT ".\n"
          "Exit status: 0 done, 1 failed, 2 usage, 3 refused, 4 no daemon, 5 some rows were not "
          "used.\nSee tocsin(1).\n",
          file);
}

static int cmd_help(struct toc_cli *cli, int argc, char **argv)
{
    if (argc < 2) {
        print_help(cli->out);
        return TOC_EXIT_DONE;
    }
    const struct toc_command *const command = toc_cli_find(commands, commands_len, argv[1]);
    if (command == NULL) {
        return toc_cli_unknown(cli, "", commands, commands_len, argv[1]);
    }
    if (command->run == cmd_help) {
        print_help(cli->out);
        return TOC_EXIT_DONE;
    }
    /* The command knows its own words best. */
    char help[] = "--help";
    char *words[] = {argv[1], help, NULL};
    char *deeper[] = {argv[1], argc > 2 ? argv[2] : help, help, NULL};
    fprintf(cli->out, "%s: %s\n", command->name, command->summary);
    return argc > 2 ? command->run(cli, 3, deeper) : command->run(cli, 2, words);
}

/* Global options stand before the command. Returns where the command is, or 0 with *ret_exit. */
static int parse_global(struct toc_cli *cli, int argc, char **argv, int *ret_exit)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
            cli->conf_path = argv[++i];
        } else if (strcmp(argv[i], "--json") == 0) {
            cli->json = true;
        } else if (strcmp(argv[i], "--version") == 0) {
            fprintf(cli->out, "tocsin %s\n", TOCSIN_VERSION);
            *ret_exit = TOC_EXIT_DONE;
            return 0;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(cli->out);
            *ret_exit = TOC_EXIT_DONE;
            return 0;
        } else if (argv[i][0] == '-') {
            fprintf(cli->err,
                    "tocsin: %s: no such option, or its value is missing: see 'tocsin "
                    "help'\n",
                    argv[i]);
            *ret_exit = TOC_EXIT_USAGE;
            return 0;
        } else {
            return i;
        }
    }
    return argc;
}

static int run(struct toc_cli *cli, int argc, char **argv)
{
    int status = TOC_EXIT_DONE;
    const int at = parse_global(cli, argc, argv, &status);
    if (at == 0) {
        return status;
    }
    if (at == argc) {
        return toc_cmd_today(cli, 1, argv);
    }
    const struct toc_command *const command = toc_cli_find(commands, commands_len, argv[at]);
    if (command == NULL) {
        return toc_cli_unknown(cli, "", commands, commands_len, argv[at]);
    }
    return command->run(cli, argc - at, argv + at);
}

int main(int argc, char **argv)
{
    struct toc_cli cli;
    /* A reader that goes away is an error of writing, not the end of the process half-way. */
    (void)signal(SIGPIPE, SIG_IGN);
    toc_cli_init(&cli);
    int status = run(&cli, argc, argv);
    if (status == TOC_EXIT_DONE && (fflush(cli.out) != 0 || ferror(cli.out) != 0)) {
        fputs("tocsin: output: cannot be written: is the disk full?\n", cli.err);
        status = TOC_EXIT_FAILED;
    }
    toc_cli_done(&cli);
    return status;
}
