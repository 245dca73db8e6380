#include "commands.h"
#include "import_contracts.h"
#include "import_gazette.h"
#include "import_kind.h"
#include "import_source.h"
#include <string.h>

enum { NAMES_LEN = 200 };

static const struct toc_import_kind kinds[] = {
    {"spend",
     TOC_IMPORT_TAKES_MAP | TOC_IMPORT_TAKES_REJECTS | TOC_IMPORT_TAKES_SOURCE |
         TOC_IMPORT_TAKES_COVERS | TOC_IMPORT_TAKES_BODY,
     toc_import_spend_run, toc_import_spend_template},
    {"contracts",
     TOC_IMPORT_TAKES_REJECTS | TOC_IMPORT_TAKES_LIST | TOC_IMPORT_TAKES_SOURCE |
         TOC_IMPORT_TAKES_MAP,
     toc_import_contracts_run, toc_contracts_template},
    {"companies", TOC_IMPORT_TAKES_REJECTS, toc_import_companies_run, NULL},
    {"gazette", TOC_IMPORT_TAKES_REJECTS, toc_import_gazette_run, toc_gazette_template},
    {"ocds", TOC_IMPORT_TAKES_REJECTS | TOC_IMPORT_TAKES_LIST, toc_import_ocds_run, NULL},
};

static const struct toc_import_kind *kind_called(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static int no_kind(struct toc_cli *cli, const char *word)
{
    char names[NAMES_LEN] = "";
    size_t len = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && len < sizeof names; i++) {
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i == 0 ? "" : " or ",
                                kinds[i].name);
    }
    return toc_cli_misuse(cli, "import", "'%.40s' is not %s", word, names);
}

/* An option that the kind would have to ignore, or NULL. */
static const char *stray_option(const struct toc_import_words *words, unsigned takes)
{
    const struct {
        const char *name;
        const char *given;
        unsigned bit;
    } options[] = {
        {"--map", words->map, TOC_IMPORT_TAKES_MAP},
        {"--rejects", words->rejects, TOC_IMPORT_TAKES_REJECTS},
        {"--list", words->list, TOC_IMPORT_TAKES_LIST},
        {"--source", words->source, TOC_IMPORT_TAKES_SOURCE},
        {"--covers", words->covers, TOC_IMPORT_TAKES_COVERS},
        {"--body", words->body, TOC_IMPORT_TAKES_BODY},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (options[i].given != NULL && (takes & options[i].bit) == 0) {
            return options[i].name;
        }
    }
    return NULL;
}

int toc_cmd_import(struct toc_cli *cli, int argc, char **argv)
{
    struct toc_import_words words = {0};
    const struct toc_option options[] = {
        {.name = "dry-run", .flag = &words.dry_run}, {.name = "template", .flag = &words.template},
        {.name = "rejects", .text = &words.rejects}, {.name = "list", .text = &words.list},
        {.name = "map", .text = &words.map},         {.name = "source", .text = &words.source},
        {.name = "covers", .text = &words.covers},   {.name = "body", .text = &words.body},
    };
    static const struct toc_usage usage = {
        .command = "import",
        .operands_min = 1,
        .operands_max = 2,
        .operands = "spend|contracts|companies|gazette|ocds FILE [--source NAME] [--map FILE] "
                    "[--covers FROM,TO] [--body NAME] "
                    "[--list NAME] [--dry-run] [--rejects FILE] [--template] | list | "
                    "withdraw spend|contracts [--source NAME]",
    };
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    words.kind = operands.items[0];
    if (strcmp(words.kind, "list") == 0 && operands.len == 1) {
        return toc_import_list(cli);
    }
    if (strcmp(words.kind, "withdraw") == 0 && operands.len == 2) {
        return toc_import_withdraw(cli, operands.items[1], words.source);
    }
    const struct toc_import_kind *const kind = kind_called(words.kind);
    if (kind == NULL) {
        return no_kind(cli, words.kind);
    }
    if (words.template) {
        if (kind->template == NULL) {
            return toc_cli_misuse(cli, usage.command, "%s: has no columns, so no template",
                                  kind->name);
        }
        fputs(kind->template(), cli->out);
        return TOC_EXIT_DONE;
    }
    const char *const stray = stray_option(&words, kind->takes);
    if (stray != NULL) {
        return toc_cli_misuse(cli, usage.command, "%s: is nothing that %s takes", stray,
                              kind->name);
    }
    if (operands.len < 2) {
        return toc_cli_misuse(cli, usage.command, "FILE is missing ('-' is standard input)");
    }
    words.file = operands.items[1];
    return kind->run(cli, &words);
}
