/* Reading the current-records view in order: pages, and the digest that two members compare. */
#include "store_chunk.h"
#include "store_query.h"
#include <string.h>

struct page {
    struct toc_arena *arena;
    const char *stream;    /* in the arena */
    const char *publisher; /* in the arena once there is a row of it; else NULL */
    struct toc_current_row *rows;
    size_t max;
    size_t len;
};

static enum toc_result copy_text(struct toc_arena *arena, struct toc_bytes text,
                                 const char **ret_copy)
{
    const char *const copy = toc_arena_text(arena, text);
    TOC_ENSURE(copy != NULL, TOC_NOMEM);
    *ret_copy = copy;
    return TOC_OK;
}

static enum toc_result page_add(struct page *page, const struct toc_chunk_row *row,
                                const char *publisher)
{
    if (page->publisher == NULL) {
        TOC_TRY(copy_text(page->arena, toc_bytes_text(publisher), &page->publisher));
    }
    struct toc_current_row *const copy = &page->rows[page->len];
    *copy = (struct toc_current_row){.stream = page->stream,
                                     .publisher = page->publisher,
                                     .sequence = row->sequence,
                                     .ends = row->ends};
    TOC_TRY(copy_text(page->arena, row->key, &copy->key));
    TOC_TRY(toc_arena_copy(page->arena, row->record, &copy->record));
    page->len++;
    return TOC_OK;
}

/* The chunk the query stands on. */
static enum toc_result page_of_chunk(const struct toc_query *query, struct page *page,
                                     const char *publisher, uint64_t after_sequence)
{
    struct toc_bytes rest;
    TOC_TRY(toc_query_borrow(query, 0, &rest));
    while (rest.len > 0 && page->len < page->max) {
        struct toc_chunk_row row;
        if (toc_chunk_next(&rest, &row) != TOC_OK) {
            return toc_store_damaged(query->store, query->db);
        }
        if (row.sequence > after_sequence) {
            TOC_TRY(page_add(page, &row, publisher));
        }
    }
    return TOC_OK;
}

static enum toc_result page_of_source(struct toc_store *store, struct page *page, int64_t source,
                                      const char *publisher, uint64_t after_sequence)
{
    TOC_ENSURE(toc_storable(after_sequence), TOC_OK);
    page->publisher = NULL;
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CHUNK_PAGE,
                           "SELECT rows FROM current WHERE source = ?1 AND first_sequence >="
                           " coalesce((SELECT max(first_sequence) FROM current"
                           "  WHERE source = ?1 AND first_sequence <= ?2), 0)"
                           " ORDER BY first_sequence",
                           &query));
    toc_query_integer(&query, 1, source);
    toc_query_integer(&query, 2, (int64_t)after_sequence);
    while (page->len < page->max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(page_of_chunk(&query, page, publisher, after_sequence));
    }
    return TOC_OK;
}

enum toc_result toc_store_current(struct toc_store *store, const char *stream,
                                  const char *after_publisher, uint64_t after_sequence,
                                  struct toc_arena *arena, struct toc_current_row *ret_rows,
                                  size_t max, size_t *ret_len)
{
    TOC_ENSURE(strlen(after_publisher) <= TOC_MEMBER_LEN_MAX, TOC_TOOBIG);
    TOC_TRY(toc_store_chunk_flush(store));
    struct page page = {.arena = arena, .rows = ret_rows, .max = max};
    TOC_TRY(copy_text(arena, toc_bytes_text(stream), &page.stream));
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    memcpy(publisher, after_publisher, strlen(after_publisher) + 1);
    int64_t source;
    enum toc_result found = toc_store_source_get(store, stream, publisher, false, &source);
    if (found == TOC_OK) {
        TOC_TRY(page_of_source(store, &page, source, publisher, after_sequence));
        found = TOC_NOTFOUND;
    }
    TOC_ENSURE(found == TOC_NOTFOUND, found);
    while (page.len < max) {
        found = toc_store_source_next(store, stream, publisher, &source);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        TOC_TRY(page_of_source(store, &page, source, publisher, 0));
    }
    *ret_len = page.len;
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

/* The digest of what came before takes the group's place, which makes one chain of all rows. How
 * the rows are divided into chunks, and which are our own, does not count. */
static struct toc_hash digest_row(const struct toc_hash *before, struct toc_bytes stream,
                                  struct toc_bytes publisher, const struct toc_chunk_row *row)
{
    enum { TEXTS = 4 };
    const struct toc_bytes texts[TEXTS] = {stream, publisher, row->key, row->record};
    struct toc_bytes parts[1 + TEXTS];
    uint8_t numbers[8 * (2 + TEXTS)];
    put_u64(numbers, row->sequence);
    put_u64(numbers + 8, (uint64_t)(int64_t)row->ends);
    for (int i = 0; i < TEXTS; i++) {
        parts[1 + i] = texts[i];
        put_u64(numbers + 16 + 8 * i, texts[i].len);
    }
    parts[0] = toc_bytes_of(numbers, sizeof numbers);
    return toc_digest("tocsin current", before, parts, 1 + TEXTS);
}

static enum toc_result digest_chunk(const struct toc_query *query, struct toc_hash *running)
{
    struct toc_bytes stream;
    struct toc_bytes publisher;
    struct toc_bytes rest;
    TOC_TRY(toc_query_borrow(query, 0, &stream));
    TOC_TRY(toc_query_borrow(query, 1, &publisher));
    TOC_TRY(toc_query_borrow(query, 2, &rest));
    while (rest.len > 0) {
        struct toc_chunk_row row;
        if (toc_chunk_next(&rest, &row) != TOC_OK) {
            return toc_store_damaged(query->store, query->db);
        }
        *running = digest_row(running, stream, publisher, &row);
    }
    return TOC_OK;
}

enum toc_result toc_store_current_digest(struct toc_store *store, struct toc_hash *ret_hash)
{
    TOC_TRY(toc_store_chunk_flush(store));
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_CURRENT_DIGEST,
                           "SELECT s.stream, s.publisher, c.rows"
                           " FROM source AS s CROSS JOIN current AS c ON c.source = s.id"
                           " ORDER BY s.stream, s.publisher, c.first_sequence",
                           &query));
    struct toc_hash running = toc_hash_zero;
    for (;;) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(digest_chunk(&query, &running));
    }
    *ret_hash = running;
    return TOC_OK;
}
