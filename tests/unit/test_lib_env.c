#include "env.h"
#include "runner.h"
#include <string.h>

START_TEST(real_clocks)
{
    const struct toc_env *const env = toc_env_real();
    ck_assert_int_gt(toc_env_wall_ms(env), 1700000000000); /* after 2023 */
    const int64_t before = toc_env_mono_ms(env);
    const int64_t after = toc_env_mono_ms(env);
    ck_assert_int_ge(after, before);
}
END_TEST

START_TEST(real_randomness_differs)
{
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    toc_env_random(toc_env_real(), a, sizeof a);
    toc_env_random(toc_env_real(), b, sizeof b);
    ck_assert_mem_ne(a, b, sizeof a);
    toc_env_random(toc_env_real(), NULL, 0);
}
END_TEST

static int64_t fake_ms(void *context)
{
    return *(int64_t *)context;
}

static void fake_random(void *context, void *ret_bytes, size_t len)
{
    memset(ret_bytes, (int)*(int64_t *)context, len);
}

START_TEST(the_core_sees_what_it_is_given)
{
    int64_t now = 42;
    const struct toc_env env = {
        .wall_ms = fake_ms, .mono_ms = fake_ms, .random = fake_random, .context = &now};
    uint8_t bytes[2];
    toc_env_random(&env, bytes, sizeof bytes);
    ck_assert_int_eq(toc_env_wall_ms(&env), 42);
    ck_assert_int_eq(toc_env_mono_ms(&env), 42);
    ck_assert_int_eq(bytes[1], 42);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("env");
    TCase *tcase = tcase_create("env");
    tcase_add_test(tcase, real_clocks);
    tcase_add_test(tcase, real_randomness_differs);
    tcase_add_test(tcase, the_core_sees_what_it_is_given);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
