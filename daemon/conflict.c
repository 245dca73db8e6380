/* Two things that a publisher signed and that cannot both be true: they are kept, its log stops,
 * and everybody else who may see the log is given both, so that nobody is left with one of the
 * stories.
 */
#include "engine_internal.h"

#include "ensure.h"

#include <stdio.h>

/* As the session carries such a thing; an empty frame for nothing. */
static enum toc_result frame_of(struct toc_engine *engine, const struct toc_log *log,
                                struct toc_bytes half, struct toc_bytes *ret_frame)
{
    struct toc_message message = {.kind = TOC_MESSAGE_STATEMENTS, .as.statements = {&half, 1}};
    struct toc_batch batch;

    *ret_frame = toc_bytes_of(NULL, 0);
    if (half.len == 0) {
        return TOC_OK;
    }
    if (toc_wire_batch_decode(engine->arena, half, &batch) == TOC_OK) {
        message = (struct toc_message){
            .kind = TOC_MESSAGE_GIVE,
            .as.give = {.log = log->row.log, .batches = &half, .batches_len = 1}};
    }
    return toc_wire_message_encode(engine->arena, &message, ret_frame);
}

/* Once: the log is stopped, and what comes of it later is passed over. Whoever is not there now, or
 * cannot take it, is not told again. */
static enum toc_result tell(struct toc_engine *engine, const struct toc_log *log,
                            struct toc_bytes one, struct toc_bytes other)
{
    struct toc_bytes frames[2];

    TOC_TRY(frame_of(engine, log, one, &frames[0]));
    TOC_TRY(frame_of(engine, log, other, &frames[1]));
    for (size_t i = 0; i < engine->sessions_len; i++) {
        struct toc_session *session = &engine->sessions[i];
        if (session->link == 0 || !session->open || session->blocked ||
            !toc_engine_may_carry(engine, session, log)) {
            continue;
        }
        for (size_t j = 0; j < 2 && toc_out_has_room(engine); j++) {
            if (frames[j].len > 0) {
                TOC_TRY(toc_out_add(engine, TOC_OUT_SESSION, session->link, &frames[j], 1));
                toc_flow_sent(&session->flow, frames[j].len, 0);
            }
        }
    }
    return TOC_OK;
}

enum toc_result toc_apply_conflict(struct toc_engine *engine, struct toc_log *log, const char *what,
                                   struct toc_bytes one, struct toc_bytes other)
{
    const struct toc_log_id *id = &log->row.log;
    char about[192];

    TOC_TRY(toc_engine_write(engine));
    (void)snprintf(about, sizeof(about), "%s %s %u: %s that cannot lie on one chain", id->publisher,
                   id->stream, id->generation, what);
    log->row.state = TOC_LOG_STOPPED;
    engine->counters.conflicts++;
    toc_engine_note(engine, TOC_NOTICE_ERROR, "log.conflict",
                    "publisher=%s stream=%s generation=%u %s: stopped; evidence kept",
                    id->publisher, id->stream, id->generation, what);
    TOC_TRY(toc_store_evidence_add(engine->store, about, engine->now_wall, one, other));
    TOC_TRY(toc_engine_log_save(engine, log));
    TOC_TRY(tell(engine, log, one, other));
    return TOC_CONFLICT;
}
