#include "request.h"
#include "runner.h"
#include "scratch.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static char folder[PATH_MAX];
static struct toc_member_keys keys;
static struct toc_arena *arena;
static struct toc_why why;

static void setup(void)
{
    toc_scratch_new(folder);
    toc_member_keys_new("leeds", &keys);
    ck_assert_int_eq(toc_arena_new((size_t)4 << 20, &arena), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
    toc_member_keys_wipe(&keys);
    toc_scratch_remove(folder);
}

static struct toc_member member(void)
{
    static const struct toc_buyer buyer = {"GB-LAE", "LDS"};
    static const char *const alias[] = {"Cyngor Leeds \xc5\xb5"};
    struct toc_member entry = {
        .name = "Leeds City Council",
        .gss = "E08000035",
        .roles = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
        .buyers = &buyer,
        .buyers_len = 1,
        .aliases = alias,
        .aliases_len = 1,
    };
    toc_request_keys(&keys, &entry);
    return entry;
}

static const char *saved(struct toc_hash *hash)
{
    const char *const path = toc_scratch_file(folder, "leeds.request");
    const struct toc_member entry = member();
    ck_assert_int_eq(toc_request_save(path, &entry, 1000, &keys.sign_secret, hash, &why), TOC_OK);
    return path;
}

START_TEST(what_is_saved_is_loaded)
{
    struct toc_hash hash;
    struct toc_hash again;
    struct toc_request request;
    const char *const path = saved(&hash);
    ck_assert_int_eq(toc_request_load(path, arena, &request, &again, &why), TOC_OK);
    ck_assert(toc_hash_equal(&hash, &again));
    ck_assert_str_eq(request.member.id, "leeds");
    ck_assert_str_eq(request.member.name, "Leeds City Council");
    ck_assert_str_eq(request.member.gss, "E08000035");
    ck_assert_uint_eq(request.member.roles, TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    ck_assert_str_eq(request.member.buyers[0].id, "LDS");
    ck_assert_str_eq(request.member.aliases[0], "Cyngor Leeds \xc5\xb5");
    ck_assert_mem_eq(&request.member.sign_public, &keys.sign_public, 32);
    ck_assert_mem_eq(&request.member.curve_public, &keys.curve_public, 32);
    ck_assert_mem_eq(&request.member.box_public, &keys.box_public, 32);
    ck_assert_mem_eq(request.member.token_public, keys.token_public, sizeof keys.token_public);
    ck_assert_int_eq(request.time_ms, 1000);
}
END_TEST

START_TEST(it_is_never_overwritten)
{
    struct toc_hash hash;
    const char *const path = saved(&hash);
    const struct toc_member entry = member();
    ck_assert_int_eq(toc_request_save(path, &entry, 2000, &keys.sign_secret, &hash, &why),
                     TOC_EXISTS);
}
END_TEST

START_TEST(a_field_out_of_its_rules_is_refused)
{
    struct toc_hash hash;
    struct stat status;
    const char *const path = toc_scratch_file(folder, "bad.request");
    struct toc_member entry = member();
    entry.name = "";
    ck_assert_int_ne(toc_request_save(path, &entry, 1000, &keys.sign_secret, &hash, &why), TOC_OK);
    ck_assert_int_ne(stat(path, &status), 0);
}
END_TEST

/* Writes the file with one byte changed, or cut, and expects that it is not taken. */
static void expect_refused(const uint8_t *bytes, size_t len, const char *what)
{
    const char *const path = toc_scratch_file(folder, "changed.request");
    struct toc_request request;
    struct toc_hash hash;
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
    toc_arena_reset(arena);
    ck_assert_msg(toc_request_load(path, arena, &request, &hash, &why) != TOC_OK, "%s", what);
}

START_TEST(every_changed_byte_is_noticed)
{
    struct toc_hash hash;
    uint8_t bytes[4096];
    FILE *file = fopen(saved(&hash), "rb");
    const size_t len = fread(bytes, 1, sizeof bytes - 1, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_uint_gt(len, 100);
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 1;
        expect_refused(bytes, len, "a changed byte");
        bytes[i] ^= 1;
    }
    for (size_t i = 0; i < len; i += 7) {
        expect_refused(bytes, i, "a cut file");
    }
    bytes[len] = 0;
    expect_refused(bytes, len + 1, "a longer file");
}
END_TEST

START_TEST(another_key_cannot_sign_it)
{
    struct toc_hash hash;
    struct toc_request request;
    struct toc_member_keys other;
    const struct toc_member entry = member();
    const char *const path = toc_scratch_file(folder, "forged.request");
    toc_member_keys_new("leeds", &other);
    ck_assert_int_eq(toc_request_save(path, &entry, 1000, &other.sign_secret, &hash, &why), TOC_OK);
    ck_assert_int_eq(toc_request_load(path, arena, &request, &hash, &why), TOC_BADSIG);
    toc_member_keys_wipe(&other);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    struct toc_request request;
    struct toc_hash hash;
    ck_assert_int_eq(
        toc_request_load(toc_scratch_file(folder, "none"), arena, &request, &hash, &why),
        TOC_NOTFOUND);
    toc_scratch_put(toc_scratch_file(folder, "empty"), "");
    ck_assert_int_eq(
        toc_request_load(toc_scratch_file(folder, "empty"), arena, &request, &hash, &why),
        TOC_MALFORMED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_request");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, what_is_saved_is_loaded);
    tcase_add_test(all, it_is_never_overwritten);
    tcase_add_test(all, a_field_out_of_its_rules_is_refused);
    tcase_add_test(all, every_changed_byte_is_noticed);
    tcase_add_test(all, another_key_cannot_sign_it);
    tcase_add_test(all, what_is_not_there_is_not_found);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
