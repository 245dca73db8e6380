/* Which roster may follow which: a threshold of distinct old keys and of distinct new keys, no gap,
 * no fork, one group. */
#include "roster.h"

#include "runner.h"
#include <stdio.h>
#include <string.h>

#define SIGNERS 6
#define VERSIONS 16

static struct toc_arena *arena;
static struct toc_roster_chain *chain;
static struct toc_sign_public publics[SIGNERS];
static struct toc_sign_secret secrets[SIGNERS];
static struct toc_bytes stored[VERSIONS];
static struct toc_member member;
static struct toc_why why;

static enum toc_result fetch(void *context, uint64_t version, struct toc_arena *to,
                             struct toc_bytes *ret_bytes)
{
    (void)context;
    return version < VERSIONS && stored[version].len > 0
               ? toc_arena_copy(to, stored[version], ret_bytes)
               : TOC_NOTFOUND;
}

static void setup(void)
{
    const struct toc_roster_source source = {fetch, NULL};
    struct toc_box_secret unused;

    ck_assert_int_eq(toc_arena_new(32 << 20, &arena), TOC_OK);
    ck_assert_int_eq(toc_roster_chain_new(&source, &chain), TOC_OK);
    memset(stored, 0, sizeof(stored));
    for (uint8_t i = 0; i < SIGNERS; i++) {
        const uint8_t seed[32] = {i, 1};
        toc_sign_keypair_from(seed, &publics[i], &secrets[i]);
    }
    member = (struct toc_member){.id = "spg",
                                 .name = "SPG",
                                 .gss = "",
                                 .roles = TOC_ROLE_BIT(TOC_ROLE_HUB),
                                 .sign_public = publics[SIGNERS - 1],
                                 .token_public = {{1}, {2}},
                                 .admitted_version = 1};
    toc_box_keypair_from((const uint8_t[32]){1}, &member.box_public, &unused);
    toc_box_keypair_from((const uint8_t[32]){2}, &member.curve_public, &unused);
}

static void teardown(void)
{
    toc_roster_chain_free(&chain);
    toc_roster_chain_free(&chain); /* fine on NULL */
    toc_arena_free(&arena);
}

/* The version after what the chain holds, with signers `first` up to `first + n`, m of which must
 * sign. */
static struct toc_roster next(size_t first, size_t n, uint32_t m)
{
    struct toc_roster roster = {.group = "yh-spg",
                                .version = toc_roster_chain_version(chain) + 1,
                                .issued_ms = 1000,
                                .expires_ms = 2000,
                                .threshold = m,
                                .signers = &publics[first],
                                .signers_len = n,
                                .members = &member,
                                .members_len = 1};

    if (roster.version > 1) {
        roster.previous = *toc_roster_chain_head(chain);
    }
    return roster;
}

/* `by`: digits, the signers in that order; "-" for a signature that is wrong. TOC_INVALID: the wire
 * does not carry such a thing. */
static enum toc_result sign(const struct toc_roster *roster, const char *by,
                            struct toc_bytes *ret_bytes)
{
    struct toc_roster_signature signatures[2 * TOC_SIGNERS_MAX];
    const struct toc_hash zero = {{0}};
    const struct toc_hash group =
        toc_roster_chain_version(chain) == 0 ? zero : *toc_roster_chain_group(chain);
    struct toc_bytes body;
    size_t len = 0;

    if (toc_wire_roster_encode(arena, roster, &body) != TOC_OK) {
        return TOC_INVALID;
    }
    for (; *by != '\0'; by++) {
        const bool wrong = by[0] == '-';
        const size_t at = (size_t)((wrong ? by[1] : by[0]) - '0');
        by += wrong ? 1 : 0;
        signatures[len].signer = publics[at];
        signatures[len].signature = toc_roster_sign(&group, roster->version, body, &secrets[at]);
        signatures[len].signature.bytes[0] ^= wrong ? 1 : 0;
        len++;
    }
    return toc_wire_signed_roster_encode(arena, body, signatures, len, ret_bytes);
}

static enum toc_result adopt(const struct toc_roster *roster, const char *by)
{
    struct toc_bytes bytes;
    enum toc_result result = sign(roster, by, &bytes);

    if (result == TOC_OK) {
        result = toc_roster_chain_adopt(chain, bytes, &why);
    }
    if (result == TOC_OK) {
        stored[roster->version] = bytes;
    }
    return result;
}

START_TEST(the_first)
{
    struct toc_roster roster = next(0, 3, 2);

    ck_assert_ptr_null(toc_roster_chain_current(chain));
    ck_assert_uint_eq(toc_roster_chain_version(chain), 0);
    ck_assert_int_eq(adopt(&roster, ""), TOC_BADSIG);
    ck_assert_int_eq(adopt(&roster, "0"), TOC_BADSIG);
    ck_assert_int_eq(adopt(&roster, "00"), TOC_INVALID); /* one key is one signer */
    ck_assert_int_eq(adopt(&roster, "0-0"), TOC_INVALID);
    ck_assert_int_eq(adopt(&roster, "03"), TOC_BADSIG);  /* a stranger */
    ck_assert_int_eq(adopt(&roster, "0-1"), TOC_BADSIG); /* a signature that does not verify */
    roster.previous.bytes[0] = 1;
    ck_assert_int_eq(adopt(&roster, "01"), TOC_INVALID);
    roster.previous.bytes[0] = 0;
    ck_assert_int_eq(adopt(&roster, "3-120"), TOC_OK); /* enough are right */
    ck_assert_uint_eq(toc_roster_chain_version(chain), 1);
    ck_assert(toc_hash_equal(toc_roster_chain_head(chain), toc_roster_chain_group(chain)));
    ck_assert_int_eq(toc_roster_chain_adopt(chain, stored[1], NULL), TOC_EXISTS);
}
END_TEST

START_TEST(old_and_new_signers)
{
    struct toc_roster roster = next(0, 3, 2);

    ck_assert_int_eq(adopt(&roster, "01"), TOC_OK);
    roster = next(3, 2, 2);                             /* wholly other signers */
    ck_assert_int_eq(adopt(&roster, "34"), TOC_BADSIG); /* the new ones alone */
    ck_assert_int_eq(adopt(&roster, "01"), TOC_BADSIG); /* the old ones alone */
    ck_assert_int_eq(adopt(&roster, "0134"), TOC_OK);
    roster = next(2, 3, 3);                             /* 2, 3, 4 */
    ck_assert_int_eq(adopt(&roster, "34"), TOC_BADSIG); /* enough old, one new too few */
    ck_assert_int_eq(adopt(&roster, "234"), TOC_OK);    /* a signature counts on both sides */
}
END_TEST

START_TEST(a_signature_is_of_one_group_and_version)
{
    struct toc_roster roster = next(0, 1, 1);
    struct toc_roster_signature signature = {.signer = publics[0]};
    struct toc_hash other = {{9}};
    struct toc_bytes body, bytes;

    ck_assert_int_eq(adopt(&roster, "0"), TOC_OK);
    roster = next(0, 1, 1);
    ck_assert_int_eq(toc_wire_roster_encode(arena, &roster, &body), TOC_OK);
    signature.signature = toc_roster_sign(&other, 2, body, &secrets[0]);
    ck_assert_int_eq(toc_wire_signed_roster_encode(arena, body, &signature, 1, &bytes), TOC_OK);
    ck_assert_int_eq(toc_roster_chain_adopt(chain, bytes, &why), TOC_BADSIG);
    signature.signature = toc_roster_sign(toc_roster_chain_group(chain), 1, body, &secrets[0]);
    ck_assert_int_eq(toc_wire_signed_roster_encode(arena, body, &signature, 1, &bytes), TOC_OK);
    ck_assert_int_eq(toc_roster_chain_adopt(chain, bytes, &why), TOC_BADSIG);
    ck_assert_int_eq(adopt(&roster, "0"), TOC_OK);
}
END_TEST

START_TEST(gaps_and_other_histories)
{
    struct toc_roster roster = next(0, 1, 1);

    roster.version = 2;
    roster.previous.bytes[0] = 1;
    ck_assert_int_eq(adopt(&roster, "0"), TOC_AGAIN);
    roster = next(0, 1, 1);
    ck_assert_int_eq(adopt(&roster, "0"), TOC_OK);
    roster = next(0, 1, 1);
    roster.version = 3;
    ck_assert_int_eq(adopt(&roster, "0"), TOC_AGAIN);
    roster = next(0, 1, 1);
    roster.previous.bytes[0] ^= 1;
    ck_assert_int_eq(adopt(&roster, "0"), TOC_INVALID);
    roster = next(0, 1, 1);
    roster.group = "another";
    ck_assert_int_eq(adopt(&roster, "0"), TOC_INVALID);
    roster = next(0, 1, 1);
    roster.threshold = 2; /* of one signer: against the rules of a single roster */
    ck_assert_int_eq(adopt(&roster, "0"), TOC_INVALID);
    ck_assert_uint_eq(toc_roster_chain_version(chain), 1);
    ck_assert_str_eq(toc_roster_chain_current(chain)->group, "yh-spg");
}
END_TEST

START_TEST(two_of_one_version)
{
    struct toc_roster first = next(0, 2, 1);
    struct toc_roster second, other;

    ck_assert_int_eq(adopt(&first, "0"), TOC_OK);
    second = next(0, 2, 1);
    other = second;
    other.expires_ms++;
    ck_assert_int_eq(adopt(&second, "0"), TOC_OK);
    ck_assert_int_eq(adopt(&other, "3"), TOC_BADSIG); /* anybody can write one */
    other.signers = &publics[3];
    other.signers_len = 1;
    ck_assert_int_eq(adopt(&other, "1"), TOC_BADSIG); /* nor is one that could never follow */
    ck_assert_int_eq(adopt(&other, "13"), TOC_CONFLICT);
    first.expires_ms++;
    ck_assert_int_eq(adopt(&first, "01"), TOC_INVALID); /* another group, and no evidence */
    ck_assert_uint_eq(toc_roster_chain_version(chain), 2);
    ck_assert_int_eq(toc_roster_chain_current(chain)->expires_ms, second.expires_ms);
    /* The same body with other valid signatures is the same roster. */
    ck_assert_int_eq(adopt(&second, "01"), TOC_EXISTS);
}
END_TEST

START_TEST(older_versions_come_back)
{
    for (uint64_t version = 1; version <= 10; version++) {
        struct toc_roster roster = next(0, 1, 1);
        roster.expires_ms = 2000 + (int64_t)version;
        ck_assert_int_eq(adopt(&roster, "0"), TOC_OK);
    }
    for (uint64_t version = 10; version >= 1; version--) {
        const struct toc_roster *roster = toc_roster_chain_at(chain, version);
        ck_assert_ptr_nonnull(roster);
        ck_assert_int_eq(roster->expires_ms, 2000 + (int64_t)version);
    }
    ck_assert_ptr_null(toc_roster_chain_at(chain, 0));
    ck_assert_ptr_null(toc_roster_chain_at(chain, 11));
    stored[9] = (struct toc_bytes){NULL, 0}; /* gone from the source, and not at hand */
    ck_assert_ptr_null(toc_roster_chain_at(chain, 9));
}
END_TEST

/* Whichever were asked for before: it may be the one whose place the other is to take. */
START_TEST(two_versions_are_compared)
{
    for (uint64_t version = 1; version <= 12; version++) {
        struct toc_roster roster = next(0, 1, 1);
        ck_assert_int_eq(adopt(&roster, "0"), TOC_OK);
    }
    for (uint64_t before = 1; before <= 10; before++) {
        const struct toc_roster *was;
        const struct toc_roster *then;
        for (uint64_t other = before; other < before + 4; other++) {
            (void)toc_roster_chain_at(chain, other > 11 ? other - 11 : other);
        }
        was = toc_roster_chain_at(chain, before);
        then = toc_roster_chain_at(chain, before < 6 ? before + 5 : before - 5);
        ck_assert_uint_eq(then->version, before < 6 ? before + 5 : before - 5);
        ck_assert_uint_eq(was->version, before);
    }
}
END_TEST

/* A start reads two versions whatever their number, and knows what adopting all of them taught. */
START_TEST(resumed_from_the_first_and_the_newest)
{
    const struct toc_roster_source source = {fetch, NULL};
    struct toc_roster_chain *again = NULL;
    struct toc_bytes unsigned_bytes;

    for (uint64_t version = 1; version <= 5; version++) {
        const struct toc_roster roster = next(0, 1, 1);
        ck_assert_int_eq(adopt(&roster, "0"), TOC_OK);
    }
    ck_assert_int_eq(toc_roster_chain_new(&source, &again), TOC_OK);
    ck_assert_int_eq(toc_roster_chain_resume(again, stored[1], stored[5], &why), TOC_OK);
    ck_assert_uint_eq(toc_roster_chain_version(again), 5);
    ck_assert(toc_hash_equal(toc_roster_chain_group(again), toc_roster_chain_group(chain)));
    ck_assert(toc_hash_equal(toc_roster_chain_head(again), toc_roster_chain_head(chain)));
    ck_assert_uint_eq(toc_roster_chain_at(again, 3)->version, 3);

    const struct toc_roster sixth = next(0, 1, 1);
    ck_assert_int_eq(adopt(&sixth, "0"), TOC_OK);
    ck_assert_int_eq(toc_roster_chain_adopt(again, stored[6], &why), TOC_OK);

    const struct toc_roster seventh = next(0, 1, 1);
    ck_assert_int_eq(sign(&seventh, "-0", &unsigned_bytes), TOC_OK);
    ck_assert_int_eq(toc_roster_chain_resume(again, stored[1], unsigned_bytes, &why), TOC_BADSIG);
    ck_assert_int_eq(toc_roster_chain_resume(again, stored[2], stored[6], &why), TOC_MALFORMED);
    toc_roster_chain_free(&again);
}
END_TEST

START_TEST(what_does_not_parse)
{
    const struct toc_roster roster = next(0, 1, 1);
    struct toc_bytes bytes, rest;

    ck_assert_int_eq(sign(&roster, "0", &bytes), TOC_OK);
    ck_assert_int_eq(toc_roster_chain_adopt(chain, toc_bytes_of(NULL, 0), &why), TOC_MALFORMED);
    ck_assert_int_eq(toc_roster_chain_adopt(chain, toc_bytes_of(bytes.data, bytes.len - 1), NULL),
                     TOC_MALFORMED);
    ck_assert_int_eq(toc_roster_file_begin(toc_bytes_of(NULL, 0), &rest, &why), TOC_MALFORMED);
    ck_assert_int_eq(toc_roster_file_begin(toc_bytes_text("tocsin"), &rest, NULL), TOC_MALFORMED);
    ck_assert_int_eq(toc_roster_file_begin(toc_bytes_text(TOC_ROSTER_FILE_MAGIC "xy"), &rest, &why),
                     TOC_OK);
    ck_assert_uint_eq(rest.len, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("roster chain");
    TCase *tcase = tcase_create("chain");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_first);
    tcase_add_test(tcase, old_and_new_signers);
    tcase_add_test(tcase, a_signature_is_of_one_group_and_version);
    tcase_add_test(tcase, gaps_and_other_histories);
    tcase_add_test(tcase, two_of_one_version);
    tcase_add_test(tcase, older_versions_come_back);
    tcase_add_test(tcase, two_versions_are_compared);
    tcase_add_test(tcase, resumed_from_the_first_and_the_newest);
    tcase_add_test(tcase, what_does_not_parse);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
