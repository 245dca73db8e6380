/* holding: what a holder of the token epoch answers. Asks of councils and bodies wait until the
 * exposures they count on are applied here; those over the quota are refused whole. Askers take
 * turns, so that none can starve another. */
#ifndef TOC_HOLDING_H
#define TOC_HOLDING_H

#include "engine_internal.h"

/* At _finish, before what is queued is signed: refuses what is to be refused, and gives the worker
 * what is to be answered. */
enum toc_result toc_holding_finish(struct toc_engine *engine) TOC_MUST_CHECK;
/* The roster names a key of this member that it does not have: it cannot answer anybody. */
bool toc_holding_no_secret(const struct toc_engine *engine);
/* How many inputs an asker may have answered in one token epoch: percent of the different suppliers
 * of its standing exposures, and so many more. */
enum toc_result toc_holding_quota(struct toc_engine *engine, const char *asker, uint64_t *ret_quota)
    TOC_MUST_CHECK;
/* The end of the newest own copy of a member's exposures: the first sequence not applied. */
uint64_t toc_holding_exposed_next(const struct toc_engine *engine, const char *member);
/* A random scalar that is not zero. */
void toc_holding_scalar(struct toc_engine *engine, struct toc_scalar *ret_scalar);
/* The place of a flight, or NULL. */
struct toc_token_flight *toc_token_flight_of(struct toc_token_flight *flights, size_t len,
                                             const char *member, const uint8_t ask[TOC_ASK_ID_LEN]);
/* A place that is free, or NULL. */
struct toc_token_flight *toc_token_flight_free(struct toc_token_flight *flights, size_t len);

#endif
