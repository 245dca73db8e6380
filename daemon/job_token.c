#include "job_token.h"

#include "ensure.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)256 * 1024) /* 64 inputs of 1 KiB, and the lists: 80 KiB */

static enum toc_result make_lists(struct toc_token_job *job, size_t len)
{
    job->inputs = toc_arena_zero(job->arena, len, sizeof(*job->inputs));
    job->blinds = toc_arena_zero(job->arena, len, sizeof(*job->blinds));
    job->blinded = toc_arena_zero(job->arena, len, sizeof(*job->blinded));
    job->evaluated = toc_arena_zero(job->arena, len, sizeof(*job->evaluated));
    job->outputs = toc_arena_zero(job->arena, len, sizeof(*job->outputs));
    TOC_ENSURE(job->inputs != NULL && job->blinds != NULL && job->blinded != NULL &&
                   job->evaluated != NULL && job->outputs != NULL,
               TOC_NOMEM);
    job->len = len;
    return TOC_OK;
}

enum toc_result toc_token_job_new(const struct toc_job_kind *kind, size_t len,
                                  struct toc_token_job **ret_job)
{
    struct toc_token_job *job;

    TOC_ENSURE(len > 0 && len <= TOC_OPRF_BATCH_MAX, TOC_INVALID);
    job = calloc(1, sizeof(*job));
    TOC_ENSURE(job != NULL, TOC_NOMEM);
    job->base.kind = kind;
    job->result = TOC_AGAIN;
    if (toc_arena_new(ARENA_MAX, &job->arena) != TOC_OK || make_lists(job, len) != TOC_OK) {
        toc_token_job_free(&job->base);
        return TOC_NOMEM;
    }
    *ret_job = job;
    return TOC_OK;
}

enum toc_result toc_token_job_input(struct toc_token_job *job, size_t i, struct toc_bytes input)
{
    return toc_arena_copy(job->arena, input, &job->inputs[i]);
}

void toc_token_job_blind(struct toc_job *base)
{
    struct toc_token_job *job = (struct toc_token_job *)base;

    job->result = TOC_OK;
    for (size_t i = 0; i < job->len && job->result == TOC_OK; i++) {
        job->result = toc_oprf_blind(TOC_VOPRF, job->inputs[i], &job->blinds[i], &job->blinded[i]);
    }
}

static struct toc_oprf_batch batch_of(const struct toc_token_job *job)
{
    return (struct toc_oprf_batch){
        .blinded = job->blinded, .evaluated = job->evaluated, .len = job->len};
}

void toc_token_job_evaluate(struct toc_job *base)
{
    struct toc_token_job *job = (struct toc_token_job *)base;
    const struct toc_oprf_batch batch = batch_of(job);

    job->result = TOC_OK;
    for (size_t i = 0; i < job->len && job->result == TOC_OK; i++) {
        job->result = toc_oprf_evaluate(&job->key, &job->blinded[i], &job->evaluated[i]);
    }
    if (job->result == TOC_OK) {
        job->result = toc_oprf_prove(&job->key, &batch, &job->nonce, &job->proof);
    }
}

void toc_token_job_unblind(struct toc_job *base)
{
    struct toc_token_job *job = (struct toc_token_job *)base;
    const struct toc_oprf_batch batch = batch_of(job);

    job->result = toc_oprf_verify(&job->public, &batch, &job->proof);
    if (job->result == TOC_OK) {
        job->result =
            toc_oprf_finalize(job->inputs, job->blinds, job->evaluated, job->len, job->outputs);
    }
}

void toc_token_job_free(struct toc_job *base)
{
    struct toc_token_job *job = (struct toc_token_job *)base;

    if (job->blinds != NULL) {
        toc_bytes_wipe(job->blinds, job->len * sizeof(*job->blinds));
    }
    if (job->outputs != NULL) {
        toc_bytes_wipe(job->outputs, job->len * sizeof(*job->outputs));
    }
    toc_bytes_wipe(&job->key, sizeof(job->key));
    toc_bytes_wipe(&job->nonce, sizeof(job->nonce));
    toc_arena_free(&job->arena);
    free(job);
}
