#include "cli.h"
#include "ensure.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX = 64 };

void toc_cli_init(struct toc_cli *cli)
{
    const char *const conf = getenv("TOCSIN_CONF");
    memset(cli, 0, sizeof *cli);
    cli->conf_path = conf != NULL && conf[0] != '\0' ? conf : TOC_CLI_CONF_DEFAULT;
    cli->in = stdin;
    cli->out = stdout;
    cli->err = stderr;
    cli->paper = toc_paper_of(stdout);
    cli->asks = isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
    cli->env = toc_env_real();
}

void toc_cli_done(struct toc_cli *cli)
{
    toc_local_close(&cli->local);
}

const struct toc_command *toc_cli_find(const struct toc_command *commands, size_t commands_len,
                                       const char *name)
{
    for (size_t i = 0; i < commands_len; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

/* What is said on standard error is one line, whatever the words were made of. */
static void say(struct toc_cli *cli, const char *text)
{
    const struct toc_paper plain = {.colour = false, .columns = TOC_PAPER_COLUMNS};
    fputs("tocsin: ", cli->err);
    toc_text_print(cli->err, &plain, TOC_STYLE_PLAIN, text);
    fputc('\n', cli->err);
}

int toc_cli_unknown(struct toc_cli *cli, const char *noun, const struct toc_command *commands,
                    size_t commands_len, const char *word)
{
    const char *names[NAMES_MAX];
    const char *const space = noun[0] == '\0' ? "" : " ";
    struct toc_why why;
    TOC_ASSERT(commands_len <= NAMES_MAX);
    for (size_t i = 0; i < commands_len; i++) {
        names[i] = commands[i].name;
    }
    const char *const nearest = toc_args_nearest(word, names, commands_len);
    if (nearest != NULL) {
        (void)toc_fail(&why, TOC_INVALID, "%s%s%.40s: no such command: did you mean '%s%s%s'?",
                       noun, space, word, noun, space, nearest);
    } else {
        (void)toc_fail(&why, TOC_INVALID, "%s%s%.40s: no such command: see 'tocsin help%s%s'", noun,
                       space, word, space, noun);
    }
    say(cli, why.text);
    return TOC_EXIT_USAGE;
}

int toc_cli_dispatch(struct toc_cli *cli, const char *noun, const struct toc_command *commands,
                     size_t commands_len, int argc, char **argv)
{
    if (argc < 2) {
        return toc_cli_misuse(cli, noun, "says nothing of what to do");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        for (size_t i = 0; i < commands_len; i++) {
            fprintf(cli->out, "tocsin %s %s %s\n    %s\n", noun, commands[i].name,
                    commands[i].usage, commands[i].summary);
        }
        return TOC_EXIT_DONE;
    }
    const struct toc_command *const command = toc_cli_find(commands, commands_len, argv[1]);
    if (command == NULL) {
        return toc_cli_unknown(cli, noun, commands, commands_len, argv[1]);
    }
    return command->run(cli, argc - 1, argv + 1);
}

bool toc_cli_parse(struct toc_cli *cli, const struct toc_usage *usage, int argc, char **argv,
                   const struct toc_option *options, size_t options_len,
                   struct toc_operands *ret_operands, int *ret_exit)
{
    bool help = false;
    const struct toc_option shared[] = {
        {.name = "json", .flag = &cli->json},
        {.name = "c", .text = &cli->conf_path},
        {.name = "help", .flag = &help},
        {.name = "h", .flag = &help},
    };
    const size_t shared_len = sizeof shared / sizeof shared[0];
    struct toc_option all[TOC_OPTIONS_MAX];
    struct toc_operands operands;
    struct toc_why why;
    TOC_ASSERT(options_len + shared_len <= TOC_OPTIONS_MAX);
    memcpy(all, shared, sizeof shared);
    if (options_len > 0) {
        memcpy(all + shared_len, options, options_len * sizeof *options);
    }
    if (toc_args_parse(argc, argv, all, shared_len + options_len, &operands, &why) != TOC_OK) {
        *ret_exit = toc_cli_misuse(cli, usage->command, "%s", why.text);
        return false;
    }
    if (help) {
        fprintf(cli->out, "usage: tocsin %s [OPTION]... %s\nSee tocsin(1).\n", usage->command,
                usage->operands);
        *ret_exit = TOC_EXIT_DONE;
        return false;
    }
    if (operands.len < usage->operands_min) {
        *ret_exit = toc_cli_misuse(cli, usage->command, "%s is missing", usage->operands);
        return false;
    }
    if (operands.len > usage->operands_max) {
        *ret_exit = toc_cli_misuse(cli, usage->command, "%s: one word too many",
                                   operands.items[usage->operands_max]);
        return false;
    }
    *ret_operands = operands;
    return true;
}

int toc_cli_exit_of(enum toc_result result)
{
    switch (result) {
    case TOC_OK:
        return TOC_EXIT_DONE;
    case TOC_DENIED:
        return TOC_EXIT_REFUSED;
    case TOC_AGAIN:
    case TOC_TIMEOUT:
        return TOC_EXIT_UNREACHABLE;
    case TOC_NOMEM:
    case TOC_INVALID:
    case TOC_MALFORMED:
    case TOC_TOOBIG:
    case TOC_BADSIG:
    case TOC_STALE:
    case TOC_NOTFOUND:
    case TOC_EXISTS:
    case TOC_IO:
    case TOC_STORE:
    case TOC_CONFLICT:
        return TOC_EXIT_FAILED;
    }
    return TOC_EXIT_FAILED;
}

int toc_cli_fail(struct toc_cli *cli, enum toc_result result, const struct toc_why *why)
{
    say(cli, why->text[0] != '\0' ? why->text : toc_result_name(result));
    return toc_cli_exit_of(result);
}

int toc_cli_misuse(struct toc_cli *cli, const char *command, const char *format, ...)
{
    struct toc_why why;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why.text, sizeof why.text, format, arguments);
    va_end(arguments);
    toc_why_prefix(&why, "%s", command);
    struct toc_why whole;
    (void)toc_fail(&whole, TOC_INVALID, "%.380s: see 'tocsin help %s'", why.text, command);
    say(cli, whole.text);
    return TOC_EXIT_USAGE;
}

int toc_cli_document(struct toc_cli *cli, json_t *document)
{
    TOC_AUTO(toc_json_free) json_t *owned = document;
    const enum toc_result result = toc_json_print(cli->out, owned);
    if (result == TOC_OK) {
        return TOC_EXIT_DONE;
    }
    struct toc_why why;
    (void)toc_fail(&why, result, "output: cannot be written: %s", toc_result_name(result));
    return toc_cli_fail(cli, result, &why);
}

int toc_cli_answer(struct toc_cli *cli, json_t *reply)
{
    (void)json_object_del(reply, "ok");
    (void)json_object_del(reply, "tag");
    return toc_cli_document(cli, json_incref(reply));
}

enum toc_result toc_cli_conf(struct toc_cli *cli, const struct toc_conf **ret_conf,
                             struct toc_why *why)
{
    if (!cli->conf_loaded) {
        const enum toc_result result = toc_conf_load(cli->conf_path, &cli->conf, why);
        if (result == TOC_NOTFOUND) {
            return toc_fail(why, result,
                            "configuration: %s is not there: name one with -c FILE or "
                            "TOCSIN_CONF, or make one with 'tocsin init'",
                            cli->conf_path);
        }
        TOC_TRY(result);
        cli->conf_loaded = true;
    }
    *ret_conf = &cli->conf;
    return TOC_OK;
}

enum toc_result toc_cli_local(struct toc_cli *cli, struct toc_local **ret_local,
                              struct toc_why *why)
{
    const struct toc_conf *conf = NULL;
    TOC_TRY(toc_cli_conf(cli, &conf, why));
    if (cli->local == NULL) {
        TOC_TRY(toc_local_open(conf->local, &cli->local, why));
    }
    *ret_local = cli->local;
    return TOC_OK;
}

enum toc_result toc_cli_call(struct toc_cli *cli, const char *request, json_t *fields,
                             struct toc_reply *ret_reply, struct toc_why *why)
{
    struct toc_local *local;
    const enum toc_result result = toc_cli_local(cli, &local, why);
    if (result != TOC_OK) {
        json_decref(fields);
        return result;
    }
    const struct toc_call call = {.request = request, .fields = fields};
    return toc_local_call(local, &call, ret_reply, why);
}

bool toc_cli_confirm(struct toc_cli *cli, const char *question)
{
    char answer[16];
    if (!cli->asks) {
        return true;
    }
    fprintf(cli->err, "%s [y/N] ", question);
    (void)fflush(cli->err);
    if (fgets(answer, sizeof answer, cli->in) == NULL) {
        return false;
    }
    return strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0 ||
           strcmp(answer, "Y\n") == 0 || strcmp(answer, "YES\n") == 0;
}
