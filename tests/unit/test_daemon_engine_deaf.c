/* A member that asks and does not read what it is given: it gets so much and no more, whatever it
 * says. And one that reads gets everything. */
#include "engine_internal.h"
#include "fixture_exchange.h"
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK 900
#define SUBMISSIONS 40 /* as many batches of 55 KiB */
#define RECORDS 170
/* The window and what may go over it: a batch; beside it the answers to hellos. */
#define DEAF_MAX (TOC_CREDIT_FIRST + TOC_BATCH_LEN_MAX + 8 * 1024)

static struct toc_fixture_group *group;
static struct toc_fixture_exchange *exchange;
static struct toc_arena *arena;
static struct toc_engine *hub;
static size_t log_bytes; /* batches of leeds's log, as the hub holds it */

/* What came out for the link so far. */
static struct {
    size_t bytes, frames, batches;
    uint64_t stamp; /* the newest */
    uint64_t next;  /* of leeds's log */
} got;

static void fill_log(void)
{
    char title[281];
    struct toc_stored_batch stored;

    memset(title, 'x', sizeof(title) - 1);
    title[sizeof(title) - 1] = '\0';
    for (unsigned i = 0; i < SUBMISSIONS; i++) {
        struct toc_fixture_daemon *leeds = toc_fixture_exchange_daemon(exchange, "leeds");
        struct toc_bytes records[RECORDS];
        struct toc_why why = {""};
        uint64_t sequence;
        char id[32];
        for (unsigned j = 0; j < RECORDS; j++) {
            (void)snprintf(id, sizeof(id), "F-%u-%u", i, j);
            records[j] = toc_fixture_framework(arena, id, title, 20000);
        }
        toc_engine_begin(leeds->engine);
        ck_assert_int_eq(toc_publish_submit(leeds->engine, "framework", id, records, RECORDS, NULL,
                                            &sequence, &why),
                         TOC_OK);
        ck_assert_int_eq(toc_engine_finish(leeds->engine, &why), TOC_OK);
    }
    toc_fixture_exchange_pass(exchange, 61000);
    const struct toc_log_row row = toc_fixture_exchange_log(exchange, "spg", "leeds", 1);
    ck_assert_uint_eq(row.chain.next_sequence, SUBMISSIONS * RECORDS + 1);
    for (uint64_t next = 1; next < row.chain.next_sequence;) {
        ck_assert_int_eq(toc_store_batch_get(hub->store, row.id, next, arena, &stored), TOC_OK);
        log_bytes += stored.bytes.len;
        next = stored.first_sequence + stored.count;
    }
}

static void set_up(void)
{
    group = toc_fixture_group_new(31);
    exchange = toc_fixture_exchange_star(group);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
    hub = toc_fixture_exchange_daemon(exchange, "spg")->engine;
    memset(&got, 0, sizeof(got));
    log_bytes = 0;
    fill_log();
}

static void tear_down(void)
{
    toc_arena_free(&arena);
    toc_fixture_exchange_free(&exchange);
    toc_fixture_group_free(&group);
}

/* ---- one more connection of york's, by hand ---- */

static void take(struct toc_bytes frame)
{
    struct toc_message message;

    ck_assert_int_eq(toc_wire_message_decode(arena, frame, &message), TOC_OK);
    got.bytes += frame.len;
    got.frames++;
    got.stamp = message.stamp != 0 ? message.stamp : got.stamp;
    if (message.kind != TOC_MESSAGE_GIVE) {
        return;
    }
    for (size_t i = 0; i < message.as.give.batches_len; i++) {
        struct toc_batch batch;
        ck_assert_int_eq(toc_wire_batch_decode(arena, message.as.give.batches[i], &batch), TOC_OK);
        got.next = batch.header.first_sequence + batch.header.count;
        got.batches++;
    }
}

/* A tick of the hub's, in which the connection says this, or nothing. */
static void tick(const struct toc_message *message)
{
    struct toc_why why = {""};
    const struct toc_out *out;
    struct toc_bytes frame = {NULL, 0};
    size_t len;

    toc_arena_reset(arena);
    if (message != NULL) {
        ck_assert_int_eq(toc_wire_message_encode(arena, message, &frame), TOC_OK);
    }
    toc_engine_begin(hub);
    if (message != NULL) {
        (void)toc_engine_session(hub, LINK, frame);
    }
    ck_assert_int_eq(toc_engine_finish(hub, &why), TOC_OK);
    len = toc_engine_outbox(hub, &out);
    for (size_t i = 0; i < len; i++) {
        if (out[i].kind == TOC_OUT_SESSION && out[i].link == LINK) {
            take(out[i].parts[0]);
        }
    }
}

static struct toc_message a_hello(void)
{
    const uint64_t version = toc_roster_chain_version(hub->rosters);
    struct toc_message message = {.kind = TOC_MESSAGE_HELLO,
                                  .as.hello = {.protocol = TOC_PROTOCOL_VERSION,
                                               .group = hub->group,
                                               .member = "york",
                                               .roster_version = version,
                                               .roster_hash = *toc_roster_chain_head(hub->rosters),
                                               .software = "deaf"}};
    return message;
}

static struct toc_message a_want(uint64_t from)
{
    return (struct toc_message){
        .kind = TOC_MESSAGE_WANT,
        .as.want = {.log = {.publisher = "leeds", .stream = "framework", .generation = 1},
                    .from_sequence = from,
                    .credit = TOC_CREDIT_MAX}};
}

static void connect(void)
{
    const uint8_t *const key = toc_fixture_group_keys(group, "york")->curve_public.bytes;
    const struct toc_message hello = a_hello();

    toc_engine_begin(hub);
    ck_assert_int_eq(toc_engine_link_accept(hub, LINK, key), TOC_OK);
    tick(&hello);
    ck_assert_uint_ne(got.stamp, 0);
}

/* ---- who does not read ---- */

START_TEST(from_the_beginning_again_and_again)
{
    const struct toc_message want = a_want(1);

    connect();
    for (int i = 0; i < 500; i++) {
        tick(&want);
    }
    ck_assert_uint_gt(got.batches, 0);
    ck_assert_uint_lt(got.bytes, DEAF_MAX);
}
END_TEST

START_TEST(every_word_but_the_stamp)
{
    const struct toc_message hello = a_hello();
    struct toc_message want = a_want(1);

    connect();
    for (unsigned i = 0; i < 200; i++) {
        want.as.want.more = i % 3 == 0;
        want.as.want.wraps_held = i % 2 == 0 ? 0 : 99;
        want.as.want.from_sequence = 1 + i;
        want.seen = i % 5 == 0 ? 0 : UINT64_MAX / (i + 1); /* a guess */
        tick(&want);
        if (i % 20 == 0) {
            tick(&hello);
        }
    }
    ck_assert_uint_lt(got.bytes, DEAF_MAX + 10 * 4096);
    ck_assert_uint_lt(got.batches, 5);
}
END_TEST

/* What was read once is no word about what came later. */
START_TEST(a_stamp_counts_once)
{
    struct toc_message want = a_want(1);

    connect();
    tick(&want);
    want.seen = got.stamp;
    const size_t before = got.bytes;
    for (int i = 0; i < 200; i++) {
        tick(&want);
    }
    ck_assert_uint_gt(got.bytes, before);
    ck_assert_uint_lt(got.bytes, before + (size_t)2 * TOC_CREDIT_FIRST + DEAF_MAX);
}
END_TEST

START_TEST(hellos_are_not_answered_with_lists_for_ever)
{
    const struct toc_message hello = a_hello();
    const size_t hellos = TOC_UNREAD_MAX / 256; /* more than the window holds, each with a list */
    size_t before;

    connect();
    tick(NULL);
    before = got.bytes;
    tick(&hello);
    const size_t one = got.bytes - before; /* a hello, and all that there is to list */
    for (size_t i = 0; i < hellos; i++) {
        tick(&hello);
    }
    before = got.bytes;
    tick(&hello);
    ck_assert_uint_lt(got.bytes - before, one); /* a hello alone */
    ck_assert_uint_lt(got.bytes, TOC_UNREAD_MAX + one + (hellos + 1) * 200);
    /* Who reads it after all is listed everything. */
    struct toc_message seen = {.kind = TOC_MESSAGE_HAVE, .seen = got.stamp};
    before = got.bytes;
    tick(&seen);
    ck_assert_uint_ge(got.bytes - before, one - 200);
}
END_TEST

/* As one that opens a fifth connection, so that the first is dropped and still there: its window
 * does not begin anew for ever. */
START_TEST(one_connection_after_the_other)
{
    struct toc_message want = a_want(1);
    size_t before;

    for (int i = 0; i < 400; i++) {
        connect();
        tick(&want);
        toc_engine_begin(hub);
        toc_engine_link_gone(hub, LINK);
    }
    ck_assert_uint_gt(got.bytes, TOC_PARTED_MAX);
    ck_assert_uint_lt(got.bytes, TOC_PARTED_MAX + DEAF_MAX + (size_t)400 * 4096);
    /* Its other connections wait as well, and go on when it is forgotten. */
    connect();
    tick(&want);
    toc_fixture_group_advance(group, TOC_PARTED_MS / 2);
    before = got.batches;
    want = (struct toc_message){.kind = TOC_MESSAGE_HAVE};
    tick(&want);
    ck_assert_uint_gt(got.batches, before);
}
END_TEST

/* ---- who reads ---- */

START_TEST(a_reader_gets_everything)
{
    struct toc_message want = a_want(1);
    size_t most = 0;

    connect();
    want.seen = got.stamp;
    tick(&want);
    while (got.next <= SUBMISSIONS * RECORDS) {
        const size_t before = got.bytes;
        struct toc_message more = a_want(1);
        more.seen = got.stamp;
        more.as.want.more = true;
        tick(&more);
        most = got.bytes - before > most ? got.bytes - before : most;
        ck_assert_msg(got.bytes > before, "it stands still at %llu", (unsigned long long)got.next);
    }
    ck_assert_uint_eq(got.batches, SUBMISSIONS);
    ck_assert_uint_ge(got.bytes, log_bytes);
    ck_assert_uint_lt(most, TOC_UNREAD_MAX + TOC_BATCH_LEN_MAX + 8192);
    ck_assert_uint_gt(most, TOC_TICK_BYTES_MAX);
}
END_TEST

/* Its socket was full, and frames were lost on the way to it: none of their stamps comes back. */
START_TEST(what_was_lost_does_not_stop_it)
{
    struct toc_message want = a_want(1);
    struct toc_message hello = a_hello();

    connect();
    const uint64_t read = got.stamp;
    tick(&want);
    toc_engine_link_blocked(hub, LINK);
    got.stamp = 0;
    want.seen = read;
    tick(&want); /* it speaks: both begin anew */
    ck_assert_uint_ne(got.stamp, 0);
    hello.as.hello.answer = true;
    hello.seen = got.stamp;
    tick(&hello);
    got.batches = 0;
    got.next = 0;
    for (int i = 0; i < 100 && got.next <= SUBMISSIONS * RECORDS; i++) {
        want.seen = got.stamp;
        tick(&want);
        want.as.want.more = true;
    }
    ck_assert_uint_eq(got.next, SUBMISSIONS * RECORDS + 1);
    ck_assert_uint_eq(got.batches, SUBMISSIONS);
}
END_TEST

/* Another connection begins with a window of its own, and with none of the old one's stamps. */
START_TEST(a_new_connection_begins_anew)
{
    struct toc_message want = a_want(1);

    connect();
    tick(&want);
    const uint64_t old = got.stamp;
    toc_engine_begin(hub);
    toc_engine_link_gone(hub, LINK);
    memset(&got, 0, sizeof(got));
    connect();
    want.seen = old;
    for (int i = 0; i < 10; i++) {
        tick(&want);
    }
    ck_assert_uint_gt(got.batches, 0);
    ck_assert_uint_lt(got.bytes, DEAF_MAX);
}
END_TEST

/* The same on the other side: a daemon says each stamp back in the tick in which it read it. */
START_TEST(a_daemon_says_what_it_has_read)
{
    struct toc_session *session = NULL;

    for (size_t i = 0; i < hub->sessions_len; i++) {
        if (strcmp(hub->sessions[i].member, "york") == 0) {
            session = &hub->sessions[i];
        }
    }
    ck_assert_ptr_nonnull(session);
    ck_assert_uint_gt(session->flow.given, log_bytes);
    ck_assert_uint_lt(toc_flow_unread(&session->flow), TOC_FLOW_STAMP_BYTES);
    ck_assert_uint_eq(session->flow.marks_len, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine deaf");
    TCase *tcase = tcase_create("deaf");

    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, from_the_beginning_again_and_again);
    tcase_add_test(tcase, every_word_but_the_stamp);
    tcase_add_test(tcase, a_stamp_counts_once);
    tcase_add_test(tcase, hellos_are_not_answered_with_lists_for_ever);
    tcase_add_test(tcase, one_connection_after_the_other);
    tcase_add_test(tcase, a_reader_gets_everything);
    tcase_add_test(tcase, what_was_lost_does_not_stop_it);
    tcase_add_test(tcase, a_new_connection_begins_anew);
    tcase_add_test(tcase, a_daemon_says_what_it_has_read);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
