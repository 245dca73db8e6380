/* Want: a peer asks for a log from a sequence on, with so many bytes of credit. */
#include "engine_internal.h"

#include "ensure.h"

enum toc_result toc_handle_want(struct toc_engine *engine, struct toc_session *session,
                                const struct toc_want *want)
{
    struct toc_log *log = toc_engine_log(engine, &want->log);

    TOC_ENSURE(session->open, TOC_DENIED);
    if (log == NULL || !toc_engine_may_carry(engine, session, log)) {
        engine->counters.frames_ignored++;
        return TOC_NOTFOUND; /* and nothing else: a log is not even named to those who may not see
                                it */
    }
    return toc_give_want(engine, session, want);
}
