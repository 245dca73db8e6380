#include "sharing.h"
#include "ensure.h"
#include <sodium.h>
#include <string.h>

static bool is_zero(const struct toc_scalar *scalar)
{
    return sodium_is_zero(scalar->bytes, sizeof scalar->bytes) == 1;
}

static bool is_degree(size_t len)
{
    return len > 0 && len <= TOC_SHARING_MAX;
}

/* Horner: from the highest coefficient down. */
enum toc_result toc_sharing_point(const struct toc_scalar *coefficients, size_t len,
                                  const struct toc_scalar *x, struct toc_scalar *ret_y)
{
    struct toc_scalar y = {{0}};
    TOC_ENSURE(is_degree(len) && !is_zero(x), TOC_INVALID);
    for (size_t i = len; i > 0; i--) {
        crypto_core_ristretto255_scalar_mul(y.bytes, y.bytes, x->bytes);
        crypto_core_ristretto255_scalar_add(y.bytes, y.bytes, coefficients[i - 1].bytes);
    }
    *ret_y = y;
    sodium_memzero(&y, sizeof y);
    return TOC_OK;
}

enum toc_result toc_sharing_commit(const struct toc_scalar *coefficients, size_t len,
                                   struct toc_element *ret_commitments)
{
    struct toc_element commitments[TOC_SHARING_MAX];
    TOC_ENSURE(is_degree(len), TOC_INVALID);
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(toc_oprf_public(&coefficients[i], &commitments[i]));
    }
    memcpy(ret_commitments, commitments, len * sizeof commitments[0]);
    return TOC_OK;
}

/* A product that is the identity: libsodium calls it an error, for a sum it is nothing to add. */
static enum toc_result scale(const struct toc_scalar *scalar, struct toc_element *element)
{
    TOC_ENSURE(crypto_core_ristretto255_is_valid_point(element->bytes) == 1, TOC_BADSIG);
    if (is_zero(scalar) || sodium_is_zero(element->bytes, sizeof element->bytes) == 1) {
        memset(element, 0, sizeof *element);
        return TOC_OK;
    }
    TOC_ENSURE(crypto_scalarmult_ristretto255(element->bytes, scalar->bytes, element->bytes) == 0,
               TOC_BADSIG);
    return TOC_OK;
}

enum toc_result toc_sharing_verify(const struct toc_element *commitments, size_t len,
                                   const struct toc_share *share)
{
    struct toc_element sum = {{0}};
    struct toc_element point;
    TOC_ENSURE(is_degree(len) && !is_zero(&share->x) && !is_zero(&share->y), TOC_BADSIG);
    for (size_t i = len; i > 0; i--) {
        TOC_ENSURE(toc_element_valid(&commitments[i - 1]), TOC_BADSIG);
        TOC_TRY(scale(&share->x, &sum));
        TOC_ENSURE(crypto_core_ristretto255_add(sum.bytes, sum.bytes, commitments[i - 1].bytes) ==
                       0,
                   TOC_BADSIG);
    }
    TOC_ENSURE(toc_oprf_public(&share->y, &point) == TOC_OK, TOC_BADSIG);
    TOC_ENSURE(sodium_memcmp(point.bytes, sum.bytes, sizeof point.bytes) == 0, TOC_BADSIG);
    return TOC_OK;
}

/* Lagrange's basis polynomial of point `at`, at zero: the product of x_j / (x_j - x_at). */
static enum toc_result basis_at_zero(const struct toc_share *shares, size_t len, size_t at,
                                     struct toc_scalar *ret_basis)
{
    struct toc_scalar basis = {{1}};
    for (size_t j = 0; j < len; j++) {
        struct toc_scalar distance;
        if (j == at) {
            continue;
        }
        crypto_core_ristretto255_scalar_sub(distance.bytes, shares[j].x.bytes, shares[at].x.bytes);
        /* Refuses zero, which is two points with one x. */
        TOC_ENSURE(crypto_core_ristretto255_scalar_invert(distance.bytes, distance.bytes) == 0,
                   TOC_INVALID);
        crypto_core_ristretto255_scalar_mul(distance.bytes, distance.bytes, shares[j].x.bytes);
        crypto_core_ristretto255_scalar_mul(basis.bytes, basis.bytes, distance.bytes);
    }
    *ret_basis = basis;
    return TOC_OK;
}

enum toc_result toc_sharing_secret(const struct toc_share *shares, size_t len,
                                   struct toc_scalar *ret_secret)
{
    struct toc_scalar secret = {{0}};
    TOC_ENSURE(is_degree(len), TOC_INVALID);
    for (size_t i = 0; i < len; i++) {
        struct toc_scalar term;
        TOC_ENSURE(!is_zero(&shares[i].x), TOC_INVALID);
        TOC_TRY(basis_at_zero(shares, len, i, &term));
        crypto_core_ristretto255_scalar_mul(term.bytes, term.bytes, shares[i].y.bytes);
        crypto_core_ristretto255_scalar_add(secret.bytes, secret.bytes, term.bytes);
    }
    *ret_secret = secret;
    sodium_memzero(&secret, sizeof secret);
    return TOC_OK;
}
