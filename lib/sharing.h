/* sharing: door to libsodium for shares of a secret, over the scalars of ristretto255. k points of
 * a polynomial of degree k - 1 give its constant term, fewer say nothing about it (Shamir 1979);
 * commitments to the coefficients let anybody check a point (Feldman 1987).
 *
 * Who has the coefficients has the secret; they are derived, never stored. Pure functions. */
#ifndef TOC_SHARING_H
#define TOC_SHARING_H

#include "oprf.h"

#define TOC_SHARING_MAX 16 /* k; the roster's default is 3 */

/* A point: x is a member's, y = f(x). */
struct toc_share {
    struct toc_scalar x;
    struct toc_scalar y;
};

/* f(x) for the len coefficients of f, the constant term first. TOC_INVALID unless len is 1 to
 * TOC_SHARING_MAX and x is not zero (f(0) is the secret). */
enum toc_result toc_sharing_point(const struct toc_scalar *coefficients, size_t len,
                                  const struct toc_scalar *x, struct toc_scalar *ret_y)
    TOC_MUST_CHECK;
/* One commitment a coefficient. TOC_INVALID as above, or for a coefficient that is zero. */
enum toc_result toc_sharing_commit(const struct toc_scalar *coefficients, size_t len,
                                   struct toc_element *ret_commitments) TOC_MUST_CHECK;
/* Does the point lie on the polynomial that was committed to? TOC_BADSIG, also for commitments that
 * are no elements. */
enum toc_result toc_sharing_verify(const struct toc_element *commitments, size_t len,
                                   const struct toc_share *share) TOC_MUST_CHECK;
/* The constant term, from as many points as there are coefficients. TOC_INVALID when two have the
 * same x or one has x = 0: they are then fewer than they look. */
enum toc_result toc_sharing_secret(const struct toc_share *shares, size_t len,
                                   struct toc_scalar *ret_secret) TOC_MUST_CHECK;

#endif
