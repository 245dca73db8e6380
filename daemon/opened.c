#include "opened.h"

#include "ensure.h"
#include "wire_batch.h"

#include <stdlib.h>
#include <string.h>

/* A stored batch, decoded and opened. */
#define BATCH_ARENA_MAX ((size_t)8 * 1024 * 1024)
/* What was published together lies together, but a list in another order goes back and forth. */
#define OPEN_MAX 8
#define ROWS_AT_ONCE 64

struct open_batch {
    struct toc_arena *arena; /* NULL: never used */
    int64_t log;             /* 0: nothing is open */
    uint64_t used;           /* when, in calls */
    uint64_t first_sequence;
    uint32_t len;
    struct toc_bytes records[TOC_BATCH_RECORDS_MAX];
};

struct toc_opened {
    struct toc_store *store;
    uint64_t calls;
    struct open_batch batches[OPEN_MAX];
};

enum toc_result toc_opened_new(struct toc_store *store, struct toc_opened **ret_opened)
{
    struct toc_opened *opened = calloc(1, sizeof(*opened));

    TOC_ENSURE(opened != NULL, TOC_NOMEM);
    opened->store = store;
    *ret_opened = opened;
    return TOC_OK;
}

void toc_opened_free(struct toc_opened **opened)
{
    if (opened == NULL || *opened == NULL) {
        return;
    }
    for (size_t i = 0; i < OPEN_MAX; i++) {
        toc_arena_free(&(*opened)->batches[i].arena);
    }
    free(*opened);
    *opened = NULL;
}

void toc_opened_forget(struct toc_opened *opened)
{
    for (size_t i = 0; i < OPEN_MAX; i++) {
        opened->batches[i].log = 0;
    }
}

static enum toc_result open_plain(struct toc_store *store, struct toc_arena *arena, int64_t log,
                                  uint64_t sequence, struct toc_batch *ret_batch,
                                  struct toc_bytes *ret_plain)
{
    struct toc_stored_batch stored;
    struct toc_epoch_row epoch;
    enum toc_result result;

    TOC_TRY(toc_store_batch_get(store, log, sequence, arena, &stored));
    TOC_TRY(toc_wire_batch_decode(arena, stored.bytes, ret_batch));
    TOC_TRY(toc_store_epoch_get(store, log, ret_batch->header.epoch, &epoch));
    TOC_ENSURE(epoch.has_key, TOC_NOTFOUND);
    result = toc_batch_open(arena, ret_batch, &epoch.key, ret_plain);
    toc_bytes_wipe(&epoch.key, sizeof(epoch.key));
    return result;
}

static enum toc_result load(struct toc_store *store, struct open_batch *place, int64_t log,
                            uint64_t sequence)
{
    struct toc_batch batch;
    struct toc_bytes plain;

    place->log = 0;
    if (place->arena == NULL) {
        TOC_TRY(toc_arena_new(BATCH_ARENA_MAX, &place->arena));
    }
    toc_arena_reset(place->arena);
    TOC_TRY(open_plain(store, place->arena, log, sequence, &batch, &plain));
    for (uint32_t i = 0; i < batch.header.count; i++) {
        /* The publisher may have sealed fewer records, or worse: the rest of them are not there. */
        if (toc_list_next(&plain, TOC_RECORD_LEN_MAX, &place->records[i]) != TOC_OK) {
            place->records[i] = toc_bytes_of(NULL, 0);
            plain = toc_bytes_of(NULL, 0);
        }
    }
    place->log = log;
    place->first_sequence = batch.header.first_sequence;
    place->len = batch.header.count;
    return TOC_OK;
}

/* The batch that holds the record, or the one that was not used for longest. */
static struct open_batch *place_for(struct toc_opened *opened, int64_t log, uint64_t sequence,
                                    bool *ret_found)
{
    struct open_batch *oldest = &opened->batches[0];

    for (size_t i = 0; i < OPEN_MAX; i++) {
        struct open_batch *place = &opened->batches[i];
        if (place->log == log && sequence >= place->first_sequence &&
            sequence - place->first_sequence < place->len) {
            *ret_found = true;
            return place;
        }
        oldest = place->used < oldest->used ? place : oldest;
    }
    *ret_found = false;
    return oldest;
}

enum toc_result toc_opened_record(struct toc_opened *opened, int64_t log, uint64_t sequence,
                                  struct toc_bytes *ret_bytes)
{
    bool found = false;
    struct open_batch *place = place_for(opened, log, sequence, &found);
    struct toc_bytes bytes;

    if (!found) {
        const enum toc_result result = load(opened->store, place, log, sequence);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOMEM, TOC_STORE);
        TOC_TRY(result);
    }
    place->used = ++opened->calls;
    bytes = place->records[sequence - place->first_sequence];
    TOC_ENSURE(bytes.len > 0, TOC_STORE); /* an empty one is no record, so it has no row */
    *ret_bytes = bytes;
    return TOC_OK;
}

/* ---- the digest ---- */

static void put_u64(uint8_t *at, uint64_t value)
{
    for (int i = 7; i >= 0; i--) {
        at[i] = (uint8_t)value;
        value >>= 8;
    }
}

/* The digest of what came before takes the group's place, which makes one chain of all rows. */
static struct toc_hash digest_row(const struct toc_hash *before, const struct toc_current_row *row,
                                  struct toc_bytes record)
{
    enum { TEXTS = 3 };
    const struct toc_bytes texts[TEXTS] = {toc_bytes_text(row->stream),
                                           toc_bytes_text(row->publisher), record};
    struct toc_bytes parts[1 + TEXTS];
    uint8_t numbers[8 * (2 + TEXTS)];

    put_u64(numbers, row->sequence);
    put_u64(numbers + 8, (uint64_t)(int64_t)row->ends);
    for (int i = 0; i < TEXTS; i++) {
        parts[1 + i] = texts[i];
        put_u64(numbers + 16 + 8 * i, texts[i].len);
    }
    parts[0] = toc_bytes_of(numbers, sizeof(numbers));
    return toc_digest("tocsin current", before, parts, 1 + TEXTS);
}

static enum toc_result digest_stream(struct toc_opened *opened, const char *stream,
                                     struct toc_hash *running)
{
    struct toc_current_row rows[ROWS_AT_ONCE];
    struct toc_current_row last = {.publisher = ""};
    size_t len = ROWS_AT_ONCE;

    while (len == ROWS_AT_ONCE) {
        TOC_TRY(toc_store_current(opened->store, stream, last.publisher, last.sequence, rows,
                                  ROWS_AT_ONCE, &len));
        for (size_t i = 0; i < len; i++) {
            struct toc_bytes record;
            TOC_TRY(toc_opened_record(opened, rows[i].log, rows[i].sequence, &record));
            *running = digest_row(running, &rows[i], record);
            last = rows[i];
        }
    }
    return TOC_OK;
}

enum toc_result toc_opened_digest(struct toc_opened *opened, struct toc_hash *ret_hash)
{
    struct toc_hash running = toc_hash_zero;
    char stream[TOC_STREAM_LEN_MAX + 1] = "";
    enum toc_result result;

    while ((result = toc_store_current_stream(opened->store, stream, stream)) == TOC_OK) {
        TOC_TRY(digest_stream(opened, stream, &running));
    }
    TOC_ENSURE(result == TOC_NOTFOUND, result);
    *ret_hash = running;
    return TOC_OK;
}
