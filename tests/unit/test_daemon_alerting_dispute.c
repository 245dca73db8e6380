/* Disputes: at once everywhere, answered or given up. The usual council disputes on a Saturday, and
 * has two working days: to the end of Tuesday, 3 February. */
#include "seen_alerts.h"

#define UNTIL (84 * HOUR_MS) /* from noon of Saturday */

static uint8_t id[TOC_FLAG_ID_LEN];

/* Leeds has flagged supplier 1. */
static void set_up_flagged(void)
{
    set_up();
    (void)raise("leeds", (struct say){.id = 1, .may_identify = true});
    memcpy(id, alert()->sent->id, sizeof id);
}

START_TEST(disputed_at_once_and_confirmed)
{
    (void)dispute("york", id, (struct say){.id = 1});
    ck_assert(says(alert(), TOC_FLAG_DISPUTED, 2));
    ck_assert_uint_eq(revisions_at("hull"), 2);
    confirm("hull", "leeds", 0); /* not its reporter */
    ck_assert(says(alert(), TOC_FLAG_DISPUTED, 2));
    confirm("leeds", "leeds", 0);
    ck_assert(says(alert(), TOC_FLAG_RAISED, 3));
    leap(UNTIL + DAY_MS);
    ck_assert(says(alert(), TOC_FLAG_RAISED, 3));
    (void)dispute("york", id, (struct say){.id = 1}); /* a confirmation is of what came before */
    ck_assert(says(alert(), TOC_FLAG_DISPUTED, 4));
}
END_TEST

START_TEST(unanswered_the_hub_withdraws_it)
{
    (void)dispute("york", id, (struct say){.id = 1});
    leap(UNTIL - 1);
    ck_assert(says(alert(), TOC_FLAG_DISPUTED, 2));
    leap(1);
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, 3));
    confirm("leeds", "leeds", 0); /* too late */
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, 3));
    (void)raise("leeds", (struct say){.id = 1, .flag = 2, .may_identify = true});
    ck_assert(says(alert(), TOC_FLAG_RAISED, 4)); /* a new flag, which nobody disputed */
}
END_TEST

START_TEST(a_public_register_is_not_withdrawn)
{
    (void)raise("leeds", (struct say){.id = 2,
                                      .flag = 2,
                                      .purpose = TOC_PURPOSE_PUBLIC,
                                      .source = TOC_SOURCE_PUBLIC_REGISTER});
    ck_assert_uint_eq(alerts(), 2);
    const size_t at = opened[0].tokens[0].purpose == TOC_PURPOSE_PUBLIC ? 0 : 1;
    (void)dispute("york", sent[at].id, (struct say){.id = 2, .purpose = TOC_PURPOSE_PUBLIC});
    leap(30 * DAY_MS);
    ck_assert_uint_eq(alerts(), 2);
    ck_assert(says(&opened[at], TOC_FLAG_DISPUTED, 2));
}
END_TEST

START_TEST(only_who_does_not_answer_is_given_up)
{
    (void)raise("hull", (struct say){.id = 1, .severity = 5, .may_identify = true});
    (void)dispute("york", id, (struct say){.id = 1});
    confirm("leeds", "leeds", 0);
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_DISPUTED);
    leap(UNTIL);
    ck_assert_int_eq(alert()->body.status, TOC_FLAG_RAISED);
    ck_assert_uint_eq(alert()->body.severity, 3);
}
END_TEST

START_TEST(who_cannot_open_it_cannot_dispute_it)
{
    (void)dispute("york", id, (struct say){.id = 1, .misfit = true});
    ck_assert_uint_eq(engine_of("spg")->counters.records_invalid, 1);
    (void)dispute("york", id, (struct say){.id = 2}); /* a key, but of another supplier */
    ck_assert(says(alert(), TOC_FLAG_RAISED, 1));
}
END_TEST

START_TEST(a_dispute_is_withdrawn)
{
    const uint64_t sequence = dispute("york", id, (struct say){.id = 1});
    take_back("york", sequence);
    ck_assert(says(alert(), TOC_FLAG_RAISED, 3));
    const uint64_t again = dispute("york", id, (struct say){.id = 1});
    ck_assert(says(alert(), TOC_FLAG_DISPUTED, 4));
    (void)again;
    take_back("leeds", 1);
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, 5));
}
END_TEST

static size_t of_first_event(enum toc_flag_status status)
{
    const size_t len = alerts();
    size_t found = 0;

    for (size_t i = 0; i < len; i++) {
        found += opened[i].body.event == 20 && opened[i].body.status == status;
    }
    return found;
}

/* Against a name's alert, which then becomes one with its number's: it counts on for the flag that
 * it was said against, and for no other. */
START_TEST(a_dispute_goes_along_when_two_alerts_become_one)
{
    const struct say by_name = {.name = 12, .may_identify = true};
    const struct toc_token_keys keys = keys_of(&by_name, TOC_TOKEN_NAME, 12);
    struct toc_dispute it = {.purpose = TOC_PURPOSE_DISTRESS,
                             .token_epoch = 1,
                             .kind = TOC_TOKEN_NAME,
                             .token = keys.token,
                             .alert = keys.alert};
    const struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = &it};

    (void)raise("bath", by_name);
    memcpy(it.id, alert_with(TOC_TOKEN_NAME, 12)->sent->id, sizeof it.id);
    (void)publish("york", &record);
    settle();
    ck_assert(says(alert_with(TOC_TOKEN_NAME, 12), TOC_FLAG_DISPUTED, 2));
    (void)raise("kent", (struct say){.id = 1, .name = 12, .event = 21, .may_identify = true});
    ck_assert_uint_eq(of_first_event(TOC_FLAG_DISPUTED), 1);
    ck_assert_uint_eq(of_first_event(TOC_FLAG_WITHDRAWN), 1);
    leap(UNTIL); /* bath never answered, and leeds was never disputed */
    ck_assert_uint_eq(of_first_event(TOC_FLAG_RAISED), 1);
    ck_assert_uint_eq(of_first_event(TOC_FLAG_DISPUTED), 0);
}
END_TEST

/* One member's many disputes of one alert, and its many answers, cost no more than some. */
START_TEST(disputes_of_one_member_are_few)
{
    struct toc_engine *const hub = engine_of("spg");
    struct toc_dispute it = {.confirms = true};
    struct toc_alert_answer *answers;
    size_t len;

    memcpy(it.id, id, sizeof it.id);
    toc_engine_begin(hub);
    ck_assert_int_eq(toc_engine_write(hub), TOC_OK);
    for (int confirms = 0; confirms < 2; confirms++) {
        it.confirms = confirms != 0;
        for (unsigned i = 1; i <= TOC_ALERT_ANSWERS_MAX + 1; i++) {
            const struct toc_alert_seen seen = {.seen_ms = hub->now_wall};
            const uint64_t sequence = 1000 * (unsigned)(confirms + 1) + i;
            ck_assert_int_eq(toc_store_alert_seen(hub->store, "york", sequence, true, &seen),
                             TOC_OK);
            ck_assert_int_eq(toc_store_alert_dispute_put(hub->store, "york", sequence, &it),
                             TOC_OK);
        }
        ck_assert_int_eq(
            toc_store_alert_answers(hub->store, it.confirms, it.id, arena, &answers, &len), TOC_OK);
        ck_assert_uint_eq(len, TOC_ALERT_ANSWERS_MAX);
    }
    ck_assert_int_eq(toc_engine_finish(hub, NULL), TOC_OK);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("alerting_dispute");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up_flagged, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, disputed_at_once_and_confirmed);
    tcase_add_test(all, unanswered_the_hub_withdraws_it);
    tcase_add_test(all, a_public_register_is_not_withdrawn);
    tcase_add_test(all, only_who_does_not_answer_is_given_up);
    tcase_add_test(all, who_cannot_open_it_cannot_dispute_it);
    tcase_add_test(all, a_dispute_is_withdrawn);
    tcase_add_test(all, a_dispute_goes_along_when_two_alerts_become_one);
    tcase_add_test(all, disputes_of_one_member_are_few);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
