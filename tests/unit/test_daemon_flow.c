#include "flow.h"
#include "runner.h"

static struct toc_flow flow;

static void set_up(void)
{
    flow = (struct toc_flow){0};
}

START_TEST(nothing_that_is_said_makes_room_but_a_stamp)
{
    ck_assert(toc_flow_has_room(&flow, 0));
    toc_flow_sent(&flow, TOC_CREDIT_FIRST - 1, 0);
    ck_assert(toc_flow_has_room(&flow, 0));
    ck_assert(!toc_flow_has_room(&flow, 1));
    toc_flow_sent(&flow, 1, 77);
    ck_assert(!toc_flow_has_room(&flow, 0));
    for (uint64_t stamp = 0; stamp < 77; stamp++) {
        ck_assert(!toc_flow_confirm(&flow, stamp));
    }
    ck_assert(!toc_flow_confirm(&flow, UINT64_MAX));
    ck_assert_uint_eq(toc_flow_unread(&flow), TOC_CREDIT_FIRST);
    ck_assert(toc_flow_confirm(&flow, 77));
    ck_assert_uint_eq(toc_flow_unread(&flow), 0);
    ck_assert(!toc_flow_confirm(&flow, 77));
    ck_assert(toc_flow_has_room(&flow, 0));
}
END_TEST

START_TEST(a_stamp_stands_for_all_before_it_and_nothing_after)
{
    toc_flow_sent(&flow, 100, 1);
    toc_flow_sent(&flow, 10, 0);
    toc_flow_sent(&flow, 200, 2);
    toc_flow_sent(&flow, 30, 0);
    ck_assert(toc_flow_confirm(&flow, 2));
    ck_assert_uint_eq(toc_flow_unread(&flow), 30);
    ck_assert(!toc_flow_confirm(&flow, 1)); /* an old one takes nothing back */
    ck_assert_uint_eq(toc_flow_unread(&flow), 30);
}
END_TEST

START_TEST(the_window_grows_with_what_was_read)
{
    uint64_t stamp = 1;

    for (size_t window = TOC_CREDIT_FIRST; window < TOC_UNREAD_MAX; window *= 2) {
        ck_assert(toc_flow_has_room(&flow, window - 1));
        ck_assert(!toc_flow_has_room(&flow, window));
        toc_flow_sent(&flow, window, stamp);
        ck_assert(toc_flow_confirm(&flow, stamp++));
    }
    for (int i = 0; i < 3; i++) {
        ck_assert(toc_flow_has_room(&flow, TOC_UNREAD_MAX - 1));
        ck_assert(!toc_flow_has_room(&flow, TOC_UNREAD_MAX));
        toc_flow_sent(&flow, TOC_UNREAD_MAX, stamp);
        ck_assert(!toc_flow_may_list(&flow));
        ck_assert(toc_flow_confirm(&flow, stamp++));
        ck_assert(toc_flow_may_list(&flow));
    }
}
END_TEST

/* Without a stamp goes less than the smallest window: so whoever reads and answers each stamp never
 * stands still. */
START_TEST(a_stamp_comes_before_the_window_is_full)
{
    size_t without = 0;

    while (!toc_flow_wants_stamp(&flow, 1000)) {
        toc_flow_sent(&flow, 1000, 0);
        without += 1000;
        ck_assert(toc_flow_has_room(&flow, 0));
    }
    ck_assert_uint_lt(without, TOC_FLOW_STAMP_BYTES);
    toc_flow_sent(&flow, 1000, 5);
    ck_assert(!toc_flow_wants_stamp(&flow, 1000));
    ck_assert(toc_flow_wants_stamp(&flow, TOC_FLOW_STAMP_BYTES));
    ck_assert(!toc_flow_wants_stamp(&flow, TOC_FLOW_STAMP_BYTES - 1));
}
END_TEST

START_TEST(of_too_many_stamps_the_oldest_are_forgotten)
{
    for (uint64_t stamp = 1; stamp <= TOC_FLOW_MARKS_MAX; stamp++) {
        toc_flow_sent(&flow, 10, stamp);
    }
    ck_assert_uint_eq(flow.marks_len, TOC_FLOW_MARKS_MAX);
    toc_flow_sent(&flow, 10, TOC_FLOW_MARKS_MAX + 1);
    ck_assert_uint_eq(flow.marks_len, TOC_FLOW_MARKS_MAX);
    ck_assert(!toc_flow_confirm(&flow, 1));
    ck_assert_uint_eq(toc_flow_unread(&flow), 10 * (TOC_FLOW_MARKS_MAX + 1));
    ck_assert(toc_flow_confirm(&flow, 2));
    ck_assert_uint_eq(toc_flow_unread(&flow), 10 * (TOC_FLOW_MARKS_MAX - 1));
    ck_assert(toc_flow_confirm(&flow, TOC_FLOW_MARKS_MAX + 1));
    ck_assert_uint_eq(toc_flow_unread(&flow), 0);
    ck_assert_uint_eq(flow.marks_len, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow");
    TCase *tcase = tcase_create("flow");

    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, nothing_that_is_said_makes_room_but_a_stamp);
    tcase_add_test(tcase, a_stamp_stands_for_all_before_it_and_nothing_after);
    tcase_add_test(tcase, the_window_grows_with_what_was_read);
    tcase_add_test(tcase, a_stamp_comes_before_the_window_is_full);
    tcase_add_test(tcase, of_too_many_stamps_the_oldest_are_forgotten);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
