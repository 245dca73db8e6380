/* scratch: a folder of its own for a test that needs files, under $TMPDIR or /tmp. */
#ifndef TOC_SCRATCH_H
#define TOC_SCRATCH_H

#include <limits.h>

/* Makes an empty folder (mode 0700), or fails the test. */
void toc_scratch_new(char ret_path[PATH_MAX]);
/* Removes it and everything in it. */
void toc_scratch_remove(const char *path);
/* "folder/name", in a static buffer that lasts until the fourth call after this one. */
const char *toc_scratch_file(const char *folder, const char *name);
/* The whole file as a NUL-terminated text, in a static buffer; fails the test if it cannot. */
const char *toc_scratch_text(const char *path);
/* Writes a text with mode 0600, replacing what is there. */
void toc_scratch_put(const char *path, const char *text);

#endif
