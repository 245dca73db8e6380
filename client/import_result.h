/* import_result: what an importer found, row by row: every row is used, rejected, screened or held,
 * and every one that is not used has a note that says why. Everything lies in the arena. */
#ifndef TOC_IMPORT_RESULT_H
#define TOC_IMPORT_RESULT_H

#include "arena.h"
#include "records.h"

#define TOC_IMPORT_FILE_MAX (256 * 1024 * 1024)
/* Notes kept; the counts go on. A whole nation's notices of one month are 20,000 releases. */
#define TOC_IMPORT_NOTES_MAX 100000
#define TOC_IMPORT_TALLIES_MAX 16

/* Reasons a row is screened. */
#define TOC_SCREENED_OTHER_BUYER "other_buyer"
#define TOC_SCREENED_OTHER_BODY "other_body"
#define TOC_SCREENED_NO_BUYER "no_buyer"
#define TOC_SCREENED_NO_FRAMEWORK "no_framework"
#define TOC_SCREENED_NOT_A_FRAMEWORK "not_a_framework"

enum toc_import_fate {
    TOC_IMPORT_USED = 1,
    TOC_IMPORT_REJECTED = 2, /* something is wrong with it */
    TOC_IMPORT_SCREENED = 3, /* nothing is wrong with it, and it is not ours to publish */
    TOC_IMPORT_HELD = 4,     /* a person must decide */
};
/* "used", "rejected", "screened", "held". */
const char *toc_import_fate_name(enum toc_import_fate fate);

struct toc_import_note {
    size_t row; /* a spreadsheet's row, or the place of a release in its file, from 1 */
    enum toc_import_fate fate; /* USED: a remark on a row that was used */
    const char *column;        /* the heading, or the path in a release; may be empty */
    const char *reason;        /* a sentence's end, or a code such as other_buyer */
};

/* How many rows were screened for one reason. */
struct toc_import_tally {
    const char *reason;
    size_t rows;
};

struct toc_import {
    struct toc_arena *arena;
    size_t rows_read; /* the sum of the other four */
    size_t rows_used;
    size_t rows_rejected;
    size_t rows_screened;
    size_t rows_held;
    struct toc_import_note *notes;
    size_t notes_len;
    size_t notes_room;
    size_t notes_left_out;
    struct toc_import_tally tallies[TOC_IMPORT_TALLIES_MAX];
    size_t tallies_len;
    struct toc_record *records; /* valid, and short enough to travel */
    size_t records_len;
    size_t records_room;
};

/* The arena must outlive the result; half a gibibyte is enough for the largest file. */
void toc_import_init(struct toc_import *import, struct toc_arena *arena);
/* Counts the row, once, and notes it unless it is used. Texts are copied. TOC_NOMEM. */
enum toc_result toc_import_settle(struct toc_import *import, size_t row, enum toc_import_fate fate,
                                  const char *column, const char *reason) TOC_MUST_CHECK;
/* Counts `rows` of one fate without a note; screened ones also by reason. TOC_NOMEM. */
enum toc_result toc_import_count(struct toc_import *import, enum toc_import_fate fate,
                                 const char *reason, size_t rows) TOC_MUST_CHECK;
/* A note without counting: on rows that are counted already. */
enum toc_result toc_import_note(struct toc_import *import, size_t row, enum toc_import_fate fate,
                                const char *column, const char *reason) TOC_MUST_CHECK;
/* As toc_import_settle, rejected, for a reason "field: what is wrong": the field goes into the
 * column. */
enum toc_result toc_import_reject_why(struct toc_import *import, size_t row,
                                      const struct toc_why *why) TOC_MUST_CHECK;
/* A remark on a row that is used all the same. */
enum toc_result toc_import_remark(struct toc_import *import, size_t row, const char *column,
                                  const char *reason) TOC_MUST_CHECK;
enum toc_result toc_import_add(struct toc_import *import, const struct toc_record *record)
    TOC_MUST_CHECK;
/* Room for one more item of `size` bytes in an array of the arena; doubles it when it is full. */
enum toc_result toc_import_grow(struct toc_arena *arena, void *items_address, size_t len,
                                size_t *room, size_t size) TOC_MUST_CHECK;

#endif
