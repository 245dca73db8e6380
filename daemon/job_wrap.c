#include "job_wrap.h"

#include "engine_internal.h"
#include "ensure.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

struct recipient {
    char id[TOC_MEMBER_LEN_MAX + 1];
    struct toc_box_public box_public;
};

struct toc_wrap_job {
    struct toc_job base;
    struct toc_hash group;
    struct toc_log_id log;
    uint32_t epoch;
    struct toc_epoch_key key;
    char sealer[TOC_MEMBER_LEN_MAX + 1];
    struct toc_sign_secret secret;
    uint64_t roster_version;
    struct recipient *recipients;
    size_t recipients_len, recipients_room;
    struct toc_arena *arena; /* the results */
    struct toc_bytes *wraps; /* as many as recipients once run; empty bytes: failed */
};

enum toc_result toc_wrap_job_add(struct toc_wrap_job *job, const struct toc_member *member)
{
    if (job->recipients_len == job->recipients_room) {
        const size_t room = job->recipients_room == 0 ? 8 : 2 * job->recipients_room;
        struct recipient *more = realloc(job->recipients, room * sizeof(*more));
        TOC_ENSURE(more != NULL, TOC_NOMEM);
        job->recipients = more;
        job->recipients_room = room;
    }
    memcpy(job->recipients[job->recipients_len].id, member->id, sizeof(member->id));
    job->recipients[job->recipients_len].box_public = member->box_public;
    job->recipients_len++;
    return TOC_OK;
}

static void run(struct toc_job *base)
{
    struct toc_wrap_job *job = (struct toc_wrap_job *)base;
    const size_t each = 1024; /* a wrap is about 350 bytes, and its encoding passes through once */

    if (toc_arena_new(64 * 1024 + job->recipients_len * each * 8, &job->arena) != TOC_OK) {
        return;
    }
    job->wraps = toc_arena_zero(job->arena, job->recipients_len, sizeof(*job->wraps));
    for (size_t i = 0; i < job->recipients_len && job->wraps != NULL; i++) {
        struct toc_member to = {.box_public = job->recipients[i].box_public};
        memcpy(to.id, job->recipients[i].id, sizeof(to.id));
        (void)sched_yield(); /* some 100 us each, as oprf's products */
        if (toc_wrap_make(job->arena, &job->group, &job->log, job->epoch, &job->key, &to,
                          job->sealer, &job->secret, job->roster_version,
                          &job->wraps[i]) != TOC_OK) {
            job->wraps[i] = (struct toc_bytes){NULL, 0};
        }
    }
}

/* Somebody admitted, replaced or removed while the job ran is looked at again by the next adoption;
 * a wrap for a key that is gone is refused here, and one that its member would refuse: it was
 * removed and came back meanwhile. */
static void done(struct toc_engine *engine, struct toc_job *base)
{
    struct toc_wrap_job *job = (struct toc_wrap_job *)base;
    struct toc_log *log = toc_engine_log(engine, &job->log);
    const struct toc_roster *roster = toc_engine_roster(engine);

    for (size_t i = 0; log != NULL && job->wraps != NULL && i < job->recipients_len; i++) {
        const struct recipient *to = &job->recipients[i];
        const struct toc_member *member = toc_roster_member(roster, to->id);
        if (job->wraps[i].len == 0 || member == NULL || log->row.id == 0 ||
            member->admitted_version > job->roster_version ||
            !toc_roster_in_audience(roster, to->id, job->log.publisher, job->log.stream) ||
            memcmp(&member->box_public, &to->box_public, sizeof(to->box_public)) != 0 ||
            toc_engine_write(engine) != TOC_OK) {
            continue;
        }
        if (toc_store_wrap_add(engine->store, log->row.id, job->epoch, to->id, job->wraps[i]) ==
            TOC_STORE) {
            engine->store_failed = true;
        }
        engine->counters.wraps_made++;
        log->advanced = true;
    }
}

static void free_job(struct toc_job *base)
{
    struct toc_wrap_job *job = (struct toc_wrap_job *)base;

    toc_bytes_wipe(&job->key, sizeof(job->key));
    toc_bytes_wipe(&job->secret, sizeof(job->secret));
    toc_arena_free(&job->arena);
    free(job->recipients);
    free(job);
}

static const struct toc_job_kind wrap_kind = {.run = run, .done = done, .free = free_job};

enum toc_result toc_wrap_job_new(struct toc_engine *engine, const struct toc_log_id *log,
                                 const struct toc_epoch_row *epoch, struct toc_wrap_job **ret_job)
{
    struct toc_wrap_job *job = calloc(1, sizeof(*job));

    TOC_ENSURE(job != NULL, TOC_NOMEM);
    job->base.kind = &wrap_kind;
    job->group = engine->group;
    job->log = *log;
    job->epoch = epoch->epoch;
    job->key = epoch->key;
    job->secret = engine->keys->sign_secret;
    job->roster_version = toc_roster_chain_version(engine->rosters);
    memcpy(job->sealer, engine->me, strlen(engine->me) + 1);
    toc_job_queue(engine, &job->base);
    *ret_job = job;
    return TOC_OK;
}
