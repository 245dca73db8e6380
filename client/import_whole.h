/* import_whole: what the kinds that read a whole file before they do anything share. */
#ifndef TOC_IMPORT_WHOLE_H
#define TOC_IMPORT_WHOLE_H

#include "cli.h"
#include "import_kind.h"
#include "import_result.h"

/* The file, standard input, or what a spreadsheet says (import_input.h), at most
 * TOC_IMPORT_FILE_MAX bytes. TOC_NOTFOUND, TOC_TOOBIG, TOC_IO, TOC_MALFORMED, with the file's name.
 */
enum toc_result toc_import_whole(struct toc_cli *cli, const struct toc_import_words *words,
                                 struct toc_buf *ret_file, struct toc_why *why) TOC_MUST_CHECK;
/* The file of `--rejects`, from the notes; nothing when it was not asked for. TOC_IO. */
enum toc_result toc_import_whole_rejects(const struct toc_import_words *words,
                                         const struct toc_import *import, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
