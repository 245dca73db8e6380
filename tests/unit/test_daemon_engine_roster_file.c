/* A roster file taken by a daemon that holds rosters: what is held is passed over, what is new is
 * adopted, and what contradicts is found. */
#include "ensure.h"
#include "fixture_group.h"
#include "runner.h"

#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define HELD 3 /* versions */

static struct toc_fixture_group *group;
static struct toc_fixture_daemon leeds;
static struct toc_buf file;
static struct toc_buf other; /* its second and third version are others, as validly signed */
static struct toc_why why;

static uint64_t sign(int64_t days)
{
    toc_fixture_group_expires(group, toc_fixture_group_wall(group) + days * DAY_MS, 30);
    return toc_fixture_group_sign(group);
}

/* A file of these versions, to be changed. */
static void make_file(struct toc_buf *ret_file, uint64_t version)
{
    toc_buf_clear(ret_file);
    ck_assert_int_eq(toc_buf_append(ret_file, toc_fixture_group_file(group, version)), TOC_OK);
}

static void set_up(void)
{
    struct toc_hash first;

    group = toc_fixture_group_new(21);
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_buf_init(&file, TOC_ROSTER_FILE_MAX);
    toc_buf_init(&other, TOC_ROSTER_FILE_MAX);
    ck_assert_uint_eq(sign(101), 1);
    first = toc_fixture_group_draft(group)->previous;
    (void)sign(300);
    make_file(&other, sign(301));
    toc_fixture_group_draft(group)->version = 1;
    toc_fixture_group_draft(group)->previous = first;
    ck_assert_uint_eq(sign(102), 2);
    ck_assert_uint_eq(sign(103), HELD);
    toc_fixture_daemon_start(group, "leeds", &leeds);
}

static void tear_down(void)
{
    toc_buf_done(&file);
    toc_buf_done(&other);
    toc_fixture_daemon_stop(&leeds);
    toc_fixture_group_free(&group);
}

static enum toc_result take(size_t len)
{
    enum toc_result result;
    enum toc_result finished;

    why.text[0] = '\0';
    toc_engine_begin(leeds.engine);
    result = toc_engine_configure(leeds.engine, &leeds.conf, toc_bytes_of(file.data, len), &why);
    finished = toc_engine_finish(leeds.engine, &why);
    ck_assert_int_eq(finished, TOC_OK);
    return result;
}

static void holds(uint64_t version)
{
    TOC_AUTO(toc_buf_done) struct toc_buf held = {0};

    toc_buf_init(&held, TOC_ROSTER_FILE_MAX);
    ck_assert_int_eq(toc_engine_roster_file(leeds.engine, &held), TOC_OK);
    ck_assert(toc_bytes_equal(toc_buf_bytes(&held), toc_fixture_group_file(group, version)));
}

/* The newest names the hash of the one before, and so on: a start does not read hundreds. That
 * nothing else is read shows by a damaged one, whose place in the store is not touched. */
START_TEST(what_is_held_is_passed_over)
{
    make_file(&file, HELD);
    ck_assert_int_eq(take(file.len), TOC_OK);
    file.data[strlen(TOC_ROSTER_FILE_MAGIC) + 4 + 40] ^= 1;
    ck_assert_int_eq(take(file.len), TOC_OK);
    holds(HELD);
    make_file(&file, HELD - 1);
    ck_assert_int_eq(take(file.len), TOC_OK);
    holds(HELD);
}
END_TEST

START_TEST(what_follows_is_adopted)
{
    make_file(&file, sign(200));
    ck_assert_int_eq(take(file.len), TOC_OK);
    holds(HELD + 1);
    (void)sign(201);
    make_file(&file, sign(202));
    ck_assert_int_eq(take(file.len), TOC_OK);
    holds(HELD + 3);
    toc_fixture_daemon_restart(group, &leeds);
    holds(HELD + 3);
}
END_TEST

START_TEST(a_cut_file_is_refused)
{
    const size_t held = toc_fixture_group_file(group, HELD).len;

    make_file(&file, sign(200));
    for (size_t len = strlen(TOC_ROSTER_FILE_MAGIC); len < file.len; len++) {
        const bool whole = len == held || len == toc_fixture_group_file(group, 1).len ||
                           len == toc_fixture_group_file(group, 2).len ||
                           len == strlen(TOC_ROSTER_FILE_MAGIC);
        ck_assert_int_eq(take(len), whole ? TOC_OK : TOC_MALFORMED);
    }
    holds(HELD);
}
END_TEST

/* Signed by the same signer: evidence, also where the file goes on behind it. */
START_TEST(another_roster_of_a_held_version)
{
    struct toc_bytes rest;
    struct toc_bytes item;

    ck_assert_int_eq(toc_buf_append(&file, toc_buf_bytes(&other)), TOC_OK);
    ck_assert_int_eq(take(file.len), TOC_CONFLICT);
    ck_assert_ptr_nonnull(strstr(why.text, "version 2"));
    ck_assert_int_eq(toc_roster_file_begin(toc_buf_bytes(&file), &rest, &why), TOC_OK);
    ck_assert_int_eq(toc_list_next(&rest, TOC_ROSTER_LEN_MAX, &item), TOC_OK);
    ck_assert_int_eq(take(file.len - rest.len), TOC_OK); /* they begin alike */
    ck_assert_int_eq(toc_list_next(&rest, TOC_ROSTER_LEN_MAX, &item), TOC_OK);
    ck_assert_int_eq(take(file.len - rest.len), TOC_CONFLICT);
    holds(HELD);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon_engine_roster_file");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, what_is_held_is_passed_over);
    tcase_add_test(all, what_follows_is_adopted);
    tcase_add_test(all, a_cut_file_is_refused);
    tcase_add_test(all, another_roster_of_a_held_version);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
