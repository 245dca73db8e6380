/* What asks for tokens and their answers change here: who asked what, and who answered. Nothing of
 * it is ever corrected: what was asked stays asked, and counts. */
#include "engine_internal.h"

#include "ensure.h"
#include "store_token.h"

#include <string.h>

#define ASKS "token.ask"
#define ANSWERS "token.answer."

/* The asker that a stream of answers is for; NULL: it is another stream. */
static const char *asker_of(const char *stream)
{
    return strncmp(stream, ANSWERS, strlen(ANSWERS)) == 0 ? stream + strlen(ANSWERS) : NULL;
}

static enum toc_result put_ask(struct toc_engine *engine, const struct toc_log *log,
                               uint64_t sequence, const struct toc_token_ask *ask)
{
    struct toc_ask_row row = {.log = log->row.id,
                              .sequence = sequence,
                              .token_epoch = ask->token_epoch,
                              .exposure_sequence = ask->exposure_sequence,
                              .inputs = (uint32_t)ask->elements_len};
    enum toc_result result;

    memcpy(row.publisher, log->row.log.publisher, sizeof(row.publisher));
    memcpy(row.id, ask->id, sizeof(row.id));
    row.hash =
        toc_digest_plain(toc_bytes_of(ask->elements, ask->elements_len * sizeof(ask->elements[0])));
    result = toc_store_ask_add(engine->store, &row, engine->me);
    return result == TOC_EXISTS ? TOC_OK : result;
}

static enum toc_result put_answer(struct toc_engine *engine, const struct toc_log *log,
                                  uint64_t sequence, const struct toc_token_answer *answer)
{
    const char *asker = asker_of(log->row.log.stream);
    struct toc_answer_row row = {.log = log->row.id,
                                 .sequence = sequence,
                                 .token_epoch = answer->token_epoch,
                                 .inputs = (uint32_t)answer->elements_len,
                                 .refusal = answer->refusal};
    enum toc_result result;

    if (asker == NULL || strlen(asker) >= sizeof(row.asker)) {
        return TOC_OK;
    }
    memcpy(row.asker, asker, strlen(asker) + 1);
    memcpy(row.holder, log->row.log.publisher, sizeof(row.holder));
    memcpy(row.ask, answer->ask, sizeof(row.ask));
    result = toc_store_answer_add(engine->store, &row);
    return result == TOC_EXISTS ? TOC_OK : result;
}

enum toc_result toc_view_token_put(struct toc_engine *engine, const struct toc_log *log,
                                   uint64_t sequence, const struct toc_record *record)
{
    switch (record->type) {
    case TOC_RECORD_TOKEN_ASK:
        return put_ask(engine, log, sequence, record->as.token_ask);
    case TOC_RECORD_TOKEN_ANSWER:
        return put_answer(engine, log, sequence, record->as.token_answer);
    case TOC_RECORD_EXPOSURE:
    case TOC_RECORD_WITHDRAWAL:
    case TOC_RECORD_FRAMEWORK:
    case TOC_RECORD_FLAG:
    case TOC_RECORD_DISPUTE:
    case TOC_RECORD_ALERT:
        return TOC_OK;
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_view_token_clear(struct toc_engine *engine, const char *stream,
                                     const char *publisher, uint64_t first, uint64_t last)
{
    const char *asker = stream == NULL ? NULL : asker_of(stream);

    engine->tokens.look = true;
    if (stream == NULL) {
        return toc_store_tokens_clear(engine->store);
    }
    if (strcmp(stream, ASKS) == 0) {
        return toc_store_asks_clear(engine->store, publisher, first, last);
    }
    if (asker == NULL) {
        return TOC_OK;
    }
    /* Retention takes answers away, but nobody is answered a second time for that. */
    return last == UINT64_MAX >> 1
               ? toc_store_answers_clear(engine->store, asker, publisher, first, last)
               : toc_store_answers_forget(engine->store, asker, publisher, first, last,
                                          toc_engine_roster(engine)->token_epoch);
}
