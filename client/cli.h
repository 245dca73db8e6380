/* cli: what every subcommand shares: the global options, the configuration, the connection to the
 * daemon, and how a command ends (DESIGN: exit status, one line on standard error). One thread. */
#ifndef TOC_CLI_H
#define TOC_CLI_H

#include "args.h"
#include "conf.h"
#include "env.h"
#include "local.h"
#include "print_text.h"
#include <stdio.h>

#define TOC_CLI_CONF_DEFAULT "/etc/tocsin/tocsin.conf"

enum toc_exit {
    TOC_EXIT_DONE = 0,
    TOC_EXIT_FAILED = 1,
    TOC_EXIT_USAGE = 2,       /* usage, or a word that fits more than one thing */
    TOC_EXIT_REFUSED = 3,     /* policy, roster, denied */
    TOC_EXIT_UNREACHABLE = 4, /* no daemon, or a peer that does not answer */
    TOC_EXIT_PARTLY = 5,      /* done, but some input rows were rejected or held */
};

struct toc_cli {
    const char *conf_path; /* borrowed */
    bool json;
    FILE *in;
    FILE *out;
    FILE *err;
    struct toc_paper paper; /* of `out` */
    bool asks;              /* there is a person to ask: input and error are terminals */
    const struct toc_env *env;
    struct toc_conf conf; /* when conf_loaded */
    bool conf_loaded;
    struct toc_local *local; /* NULL until the first call */
};

struct toc_command {
    const char *name;
    int (*run)(struct toc_cli *cli, int argc, char **argv); /* argv[0] is the name */
    const char *usage; /* what follows the name, possibly several lines */
    const char *summary;
};

/* Standard streams, $TOCSIN_CONF, and what kind of paper standard output is. */
void toc_cli_init(struct toc_cli *cli);
void toc_cli_done(struct toc_cli *cli);

/* The row of a table called `name`, or NULL. */
const struct toc_command *toc_cli_find(const struct toc_command *commands, size_t commands_len,
                                       const char *name);
/* Runs the row that argv[1] names; `noun` ("group") is what argv[0] is part of. */
int toc_cli_dispatch(struct toc_cli *cli, const char *noun, const struct toc_command *commands,
                     size_t commands_len, int argc, char **argv);
/* Says what is wrong with `word`, and the nearest name. TOC_EXIT_USAGE. */
int toc_cli_unknown(struct toc_cli *cli, const char *noun, const struct toc_command *commands,
                    size_t commands_len, const char *word);

/* How a command is called, for its own --help and its usage errors. */
struct toc_usage {
    const char *command; /* "group admit" */
    size_t operands_min;
    size_t operands_max;
    const char *operands; /* "REQUEST..." */
};
/* Reads the words, with -c, --json and --help besides. False: the command ends with *ret_exit. */
bool toc_cli_parse(struct toc_cli *cli, const struct toc_usage *usage, int argc, char **argv,
                   const struct toc_option *options, size_t options_len,
                   struct toc_operands *ret_operands, int *ret_exit);

/* One line on standard error; the exit status that fits the result. */
int toc_cli_fail(struct toc_cli *cli, enum toc_result result, const struct toc_why *why);
/* As above, for a wrong use of `command`. TOC_EXIT_USAGE. */
int toc_cli_misuse(struct toc_cli *cli, const char *command, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The exit status of a result. */
int toc_cli_exit_of(enum toc_result result);
/* Prints the document and gives it back to jansson. NULL: out of memory. */
int toc_cli_document(struct toc_cli *cli, json_t *document);
/* Prints a reply of the daemon as a document, without what only the socket needs. Borrowed. */
int toc_cli_answer(struct toc_cli *cli, json_t *reply);

/* Loaded once; lives as long as cli. */
enum toc_result toc_cli_conf(struct toc_cli *cli, const struct toc_conf **ret_conf,
                             struct toc_why *why) TOC_MUST_CHECK;
/* The connection to the configured daemon, opened once; lives as long as cli. */
enum toc_result toc_cli_local(struct toc_cli *cli, struct toc_local **ret_local,
                              struct toc_why *why) TOC_MUST_CHECK;
/* A request of JSON alone. `fields` is given away, and may be NULL. */
enum toc_result toc_cli_call(struct toc_cli *cli, const char *request, json_t *fields,
                             struct toc_reply *ret_reply, struct toc_why *why) TOC_MUST_CHECK;
/* "y" or "yes" on a terminal; where nobody can be asked, yes. */
bool toc_cli_confirm(struct toc_cli *cli, const char *question);

#endif
