#include "alert_state.h"
#include "runner.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* The whole table: raised, mitigated, cleared, expired (none or some), by councils and dispute. */
START_TEST(status)
{
    static const enum toc_flag_status expected[16] = {
        [0] = TOC_FLAG_WITHDRAWN, [1] = TOC_FLAG_EXPIRED,   [2] = TOC_FLAG_CLEARED,
        [3] = TOC_FLAG_EXPIRED,   [4] = TOC_FLAG_MITIGATED, [5] = TOC_FLAG_MITIGATED,
        [6] = TOC_FLAG_MITIGATED, [7] = TOC_FLAG_MITIGATED, [8] = TOC_FLAG_RAISED,
        [9] = TOC_FLAG_RAISED,    [10] = TOC_FLAG_RAISED,   [11] = TOC_FLAG_RAISED,
        [12] = TOC_FLAG_RAISED,   [13] = TOC_FLAG_RAISED,   [14] = TOC_FLAG_RAISED,
        [15] = TOC_FLAG_RAISED,
    };
    for (unsigned bits = 0; bits < 16; bits++) {
        struct toc_alert_tally tally = {.raised = (bits & 8) != 0,
                                        .mitigated = (bits & 4) != 0,
                                        .cleared = (bits & 2) != 0,
                                        .expired = bits & 1,
                                        .councils = 1};
        ck_assert_int_eq(toc_alert_status(&tally), expected[bits]);
        tally.councils = 2;
        ck_assert_int_eq(toc_alert_status(&tally),
                         bits >= 8 ? TOC_FLAG_CORROBORATED : expected[bits]);
        tally.disputed = true;
        ck_assert_int_eq(toc_alert_status(&tally), bits >= 4 ? TOC_FLAG_DISPUTED : expected[bits]);
        tally.councils = 1;
        ck_assert_int_eq(toc_alert_status(&tally), bits >= 4 ? TOC_FLAG_DISPUTED : expected[bits]);
    }
}
END_TEST

START_TEST(windows_follow_each_other)
{
    const int64_t minute = 60 * 1000;
    ck_assert_int_eq(toc_alert_window_end(0, 1), minute);
    ck_assert_int_eq(toc_alert_window_end(minute - 1, 1), minute);
    ck_assert_int_eq(toc_alert_window_end(minute, 1), 2 * minute);
    ck_assert_int_eq(toc_alert_window_end(5 * DAY_MS + 1, 1440), 6 * DAY_MS);
    ck_assert_int_eq(toc_alert_window_end(6 * DAY_MS, 10080), 7 * DAY_MS);
}
END_TEST

/* 2026-01-31 is a Saturday: day 20484. */
START_TEST(working_days)
{
    const int64_t saturday = INT64_C(20484) * DAY_MS;
    ck_assert_int_eq(toc_alert_answer_until(saturday, 1), saturday + 3 * DAY_MS); /* Monday's end */
    ck_assert_int_eq(toc_alert_answer_until(saturday + DAY_MS, 1), saturday + 3 * DAY_MS);
    ck_assert_int_eq(toc_alert_answer_until(saturday - 1, 1), saturday + 3 * DAY_MS); /* Friday */
    ck_assert_int_eq(toc_alert_answer_until(saturday - DAY_MS - 1, 1), saturday);     /* Thursday */
    ck_assert_int_eq(toc_alert_answer_until(saturday, 5), saturday + 7 * DAY_MS);
    ck_assert_int_eq(toc_alert_answer_until(saturday, 6), saturday + 10 * DAY_MS);
    ck_assert_int_eq(toc_alert_answer_until(saturday, 250), saturday + 50 * 7 * DAY_MS);
}
END_TEST

START_TEST(quarters)
{
    ck_assert_uint_eq(toc_alert_quarter(INT64_C(20484) * DAY_MS), 2026 * 4);
    ck_assert_uint_eq(toc_alert_quarter(INT64_C(20544) * DAY_MS - 1), 2026 * 4); /* 1 April */
    ck_assert_uint_eq(toc_alert_quarter(INT64_C(20544) * DAY_MS), 2026 * 4 + 1);
    ck_assert_uint_eq(toc_alert_quarter(INT64_C(20819) * DAY_MS - 1), 2026 * 4 + 3);
    ck_assert_uint_eq(toc_alert_quarter(INT64_C(20819) * DAY_MS), 2027 * 4);
    ck_assert_int_eq(toc_alert_day_end(DAY_MS), 2 * DAY_MS);
    ck_assert_int_eq(toc_alert_day_end(DAY_MS - 1), DAY_MS);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("alert_state");
    TCase *const all = tcase_create("all");
    tcase_add_test(all, status);
    tcase_add_test(all, windows_follow_each_other);
    tcase_add_test(all, working_days);
    tcase_add_test(all, quarters);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
