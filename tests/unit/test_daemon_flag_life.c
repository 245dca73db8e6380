/* What becomes of a flag once it is raised: who may speak against it and for it, what its history
 * shows, and that nothing stays of what its user was told had failed. */
#include "seen_flags.h"

/* How often `text` stands in leeds' audit. */
static size_t audited(const char *text)
{
    json_t *reply = asked("leeds", "{\"request\":\"audit\"}");
    const json_t *list = json_object_get(reply, "audit");
    size_t found = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        found += strcmp(toc_fixture_text(json_array_get(list, i), "command"), text) == 0;
    }
    json_decref(reply);
    return found;
}

/* ---- disputes ---- */

static void check_disputed_here(const char *member, bool expected)
{
    json_t *alert = alert_of(member);

    ck_assert_int_eq(json_is_true(json_object_get(alert, "disputed_here")), expected);
    json_decref(alert);
}

START_TEST(disputed_and_answered)
{
    raise_flag(OBSERVED, "sent");
    find_alert("york");
    refused("leeds", about("flag_confirm", flag), "invalid", "nobody disputes it");
    say("york", against("flag_dispute"), "disputed");
    check_alert("york", "disputed");
    check_alert("leeds", "disputed");
    json_t *row = row_of();
    ck_assert(json_is_true(json_object_get(row, "disputed")));
    ck_assert_str_eq(toc_fixture_text(row, "answer_by"), "2026-02-13"); /* ten working days */
    ck_assert_str_eq(toc_fixture_text(row, "alert"), alert_id);
    json_decref(row);
    check_disputed_here("york", true);
    check_disputed_here("leeds", false);
    refused("york", against("flag_dispute"), "invalid", "disputes it already");

    say("leeds", about("flag_confirm", flag), "confirmed");
    check_alert("york", "raised");
    row = row_of();
    ck_assert(json_is_false(json_object_get(row, "disputed")));
    ck_assert(json_is_null(json_object_get(row, "answer_by")));
    json_decref(row);

    /* Once more, since the answer does not convince; then it does. */
    say("york", against("flag_dispute"), "disputed");
    check_alert("leeds", "disputed");
    say("york", against("flag_undispute"), "taken_back");
    check_alert("leeds", "raised");
    check_disputed_here("york", false);
    refused("york", against("flag_undispute"), "invalid", "does not dispute it");
    ck_assert_uint_eq(records_in("spg", "york", "distress"), 4); /* two disputes, both withdrawn */
}
END_TEST

START_TEST(a_new_state_answers_a_dispute)
{
    raise_flag(OBSERVED, "sent");
    find_alert("york");
    say("york", against("flag_dispute"), "disputed");
    say("leeds", about("flag_mitigate", flag), "sent");
    toc_fixture_exchange_pass(exchange, 1000);
    check_alert("york", "mitigated");
    refused("leeds", about("flag_confirm", flag), "invalid", "nobody disputes it");
}
END_TEST

START_TEST(who_may_dispute)
{
    raise_flag(OBSERVED, "sent");
    find_alert("leeds");
    refused("leeds", against("flag_dispute"), "invalid", "this council raised a flag");
    refused("spg", against("flag_dispute"), "denied", "distress");
    say("york", against("flag_dispute"), "disputed");
    json_decref(asked("leeds", about("flag_withdraw", flag)));
    check_alert("york", "withdrawn");
    refused("york", against("flag_dispute"), "invalid", "it is withdrawn");
    alert_id[0] = alert_id[0] == '0' ? '1' : '0';
    refused("york", against("flag_dispute"), "notfound", "none of this id");
    alert_id[1] = '\0';
    refused("york", against("flag_dispute"), "invalid", "is not an id");
}
END_TEST

START_TEST(the_reason_stays_at_home)
{
    static const struct {
        size_t len;
        bool fits;
    } cases[] = {{TOC_DETAIL_TEXT_MAX, true}, {TOC_DETAIL_TEXT_MAX + 1, false}};
    char request[400];
    char text[TOC_DETAIL_TEXT_MAX + 2];

    raise_flag(OBSERVED, "sent");
    find_alert("york");
    memset(text, 'a', sizeof(text));
    text[cases[_i].len] = '\0';
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"flag_dispute\",\"alert\":\"%s\",\"text\":\"%s\"}", alert_id,
                   text);
    if (!cases[_i].fits) {
        refused("york", request, "invalid", "text:");
        return;
    }
    say("york", request, "disputed");
    struct toc_own_dispute list[2];
    struct toc_alert_mine mine;
    size_t len;
    ck_assert_int_eq(toc_store_alerts_mine(store_of("york"), 0, arena, &mine, 1, &len), TOC_OK);
    ck_assert_int_eq(toc_store_own_disputes(store_of("york"), mine.id, arena, list, 2, &len),
                     TOC_OK);
    ck_assert_uint_eq(len, 1);
    ck_assert_str_eq(list[0].text, text);
    json_t *alert = alert_of("leeds");
    char *words = json_dumps(alert, 0);
    ck_assert_ptr_null(strstr(words, "aaaa"));
    free(words);
    json_decref(alert);
}
END_TEST

START_TEST(confirming_takes_another_person)
{
    struct toc_fixture_daemon *const leeds = daemon_of("leeds");

    leeds->conf.second_person = true;
    raise_flag(OBSERVED, "waiting_approval");
    leeds->uid = 1001;
    say("leeds", about("flag_approve", flag), "sent");
    find_alert("york");
    say("york", against("flag_dispute"), "disputed");
    leeds->uid = 1000;
    refused("leeds", about("flag_confirm", flag), "denied", "another user");
    check_alert("york", "disputed");
    leeds->uid = 1001;
    say("leeds", about("flag_confirm", flag), "confirmed");
    check_alert("york", "raised");
}
END_TEST

START_TEST(too_late_to_answer)
{
    raise_flag(OBSERVED, "sent");
    find_alert("york");
    say("york", against("flag_dispute"), "disputed");
    toc_fixture_exchange_cut(exchange, "leeds", "spg"); /* it does not hear what the hub does */
    toc_fixture_group_advance(group, 14 * DAY_MS);
    toc_fixture_exchange_settle(exchange);
    check_alert("york", "withdrawn");
    refused("leeds", about("flag_confirm", flag), "invalid", "too late");
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    json_t *row = row_of();
    ck_assert_str_eq(toc_fixture_text(row, "alert_status"), "withdrawn");
    ck_assert_str_eq(toc_fixture_text(row, "state"), "sent");
    json_decref(row);
}
END_TEST

START_TEST(no_disputes_in_a_group_without_a_hub)
{
    start(true);
    keep("leeds", TOC_SUPPLIER_KEPT);
    keep("york", TOC_SUPPLIER_KEPT);
    tokens(holders);
    raise_flag(OBSERVED, "sent");
    find_alert("york");
    refused("york", against("flag_dispute"), "denied", "in this group flags go to everybody");
    refused("leeds", about("flag_confirm", flag), "denied", "in this group");
    ck_assert_uint_eq(records_in("spg", "york", "distress"), 0);
}
END_TEST

/* ---- what failed leaves nothing ---- */

/* One tick of the member with this request, which cannot be committed. */
static void doomed(const char *member, const char *request)
{
    struct toc_fixture_daemon *const at = daemon_of(member);
    const struct toc_local_user user = {.uid = 1000};
    const struct toc_bytes part = toc_bytes_text(request);
    struct toc_why why = {""};

    toc_engine_begin(at->engine);
    ck_assert_int_eq(toc_engine_local(at->engine, 77, &user, &part, 1), TOC_OK);
    at->engine->store_failed = true;
    ck_assert_int_eq(toc_engine_finish(at->engine, &why), TOC_STORE);
    toc_fixture_exchange_settle(exchange);
}

START_TEST(a_failed_raise_leaves_nothing)
{
    doomed("leeds", OBSERVED);
    json_t *reply = asked("leeds", "{\"request\":\"flag_list\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "flags"), 0);
    json_decref(reply);
    ck_assert_uint_eq(records_in("leeds", "leeds", "distress"), 0);
    ck_assert_uint_eq(audited("flag_undone"), 1);
    check_no_alert("york");
    raise_flag(OBSERVED, "sent"); /* and the next is fine */
}
END_TEST

START_TEST(a_failed_change_leaves_what_was)
{
    raise_flag(OBSERVED, "sent");
    doomed("leeds", about("flag_clear", flag));
    doomed("leeds", about("flag_withdraw", flag));
    json_t *history = history_of();
    check_history(history, "raised sent alert:raised");
    ck_assert_str_eq(toc_fixture_text(history, "status"), "raised");
    ck_assert_int_eq(toc_fixture_number(history, "revision"), 1);
    json_decref(history);
    check_alert("york", "raised");
    find_alert("york");
    doomed("york", against("flag_dispute"));
    check_alert("york", "raised");
    say("york", against("flag_dispute"), "disputed"); /* not "already" */
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 1);
}
END_TEST

START_TEST(a_failed_approval_still_waits)
{
    struct toc_fixture_daemon *const leeds = daemon_of("leeds");

    leeds->conf.second_person = true;
    leeds->uid = 1001;
    raise_flag(OBSERVED, "waiting_approval");
    doomed("leeds", about("flag_approve", flag)); /* by 1000 */
    check_state("waiting_approval");
    ck_assert_uint_eq(records_in("leeds", "leeds", "distress"), 0);
}
END_TEST

/* What corrects is signed, and counts, when nothing else does; the hub says it with the renewal. */
START_TEST(corrections_in_the_grace)
{
    raise_flag(OBSERVED, "sent");
    find_alert("york");
    toc_fixture_group_expires(group, toc_fixture_group_wall(group) + DAY_MS, 30);
    adopt();
    toc_fixture_group_advance(group, 2 * DAY_MS);
    toc_fixture_exchange_settle(exchange);
    refused("leeds", OBSERVED, "denied", "disputes and clears");
    refused("leeds", about("flag_mitigate", flag), "denied", "grace");
    say("york", against("flag_dispute"), "disputed");
    ck_assert_uint_eq(records_in("spg", "york", "distress"), 1);
    toc_fixture_group_expires(group, toc_fixture_group_wall(group) + 90 * DAY_MS, 30);
    adopt();
    check_alert("leeds", "disputed");

    toc_fixture_group_expires(group, toc_fixture_group_wall(group) + DAY_MS, 30);
    adopt();
    toc_fixture_group_advance(group, 2 * DAY_MS);
    toc_fixture_exchange_settle(exchange);
    say("leeds", about("flag_confirm", flag), "confirmed");
    say("leeds", about("flag_clear", flag), "sent");
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 3);
    toc_fixture_group_expires(group, toc_fixture_group_wall(group) + 90 * DAY_MS, 30);
    adopt();
    check_alert("york", "cleared");
    ck_assert_uint_eq(engine_of("spg")->counters.records_invalid, 0);
    json_t *reply = asked("leeds", "{\"request\":\"flag_list\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "flags"), 1);
    json_decref(reply);
}
END_TEST

START_TEST(what_the_roster_refuses_leaves_nothing)
{
    toc_fixture_group_advance(group, 366 * DAY_MS); /* in its grace only corrections are */
    toc_fixture_exchange_settle(exchange);
    refused("leeds", OBSERVED, "denied", "grace");
    json_t *reply = asked("leeds", "{\"request\":\"flag_list\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "flags"), 0);
    json_decref(reply);
}
END_TEST

/* ---- the next token epoch ---- */

START_TEST(open_flags_go_on_in_the_next_token_epoch)
{
    raise_flag(OBSERVED, "sent");
    check_alert("york", "raised");
    tokens(holders);
    check_state("sent");
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 2);
    json_t *reply = asked("york", "{\"request\":\"alert_list\"}");
    size_t raised = 0;
    for (size_t i = 0; i < toc_fixture_length(reply, "alerts"); i++) {
        const json_t *alert = toc_fixture_item(reply, "alerts", i);
        raised += strcmp(toc_fixture_text(alert, "status"), "raised") == 0;
    }
    ck_assert_uint_eq(raised, 1);
    json_decref(reply);
    toc_fixture_exchange_crash(exchange, "leeds"); /* once */
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 2);
    json_decref(asked("leeds", about("flag_withdraw", flag)));
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 3);
    tokens(holders);
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 3); /* what is over stays so */
}
END_TEST

/* The holders are others, and nobody has agreed to them: its next revision waits. */
START_TEST(what_waits_for_its_next_state_is_withdrawn)
{
    static const char *const others[] = {"spg", "york"};

    raise_flag(OBSERVED, "sent");
    tokens(others);
    check_state("waiting_token");
    json_decref(asked("leeds", about("flag_withdraw", flag)));
    check_state("withdrawn");
    check_alert("york", "withdrawn");
    json_decref(asked("leeds", "{\"request\":\"tokens_confirm\"}"));
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 2);
}
END_TEST

START_TEST(a_disputed_flag_is_not_repeated)
{
    raise_flag(OBSERVED, "sent");
    find_alert("york");
    say("york", against("flag_dispute"), "disputed");
    tokens(holders);
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 1);
    toc_fixture_group_advance(group, 2 * DAY_MS); /* the window has ended */
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_crash(exchange, "leeds");
    toc_fixture_exchange_link(exchange, "leeds", "spg", true);
    toc_fixture_exchange_settle(exchange);
    check_alert("york", "withdrawn");
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 1);
}
END_TEST

/* The hub gave it up, and the alert goes on for another council's. */
START_TEST(what_was_given_up_is_not_repeated)
{
    raise_flag(OBSERVED, "sent");
    find_alert("york");
    say("york", against("flag_dispute"), "disputed");
    json_decref(asked("york", OBSERVED));
    check_alert("york", "disputed");
    toc_fixture_group_advance(group, 16 * DAY_MS);
    toc_fixture_exchange_settle(exchange);
    toc_fixture_exchange_settle(exchange);
    check_alert("leeds", "raised");
    tokens(holders);
    ck_assert_uint_eq(records_in("spg", "leeds", "distress"), 1);
    ck_assert_uint_eq(records_in("spg", "york", "distress"), 3); /* its flag, once more */
}
END_TEST

/* One person approves it and another withdraws it in one tick: it goes, and can be withdrawn. */
START_TEST(what_goes_in_this_tick_is_not_deleted)
{
    static const struct toc_local_user approver = {.uid = 1001};
    static const struct toc_local_user raiser = {.uid = 1000};
    struct toc_fixture_daemon *const leeds = daemon_of("leeds");
    char withdraw[200];
    struct toc_bytes part;

    leeds->conf.second_person = true;
    raise_flag(OBSERVED, "waiting_approval");
    (void)snprintf(withdraw, sizeof(withdraw), "%s", about("flag_withdraw", flag));
    toc_engine_begin(leeds->engine);
    part = toc_bytes_text(about("flag_approve", flag));
    ck_assert_int_eq(toc_engine_local(leeds->engine, 77, &approver, &part, 1), TOC_OK);
    part = toc_bytes_text(withdraw);
    ck_assert_int_eq(toc_engine_local(leeds->engine, 78, &raiser, &part, 1), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(leeds->engine, NULL), TOC_OK);
    toc_fixture_exchange_settle(exchange);
    check_state("sent");
    say("leeds", withdraw, "withdrawn");
    check_state("withdrawn");
    ck_assert_uint_eq(records_in("leeds", "leeds", "distress"), 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("flag_life");
    TCase *tests = tcase_create("life");
    TCase *in_group = tcase_create("group");

    tcase_add_checked_fixture(tests, start_with_tokens, tear_down);
    tcase_add_test(tests, disputed_and_answered);
    tcase_add_test(tests, a_new_state_answers_a_dispute);
    tcase_add_test(tests, who_may_dispute);
    tcase_add_loop_test(tests, the_reason_stays_at_home, 0, 2);
    tcase_add_test(tests, confirming_takes_another_person);
    tcase_add_test(tests, too_late_to_answer);
    tcase_add_test(tests, a_failed_raise_leaves_nothing);
    tcase_add_test(tests, a_failed_change_leaves_what_was);
    tcase_add_test(tests, a_failed_approval_still_waits);
    tcase_add_test(tests, what_the_roster_refuses_leaves_nothing);
    tcase_add_test(tests, corrections_in_the_grace);
    tcase_add_test(tests, open_flags_go_on_in_the_next_token_epoch);
    tcase_add_test(tests, what_waits_for_its_next_state_is_withdrawn);
    tcase_add_test(tests, a_disputed_flag_is_not_repeated);
    tcase_add_test(tests, what_was_given_up_is_not_repeated);
    tcase_add_test(tests, what_goes_in_this_tick_is_not_deleted);
    suite_add_tcase(all, tests);
    tcase_add_checked_fixture(in_group, NULL, tear_down);
    tcase_add_test(in_group, no_disputes_in_a_group_without_a_hub);
    suite_add_tcase(all, in_group);
    return all;
}

int main(void)
{
    return toc_test_main(suite());
}
