#include "runner.h"
#include "sharing.h"
#include <string.h>

/* A small whole number as a scalar: sums of these can be checked by hand. */
static struct toc_scalar small(uint16_t number)
{
    struct toc_scalar scalar = {{0}};
    scalar.bytes[0] = (uint8_t)number;
    scalar.bytes[1] = (uint8_t)(number >> 8);
    return scalar;
}

static struct toc_scalar large(uint8_t seed)
{
    uint8_t wide[TOC_OPRF_WIDE_LEN];
    struct toc_scalar scalar;
    memset(wide, seed, sizeof wide);
    ck_assert_int_eq(toc_scalar_from(wide, &scalar), TOC_OK);
    return scalar;
}

static struct toc_share share_at(const struct toc_scalar *coefficients, size_t len,
                                 struct toc_scalar x)
{
    struct toc_share share = {.x = x};
    ck_assert_int_eq(toc_sharing_point(coefficients, len, &x, &share.y), TOC_OK);
    return share;
}

/* f(x) = 1234 + 166 x + 94 x^2, the polynomial every textbook draws: f(2) = 1942, f(4) = 3402,
 * f(5) = 4414. */
START_TEST(a_polynomial_worked_by_hand)
{
    const struct toc_scalar f[] = {small(1234), small(166), small(94)};
    const struct toc_share shares[] = {share_at(f, 3, small(2)), share_at(f, 3, small(4)),
                                       share_at(f, 3, small(5))};
    const uint16_t values[] = {1942, 3402, 4414};
    struct toc_scalar secret;
    for (size_t i = 0; i < 3; i++) {
        ck_assert_mem_eq(shares[i].y.bytes, small(values[i]).bytes, TOC_OPRF_SCALAR_LEN);
    }
    ck_assert_int_eq(toc_sharing_secret(shares, 3, &secret), TOC_OK);
    ck_assert_mem_eq(secret.bytes, f[0].bytes, sizeof secret.bytes);
}
END_TEST

START_TEST(any_k_of_many_give_the_secret_and_fewer_do_not)
{
    const struct toc_scalar f[] = {large(11), large(12), large(13)};
    struct toc_share shares[5];
    struct toc_scalar secret;
    for (uint8_t i = 0; i < 5; i++) {
        shares[i] = share_at(f, 3, large((uint8_t)(50 + i)));
    }
    for (size_t a = 0; a < 5; a++) {
        for (size_t b = a + 1; b < 5; b++) {
            const struct toc_share two[] = {shares[a], shares[b]};
            ck_assert_int_eq(toc_sharing_secret(two, 2, &secret), TOC_OK);
            ck_assert_mem_ne(secret.bytes, f[0].bytes, sizeof secret.bytes);
            for (size_t c = b + 1; c < 5; c++) {
                const struct toc_share three[] = {shares[c], shares[a], shares[b]};
                ck_assert_int_eq(toc_sharing_secret(three, 3, &secret), TOC_OK);
                ck_assert_mem_eq(secret.bytes, f[0].bytes, sizeof secret.bytes);
            }
        }
    }
}
END_TEST

START_TEST(a_share_that_lies_is_found)
{
    const struct toc_scalar f[] = {large(11), large(12), large(13)};
    const struct toc_scalar g[] = {large(11), large(12), large(14)};
    struct toc_element commitments[3];
    struct toc_share share = share_at(f, 3, large(50));
    ck_assert_int_eq(toc_sharing_commit(f, 3, commitments), TOC_OK);
    ck_assert_int_eq(toc_sharing_verify(commitments, 3, &share), TOC_OK);
    share = share_at(g, 3, large(50));
    ck_assert_int_eq(toc_sharing_verify(commitments, 3, &share), TOC_BADSIG);
    share = share_at(f, 3, large(50));
    share.x = large(51);
    ck_assert_int_eq(toc_sharing_verify(commitments, 3, &share), TOC_BADSIG);
    share = share_at(f, 3, large(50));
    ck_assert_int_eq(toc_sharing_verify(commitments, 2, &share), TOC_BADSIG);
    memset(&commitments[1], 0xff, sizeof commitments[1]);
    ck_assert_int_eq(toc_sharing_verify(commitments, 3, &share), TOC_BADSIG);
    memset(&commitments[1], 0, sizeof commitments[1]);
    ck_assert_int_eq(toc_sharing_verify(commitments, 3, &share), TOC_BADSIG);
}
END_TEST

START_TEST(one_member_counts_once)
{
    const struct toc_scalar f[] = {large(11), large(12)};
    const struct toc_share share = share_at(f, 2, large(50));
    const struct toc_share twice[] = {share, share};
    const struct toc_share zero[] = {share, {.x = {{0}}, .y = large(1)}};
    struct toc_scalar secret;
    ck_assert_int_eq(toc_sharing_secret(twice, 2, &secret), TOC_INVALID);
    ck_assert_int_eq(toc_sharing_secret(zero, 2, &secret), TOC_INVALID);
}
END_TEST

START_TEST(k_has_limits)
{
    struct toc_scalar f[TOC_SHARING_MAX + 1];
    struct toc_element commitments[TOC_SHARING_MAX + 1];
    struct toc_share shares[TOC_SHARING_MAX + 1];
    const struct toc_scalar x = large(50);
    const struct toc_scalar zero = {{0}};
    struct toc_scalar y;
    for (uint8_t i = 0; i <= TOC_SHARING_MAX; i++) {
        f[i] = large((uint8_t)(i + 1));
    }
    ck_assert_int_eq(toc_sharing_point(f, 0, &x, &y), TOC_INVALID);
    ck_assert_int_eq(toc_sharing_point(f, TOC_SHARING_MAX, &x, &y), TOC_OK);
    ck_assert_int_eq(toc_sharing_point(f, TOC_SHARING_MAX + 1, &x, &y), TOC_INVALID);
    ck_assert_int_eq(toc_sharing_point(f, 2, &zero, &y), TOC_INVALID);
    ck_assert_int_eq(toc_sharing_commit(f, 0, commitments), TOC_INVALID);
    ck_assert_int_eq(toc_sharing_commit(f, TOC_SHARING_MAX, commitments), TOC_OK);
    ck_assert_int_eq(toc_sharing_commit(f, TOC_SHARING_MAX + 1, commitments), TOC_INVALID);
    for (uint8_t i = 0; i <= TOC_SHARING_MAX; i++) {
        shares[i] = share_at(f, TOC_SHARING_MAX, large((uint8_t)(60 + i)));
    }
    ck_assert_int_eq(toc_sharing_verify(commitments, TOC_SHARING_MAX, &shares[0]), TOC_OK);
    ck_assert_int_eq(toc_sharing_verify(commitments, 0, &shares[0]), TOC_BADSIG);
    ck_assert_int_eq(toc_sharing_secret(shares, 0, &y), TOC_INVALID);
    ck_assert_int_eq(toc_sharing_secret(shares, TOC_SHARING_MAX, &y), TOC_OK);
    ck_assert_mem_eq(y.bytes, f[0].bytes, sizeof y.bytes);
    ck_assert_int_eq(toc_sharing_secret(shares, TOC_SHARING_MAX + 1, &y), TOC_INVALID);
    f[1] = zero;
    ck_assert_int_eq(toc_sharing_commit(f, 2, commitments), TOC_INVALID);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("sharing");
    TCase *const cases = tcase_create("all");
    tcase_add_test(cases, a_polynomial_worked_by_hand);
    tcase_add_test(cases, any_k_of_many_give_the_secret_and_fewer_do_not);
    tcase_add_test(cases, a_share_that_lies_is_found);
    tcase_add_test(cases, one_member_counts_once);
    tcase_add_test(cases, k_has_limits);
    suite_add_tcase(suite, cases);
    return toc_test_main(suite);
}
