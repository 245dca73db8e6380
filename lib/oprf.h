/* oprf: door to libsodium for RFC 9497, suite ristretto255-SHA512: how a council and a holder make
 * a value together that neither can make alone. The asker blinds an input, the holder evaluates it
 * without seeing it and proves that it used the key of its roster entry, the asker unblinds.
 *
 * Everything here is a pure function: scalars that must be random are handed in. Elements and
 * scalars are 32 bytes, little-endian, canonical; whatever comes from outside is checked. Before
 * each of its dear products (55 us) a function lets other threads run, so no batch is to be made by
 * a thread in a hurry. */
#ifndef TOC_OPRF_H
#define TOC_OPRF_H

#include "bytes.h"

#define TOC_OPRF_ELEMENT_LEN 32
#define TOC_OPRF_SCALAR_LEN 32
#define TOC_OPRF_WIDE_LEN 64
#define TOC_OPRF_OUTPUT_LEN 64
#define TOC_OPRF_INPUT_MAX                                                                         \
    1024                      /* the RFC allows 65535; a subject's name is the longest of ours     \
                               */
#define TOC_OPRF_BATCH_MAX 64 /* elements under one proof: one ask */

/* Mode 0 has no proof. Tocsin speaks mode 1 only; the RFC's vectors test both. */
enum toc_oprf_mode { TOC_OPRF = 0, TOC_VOPRF = 1 };

struct toc_element {
    uint8_t bytes[TOC_OPRF_ELEMENT_LEN];
};
struct toc_scalar {
    uint8_t bytes[TOC_OPRF_SCALAR_LEN]; /* secret: wipe after use */
};
struct toc_oprf_proof {
    struct toc_scalar c;
    struct toc_scalar s;
};
struct toc_oprf_output {
    uint8_t bytes[TOC_OPRF_OUTPUT_LEN];
};
/* What a holder answered, or is about to: pairs in the order of the ask. */
struct toc_oprf_batch {
    const struct toc_element *blinded;
    const struct toc_element *evaluated;
    size_t len; /* 1 to TOC_OPRF_BATCH_MAX */
};

/* An element of the group other than the identity, in its one encoding. */
bool toc_element_valid(const struct toc_element *element);
/* From uniformly random bytes. TOC_INVALID for the one chance in 2^252 that it is zero. */
enum toc_result toc_scalar_from(const uint8_t wide[TOC_OPRF_WIDE_LEN],
                                struct toc_scalar *ret_scalar) TOC_MUST_CHECK;
/* The public half of a key. TOC_INVALID for a key that is zero. */
enum toc_result toc_oprf_public(const struct toc_scalar *key, struct toc_element *ret_public)
    TOC_MUST_CHECK;

/* The asker. TOC_TOOBIG for an input over TOC_OPRF_INPUT_MAX; TOC_INVALID for a blind that is
 * zero. */
enum toc_result toc_oprf_blind(enum toc_oprf_mode mode, struct toc_bytes input,
                               const struct toc_scalar *blind, struct toc_element *ret_blinded)
    TOC_MUST_CHECK;
/* The holder. TOC_INVALID when `blinded` is no valid element. */
enum toc_result toc_oprf_evaluate(const struct toc_scalar *key, const struct toc_element *blinded,
                                  struct toc_element *ret_evaluated) TOC_MUST_CHECK;
/* One proof for a whole batch. `nonce` is random and used once: a second use gives the key away.
 * `evaluated` is what toc_oprf_evaluate made of `blinded` with the same key, and is not looked at
 * again. TOC_INVALID for an empty or too long batch, or a blinded member that is no valid element.
 */
enum toc_result toc_oprf_prove(const struct toc_scalar *key, const struct toc_oprf_batch *batch,
                               const struct toc_scalar *nonce, struct toc_oprf_proof *ret_proof)
    TOC_MUST_CHECK;
/* TOC_BADSIG unless every element of the batch was evaluated with the key of `public`. */
enum toc_result toc_oprf_verify(const struct toc_element *public,
                                const struct toc_oprf_batch *batch,
                                const struct toc_oprf_proof *proof) TOC_MUST_CHECK;
/* The asker again, after verifying: what both made, of `len` inputs (1 to TOC_OPRF_BATCH_MAX) at
 * once, since they share the one inversion that is dear. All lists have `len`. TOC_INVALID for
 * another length, a blind that is zero or an element that is none; TOC_TOOBIG. */
enum toc_result toc_oprf_finalize(const struct toc_bytes *inputs, const struct toc_scalar *blinds,
                                  const struct toc_element *evaluated, size_t len,
                                  struct toc_oprf_output *ret_outputs) TOC_MUST_CHECK;

#endif
