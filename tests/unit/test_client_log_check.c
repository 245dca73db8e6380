#include "fixture_group.h"
#include "log_check.h"
#include "runner.h"
#include <string.h>

/* A group of a hub and a council; the council's log is made by hand, batch by batch. */
static struct toc_fixture_group *group;
static struct toc_log_check *check;
static struct toc_arena *arena;
static struct toc_epoch_key key = {{1}};
static struct toc_chain chain;
static struct toc_why why;

static const struct toc_log_id log_id = {
    .publisher = "leeds", .stream = "framework", .generation = 1};

static void take_roster(uint64_t version)
{
    ck_assert_int_eq(toc_log_check_roster(check, toc_fixture_group_roster(group, version), &why),
                     TOC_OK);
}

static void setup(void)
{
    memset(&why, 0, sizeof why);
    group = toc_fixture_group_new(1);
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    ck_assert_uint_eq(toc_fixture_group_sign(group), 1);
    ck_assert_int_eq(toc_log_check_new(&check, &why), TOC_OK);
    ck_assert_int_eq(toc_arena_new((size_t)4 << 20, &arena), TOC_OK);
    ck_assert_ptr_null(toc_log_check_group(check));
    take_roster(1);
    chain = (struct toc_chain){.next_sequence = 1,
                               .head = toc_head_start(toc_log_check_group(check), &log_id)};
}

static void teardown(void)
{
    toc_arena_free(&arena);
    toc_log_check_free(&check);
    toc_log_check_free(&check);
    toc_fixture_group_free(&group);
}

static void open_epoch(struct toc_batch_header *header)
{
    header->opens_epoch = true;
    header->commitment = toc_commitment(&header->group, &header->log, 1, &key);
    header->audience_hash = toc_roster_audience_hash(toc_fixture_group_draft(group), &header->group,
                                                     header->log.publisher, header->log.stream);
}

/* What follows on the chain, as an honest publisher would make it. */
static struct toc_batch_header next_header(void)
{
    struct toc_batch_header header = {
        .group = *toc_log_check_group(check),
        .log = log_id,
        .roster_version = 1,
        .first_sequence = chain.next_sequence,
        .count = 1,
        .previous_head = chain.head,
        .time_ms = toc_fixture_group_wall(group),
        .epoch = 1,
    };
    if (chain.epoch == 0) {
        open_epoch(&header);
    }
    return header;
}

static struct toc_bytes make(const struct toc_batch_header *header, const char *signer)
{
    struct toc_buf plain;
    struct toc_batch batch;
    struct toc_hash head;
    toc_buf_init(&plain, 1024);
    for (uint32_t i = 0; i < header->count; i++) {
        ck_assert_int_eq(toc_list_append(&plain, toc_bytes_text("record")), TOC_OK);
    }
    ck_assert_int_eq(toc_batch_make(arena, header, &key,
                                    &toc_fixture_group_keys(group, signer)->sign_secret,
                                    toc_buf_bytes(&plain), &batch, &head),
                     TOC_OK);
    toc_buf_done(&plain);
    return batch.bytes;
}

static enum toc_result take(struct toc_bytes batch)
{
    memset(&why, 0, sizeof why);
    const enum toc_result result = toc_log_check_batch(check, batch, &why);
    if (result == TOC_OK) {
        size_t len;
        chain = toc_log_check_logs(check, &len)[len - 1].chain;
    } else {
        ck_assert_str_ne(why.text, "");
    }
    return result;
}

static enum toc_result take_next(void)
{
    const struct toc_batch_header header = next_header();
    return take(make(&header, "leeds"));
}

START_TEST(a_log_is_followed_to_its_head)
{
    size_t len;
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(take_next(), TOC_OK);
    }
    const struct toc_checked_log *const logs = toc_log_check_logs(check, &len);
    ck_assert_uint_eq(len, 1);
    ck_assert_uint_eq(logs[0].chain.next_sequence, 6);
    ck_assert_uint_eq(logs[0].batches, 5);
    ck_assert_int_eq(toc_log_id_compare(&logs[0].log, &log_id), 0);
}
END_TEST

START_TEST(a_missing_batch_is_noticed)
{
    size_t len;
    struct toc_batch_header header = next_header();
    header.first_sequence = 2;
    ck_assert_int_eq(take(make(&header, "leeds")), TOC_BADSIG);
    (void)toc_log_check_logs(check, &len);
    ck_assert_uint_eq(len, 0); /* no log began with it */
    ck_assert_int_eq(take_next(), TOC_OK);
    header = next_header();
    header.first_sequence++;
    ck_assert_int_eq(take(make(&header, "leeds")), TOC_BADSIG);
    ck_assert_int_eq(take_next(), TOC_OK);
}
END_TEST

START_TEST(another_history_is_a_conflict)
{
    ck_assert_int_eq(take_next(), TOC_OK);
    struct toc_batch_header header = next_header();
    header.previous_head.bytes[0] ^= 1;
    ck_assert_int_eq(take(make(&header, "leeds")), TOC_CONFLICT);
    header = next_header();
    header.first_sequence = 1;
    ck_assert_int_eq(take(make(&header, "leeds")), TOC_CONFLICT);
}
END_TEST

START_TEST(a_changed_batch_does_not_verify)
{
    const struct toc_batch_header header = next_header();
    const struct toc_bytes batch = make(&header, "leeds");
    uint8_t copy[4096];
    ck_assert_uint_lt(batch.len, sizeof copy);
    memcpy(copy, batch.data, batch.len);
    for (size_t i = 0; i < batch.len; i++) {
        copy[i] ^= 2;
        ck_assert_msg(take(toc_bytes_of(copy, batch.len)) != TOC_OK, "byte %zu", i);
        copy[i] ^= 2;
    }
    ck_assert_int_eq(take(toc_bytes_of(copy, batch.len - 1)), TOC_MALFORMED);
    ck_assert_int_ne(take(toc_bytes_of(NULL, 0)), TOC_OK);
    ck_assert_int_eq(take(batch), TOC_OK);
}
END_TEST

START_TEST(who_may_not_publish_has_not)
{
    struct toc_batch_header header = next_header();
    ck_assert_int_eq(take(make(&header, "spg")), TOC_BADSIG); /* signed by another */
    memcpy(header.log.publisher, "spg", 4);
    header.previous_head = toc_head_start(&header.group, &header.log);
    header.commitment = toc_commitment(&header.group, &header.log, 1, &key);
    ck_assert_int_eq(take(make(&header, "spg")), TOC_BADSIG); /* a hub publishes no frameworks */
    memcpy(header.log.publisher, "hull", 5);
    header.previous_head = toc_head_start(&header.group, &header.log);
    ck_assert_int_eq(take(make(&header, "spg")), TOC_BADSIG); /* no member */
}
END_TEST

START_TEST(another_group_is_refused)
{
    struct toc_batch_header header = next_header();
    header.group.bytes[0] ^= 1;
    ck_assert_int_eq(take(make(&header, "leeds")), TOC_BADSIG);
}
END_TEST

START_TEST(the_roster_it_names_must_be_there)
{
    ck_assert_int_eq(take_next(), TOC_OK);
    toc_fixture_group_rekey(group, "leeds");
    ck_assert_uint_eq(toc_fixture_group_sign(group), 2);
    struct toc_batch_header header = next_header();
    header.roster_version = 2;
    const struct toc_bytes batch = make(&header, "leeds");
    ck_assert_int_eq(take(batch), TOC_BADSIG);
    take_roster(2);
    ck_assert_int_eq(take(batch), TOC_OK);
    header = next_header();
    header.roster_version = 1; /* never falls along a log */
    ck_assert_int_eq(take(make(&header, "leeds")), TOC_BADSIG);
}
END_TEST

START_TEST(an_epoch_for_others_is_refused)
{
    struct toc_batch_header header = next_header();
    header.audience_hash.bytes[0] ^= 1;
    ck_assert_int_eq(take(make(&header, "leeds")), TOC_BADSIG);
    ck_assert_ptr_nonnull(strstr(why.text, "for others"));
    ck_assert_int_eq(take_next(), TOC_OK);
}
END_TEST

START_TEST(a_later_generation_goes_on_from_what_stands)
{
    ck_assert_int_eq(take_next(), TOC_OK);
    const struct toc_chain first = chain;
    struct toc_batch_header header = next_header();
    header.log.generation = 2;
    open_epoch(&header);
    header.abandons_len = 1;
    header.abandons[0] = (struct toc_abandoned){
        .generation = 1, .next_sequence = 2, .head = first.head, .stands = true};
    struct toc_batch_header forged = header;
    forged.abandons[0].head.bytes[0] ^= 1;
    forged.previous_head = forged.abandons[0].head;
    ck_assert_int_eq(take(make(&forged, "leeds")), TOC_CONFLICT);
    ck_assert_int_eq(take(make(&header, "leeds")), TOC_OK);
    ck_assert_uint_eq(chain.next_sequence, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_log_check");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_log_is_followed_to_its_head);
    tcase_add_test(all, a_missing_batch_is_noticed);
    tcase_add_test(all, another_history_is_a_conflict);
    tcase_add_test(all, a_changed_batch_does_not_verify);
    tcase_add_test(all, who_may_not_publish_has_not);
    tcase_add_test(all, another_group_is_refused);
    tcase_add_test(all, the_roster_it_names_must_be_there);
    tcase_add_test(all, an_epoch_for_others_is_refused);
    tcase_add_test(all, a_later_generation_goes_on_from_what_stands);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
