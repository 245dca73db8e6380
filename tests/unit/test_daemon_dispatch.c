/* A hub that has forgotten a link, while the peer believes it open: the next thing it hears brings
 * back a Hello, once an interval, and with it everything. */
#include "engine_internal.h"
#include "fixture_exchange.h"
#include "runner.h"

#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_engine *hub;

static void set_up(void)
{
    group = toc_fixture_group_new(19);
    exchange = toc_fixture_exchange_star(group);
    hub = toc_fixture_exchange_daemon(exchange, "spg")->engine;
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-1", "F1"), 1);
}

static void tear_down(void)
{
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

static struct toc_session *session_of_leeds(void)
{
    for (size_t i = 0; i < hub->sessions_len; i++) {
        if (hub->sessions[i].link != 0 && strcmp(hub->sessions[i].member, "leeds") == 0) {
            return &hub->sessions[i];
        }
    }
    ck_abort_msg("the hub has no session of leeds");
}

/* As the network does when a send found nobody: gone, and new with the next frame. */
static void forget_leeds(void)
{
    struct toc_session *session = session_of_leeds();
    const toc_link link = session->link;
    uint8_t key[TOC_BOX_KEY_LEN];

    memcpy(key, session->curve_key, sizeof key);
    toc_engine_link_gone(hub, link);
    ck_assert_int_eq(toc_engine_link_accept(hub, link, key), TOC_OK);
    ck_assert(!session_of_leeds()->greeted);
}

START_TEST(it_is_greeted_and_goes_on)
{
    forget_leeds();
    ck_assert_uint_eq(toc_fixture_exchange_publish(exchange, "leeds", "s-2", "F2"), 2);
    toc_fixture_exchange_agree(exchange, "leeds", 2);
    ck_assert(session_of_leeds()->open);
}
END_TEST

/* One that goes on talking and never greets. */
START_TEST(once_an_interval)
{
    const struct toc_message empty = {.kind = TOC_MESSAGE_HAVE};
    const struct toc_fixture_sent *sent;
    struct toc_session *session;

    forget_leeds();
    session = session_of_leeds();
    toc_fixture_exchange_forget(exchange);
    toc_fixture_exchange_say(exchange, "leeds", "spg", &empty);
    sent = toc_fixture_exchange_sent(exchange, "spg", "leeds");
    ck_assert_uint_eq(sent->messages[TOC_MESSAGE_HELLO], 1);
    ck_assert(session->greeted); /* leeds answered */
    session->greeted = false;
    toc_fixture_exchange_say(exchange, "leeds", "spg", &empty);
    ck_assert_uint_eq(sent->messages[TOC_MESSAGE_HELLO], 1);
    session->greet_mono = hub->now_mono;
    toc_fixture_exchange_say(exchange, "leeds", "spg", &empty);
    ck_assert_uint_eq(sent->messages[TOC_MESSAGE_HELLO], 2);
}
END_TEST

/* Leeds dialled: whom it has not heard a Hello from it greets by itself, with its heartbeats. */
START_TEST(not_who_dialled)
{
    const struct toc_message empty = {.kind = TOC_MESSAGE_HAVE};
    struct toc_engine *leeds = toc_fixture_exchange_daemon(exchange, "leeds")->engine;
    const struct toc_fixture_sent *sent;

    ck_assert_uint_eq(leeds->sessions_len, 1);
    leeds->sessions[0].greeted = false;
    toc_fixture_exchange_forget(exchange);
    toc_fixture_exchange_say(exchange, "spg", "leeds", &empty);
    sent = toc_fixture_exchange_sent(exchange, "leeds", "spg");
    ck_assert_uint_eq(sent->messages[TOC_MESSAGE_HELLO], 0);
}
END_TEST

/* What it says is passed over, and that it was read is said back: else whoever is newer could not
 * tell, and would in the end give nothing more. */
START_TEST(a_kind_of_a_newer_version)
{
    static const uint8_t frame[] = "\x70\x7b\xa2\x01\x03new"; /* stamp = 123, field 20 */
    struct toc_session *const session = session_of_leeds();
    const uint64_t ignored = hub->counters.frames_ignored;
    const uint64_t refused = hub->counters.frames_refused;

    toc_engine_begin(hub);
    ck_assert_int_eq(toc_engine_session(hub, session->link, toc_bytes_of(frame, sizeof frame - 1)),
                     TOC_OK);
    ck_assert_uint_eq(session->flow.seen, 123);
    ck_assert(session->flow.unsaid);
    ck_assert(session->open);
    ck_assert_uint_eq(hub->counters.frames_ignored, ignored + 1);
    ck_assert_uint_eq(hub->counters.frames_refused, refused);
    ck_assert_int_eq(toc_engine_finish(hub, NULL), TOC_OK);
    ck_assert(!session->flow.unsaid);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon/dispatch");
    TCase *tcase = tcase_create("dispatch");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, it_is_greeted_and_goes_on);
    tcase_add_test(tcase, once_an_interval);
    tcase_add_test(tcase, not_who_dialled);
    tcase_add_test(tcase, a_kind_of_a_newer_version);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
