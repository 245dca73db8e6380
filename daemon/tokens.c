/* The two halves of making tokens, in a tick. */
#include "asking.h"
#include "ensure.h"
#include "flagging.h"
#include "holding.h"
#include "store_forget.h"

#include <string.h>

/* Nobody's records are signed before the hub has shown them, nor in the grace of a roster. */
bool toc_tokens_due(const struct toc_engine *engine)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const int64_t embargo = engine->tokens.embargo_ms;
    const bool is_over = embargo != 0 && embargo <= engine->now_wall;

    return (engine->tokens.look || is_over) && roster->token_epoch > 0 &&
           toc_publish_proven(engine) &&
           toc_roster_validity(roster, engine->now_wall) < TOC_IN_GRACE;
}

enum toc_result toc_tokens_finish(struct toc_engine *engine)
{
    if (!toc_tokens_due(engine)) {
        return TOC_OK;
    }
    if (engine->tokens.tidied != toc_engine_roster(engine)->token_epoch) {
        engine->tokens.tidied = toc_engine_roster(engine)->token_epoch;
        TOC_TRY(toc_store_token_epochs_tidy(engine->store, engine->tokens.tidied));
    }
    engine->tokens.look = false; /* what is found here may set it again */
    TOC_TRY(toc_holding_finish(engine));
    TOC_TRY(toc_asking_finish(engine));
    return toc_flagging_finish(engine);
}

void toc_tokens_applied(struct toc_engine *engine, const struct toc_log *log)
{
    const char *stream = log->row.log.stream;

    if (strncmp(stream, "token.", 6) == 0 || strcmp(stream, "exposure") == 0) {
        engine->tokens.look = true;
        engine->tokens.lacking |= log->own;
    }
}

void toc_tokens_begin(struct toc_engine *engine)
{
    engine->tokens.look = true;
    engine->tokens.lacking = true;
    engine->tokens.place = (struct toc_subject_place){.supplier = 0};
    toc_alert_mine_begin(engine);
}

void toc_tokens_recover(struct toc_engine *engine)
{
    struct toc_token_state *tokens = &engine->tokens;

    memset(tokens->evaluating, 0, sizeof(tokens->evaluating));
    memset(tokens->unblinding, 0, sizeof(tokens->unblinding));
    tokens->blinding = false;
    tokens->sent = false;
    toc_tokens_begin(engine);
}
