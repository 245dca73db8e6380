#include "keyfile.h"
#include "runner.h"
#include "scratch.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[PATH_MAX];
static char path[PATH_MAX];
static struct toc_member_keys keys;

static void setup(void)
{
    toc_scratch_new(folder);
    (void)snprintf(path, sizeof path, "%s", toc_scratch_file(folder, "member.key"));
    toc_member_keys_new("leeds", &keys);
}

static void teardown(void)
{
    toc_scratch_remove(folder);
}

START_TEST(fresh_keys_are_all_there_and_all_different)
{
    struct toc_member_keys other;
    toc_member_keys_new("york", &other);
    ck_assert_str_eq(keys.member, "leeds");
    ck_assert(toc_box_public_valid(&keys.curve_public));
    ck_assert(toc_box_public_valid(&keys.box_public));
    ck_assert(toc_sign_public_valid(&keys.sign_public));
    ck_assert_mem_ne(keys.curve_secret.bytes, keys.box_secret.bytes, 32);
    ck_assert_mem_ne(keys.curve_secret.bytes, other.curve_secret.bytes, 32);
    ck_assert_mem_ne(keys.token_secret[0], keys.token_secret[1], 32);
    ck_assert_mem_ne(keys.token_public[0], other.token_public[0], 32);
    const struct toc_box_public zero = {{0}};
    ck_assert_mem_eq(keys.curve_next_public.bytes, zero.bytes, 32);
}
END_TEST

START_TEST(a_member_that_is_no_id_is_our_mistake)
{
    toc_member_keys_new("Leeds", &keys);
}
END_TEST

START_TEST(save_then_load)
{
    struct toc_why why;
    struct toc_member_keys back;
    struct stat status;
    ck_assert_int_eq(toc_member_keys_save(path, &keys, &why), TOC_OK);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0600);
    memset(&back, 0xff, sizeof back);
    ck_assert_msg(toc_member_keys_load(path, &back, &why) == TOC_OK, "%s", why.text);
    ck_assert_mem_eq(&keys, &back, sizeof keys);
    ck_assert_int_eq(toc_member_keys_save(path, &keys, &why), TOC_EXISTS);
    ck_assert_ptr_null(strstr(toc_scratch_text(path), "curve_next"));
}
END_TEST

START_TEST(the_next_transport_key_travels)
{
    struct toc_why why;
    struct toc_member_keys back;
    toc_box_keypair(&keys.curve_next_public, &keys.curve_next_secret);
    ck_assert_int_eq(toc_member_keys_save(path, &keys, &why), TOC_OK);
    ck_assert_int_eq(toc_member_keys_load(path, &back, &why), TOC_OK);
    ck_assert_mem_eq(&keys, &back, sizeof keys);
}
END_TEST

START_TEST(save_refuses_a_bad_member_id)
{
    struct toc_why why;
    keys.member[0] = 'L';
    ck_assert_int_eq(toc_member_keys_save(path, &keys, &why), TOC_INVALID);
}
END_TEST

START_TEST(a_file_others_can_read_is_refused)
{
    struct toc_why why;
    ck_assert_int_eq(toc_member_keys_save(path, &keys, &why), TOC_OK);
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert_int_eq(toc_member_keys_load(path, &keys, &why), TOC_DENIED);
    ck_assert_int_eq(toc_member_keys_load(toc_scratch_file(folder, "no"), &keys, &why),
                     TOC_NOTFOUND);
}
END_TEST

/* Saves a good file, replaces `from` in it by `to`, loads it: the result must be `result`, the
 * words must hold `words`, no key may be in them, and the output must be untouched. */
static void check_changed(const char *from, const char *to, enum toc_result result,
                          const char *words)
{
    struct toc_why why;
    const char *const file = toc_scratch_file(folder, "changed.key");
    (void)remove(file);
    ck_assert_int_eq(toc_member_keys_save(file, &keys, &why), TOC_OK);
    char text[4096];
    const char *const good = toc_scratch_text(file);
    const char *const at = strstr(good, from);
    ck_assert_ptr_nonnull(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    toc_scratch_put(file, text);
    struct toc_member_keys back;
    struct toc_member_keys untouched;
    memset(&back, 0x5a, sizeof back);
    memset(&untouched, 0x5a, sizeof untouched);
    ck_assert_msg(toc_member_keys_load(file, &back, &why) == result, "%s -> %s", from, to);
    ck_assert_msg(strstr(why.text, words) != NULL, "%s", why.text);
    ck_assert_mem_eq(&back, &untouched, sizeof back);
    char hex[65];
    toc_hex_encode(toc_bytes_of(keys.curve_secret.bytes, 32), hex);
    hex[16] = '\0';
    ck_assert_ptr_null(strstr(why.text, hex));
}

START_TEST(malformed_files_name_the_line)
{
    check_changed("member-key 1", "member-key 2", TOC_MALFORMED, ":1: ");
    check_changed("tocsin-member-key 1\n", "", TOC_MALFORMED, ":1: ");
    check_changed("member = leeds", "member = Leeds", TOC_MALFORMED, ":2: ");
    check_changed("member = leeds", "member = abcdefghijklmnopqrstuvwxyz-123456", TOC_MALFORMED,
                  ":2: ");
    check_changed("curve = ", "curve=", TOC_MALFORMED, ":3: ");
    check_changed("curve = ", "curve = 00", TOC_MALFORMED, ":3: ");
    check_changed("curve = ", "curv = ", TOC_MALFORMED, ":3: unknown name");
    check_changed("curve = ", "box = ", TOC_MALFORMED, ":5: the same name");
    check_changed("\ncurve = ", "\n\ncurve = ", TOC_MALFORMED, ":3: ");
    check_changed("curve = ", "future = 1\ncurve = ", TOC_MALFORMED, ":3: unknown name");
    check_changed("member = leeds\n", "", TOC_MALFORMED, "\"member\" is missing");
    check_changed("member = leeds\n", "member = leeds\r\n", TOC_MALFORMED, ":2: ");
    char longest[300];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    check_changed("curve = ", longest, TOC_MALFORMED, ":3: ");
}
END_TEST

START_TEST(token_keys_must_be_scalars)
{
    char line[80];
    char hex[65];
    toc_hex_encode(toc_bytes_of(keys.token_secret[0], 32), hex);
    (void)snprintf(line, sizeof line, "token = %s", hex);
    /* Zero, the group order, and more than it. */
    check_changed(line, "token = 0000000000000000000000000000000000000000000000000000000000000000",
                  TOC_MALFORMED, "scalar");
    check_changed(line, "token = edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                  TOC_MALFORMED, "scalar");
    check_changed(line, "token = ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                  TOC_MALFORMED, "scalar");
}
END_TEST

START_TEST(empty_and_large_files)
{
    struct toc_why why;
    toc_scratch_put(path, "");
    ck_assert_int_eq(toc_member_keys_load(path, &keys, &why), TOC_MALFORMED);
    toc_scratch_put(path, "tocsin-member-key 1");
    ck_assert_int_eq(toc_member_keys_load(path, &keys, &why), TOC_MALFORMED);
    char *const text = malloc(TOC_KEYFILE_LEN_MAX + 2);
    ck_assert_ptr_nonnull(text);
    memset(text, '\n', TOC_KEYFILE_LEN_MAX + 1);
    text[TOC_KEYFILE_LEN_MAX + 1] = '\0';
    toc_scratch_put(path, text);
    ck_assert_int_eq(toc_member_keys_load(path, &keys, &why), TOC_TOOBIG);
    text[TOC_KEYFILE_LEN_MAX] = '\0';
    toc_scratch_put(path, text);
    ck_assert_int_eq(toc_member_keys_load(path, &keys, &why), TOC_MALFORMED);
    free(text);
}
END_TEST

START_TEST(wipe_leaves_nothing)
{
    const struct toc_member_keys zero = {.member = ""};
    toc_member_keys_wipe(&keys);
    ck_assert_int_eq(keys.curve_secret.bytes[0] | keys.sign_secret.bytes[40], 0);
    ck_assert_mem_eq(keys.token_secret, zero.token_secret, sizeof keys.token_secret);
    toc_member_keys_wipe(NULL);
}
END_TEST

START_TEST(signer_key_there_and_back)
{
    struct toc_why why;
    struct toc_signer_key key;
    struct toc_signer_key back;
    toc_sign_keypair(&key.public_key, &key.secret);
    ck_assert_int_eq(toc_signer_key_save(path, &key, &why), TOC_OK);
    ck_assert_int_eq(toc_signer_key_save(path, &key, &why), TOC_EXISTS);
    ck_assert_int_eq(toc_signer_key_load(path, &back, &why), TOC_OK);
    ck_assert_mem_eq(&key, &back, sizeof key);
    ck_assert_int_eq(toc_member_keys_load(path, &keys, &why), TOC_MALFORMED);
    ck_assert_ptr_nonnull(strstr(why.text, "tocsin-member-key 1"));
    ck_assert_int_eq(chmod(path, 0604), 0);
    ck_assert_int_eq(toc_signer_key_load(path, &back, &why), TOC_DENIED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keyfile");
    TCase *tcase = tcase_create("keyfile");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, fresh_keys_are_all_there_and_all_different);
    tcase_add_test(tcase, save_then_load);
    tcase_add_test(tcase, the_next_transport_key_travels);
    tcase_add_test(tcase, save_refuses_a_bad_member_id);
    tcase_add_test(tcase, a_file_others_can_read_is_refused);
    tcase_add_test(tcase, malformed_files_name_the_line);
    tcase_add_test(tcase, token_keys_must_be_scalars);
    tcase_add_test(tcase, empty_and_large_files);
    tcase_add_test(tcase, wipe_leaves_nothing);
    tcase_add_test(tcase, signer_key_there_and_back);
    suite_add_tcase(suite, tcase);
    /* Apart, and without the folder: an abort would leave it behind. */
    TCase *aborts = tcase_create("aborts");
    tcase_add_test_raise_signal(aborts, a_member_that_is_no_id_is_our_mistake, SIGABRT);
    suite_add_tcase(suite, aborts);
    return toc_test_main(suite);
}
