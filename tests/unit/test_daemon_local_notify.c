/* What `notify` is run with: how often, in which order, and what is left out; and the council's
 * rules of what it is told. */
#include "notify_runs.h"

static void rules_are(const char *fields)
{
    char request[400];

    (void)snprintf(request, sizeof request, "{\"request\":\"alert_rules\",%s}", fields);
    json_decref(asked("york", request));
}

static bool warned(const char *words)
{
    json_t *reply = asked("york", "{\"request\":\"status\"}");
    bool found = false;

    for (size_t i = 0; i < toc_fixture_length(reply, "warnings"); i++) {
        found |= strstr(json_string_value(toc_fixture_item(reply, "warnings", i)), words) != NULL;
    }
    json_decref(reply);
    return found;
}

/* ---- whom notify tells ---- */

START_TEST(notified_once)
{
    both_keep(1);
    (void)raised(1, "F13");
    json_t *document = next();
    ck_assert_ptr_nonnull(document);
    ck_assert_str_eq(toc_fixture_text(document, "kind"), "alert");
    ck_assert_str_eq(toc_fixture_text(document, "member"), "york");
    ck_assert_str_eq(toc_fixture_text(document, "group"), "test-group");
    ck_assert_int_eq(toc_fixture_number(document, "attempt"), 1);
    ck_assert_str_eq(toc_fixture_text(json_object_get(document, "record"), "name"),
                     "Supplier 1 Ltd");
    char *const id = strdup(toc_fixture_text(document, "change"));
    json_decref(document);

    /* The daemon dies while it runs: it is told again, and can see that it was. */
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    settle();
    nothing_next();
    pass(1000);
    document = next();
    ck_assert_ptr_nonnull(document);
    ck_assert_str_eq(toc_fixture_text(document, "change"), id);
    ck_assert_int_eq(toc_fixture_number(document, "attempt"), 2);
    json_decref(document);
    free(id);
    ends(NULL);
    nothing_next();
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    pass(HOUR_MS);
    nothing_next();
}
END_TEST

START_TEST(nobody_is_configured)
{
    daemon_of("york")->conf.notify[0] = '\0';
    both_keep(1);
    both_keep(2);
    (void)raised(1, "F13");
    ck_assert_str_eq(told(), "new");
    nothing_next();
    ck_assert_int_eq(toc_notify_deadline(engine_of("york")), INT64_MAX);
    (void)snprintf(daemon_of("york")->conf.notify, PATH_MAX, "/usr/lib/tocsin/notify");
    nothing_next(); /* not what came before */
    (void)raised(2, "F13");
    runs("raised");
}
END_TEST

START_TEST(fails_and_is_tried_again)
{
    both_keep(1);
    both_keep(2);
    (void)raised(1, "F13");
    (void)raised(2, "F13");
    int64_t wait_ms = 1000;
    for (unsigned i = 0; i < 2; i++, wait_ms *= 2) {
        json_t *document = next();
        ck_assert_ptr_nonnull(document);
        ck_assert_int_eq(toc_fixture_number(document, "attempt"), (int)i + 1);
        json_decref(document);
        ends("ended with exit status 1");
        nothing_next(); /* the other one waits, too */
        ck_assert_int_eq(toc_notify_deadline(engine_of("york")),
                         toc_env_mono_ms(toc_fixture_group_env(group)) + wait_ms);
        ck_assert(warned("ended with exit status 1; 2 changes of alerts wait"));
        pass(wait_ms - 1);
        nothing_next();
        pass(1);
    }
    runs("raised");
    runs("raised");
    nothing_next();
    ck_assert(!warned("exit status"));
}
END_TEST

START_TEST(gives_up)
{
    both_keep(1);
    (void)raised(1, "F13");
    for (unsigned i = 0; i < TOC_NOTIFY_TRIES_MAX; i++) {
        json_t *document = next();
        ck_assert_msg(document != NULL, "try %u", i + 1);
        json_decref(document);
        ends("did not end within 60 s");
        ck_assert(!warned("Nobody was told") || i + 1 == TOC_NOTIFY_TRIES_MAX);
        pass(2 * HOUR_MS);
    }
    nothing_next();
    ck_assert(warned("Nobody was told of 1 changes"));
    pass(100 * HOUR_MS);
    nothing_next();
}
END_TEST

/* One that always fails does not keep the others from being told. */
START_TEST(one_that_fails_for_ever)
{
    both_keep(1);
    both_keep(2);
    (void)raised(1, "F13");
    (void)raised(2, "F13");
    for (unsigned i = 0; i < 5; i++) {
        json_decref(next());
        ends("ended with exit status 1");
        pass(i < 4 ? HOUR_MS : 1);
    }
    json_t *document = next();
    ck_assert_ptr_nonnull(document);
    ck_assert_str_eq(toc_fixture_text(json_object_get(document, "record"), "name"),
                     "Supplier 2 Ltd");
    json_decref(document);
}
END_TEST

START_TEST(what_was_overtaken_is_left_out)
{
    char flag[40];

    both_keep(1);
    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F13"));
    change("flag_mitigate", flag);
    runs("mitigated");
    nothing_next();
    change("flag_clear", flag);
    change("flag_withdraw", flag);
    runs("withdrawn");
    nothing_next();
    ck_assert_str_eq(told(), "new status:mitigated status:cleared status:withdrawn");

    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F12"));
    change("flag_withdraw", flag);
    nothing_next(); /* never told, so never taken back */

    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F11"));
    json_decref(next()); /* perhaps it was told: the daemon dies before it knows */
    toc_fixture_exchange_crash(exchange, "york");
    toc_fixture_exchange_link(exchange, "york", "spg", true);
    settle();
    change("flag_withdraw", flag);
    pass(1000);
    runs("raised");
    runs("withdrawn");
    nothing_next();
}
END_TEST

START_TEST(no_storm)
{
    enum { MANY = TOC_NOTIFY_RUNS_MAX + 10 };

    for (unsigned i = 1; i <= MANY; i++) {
        both_keep(i);
    }
    for (unsigned i = 1; i <= MANY; i++) {
        (void)raised(i, "F13");
    }
    for (unsigned i = 1; i < TOC_NOTIFY_RUNS_MAX; i++) {
        runs("raised");
    }
    json_t *document = next();
    ck_assert_str_eq(toc_fixture_text(document, "kind"), "summary");
    ck_assert_int_eq(toc_fixture_number(document, "count"), MANY - TOC_NOTIFY_RUNS_MAX + 1);
    ck_assert_uint_eq(toc_fixture_length(document, "alerts"), MANY - TOC_NOTIFY_RUNS_MAX + 1);
    json_decref(document);
    ends(NULL);
    nothing_next();
    (void)raised(1, "F12");
    (void)raised(2, "F12");
    nothing_next();
    ck_assert_int_eq(toc_notify_deadline(engine_of("york")),
                     toc_env_mono_ms(toc_fixture_group_env(group)) + HOUR_MS);
    pass(HOUR_MS);
    runs("raised");
    runs("raised");
    nothing_next();
}
END_TEST

/* ---- rules ---- */

START_TEST(rules_choose)
{
    static const struct {
        const char *fields;
        bool wanted;
    } cases[] = {
        {"\"severity_min\":4", true},           {"\"severity_min\":5", false},
        {"\"events\":[\"F12\",\"f13\"]", true}, {"\"events\":[\"F12\"]", false},
        {"\"exposure_min\":1000", true},        {"\"exposure_min\":1001", false},
        {"\"categories\":[\"cpv-45\"]", false}, {"\"categories\":[\"unknown\",\"cpv-45\"]", true},
        {"\"ends_within_months\":12", false},   {"\"events\":[\"F13\"],\"severity_min\":5", false},
    };

    both_keep(1);
    rules_are("\"severity_min\":5,\"events\":[\"F30\"]");
    rules_are("\"reset\":true");
    rules_are(cases[_i].fields);
    char flag[40];
    (void)snprintf(flag, sizeof flag, "%s", raised(1, "F13"));
    ck_assert_str_eq(told(), "new"); /* whatever the rules */
    if (cases[_i].wanted) {
        runs("raised");
    } else {
        nothing_next();
    }
    rules_are("\"reset\":true");
    change("flag_withdraw", flag);
    if (cases[_i].wanted) {
        runs("withdrawn");
    }
    nothing_next();
}
END_TEST

START_TEST(rules_are_kept_and_audited)
{
    rules_are("\"events\":[\"f13\"],\"severity_min\":2,\"categories\":[\"cpv-45\"],"
              "\"exposure_min\":5000,\"ends_within_months\":6");
    toc_fixture_exchange_crash(exchange, "york");
    json_t *reply = asked("york", "{\"request\":\"alert_rules\"}");
    json_t *expected = json_pack("{s:b, s:[s], s:i, s:[s], s:i, s:i, s:b}", "ok", 1, "events",
                                 "F13", "severity_min", 2, "categories", "cpv-45", "exposure_min",
                                 5000, "ends_within_months", 6, "notify", 1);
    ck_assert(json_equal(reply, expected) == 1);
    json_decref(expected);
    json_decref(reply);
    reply = asked("york", "{\"request\":\"audit\"}");
    ck_assert_uint_eq(toc_fixture_length(reply, "audit"), 1); /* looking is no change */
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "audit", 0), "command"),
                     "alert_rules");
    json_decref(reply);
}
END_TEST

START_TEST(rules_that_are_none)
{
    static const char *const fields[] = {"\"events\":[\"F99\"]", "\"events\":\"F13\"",
                                         "\"events\":[13]",      "\"severity_min\":0",
                                         "\"severity_min\":6",   "\"categories\":[\"cpv-00\"]",
                                         "\"exposure_min\":-1",  "\"ends_within_months\":601",
                                         "\"reset\":1",          "\"categories\":[\"45\"]"};
    char request[2000];

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char word[32];
        (void)snprintf(request, sizeof request, "{\"request\":\"alert_rules\",%s}", fields[i]);
        (void)snprintf(word, sizeof word, "%.*s:", (int)strcspn(fields[i] + 1, "\""),
                       fields[i] + 1);
        toc_fixture_refused(daemon_of("york"), request, NULL, 0, "invalid", word);
    }
    for (unsigned over = 0; over < 2; over++) {
        size_t len = (size_t)snprintf(request, sizeof request,
                                      "{\"request\":\"alert_rules\",\"categories\":[");
        for (unsigned i = 0; i < 50 + over; i++) {
            len += (size_t)snprintf(request + len, sizeof request - len, "%s\"unknown\"",
                                    i == 0 ? "" : ",");
        }
        (void)snprintf(request + len, sizeof request - len, "]}");
        if (over == 0) {
            json_decref(asked("york", request));
        } else {
            toc_fixture_refused(daemon_of("york"), request, NULL, 0, "invalid", "categories:");
        }
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("notify");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, start_star, tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, notified_once);
    tcase_add_test(all, nobody_is_configured);
    tcase_add_test(all, fails_and_is_tried_again);
    tcase_add_test(all, gives_up);
    tcase_add_test(all, one_that_fails_for_ever);
    tcase_add_test(all, what_was_overtaken_is_left_out);
    tcase_add_test(all, no_storm);
    tcase_add_loop_test(all, rules_choose, 0, 10);
    tcase_add_test(all, rules_are_kept_and_audited);
    tcase_add_test(all, rules_that_are_none);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
