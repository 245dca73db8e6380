/* When an alert is sent, and what it says of the flags that count in it. */
#include "seen_alerts.h"

START_TEST(a_public_source_rings_at_once_at_everybody)
{
    (void)raise("leeds", (struct say){.id = 1,
                                      .purpose = TOC_PURPOSE_PUBLIC,
                                      .source = TOC_SOURCE_PUBLIC_REGISTER,
                                      .event = 13,
                                      .severity = 5});
    const struct toc_alert_opened *const it = alert();
    ck_assert(says(it, TOC_FLAG_RAISED, 1));
    ck_assert_uint_eq(it->body.event, 13);
    ck_assert_uint_eq(it->body.severity, 5);
    ck_assert_int_eq(it->body.source, TOC_SOURCE_PUBLIC_REGISTER);
    ck_assert_int_eq(it->body.reporters, TOC_REPORTERS_UNDER_3);
    ck_assert_uint_eq(it->body.expires_quarter, QUARTER_NOW + 2);
    ck_assert(it->body.has_detail && !it->body.named && !it->body.of_parent);
    ck_assert_uint_eq(revisions_at("york"), 1);
    ck_assert_uint_eq(revisions_at("leeds"), 1);
}
END_TEST

START_TEST(others_wait_for_the_window_unless_the_reporter_says)
{
    (void)raise("leeds", (struct say){.id = 1});
    ck_assert_uint_eq(alerts(), 0);
    leap(HOUR_MS - 1);
    ck_assert_uint_eq(alerts(), 0);
    leap(1);
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1));
    (void)raise("york", (struct say){.id = 2, .may_identify = true});
    ck_assert_uint_eq(alerts(), 2);
}
END_TEST

START_TEST(a_restart_forgets_no_window)
{
    (void)raise("leeds", (struct say){.id = 1});
    toc_fixture_exchange_crash(exchange, "spg");
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    settle();
    ck_assert_uint_eq(alerts(), 0);
    leap(HOUR_MS);
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1));
}
END_TEST

START_TEST(councils_corroborate_and_the_highest_counts)
{
    (void)raise("leeds", (struct say){.id = 1, .severity = 2, .may_identify = true});
    (void)raise("leeds", (struct say){.id = 1, .flag = 2, .severity = 2, .may_identify = true});
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_RAISED); /* one council, twice */
    (void)raise("york", (struct say){.id = 1, .severity = 5, .may_identify = true});
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_CORROBORATED);
    ck_assert_uint_eq(alert()->body.severity, 5);
    ck_assert_int_eq(alert()->body.reporters, TOC_REPORTERS_UNDER_3);
    (void)raise(
        "hull",
        (struct say){.id = 1, .expires = QUARTER_NOW + 3, .severity = 1, .may_identify = true});
    ck_assert_int_eq(alert()->body.reporters, TOC_REPORTERS_3_TO_4);
    ck_assert_uint_eq(alert()->body.expires_quarter, QUARTER_NOW + 3);
    (void)raise("kent", (struct say){.id = 1, .may_identify = true});
    ck_assert_int_eq(alert()->body.reporters, TOC_REPORTERS_3_TO_4);
    (void)raise("bath", (struct say){.id = 1, .may_identify = true});
    ck_assert_int_eq(alert()->body.reporters, TOC_REPORTERS_5_UP);
}
END_TEST

START_TEST(withdrawn_at_once_flag_by_flag)
{
    const uint64_t leeds =
        raise("leeds", (struct say){.id = 1, .severity = 5, .may_identify = true});
    const uint64_t york = raise("york", (struct say){.id = 1, .may_identify = true});
    ck_assert(says(alert(), TOC_FLAG_CORROBORATED, 2));
    take_back("leeds", leeds);
    ck_assert(says(alert(), TOC_FLAG_RAISED, 3));
    ck_assert_uint_eq(alert()->body.severity, 3);
    take_back("york", york);
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, 4));
    ck_assert(!alert()->body.has_detail);
    (void)raise("hull", (struct say){.id = 1, .may_identify = true});
    ck_assert(says(alert(), TOC_FLAG_RAISED, 5)); /* the same alert goes on */
}
END_TEST

START_TEST(withdrawn_before_the_window_nobody_hears_of_it)
{
    const uint64_t sequence = raise("leeds", (struct say){.id = 1});
    take_back("leeds", sequence);
    leap(2 * HOUR_MS);
    ck_assert_uint_eq(alerts(), 0);
    ck_assert_uint_eq(revisions_at("york"), 0);
}
END_TEST

START_TEST(a_new_state_waits_while_the_old_one_shows)
{
    const uint64_t first = raise("leeds", (struct say){.id = 1});
    leap(HOUR_MS);
    ck_assert_uint_eq(alert()->body.severity, 3);
    const uint64_t second =
        raise("leeds", (struct say){.id = 1, .severity = 4, .supersedes = first});
    /* Another's word about it does not bring it forward. */
    (void)raise("york", (struct say){.id = 1, .may_identify = true});
    ck_assert(says(alert(), TOC_FLAG_CORROBORATED, 2));
    ck_assert_uint_eq(alert()->body.severity, 3);
    leap(HOUR_MS);
    ck_assert_uint_eq(alert()->body.severity, 4);
    const uint64_t third =
        raise("leeds", (struct say){.id = 1, .status = TOC_FLAG_MITIGATED, .supersedes = second});
    leap(HOUR_MS);
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_CORROBORATED);
    (void)raise("leeds", (struct say){.id = 1, .status = TOC_FLAG_CLEARED, .supersedes = third});
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_RAISED); /* york's; a clear goes at once */
}
END_TEST

START_TEST(mitigated_and_cleared_by_all)
{
    const uint64_t first = raise("leeds", (struct say){.id = 1, .may_identify = true});
    const uint64_t second = raise("leeds", (struct say){.id = 1,
                                                        .status = TOC_FLAG_MITIGATED,
                                                        .supersedes = first,
                                                        .may_identify = true});
    ck_assert(says(alert(), TOC_FLAG_MITIGATED, 2));
    (void)raise("leeds", (struct say){.id = 1, .status = TOC_FLAG_CLEARED, .supersedes = second});
    ck_assert(says(alert(), TOC_FLAG_CLEARED, 3));
    leap(300 * DAY_MS);
    ck_assert(says(alert(), TOC_FLAG_CLEARED, 3)); /* it does not expire */
}
END_TEST

START_TEST(expired_at_the_quarters_end_and_said)
{
    (void)raise("leeds", (struct say){.id = 1, .expires = QUARTER_NOW, .may_identify = true});
    leap(28 * DAY_MS + 30 * DAY_MS); /* 30 March */
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1));
    leap(36 * HOUR_MS); /* midnight of 1 April */
    ck_assert(says(alert(), TOC_FLAG_EXPIRED, 2));
    ck_assert_uint_eq(revisions_at("york"), 2);
}
END_TEST

START_TEST(a_flag_that_had_expired_rings_nothing)
{
    (void)raise("leeds", (struct say){.id = 1, .expires = QUARTER_NOW - 1, .may_identify = true});
    (void)raise("york", (struct say){.id = 1, .status = TOC_FLAG_CLEARED});
    ck_assert_uint_eq(alerts(), 0);
}
END_TEST

START_TEST(events_purposes_and_parents_are_apart)
{
    (void)raise("leeds", (struct say){.id = 1, .may_identify = true});
    (void)raise("york", (struct say){.id = 1, .event = 21, .may_identify = true});
    (void)raise("hull",
                (struct say){.id = 1, .purpose = TOC_PURPOSE_EXERCISE, .may_identify = true});
    (void)raise("kent", (struct say){.id = 2, .parent = 1, .may_identify = true});
    const size_t len = alerts();
    unsigned parents = 0;
    ck_assert_uint_eq(len, 5);
    for (size_t i = 0; i < len; i++) {
        ck_assert_int_eq(opened[i].body.status, TOC_FLAG_RAISED);
        parents += opened[i].body.of_parent;
    }
    ck_assert_uint_eq(parents, 1);
}
END_TEST

START_TEST(a_pair_that_does_not_fit_is_passed_over)
{
    (void)warned("");
    const uint64_t first = raise("leeds", (struct say){.id = 1, .may_identify = true});
    (void)raise(
        "leeds",
        (struct say){
            .id = 1, .severity = 5, .misfit = true, .supersedes = first, .may_identify = true});
    ck_assert(warned("record.invalid"));
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1)); /* the state before stands */
    ck_assert_uint_eq(alert()->body.severity, 3);
    ck_assert_uint_eq(engine_of("spg")->counters.records_invalid, 1);
    (void)raise("york", (struct say){.id = 2, .epoch = 2, .may_identify = true});
    ck_assert_uint_eq(alerts(), 1); /* that token epoch is not open */
    ck_assert_uint_eq(engine_of("spg")->counters.records_invalid, 2);
}
END_TEST

START_TEST(what_is_due_together_comes_in_no_order)
{
    bool in_order = true;
    struct toc_token order[8];
    const struct say usual = {0};
    for (unsigned i = 1; i <= 8; i++) {
        (void)raise_later("leeds", (struct say){.id = i, .flag = i});
    }
    settle();
    leap(HOUR_MS);
    ck_assert_uint_eq(alerts(), 8);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_uint_le(sent[i].sequence, 8);
        order[sent[i].sequence - 1] = sent[i].parts[0].token;
    }
    for (unsigned i = 1; i <= 8; i++) {
        const struct toc_token_keys keys = keys_of(&usual, TOC_TOKEN_ID, i);
        in_order &= memcmp(order[i - 1].bytes, keys.token.bytes, TOC_TOKEN_LEN) == 0;
    }
    ck_assert(!in_order);
    bool by_token = true;
    for (size_t i = 1; i < 8; i++) {
        by_token &= memcmp(order[i - 1].bytes, order[i].bytes, TOC_TOKEN_LEN) < 0;
    }
    ck_assert(!by_token);
}
END_TEST

START_TEST(flags_of_a_closed_token_epoch_go_by_the_window)
{
    (void)raise("leeds", (struct say){.id = 1, .may_identify = true});
    struct toc_roster *const draft = toc_fixture_group_draft(group);
    draft->token_epoch = 2;
    const uint64_t version = toc_fixture_group_sign(group);
    toc_fixture_exchange_adopt(exchange, "spg", version);
    settle();
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1));
    toc_fixture_exchange_crash(exchange, "spg"); /* which brings no window to its end */
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    settle();
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1));
    leap(HOUR_MS);
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, 2));
    toc_fixture_exchange_link(exchange, "leeds", "spg", false);
    leap(30 * HOUR_MS);
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, 2));
    (void)raise("leeds", (struct say){.id = 1, .epoch = 2, .may_identify = true});
    ck_assert_uint_eq(alerts(), 2); /* told apart: nothing joins the two */
}
END_TEST

/* However much one member says of a supplier, what another says of it counts. */
START_TEST(no_member_drowns_out_another)
{
    enum { MANY = 5000 };
    struct toc_engine *const hub = engine_of("spg");
    const struct say say = {.id = 1};
    struct toc_flag flag = {.revision = 1,
                            .purpose = TOC_PURPOSE_DISTRESS,
                            .token_epoch = 1,
                            .event = 20,
                            .source = TOC_SOURCE_OBSERVATION,
                            .severity = 1,
                            .status = TOC_FLAG_CLEARED,
                            .expires_quarter = QUARTER_NOW + 2};
    struct toc_flag_subject subject;

    (void)raise("leeds", (struct say){.id = 1, .severity = 5, .may_identify = true});
    subject = subject_of("york", &say, TOC_TOKEN_ID, 1, false);
    flag.subjects = &subject;
    flag.subjects_len = 1;
    toc_engine_begin(hub);
    ck_assert_int_eq(toc_engine_write(hub), TOC_OK);
    for (unsigned i = 1; i <= MANY; i++) {
        const struct toc_alert_seen seen = {.seen_ms = hub->now_wall};
        memcpy(flag.id, &i, sizeof i);
        ck_assert_int_eq(toc_store_alert_seen(hub->store, "york", i, true, &seen), TOC_OK);
        ck_assert_int_eq(toc_store_alert_flag_put(hub->store, "york", i, &flag), TOC_OK);
    }
    hub->alerts.quiet = false;
    ck_assert_int_eq(toc_engine_finish(hub, NULL), TOC_OK);
    settle();
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1));
    ck_assert_uint_eq(alert()->body.severity, 5);

    struct toc_alert_flag *flags;
    size_t len;
    ck_assert_int_eq(toc_store_alert_flags(hub->store, &subject.token, arena, &flags, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, TOC_ALERT_FLAGS_MAX + 1);
    ck_assert_uint_eq(flags[len - 1].sequence, MANY);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("alerting");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, a_public_source_rings_at_once_at_everybody);
    tcase_add_test(all, others_wait_for_the_window_unless_the_reporter_says);
    tcase_add_test(all, a_restart_forgets_no_window);
    tcase_add_test(all, councils_corroborate_and_the_highest_counts);
    tcase_add_test(all, withdrawn_at_once_flag_by_flag);
    tcase_add_test(all, withdrawn_before_the_window_nobody_hears_of_it);
    tcase_add_test(all, a_new_state_waits_while_the_old_one_shows);
    tcase_add_test(all, mitigated_and_cleared_by_all);
    tcase_add_test(all, expired_at_the_quarters_end_and_said);
    tcase_add_test(all, a_flag_that_had_expired_rings_nothing);
    tcase_add_test(all, events_purposes_and_parents_are_apart);
    tcase_add_test(all, a_pair_that_does_not_fit_is_passed_over);
    tcase_add_test(all, what_is_due_together_comes_in_no_order);
    tcase_add_test(all, no_member_drowns_out_another);
    tcase_add_test(all, flags_of_a_closed_token_epoch_go_by_the_window);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
