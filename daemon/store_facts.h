/* store_facts: what registers said of the council's suppliers, in local.db, by key
 * (store_supplier.h): numbers found for names, companies, former names, parents, and events
 * somebody may want to flag. Texts lie in the arena. */
#ifndef TOC_STORE_FACTS_H
#define TOC_STORE_FACTS_H

#include "store_supplier.h"

/* A request's changes are made between these two: all or none, durable. */
enum toc_result toc_store_facts_begin(struct toc_store *store) TOC_MUST_CHECK;
enum toc_result toc_store_facts_end(struct toc_store *store, enum toc_result result) TOC_MUST_CHECK;

/* ---- numbers found for a name ---- */
/* TOC_NOTFOUND. */
enum toc_result toc_store_filled_get(struct toc_store *store, const char *fold,
                                     struct toc_orgid *ret_number) TOC_MUST_CHECK;
/* TOC_EXISTS: it had that number already. */
enum toc_result toc_store_filled_put(struct toc_store *store, const char *fold,
                                     const struct toc_orgid *number) TOC_MUST_CHECK;

/* ---- companies ---- */
struct toc_company {
    const char *name;   /* as the register writes it */
    const char *status; /* the register's word; "" */
    const char *sic;    /* codes, joined with ',' */
    unsigned category;  /* of the first code; toc_category_code */
    const char *source;
};
enum toc_result toc_store_company_get(struct toc_store *store, const char *key,
                                      struct toc_arena *arena, struct toc_company *ret_company)
    TOC_MUST_CHECK;
enum toc_result toc_store_company_category(struct toc_store *store, const char *key,
                                           unsigned *ret_category) TOC_MUST_CHECK;
/* TOC_EXISTS: it said the same already. */
enum toc_result toc_store_company_put(struct toc_store *store, const char *key,
                                      const struct toc_company *company) TOC_MUST_CHECK;
/* TOC_EXISTS. */
enum toc_result toc_store_former_add(struct toc_store *store, const char *key, const char *name)
    TOC_MUST_CHECK;
enum toc_result toc_store_formers(struct toc_store *store, const char *key, struct toc_arena *arena,
                                  const char **ret_names, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;

/* ---- parents ---- */
struct toc_parent {
    const char *key;  /* of the parent */
    const char *name; /* as somebody wrote it */
};
enum toc_result toc_store_parent_get(struct toc_store *store, const char *key,
                                     struct toc_arena *arena, struct toc_parent *ret_parent)
    TOC_MUST_CHECK;
enum toc_result toc_store_parent_put(struct toc_store *store, const char *key,
                                     const struct toc_parent *parent) TOC_MUST_CHECK;
/* TOC_NOTFOUND. */
enum toc_result toc_store_parent_drop(struct toc_store *store, const char *key) TOC_MUST_CHECK;

/* ---- events ---- */
enum toc_event_state { TOC_EVENT_PROPOSED = 1, TOC_EVENT_CLEARED = 2, TOC_EVENT_DISMISSED = 3 };
struct toc_event {
    int64_t id;
    const char *key;  /* of the supplier */
    const char *code; /* "F10" */
    const char *source, *reference;
    int32_t day;
    unsigned severity;
    const char *text;
    const char *clears; /* a code; "": none */
    enum toc_event_state state;
};
/* TOC_EXISTS: the same (key, code, source, reference) is there. One that clears a code clears the
 * events of that code that are no later, whichever of the two comes first. */
enum toc_result toc_store_event_add(struct toc_store *store, const struct toc_event *event,
                                    uint64_t *ret_cleared) TOC_MUST_CHECK;
/* In order of id, after `after`; `state` 0: of all. */
enum toc_result toc_store_events(struct toc_store *store, unsigned state, int64_t after,
                                 struct toc_arena *arena, struct toc_event *ret_list, size_t max,
                                 size_t *ret_len) TOC_MUST_CHECK;
enum toc_result toc_store_events_of(struct toc_store *store, const char *key,
                                    struct toc_arena *arena, struct toc_event *ret_list, size_t max,
                                    size_t *ret_len) TOC_MUST_CHECK;
enum toc_result toc_store_event_dismiss(struct toc_store *store, int64_t id) TOC_MUST_CHECK;

/* A name's supplier goes because a number was found: what was said of it follows to the number's.
 */
enum toc_result toc_store_facts_follow(struct toc_store *store, const struct toc_supplier *supplier)
    TOC_MUST_CHECK;

#endif
