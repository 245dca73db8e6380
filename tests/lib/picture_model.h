/* picture_model: a naive picture of the region. It keeps the standing records in a list, derives
 * everything from them in loops, and compares that with what a store says. */
#ifndef TOC_PICTURE_MODEL_H
#define TOC_PICTURE_MODEL_H

#include "store_picture_show.h"

enum { TOC_MODEL_MEMBERS = 5, TOC_MODEL_RECORDS_MAX = 1024, TOC_MODEL_ROWS_MAX = 512 };

struct toc_model_record {
    unsigned member;
    uint64_t sequence;
    unsigned name;   /* index into the model's names */
    unsigned number; /* 0: none */
    unsigned year;
    unsigned category; /* a code */
    int64_t spend_thousands;
    unsigned months;
    const char *folded; /* from here on: derived */
    const char *subject;
    bool ambiguous;
};
struct toc_model_row {
    const char *subject;
    const char *name;
    unsigned year;
    unsigned category;
    unsigned members; /* bits */
    int64_t spend_thousands;
    unsigned records;
    unsigned nameless;
    bool ambiguous;
};
struct toc_model {
    uint64_t random;
    struct toc_model_record records[TOC_MODEL_RECORDS_MAX];
    size_t len;
    struct toc_model_record kept[TOC_MODEL_RECORDS_MAX]; /* at the last commit */
    size_t kept_len;
    struct toc_model_row rows[TOC_MODEL_ROWS_MAX];
    size_t rows_len;
};

const char *toc_model_member(unsigned member);
/* Changes a record or some, in the model and in the store alike, inside a transaction. */
void toc_model_step(struct toc_model *model, struct toc_store *store, struct toc_arena *arena);
/* What a commit and a rollback do. */
void toc_model_keep(struct toc_model *model);
void toc_model_back(struct toc_model *model);
/* Puts the standing records into another store, in a random order. */
void toc_model_replay(struct toc_model *model, struct toc_store *store, struct toc_arena *arena);
/* Fills in `rows`; their texts lie in the arena. */
void toc_model_derive(struct toc_model *model, struct toc_arena *arena);
/* Fails the test where the store counts other suppliers for a member, now: inside a transaction
 * too. */
void toc_model_compare_exposed(struct toc_model *model, struct toc_store *store,
                               struct toc_arena *arena);
/* Fails the test where the store says anything else: pages in each order and with each filter,
 * totals, coverage, categories. */
void toc_model_compare(const struct toc_model *model, struct toc_store *store,
                       struct toc_arena *arena);

#endif
