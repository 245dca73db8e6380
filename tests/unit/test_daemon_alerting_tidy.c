/* What a hub keeps no longer than it is of use: shares, learnt names, alert keys and links, when
 * their token epoch is over or retention took the flags they came with. */
#include "seen_alerts.h"
#include "store_share.h"

static const struct say say = {.id = 1, .name = 11, .may_identify = true};

static void next_token_epoch(void)
{
    toc_fixture_group_draft(group)->token_epoch++;
    toc_fixture_exchange_adopt(exchange, "spg", toc_fixture_group_sign(group));
    settle();
}

static bool named(void)
{
    const struct toc_token_keys keys = keys_of(&say, TOC_TOKEN_ID, say.id);
    char name[TOC_DETAIL_PLAIN_LEN];
    bool shows;
    const enum toc_result found =
        toc_store_share_name(engine_of("spg")->store, &keys.token, name, &shows);
    ck_assert(found == TOC_OK || found == TOC_NOTFOUND);
    return found == TOC_OK;
}

static bool has_key(enum toc_token_kind kind, unsigned supplier)
{
    const struct toc_token_keys keys = keys_of(&say, kind, supplier);
    struct toc_alert_token token;
    const enum toc_result found =
        toc_store_alert_token(engine_of("spg")->store, &keys.token, &token);
    ck_assert(found == TOC_OK || found == TOC_NOTFOUND);
    return found == TOC_OK;
}

static size_t links(void)
{
    const struct toc_token_keys keys = keys_of(&say, TOC_TOKEN_NAME, say.name);
    struct toc_token numbers[2];
    size_t len;
    ck_assert_int_eq(toc_store_alert_links(engine_of("spg")->store, &keys.token, TOC_TOKEN_NAME,
                                           numbers, 2, &len),
                     TOC_OK);
    return len;
}

static void clear(const char *stream, const char *publisher)
{
    struct toc_engine *const hub = engine_of("spg");
    struct toc_why why = {""};
    toc_engine_begin(hub);
    ck_assert_int_eq(toc_engine_write(hub), TOC_OK);
    ck_assert_int_eq(toc_view_clear(hub, stream, publisher, 1, UINT64_MAX), TOC_OK);
    ck_assert_int_eq(toc_engine_finish(hub, &why), TOC_OK);
    settle();
}

START_TEST(names_go_with_their_token_epoch)
{
    (void)raise("leeds", say);
    (void)raise("york", say);
    const uint64_t last = raise("hull", say);
    ck_assert(named() && has_key(TOC_TOKEN_ID, 1) && links() == 1);
    next_token_epoch();
    ck_assert(named()); /* until the window's end its flags count */
    leap(HOUR_MS);
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, 4));
    ck_assert(!named());
    /* The flags stand, and the alert is there to be read: their keys are needed. */
    ck_assert(has_key(TOC_TOKEN_ID, 1) && has_key(TOC_TOKEN_NAME, 11) && links() == 1);
    leap(30 * HOUR_MS);
    take_back("hull", last);
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, 4)); /* nothing more is said of it */
    ck_assert(!named());
}
END_TEST

START_TEST(keys_go_when_nothing_is_left_of_their_token_epoch)
{
    (void)raise("leeds", say);
    (void)raise("leeds", (struct say){.id = 2, .flag = 2, .may_identify = true});
    next_token_epoch();
    leap(HOUR_MS);
    clear("distress", "leeds");
    ck_assert(has_key(TOC_TOKEN_ID, 1) && links() == 1);
    clear("alert", "spg");
    leap(HOUR_MS);
    ck_assert(!has_key(TOC_TOKEN_ID, 1) && !has_key(TOC_TOKEN_NAME, 11) && links() == 0);
    ck_assert(!has_key(TOC_TOKEN_ID, 2));
    ck_assert_uint_eq(alerts(), 0);
}
END_TEST

/* In the token epoch that is open a name and a number go on belonging together. */
START_TEST(names_go_with_their_shares)
{
    (void)raise("leeds", say);
    (void)raise("york", say);
    (void)raise("hull", say);
    ck_assert(named());
    clear("distress", "leeds");
    ck_assert(named()); /* the others' shares are there */
    clear("distress", "york");
    clear("distress", "hull");
    ck_assert(!named());
    ck_assert(says(alert(), TOC_FLAG_WITHDRAWN, alert()->sent->revision));
    ck_assert(has_key(TOC_TOKEN_ID, 1) && links() == 1);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("alerting_tidy");
    TCase *const all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, names_go_with_their_token_epoch);
    tcase_add_test(all, keys_go_when_nothing_is_left_of_their_token_epoch);
    tcase_add_test(all, names_go_with_their_shares);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
