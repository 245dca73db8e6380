#include "parted.h"
#include "runner.h"

#include <string.h>

static struct toc_parted parted;
static const uint8_t one[TOC_BOX_KEY_LEN] = {1};
static const uint8_t two[TOC_BOX_KEY_LEN] = {2};

static void set_up(void)
{
    memset(&parted, 0, sizeof(parted));
}

START_TEST(so_much_of_one_key_and_it_is_forgotten)
{
    ck_assert(!toc_parted_is_over(&parted, one, 0));
    toc_parted_add(&parted, one, TOC_PARTED_MAX - 1, 0);
    ck_assert(!toc_parted_is_over(&parted, one, 0));
    toc_parted_add(&parted, one, 1, 0);
    ck_assert(toc_parted_is_over(&parted, one, 0));
    ck_assert(!toc_parted_is_over(&parted, two, 0)); /* another's is counted apart */
    ck_assert(!toc_parted_is_over(&parted, one, 10));
    toc_parted_add(&parted, one, TOC_PARTED_MAX, TOC_PARTED_MS);
    ck_assert(toc_parted_is_over(&parted, one, TOC_PARTED_MS));
    ck_assert_uint_eq(parted.len, 1);
    ck_assert_uint_le(parted.keys[0].bytes, TOC_PARTED_MAX + 64); /* the first was forgotten */
}
END_TEST

/* A member whose network fails every few seconds in the midst of a whole window is served on. */
START_TEST(who_comes_back_again_and_again_is_not_shut_out)
{
    for (int64_t mono = 0; mono < 600000; mono += 6000) {
        toc_parted_add(&parted, one, 1024 * 1024, mono);
        ck_assert(!toc_parted_is_over(&parted, one, mono));
    }
}
END_TEST

START_TEST(of_too_many_keys_those_that_owe_least_go)
{
    uint8_t key[TOC_BOX_KEY_LEN] = {0};

    toc_parted_add(&parted, one, TOC_PARTED_MAX, 0);
    for (unsigned i = 1; i < TOC_PARTED_KEYS_MAX + 50; i++) {
        key[1] = (uint8_t)(i % 256);
        key[2] = (uint8_t)(i / 256 + 1);
        toc_parted_add(&parted, key, 1000 + i, 0);
    }
    ck_assert_uint_eq(parted.len, TOC_PARTED_KEYS_MAX);
    ck_assert(toc_parted_is_over(&parted, one, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parted");
    TCase *tcase = tcase_create("parted");

    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, so_much_of_one_key_and_it_is_forgotten);
    tcase_add_test(tcase, who_comes_back_again_and_again_is_not_shut_out);
    tcase_add_test(tcase, of_too_many_keys_those_that_owe_least_go);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
