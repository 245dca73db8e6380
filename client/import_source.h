/* import_source: what was imported and counts, and taking a whole source of it back. */
#ifndef TOC_IMPORT_SOURCE_H
#define TOC_IMPORT_SOURCE_H

#include "cli.h"

/* The files that count, newest last. The exit status. */
int toc_import_list(struct toc_cli *cli);
/* Takes back all that a source's files said, and drafts what follows. `kind` is spend or contracts,
 * source NULL its usual one. Asks on a terminal. The exit status. */
int toc_import_withdraw(struct toc_cli *cli, const char *kind, const char *source);

#endif
