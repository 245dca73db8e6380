/* Numbers and names that belong together, and names that the hub learns from shares. */
#include "seen_alerts.h"
#include "store_share.h"

/* ---- tokens that belong together ---- */

START_TEST(a_number_and_its_name_are_one_alert)
{
    (void)raise("leeds", (struct say){.id = 1, .name = 11, .may_identify = true});
    (void)raise("york", (struct say){.name = 11, .may_identify = true});
    (void)raise("hull", (struct say){.id = 1, .may_identify = true});
    const struct toc_alert_opened *const it = alert();
    ck_assert(says(it, TOC_FLAG_CORROBORATED, 3));
    ck_assert_int_eq(it->body.reporters, TOC_REPORTERS_3_TO_4);
    ck_assert_uint_eq(it->sent->parts_len, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(it->bodies[i].status, TOC_FLAG_CORROBORATED);
        ck_assert_uint_eq(it->bodies[i].severity, 3);
        ck_assert(it->bodies[i].has_detail);
    }
}
END_TEST

START_TEST(a_name_that_gets_a_number_takes_its_alert_along)
{
    (void)raise("york", (struct say){.name = 11, .may_identify = true});
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1));
    (void)raise("leeds", (struct say){.id = 1, .name = 11, .may_identify = true});
    ck_assert(says(alert(), TOC_FLAG_CORROBORATED, 2));
    ck_assert_uint_eq(alert()->sent->parts_len, 2);
}
END_TEST

START_TEST(two_alerts_that_become_one)
{
    (void)raise("york", (struct say){.name = 11, .may_identify = true});
    (void)raise("hull", (struct say){.id = 1, .may_identify = true});
    ck_assert_uint_eq(alerts(), 2);
    (void)raise("leeds", (struct say){.id = 1, .name = 11, .event = 21, .may_identify = true});
    ck_assert_uint_eq(alerts(), 3);
    unsigned withdrawn = 0, corroborated = 0, raised = 0;
    for (size_t i = 0; i < 3; i++) {
        withdrawn += opened[i].body.status == TOC_FLAG_WITHDRAWN;
        corroborated += opened[i].body.status == TOC_FLAG_CORROBORATED;
        raised += opened[i].body.status == TOC_FLAG_RAISED;
    }
    ck_assert_uint_eq(withdrawn, 1);
    ck_assert_uint_eq(corroborated, 1);
    ck_assert_uint_eq(raised, 1);
}
END_TEST

START_TEST(a_name_of_two_numbers_joins_neither)
{
    (void)raise("leeds", (struct say){.id = 1, .name = 11, .may_identify = true});
    (void)raise("york", (struct say){.name = 11, .may_identify = true});
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_CORROBORATED);
    (void)warned("");
    (void)raise("hull", (struct say){.id = 2, .name = 11, .may_identify = true});
    ck_assert(warned("alert.ambiguous"));
    ck_assert_uint_eq(alerts(), 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(opened[i].body.status, TOC_FLAG_RAISED); /* one council each */
        ck_assert_uint_eq(opened[i].sent->parts_len, 1);
    }
    ck_assert_uint_eq(alert_with(TOC_TOKEN_ID, 1)->sent->revision, 3);
    ck_assert_uint_eq(alert_with(TOC_TOKEN_ID, 2)->sent->revision, 1);
    ck_assert_uint_eq(alert_with(TOC_TOKEN_NAME, 11)->sent->revision, 1);
}
END_TEST

/* ---- naming at three ---- */

static bool learnt(const struct say *say, bool *ret_shows)
{
    const struct toc_token_keys keys = keys_of(say, TOC_TOKEN_ID, say->id);
    char name[TOC_DETAIL_PLAIN_LEN];
    const enum toc_result found =
        toc_store_share_name(engine_of("spg")->store, &keys.token, name, ret_shows);
    if (found == TOC_OK) {
        ck_assert_str_eq(name, "Careful Ltd (01234567)");
    }
    return found == TOC_OK;
}

START_TEST(three_members_name_it_and_two_do_not)
{
    const struct say say = {.id = 1, .may_identify = true};
    bool shows;
    (void)raise("leeds", say);
    (void)raise("york", say);
    (void)raise("york", (struct say){.id = 1, .flag = 2, .may_identify = true});
    ck_assert(!learnt(&say, &shows));
    ck_assert(!alert()->body.named);
    (void)raise("hull", say);
    ck_assert(learnt(&say, &shows) && shows);
    ck_assert(alert()->body.named);
}
END_TEST

START_TEST(a_lying_share_is_set_aside_and_its_flag_counts)
{
    const struct say say = {.id = 1, .may_identify = true};
    bool shows;
    (void)raise("leeds", say);
    (void)raise("york", say);
    (void)warned("");
    (void)raise("hull", (struct say){.id = 1, .may_identify = true, .lie = true});
    ck_assert(warned("share.misfit"));
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 1);
    ck_assert(!learnt(&say, &shows));
    ck_assert_int_eq(alert()->body.reporters, TOC_REPORTERS_3_TO_4);
    (void)raise("kent", say);
    ck_assert(learnt(&say, &shows));
}
END_TEST

/* They are not checked before they could be enough. */
START_TEST(lies_that_came_first_are_found_and_named_at_k)
{
    const struct say say = {.id = 1, .may_identify = true};
    const struct say lie = {.id = 1, .may_identify = true, .lie = true};
    bool shows;
    (void)raise("hull", lie);
    (void)raise("bath", lie);
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 0);
    (void)warned("");
    (void)raise("leeds", say);
    ck_assert(warned("share.misfit"));
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 2);
    (void)raise("york", say);
    ck_assert(!learnt(&say, &shows));
    (void)raise("kent", say);
    ck_assert(learnt(&say, &shows) && shows);
    /* From then on each is checked as it comes. */
    (void)raise("hull", (struct say){.id = 1, .flag = 2, .may_identify = true, .lie = true});
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 3);
    ck_assert(learnt(&say, &shows) && shows);
}
END_TEST

START_TEST(a_member_has_one_place_and_a_lie_does_not_keep_it)
{
    const struct say say = {.id = 1, .may_identify = true};
    bool shows;
    (void)raise("hull", (struct say){.id = 1, .may_identify = true, .lie = true});
    (void)raise("hull", (struct say){.id = 1, .flag = 2, .may_identify = true});
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 1);
    (void)raise("hull", (struct say){.id = 1, .flag = 3, .may_identify = true, .lie = true});
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 2);
    (void)raise("leeds", say);
    ck_assert(!learnt(&say, &shows));
    (void)raise("york", say);
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 2);
    ck_assert(learnt(&say, &shows) && shows);
}
END_TEST

START_TEST(shares_of_another_k_are_set_aside)
{
    const struct say say = {.id = 1, .may_identify = true, .k = 1};
    bool shows;
    (void)raise("leeds", say);
    ck_assert(!learnt(&say, &shows));
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 1);
}
END_TEST

START_TEST(it_is_told_by_the_window)
{
    const struct say say = {.id = 1};
    bool shows;
    (void)raise("leeds", say);
    (void)raise("york", say);
    leap(HOUR_MS);
    (void)raise("hull", say);
    ck_assert(learnt(&say, &shows) && !shows);
    (void)raise("kent", (struct say){.id = 1, .event = 21});
    ck_assert(says(alert(), TOC_FLAG_CORROBORATED, 1));
    ck_assert(!alert()->body.named);
    leap(HOUR_MS);
    ck_assert_uint_eq(alerts(), 2);
    ck_assert(opened[0].body.named && opened[1].body.named);
}
END_TEST

START_TEST(withdrawn_shares_stay_and_drills_are_apart)
{
    const struct say say = {.id = 1, .may_identify = true};
    const struct say drill = {.id = 1, .purpose = TOC_PURPOSE_EXERCISE, .may_identify = true};
    bool shows;
    take_back("leeds", raise("leeds", say));
    (void)raise("york", say);
    (void)raise("hull", drill);
    (void)raise("kent", drill);
    ck_assert(!learnt(&say, &shows));
    ck_assert(!learnt(&drill, &shows));
    (void)raise("bath", say);
    ck_assert(learnt(&say, &shows));
    ck_assert(!learnt(&drill, &shows));
}
END_TEST

/* The liar is the one whose name would count if the lowest place did. */
START_TEST(one_member_puts_no_other_name_in_its_place)
{
    static const char *const who[] = {"leeds", "york", "hull"};
    const struct say say = {.id = 1, .may_identify = true};
    const struct toc_token_context context = context_of(&say, TOC_TOKEN_ID);
    const struct toc_oprf_output output = output_of(1);
    const uint8_t nonce[TOC_SEAL_NONCE_LEN] = {7};
    struct toc_scalar coefficients[3];
    struct toc_flag_subject subject;
    struct toc_token_key key;
    size_t liar = 0;
    bool shows;

    for (size_t i = 1; i < 3; i++) {
        const struct toc_scalar one = toc_token_place(&context.group, who[i]);
        const struct toc_scalar other = toc_token_place(&context.group, who[liar]);
        liar = memcmp(one.bytes, other.bytes, sizeof one.bytes) < 0 ? i : liar;
    }
    subject = subject_of(who[liar], &say, TOC_TOKEN_ID, 1, false);
    ck_assert_int_eq(toc_token_coefficients(&context, &output, 1, 3, coefficients), TOC_OK);
    key = toc_token_name_key(&context, &coefficients[0]);
    ck_assert_int_eq(
        toc_name_seal(&context, &subject.token, &key, "Sound Ltd (07654321)", nonce, &subject.name),
        TOC_OK);
    (void)raise_made(who[liar], say, &subject);
    settle();
    (void)warned("");
    (void)raise(who[(liar + 1) % 3], say);
    (void)raise(who[(liar + 2) % 3], say);
    ck_assert(learnt(&say, &shows) && shows); /* which looks at the name */
    ck_assert(warned("name.differs"));
}
END_TEST

/* ---- successors ---- */

static void york_succeeds_leeds(void)
{
    static const char *const before[] = {"leeds"};
    struct toc_roster *const draft = toc_fixture_group_draft(group);
    for (size_t i = 0; i < draft->members_len; i++) {
        struct toc_member *const member = (struct toc_member *)(uintptr_t)&draft->members[i];
        if (strcmp(member->id, "york") == 0) {
            member->succeeds = before;
            member->succeeds_len = 1;
        }
    }
    toc_fixture_group_remove(group, "leeds");
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    settle();
}

START_TEST(a_successor_counts_as_one_with_whom_it_succeeds)
{
    (void)raise("leeds", (struct say){.id = 1, .may_identify = true});
    york_succeeds_leeds();
    (void)raise("york", (struct say){.id = 1, .may_identify = true});
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_RAISED);
    (void)raise("hull", (struct say){.id = 1, .may_identify = true});
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_CORROBORATED);
    ck_assert_int_eq(alert()->body.reporters, TOC_REPORTERS_UNDER_3);
    /* York's own place is not the one its share must lie at. */
    ck_assert_uint_eq(engine_of("spg")->counters.shares_aside, 1);
}
END_TEST

/* Its place was its own until then: what it sent there stands, and is its only one. */
START_TEST(who_becomes_a_successor_has_one_share)
{
    const struct say say = {.id = 1, .may_identify = true};
    const struct toc_token_context context = context_of(&say, TOC_TOKEN_ID);
    struct toc_engine *const hub = engine_of("spg");
    struct toc_flag_subject subject;
    uint64_t records;
    bool shows;

    (void)raise("york", say);
    york_succeeds_leeds();
    subject = subject_of("york", &say, TOC_TOKEN_ID, 1, false);
    share_of("leeds", &say, &context, 1, &subject);
    (void)raise_made("york", (struct say){.id = 1, .flag = 2, .may_identify = true}, &subject);
    settle();
    (void)raise("hull", say);
    ck_assert(!learnt(&say, &shows));
    (void)raise("kent", say);
    ck_assert(learnt(&say, &shows) && shows);
    ck_assert_uint_eq(hub->counters.shares_aside, 0);

    toc_engine_begin(hub);
    ck_assert_int_eq(toc_apply_rebuild(hub, &records), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(hub, NULL), TOC_OK);
    ck_assert(learnt(&say, &shows) && shows);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("alerting_name");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, a_number_and_its_name_are_one_alert);
    tcase_add_test(all, a_name_that_gets_a_number_takes_its_alert_along);
    tcase_add_test(all, two_alerts_that_become_one);
    tcase_add_test(all, a_name_of_two_numbers_joins_neither);
    tcase_add_test(all, three_members_name_it_and_two_do_not);
    tcase_add_test(all, a_lying_share_is_set_aside_and_its_flag_counts);
    tcase_add_test(all, lies_that_came_first_are_found_and_named_at_k);
    tcase_add_test(all, a_member_has_one_place_and_a_lie_does_not_keep_it);
    tcase_add_test(all, shares_of_another_k_are_set_aside);
    tcase_add_test(all, it_is_told_by_the_window);
    tcase_add_test(all, withdrawn_shares_stay_and_drills_are_apart);
    tcase_add_test(all, one_member_puts_no_other_name_in_its_place);
    tcase_add_test(all, a_successor_counts_as_one_with_whom_it_succeeds);
    tcase_add_test(all, who_becomes_a_successor_has_one_share);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
