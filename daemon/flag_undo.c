#include "flag_undo.h"

#include "ensure.h"

#include <stdlib.h>
#include <string.h>

enum what { ADDED, CHANGED, DISPUTED };

struct toc_flag_undo {
    struct toc_flag_undo *next; /* the one before */
    enum what what;
    uint8_t id[TOC_FLAG_ID_LEN];
    uint32_t uid;
    struct toc_own_flag before; /* its texts are not looked at */
    int64_t deed;               /* the newest that was noted */
};

static enum toc_result add(struct toc_engine *engine, enum what what,
                           const uint8_t id[TOC_FLAG_ID_LEN], uint32_t uid,
                           struct toc_flag_undo **ret_undo)
{
    struct toc_flag_undo *undo = calloc(1, sizeof(*undo));

    TOC_ENSURE(undo != NULL, TOC_NOMEM);
    undo->what = what;
    undo->uid = uid;
    memcpy(undo->id, id, sizeof(undo->id));
    undo->next = engine->tokens.undo;
    engine->tokens.undo = undo;
    *ret_undo = undo;
    return TOC_OK;
}

enum toc_result toc_flag_undo_added(struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN],
                                    uint32_t uid)
{
    struct toc_flag_undo *undo;

    return add(engine, ADDED, id, uid, &undo);
}

enum toc_result toc_flag_undo_disputed(struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN],
                                       uint32_t uid)
{
    struct toc_flag_undo *undo;

    return add(engine, DISPUTED, id, uid, &undo);
}

enum toc_result toc_flag_undo_changed(struct toc_engine *engine, const struct toc_own_flag *flag,
                                      uint32_t uid)
{
    struct toc_flag_deed deed = {.number = 0};
    struct toc_flag_undo *undo;
    size_t len;

    TOC_TRY(toc_store_flag_deeds(engine->store, flag->id, engine->arena, &deed, 1, &len));
    TOC_TRY(add(engine, CHANGED, flag->id, uid, &undo));
    undo->before = *flag;
    undo->deed = len > 0 ? deed.number : 0;
    return TOC_OK;
}

static enum toc_result take_back(struct toc_engine *engine, const struct toc_flag_undo *undo)
{
    switch (undo->what) {
    case ADDED:
        return toc_store_flag_drop(engine->store, undo->id);
    case DISPUTED:
        return toc_store_own_dispute_drop(engine->store, undo->id);
    case CHANGED:
        TOC_TRY(toc_store_flag_deeds_cut(engine->store, undo->id, undo->deed));
        return toc_store_flag_save(engine->store, &undo->before);
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_flag_undo_last(struct toc_engine *engine)
{
    struct toc_flag_undo *const undo = engine->tokens.undo;
    char id[2 * TOC_FLAG_ID_LEN + 1];
    enum toc_result result;

    if (undo == NULL) {
        return TOC_OK;
    }
    result = take_back(engine, undo);
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result); /* it was not even begun */
    toc_hex_encode(toc_bytes_of(undo->id, sizeof(undo->id)), id);
    TOC_TRY(toc_store_audit_add(engine->store, engine->now_wall, undo->uid, "flag_undone", id));
    engine->tokens.undo = undo->next;
    free(undo);
    return TOC_OK;
}

enum toc_result toc_flag_undo_all(struct toc_engine *engine)
{
    while (engine->tokens.undo != NULL) {
        TOC_TRY(toc_flag_undo_last(engine));
    }
    return TOC_OK;
}

void toc_flag_undo_forget(struct toc_engine *engine)
{
    while (engine->tokens.undo != NULL) {
        struct toc_flag_undo *const undo = engine->tokens.undo;
        engine->tokens.undo = undo->next;
        free(undo);
    }
}
