#include "authority_folder.h"
#include "request.h"
#include "roster_words.h"
#include "runner.h"
#include "scratch.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1769860800000) /* 2026-01-31T12:00:00Z */
#define DAY_MS (INT64_C(24) * 3600 * 1000)

static char dir[PATH_MAX];
static struct toc_arena *arena;
static struct toc_why why;

static void setup(void)
{
    toc_scratch_new(dir);
    ck_assert_int_eq(toc_arena_new((size_t)64 << 20, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
    toc_scratch_remove(dir);
}

/* A group of `signers_len` signers, `threshold` of whom must sign, with all keys in the folder. */
static struct toc_authority_outcome found(const char *group, unsigned threshold,
                                          unsigned signers_len)
{
    struct toc_sign_public signers[TOC_SIGNERS_MAX];
    struct toc_member_keys keys;
    struct toc_member hub = {.name = "Hub", .gss = "", .roles = TOC_ROLE_BIT(TOC_ROLE_HUB)};
    struct toc_authority_folder folder = {.file = NULL};
    struct toc_authority_outcome outcome;
    struct toc_roster first;
    toc_member_keys_new("spg", &keys);
    toc_request_keys(&keys, &hub);
    for (unsigned i = 0; i < signers_len; i++) {
        struct toc_signer_key key;
        char path[PATH_MAX];
        toc_sign_keypair(&key.public_key, &key.secret);
        ck_assert_int_eq(toc_signer_path(dir, signers_len == 1 ? 0 : i + 1, path, &why), TOC_OK);
        ck_assert_int_eq(toc_signer_key_save(path, &key, &why), TOC_OK);
        signers[i] = key.public_key;
    }
    const struct toc_authority_founding founding = {
        .group = group,
        .hub = &hub,
        .signers = signers,
        .signers_len = signers_len,
        .threshold = threshold,
        .issued_ms = NOW,
        .expires_ms = NOW + 365 * DAY_MS,
    };
    ck_assert_int_eq(toc_authority_found(arena, &founding, &first, &why), TOC_OK);
    ck_assert_int_eq(toc_folder_path(dir, group, ".roster", folder.path, &why), TOC_OK);
    ck_assert_int_eq(toc_folder_path(dir, group, ".roster.next", folder.next_path, &why), TOC_OK);
    ck_assert_int_eq(toc_authority_publish(dir, &folder, &first, &outcome, &why), TOC_OK);
    return outcome;
}

static enum toc_result renew(struct toc_authority_folder *folder, int64_t expires_ms,
                             struct toc_authority_outcome *outcome)
{
    struct toc_roster_chain *const chain = toc_roster_file_chain(folder->file);
    const struct toc_authority_step step = {
        .arena = arena,
        .now = toc_roster_chain_current(chain),
        .now_hash = *toc_roster_chain_head(chain),
        .issued_ms = NOW + 1,
    };
    struct toc_roster next;
    ck_assert_int_eq(toc_authority_renew(&step, expires_ms, &next, &why), TOC_OK);
    return toc_authority_publish(dir, folder, &next, outcome, &why);
}

static bool is_there(const char *name)
{
    struct stat status;
    return stat(toc_scratch_file(dir, name), &status) == 0;
}

START_TEST(versions_are_added_and_read_back)
{
    struct toc_authority_folder folder = {.file = NULL};
    struct toc_authority_outcome outcome = found("yh-spg", 1, 1);
    ck_assert(outcome.complete);
    ck_assert_uint_eq(outcome.version, 1);
    ck_assert_int_eq(toc_authority_folder_open(dir, NULL, &folder, &why), TOC_OK);
    const struct toc_hash group = *toc_roster_chain_group(toc_roster_file_chain(folder.file));
    ck_assert_int_eq(renew(&folder, NOW + DAY_MS, &outcome), TOC_OK);
    ck_assert(outcome.complete);
    ck_assert_int_eq(renew(&folder, NOW + 2 * DAY_MS, &outcome), TOC_OK);
    ck_assert_uint_eq(outcome.version, 3);
    toc_authority_folder_done(&folder);
    ck_assert_int_eq(toc_authority_folder_open(dir, "yh-spg", &folder, &why), TOC_OK);
    ck_assert_uint_eq(toc_roster_chain_version(toc_roster_file_chain(folder.file)), 3);
    ck_assert(toc_hash_equal(toc_roster_chain_group(toc_roster_file_chain(folder.file)), &group));
    ck_assert_int_eq(toc_roster_file_current(folder.file)->expires_ms, NOW + 2 * DAY_MS);
    ck_assert_uint_gt(toc_roster_file_version(folder.file, 2).len, 0);
    ck_assert_uint_eq(toc_roster_file_version(folder.file, 0).len, 0);
    ck_assert_uint_eq(toc_roster_file_version(folder.file, 4).len, 0);
    toc_authority_folder_done(&folder);
    toc_authority_folder_done(&folder);
}
END_TEST

START_TEST(a_folder_without_a_roster_and_one_with_two)
{
    struct toc_authority_folder folder = {.file = NULL};
    ck_assert_int_eq(toc_authority_folder_open(dir, NULL, &folder, &why), TOC_NOTFOUND);
    ck_assert_int_eq(toc_authority_folder_open("/nonexistent", NULL, &folder, &why), TOC_NOTFOUND);
    (void)found("yh-spg", 1, 1);
    toc_scratch_put(toc_scratch_file(dir, "other.roster"), "not a roster");
    ck_assert_int_eq(toc_authority_folder_open(dir, NULL, &folder, &why), TOC_INVALID);
    ck_assert_int_eq(toc_authority_folder_open(dir, "other", &folder, &why), TOC_MALFORMED);
    ck_assert_int_eq(toc_authority_folder_open(dir, "yh-spg", &folder, &why), TOC_OK);
    toc_authority_folder_done(&folder);
}
END_TEST

START_TEST(a_threshold_is_waited_for)
{
    struct toc_authority_folder folder = {.file = NULL};
    struct toc_authority_outcome outcome = found("yh-spg", 2, 3);
    ck_assert(outcome.complete);
    /* Two of the three keys go to other people. */
    const char *const second = toc_scratch_file(dir, "second");
    const char *const third = toc_scratch_file(dir, "third");
    ck_assert_int_eq(rename(toc_scratch_file(dir, "signer-2.key"), second), 0);
    ck_assert_int_eq(rename(toc_scratch_file(dir, "signer-3.key"), third), 0);
    ck_assert_int_eq(toc_authority_folder_open(dir, NULL, &folder, &why), TOC_OK);
    ck_assert_int_eq(toc_authority_folder_free_to_change(&folder, &why), TOC_OK);
    ck_assert_int_eq(renew(&folder, NOW + DAY_MS, &outcome), TOC_OK);
    ck_assert(!outcome.complete);
    ck_assert_uint_eq(outcome.signatures, 1);
    ck_assert_uint_eq(outcome.threshold, 2);
    ck_assert(is_there("yh-spg.roster.next"));
    ck_assert_int_eq(toc_authority_folder_free_to_change(&folder, &why), TOC_EXISTS);
    ck_assert_uint_eq(toc_roster_chain_version(toc_roster_file_chain(folder.file)), 1);
    /* The first key has signed; a stranger's may not; the second completes it. */
    ck_assert_int_eq(
        toc_authority_sign(&folder, toc_scratch_file(dir, "signer-1.key"), &outcome, &why),
        TOC_EXISTS);
    struct toc_signer_key stranger;
    toc_sign_keypair(&stranger.public_key, &stranger.secret);
    ck_assert_int_eq(toc_signer_key_save(toc_scratch_file(dir, "strange"), &stranger, &why),
                     TOC_OK);
    ck_assert_int_eq(toc_authority_sign(&folder, toc_scratch_file(dir, "strange"), &outcome, &why),
                     TOC_DENIED);
    ck_assert_int_eq(toc_authority_sign(&folder, toc_scratch_file(dir, "second"), &outcome, &why),
                     TOC_OK);
    ck_assert(outcome.complete);
    ck_assert(!is_there("yh-spg.roster.next"));
    ck_assert_int_eq(toc_authority_sign(&folder, toc_scratch_file(dir, "third"), &outcome, &why),
                     TOC_NOTFOUND);
    toc_authority_folder_done(&folder);
    ck_assert_int_eq(toc_authority_folder_open(dir, NULL, &folder, &why), TOC_OK);
    ck_assert_uint_eq(toc_roster_chain_version(toc_roster_file_chain(folder.file)), 2);
    toc_authority_folder_done(&folder);
}
END_TEST

START_TEST(a_version_that_waits_must_follow)
{
    struct toc_authority_folder folder = {.file = NULL};
    struct toc_authority_outcome outcome = found("yh-spg", 2, 2);
    const char *const kept = toc_scratch_file(dir, "kept");
    ck_assert_int_eq(rename(toc_scratch_file(dir, "signer-2.key"), kept), 0);
    ck_assert_int_eq(toc_authority_folder_open(dir, NULL, &folder, &why), TOC_OK);
    ck_assert_int_eq(renew(&folder, NOW + DAY_MS, &outcome), TOC_OK);
    toc_scratch_put(toc_scratch_file(dir, "yh-spg.roster.next"), "tocsin-roster 1\n");
    ck_assert_int_eq(toc_authority_sign(&folder, toc_scratch_file(dir, "kept"), &outcome, &why),
                     TOC_MALFORMED);
    /* Version 1 again does not follow version 1. */
    ck_assert_int_eq(unlink(toc_scratch_file(dir, "yh-spg.roster.next")), 0);
    ck_assert_int_eq(
        link(toc_scratch_file(dir, "yh-spg.roster"), toc_scratch_file(dir, "yh-spg.roster.next")),
        0);
    ck_assert_int_eq(toc_authority_sign(&folder, toc_scratch_file(dir, "kept"), &outcome, &why),
                     TOC_STALE);
    toc_authority_folder_done(&folder);
}
END_TEST

START_TEST(a_changed_roster_file_is_noticed)
{
    struct toc_roster_file *file = NULL;
    char path[PATH_MAX];
    static uint8_t bytes[64 * 1024];
    (void)found("yh-spg", 1, 1);
    ck_assert_int_eq(toc_folder_path(dir, "yh-spg", ".roster", path, &why), TOC_OK);
    FILE *in = fopen(path, "rb");
    const size_t len = fread(bytes, 1, sizeof bytes, in);
    ck_assert_int_eq(fclose(in), 0);
    for (size_t i = 0; i < len; i += 3) {
        bytes[i] ^= 0x40;
        ck_assert_msg(toc_roster_file_read("x", toc_bytes_of(bytes, len), &file, &why) != TOC_OK,
                      "byte %zu", i);
        bytes[i] ^= 0x40;
        ck_assert(toc_roster_file_read("x", toc_bytes_of(bytes, i), &file, &why) != TOC_OK);
    }
    ck_assert_int_eq(toc_roster_file_read("x", toc_bytes_of(bytes, len), &file, &why), TOC_OK);
    toc_roster_file_free(&file);
    toc_roster_file_free(&file);
}
END_TEST

START_TEST(a_fingerprint_is_compared_as_people_write_it)
{
    const struct toc_hash hash = toc_digest_plain(toc_bytes_text("group"));
    struct toc_hash other = hash;
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    char hex[2 * TOC_HASH_LEN + 1];
    toc_fingerprint(&hash, fingerprint);
    toc_hex_encode(toc_bytes_of(hash.bytes, TOC_HASH_LEN), hex);
    ck_assert(toc_fingerprint_is(&hash, fingerprint));
    ck_assert(toc_fingerprint_is(&hash, hex));
    for (char *at = fingerprint; *at != '\0'; at++) {
        *at = *at == ' ' ? '-' : (char)(*at >= 'a' ? *at - 32 : *at);
    }
    ck_assert(toc_fingerprint_is(&hash, fingerprint));
    other.bytes[0] ^= 1;
    ck_assert(!toc_fingerprint_is(&other, fingerprint));
    ck_assert(!toc_fingerprint_is(&hash, ""));
    hex[8] = '\0'; /* eight digits would be found by trying */
    ck_assert(!toc_fingerprint_is(&hash, hex));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_authority_folder");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, versions_are_added_and_read_back);
    tcase_add_test(all, a_folder_without_a_roster_and_one_with_two);
    tcase_add_test(all, a_threshold_is_waited_for);
    tcase_add_test(all, a_version_that_waits_must_follow);
    tcase_add_test(all, a_changed_roster_file_is_noticed);
    tcase_add_test(all, a_fingerprint_is_compared_as_people_write_it);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
