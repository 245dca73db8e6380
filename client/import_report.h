/* import_report: how an import tells what became of the rows: the keys and lines that are the same
 * for every kind, and the file of `--rejects`. */
#ifndef TOC_IMPORT_REPORT_H
#define TOC_IMPORT_REPORT_H

#include "cli.h"
#include "import_kind.h"
#include "import_result.h"

/* Puts rows_read, rows_used, rows_rejected, rows_screened, rows_held, rejected[], held[],
 * screened[], remarks[] and notes_left_out into the document, and prints it. The document is taken;
 * NULL: there was no memory for it. The exit status of printing. */
int toc_import_report_document(struct toc_cli *cli, const struct toc_import *import,
                               json_t *document);
/* The line of counts, the screened ones by reason, and the first few notes in words. */
void toc_import_report_print(struct toc_cli *cli, const struct toc_import_words *words,
                             const struct toc_import *import);
/* The exit status of an import that went well: PARTLY when rows were rejected or held. */
int toc_import_report_exit(const struct toc_import *import);
/* The file's name for people: "standard input" for "-". */
const char *toc_import_file_name(const struct toc_import_words *words);

#endif
