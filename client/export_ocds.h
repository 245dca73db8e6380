/* export_ocds: `tocsin export FILE --ocds`: what this council publishes, fetched from the daemon
 * and written as Open Contracting data (ocds_package.h). */
#ifndef TOC_EXPORT_OCDS_H
#define TOC_EXPORT_OCDS_H

#include "cli.h"

/* `path` may be "-"; a file that is there stays. `prefix` NULL: TOC_OCDS_PREFIX. The exit status.
 */
int toc_export_ocds(struct toc_cli *cli, const char *path, const char *prefix);

#endif
