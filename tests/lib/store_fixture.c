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

enum toc_result toc_fixture_put(struct toc_store *store, const char *stream, const char *publisher,
                                uint64_t sequence, const char *key, const char *record, bool own)
{
    const struct toc_current_row row = {.stream = stream,
                                        .publisher = publisher,
                                        .sequence = sequence,
                                        .key = key,
                                        .ends = (int32_t)sequence,
                                        .record = toc_bytes_text(record)};
    return toc_store_current_put(store, &row, own);
}
