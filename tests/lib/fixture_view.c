#include "fixture_view.h"

#include "ensure.h"
#include "records.h"

#include <check.h>
#include <stdio.h>

bool toc_fixture_named(struct toc_opened *opened, struct toc_store *store, const char *stream,
                       const char *publisher, uint64_t sequence, char ret_key[TOC_FIXTURE_KEY_MAX])
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_current_row row;
    struct toc_record record;
    struct toc_bytes bytes;

    if (toc_store_current_get(store, stream, publisher, sequence, &row) != TOC_OK) {
        return false;
    }
    ck_assert_int_eq(toc_opened_record(opened, row.log, row.sequence, &bytes), TOC_OK);
    ck_assert_int_eq(toc_arena_new((size_t)1024 * 1024, &arena), TOC_OK);
    ck_assert_int_eq(toc_record_read(arena, stream, bytes, &record, NULL), TOC_OK);
    (void)snprintf(ret_key, TOC_FIXTURE_KEY_MAX, "%s",
                   toc_record_kind_of(record.type)->key(&record));
    return true;
}

bool toc_fixture_name_of(struct toc_store *store, const char *publisher, uint64_t sequence,
                         char ret_key[TOC_FIXTURE_KEY_MAX])
{
    TOC_AUTO(toc_opened_free) struct toc_opened *opened = NULL;

    ck_assert_int_eq(toc_opened_new(store, &opened), TOC_OK);
    return toc_fixture_named(opened, store, "framework", publisher, sequence, ret_key);
}

struct toc_hash toc_fixture_digest(struct toc_store *store)
{
    TOC_AUTO(toc_opened_free) struct toc_opened *opened = NULL;
    struct toc_hash digest;

    ck_assert_int_eq(toc_opened_new(store, &opened), TOC_OK);
    ck_assert_int_eq(toc_opened_digest(opened, &digest), TOC_OK);
    return digest;
}
