/* batch: sealing, signing, verifying and opening batches, wraps and statements. Pure; keys, nonces
 * and times are passed in. Everything made lies in the caller's arena. */
#ifndef TOC_BATCH_H
#define TOC_BATCH_H

#include "roster.h"
#include "seal.h"

struct toc_epoch_key {
    uint8_t bytes[TOC_SEAL_KEY_LEN]; /* wipe after use */
};

/* The head before the first batch. */
struct toc_hash toc_head_start(const struct toc_hash *group, const struct toc_log_id *log);
struct toc_hash toc_batch_head(const struct toc_batch *batch);
struct toc_hash toc_commitment(const struct toc_hash *group, const struct toc_log_id *log,
                               uint32_t epoch, const struct toc_epoch_key *key);

/* Seals `plain` (a list of records) under `header` and signs. */
enum toc_result toc_batch_make(struct toc_arena *arena, const struct toc_batch_header *header,
                               const struct toc_epoch_key *key,
                               const struct toc_sign_secret *secret, struct toc_bytes plain,
                               struct toc_batch *ret_batch, struct toc_hash *ret_head)
    TOC_MUST_CHECK;
/* `head` is toc_batch_head's answer: hashed once, used twice. TOC_BADSIG. */
enum toc_result toc_batch_verify(const struct toc_batch *batch, const struct toc_hash *head,
                                 const struct toc_sign_public *publisher) TOC_MUST_CHECK;
/* A batch that opens an epoch says for whom, and that is whom `roster`, the version it names, makes
 * the log's audience. TOC_INVALID. */
enum toc_result toc_batch_check_audience(const struct toc_batch_header *header,
                                         const struct toc_roster *roster) TOC_MUST_CHECK;
/* The key must have been checked against the epoch's commitment. TOC_BADSIG. */
enum toc_result toc_batch_open(struct toc_arena *arena, const struct toc_batch *batch,
                               const struct toc_epoch_key *key, struct toc_bytes *ret_plain)
    TOC_MUST_CHECK;

/* An epoch's key, sealed to one member and signed by the publisher or a hub. */
enum toc_result toc_wrap_make(struct toc_arena *arena, const struct toc_hash *group,
                              const struct toc_log_id *log, uint32_t epoch,
                              const struct toc_epoch_key *key, const struct toc_member *to,
                              const char *sealer, const struct toc_sign_secret *secret,
                              uint64_t roster_version, struct toc_bytes *ret_wrap) TOC_MUST_CHECK;
/* Decodes, and checks the sealer's signature with `roster` (the version the wrap names) and that
 * the sealer is the publisher or a hub. */
enum toc_result toc_wrap_read(struct toc_arena *arena, const struct toc_hash *group,
                              const struct toc_roster *roster, struct toc_bytes bytes,
                              struct toc_wrap_body *ret_wrap) TOC_MUST_CHECK;
/* TOC_BADSIG when it does not open, names another context, or does not fit the commitment. */
enum toc_result toc_wrap_open(const struct toc_wrap_body *wrap,
                              const struct toc_box_public *box_public,
                              const struct toc_box_secret *box_secret,
                              const struct toc_hash *commitment, struct toc_epoch_key *ret_key)
    TOC_MUST_CHECK;

/* Signs with the tag of the statement's kind. */
enum toc_result toc_statement_make(struct toc_arena *arena, const struct toc_statement *statement,
                                   const struct toc_sign_secret *secret,
                                   struct toc_bytes *ret_bytes) TOC_MUST_CHECK;
/* Shape only; then verify with the author's key of the roster version it names. */
enum toc_result toc_statement_read(struct toc_arena *arena, struct toc_bytes bytes,
                                   struct toc_signed *ret_signed,
                                   struct toc_statement *ret_statement) TOC_MUST_CHECK;
enum toc_result toc_statement_verify(const struct toc_signed *envelope,
                                     const struct toc_statement *statement,
                                     const struct toc_sign_public *author) TOC_MUST_CHECK;

#endif
