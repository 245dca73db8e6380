#include "store_reading.h"
#include "store_query.h"

enum toc_result toc_store_reading_get(struct toc_store *store,
                                      char ret_text[TOC_READING_LEN_MAX + 1])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_READING_GET, "SELECT kinds FROM reading",
                           &query));
    TOC_TRY(toc_query_row(&query));
    return toc_query_get_name(&query, 0, ret_text, TOC_READING_LEN_MAX + 1);
}

enum toc_result toc_store_reading_set(struct toc_store *store, const char *text)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_READING_SET,
                           "INSERT INTO reading (one, kinds) VALUES (1, ?1)"
                           " ON CONFLICT (one) DO UPDATE SET kinds = excluded.kinds",
                           &query));
    toc_query_text(&query, 1, text);
    return toc_query_run(&query);
}
