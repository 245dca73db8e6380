/* The picture's digest: all there is to see, in an order of texts, since a store's own numbers are
 * of no meaning to others. */
#include "store_picture_part.h"
#include <stdlib.h>
#include <string.h>

enum { MEMBER_LEN = 2, PARTS_MAX = 4, NUMBERS_MAX = 8, NUMBER_LEN = 8 };

struct name {
    char text[TOC_MEMBER_LEN_MAX + 1];
};
/* Publishers by the store's number. */
struct publishers {
    struct name *names;
    size_t len;
};

static void publishers_free(struct publishers *publishers)
{
    free(publishers->names);
}

static enum toc_result publishers_add(struct toc_store *store, const struct toc_query *query,
                                      struct publishers *publishers)
{
    const size_t id = (size_t)toc_query_get(query, 0);
    TOC_ENSURE(id <= UINT16_MAX, toc_store_damaged(store, &store->group));
    if (id >= publishers->len) {
        const size_t len = id + 1;
        void *const grown = realloc(publishers->names, len * sizeof *publishers->names);
        TOC_ENSURE(grown != NULL, TOC_NOMEM);
        publishers->names = grown;
        memset(publishers->names + publishers->len, 0,
               (len - publishers->len) * sizeof *publishers->names);
        publishers->len = len;
    }
    return toc_query_get_name(query, 1, publishers->names[id].text,
                              sizeof publishers->names[id].text);
}

static enum toc_result publishers_read(struct toc_store *store, struct publishers *publishers)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SHARERS,
                           "SELECT id, publisher FROM sharer ORDER BY id", &query));
    for (;;) {
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            return TOC_OK;
        }
        TOC_TRY(found);
        TOC_TRY(publishers_add(store, &query, publishers));
    }
}

/* The digest of what came before takes the group's place, which makes one chain of all rows. */
static void add_row(struct toc_hash *running, const char *tag, const int64_t *numbers,
                    size_t numbers_len, const struct toc_bytes *texts, size_t texts_len)
{
    uint8_t head[NUMBER_LEN * (NUMBERS_MAX + PARTS_MAX)];
    struct toc_bytes parts[1 + PARTS_MAX];
    size_t len = 0;
    for (size_t i = 0; i < numbers_len + texts_len; i++) {
        const uint64_t value =
            i < numbers_len ? (uint64_t)numbers[i] : (uint64_t)texts[i - numbers_len].len;
        for (int shift = 56; shift >= 0; shift -= 8) {
            head[len++] = (uint8_t)(value >> shift);
        }
    }
    parts[0] = toc_bytes_of(head, len);
    memcpy(parts + 1, texts, texts_len * sizeof *texts);
    *running = toc_digest(tag, running, parts, 1 + texts_len);
}

static int by_text(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* Who shares a row, in order of name. */
static enum toc_result add_sharers(struct toc_hash *running, const struct publishers *publishers,
                                   struct toc_bytes members)
{
    const size_t len = members.len / MEMBER_LEN;
    struct name *const names = calloc(len, sizeof *names);
    TOC_ENSURE(names != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        const size_t id =
            (size_t)(members.data[i * MEMBER_LEN] | members.data[i * MEMBER_LEN + 1] << 8);
        if (id < publishers->len) {
            names[i] = publishers->names[id];
        }
    }
    qsort(names, len, sizeof *names, by_text);
    const int64_t count = (int64_t)len;
    const struct toc_bytes all = toc_bytes_of(names, len * sizeof *names);
    add_row(running, "tocsin picture sharers", &count, 1, &all, 1);
    free(names);
    return TOC_OK;
}

static enum toc_result add_pictures(struct toc_store *store, const struct publishers *publishers,
                                    struct toc_hash *running)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_PICTURE_DIGEST,
                           "SELECT s.key, s.name, s.ambiguous, p.year, p.category, p.councils,"
                           " p.spend, p.records, p.nameless, p.tie, p.members FROM subject AS s"
                           " CROSS JOIN picture AS p ON p.subject = s.id"
                           " ORDER BY s.key, p.year, p.category",
                           &query));
    for (;;) {
        struct toc_bytes texts[2];
        struct toc_bytes members;
        int64_t numbers[NUMBERS_MAX];
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            return TOC_OK;
        }
        TOC_TRY(found);
        for (int i = 0; i < NUMBERS_MAX; i++) {
            numbers[i] = toc_query_get(&query, 2 + i);
        }
        TOC_TRY(toc_query_borrow(&query, 0, &texts[0]));
        TOC_TRY(toc_query_borrow(&query, 1, &texts[1]));
        TOC_TRY(toc_query_borrow(&query, 2 + NUMBERS_MAX, &members));
        add_row(running, "tocsin picture row", numbers, NUMBERS_MAX, texts, 2);
        TOC_TRY(add_sharers(running, publishers, members));
    }
}

static enum toc_result add_titles(struct toc_store *store, struct toc_hash *running)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_TITLE_DIGEST,
                           "SELECT s.key, t.name, t.councils, t.numbered FROM subject AS s"
                           " CROSS JOIN title AS t ON t.subject = s.id ORDER BY s.key, t.name",
                           &query));
    for (;;) {
        struct toc_bytes texts[2];
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            return TOC_OK;
        }
        TOC_TRY(found);
        const int64_t numbers[] = {toc_query_get(&query, 2), toc_query_get(&query, 3)};
        TOC_TRY(toc_query_borrow(&query, 0, &texts[0]));
        TOC_TRY(toc_query_borrow(&query, 1, &texts[1]));
        add_row(running, "tocsin picture name", numbers, 2, texts, 2);
    }
}

/* Coverage by publisher, and every other count. */
static enum toc_result add_counts(struct toc_store *store, struct toc_hash *running)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_COUNT_DIGEST,
                           "SELECT c.kind, c.year, iif(c.kind = ?1, 0, c.a) AS which, c.b, c.n,"
                           " iif(c.kind = ?1, s.publisher, '') AS who FROM picture_count AS c"
                           " LEFT JOIN sharer AS s ON s.id = c.a"
                           " ORDER BY c.kind, c.year, which, who, c.b",
                           &query));
    toc_query_integer(&query, 1, TOC_COUNT_COVERAGE);
    for (;;) {
        enum { COLUMNS = 5 };
        struct toc_bytes who;
        int64_t numbers[COLUMNS];
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            return TOC_OK;
        }
        TOC_TRY(found);
        for (int i = 0; i < COLUMNS; i++) {
            numbers[i] = toc_query_get(&query, i);
        }
        TOC_TRY(toc_query_borrow(&query, COLUMNS, &who));
        add_row(running, "tocsin picture count", numbers, COLUMNS, &who, 1);
    }
}

enum toc_result toc_store_picture_digest(struct toc_store *store, const struct toc_hash *before,
                                         struct toc_hash *ret_hash)
{
    TOC_AUTO(publishers_free) struct publishers publishers = {NULL, 0};
    struct toc_hash running = *before;
    if (store->counts.len > 0) {
        TOC_TRY(toc_picture_counts_flush(store));
    }
    TOC_TRY(publishers_read(store, &publishers));
    TOC_TRY(add_pictures(store, &publishers, &running));
    TOC_TRY(add_titles(store, &running));
    TOC_TRY(add_counts(store, &running));
    *ret_hash = running;
    return TOC_OK;
}
