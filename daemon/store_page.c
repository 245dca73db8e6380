/* Reading the current-records view in order: pages. */
#include "store_chunk.h"
#include "store_query.h"
#include <string.h>

struct page {
    const char *stream;
    struct toc_current_row *rows;
    size_t max;
    size_t len;
};

/* The chunk the query stands on. */
static enum toc_result page_of_chunk(const struct toc_query *query, struct page *page,
                                     const char *publisher, uint64_t after_sequence)
{
    const int64_t log = toc_query_get(query, 0);
    const uint64_t first = (uint64_t)toc_query_get(query, 1);
    struct toc_bytes rows;
    TOC_TRY(toc_query_borrow(query, 2, &rows));
    TOC_ENSURE(toc_chunk_valid(rows), toc_store_damaged(query->store, query->db));
    const size_t len = toc_chunk_len(rows);
    size_t at = toc_chunk_from(rows, first, after_sequence + 1);
    for (; at < len && page->len < page->max; at++) {
        const struct toc_chunk_row row = toc_chunk_at(rows, first, at);
        struct toc_current_row *const put = &page->rows[page->len++];
        *put = (struct toc_current_row){
            .stream = page->stream, .sequence = row.sequence, .log = log, .ends = row.ends};
        memcpy(put->publisher, publisher, strlen(publisher) + 1);
    }
    return TOC_OK;
}

static enum toc_result page_of_source(struct toc_store *store, struct page *page, int64_t source,
                                      const char *publisher, uint64_t after_sequence)
{
    TOC_ENSURE(toc_storable(after_sequence), TOC_OK);
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_CHUNK_PAGE,
        "SELECT log, first_sequence, rows FROM current WHERE source = ?1 AND first_sequence >="
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
                                  struct toc_current_row *ret_rows, size_t max, size_t *ret_len)
{
    TOC_ENSURE(strlen(after_publisher) <= TOC_MEMBER_LEN_MAX, TOC_TOOBIG);
    TOC_TRY(toc_store_chunk_flush(store));
    struct page page = {.stream = stream, .rows = ret_rows, .max = max};
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

enum toc_result toc_store_current_stream(struct toc_store *store, const char *after,
                                         char ret_stream[TOC_STREAM_LEN_MAX + 1])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SOURCE_STREAM,
                           "SELECT stream FROM source WHERE stream > ?1 ORDER BY stream LIMIT 1",
                           &query));
    toc_query_text(&query, 1, after);
    TOC_TRY(toc_query_row(&query));
    return toc_query_get_name(&query, 0, ret_stream, TOC_STREAM_LEN_MAX + 1);
}
