/* Sources: a (stream, publisher) as the small number that keys the current-records view. */
#include "store_query.h"
#include <string.h>

void toc_store_sources_forget(struct toc_store *store)
{
    memset(store->sources, 0, sizeof store->sources);
}

/* Where the pair would be in the cache: one place each, the newcomer wins. */
static struct toc_named_source *source_place(struct toc_store *store, const char *stream,
                                             const char *publisher)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (const char *at = stream; *at != '\0'; at++) {
        hash = (hash ^ (uint8_t)*at) * 16777619U;
    }
    for (const char *at = publisher; *at != '\0'; at++) {
        hash = (hash ^ (uint8_t)*at) * 16777619U;
    }
    return &store->sources[hash % TOC_SOURCES_CACHED];
}

static enum toc_result source_read(struct toc_store *store, const char *stream,
                                   const char *publisher, int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SOURCE_GET,
                           "SELECT id FROM source WHERE stream = ?1 AND publisher = ?2", &query));
    toc_query_text(&query, 1, stream);
    toc_query_text(&query, 2, publisher);
    TOC_TRY(toc_query_row(&query));
    *ret_id = toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result source_add(struct toc_store *store, const char *stream,
                                  const char *publisher, int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SOURCE_ADD,
                           "INSERT INTO source (stream, publisher) VALUES (?1, ?2)", &query));
    toc_query_text(&query, 1, stream);
    toc_query_text(&query, 2, publisher);
    TOC_TRY(toc_query_run(&query));
    *ret_id = sqlite3_last_insert_rowid(store->group.handle);
    return TOC_OK;
}

enum toc_result toc_store_source_get(struct toc_store *store, const char *stream,
                                     const char *publisher, bool make, int64_t *ret_id)
{
    TOC_ENSURE(strlen(stream) <= TOC_STREAM_LEN_MAX && strlen(publisher) <= TOC_MEMBER_LEN_MAX,
               TOC_TOOBIG);
    struct toc_named_source *const place = source_place(store, stream, publisher);
    if (place->id == 0 || strcmp(place->stream, stream) != 0 ||
        strcmp(place->publisher, publisher) != 0) {
        int64_t id = 0;
        enum toc_result result = source_read(store, stream, publisher, &id);
        if (result == TOC_NOTFOUND && make) {
            result = source_add(store, stream, publisher, &id);
        }
        TOC_TRY(result);
        place->id = id;
        memcpy(place->stream, stream, strlen(stream) + 1);
        memcpy(place->publisher, publisher, strlen(publisher) + 1);
    }
    *ret_id = place->id;
    return TOC_OK;
}

enum toc_result toc_store_source_next(struct toc_store *store, const char *stream,
                                      char publisher[TOC_MEMBER_LEN_MAX + 1], int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SOURCE_NEXT,
                           "SELECT id, publisher FROM source WHERE stream = ?1 AND publisher > ?2"
                           " ORDER BY publisher LIMIT 1",
                           &query));
    toc_query_text(&query, 1, stream);
    toc_query_text(&query, 2, publisher);
    TOC_TRY(toc_query_row(&query));
    *ret_id = toc_query_get(&query, 0);
    return toc_query_get_name(&query, 1, publisher, TOC_MEMBER_LEN_MAX + 1);
}
