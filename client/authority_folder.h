/* authority_folder: the folder in which a group's signers keep its roster: GROUP.roster, the signer
 * keys at hand, and GROUP.roster.next while a version waits for more signatures. Never in a
 * daemon's reach. One thread. */
#ifndef TOC_AUTHORITY_FOLDER_H
#define TOC_AUTHORITY_FOLDER_H

#include "authority.h"
#include "roster_file.h"

struct toc_authority_folder {
    char path[PATH_MAX];      /* of the roster file */
    char next_path[PATH_MAX]; /* of the version that waits */
    struct toc_roster_file *file;
};
void toc_authority_folder_done(struct toc_authority_folder *folder);

/* The roster of the folder: the only one there, or the one of `group` (NULL: the only one).
 * TOC_NOTFOUND, TOC_INVALID when there are several, or what reading a roster file says. */
enum toc_result toc_authority_folder_open(const char *dir, const char *group,
                                          struct toc_authority_folder *ret_folder,
                                          struct toc_why *why) TOC_MUST_CHECK;
/* TOC_EXISTS while a version waits for signatures: one decision at a time. */
enum toc_result toc_authority_folder_free_to_change(const struct toc_authority_folder *folder,
                                                    struct toc_why *why) TOC_MUST_CHECK;

struct toc_authority_outcome {
    uint64_t version;
    uint32_t signatures;
    uint32_t threshold;
    bool complete; /* it is in the roster file; else it waits in next_path */
};
/* Signs `next` with the keys of `dir` that are the roster's, and writes it: into the roster file
 * when they are enough, else beside it. For version 1 the file is created, never overwritten. */
enum toc_result toc_authority_publish(const char *dir, const struct toc_authority_folder *folder,
                                      const struct toc_roster *next,
                                      struct toc_authority_outcome *ret_outcome,
                                      struct toc_why *why) TOC_MUST_CHECK;
/* Adds the signature of one key to the version that waits. TOC_NOTFOUND when none waits, TOC_DENIED
 * when the key is no signer's, TOC_EXISTS when it has signed already. */
enum toc_result toc_authority_sign(const struct toc_authority_folder *folder, const char *key_path,
                                   struct toc_authority_outcome *ret_outcome, struct toc_why *why)
    TOC_MUST_CHECK;

/* Signer keys: DIR/signer.key, or DIR/signer-1.key and so on. */
enum toc_result toc_signer_path(const char *dir, unsigned number, char ret_path[PATH_MAX],
                                struct toc_why *why) TOC_MUST_CHECK;
/* DIR/name. */
enum toc_result toc_folder_path(const char *dir, const char *name, const char *ending,
                                char ret_path[PATH_MAX], struct toc_why *why) TOC_MUST_CHECK;

#endif
