#include "oprf.h"
#include "ensure.h"
#include <sched.h>
#include <sodium.h>
#include <string.h>

_Static_assert(TOC_OPRF_ELEMENT_LEN == crypto_core_ristretto255_BYTES, "ristretto255 element");
_Static_assert(TOC_OPRF_SCALAR_LEN == crypto_core_ristretto255_SCALARBYTES, "ristretto255 scalar");
_Static_assert(TOC_OPRF_WIDE_LEN == crypto_core_ristretto255_HASHBYTES, "uniform bytes");
_Static_assert(TOC_OPRF_OUTPUT_LEN == crypto_hash_sha512_BYTES, "SHA-512");

enum {
    SHA512_BLOCK = 128,
    LABEL_MAX = 64, /* "HashToScalar-" and the context are 40 bytes */
};

/* RFC 9497 3.1: the domain of everything hashed. The mode is a byte, zero among them. */
static size_t domain(const char *label, enum toc_oprf_mode mode, uint8_t ret_domain[LABEL_MAX])
{
    static const char suite[] = "-ristretto255-SHA512";
    size_t len = strlen(label);
    memcpy(ret_domain, label, len);
    memcpy(ret_domain + len, "OPRFV1-", 7);
    len += 7;
    ret_domain[len++] = (uint8_t)mode;
    memcpy(ret_domain + len, suite, sizeof suite - 1);
    return len + sizeof suite - 1;
}

/* RFC 9380 5.3.1, expand_message_xmd with SHA-512, for the 64 bytes that all uses here want: one
 * block is enough. */
static void expand(const struct toc_bytes *parts, size_t parts_len, const char *label,
                   enum toc_oprf_mode mode, uint8_t ret_wide[TOC_OPRF_WIDE_LEN])
{
    static const uint8_t padding[SHA512_BLOCK];
    static const uint8_t len_and_zero[3] = {0, TOC_OPRF_WIDE_LEN, 0};
    uint8_t tail[LABEL_MAX + 1];
    const size_t label_len = domain(label, mode, tail);
    tail[label_len] = (uint8_t)label_len;
    uint8_t first[crypto_hash_sha512_BYTES];
    crypto_hash_sha512_state state;
    (void)crypto_hash_sha512_init(&state);
    (void)crypto_hash_sha512_update(&state, padding, sizeof padding);
    for (size_t i = 0; i < parts_len; i++) {
        (void)crypto_hash_sha512_update(&state, parts[i].data, parts[i].len);
    }
    (void)crypto_hash_sha512_update(&state, len_and_zero, sizeof len_and_zero);
    (void)crypto_hash_sha512_update(&state, tail, label_len + 1);
    (void)crypto_hash_sha512_final(&state, first);
    (void)crypto_hash_sha512_init(&state);
    (void)crypto_hash_sha512_update(&state, first, sizeof first);
    (void)crypto_hash_sha512_update(&state, (const uint8_t *)"\x01", 1);
    (void)crypto_hash_sha512_update(&state, tail, label_len + 1);
    (void)crypto_hash_sha512_final(&state, ret_wide);
    sodium_memzero(first, sizeof first);
    sodium_memzero(&state, sizeof state);
}

static void hash_to_scalar(struct toc_bytes bytes, struct toc_scalar *ret_scalar)
{
    uint8_t wide[TOC_OPRF_WIDE_LEN];
    expand(&bytes, 1, "HashToScalar-", TOC_VOPRF, wide);
    crypto_core_ristretto255_scalar_reduce(ret_scalar->bytes, wide);
}

bool toc_element_valid(const struct toc_element *element)
{
    return !sodium_is_zero(element->bytes, sizeof element->bytes) &&
           crypto_core_ristretto255_is_valid_point(element->bytes) == 1;
}

static bool is_zero(const struct toc_scalar *scalar)
{
    return sodium_is_zero(scalar->bytes, sizeof scalar->bytes) == 1;
}

/* In its one encoding: below the order of the group. */
static bool is_canonical(const struct toc_scalar *scalar)
{
    uint8_t wide[TOC_OPRF_WIDE_LEN] = {0};
    uint8_t reduced[TOC_OPRF_SCALAR_LEN];
    memcpy(wide, scalar->bytes, sizeof scalar->bytes);
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    const bool same = sodium_memcmp(reduced, scalar->bytes, sizeof reduced) == 0;
    sodium_memzero(wide, sizeof wide);
    sodium_memzero(reduced, sizeof reduced);
    return same;
}

enum toc_result toc_scalar_from(const uint8_t wide[TOC_OPRF_WIDE_LEN],
                                struct toc_scalar *ret_scalar)
{
    struct toc_scalar scalar;
    crypto_core_ristretto255_scalar_reduce(scalar.bytes, wide);
    TOC_ENSURE(!is_zero(&scalar), TOC_INVALID);
    *ret_scalar = scalar;
    sodium_memzero(&scalar, sizeof scalar);
    return TOC_OK;
}

enum toc_result toc_oprf_public(const struct toc_scalar *key, struct toc_element *ret_public)
{
    struct toc_element public;
    TOC_ENSURE(crypto_scalarmult_ristretto255_base(public.bytes, key->bytes) == 0, TOC_INVALID);
    *ret_public = public;
    return TOC_OK;
}

/* libsodium refuses an element that is none, and a product that is the identity: with a scalar that
 * is not zero, an element that is. So nothing has to be asked about `element` before. */
static enum toc_result multiply(const struct toc_scalar *scalar, const struct toc_element *element,
                                struct toc_element *ret_product)
{
    struct toc_element product;
    /* A product takes 55 us, and a batch some hundred. A thread that wakes meanwhile may be put off
     * until the kernel's next tick, 4 ms, however nice this one is: so it is asked each time. */
    (void)sched_yield();
    TOC_ENSURE(crypto_scalarmult_ristretto255(product.bytes, scalar->bytes, element->bytes) == 0,
               TOC_INVALID);
    *ret_product = product;
    return TOC_OK;
}

enum toc_result toc_oprf_blind(enum toc_oprf_mode mode, struct toc_bytes input,
                               const struct toc_scalar *blind, struct toc_element *ret_blinded)
{
    uint8_t wide[TOC_OPRF_WIDE_LEN];
    struct toc_element element;
    TOC_ENSURE(input.len <= TOC_OPRF_INPUT_MAX, TOC_TOOBIG);
    expand(&input, 1, "HashToGroup-", mode, wide);
    TOC_ENSURE(crypto_core_ristretto255_from_hash(element.bytes, wide) == 0, TOC_INVALID);
    const enum toc_result result = multiply(blind, &element, ret_blinded);
    sodium_memzero(wide, sizeof wide);
    sodium_memzero(&element, sizeof element);
    return result;
}

enum toc_result toc_oprf_evaluate(const struct toc_scalar *key, const struct toc_element *blinded,
                                  struct toc_element *ret_evaluated)
{
    return multiply(key, blinded, ret_evaluated);
}

/* ---- the proof ---- */

/* What the transcripts of 2.2.1 are made of: everything has its length in two bytes before it. */
struct transcript {
    uint8_t bytes[512]; /* the challenge's is the longest: five elements and a word, 179 bytes */
    size_t len;
};

static void put_number(struct transcript *transcript, size_t number)
{
    transcript->bytes[transcript->len++] = (uint8_t)(number >> 8);
    transcript->bytes[transcript->len++] = (uint8_t)number;
}

static void put(struct transcript *transcript, const void *bytes, size_t len)
{
    put_number(transcript, len);
    memcpy(transcript->bytes + transcript->len, bytes, len);
    transcript->len += len;
}

static void put_element(struct transcript *transcript, const struct toc_element *element)
{
    put(transcript, element->bytes, sizeof element->bytes);
}

/* The closing word has no length before it. */
static void challenge_of(struct transcript *transcript, const char *word,
                         struct toc_scalar *ret_scalar)
{
    const size_t len = strlen(word);
    memcpy(transcript->bytes + transcript->len, word, len);
    hash_to_scalar(toc_bytes_of(transcript->bytes, transcript->len + len), ret_scalar);
}

static void seed_of(const struct toc_element *public, uint8_t ret_seed[crypto_hash_sha512_BYTES])
{
    struct transcript transcript = {.len = 0};
    uint8_t label[LABEL_MAX] = {0};
    put_element(&transcript, public);
    put(&transcript, label, domain("Seed-", TOC_VOPRF, label));
    (void)crypto_hash_sha512(ret_seed, transcript.bytes, transcript.len);
}

/* The weight of a pair in the sum that stands for the batch. */
static void weight_of(const uint8_t seed[crypto_hash_sha512_BYTES],
                      const struct toc_oprf_batch *batch, size_t i, struct toc_scalar *ret_weight)
{
    struct transcript transcript = {.len = 0};
    put(&transcript, seed, crypto_hash_sha512_BYTES);
    put_number(&transcript, i);
    put_element(&transcript, &batch->blinded[i]);
    put_element(&transcript, &batch->evaluated[i]);
    challenge_of(&transcript, "Composite", ret_weight);
}

static enum toc_result add_weighted(const struct toc_scalar *weight,
                                    const struct toc_element *element, struct toc_element *sum)
{
    struct toc_element product;
    TOC_TRY(multiply(weight, element, &product));
    TOC_ENSURE(crypto_core_ristretto255_add(sum->bytes, sum->bytes, product.bytes) == 0,
               TOC_INVALID);
    return TOC_OK;
}

/* M, the weighted sum of what was asked, and with the public half alone Z, that of the answers; the
 * key's owner gets Z by one product (ComputeCompositesFast). */
static enum toc_result composites(const struct toc_scalar *key, const struct toc_element *public,
                                  const struct toc_oprf_batch *batch, struct toc_element *ret_m,
                                  struct toc_element *ret_z)
{
    uint8_t seed[crypto_hash_sha512_BYTES];
    struct toc_element m = {{0}}; /* the identity */
    struct toc_element z = {{0}};
    TOC_ENSURE(batch->len > 0 && batch->len <= TOC_OPRF_BATCH_MAX, TOC_INVALID);
    seed_of(public, seed);
    for (size_t i = 0; i < batch->len; i++) {
        struct toc_scalar weight;
        weight_of(seed, batch, i, &weight);
        TOC_TRY(add_weighted(&weight, &batch->blinded[i], &m));
        if (key == NULL) {
            TOC_TRY(add_weighted(&weight, &batch->evaluated[i], &z));
        }
    }
    if (key != NULL) {
        TOC_TRY(multiply(key, &m, &z));
    }
    *ret_m = m;
    *ret_z = z;
    return TOC_OK;
}

static void prove_challenge(const struct toc_element *const elements[5],
                            struct toc_scalar *ret_challenge)
{
    struct transcript transcript = {.len = 0};
    for (size_t i = 0; i < 5; i++) {
        put_element(&transcript, elements[i]);
    }
    challenge_of(&transcript, "Challenge", ret_challenge);
}

enum toc_result toc_oprf_prove(const struct toc_scalar *key, const struct toc_oprf_batch *batch,
                               const struct toc_scalar *nonce, struct toc_oprf_proof *ret_proof)
{
    struct toc_element public;
    struct toc_element m;
    struct toc_element z;
    struct toc_element t2;
    struct toc_element t3;
    struct toc_oprf_proof proof;
    TOC_TRY(toc_oprf_public(key, &public));
    TOC_TRY(composites(key, &public, batch, &m, &z));
    TOC_TRY(toc_oprf_public(nonce, &t2));
    TOC_TRY(multiply(nonce, &m, &t3));
    prove_challenge((const struct toc_element *const[]){&public, &m, &z, &t2, &t3}, &proof.c);
    struct toc_scalar product;
    crypto_core_ristretto255_scalar_mul(product.bytes, proof.c.bytes, key->bytes);
    crypto_core_ristretto255_scalar_sub(proof.s.bytes, nonce->bytes, product.bytes);
    sodium_memzero(&product, sizeof product);
    *ret_proof = proof;
    return TOC_OK;
}

/* a * x + b * y; either product may be the identity when a peer chose the scalars. */
static enum toc_result combine(const struct toc_scalar *a, const struct toc_element *x,
                               const struct toc_scalar *b, const struct toc_element *y,
                               struct toc_element *ret_sum)
{
    struct toc_element sum = {{0}};
    if (!is_zero(a)) {
        TOC_TRY(add_weighted(a, x, &sum));
    }
    if (!is_zero(b)) {
        TOC_TRY(add_weighted(b, y, &sum));
    }
    *ret_sum = sum;
    return TOC_OK;
}

enum toc_result toc_oprf_verify(const struct toc_element *public,
                                const struct toc_oprf_batch *batch,
                                const struct toc_oprf_proof *proof)
{
    struct toc_element base;
    struct toc_element m;
    struct toc_element z;
    struct toc_element t2;
    struct toc_element t3;
    struct toc_scalar expected;
    const struct toc_scalar one = {{1}};
    TOC_ENSURE(toc_element_valid(public), TOC_BADSIG);
    TOC_ENSURE(is_canonical(&proof->c) && is_canonical(&proof->s), TOC_BADSIG);
    TOC_ENSURE(composites(NULL, public, batch, &m, &z) == TOC_OK, TOC_BADSIG);
    TOC_ENSURE(toc_oprf_public(&one, &base) == TOC_OK, TOC_BADSIG);
    TOC_ENSURE(combine(&proof->s, &base, &proof->c, public, &t2) == TOC_OK, TOC_BADSIG);
    TOC_ENSURE(combine(&proof->s, &m, &proof->c, &z, &t3) == TOC_OK, TOC_BADSIG);
    prove_challenge((const struct toc_element *const[]){public, &m, &z, &t2, &t3}, &expected);
    TOC_ENSURE(sodium_memcmp(expected.bytes, proof->c.bytes, sizeof expected.bytes) == 0,
               TOC_BADSIG);
    return TOC_OK;
}

/* ---- unblinding ---- */

/* One inversion for all (Montgomery's trick): with p_i the product of the first i blinds, 1/b_i is
 * p_(i-1) times 1/p_i, and 1/p_(i-1) is b_i times 1/p_i. An inversion costs as much as 280
 * products. */
static enum toc_result invert_all(const struct toc_scalar *blinds, size_t len,
                                  struct toc_scalar ret_inverses[TOC_OPRF_BATCH_MAX])
{
    struct toc_scalar products[TOC_OPRF_BATCH_MAX];
    struct toc_scalar rest; /* 1 over the product of those not yet inverted */
    products[0] = blinds[0];
    for (size_t i = 1; i < len; i++) {
        crypto_core_ristretto255_scalar_mul(products[i].bytes, products[i - 1].bytes,
                                            blinds[i].bytes);
    }
    /* Zero if any of them is, and that has no inverse. */
    const int error = crypto_core_ristretto255_scalar_invert(rest.bytes, products[len - 1].bytes);
    for (size_t i = len; i-- > 1;) {
        crypto_core_ristretto255_scalar_mul(ret_inverses[i].bytes, products[i - 1].bytes,
                                            rest.bytes);
        crypto_core_ristretto255_scalar_mul(rest.bytes, rest.bytes, blinds[i].bytes);
    }
    ret_inverses[0] = rest;
    sodium_memzero(products, sizeof products);
    sodium_memzero(&rest, sizeof rest);
    return error == 0 ? TOC_OK : TOC_INVALID;
}

static enum toc_result unblind(struct toc_bytes input, const struct toc_scalar *inverse,
                               const struct toc_element *evaluated,
                               struct toc_oprf_output *ret_output)
{
    struct toc_element element;
    TOC_ENSURE(input.len <= TOC_OPRF_INPUT_MAX, TOC_TOOBIG);
    TOC_TRY(multiply(inverse, evaluated, &element));
    const uint8_t input_len[2] = {(uint8_t)(input.len >> 8), (uint8_t)input.len};
    static const uint8_t element_len[2] = {0, TOC_OPRF_ELEMENT_LEN};
    crypto_hash_sha512_state state;
    (void)crypto_hash_sha512_init(&state);
    (void)crypto_hash_sha512_update(&state, input_len, sizeof input_len);
    (void)crypto_hash_sha512_update(&state, input.data, input.len);
    (void)crypto_hash_sha512_update(&state, element_len, sizeof element_len);
    (void)crypto_hash_sha512_update(&state, element.bytes, sizeof element.bytes);
    (void)crypto_hash_sha512_update(&state, (const uint8_t *)"Finalize", 8);
    (void)crypto_hash_sha512_final(&state, ret_output->bytes);
    sodium_memzero(&state, sizeof state);
    sodium_memzero(&element, sizeof element);
    return TOC_OK;
}

enum toc_result toc_oprf_finalize(const struct toc_bytes *inputs, const struct toc_scalar *blinds,
                                  const struct toc_element *evaluated, size_t len,
                                  struct toc_oprf_output *ret_outputs)
{
    struct toc_scalar inverses[TOC_OPRF_BATCH_MAX];
    struct toc_oprf_output outputs[TOC_OPRF_BATCH_MAX];
    TOC_ENSURE(len > 0 && len <= TOC_OPRF_BATCH_MAX, TOC_INVALID);
    enum toc_result result = invert_all(blinds, len, inverses);
    for (size_t i = 0; i < len && result == TOC_OK; i++) {
        result = unblind(inputs[i], &inverses[i], &evaluated[i], &outputs[i]);
    }
    if (result == TOC_OK) {
        memcpy(ret_outputs, outputs, len * sizeof outputs[0]);
    }
    sodium_memzero(inverses, sizeof inverses);
    sodium_memzero(outputs, sizeof outputs);
    return result;
}
