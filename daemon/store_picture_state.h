/* store_picture_state: what of the picture waits in memory between two commits. Part of struct
 * toc_store; see store_picture_count.c. */
#ifndef TOC_STORE_PICTURE_STATE_H
#define TOC_STORE_PICTURE_STATE_H

#include "bounds.h"
#include "result.h"
#include <stddef.h>
#include <stdint.h>

struct toc_store;

/* The publisher whose record came last, as the small number the picture knows it by. */
struct toc_sharer {
    int64_t id; /* 0: nobody */
    char publisher[TOC_MEMBER_LEN_MAX + 1];
};

/* Changes of counts: many records of one transaction change the same few. */
enum { TOC_COUNTS_WAITING = 1024 };
struct toc_count_change {
    int kind; /* 0: an empty place */
    int year;
    int64_t a;
    int64_t b;
    int64_t by;
};
struct toc_counts {
    struct toc_sharer sharer;
    size_t len;
    struct toc_count_change changes[TOC_COUNTS_WAITING];
};

/* How many suppliers members expose, so that not every ask for tokens counts them. A member's place
 * is its id, modulo. */
enum { TOC_EXPOSED_KEPT = 512 };
struct toc_exposed_count {
    int64_t member; /* 0: nobody's */
    uint64_t suppliers;
};

/* Writes what waits: before a commit, and before it is read. */
enum toc_result toc_picture_counts_flush(struct toc_store *store) TOC_MUST_CHECK;
/* After a rollback: what waits, and who came last. */
void toc_picture_counts_forget(struct toc_store *store);
/* After a rollback too: it may have been counted from what is no more. */
void toc_exposed_forget(struct toc_store *store);

#endif
