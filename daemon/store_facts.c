/* What registers said of suppliers, but for events (store_event.c). */
#include "store_facts.h"
#include "store_query.h"
#include <string.h>

enum toc_result toc_store_facts_begin(struct toc_store *store)
{
    return toc_db_begin(store, &store->local);
}

enum toc_result toc_store_facts_end(struct toc_store *store, enum toc_result result)
{
    return toc_db_end(store, &store->local, result);
}

/* ---- numbers found for a name ---- */

enum toc_result toc_store_filled_get(struct toc_store *store, const char *fold,
                                     struct toc_orgid *ret_number)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_orgid number = {.scheme = TOC_SCHEME_NONE};

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FILLED_GET,
                           "SELECT scheme, number FROM filled WHERE fold = ?1", &query));
    toc_query_text(&query, 1, fold);
    TOC_TRY(toc_query_row(&query));
    number.scheme = (enum toc_scheme)toc_query_get(&query, 0);
    TOC_TRY(toc_query_get_name(&query, 1, number.id, sizeof(number.id)));
    *ret_number = number;
    return TOC_OK;
}

enum toc_result toc_store_filled_put(struct toc_store *store, const char *fold,
                                     const struct toc_orgid *number)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FILLED_PUT,
                           "INSERT INTO filled (fold, scheme, number) VALUES (?1, ?2, ?3)"
                           " ON CONFLICT DO UPDATE SET scheme = ?2, number = ?3"
                           " WHERE scheme <> ?2 OR number <> ?3",
                           &query));
    toc_query_text(&query, 1, fold);
    toc_query_integer(&query, 2, number->scheme);
    toc_query_text(&query, 3, number->id);
    const enum toc_result result = toc_query_hit(&query);
    return result == TOC_NOTFOUND ? TOC_EXISTS : result;
}

/* ---- companies ---- */

enum toc_result toc_store_company_get(struct toc_store *store, const char *key,
                                      struct toc_arena *arena, struct toc_company *ret_company)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_company company = {.category = 0};

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_COMPANY_GET,
                           "SELECT name, status, sic, category, source FROM company WHERE key = ?1",
                           &query));
    toc_query_text(&query, 1, key);
    TOC_TRY(toc_query_row(&query));
    TOC_TRY(toc_query_get_text(&query, 0, arena, &company.name));
    TOC_TRY(toc_query_get_text(&query, 1, arena, &company.status));
    TOC_TRY(toc_query_get_text(&query, 2, arena, &company.sic));
    TOC_TRY(toc_query_get_text(&query, 4, arena, &company.source));
    company.category = (unsigned)toc_query_get(&query, 3);
    *ret_company = company;
    return TOC_OK;
}

enum toc_result toc_store_company_category(struct toc_store *store, const char *key,
                                           unsigned *ret_category)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_COMPANY_CATEGORY,
                           "SELECT category FROM company WHERE key = ?1", &query));
    toc_query_text(&query, 1, key);
    TOC_TRY(toc_query_row(&query));
    *ret_category = (unsigned)toc_query_get(&query, 0);
    return TOC_OK;
}

enum toc_result toc_store_company_put(struct toc_store *store, const char *key,
                                      const struct toc_company *company)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_COMPANY_PUT,
                           "INSERT INTO company (key, name, status, sic, category, source)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET name = ?2,"
                           " status = ?3, sic = ?4, category = ?5, source = ?6"
                           " WHERE name <> ?2 OR status <> ?3 OR sic <> ?4 OR category <> ?5",
                           &query));
    toc_query_text(&query, 1, key);
    toc_query_text(&query, 2, company->name);
    toc_query_text(&query, 3, company->status);
    toc_query_text(&query, 4, company->sic);
    toc_query_integer(&query, 5, company->category);
    toc_query_text(&query, 6, company->source);
    const enum toc_result result = toc_query_hit(&query);
    return result == TOC_NOTFOUND ? TOC_EXISTS : result;
}

enum toc_result toc_store_former_add(struct toc_store *store, const char *key, const char *name)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FORMER_ADD,
                           "INSERT INTO former_name (key, name) VALUES (?1, ?2)", &query));
    toc_query_text(&query, 1, key);
    toc_query_text(&query, 2, name);
    return toc_query_run(&query);
}

enum toc_result toc_store_formers(struct toc_store *store, const char *key, struct toc_arena *arena,
                                  const char **ret_names, size_t max, size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_FORMER_LIST,
                           "SELECT name FROM former_name WHERE key = ?1 ORDER BY name", &query));
    toc_query_text(&query, 1, key);
    while (len < max) {
        const enum toc_result result = toc_query_row(&query);
        if (result == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(result);
        TOC_TRY(toc_query_get_text(&query, 0, arena, &ret_names[len]));
        len++;
    }
    *ret_len = len;
    return TOC_OK;
}

/* ---- parents ---- */

enum toc_result toc_store_parent_get(struct toc_store *store, const char *key,
                                     struct toc_arena *arena, struct toc_parent *ret_parent)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    struct toc_parent parent = {.key = ""};

    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PARENT_GET,
                           "SELECT parent, name FROM parent WHERE key = ?1", &query));
    toc_query_text(&query, 1, key);
    TOC_TRY(toc_query_row(&query));
    TOC_TRY(toc_query_get_text(&query, 0, arena, &parent.key));
    TOC_TRY(toc_query_get_text(&query, 1, arena, &parent.name));
    *ret_parent = parent;
    return TOC_OK;
}

enum toc_result toc_store_parent_put(struct toc_store *store, const char *key,
                                     const struct toc_parent *parent)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PARENT_PUT,
                           "INSERT OR REPLACE INTO parent (key, parent, name) VALUES (?1, ?2, ?3)",
                           &query));
    toc_query_text(&query, 1, key);
    toc_query_text(&query, 2, parent->key);
    toc_query_text(&query, 3, parent->name);
    return toc_query_run(&query);
}

enum toc_result toc_store_parent_drop(struct toc_store *store, const char *key)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, TOC_SQL_PARENT_DROP,
                           "DELETE FROM parent WHERE key = ?1", &query));
    toc_query_text(&query, 1, key);
    return toc_query_hit(&query);
}

/* ---- a number was found ---- */

static enum toc_result follow(struct toc_store *store, enum toc_sql sql, const char *text,
                              int64_t to, const char *from)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->local, sql, text, &query));
    toc_query_integer(&query, 1, to);
    toc_query_text(&query, 2, from);
    return toc_query_run(&query);
}

/* What is there already stays as it is. */
enum toc_result toc_store_facts_follow(struct toc_store *store, const struct toc_supplier *supplier)
{
    static const char name[] = "name:";
    int64_t ids[2];
    size_t len = 0;

    if (strncmp(supplier->key, name, sizeof(name) - 1) != 0) {
        return TOC_OK;
    }
    TOC_TRY(toc_store_suppliers_of_fold(store, supplier->key + sizeof(name) - 1, ids, 2, &len));
    if (len != 1 || ids[0] == supplier->id) {
        return TOC_OK;
    }
    TOC_TRY(follow(store, TOC_SQL_FACTS_FOLLOW_EVENTS,
                   "UPDATE OR IGNORE event SET key = (SELECT key FROM supplier WHERE id = ?1)"
                   " WHERE key = ?2",
                   ids[0], supplier->key));
    return follow(store, TOC_SQL_FACTS_FOLLOW_PARENT,
                  "UPDATE OR IGNORE parent SET key = (SELECT key FROM supplier WHERE id = ?1)"
                  " WHERE key = ?2",
                  ids[0], supplier->key);
}
