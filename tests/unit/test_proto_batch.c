/* Batches, wraps and statements: what was signed opens, and nothing else does. */
#include "batch.h"

#include "fixture_group.h"
#include "runner.h"
#include <string.h>

static struct toc_arena *arena;
static struct toc_fixture_group *group;
static const struct toc_member_keys *leeds, *york, *spg;
static const struct toc_roster *roster;
static const struct toc_hash id = {{42}};
static const struct toc_log_id log_id = {
    .publisher = "leeds", .stream = "framework", .generation = 1};
static const struct toc_epoch_key key = {{1, 2, 3}};
static const struct toc_epoch_key other_key = {{1, 2, 4}};

static void setup(void)
{
    ck_assert_int_eq(toc_arena_new(32 << 20, &arena), TOC_OK);
    group = toc_fixture_group_new(1);
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    toc_fixture_group_add(group, "york", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    leeds = toc_fixture_group_keys(group, "leeds");
    york = toc_fixture_group_keys(group, "york");
    spg = toc_fixture_group_keys(group, "spg");
    roster = toc_fixture_group_draft(group);
}

static void teardown(void)
{
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

static struct toc_batch_header header_of(uint64_t first)
{
    return (struct toc_batch_header){.group = id,
                                     .log = log_id,
                                     .roster_version = 1,
                                     .first_sequence = first,
                                     .count = 2,
                                     .previous_head = toc_head_start(&id, &log_id),
                                     .time_ms = 1000,
                                     .epoch = 1,
                                     .opens_epoch = true,
                                     .commitment = toc_commitment(&id, &log_id, 1, &key),
                                     .nonce = {7}};
}

static struct toc_batch make(struct toc_bytes plain)
{
    const struct toc_batch_header header = header_of(1);
    struct toc_batch made, read;
    struct toc_hash head, again;

    ck_assert_int_eq(toc_batch_make(arena, &header, &key, &leeds->sign_secret, plain, &made, &head),
                     TOC_OK);
    ck_assert_int_eq(toc_wire_batch_decode(arena, made.bytes, &read), TOC_OK);
    again = toc_batch_head(&read);
    ck_assert(toc_hash_equal(&head, &again));
    return read;
}

static enum toc_result verify(const struct toc_batch *batch, const struct toc_sign_public *by)
{
    const struct toc_hash head = toc_batch_head(batch);

    return toc_batch_verify(batch, &head, by);
}

/* ---- batches ---- */

START_TEST(made_and_opened)
{
    const struct toc_bytes plain = toc_bytes_text("what leeds says");
    const struct toc_batch batch = make(plain);
    struct toc_bytes opened;

    ck_assert_int_eq(verify(&batch, &leeds->sign_public), TOC_OK);
    ck_assert_int_eq(toc_batch_open(arena, &batch, &key, &opened), TOC_OK);
    ck_assert(toc_bytes_equal(opened, plain));
    ck_assert_int_eq(verify(&batch, &york->sign_public), TOC_BADSIG);
    ck_assert_int_eq(toc_batch_open(arena, &batch, &other_key, &opened), TOC_BADSIG);
}
END_TEST

/* Any bit of header or ciphertext: the head changes, so the signature falls, and the seal too. */
START_TEST(every_part_is_signed_and_sealed)
{
    const struct toc_batch batch = make(toc_bytes_text("what leeds says"));
    const struct toc_bytes parts[] = {batch.header_bytes, batch.sealed};

    for (size_t part = 0; part < 2; part++) {
        for (size_t at = 0; at < parts[part].len; at++) {
            struct toc_batch changed = batch;
            struct toc_bytes copy, opened;
            ck_assert_int_eq(toc_arena_copy(arena, parts[part], &copy), TOC_OK);
            ((uint8_t *)(uintptr_t)copy.data)[at] ^= 1;
            *(part == 0 ? &changed.header_bytes : &changed.sealed) = copy;
            ck_assert_int_eq(verify(&changed, &leeds->sign_public), TOC_BADSIG);
            ck_assert_int_eq(toc_batch_open(arena, &changed, &key, &opened), TOC_BADSIG);
        }
    }
}
END_TEST

/* The boundary between the two parts is hashed: bytes cannot move over it. */
START_TEST(parts_do_not_run_together)
{
    const struct toc_batch batch = make(toc_bytes_text("what leeds says"));
    struct toc_batch moved = batch;
    uint8_t *all = toc_arena_get(arena, batch.header_bytes.len + batch.sealed.len);
    struct toc_hash one = toc_batch_head(&batch);
    struct toc_hash two;

    memcpy(all, batch.header_bytes.data, batch.header_bytes.len);
    memcpy(all + batch.header_bytes.len, batch.sealed.data, batch.sealed.len);
    moved.header_bytes = toc_bytes_of(all, batch.header_bytes.len + 1);
    moved.sealed = toc_bytes_of(all + batch.header_bytes.len + 1, batch.sealed.len - 1);
    two = toc_batch_head(&moved);
    ck_assert(!toc_hash_equal(&one, &two));
}
END_TEST

START_TEST(sizes)
{
    uint8_t *most = toc_arena_zero(arena, 1, TOC_BATCH_PLAIN_MAX + 1);
    struct toc_batch_header header = header_of(1);
    struct toc_batch batch = make(toc_bytes_of(most, TOC_BATCH_PLAIN_MAX));
    struct toc_bytes opened;
    struct toc_hash head;

    ck_assert_int_eq(toc_batch_open(arena, &batch, &key, &opened), TOC_OK);
    ck_assert_uint_eq(opened.len, TOC_BATCH_PLAIN_MAX);
    ck_assert_int_eq(toc_batch_make(arena, &header, &key, &leeds->sign_secret,
                                    toc_bytes_of(most, TOC_BATCH_PLAIN_MAX + 1), &batch, &head),
                     TOC_TOOBIG);
    batch.sealed = toc_bytes_of(most, TOC_SEAL_TAG_LEN - 1);
    ck_assert_int_eq(toc_batch_open(arena, &batch, &key, &opened), TOC_MALFORMED);
    batch.sealed = toc_bytes_of(NULL, 0);
    ck_assert_int_eq(toc_batch_open(arena, &batch, &key, &opened), TOC_MALFORMED);
}
END_TEST

/* A head and a commitment belong to one log of one group. */
START_TEST(heads_and_commitments_are_bound)
{
    const struct toc_hash other_group = {{43}};
    const struct toc_log_id logs[] = {
        {.publisher = "leeds", .stream = "framework", .generation = 1},
        {.publisher = "leed", .stream = "sframework", .generation = 1},
        {.publisher = "york", .stream = "framework", .generation = 1},
        {.publisher = "leeds", .stream = "region", .generation = 1},
    };
    const struct toc_hash start = toc_head_start(&id, &logs[0]);
    const struct toc_hash committed = toc_commitment(&id, &logs[0], 1, &key);
    struct toc_log_id second = logs[0];
    struct toc_hash hash;

    for (size_t i = 1; i < 4; i++) {
        hash = toc_head_start(&id, &logs[i]);
        ck_assert(!toc_hash_equal(&start, &hash));
        hash = toc_commitment(&id, &logs[i], 1, &key);
        ck_assert(!toc_hash_equal(&committed, &hash));
    }
    hash = toc_head_start(&other_group, &logs[0]);
    ck_assert(!toc_hash_equal(&start, &hash));
    hash = toc_commitment(&other_group, &logs[0], 1, &key);
    ck_assert(!toc_hash_equal(&committed, &hash));
    hash = toc_commitment(&id, &logs[0], 2, &key);
    ck_assert(!toc_hash_equal(&committed, &hash));
    hash = toc_commitment(&id, &logs[0], 1, &other_key);
    ck_assert(!toc_hash_equal(&committed, &hash));
    second.generation = 2;
    hash = toc_commitment(&id, &second, 1, &key);
    ck_assert(!toc_hash_equal(&committed, &hash));
}
END_TEST

/* ---- trap 10: AES-GCM does not commit to its key ---- */

struct block {
    uint64_t high, low; /* GCM's bit 0 is the top of `high` */
};

static struct block block_of(const uint8_t *bytes)
{
    struct block block = {0, 0};

    for (size_t i = 0; i < 8; i++) {
        block.high = block.high << 8 | bytes[i];
        block.low = block.low << 8 | bytes[8 + i];
    }
    return block;
}

static struct block sum(struct block a, struct block b)
{
    return (struct block){a.high ^ b.high, a.low ^ b.low};
}

static struct block product(struct block x, struct block y)
{
    struct block result = {0, 0};

    for (unsigned i = 0; i < 128; i++) {
        const uint64_t word = i < 64 ? x.high : x.low;
        const bool odd = (y.low & 1) != 0;
        if ((word >> (63 - i % 64) & 1) != 0) {
            result = sum(result, y);
        }
        y.low = y.low >> 1 | y.high << 63;
        y.high = y.high >> 1 ^ (odd ? UINT64_C(0xe1) << 56 : 0);
    }
    return result;
}

/* To the power of 2^128 - 2. */
static struct block inverse(struct block x)
{
    struct block result = {UINT64_C(1) << 63, 0};

    for (unsigned i = 0; i < 127; i++) {
        x = product(x, x);
        result = product(result, x);
    }
    return result;
}

static struct block tag_of(const struct toc_epoch_key *with, const uint8_t nonce[12],
                           struct toc_bytes associated)
{
    uint8_t tag[TOC_SEAL_TAG_LEN];

    ck_assert_int_eq(toc_seal(with->bytes, nonce, associated, toc_bytes_of(NULL, 0), tag), TOC_OK);
    return block_of(tag);
}

/* The mask of the tag, and the hash's secret point: the tag of one zero block is mask + length * H.
 */
struct opened_key {
    struct block mask, point;
};

static struct opened_key look_inside(const struct toc_epoch_key *with, const uint8_t nonce[12])
{
    static const uint8_t zero[16];
    const struct block length = {128, 0};
    struct opened_key inside;

    inside.mask = tag_of(with, nonce, toc_bytes_of(NULL, 0));
    inside.point =
        product(sum(tag_of(with, nonce, toc_bytes_of(zero, 16)), inside.mask), inverse(length));
    return inside;
}

/* The tag of header, one zero block of ciphertext, and the lengths. */
static struct block tag_without(const struct opened_key *inside, struct toc_bytes header)
{
    const struct block length = {8 * (uint64_t)header.len, 128};
    struct block hash = {0, 0};

    for (size_t at = 0; at < header.len; at += 16) {
        uint8_t padded[16] = {0};
        memcpy(padded, header.data + at, header.len - at < 16 ? header.len - at : 16);
        hash = product(sum(hash, block_of(padded)), inside->point);
    }
    hash = product(hash, inside->point);
    return sum(product(sum(hash, length), inside->point), inside->mask);
}

static void put_block(uint8_t *at, struct block block)
{
    for (size_t i = 0; i < 8; i++) {
        at[i] = (uint8_t)(block.high >> (56 - 8 * i));
        at[8 + i] = (uint8_t)(block.low >> (56 - 8 * i));
    }
}

/* One ciphertext and tag that open under both keys. */
static void open_under_both(struct toc_bytes header, const uint8_t nonce[12],
                            uint8_t ret_sealed[32])
{
    const struct opened_key one = look_inside(&key, nonce);
    const struct opened_key two = look_inside(&other_key, nonce);
    const struct block square1 = product(one.point, one.point);
    const struct block square2 = product(two.point, two.point);
    const struct block tag1 = tag_without(&one, header);
    const struct block tag2 = tag_without(&two, header);
    const struct block x = product(sum(tag1, tag2), inverse(sum(square1, square2)));

    put_block(ret_sealed, x);
    put_block(ret_sealed + 16, sum(tag1, product(x, square1)));
}

START_TEST(an_epoch_is_opened_for_the_audience)
{
    struct toc_batch_header header = header_of(1);
    header.audience_hash = toc_roster_audience_hash(roster, &id, "leeds", "framework");
    ck_assert_int_eq(toc_batch_check_audience(&header, roster), TOC_OK);
    header.audience_hash.bytes[31] ^= 1;
    ck_assert_int_eq(toc_batch_check_audience(&header, roster), TOC_INVALID);
    header.opens_epoch = false; /* only the first batch of an epoch says it */
    ck_assert_int_eq(toc_batch_check_audience(&header, roster), TOC_OK);
}
END_TEST

START_TEST(one_ciphertext_under_two_keys)
{
    const struct toc_batch_header header = header_of(1);
    const struct toc_hash committed = header.commitment;
    uint8_t sealed[32];
    struct toc_batch batch = {.header = header, .sealed = {sealed, sizeof(sealed)}};
    struct toc_wrap_body wrap;
    struct toc_epoch_key got;
    struct toc_bytes first, second, bytes;
    struct toc_hash head;

    ck_assert_int_eq(toc_wire_batch_header_encode(arena, &header, &batch.header_bytes), TOC_OK);
    open_under_both(batch.header_bytes, header.nonce, sealed);
    head = toc_batch_head(&batch);
    batch.signature = toc_sign(&leeds->sign_secret, "tocsin batch 1", &id,
                               toc_bytes_of(head.bytes, TOC_HASH_LEN));
    /* The trap is real: signed by its publisher, and two readers would read different things. */
    ck_assert_int_eq(verify(&batch, &leeds->sign_public), TOC_OK);
    ck_assert_int_eq(toc_batch_open(arena, &batch, &key, &first), TOC_OK);
    ck_assert_int_eq(toc_batch_open(arena, &batch, &other_key, &second), TOC_OK);
    ck_assert(!toc_bytes_equal(first, second));
    /* The commitment lets only one of the keys in. */
    ck_assert_int_eq(toc_wrap_make(arena, &id, &log_id, 1, &other_key,
                                   toc_roster_member(roster, "york"), "leeds", &leeds->sign_secret,
                                   1, &bytes),
                     TOC_OK);
    ck_assert_int_eq(toc_wrap_read(arena, &id, roster, bytes, &wrap), TOC_OK);
    ck_assert_int_eq(toc_wrap_open(&wrap, &york->box_public, &york->box_secret, &committed, &got),
                     TOC_BADSIG);
}
END_TEST

/* ---- wraps ---- */

static struct toc_bytes wrap_for(const char *to, const char *sealer,
                                 const struct toc_sign_secret *secret)
{
    struct toc_bytes bytes;

    ck_assert_int_eq(toc_wrap_make(arena, &id, &log_id, 1, &key, toc_roster_member(roster, to),
                                   sealer, secret, 1, &bytes),
                     TOC_OK);
    return bytes;
}

START_TEST(a_wrap_is_for_one)
{
    const struct toc_hash committed = toc_commitment(&id, &log_id, 1, &key);
    struct toc_wrap_body wrap;
    struct toc_epoch_key got = {{0}};

    ck_assert_int_eq(
        toc_wrap_read(arena, &id, roster, wrap_for("york", "leeds", &leeds->sign_secret), &wrap),
        TOC_OK);
    ck_assert_int_eq(toc_wrap_open(&wrap, &spg->box_public, &spg->box_secret, &committed, &got),
                     TOC_BADSIG);
    ck_assert_int_eq(toc_wrap_open(&wrap, &york->box_public, &york->box_secret, &committed, &got),
                     TOC_OK);
    ck_assert_mem_eq(&got, &key, sizeof(key));
}
END_TEST

/* Its context is sealed with the key: nobody can say that it is of another log, epoch or member. */
START_TEST(a_wrap_is_of_one_epoch)
{
    struct toc_wrap_body wrap, changed;
    struct toc_epoch_key got;

    ck_assert_int_eq(
        toc_wrap_read(arena, &id, roster, wrap_for("york", "leeds", &leeds->sign_secret), &wrap),
        TOC_OK);
    for (unsigned what = 0; what < 5; what++) {
        struct toc_hash committed;
        changed = wrap;
        changed.epoch += what == 0 ? 1 : 0;
        changed.log.generation += what == 1 ? 1 : 0;
        memcpy(changed.member, what == 2 ? "spg" : "york", 4 + (what == 2 ? 0 : 1));
        memcpy(changed.log.stream, what == 3 ? "region" : "framework", what == 3 ? 7 : 10);
        changed.group.bytes[0] ^= what == 4 ? 1 : 0;
        /* As somebody would who made a commitment that fits. */
        committed = toc_commitment(&changed.group, &changed.log, changed.epoch, &key);
        ck_assert_int_eq(
            toc_wrap_open(&changed, &york->box_public, &york->box_secret, &committed, &got),
            TOC_BADSIG);
    }
    wrap.sealed.len--;
    ck_assert_int_eq(toc_wrap_open(&wrap, &york->box_public, &york->box_secret, &id, &got),
                     TOC_MALFORMED);
}
END_TEST

START_TEST(who_may_seal_a_wrap)
{
    const struct toc_hash other_group = {{43}};
    struct toc_wrap_body wrap;
    struct toc_bytes bytes = wrap_for("york", "spg", &spg->sign_secret);

    ck_assert_int_eq(toc_wrap_read(arena, &id, roster, bytes, &wrap), TOC_OK); /* a hub */
    ck_assert_int_eq(toc_wrap_read(arena, &other_group, roster, bytes, &wrap), TOC_INVALID);
    bytes = wrap_for("york", "york", &york->sign_secret); /* neither publisher nor hub */
    ck_assert_int_eq(toc_wrap_read(arena, &id, roster, bytes, &wrap), TOC_DENIED);
    bytes = wrap_for("york", "leeds", &york->sign_secret); /* somebody else's hand */
    ck_assert_int_eq(toc_wrap_read(arena, &id, roster, bytes, &wrap), TOC_BADSIG);
    bytes = wrap_for("york", "nobody", &leeds->sign_secret);
    ck_assert_int_eq(toc_wrap_read(arena, &id, roster, bytes, &wrap), TOC_DENIED);
    ck_assert_int_eq(toc_wrap_read(arena, &id, roster, toc_bytes_of(NULL, 0), &wrap),
                     TOC_MALFORMED);
}
END_TEST

/* ---- statements ---- */

static struct toc_statement statement(enum toc_statement_kind kind)
{
    return (struct toc_statement){.kind = kind,
                                  .group = id,
                                  .author = "leeds",
                                  .log = log_id,
                                  .next_sequence = 9,
                                  .head = {{5}},
                                  .roster_version = 1,
                                  .time_ms = 77};
}

START_TEST(statements_are_signed)
{
    for (unsigned kind = TOC_HEARTBEAT; kind <= TOC_CLOSING; kind++) {
        const struct toc_statement said = statement((enum toc_statement_kind)kind);
        struct toc_statement read;
        struct toc_signed envelope;
        struct toc_bytes bytes;
        ck_assert_int_eq(toc_statement_make(arena, &said, &leeds->sign_secret, &bytes), TOC_OK);
        ck_assert_int_eq(toc_statement_read(arena, bytes, &envelope, &read), TOC_OK);
        ck_assert_int_eq(toc_statement_verify(&envelope, &read, &leeds->sign_public), TOC_OK);
        ck_assert_int_eq(toc_statement_verify(&envelope, &read, &york->sign_public), TOC_BADSIG);
        ck_assert_uint_eq(read.next_sequence, 9);
        ((uint8_t *)(uintptr_t)envelope.body.data)[envelope.body.len - 1] ^= 1;
        ck_assert_int_eq(toc_statement_verify(&envelope, &read, &leeds->sign_public), TOC_BADSIG);
    }
}
END_TEST

/* The very bytes of a receipt, signed as if they were a heartbeat, and so on: every pair. */
START_TEST(tags_cannot_be_swapped)
{
    static const char *const tags[] = {"tocsin heartbeat 1", "tocsin receipt 1", "tocsin closing 1",
                                       "tocsin wrap 1",      "tocsin batch 1",   "tocsin roster 1"};

    for (unsigned kind = TOC_HEARTBEAT; kind <= TOC_CLOSING; kind++) {
        const struct toc_statement said = statement((enum toc_statement_kind)kind);
        struct toc_bytes body;
        ck_assert_int_eq(toc_wire_statement_encode(arena, &said, &body), TOC_OK);
        for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
            const struct toc_signed envelope = {
                .body = body, .signature = toc_sign(&leeds->sign_secret, tags[i], &id, body)};
            ck_assert_int_eq(toc_statement_verify(&envelope, &said, &leeds->sign_public),
                             i + 1 == kind ? TOC_OK : TOC_BADSIG);
        }
    }
}
END_TEST

/* Under a key of small order anybody can sign anything: not under ours. */
START_TEST(small_order_keys_verify_nothing)
{
    static const char *const bad[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"};
    const struct toc_statement said = statement(TOC_HEARTBEAT);
    struct toc_signed envelope;

    ck_assert_int_eq(toc_wire_statement_encode(arena, &said, &envelope.body), TOC_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct toc_sign_public weak;
        ck_assert_int_eq(toc_hex_decode(bad[i], weak.bytes, 32), TOC_OK);
        ck_assert(!toc_sign_public_valid(&weak));
        memset(&envelope.signature, 0, sizeof(envelope.signature));
        memcpy(envelope.signature.bytes, weak.bytes, 32); /* R = A, S = 0 */
        ck_assert_int_eq(toc_statement_verify(&envelope, &said, &weak), TOC_BADSIG);
        memset(envelope.signature.bytes, 0, 32);
        envelope.signature.bytes[0] = 1; /* R the identity */
        ck_assert_int_eq(toc_statement_verify(&envelope, &said, &weak), TOC_BADSIG);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("batch");
    TCase *tcase = tcase_create("batch");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, made_and_opened);
    tcase_add_test(tcase, every_part_is_signed_and_sealed);
    tcase_add_test(tcase, parts_do_not_run_together);
    tcase_add_test(tcase, sizes);
    tcase_add_test(tcase, heads_and_commitments_are_bound);
    tcase_add_test(tcase, an_epoch_is_opened_for_the_audience);
    tcase_add_test(tcase, one_ciphertext_under_two_keys);
    tcase_add_test(tcase, a_wrap_is_for_one);
    tcase_add_test(tcase, a_wrap_is_of_one_epoch);
    tcase_add_test(tcase, who_may_seal_a_wrap);
    tcase_add_test(tcase, statements_are_signed);
    tcase_add_test(tcase, tags_cannot_be_swapped);
    tcase_add_test(tcase, small_order_keys_verify_nothing);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
