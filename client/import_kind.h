/* import_kind: the kinds of file `tocsin import` reads. One row a kind, in the table of
 * cmd_import.c; a kind runs by itself, from the file to the report, and returns the exit status. */
#ifndef TOC_IMPORT_KIND_H
#define TOC_IMPORT_KIND_H

#include "cli.h"

/* What was typed; NULL where an option was not given. Borrowed. */
struct toc_import_words {
    const char *kind;
    const char *file;    /* "-": standard input */
    const char *map;     /* file of "our_field = Their Heading" lines */
    const char *rejects; /* file for all rows that were rejected or held */
    const char *list;    /* a sub-group's list of members; NULL: for the whole group */
    const char *source;  /* the series of files this one belongs to, such as "cards" */
    const char *body;    /* only this body's rows of a file that several publish together */
    const char *covers;  /* "FROM,TO": the dates the file covers, beside those it has rows of */
    bool dry_run;
    bool template;
};

/* Options a kind understands; another is refused before the kind runs. */
enum toc_import_option {
    TOC_IMPORT_TAKES_MAP = 1,
    TOC_IMPORT_TAKES_REJECTS = 2,
    TOC_IMPORT_TAKES_LIST = 4,
    TOC_IMPORT_TAKES_SOURCE = 8,
    TOC_IMPORT_TAKES_COVERS = 16,
    TOC_IMPORT_TAKES_BODY = 32,
};

struct toc_import_kind {
    const char *name;
    unsigned takes; /* toc_import_option bits; --dry-run belongs to every kind */
    int (*run)(struct toc_cli *cli, const struct toc_import_words *words);
    const char *(*template)(void); /* what --template prints; NULL: the file has no columns */
};

/* The kinds, each in import_<kind>.c. */
int toc_import_spend_run(struct toc_cli *cli, const struct toc_import_words *words);
const char *toc_import_spend_template(void);
int toc_import_contracts_run(struct toc_cli *cli, const struct toc_import_words *words);
int toc_import_companies_run(struct toc_cli *cli, const struct toc_import_words *words);
int toc_import_gazette_run(struct toc_cli *cli, const struct toc_import_words *words);
int toc_import_ocds_run(struct toc_cli *cli, const struct toc_import_words *words);

#endif
