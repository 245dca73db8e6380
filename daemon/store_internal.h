/* store_internal: what the files behind SQLite's door (store*.c) share. No other file includes it.
 *
 * Two databases, each with one connection and one cached statement per use. Errors become results
 * and words in one place, toc_store_failed. */
#ifndef TOC_STORE_INTERNAL_H
#define TOC_STORE_INTERNAL_H

#include "ensure.h"
#include "store.h"
#include "store_picture_state.h"
#include "store_sql.h"
#include <limits.h>
#include <sqlite3.h>

struct toc_checkpointer;
struct toc_syncer;

/* When to ask for the next checkpoint. Touched by the owner's thread only. */
struct toc_wal_watch {
    struct toc_checkpointer *checkpointer; /* NULL: nobody to ask */
    int pages;                             /* in the WAL after the last commit */
    int ask_at;
};

struct toc_db {
    sqlite3 *handle;
    const char *name; /* "group.db" */
    char path[PATH_MAX];
    sqlite3_stmt *statements[TOC_SQL_COUNT];
    struct toc_wal_watch watch;
    bool stuck; /* in a transaction that is to be undone before anything else */
};

/* (stream, publisher) as the small number the current-records view is keyed by. */
struct toc_named_source {
    int64_t id; /* 0: an empty place */
    char stream[TOC_STREAM_LEN_MAX + 1];
    char publisher[TOC_MEMBER_LEN_MAX + 1];
};
enum { TOC_SOURCES_CACHED = 256 };

/* The part of a source's rows that was used last, in memory: sequences from `first` up to `before`.
 * What is put at its end costs no statement until it is full, or something else is needed. */
struct toc_open_chunk {
    int64_t source; /* 0: none is open */
    int64_t id;     /* 0: not stored */
    int64_t log;    /* of all its rows */
    uint64_t first;
    uint64_t last;   /* of its last row; without rows `first` less one */
    uint64_t before; /* where the next chunk of the source begins; UINT64_MAX: there is none */
    bool dirty;
    struct toc_buf rows;
};

struct toc_store {
    struct toc_db group;
    struct toc_db local;
    char folder[PATH_MAX]; /* "": in memory */
    int lock;              /* held for as long as the store is open; -1: none */
    bool changing;         /* between _begin and _commit */
    bool spoilt;           /* a statement failed since _begin: nothing of it may be committed */
    bool unread;           /* group.db could not be read or written: see toc_store_unread */
    bool lost;             /* a sync failed of what a file had taken: nobody knows what it holds */
    bool hastened;         /* the sync thread has local.db's */
    bool telling;          /* a transaction of local.db waits for _told */
    int64_t told;          /* its last change, until that is on disk; 0: none */
    bool hurries;          /* this transaction is not left to the sync thread */
    struct toc_checkpointer *checkpointer;
    struct toc_syncer *syncer;
    struct toc_named_source sources[TOC_SOURCES_CACHED];
    struct toc_open_chunk chunk;
    struct toc_counts counts;
    struct toc_exposed_count exposed[TOC_EXPOSED_KEPT];
    struct toc_why why;
};

/* ---- store.c ---- */
/* Turns an error of SQLite into a result, and its words into `toc_store_why`. */
enum toc_result toc_store_failed(struct toc_store *store, const struct toc_db *db, int error);
/* One line for the operator: which file, what is wrong, and what to do. */
enum toc_result toc_db_explain(const struct toc_db *db, int error, struct toc_why *why);
/* For what is read and cannot have been written by us. */
enum toc_result toc_store_damaged(struct toc_store *store, const struct toc_db *db);
#ifdef __clang_analyzer__
/* As toc_fail: which failure it is does not matter to the analyser, that it is one does. */
#define toc_store_failed(store, db, error) ((void)toc_store_failed(store, db, error), TOC_STORE)
#define toc_store_damaged(store, db) ((void)toc_store_damaged(store, db), TOC_STORE)
#endif
/* A connection with our settings; the journal mode is left as it is. */
enum toc_result toc_db_connect(struct toc_db *db, int cache_kib, struct toc_why *why);
/* A store without schema, in memory. */
enum toc_result toc_store_new(struct toc_store **ret_store) TOC_MUST_CHECK;

/* ---- store_sweep.c ---- */
/* Notes, in the transaction, that something was destroyed which must also leave the files. */
enum toc_result toc_store_sweep_note(struct toc_store *store) TOC_MUST_CHECK;
/* TOC_NOTFOUND: nothing was. */
enum toc_result toc_store_sweep_due(struct toc_store *store) TOC_MUST_CHECK;

/* ---- store_checkpoint.c ---- */
/* Empties the WAL of both files from the owner's own connections. */
enum toc_result toc_store_wal_empty(struct toc_store *store) TOC_MUST_CHECK;

/* ---- store_source.c ---- */
/* TOC_NOTFOUND when there is none and it is not to be made. */
enum toc_result toc_store_source_get(struct toc_store *store, const char *stream,
                                     const char *publisher, bool make, int64_t *ret_id)
    TOC_MUST_CHECK;
/* The source of the stream that follows `publisher`, which becomes its name. */
enum toc_result toc_store_source_next(struct toc_store *store, const char *stream,
                                      char publisher[TOC_MEMBER_LEN_MAX + 1], int64_t *ret_id)
    TOC_MUST_CHECK;
/* After a rollback the cache may name sources that were never stored. */
void toc_store_sources_forget(struct toc_store *store);

/* ---- store_current.c ---- */
/* Writes the open chunk if it has changed: before a commit. */
enum toc_result toc_store_chunk_flush(struct toc_store *store) TOC_MUST_CHECK;
/* After a rollback, and when rows are deleted behind its back. */
void toc_store_chunk_forget(struct toc_store *store);

/* ---- small things ---- */
/* SQLite's integers are signed. Sequences that SQL puts in order must stay below 2^63; so must what
 * is asked for, where everything beyond is simply not there. */
static inline bool toc_storable(uint64_t value)
{
    return value <= INT64_MAX;
}

#endif
