#include "net_queue.h"
#include "runner.h"

#include <string.h>

static struct toc_net_inbox inboxes[3];
static struct toc_net_queue queue;
static struct toc_net_held held;

static void set_up(void)
{
    ck_assert_int_eq(toc_net_held_init(&held), TOC_OK);
    queue = (struct toc_net_queue){NULL, NULL};
    for (toc_link i = 0; i < 3; i++) {
        inboxes[i] = (struct toc_net_inbox){.link = i + 1};
    }
}

static void tear_down(void)
{
    while (queue.first != NULL) {
        toc_net_queue_forget(&queue, queue.first);
    }
    toc_net_held_done(&held);
}

/* `len` bytes, of which the first two say which. */
static enum toc_result add(struct toc_net_inbox *inbox, uint16_t which, size_t len)
{
    zmq_msg_t frame;

    ck_assert_int_eq(zmq_msg_init_size(&frame, len), 0);
    memset(zmq_msg_data(&frame), 7, len);
    memcpy(zmq_msg_data(&frame), &which, sizeof which);
    return toc_net_queue_add(&queue, inbox, &frame);
}

static void next_is(const struct toc_net_inbox *inbox, uint16_t which)
{
    toc_link whose = 0;
    struct toc_bytes frame;
    uint16_t got;

    ck_assert_int_eq(toc_net_queue_take(&queue, &held, &frame, &whose), TOC_OK);
    memcpy(&got, frame.data, sizeof got);
    ck_assert_uint_eq(got, which);
    ck_assert_uint_eq(whose, inbox->link);
}

static void nothing_waits(void)
{
    toc_link whose = 0;
    struct toc_bytes frame;

    ck_assert_int_eq(toc_net_queue_take(&queue, &held, &frame, &whose), TOC_AGAIN);
    ck_assert_uint_eq(whose, 0);
}

START_TEST(each_connection_has_its_turn_and_keeps_its_order)
{
    struct toc_net_inbox *one = &inboxes[0];
    struct toc_net_inbox *two = &inboxes[1];

    nothing_waits();
    for (uint16_t i = 0; i < 4; i++) {
        ck_assert_int_eq(add(one, i, 20), TOC_OK);
    }
    ck_assert_int_eq(add(two, 100, 2000), TOC_OK);
    next_is(one, 0);
    next_is(two, 100);
    next_is(one, 1);
    ck_assert_int_eq(add(two, 101, 20), TOC_OK);
    next_is(one, 2);
    next_is(two, 101);
    next_is(one, 3);
    nothing_waits();
    ck_assert_uint_eq(held.len, 6);
    ck_assert_uint_eq(one->len + one->bytes, 0);
}
END_TEST

START_TEST(a_connection_has_so_many_bytes)
{
    struct toc_net_inbox *one = &inboxes[0];
    struct toc_net_inbox *two = &inboxes[1];
    const size_t half = TOC_NET_WAITING_BYTES_MAX / 2;

    ck_assert_int_eq(add(one, 0, half), TOC_OK);
    ck_assert_int_eq(add(one, 1, half + 1), TOC_TOOBIG);
    ck_assert_int_eq(add(one, 2, half), TOC_OK); /* the edge */
    ck_assert_int_eq(add(one, 3, 2), TOC_TOOBIG);
    ck_assert_int_eq(add(two, 4, half), TOC_OK); /* another's are counted apart */
    next_is(one, 0);
    ck_assert_int_eq(add(one, 5, half), TOC_OK);
    next_is(two, 4);
    next_is(one, 2);
    next_is(one, 5);
    nothing_waits();
}
END_TEST

START_TEST(a_connection_has_so_many_frames)
{
    struct toc_net_inbox *one = &inboxes[0];

    for (unsigned i = 0; i < TOC_NET_WAITING_FRAMES_MAX; i++) {
        ck_assert_int_eq(add(one, (uint16_t)i, 2), TOC_OK);
    }
    ck_assert_int_eq(add(one, 9, 2), TOC_TOOBIG);
    next_is(one, 0);
    ck_assert_int_eq(add(one, 9, 2), TOC_OK);
}
END_TEST

START_TEST(what_is_held_has_a_limit_and_nothing_is_lost)
{
    struct toc_net_inbox *one = &inboxes[0];
    toc_link whose = 0;
    struct toc_bytes frame;
    uint16_t next = 0;

    while (toc_net_held_has_room(&held, 1)) {
        ck_assert_int_eq(add(one, next, 4), TOC_OK);
        next_is(one, next++);
    }
    ck_assert_uint_eq(held.len, TOC_NET_HELD_MAX);
    ck_assert_int_eq(add(one, next, 4), TOC_OK);
    ck_assert_int_eq(toc_net_queue_take(&queue, &held, &frame, &whose), TOC_AGAIN);
    toc_net_held_release(&held, 0);
    next_is(one, next);
}
END_TEST

START_TEST(a_connection_that_goes_takes_its_frames_with_it)
{
    for (size_t gone = 0; gone < 3; gone++) {
        for (uint16_t i = 0; i < 3; i++) {
            ck_assert_int_eq(add(&inboxes[i], i, 10), TOC_OK);
            ck_assert_int_eq(add(&inboxes[i], (uint16_t)(10 + i), 10), TOC_OK);
        }
        toc_net_queue_forget(&queue, &inboxes[gone]);
        toc_net_queue_forget(&queue, &inboxes[gone]); /* has none any more */
        for (uint16_t i = 0; i < 6; i++) {
            if (i % 3 != gone) {
                next_is(&inboxes[i % 3], i < 3 ? i : (uint16_t)(10 + i % 3));
            }
        }
        nothing_waits();
        ck_assert_int_eq(add(&inboxes[gone], 5, 10), TOC_OK);
        next_is(&inboxes[gone], 5);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net_queue");
    TCase *tcase = tcase_create("net_queue");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, each_connection_has_its_turn_and_keeps_its_order);
    tcase_add_test(tcase, a_connection_has_so_many_bytes);
    tcase_add_test(tcase, a_connection_has_so_many_frames);
    tcase_add_test(tcase, what_is_held_has_a_limit_and_nothing_is_lost);
    tcase_add_test(tcase, a_connection_that_goes_takes_its_frames_with_it);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
