/* The same again: rebuilt from logs, after a crash, in another order. */
#include "seen_alerts.h"
#include "store_share.h"

/* Something of everything: joined, disputed, withdrawn, named, waiting. */
static void much(void)
{
    (void)raise("leeds", (struct say){.id = 1, .name = 11, .may_identify = true});
    (void)raise("york", (struct say){.name = 11, .may_identify = true});
    (void)dispute("hull", alert()->sent->id, (struct say){.id = 1});
    take_back("leeds", raise("leeds", (struct say){.id = 2, .flag = 2, .may_identify = true}));
    const uint64_t first = raise("kent", (struct say){.id = 3, .may_identify = true});
    (void)raise("kent", (struct say){.id = 3, .severity = 5, .supersedes = first});
    (void)raise("bath", (struct say){.id = 3, .may_identify = true});
    (void)raise("hull", (struct say){.id = 3, .may_identify = true});
    (void)raise("ely", (struct say){.id = 4, .expires = QUARTER_NOW, .flag = 4});
}

static void rebuild(void)
{
    struct toc_engine *const hub = engine_of("spg");
    uint64_t records;
    struct toc_why why = {""};
    toc_engine_begin(hub);
    ck_assert_int_eq(toc_apply_rebuild(hub, &records), TOC_OK);
    ck_assert_msg(toc_engine_finish(hub, &why) == TOC_OK, "%s", why.text);
    settle();
}

/* What it knows of each alert and name, as a text. */
static struct toc_hash digest(void)
{
    static char text[8192];
    size_t len = 0;
    const size_t count = alerts();
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const struct toc_alert_body *const body = &opened[i].body;
        char name[TOC_DETAIL_PLAIN_LEN] = "";
        bool shows = false;
        (void)!toc_store_share_name(engine_of("spg")->store, &opened[i].tokens[0].token, name,
                                    &shows);
        for (size_t j = 0; j < TOC_FLAG_ID_LEN; j++) {
            len += (size_t)snprintf(text + len, sizeof text - len, "%02x", sent[i].id[j]);
        }
        len += (size_t)snprintf(text + len, sizeof text - len, " %u %llu %zu %u %u %u %u %s %d\n",
                                sent[i].revision, (unsigned long long)sent[i].sequence,
                                sent[i].parts_len, body->event, (unsigned)body->status,
                                body->severity, (unsigned)body->reporters, name, shows);
        ck_assert_uint_lt(len, sizeof text - 512);
    }
    return toc_digest_plain(toc_bytes_of(text, len));
}

static void check_same(const struct toc_hash *before)
{
    const struct toc_hash after = digest();
    ck_assert(toc_hash_equal(before, &after));
}

START_TEST(a_rebuild_says_nothing_new)
{
    much();
    struct toc_hash before = digest();
    const uint64_t revisions = revisions_at("york");
    rebuild();
    check_same(&before);
    rebuild();
    check_same(&before);
    ck_assert_uint_eq(revisions_at("york"), revisions);
    leap(HOUR_MS); /* what waited still waited */
    ck_assert_uint_eq(revisions_at("york"), revisions + 2);
    before = digest();
    rebuild();
    check_same(&before);
    leap(90 * HOUR_MS); /* and the dispute's time went on */
    ck_assert_int_eq(alert_with(TOC_TOKEN_ID, 1)->body.status, TOC_FLAG_WITHDRAWN);
    rebuild();
    ck_assert_int_eq(alert_with(TOC_TOKEN_ID, 1)->body.status, TOC_FLAG_WITHDRAWN);
}
END_TEST

START_TEST(a_restart_says_nothing_new)
{
    much();
    const struct toc_hash before = digest();
    toc_fixture_exchange_crash(exchange, "spg");
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    settle();
    check_same(&before);
    leap(HOUR_MS);
    ck_assert_int_eq(alert_with(TOC_TOKEN_ID, 3)->body.severity, 5);
}
END_TEST

/* The hub is given a batch of leeds that it lacks; nothing of its tick is delivered. */
static void give(struct toc_engine *hub, uint64_t sequence)
{
    struct toc_log_id id = {.publisher = "leeds", .stream = "distress", .generation = 1};
    const struct toc_log *const log = toc_engine_log(engine_of("leeds"), &id);
    struct toc_stored_batch held;
    struct toc_session *from = NULL;
    for (size_t i = 0; i < hub->sessions_len; i++) {
        from = strcmp(hub->sessions[i].member, "leeds") == 0 ? &hub->sessions[i] : from;
    }
    ck_assert_ptr_nonnull(from);
    ck_assert_int_eq(
        toc_store_batch_get(engine_of("leeds")->store, log->row.id, sequence, arena, &held),
        TOC_OK);
    toc_engine_begin(hub);
    ck_assert_int_eq(toc_handle_batch(hub, from, held.bytes, &id), TOC_OK);
}

/* The disk does not take the tick that applies the flag: neither it nor its alert is there, and
 * then both are, once. */
START_TEST(a_flag_and_its_alert_are_one_commit)
{
    struct toc_engine *const hub = engine_of("spg");
    struct toc_why why;
    (void)raise("leeds", (struct say){.id = 2, .may_identify = true});
    (void)raise_later("leeds", (struct say){.id = 1, .flag = 2, .may_identify = true});
    toc_engine_begin(engine_of("leeds"));
    ck_assert_int_eq(toc_engine_finish(engine_of("leeds"), &why), TOC_OK);
    give(hub, 2);
    ck_assert_int_eq(toc_alerting_finish(hub), TOC_OK);
    ck_assert_int_eq(toc_publish_finish(hub), TOC_OK);
    ck_assert_uint_eq(revisions_at("spg"), 2); /* all is done but the commit */
    hub->store_failed = true;
    ck_assert_int_eq(toc_engine_finish(hub, &why), TOC_STORE);
    ck_assert_uint_eq(revisions_at("spg"), 1);
    ck_assert_uint_eq(alerts(), 1);
    give(hub, 2);
    ck_assert_int_eq(toc_engine_finish(hub, &why), TOC_OK);
    toc_fixture_exchange_crash(exchange, "spg"); /* it is shown its own heads again first */
    toc_fixture_exchange_link(exchange, "york", "spg", false);
    settle();
    ck_assert_uint_eq(revisions_at("york"), 2);
    ck_assert_uint_eq(alerts(), 2);
    ck_assert(says(alert_with(TOC_TOKEN_ID, 1), TOC_FLAG_RAISED, 1));
}
END_TEST

/* While the hub does not know its own heads it says nothing, and forgets nothing. */
START_TEST(a_hub_that_may_not_sign_waits)
{
    struct toc_engine *const hub = engine_of("spg");
    struct toc_why why;
    (void)raise("leeds", (struct say){.id = 2, .may_identify = true});
    (void)raise_later("leeds", (struct say){.id = 1, .flag = 2, .may_identify = true});
    toc_engine_begin(engine_of("leeds"));
    ck_assert_int_eq(toc_engine_finish(engine_of("leeds"), &why), TOC_OK);
    const size_t provers = hub->provers_len;
    hub->provers_len = 0;
    give(hub, 2);
    ck_assert_int_eq(toc_engine_finish(hub, &why), TOC_OK);
    ck_assert_uint_eq(alerts(), 1);
    hub->alerts = (struct toc_alerting){.quiet = false}; /* as after a start */
    hub->provers_len = provers;
    settle();
    ck_assert_uint_eq(alerts(), 2);
    ck_assert(says(alert_with(TOC_TOKEN_ID, 1), TOC_FLAG_RAISED, 1));
}
END_TEST

START_TEST(in_any_order_the_same)
{
    static const char *const order[2][3] = {{"leeds", "york", "hull"}, {"hull", "leeds", "york"}};
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned j = 0; j < 3; j++) {
            const char *const who = order[i][j];
            const unsigned supplier = 1 + i;
            (void)raise(who, (struct say){.id = who[0] == 'y' ? 0 : supplier,
                                          .name = who[0] == 'h' ? 0 : 11 + i,
                                          .flag = i,
                                          .severity = who[0] == 'h' ? 4 : 2,
                                          .may_identify = true});
        }
    }
    const struct toc_alert_body one = alert_with(TOC_TOKEN_ID, 1)->body;
    const struct toc_alert_opened *const other = alert_with(TOC_TOKEN_ID, 2);
    ck_assert_uint_eq(other->sent->parts_len, 2);
    ck_assert_int_eq(one.status, TOC_FLAG_CORROBORATED);
    ck_assert_int_eq(other->body.status, TOC_FLAG_CORROBORATED);
    ck_assert_int_eq(one.reporters, TOC_REPORTERS_3_TO_4);
    ck_assert_int_eq(other->body.reporters, TOC_REPORTERS_3_TO_4);
    ck_assert_uint_eq(one.severity, 4);
    ck_assert_uint_eq(other->body.severity, 4);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("alerting_again");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, a_rebuild_says_nothing_new);
    tcase_add_test(all, a_restart_says_nothing_new);
    tcase_add_test(all, a_flag_and_its_alert_are_one_commit);
    tcase_add_test(all, a_hub_that_may_not_sign_waits);
    tcase_add_test(all, in_any_order_the_same);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
