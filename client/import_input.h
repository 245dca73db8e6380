/* import_input: the bytes of a file to import, however large: a file, standard input, or a
 * spreadsheet (.xlsx, whatever it is called), which Debian's xlsx2csv turns into CSV where it is
 * installed. Knows the file's SHA-256: before a byte is read where it lies on a disk, else at the
 * end. Reads once, in order. */
#ifndef TOC_IMPORT_INPUT_H
#define TOC_IMPORT_INPUT_H

#include "digest.h"
#include <signal.h>
#include <stdio.h>

#define TOC_INPUT_CHUNK_LEN (256 * 1024)

struct toc_input;

/* `path` "-" is `in`, which stays open. TOC_NOTFOUND, TOC_IO, TOC_NOMEM; TOC_MALFORMED for a
 * spreadsheet without xlsx2csv, or what is no file (a folder). */
enum toc_result toc_input_open(const char *path, FILE *in, struct toc_input **ret_input,
                               struct toc_why *why) TOC_MUST_CHECK;
/* Stops a conversion that still runs. */
void toc_input_close(struct toc_input **input);

/* While *stop is zero, reading goes on; afterwards _next ends with TOC_IO. For a signal handler. */
void toc_input_stop_on(struct toc_input *input, const volatile sig_atomic_t *stop);

/* At most TOC_INPUT_CHUNK_LEN bytes, valid until the next call; none at the end. TOC_IO;
 * TOC_MALFORMED when the spreadsheet cannot be converted. */
enum toc_result toc_input_next(struct toc_input *input, struct toc_bytes *ret_bytes,
                               struct toc_why *why) TOC_MUST_CHECK;
/* Known from the start, or after the end of what has none: TOC_AGAIN until then. */
enum toc_result toc_input_hash(const struct toc_input *input, struct toc_hash *ret_hash)
    TOC_MUST_CHECK;
/* 0 to 100; -1 where the length is not known. */
int toc_input_percent(const struct toc_input *input);

#endif
