/* Have: the heads a peer holds and we may see. What it says of our own logs is the proof that lets
 * us sign; what it says of others is what we may want. */
#include "engine_internal.h"

#include "ensure.h"

#include <string.h>

#define PROVERS_MAX (sizeof(((struct toc_engine *)NULL)->provers) / sizeof(struct toc_prover))

/* A new place, or that of somebody who is no hub of today: a daemon sees many hubs come and go. */
static void proven_by(struct toc_engine *engine, const struct toc_session *session)
{
    size_t at = engine->provers_len;

    for (size_t i = 0; i < engine->provers_len; i++) {
        if (strcmp(engine->provers[i].member, session->member) == 0) {
            return;
        }
    }
    for (size_t i = 0; at == PROVERS_MAX && i < engine->provers_len; i++) {
        at = toc_engine_is_hub(engine, engine->provers[i].member) ? at : i;
    }
    if (at < PROVERS_MAX) {
        memcpy(engine->provers[at].member, session->member, sizeof(session->member));
        engine->provers_len += at == engine->provers_len;
    }
}

/* Who has a log as it grows says how far it is: nobody is told of it before that is applied. */
static void remember_said(struct toc_engine *engine, const struct toc_session *session,
                          const struct toc_log_head *head)
{
    const struct toc_member *peer = toc_roster_member(toc_engine_roster(engine), session->member);
    struct toc_log *log = toc_engine_log(engine, &head->log);

    if (log != NULL && peer != NULL && log->said_next < head->next_sequence &&
        (toc_member_has(peer, TOC_ROLE_HUB) || strcmp(session->member, head->log.publisher) == 0)) {
        log->said_next = head->next_sequence;
    }
}

enum toc_result toc_handle_have(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_have *have)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    const struct toc_member *peer = toc_roster_member(roster, session->member);
    const struct toc_member *self = toc_roster_member(roster, engine->me);

    TOC_ENSURE(session->open, TOC_DENIED);
    for (size_t i = 0; i < have->heads_len; i++) {
        const struct toc_log_head *head = &have->heads[i];
        if (toc_roster_may_carry(roster, engine->me, head->log.publisher, head->log.stream) &&
            toc_engine_log_admissible(engine, session, &head->log)) {
            TOC_TRY(toc_ask_offered(engine, session, head));
            remember_said(engine, session, head);
        } else {
            engine->counters.frames_ignored++;
        }
    }
    if (session->half_heard) {
        return TOC_OK; /* it was greeted anew, and begins again */
    }
    /* A member is proven by its hubs; a hub, and anybody where there is none, by any one member. */
    if (have->complete && peer != NULL && self != NULL &&
        (toc_member_has(peer, TOC_ROLE_HUB) || toc_member_has(self, TOC_ROLE_HUB) ||
         toc_roster_hubs(roster) == 0)) {
        proven_by(engine, session);
    }
    session->listed |= have->complete;
    return TOC_OK;
}
