/* asking: how this member makes tokens of its suppliers. Once its own exposures are published, what
 * kept suppliers lack is asked for, 64 inputs an ask and a few asks at a time; the answers of all
 * holders are verified and put together. A holder that answers wrongly is named, and asked once
 * more by a fresh ask. */
#ifndef TOC_ASKING_H
#define TOC_ASKING_H

#include "engine_internal.h"

/* So often may the answer to a subject be wrong. */
#define TOC_ASK_TRIES 2

/* At _finish, before what is queued is signed. */
enum toc_result toc_asking_finish(struct toc_engine *engine) TOC_MUST_CHECK;

/* Why nothing is asked. The first reason counts. */
enum toc_asking_state {
    TOC_ASKING_ASKS,         /* or has nothing to ask */
    TOC_ASKING_NO_HOLDERS,   /* the group makes no tokens */
    TOC_ASKING_NOT_ITS_ROLE, /* neither council nor body */
    TOC_ASKING_UNCONFIRMED,  /* the holders are others than those it asked before */
    TOC_ASKING_UNPUBLISHED,  /* exposures wait to be published, or to be signed */
    TOC_ASKING_OVER_QUOTA,   /* holders would refuse it */
};
enum toc_result toc_asking_state(struct toc_engine *engine, enum toc_asking_state *ret_state)
    TOC_MUST_CHECK;
/* Are the holders those it agreed to ask? */
enum toc_result toc_asking_confirmed(struct toc_engine *engine, bool *ret_confirmed) TOC_MUST_CHECK;
/* A person agreed to the holders of the roster. */
enum toc_result toc_asking_confirm(struct toc_engine *engine) TOC_MUST_CHECK;

#endif
