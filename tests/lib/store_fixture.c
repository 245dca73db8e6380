#include "store_fixture.h"
#include <check.h>
#include <stdio.h>
#include <string.h>

struct toc_store *toc_fixture_store(const char *folder)
{
    struct toc_store *store = NULL;
    struct toc_why why = {""};
    const enum toc_result result = toc_store_open(folder, &store, &why);
    ck_assert_msg(result == TOC_OK, "%s: %s", toc_result_name(result), why.text);
    return store;
}

void toc_fixture_begin(struct toc_store *store)
{
    const enum toc_result result = toc_store_begin(store);
    ck_assert_msg(result == TOC_OK, "%s: %s", toc_result_name(result), toc_store_why(store));
}

void toc_fixture_commit(struct toc_store *store)
{
    const enum toc_result result = toc_store_commit(store);
    ck_assert_msg(result == TOC_OK, "%s: %s", toc_result_name(result), toc_store_why(store));
}

struct toc_hash toc_fixture_hash(uint64_t number)
{
    struct toc_hash hash;
    memset(hash.bytes, (int)(number & 0xff), sizeof hash.bytes);
    memcpy(hash.bytes, &number, sizeof number);
    return hash;
}

struct toc_epoch_key toc_fixture_key(uint64_t number)
{
    struct toc_epoch_key key;
    char text[sizeof key.bytes + 1];
    (void)snprintf(text, sizeof text, "epoch key %022llu", (unsigned long long)number);
    memcpy(key.bytes, text, sizeof key.bytes);
    return key;
}

int64_t toc_fixture_log(struct toc_store *store, const char *publisher, const char *stream)
{
    struct toc_log_row row = {.log = {.generation = 1}, .chain = {.next_sequence = 1}};
    (void)snprintf(row.log.publisher, sizeof row.log.publisher, "%s", publisher);
    (void)snprintf(row.log.stream, sizeof row.log.stream, "%s", stream);
    row.applied_next = 1;
    ck_assert_int_eq(toc_store_log_save(store, &row), TOC_OK);
    ck_assert_int_gt(row.id, 0);
    return row.id;
}

enum toc_result toc_fixture_batch(struct toc_store *store, int64_t log, uint64_t first,
                                  uint32_t count, uint32_t epoch, const char *text)
{
    struct toc_batch batch = {.bytes = toc_bytes_text(text)};
    batch.header.first_sequence = first;
    batch.header.count = count;
    batch.header.epoch = epoch;
    const struct toc_hash head = toc_fixture_hash(first);
    return toc_store_batch_add(store, log, &batch, &head);
}

static struct toc_current_row row_of(const char *stream, const char *publisher, uint64_t sequence)
{
    struct toc_current_row row = {
        .stream = stream, .sequence = sequence, .ends = (int32_t)sequence};
    ck_assert_uint_lt(strlen(publisher), sizeof row.publisher);
    memcpy(row.publisher, publisher, strlen(publisher) + 1);
    return row;
}

enum toc_result toc_fixture_put(struct toc_store *store, const char *stream, const char *publisher,
                                uint64_t sequence, int64_t log, const char *own_key)
{
    struct toc_current_row row = row_of(stream, publisher, sequence);
    row.log = log;
    return toc_store_current_put(store, &row, own_key);
}

enum toc_result toc_fixture_drop(struct toc_store *store, const char *stream, const char *publisher,
                                 uint64_t sequence, const char *own_key)
{
    const struct toc_current_row row = row_of(stream, publisher, sequence);
    return toc_store_current_drop(store, &row, own_key);
}

static void add_row(struct toc_hash *running, const struct toc_current_row *row)
{
    const struct toc_bytes parts[] = {
        toc_bytes_text(row->stream),
        toc_bytes_text(row->publisher),
        toc_bytes_of(&row->sequence, sizeof row->sequence),
        toc_bytes_of(&row->log, sizeof row->log),
        toc_bytes_of(&row->ends, sizeof row->ends),
    };
    *running = toc_digest("rows", running, parts, sizeof parts / sizeof parts[0]);
}

struct toc_hash toc_fixture_rows(struct toc_store *store)
{
    struct toc_hash running = toc_hash_zero;
    char stream[TOC_STREAM_LEN_MAX + 1] = "";
    while (toc_store_current_stream(store, stream, stream) == TOC_OK) {
        struct toc_current_row rows[64];
        struct toc_current_row last = {.publisher = ""};
        size_t len = 64;
        while (len == 64) {
            ck_assert_int_eq(
                toc_store_current(store, stream, last.publisher, last.sequence, rows, 64, &len),
                TOC_OK);
            for (size_t i = 0; i < len; i++) {
                add_row(&running, &rows[i]);
                last = rows[i];
            }
        }
    }
    return running;
}
