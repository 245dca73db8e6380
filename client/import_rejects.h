/* import_rejects: the file of `--rejects`: a CSV row for each row of the input that was rejected or
 * held, written as the input is read, so that memory does not bound how many. It appears under its
 * name when it is whole, or not at all. */
#ifndef TOC_IMPORT_REJECTS_H
#define TOC_IMPORT_REJECTS_H

#include "result.h"
#include <stdbool.h>

struct toc_rejects;

/* A temporary beside `path`. TOC_NOTFOUND (no such folder), TOC_IO, TOC_NOMEM. */
enum toc_result toc_rejects_open(const char *path, struct toc_rejects **ret_rejects,
                                 struct toc_why *why) TOC_MUST_CHECK;
/* What could not be written shows when the file is finished. */
void toc_rejects_add(struct toc_rejects *rejects, size_t row, const char *fate, const char *column,
                     const char *reason);
/* Writes the file out under its name. TOC_IO. */
enum toc_result toc_rejects_finish(struct toc_rejects *rejects, struct toc_why *why) TOC_MUST_CHECK;
/* Frees; an unfinished file is gone. */
void toc_rejects_close(struct toc_rejects **rejects);

#endif
