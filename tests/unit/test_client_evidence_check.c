/* What proves that somebody tells two stories, and what does not. */
#include "batch.h"
#include "evidence_check.h"
#include "fixture_group.h"
#include "runner.h"

#include <string.h>

static struct toc_fixture_group *group;
static struct toc_roster_file *rosters;
static struct toc_arena *arena;
static struct toc_why why;
static struct toc_contradiction found;
static struct toc_hash start;

static const struct toc_log_id log_id = {
    .publisher = "leeds", .stream = "framework", .generation = 1};

static void setup(void)
{
    memset(&why, 0, sizeof why);
    group = toc_fixture_group_new(1);
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    ck_assert_uint_eq(toc_fixture_group_sign(group), 1);
    ck_assert_int_eq(toc_arena_new((size_t)8 << 20, &arena), TOC_OK);
    ck_assert_int_eq(toc_roster_file_new(&rosters, &why), TOC_OK);
    ck_assert_int_eq(toc_roster_file_add(rosters, toc_fixture_group_roster(group, 1), &why),
                     TOC_OK);
    start = toc_head_start(toc_roster_chain_group(toc_roster_file_chain(rosters)), &log_id);
}

static void teardown(void)
{
    toc_arena_free(&arena);
    toc_roster_file_free(&rosters);
    toc_fixture_group_free(&group);
}

static struct toc_batch_header header_at(uint64_t first, uint32_t count,
                                         const struct toc_hash *previous)
{
    return (struct toc_batch_header){
        .group = *toc_roster_chain_group(toc_roster_file_chain(rosters)),
        .log = log_id,
        .roster_version = 1,
        .first_sequence = first,
        .count = count,
        .previous_head = *previous,
        .time_ms = toc_fixture_group_wall(group),
        .epoch = 1,
    };
}

static struct toc_bytes made(const struct toc_batch_header *header, const char *signer,
                             const char *words, struct toc_hash *ret_head)
{
    const struct toc_epoch_key key = {{1}};
    struct toc_batch batch;
    struct toc_buf plain;
    toc_buf_init(&plain, 1024);
    for (uint32_t i = 0; i < header->count; i++) {
        ck_assert_int_eq(toc_list_append(&plain, toc_bytes_text(words)), TOC_OK);
    }
    ck_assert_int_eq(toc_batch_make(arena, header, &key,
                                    &toc_fixture_group_keys(group, signer)->sign_secret,
                                    toc_buf_bytes(&plain), &batch, ret_head),
                     TOC_OK);
    toc_buf_done(&plain);
    return batch.bytes;
}

/* By leeds, at [first, first + count) behind `previous`. */
static struct toc_bytes batch(uint64_t first, uint32_t count, const struct toc_hash *previous,
                              const char *words, struct toc_hash *ret_head)
{
    const struct toc_batch_header header = header_at(first, count, previous);
    return made(&header, "leeds", words, ret_head);
}

static struct toc_bytes statement(enum toc_statement_kind kind, const char *author, uint64_t next,
                                  const struct toc_hash *head)
{
    struct toc_statement said = {
        .kind = kind,
        .group = *toc_roster_chain_group(toc_roster_file_chain(rosters)),
        .log = log_id,
        .next_sequence = next,
        .head = *head,
        .roster_version = 1,
        .time_ms = toc_fixture_group_wall(group),
    };
    struct toc_bytes bytes;
    memcpy(said.author, author, strlen(author) + 1);
    ck_assert_int_eq(toc_statement_make(
                         arena, &said, &toc_fixture_group_keys(group, author)->sign_secret, &bytes),
                     TOC_OK);
    return bytes;
}

static enum toc_result check(struct toc_bytes one, struct toc_bytes other)
{
    memset(&why, 0, sizeof why);
    memset(&found, 0, sizeof found);
    const enum toc_result result = toc_evidence_check(rosters, one, other, &found, &why);
    ck_assert(result == TOC_OK || why.text[0] != '\0');
    return result;
}

/* Either way round: whoever keeps a pair need not know the order. */
static void proves(struct toc_bytes one, struct toc_bytes other, enum toc_contradiction_kind kind,
                   const char *member, uint64_t sequence)
{
    char text[TOC_CONTRADICTION_TEXT_MAX];
    for (int turn = 0; turn < 2; turn++) {
        ck_assert_int_eq(turn == 0 ? check(one, other) : check(other, one), TOC_OK);
        ck_assert_int_eq(found.kind, kind);
        ck_assert_str_eq(found.member, member);
        ck_assert_uint_eq(found.sequence, sequence);
        toc_contradiction_text(&found, text);
        ck_assert_ptr_nonnull(strstr(text, member));
    }
}

static void proves_nothing(struct toc_bytes one, struct toc_bytes other, enum toc_result result)
{
    ck_assert_int_eq(check(one, other), result);
    ck_assert_int_eq(check(other, one), result);
}

static const struct toc_bytes nothing = {NULL, 0};

START_TEST(two_batches)
{
    struct toc_hash after, elsewhere, head;
    const struct toc_bytes one = batch(1, 3, &start, "one", &after);
    const struct toc_bytes other = batch(1, 3, &start, "other", &elsewhere);
    proves(one, other, TOC_TWO_BATCHES, "leeds", 1);
    ck_assert_str_eq(toc_contradiction_name(found.kind), "two_batches");
    proves(one, batch(3, 1, &elsewhere, "inside", &head), TOC_TWO_BATCHES, "leeds", 3);
    proves(one, batch(4, 1, &elsewhere, "behind another", &head), TOC_TWO_BATCHES, "leeds", 4);
    proves_nothing(one, batch(4, 1, &after, "behind it", &head), TOC_INVALID);
    proves_nothing(one, batch(5, 1, &elsewhere, "far from it", &head), TOC_INVALID);
    proves_nothing(one, one, TOC_INVALID);
}
END_TEST

START_TEST(a_batch_that_begins_nowhere)
{
    struct toc_hash head;
    struct toc_hash other = start;
    other.bytes[0] ^= 1;
    proves(nothing, batch(1, 1, &other, "x", &head), TOC_NO_BEGINNING, "leeds", 1);
    proves_nothing(nothing, batch(1, 1, &start, "x", &head), TOC_INVALID);
    proves_nothing(nothing, batch(2, 1, &other, "x", &head), TOC_INVALID);
    proves(nothing, statement(TOC_HEARTBEAT, "leeds", 1, &other), TOC_NO_BEGINNING, "leeds", 1);
    proves(nothing, statement(TOC_RECEIPT, "spg", 1, &other), TOC_OTHER_RECEIPT, "spg", 1);
    proves_nothing(nothing, nothing, TOC_MALFORMED);
}
END_TEST

START_TEST(statements_and_batches)
{
    struct toc_hash after;
    struct toc_hash other = start;
    const struct toc_bytes one = batch(1, 3, &start, "one", &after);
    other.bytes[0] ^= 1;
    for (uint64_t next = 1; next <= 4; next++) {
        proves(one, statement(TOC_HEARTBEAT, "leeds", next, &other), TOC_HEARTBEAT_AND_BATCH,
               "leeds", next);
        proves(one, statement(TOC_RECEIPT, "spg", next, &other), TOC_OTHER_RECEIPT, "spg", next);
    }
    proves_nothing(one, statement(TOC_HEARTBEAT, "leeds", 1, &start), TOC_INVALID);
    proves_nothing(one, statement(TOC_HEARTBEAT, "leeds", 4, &after), TOC_INVALID);
    proves_nothing(one, statement(TOC_RECEIPT, "spg", 5, &other), TOC_INVALID);
    /* In the middle of a batch no head is right. */
    proves(one, statement(TOC_RECEIPT, "spg", 2, &after), TOC_OTHER_RECEIPT, "spg", 2);
    /* A closing is no word of its publisher. */
    proves_nothing(one, statement(TOC_CLOSING, "spg", 4, &other), TOC_INVALID);
}
END_TEST

START_TEST(two_heartbeats)
{
    struct toc_hash other = start;
    other.bytes[0] ^= 1;
    const struct toc_bytes one = statement(TOC_HEARTBEAT, "leeds", 9, &start);
    proves(one, statement(TOC_HEARTBEAT, "leeds", 9, &other), TOC_TWO_HEARTBEATS, "leeds", 9);
    proves_nothing(one, statement(TOC_HEARTBEAT, "leeds", 8, &other), TOC_INVALID);
    proves_nothing(one, statement(TOC_RECEIPT, "leeds", 9, &other), TOC_INVALID);
    proves_nothing(one, one, TOC_INVALID);
}
END_TEST

START_TEST(not_of_one_log)
{
    struct toc_hash head;
    struct toc_batch_header header = header_at(1, 1, &start);
    const struct toc_bytes one = made(&header, "leeds", "one", &head);
    header.log.generation = 2;
    header.abandons_len = 1;
    header.abandons[0] =
        (struct toc_abandoned){.generation = 1, .next_sequence = 1, .head = start, .stands = true};
    header.opens_epoch = true;
    proves_nothing(one, made(&header, "leeds", "other", &head), TOC_INVALID);
    proves_nothing(one, toc_fixture_group_roster(group, 1), TOC_INVALID);
}
END_TEST

START_TEST(every_bit_is_signed)
{
    struct toc_hash head;
    const struct toc_bytes one = batch(1, 1, &start, "one", &head);
    const struct toc_bytes other = batch(1, 1, &start, "other", &head);
    uint8_t copy[1024];
    ck_assert_uint_lt(other.len, sizeof copy);
    memcpy(copy, other.data, other.len);
    for (size_t i = 0; i < other.len; i++) {
        copy[i] ^= 2;
        ck_assert_msg(check(one, toc_bytes_of(copy, other.len)) != TOC_OK, "byte %zu", i);
        copy[i] ^= 2;
    }
    ck_assert_int_eq(check(one, toc_bytes_of(copy, other.len - 1)), TOC_MALFORMED);
    const struct toc_batch_header header = header_at(1, 1, &start);
    proves_nothing(one, made(&header, "spg", "signed by another", &head), TOC_BADSIG);
}
END_TEST

START_TEST(of_another_group_or_roster)
{
    struct toc_hash head;
    struct toc_batch_header header = header_at(1, 1, &start);
    const struct toc_bytes one = made(&header, "leeds", "one", &head);
    header.group.bytes[0] ^= 1;
    proves_nothing(one, made(&header, "leeds", "other", &head), TOC_BADSIG);
    header = header_at(1, 1, &start);
    header.roster_version = 2;
    proves_nothing(one, made(&header, "leeds", "other", &head), TOC_BADSIG);
}
END_TEST

/* That two are found out is test_liars.py's to show: nobody here can sign a second one. */
START_TEST(rosters_that_agree)
{
    toc_fixture_group_remove(group, "leeds");
    ck_assert_uint_eq(toc_fixture_group_sign(group), 2);
    const struct toc_bytes second = toc_fixture_group_roster(group, 2);
    /* A version that is not among the verified ones is not adopted on the way. */
    proves_nothing(second, second, TOC_INVALID);
    ck_assert_uint_eq(toc_roster_chain_version(toc_roster_file_chain(rosters)), 1);
    ck_assert_int_eq(toc_roster_file_add(rosters, second, &why), TOC_OK);
    proves_nothing(second, second, TOC_INVALID);
    proves_nothing(toc_fixture_group_roster(group, 1), second, TOC_INVALID);
    proves_nothing(second, nothing, TOC_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_evidence_check");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, two_batches);
    tcase_add_test(all, a_batch_that_begins_nowhere);
    tcase_add_test(all, statements_and_batches);
    tcase_add_test(all, two_heartbeats);
    tcase_add_test(all, not_of_one_log);
    tcase_add_test(all, every_bit_is_signed);
    tcase_add_test(all, of_another_group_or_roster);
    tcase_add_test(all, rosters_that_agree);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
