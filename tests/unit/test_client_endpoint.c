#include "endpoint.h"
#include "lifetime.h"
#include "runner.h"
#include <string.h>

START_TEST(addresses_become_endpoints)
{
    static const struct {
        const char *text;
        const char *session;
        const char *feed;
    } cases[] = {
        {"127.0.0.1:7101,127.0.0.1:7102", "tcp://127.0.0.1:7101", "tcp://127.0.0.1:7102"},
        {"hub.example.org:1", "tcp://hub.example.org:1", ""},
        {"tcp://*:65535", "tcp://*:65535", ""},
    };
    for (size_t i = 0; i < 3; i++) {
        struct toc_addresses addresses;
        ck_assert_int_eq(toc_addresses_parse(cases[i].text, &addresses, NULL), TOC_OK);
        ck_assert_str_eq(addresses.session, cases[i].session);
        ck_assert_str_eq(addresses.feed, cases[i].feed);
    }
    struct toc_addresses addresses;
    ck_assert_int_eq(toc_addresses_parse("[::1]:7101", &addresses, NULL), TOC_OK);
    ck_assert_str_eq(addresses.session, "tcp://[::1]:7101");
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
    static const char *const bad[] = {
        "",      "host",    "host:",       ":1",       "host:0",     "host:65536",
        "a b:1", "host:1,", "host:1,,b:2", "\"x\":1",  "host:1,x:y", "ipc://x:1",
        "[:1",   "[]:1",    "[x]:1",       "host\n:1", "**:1",
    };
    struct toc_addresses addresses = {.session = "kept"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct toc_why why = {""};
        ck_assert_msg(toc_addresses_parse(bad[i], &addresses, &why) == TOC_INVALID, "%s", bad[i]);
        ck_assert_str_ne(why.text, "");
    }
    ck_assert_str_eq(addresses.session, "kept");
}
END_TEST

START_TEST(a_host_has_a_limit)
{
    char text[160];
    struct toc_addresses addresses;
    memset(text, 'a', sizeof text);
    memcpy(text + 100, ":7101", 6);
    ck_assert_int_eq(toc_addresses_parse(text, &addresses, NULL), TOC_OK);
    memset(text, 'a', sizeof text);
    memcpy(text + 101, ":7101", 6);
    ck_assert_int_eq(toc_addresses_parse(text, &addresses, NULL), TOC_INVALID);
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    ck_assert_int_eq(toc_addresses_parse(text, &addresses, NULL), TOC_INVALID);
}
END_TEST

START_TEST(a_peer_is_a_member_and_its_addresses)
{
    struct toc_peer_words peer;
    ck_assert_int_eq(toc_peer_words_parse("spg=127.0.0.1:1,127.0.0.1:2", &peer, NULL), TOC_OK);
    ck_assert_str_eq(peer.member, "spg");
    ck_assert_str_eq(peer.addresses.feed, "tcp://127.0.0.1:2");
    static const char *const bad[] = {"",        "spg",   "=h:1",
                                      "SPG=h:1", "spg=h", "abcdefghijklmnopqrstuvwxyzabcdef=h:1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(toc_peer_words_parse(bad[i], &peer, NULL) == TOC_INVALID, "%s", bad[i]);
    }
    ck_assert_int_eq(toc_peer_words_parse("abcdefghijklmnopqrstuvwxyzabcde=h:1", &peer, NULL),
                     TOC_OK);
}
END_TEST

START_TEST(a_life_is_days_or_a_time)
{
    int64_t end = 5;
    struct toc_lifetime life = {.days = 1};
    ck_assert_int_eq(toc_lifetime_end(&life, 1000, &end, NULL), TOC_OK);
    ck_assert_int_eq(end, 86401000);
    life.days = TOC_LIFETIME_DAYS_MAX;
    ck_assert_int_eq(toc_lifetime_end(&life, 0, &end, NULL), TOC_OK);
    life.expires = "1970-01-02T00:00:00Z";
    ck_assert_int_eq(toc_lifetime_end(&life, 0, &end, NULL), TOC_OK);
    ck_assert_int_eq(end, 86400000);
    end = 5;
    ck_assert_int_eq(toc_lifetime_end(&life, 86400000, &end, NULL), TOC_INVALID);
    life.expires = "tomorrow";
    ck_assert_int_eq(toc_lifetime_end(&life, 0, &end, NULL), TOC_INVALID);
    life = (struct toc_lifetime){.days = 0};
    ck_assert_int_eq(toc_lifetime_end(&life, 0, &end, NULL), TOC_INVALID);
    life.days = TOC_LIFETIME_DAYS_MAX + 1;
    ck_assert_int_eq(toc_lifetime_end(&life, 0, &end, NULL), TOC_INVALID);
    ck_assert_int_eq(end, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_endpoint");
    TCase *all = tcase_create("all");
    tcase_add_test(all, addresses_become_endpoints);
    tcase_add_test(all, what_is_no_address_is_refused);
    tcase_add_test(all, a_host_has_a_limit);
    tcase_add_test(all, a_peer_is_a_member_and_its_addresses);
    tcase_add_test(all, a_life_is_days_or_a_time);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
