/* `settle`: one bounded slice of deriving the exposures (settle_run.h). */
#include "local_request.h"

#include "ensure.h"
#include "settle_run.h"

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local,
                              const struct toc_settle *settle)
{
    json_t *reply = toc_local_reply(local);
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"left", toc_settle_left(settle)},    {"staged", settle->staged},
        {"withdrawn", settle->withdrawn},     {"unchanged", settle->unchanged},
        {"refused", settle->refused},         {"waiting", settle->waiting},
        {"suppliers", settle->suppliers_len},
    };
    int failed = json_object_set_new(reply, "done", json_boolean(settle->phase == TOC_SETTLE_DONE));

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        failed |=
            json_object_set_new(reply, numbers[i].name, json_integer((json_int_t)numbers[i].value));
    }
    return toc_local_answer(engine, local, reply, failed);
}

static enum toc_result audit(struct toc_engine *engine, const struct toc_local *local,
                             const struct toc_settle *settle)
{
    if (settle->staged + settle->withdrawn + settle->refused == 0) {
        return TOC_OK; /* every preview asks */
    }
    return toc_local_audit_add(engine, local, "settle",
                               "%zu suppliers: %llu staged, %llu to withdraw, %llu unchanged, "
                               "%llu refused",
                               settle->suppliers_len, (unsigned long long)settle->staged,
                               (unsigned long long)settle->withdrawn,
                               (unsigned long long)settle->unchanged,
                               (unsigned long long)settle->refused);
}

/* What was found stays true until something changes, so that asking again costs nothing. */
enum toc_result toc_local_settle(struct toc_engine *engine, const struct toc_local *local,
                                 struct toc_why *why)
{
    struct toc_local_state *state = toc_local_state(engine);
    enum toc_result result;

    TOC_ENSURE(state != NULL, TOC_NOMEM);
    if (state->settle != NULL && state->settle->changes != state->changes) {
        toc_settle_free(&state->settle);
    }
    if (state->settle == NULL) {
        TOC_TRY(toc_settle_new(&state->settle));
        state->settle->changes = state->changes;
    }
    if (state->settle->phase == TOC_SETTLE_DONE) {
        return answer(engine, local, state->settle);
    }
    result = toc_settle_slice(engine, state->settle, why);
    if (result != TOC_OK) {
        toc_settle_free(&state->settle); /* half a slice may have been counted */
        return result;
    }
    if (state->settle->phase == TOC_SETTLE_DONE) {
        engine->sweep_names = true;
        toc_tokens_begin(engine); /* there may be suppliers that nobody asked about */
        TOC_TRY(audit(engine, local, state->settle));
    }
    return answer(engine, local, state->settle);
}
