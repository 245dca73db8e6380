/* `supplier_decide` and `supplier_parent`: what an officer says of a supplier. A decision is kept
 * without the name it was made about. */
#include "local_supplier.h"

#include "bounds.h"
#include "ensure.h"
#include "flagging.h"
#include "ident.h"
#include "record_exposure.h"
#include "store_hub_has.h"

#include <string.h>

#define ARENA_MAX ((size_t)1024 * 1024)
#define FLAGS_MAX 256

/* ---- supplier_decide ---- */

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local, int64_t id,
                              const char *state, uint64_t rows)
{
    json_t *reply = toc_local_reply(local);
    int failed = json_object_set_new(reply, "supplier", toc_local_supplier_id(id));

    failed |= json_object_set_new(reply, "state", json_string(state));
    failed |= json_object_set_new(reply, "rows", json_integer((json_int_t)rows));
    return toc_local_answer(engine, local, reply, failed);
}

/* A name that was dropped before is no supplier any more: taking that back needs its files again,
 * and so they are not the same any more. */
static enum toc_result keep_dropped(struct toc_engine *engine, const struct toc_local *local,
                                    const char *text, struct toc_why *why)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    char key[TOC_SUPPLIER_KEY_MAX + 1];
    struct toc_orgid number = {.scheme = TOC_SCHEME_NONE};
    bool keep = true;

    if (!toc_exposure_number(text, &number) && toc_name_fold(text, folded) != TOC_OK) {
        return TOC_NOTFOUND;
    }
    toc_supplier_key(number.scheme, number.id, folded, key);
    TOC_TRY(toc_store_decision_get(engine->store, key, &keep));
    TOC_ENSURE(!keep, TOC_NOTFOUND);
    TOC_TRY(toc_store_supplier_undrop(engine->store, key));
    toc_settle_changed(engine);
    TOC_TRY(toc_local_audit_add(engine, local, "supplier_decide",
                                "keep: what was dropped comes with the next import"));
    (void)why;
    return answer(engine, local, 0, "kept", 0);
}

/* A flag that others act on, or that waits to go, has to be taken back by name. */
static enum toc_result check_flags(struct toc_engine *engine, const struct toc_supplier *supplier,
                                   struct toc_arena *arena, struct toc_why *why)
{
    uint8_t ids[FLAGS_MAX][TOC_FLAG_ID_LEN];
    size_t len;

    TOC_TRY(toc_store_flags_of(engine->store, supplier->key, "", ids, FLAGS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        struct toc_own_flag flag;
        uint64_t sequence;
        char id[9];
        TOC_TRY(toc_store_flag_get(engine->store, ids[i], arena, &flag));
        const enum toc_result withdrawn = toc_flag_sequence(engine, flag.id, 0, &sequence);
        TOC_ENSURE(withdrawn == TOC_OK || withdrawn == TOC_NOTFOUND, withdrawn);
        if (withdrawn == TOC_NOTFOUND) {
            toc_hex_encode(toc_bytes_of(flag.id, 4), id);
            return toc_fail(why, TOC_DENIED,
                            "supplier: flag %s names s%lld: take it back first with `tocsin "
                            "flag withdraw`",
                            id, (long long)supplier->id);
        }
    }
    return TOC_OK;
}

static enum toc_result decide(struct toc_engine *engine, const struct toc_local *local,
                              const struct toc_supplier *supplier, bool keep)
{
    TOC_TRY(keep ? toc_store_supplier_keep(engine->store, supplier)
                 : toc_store_supplier_forget(engine->store, supplier));
    toc_settle_changed(engine);
    engine->truncate_wal = engine->truncate_wal || !keep; /* the WAL forgets the name as well */
    TOC_TRY(toc_local_audit_add(engine, local, "supplier_decide", "%s s%lld: %llu rows",
                                keep ? "keep" : "drop", (long long)supplier->id,
                                (unsigned long long)supplier->rows));
    return answer(engine, local, supplier->id, keep ? "kept" : "dropped", supplier->rows);
}

enum toc_result toc_local_supplier_decide(struct toc_engine *engine, const struct toc_local *local,
                                          struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const json_t *wish = json_object_get(local->request, "keep");
    struct toc_supplier supplier;
    const char *text = NULL;
    enum toc_result result;

    if (!json_is_boolean(wish)) {
        return toc_fail(why, TOC_INVALID, "keep: is neither true nor false");
    }
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    result = toc_local_supplier_get(engine, local, arena, &supplier, why);
    TOC_TRY(toc_local_text(local, "supplier", &text, why));
    if (result == TOC_NOTFOUND && json_is_true(wish)) {
        const enum toc_result kept = keep_dropped(engine, local, text, why);
        return kept == TOC_NOTFOUND ? result : kept;
    }
    TOC_TRY(result);
    if (!json_is_true(wish)) {
        TOC_TRY(check_flags(engine, &supplier, arena, why));
    }
    return decide(engine, local, &supplier, json_is_true(wish));
}

/* ---- supplier_parent ---- */

/* A name and perhaps a number of somebody who is no supplier of this council. */
static enum toc_result read_parent(const json_t *json, struct toc_arena *arena,
                                   struct toc_parent *ret_parent, struct toc_why *why)
{
    const char *name = json_string_value(json_object_get(json, "name"));
    const char *number = json_string_value(json_object_get(json, "number"));
    char folded[TOC_FOLD_LEN_MAX + 1];
    char key[TOC_SUPPLIER_KEY_MAX + 1];
    struct toc_orgid numbers[TOC_ORGIDS_MAX] = {{.scheme = TOC_SCHEME_NONE}};
    size_t len = 1;

    if (name == NULL || !toc_ident_text(name, TOC_NAME_LEN_MAX) ||
        toc_name_fold(name, folded) != TOC_OK) {
        return toc_fail(why, TOC_INVALID,
                        "parent: is neither a supplier nor a name of 1 to %d bytes",
                        TOC_NAME_LEN_MAX);
    }
    if (number != NULL && !toc_exposure_number(number, &numbers[0]) &&
        (toc_orgid_parse(TOC_SCHEME_COH, number, numbers, &len, NULL) != TOC_OK || len != 1)) {
        return toc_fail(why, TOC_INVALID, "parent: its number is not of a register");
    }
    toc_supplier_key(numbers[0].scheme, numbers[0].id, folded, key);
    ret_parent->name = name;
    ret_parent->key = toc_arena_text(arena, toc_bytes_text(key));
    return ret_parent->key == NULL ? TOC_NOMEM : TOC_OK;
}

static enum toc_result find_parent(struct toc_engine *engine, const json_t *json,
                                   struct toc_arena *arena, struct toc_parent *ret_parent,
                                   struct toc_why *why)
{
    struct toc_supplier supplier;

    if (!json_is_string(json)) {
        return read_parent(json, arena, ret_parent, why);
    }
    TOC_TRY(toc_local_supplier_find(engine, json_string_value(json), arena, &supplier, why));
    ret_parent->key = supplier.key;
    ret_parent->name = supplier.name;
    return TOC_OK;
}

enum toc_result toc_local_supplier_parent(struct toc_engine *engine, const struct toc_local *local,
                                          struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    const json_t *json = json_object_get(local->request, "parent");
    struct toc_supplier supplier;
    struct toc_parent parent = {.key = ""};
    enum toc_result result;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_supplier_get(engine, local, arena, &supplier, why));
    if (json == NULL || json_is_null(json)) {
        result = toc_store_parent_drop(engine->store, supplier.key);
        result = result == TOC_NOTFOUND ? TOC_OK : result;
    } else {
        TOC_TRY(find_parent(engine, json, arena, &parent, why));
        if (strcmp(parent.key, supplier.key) == 0) {
            return toc_fail(why, TOC_INVALID, "parent: is the supplier itself");
        }
        result = toc_store_parent_put(engine->store, supplier.key, &parent);
    }
    TOC_TRY(result);
    TOC_TRY(toc_local_audit_add(engine, local, "supplier_parent", "s%lld: %s",
                                (long long)supplier.id,
                                parent.key[0] == '\0' ? "none any more" : "given"));
    return toc_local_answer(engine, local, toc_local_reply(local), 0);
}
