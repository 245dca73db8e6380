/* import_findings: what the file of a public register says about the council's own suppliers:
 * facts, events to look at, and names that fit more than one company. An event is a proposal:
 * nothing is flagged until an officer raises a flag. Everything lies in the arena. */
#ifndef TOC_IMPORT_FINDINGS_H
#define TOC_IMPORT_FINDINGS_H

#include "cli.h"
#include "import_report.h"
#include "import_result.h"

#define TOC_FACT_SICS_MAX 4
#define TOC_FACT_FORMER_MAX 10
#define TOC_AMBIGUOUS_NUMBERS_MAX 8
#define TOC_SCREENED_NOT_OURS "not_ours"

/* Of one company. NULL where the file says nothing. */
struct toc_fact {
    const char *supplier; /* the daemon's id */
    const char *number;   /* "GB-COH-01234567": fill it in; NULL: it is there already */
    const char *name;     /* as the register has it now */
    const char *sic[TOC_FACT_SICS_MAX]; /* "62012" */
    size_t sic_len;
    const char *former[TOC_FACT_FORMER_MAX];
    size_t former_len;
    const char *status;
};

struct toc_event {
    const char *supplier;
    const char *code;      /* "F14" (DOMAIN.md 2.3) */
    const char *reference; /* with supplier, code and source: the same event */
    int32_t day;
    unsigned severity; /* 1 to 5 */
    const char *text;
    const char *clears; /* a code, or NULL */
};

struct toc_ambiguous {
    const char *supplier;
    const char *reason; /* "several_companies", "former_name" */
    const char *numbers[TOC_AMBIGUOUS_NUMBERS_MAX];
    size_t numbers_len;
};

struct toc_findings {
    struct toc_import import; /* the counts and notes of the rows; its arena */
    const char *source;       /* "companies_house", "gazette" */
    size_t suppliers;         /* own ones that the file says something about */
    size_t unlisted;          /* own company numbers that the file does not have */
    struct toc_fact *facts;
    size_t facts_len;
    size_t facts_room;
    struct toc_event *events;
    size_t events_len;
    size_t events_room;
    struct toc_ambiguous *ambiguous;
    size_t ambiguous_len;
    size_t ambiguous_room;
};

enum toc_result toc_findings_add_fact(struct toc_findings *findings, const struct toc_fact *fact)
    TOC_MUST_CHECK;
enum toc_result toc_findings_add_event(struct toc_findings *findings, const struct toc_event *event)
    TOC_MUST_CHECK;
enum toc_result toc_findings_add_ambiguous(struct toc_findings *findings,
                                           const struct toc_ambiguous *ambiguous) TOC_MUST_CHECK;

/* Counts rows that were screened for one reason, without a note for each. */
void toc_findings_screen(struct toc_findings *findings, const char *reason, size_t rows);

/* What the daemon made of them. */
struct toc_findings_sent {
    uint64_t filled;
    uint64_t updated;
    uint64_t unchanged;
    uint64_t added;
    uint64_t known;
    uint64_t cleared;
};
/* Facts first, then events. As toc_local_call. */
enum toc_result toc_findings_send(struct toc_cli *cli, const struct toc_findings *findings,
                                  struct toc_findings_sent *ret_sent, struct toc_why *why)
    TOC_MUST_CHECK;

/* Writes the file of --rejects, sends unless it is a dry run, has the exposures settled, prints the
 * report. The exit status. */
int toc_findings_finish(struct toc_cli *cli, const struct toc_import_words *words,
                        const struct toc_findings *findings);

#endif
