/* job_token: the arithmetic of tokens as jobs: blinding what is asked, evaluating what others ask,
 * verifying and unblinding what holders answered. Up to TOC_OPRF_BATCH_MAX inputs each, some
 * milliseconds of the worker's time. */
#ifndef TOC_JOB_TOKEN_H
#define TOC_JOB_TOKEN_H

#include "job.h"
#include "record_token.h"

struct toc_token_job {
    struct toc_job base;
    struct toc_arena *arena;
    uint8_t ask[TOC_ASK_ID_LEN];
    uint32_t token_epoch;
    char member[TOC_MEMBER_LEN_MAX + 1]; /* who asked, or whose answer it is; "" when blinding */
    size_t len;                          /* of each list below */
    struct toc_bytes *inputs;            /* in the arena */
    struct toc_bytes keys; /* in the arena: of what subjects, a list; empty unless blinding */
    struct toc_scalar *blinds;
    struct toc_element *blinded;
    struct toc_element *evaluated;
    struct toc_oprf_output *outputs;
    struct toc_oprf_proof proof;
    struct toc_scalar key;     /* a holder's */
    struct toc_scalar nonce;   /* of the proof */
    struct toc_element public; /* of the holder whose answer it is */
    enum toc_result result;    /* of the run; TOC_AGAIN before it */
};

/* All lists of `len` made, zeroed; not queued. TOC_NOMEM. */
enum toc_result toc_token_job_new(const struct toc_job_kind *kind, size_t len,
                                  struct toc_token_job **ret_job) TOC_MUST_CHECK;
/* Copies the input into the job. */
enum toc_result toc_token_job_input(struct toc_token_job *job, size_t i, struct toc_bytes input)
    TOC_MUST_CHECK;
/* For the kinds: `run` of three of them, and `free` of all. */
void toc_token_job_blind(struct toc_job *job);    /* inputs, blinds to blinded */
void toc_token_job_evaluate(struct toc_job *job); /* blinded, key, nonce to evaluated, proof */
void toc_token_job_unblind(struct toc_job *job);  /* the rest to outputs; TOC_BADSIG */
void toc_token_job_free(struct toc_job *job);

#endif
