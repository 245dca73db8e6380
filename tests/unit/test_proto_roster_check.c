/* The rules a roster keeps by itself, as far as they are about roles and keys. */
#include "roster.h"
#include "runner.h"
#include <string.h>

static struct toc_member members[2]; /* leeds, york */
static struct toc_sign_public signer;
static struct toc_roster roster;
static struct toc_why why;

static void new_box(struct toc_box_public *ret_public)
{
    struct toc_box_secret secret;
    toc_box_keypair(ret_public, &secret);
}

static void setup(void)
{
    static const char *const ids[] = {"leeds", "york"};
    struct toc_sign_secret secret;
    for (size_t i = 0; i < 2; i++) {
        members[i] = (struct toc_member){.name = ids[i],
                                         .gss = "",
                                         .roles = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                         .admitted_version = 1};
        memcpy(members[i].id, ids[i], strlen(ids[i]) + 1);
        toc_sign_keypair(&members[i].sign_public, &secret);
        new_box(&members[i].box_public);
        new_box(&members[i].curve_public);
    }
    toc_sign_keypair(&signer, &secret);
    roster = (struct toc_roster){.group = "g",
                                 .version = 1,
                                 .issued_ms = 1,
                                 .expires_ms = 2,
                                 .threshold = 1,
                                 .signers = &signer,
                                 .signers_len = 1,
                                 .members = members,
                                 .members_len = 2};
}

static enum toc_result check_after(const struct toc_roster *was)
{
    why.text[0] = '\0';
    return toc_roster_check(&roster, was, &why);
}

static enum toc_result check(void)
{
    return check_after(NULL);
}

START_TEST(good)
{
    ck_assert_int_eq(check(), TOC_OK);
    new_box(&members[0].curve_next_public);
    new_box(&members[1].curve_next_public);
    ck_assert_int_eq(check(), TOC_OK);
}
END_TEST

START_TEST(nobody_has_anothers_key)
{
    const struct toc_member was = members[1];
    members[1].sign_public = members[0].sign_public;
    ck_assert_int_eq(check(), TOC_INVALID);
    members[1] = was;
    members[1].box_public = members[0].box_public;
    ck_assert_int_eq(check(), TOC_INVALID);
    members[1] = was;
    members[1].curve_public = members[0].curve_public;
    ck_assert_int_eq(check(), TOC_INVALID);
    members[1] = was;
    members[1].curve_next_public = members[0].curve_public;
    ck_assert_int_eq(check(), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "same key"));
    new_box(&members[0].curve_next_public);
    members[1] = was;
    members[1].curve_public = members[0].curve_next_public;
    ck_assert_int_eq(check(), TOC_INVALID);
    /* The key that both will have next would let one speak as the other. */
    members[1] = was;
    members[1].curve_next_public = members[0].curve_next_public;
    ck_assert_int_eq(check(), TOC_INVALID);
    ck_assert_ptr_nonnull(strstr(why.text, "same key"));
}
END_TEST

START_TEST(no_key_is_of_small_order)
{
    const struct toc_member was = members[0];
    memset(&members[0].curve_public, 0, sizeof members[0].curve_public);
    ck_assert_int_eq(check(), TOC_INVALID);
    members[0] = was;
    memset(&members[0].box_public, 0, sizeof members[0].box_public);
    ck_assert_int_eq(check(), TOC_INVALID);
    members[0] = was;
    members[0].curve_next_public.bytes[0] = 1; /* the point of order 4 */
    ck_assert_int_eq(check(), TOC_INVALID);
    members[0] = was;
    memset(&members[0].sign_public, 0, sizeof members[0].sign_public);
    ck_assert_int_eq(check(), TOC_INVALID);
}
END_TEST

START_TEST(roles_that_exclude_each_other)
{
    static const struct {
        toc_roles roles;
        enum toc_result result;
    } rows[] = {
        {0, TOC_INVALID},
        {TOC_ROLE_BIT(TOC_ROLE_HUB), TOC_OK},
        {TOC_ROLE_BIT(TOC_ROLE_HUB) | TOC_ROLE_BIT(TOC_ROLE_HOLDER), TOC_OK},
        {TOC_ROLE_BIT(TOC_ROLE_HUB) | TOC_ROLE_BIT(TOC_ROLE_COUNCIL), TOC_INVALID},
        {TOC_ROLE_BIT(TOC_ROLE_HUB) | TOC_ROLE_BIT(TOC_ROLE_BODY), TOC_INVALID},
        {TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_BODY), TOC_OK},
        {TOC_ROLE_BIT(TOC_ROLE_OBSERVER), TOC_OK},
        {TOC_ROLE_BIT(TOC_ROLE_OBSERVER) | TOC_ROLE_BIT(TOC_ROLE_HOLDER), TOC_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        members[0].roles = rows[i].roles;
        ck_assert_int_eq(check(), rows[i].result);
    }
}
END_TEST

/* Keys that a member kept from a version that passed are not computed again, which here shows by
 * one that would not pass; whatever it changed is. */
START_TEST(what_the_version_before_vouches_for)
{
    struct toc_member before[2];
    struct toc_roster was = roster;
    struct toc_sign_secret secret;
    memset(&members[0].box_public, 0, sizeof members[0].box_public);
    memcpy(before, members, sizeof before);
    was.members = before;
    ck_assert_int_eq(check_after(NULL), TOC_INVALID);
    ck_assert_int_eq(check_after(&was), TOC_OK);
    toc_sign_keypair(&members[0].sign_public, &secret);
    ck_assert_int_eq(check_after(&was), TOC_INVALID);
    members[0].sign_public = before[0].sign_public;
    new_box(&members[0].curve_public);
    ck_assert_int_eq(check_after(&was), TOC_INVALID);
    members[0].curve_public = before[0].curve_public;
    new_box(&members[0].curve_next_public);
    ck_assert_int_eq(check_after(&was), TOC_INVALID);
    memset(&members[0].curve_next_public, 0, sizeof members[0].curve_next_public);
    members[1].box_public = before[0].box_public;
    ck_assert_int_eq(check_after(&was), TOC_INVALID);
    members[1] = before[1];
    ck_assert_int_eq(check_after(&was), TOC_OK);
    was.members_len = 1; /* york is new */
    ck_assert_int_eq(check_after(&was), TOC_OK);
    memset(&members[1].sign_public, 0, sizeof members[1].sign_public);
    ck_assert_int_eq(check_after(&was), TOC_INVALID);
    was.members = &before[1]; /* leeds is new, and not good */
    members[1] = before[1];
    ck_assert_int_eq(check_after(&was), TOC_INVALID);
}
END_TEST

/* Of two members one of whom is known, and whichever comes first. */
START_TEST(a_newcomer_has_nobodys_key)
{
    struct toc_member before[2];
    struct toc_roster was = roster;
    memcpy(before, members, sizeof before);
    was.members_len = 1;
    for (size_t new = 0; new < 2; new ++) {
        was.members = &before[1 - new];
        memcpy(members, before, sizeof before);
        ck_assert_int_eq(check_after(&was), TOC_OK);
        members[new].curve_public = before[1 - new].curve_public;
        ck_assert_int_eq(check_after(&was), TOC_INVALID);
        ck_assert_ptr_nonnull(strstr(why.text, "same key"));
    }
    was.members = before; /* both are known, and one takes the key of the other */
    was.members_len = 2;
    memcpy(members, before, sizeof before);
    members[1].sign_public = before[0].sign_public;
    ck_assert_int_eq(check_after(&was), TOC_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("proto_roster_check");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_test(all, good);
    tcase_add_test(all, nobody_has_anothers_key);
    tcase_add_test(all, no_key_is_of_small_order);
    tcase_add_test(all, what_the_version_before_vouches_for);
    tcase_add_test(all, a_newcomer_has_nobodys_key);
    tcase_add_test(all, roles_that_exclude_each_other);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
