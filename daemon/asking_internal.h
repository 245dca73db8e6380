/* asking_internal: what asking.c and asking_answer.c share, and no others. */
#ifndef TOC_ASKING_INTERNAL_H
#define TOC_ASKING_INTERNAL_H

#include "asking.h"
#include "holding.h"
#include "job_token.h"
#include "store_subject.h"
#include "store_token.h"

/* What the holders are asked about a subject. TOC_INVALID: nothing can be. */
enum toc_result toc_asking_input(const char *key, uint8_t ret_input[TOC_TOKEN_INPUT_MAX],
                                 size_t *ret_len) TOC_MUST_CHECK;
/* The inputs of a job from the keys of an ask, a list. */
enum toc_result toc_asking_inputs(struct toc_token_job *job, struct toc_bytes keys) TOC_MUST_CHECK;
/* The answers to one ask that have come. `ret_over`: it is no longer open. */
enum toc_result toc_asking_answers(struct toc_engine *engine, const struct toc_own_ask *ask,
                                   bool *ret_over) TOC_MUST_CHECK;

#endif
