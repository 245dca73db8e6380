/* roster_file: a roster file read whole and verified from its first version to its last. */
#ifndef TOC_ROSTER_FILE_H
#define TOC_ROSTER_FILE_H

#include "roster.h"
#include <limits.h>

struct toc_roster_file;

/* TOC_NOTFOUND, TOC_MALFORMED, TOC_BADSIG, TOC_INVALID: the words name file and version. */
enum toc_result toc_roster_file_load(const char *path, struct toc_roster_file **ret_file,
                                     struct toc_why *why) TOC_MUST_CHECK;
/* From the file's bytes; `name` is for the words. The bytes are copied. */
enum toc_result toc_roster_file_read(const char *name, struct toc_bytes bytes,
                                     struct toc_roster_file **ret_file, struct toc_why *why)
    TOC_MUST_CHECK;
/* Empty; versions come by _add. */
enum toc_result toc_roster_file_new(struct toc_roster_file **ret_file, struct toc_why *why)
    TOC_MUST_CHECK;
void toc_roster_file_free(struct toc_roster_file **file);
/* The next version, verified. As toc_roster_chain_adopt. */
enum toc_result toc_roster_file_add(struct toc_roster_file *file, struct toc_bytes signed_roster,
                                    struct toc_why *why) TOC_MUST_CHECK;

/* The verified chain: lives as long as the file. */
struct toc_roster_chain *toc_roster_file_chain(struct toc_roster_file *file);
/* The newest version; NULL while empty. Lives until the next _add. */
const struct toc_roster *toc_roster_file_current(const struct toc_roster_file *file);
/* A version's signed bytes; borrowed until the next _add. Empty when it is not there. */
struct toc_bytes toc_roster_file_version(const struct toc_roster_file *file, uint64_t version);
/* The text of a file with all versions, as it is on disk. Borrowed until the next _add. */
struct toc_bytes toc_roster_file_bytes(const struct toc_roster_file *file);

#endif
