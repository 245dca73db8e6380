#include "authority.h"
#include "runner.h"
#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1769860800000) /* 2026-01-31T12:00:00Z */
#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* One group under way: each version lives as long as the arena. */
static struct toc_arena *arena;
static struct toc_sign_public signer;
static struct toc_roster now;
static struct toc_why why;

static struct toc_member member(const char *id, const char *name, toc_roles roles)
{
    struct toc_member_keys keys;
    struct toc_member entry = {.name = name, .gss = "", .roles = roles};
    toc_member_keys_new(id, &keys);
    memcpy(entry.id, keys.member, sizeof entry.id);
    entry.curve_public = keys.curve_public;
    entry.sign_public = keys.sign_public;
    entry.box_public = keys.box_public;
    memcpy(entry.token_public, keys.token_public, sizeof entry.token_public);
    toc_member_keys_wipe(&keys);
    return entry;
}

static struct toc_member council(const char *id, const char *name)
{
    return member(id, name, TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
}

static struct toc_authority_step step(void)
{
    return (struct toc_authority_step){
        .arena = arena, .now = &now, .now_hash = {{7}}, .issued_ms = NOW + 1};
}

static enum toc_result admit(const struct toc_member *entry, bool replace)
{
    const struct toc_authority_step at = step();
    struct toc_roster next;
    memset(&why, 0, sizeof why);
    const enum toc_result result = toc_authority_admit(&at, entry, replace, &next, &why);
    if (result == TOC_OK) {
        now = next;
    } else {
        ck_assert_str_ne(why.text, "");
    }
    return result;
}

static enum toc_result leave(const char *id)
{
    const struct toc_authority_step at = step();
    struct toc_roster next;
    const enum toc_result result = toc_authority_remove(&at, id, &next, &why);
    now = result == TOC_OK ? next : now;
    return result;
}

static enum toc_result found(const struct toc_member *hub, uint32_t threshold, int64_t expires_ms)
{
    const struct toc_authority_founding founding = {
        .group = "test-group",
        .hub = hub,
        .signers = &signer,
        .signers_len = 1,
        .threshold = threshold,
        .issued_ms = NOW,
        .expires_ms = expires_ms,
    };
    return toc_authority_found(arena, &founding, &now, &why);
}

static void setup(void)
{
    struct toc_sign_secret secret;
    const struct toc_member hub = member("spg", "Strategic Group", TOC_ROLE_BIT(TOC_ROLE_HUB));
    ck_assert_int_eq(toc_arena_new((size_t)64 << 20, &arena), TOC_OK);
    toc_sign_keypair(&signer, &secret);
    ck_assert_int_eq(found(&hub, 1, NOW + 365 * DAY_MS), TOC_OK);
}

static void teardown(void)
{
    toc_arena_free(&arena);
}

/* What was made must also travel. */
static void check_encodes(void)
{
    struct toc_bytes body;
    ck_assert_int_eq(toc_wire_roster_encode(arena, &now, &body), TOC_OK);
}

/* Which of its two pairs each holder uses. */
static void check_holder_keys(const unsigned *pairs)
{
    for (size_t i = 0; i < now.holders_len; i++) {
        const struct toc_member *const holder = toc_roster_member(&now, now.holders[i]);
        ck_assert_mem_eq(now.holder_keys[i].bytes, holder->token_public[pairs[i]],
                         TOC_TOKEN_KEY_LEN);
        ck_assert_ptr_eq(toc_roster_holder_key(&now, now.holders[i]), &now.holder_keys[i]);
    }
}

static enum toc_result rotate(char *const *holders, size_t len)
{
    const struct toc_authority_step at = step();
    struct toc_roster next;
    const enum toc_result result = toc_authority_rotate_tokens(&at, holders, len, &next, &why);
    now = result == TOC_OK ? next : now;
    return result;
}

START_TEST(a_group_begins_with_its_hub)
{
    ck_assert_uint_eq(now.version, 1);
    ck_assert_uint_eq(now.members_len, 1);
    ck_assert_uint_eq(now.members[0].admitted_version, 1);
    ck_assert_uint_eq(now.token_epoch, 0);
    ck_assert_uint_eq(now.grace_days, 30);
    ck_assert(toc_hash_equal(&now.previous, &toc_hash_zero));
    check_encodes();
}
END_TEST

START_TEST(only_a_hub_founds)
{
    const struct toc_member leeds = council("leeds", "Leeds City Council");
    ck_assert_int_eq(found(&leeds, 1, NOW + DAY_MS), TOC_DENIED);
}
END_TEST

START_TEST(a_group_keeps_the_rules_of_rosters)
{
    const struct toc_member hub = member("spg", "Strategic Group", TOC_ROLE_BIT(TOC_ROLE_HUB));
    ck_assert_int_eq(found(&hub, 2, NOW + DAY_MS), TOC_DENIED); /* of one signer */
    ck_assert_int_eq(found(&hub, 1, NOW), TOC_DENIED);          /* expires at once */
}
END_TEST

START_TEST(the_default_streams_say_who_publishes_and_who_reads)
{
    const struct toc_member leeds = council("leeds", "Leeds City Council");
    const struct toc_member police = member("wyp", "Police", TOC_ROLE_BIT(TOC_ROLE_BODY));
    const struct toc_member lga = member("lga", "LGA", TOC_ROLE_BIT(TOC_ROLE_OBSERVER));
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);
    ck_assert_int_eq(admit(&police, false), TOC_OK);
    ck_assert_int_eq(admit(&lga, false), TOC_OK);
    static const struct {
        const char *stream;
        bool council, body, hub;               /* may publish */
        bool read_council, read_hub, read_lga; /* a council's (or the hub's) log */
    } rows[] = {
        {"framework", true, true, false, true, true, true},
        {"exposure", true, false, false, true, true, false},
        {"pipeline", true, false, false, true, true, false},
        {"nomination", true, false, false, true, true, false},
        {"distress", true, false, false, false, true, false},
        {"risk", true, false, false, false, true, false},
        {"supply-chain", true, false, false, false, true, false},
        {"benchmark", true, false, false, false, true, false},
        {"maturity", true, false, false, false, true, false},
        {"alert", false, false, true, true, true, false},
        {"region", false, false, true, true, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const stream = rows[i].stream;
        const char *const other = rows[i].hub ? "spg" : "wyp";
        ck_assert_msg(toc_roster_may_publish(&now, "leeds", stream) == rows[i].council, "%s",
                      stream);
        ck_assert_msg(toc_roster_may_publish(&now, "wyp", stream) == rows[i].body, "%s", stream);
        ck_assert_msg(toc_roster_may_publish(&now, "spg", stream) == rows[i].hub, "%s", stream);
        ck_assert_msg(!toc_roster_may_publish(&now, "lga", stream), "%s", stream);
        ck_assert_msg(toc_roster_in_audience(&now, "leeds", other, stream) == rows[i].read_council,
                      "%s", stream);
        ck_assert_msg(toc_roster_in_audience(&now, "spg", other, stream) == rows[i].read_hub, "%s",
                      stream);
        ck_assert_msg(toc_roster_in_audience(&now, "lga", other, stream) == rows[i].read_lga, "%s",
                      stream);
    }
    ck_assert(toc_roster_in_audience(&now, "wyp", "spg", "token.answer.wyp"));
    ck_assert(!toc_roster_in_audience(&now, "leeds", "spg", "token.answer.wyp"));
    ck_assert(toc_roster_may_publish(&now, "spg", "token.answer.wyp"));
    ck_assert(toc_roster_in_audience(&now, "leeds", "wyp", "token.ask"));
    ck_assert_ptr_null(toc_roster_rule(&now, "unheard-of"));
}
END_TEST

START_TEST(the_first_council_opens_the_token_epoch)
{
    const struct toc_member police = member("wyp", "Police", TOC_ROLE_BIT(TOC_ROLE_BODY));
    const struct toc_member leeds = council("leeds", "Leeds City Council");
    const struct toc_member hull = council("hull", "Hull City Council");
    ck_assert_int_eq(admit(&police, false), TOC_OK);
    ck_assert_uint_eq(now.token_epoch, 0);
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);
    ck_assert_uint_eq(now.token_epoch, 1);
    ck_assert_uint_eq(now.holders_len, 2);
    ck_assert_str_eq(now.holders[0], "spg");
    ck_assert_str_eq(now.holders[1], "leeds");
    ck_assert_int_eq(admit(&hull, false), TOC_OK);
    ck_assert_uint_eq(now.token_epoch, 1);
    ck_assert_uint_eq(now.holders_len, 2);
    ck_assert_uint_eq(now.version, 4);
    ck_assert_int_eq(now.previous.bytes[0], 7);
    ck_assert_str_eq(now.members[0].id, "hull"); /* in order of their ids */
    ck_assert_uint_eq(toc_roster_member(&now, "hull")->admitted_version, 4);
    check_encodes();
}
END_TEST

START_TEST(a_hub_is_no_council)
{
    const struct toc_member both =
        member("leeds", "Leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_HUB));
    ck_assert_int_eq(admit(&both, false), TOC_DENIED);
    ck_assert_ptr_nonnull(strstr(why.text, "hub"));
    ck_assert_uint_eq(now.version, 1);
}
END_TEST

START_TEST(a_second_claimant_is_refused)
{
    static const struct toc_buyer lae = {"GB-LAE", "LDS"};
    static const char *const alias[] = {"Leeds Council"};
    struct toc_member leeds = council("leeds", "Leeds City Council");
    leeds.buyers = &lae;
    leeds.buyers_len = 1;
    leeds.aliases = alias;
    leeds.aliases_len = 1;
    leeds.gss = "E08000035";
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);

    struct toc_member other = council("other", "Another Council");
    other.buyers = &lae;
    other.buyers_len = 1;
    ck_assert_int_eq(admit(&other, false), TOC_DENIED);
    other = council("other", "The LEEDS City  Council"); /* folds to the same */
    ck_assert_int_eq(admit(&other, false), TOC_DENIED);
    other = council("other", "Leeds  council"); /* the alias */
    ck_assert_int_eq(admit(&other, false), TOC_DENIED);
    other = council("other", "Another Council");
    other.aliases = alias;
    other.aliases_len = 1;
    ck_assert_int_eq(admit(&other, false), TOC_DENIED);
    other = council("other", "Another Council");
    other.gss = "E08000035";
    ck_assert_int_eq(admit(&other, false), TOC_DENIED);
    other.gss = "E08000036";
    ck_assert_int_eq(admit(&other, false), TOC_OK);
}
END_TEST

START_TEST(keys_belong_to_one_member)
{
    const struct toc_member leeds = council("leeds", "Leeds City Council");
    struct toc_member hull = council("hull", "Hull City Council");
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);
    hull.curve_public = leeds.curve_public;
    ck_assert_int_eq(admit(&hull, false), TOC_DENIED);
}
END_TEST

START_TEST(other_keys_have_to_be_meant)
{
    const struct toc_member leeds = council("leeds", "Leeds City Council");
    struct toc_member again = council("leeds", "Leeds City Council");
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);
    ck_assert_int_eq(admit(&leeds, false), TOC_EXISTS);
    ck_assert_int_eq(admit(&again, false), TOC_DENIED);
    ck_assert_ptr_nonnull(strstr(why.text, "--replace"));
    ck_assert_int_eq(admit(&again, true), TOC_OK);
    ck_assert_uint_eq(now.members_len, 2);
    ck_assert_uint_eq(toc_roster_member(&now, "leeds")->admitted_version, 3);
    ck_assert_mem_eq(&toc_roster_member(&now, "leeds")->sign_public, &again.sign_public, 32);
}
END_TEST

START_TEST(an_update_keeps_the_place)
{
    static const char *const alias[] = {"Leeds Council"};
    struct toc_member leeds = council("leeds", "Leeds City Council");
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);
    leeds.aliases = alias;
    leeds.aliases_len = 1;
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);
    ck_assert_uint_eq(now.version, 3);
    ck_assert_uint_eq(toc_roster_member(&now, "leeds")->admitted_version, 2);
    leeds.curve_next_public = council("x", "x").curve_public;
    ck_assert_int_eq(admit(&leeds, false), TOC_OK); /* a next transport key is no replacement */
    ck_assert_uint_eq(toc_roster_member(&now, "leeds")->admitted_version, 2);
}
END_TEST

START_TEST(a_request_does_not_choose_whom_it_succeeds)
{
    static const char *const olds[] = {"harrogate"};
    struct toc_member leeds = council("leeds", "Leeds City Council");
    leeds.succeeds = olds;
    leeds.succeeds_len = 1;
    ck_assert_int_eq(admit(&leeds, false), TOC_DENIED);
}
END_TEST

START_TEST(a_group_has_a_limit)
{
    struct toc_member *const many = toc_arena_zero(arena, TOC_MEMBERS_MAX, sizeof *many);
    const struct toc_member leeds = council("leeds", "Leeds City Council");
    struct toc_roster full = now;
    for (size_t i = 0; i < TOC_MEMBERS_MAX; i++) {
        many[i] = now.members[0];
        (void)snprintf(many[i].id, sizeof many[i].id, "m%04zu", i);
    }
    full.members = many;
    full.members_len = TOC_MEMBERS_MAX;
    now = full;
    ck_assert_int_eq(admit(&leeds, false), TOC_TOOBIG);
}
END_TEST

START_TEST(a_leaver_leaves_lists_and_tokens)
{
    static const char *const on_list[] = {"hull", "leeds"};
    static const struct toc_member_list list = {
        .name = "adults", .members = on_list, .members_len = 2};
    const struct toc_member leeds = council("leeds", "Leeds City Council");
    const struct toc_member york = council("york", "York Council");
    const struct toc_member hull = council("hull", "Hull City Council");
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);
    ck_assert_int_eq(admit(&york, false), TOC_OK);
    ck_assert_int_eq(admit(&hull, false), TOC_OK);
    now.lists = &list;
    now.lists_len = 1;
    ck_assert_int_eq(leave("nobody"), TOC_NOTFOUND);
    ck_assert_int_eq(leave("leeds"), TOC_OK);
    ck_assert_ptr_null(toc_roster_member(&now, "leeds"));
    ck_assert_uint_eq(now.members_len, 3);
    ck_assert_uint_eq(now.lists[0].members_len, 1);
    ck_assert_str_eq(now.lists[0].members[0], "hull");
    ck_assert_uint_eq(now.token_epoch, 2);
    ck_assert_uint_eq(now.holders_len, 2);
    ck_assert_str_eq(now.holders[0], "spg");
    ck_assert_str_eq(now.holders[1], "york"); /* longest a member */
    check_encodes();
    check_holder_keys((const unsigned[]){1, 0});
    ck_assert_int_eq(leave("hull"), TOC_OK);
    ck_assert_uint_eq(now.token_epoch, 2); /* it held nothing */
    ck_assert_int_eq(leave("york"), TOC_OK);
    ck_assert_uint_eq(now.holders_len, 1); /* the hub alone: group show says so */
    ck_assert_int_eq(leave("spg"), TOC_DENIED);
}
END_TEST

START_TEST(a_successor_takes_the_place_of_others)
{
    const struct toc_member harrogate = council("harrogate", "Harrogate Council");
    const struct toc_member craven = council("craven", "Craven Council");
    const struct toc_member north = council("north-yorks", "North Yorkshire Council");
    char first[] = "craven";
    char second[] = "harrogate";
    char *olds[] = {first, second};
    struct toc_roster next;
    ck_assert_int_eq(admit(&craven, false), TOC_OK);
    ck_assert_int_eq(admit(&harrogate, false), TOC_OK);
    struct toc_authority_step at = step();
    ck_assert_int_eq(toc_authority_succeed(&at, "north-yorks", olds, 2, &next, &why), TOC_NOTFOUND);
    ck_assert_int_eq(admit(&north, false), TOC_OK);
    at = step();
    ck_assert_int_eq(toc_authority_succeed(&at, "craven", olds, 1, &next, &why), TOC_DENIED);
    ck_assert_int_eq(toc_authority_succeed(&at, "north-yorks", olds, 2, &next, &why), TOC_OK);
    now = next;
    const struct toc_member *const successor = toc_roster_member(&now, "north-yorks");
    ck_assert_uint_eq(successor->succeeds_len, 2);
    ck_assert_str_eq(successor->succeeds[0], "craven");
    ck_assert_ptr_null(toc_roster_member(&now, "harrogate"));
    ck_assert_uint_eq(now.members_len, 2);
    check_encodes();
    /* An id that was succeeded does not come back as somebody else. */
    const struct toc_member back = council("harrogate", "Harrogate Town");
    ck_assert_int_eq(admit(&back, false), TOC_DENIED);
    /* And an update of the successor's entry does not lose whom it succeeds. */
    struct toc_member renamed = north;
    renamed.name = "The New Council";
    ck_assert_int_eq(admit(&renamed, false), TOC_OK);
    ck_assert_uint_eq(toc_roster_member(&now, "north-yorks")->succeeds_len, 2);
}
END_TEST

START_TEST(renewing_changes_the_dates_alone)
{
    const struct toc_authority_step at = step();
    struct toc_roster next;
    ck_assert_int_eq(toc_authority_renew(&at, NOW + 2, &next, &why), TOC_OK);
    ck_assert_uint_eq(next.version, 2);
    ck_assert_int_eq(next.expires_ms, NOW + 2);
    ck_assert_int_eq(next.issued_ms, NOW + 1);
    ck_assert_ptr_eq(next.members, now.members);
    ck_assert_int_eq(toc_authority_renew(&at, NOW + 1, &next, &why), TOC_DENIED);
}
END_TEST

START_TEST(a_signers_slow_clock_does_not_turn_time_back)
{
    struct toc_authority_step at = step();
    struct toc_roster next;
    at.issued_ms = NOW - DAY_MS;
    ck_assert_int_eq(toc_authority_renew(&at, NOW + DAY_MS, &next, &why), TOC_OK);
    ck_assert_int_eq(next.issued_ms, NOW);
}
END_TEST

START_TEST(rotating_needs_keys_nobody_has_used)
{
    const struct toc_member leeds = council("leeds", "Leeds City Council");
    const struct toc_member york = council("york", "City of York Council");
    char spg[] = "spg";
    char york_id[] = "york";
    char nobody[] = "nobody";
    char *const both[] = {spg, york_id};
    char *const twice[] = {spg, spg};
    char *const unknown[] = {nobody};
    ck_assert_int_eq(rotate(NULL, 0), TOC_DENIED); /* nobody holds yet */
    ck_assert_int_eq(admit(&leeds, false), TOC_OK);
    ck_assert_int_eq(admit(&york, false), TOC_OK);
    check_holder_keys((const unsigned[]){0, 0});
    ck_assert_int_eq(rotate(twice, 2), TOC_INVALID);
    ck_assert_int_eq(rotate(unknown, 1), TOC_NOTFOUND);
    ck_assert_int_eq(rotate(both, 2), TOC_OK);
    ck_assert_uint_eq(now.token_epoch, 2);
    ck_assert_ptr_null(toc_roster_holder_key(&now, "leeds"));
    check_holder_keys((const unsigned[]){1, 0});
    check_encodes();
    ck_assert_int_eq(rotate(NULL, 0), TOC_DENIED); /* the hub has used both */
    ck_assert_ptr_nonnull(strstr(why.text, "spg"));
    const struct toc_member renewed = member("spg", "Strategic Group", TOC_ROLE_BIT(TOC_ROLE_HUB));
    ck_assert_int_eq(admit(&renewed, true), TOC_OK);
    ck_assert_int_eq(rotate(NULL, 0), TOC_OK);
    ck_assert_uint_eq(now.token_epoch, 3);
    check_holder_keys((const unsigned[]){0, 1});
}
END_TEST

START_TEST(rules_have_defaults_and_are_kept)
{
    const struct toc_rules rules = {.name_at = 4, .quota_plus = 50};
    const struct toc_authority_step at = step();
    struct toc_roster next;
    ck_assert_uint_eq(toc_roster_rules(&now).name_at, 3);
    ck_assert_uint_eq(toc_roster_rules(&now).window_minutes, 1440);
    ck_assert_uint_eq(toc_roster_rules(&now).dispute_days, 10);
    ck_assert_uint_eq(toc_roster_rules(&now).quota_percent, 220);
    ck_assert_uint_eq(toc_roster_rules(&now).quota_plus, 200);
    ck_assert_int_eq(toc_authority_rules(&at, &now.rules, &next, &why), TOC_EXISTS);
    ck_assert_int_eq(toc_authority_rules(&at, &rules, &next, &why), TOC_OK);
    now = next;
    ck_assert_uint_eq(toc_roster_rules(&now).name_at, 4);
    ck_assert_uint_eq(toc_roster_rules(&now).quota_plus, 50);
    ck_assert_uint_eq(toc_roster_rules(&now).window_minutes, 1440);
    check_encodes();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client_authority");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_group_begins_with_its_hub);
    tcase_add_test(all, only_a_hub_founds);
    tcase_add_test(all, a_group_keeps_the_rules_of_rosters);
    tcase_add_test(all, the_default_streams_say_who_publishes_and_who_reads);
    tcase_add_test(all, the_first_council_opens_the_token_epoch);
    tcase_add_test(all, rotating_needs_keys_nobody_has_used);
    tcase_add_test(all, rules_have_defaults_and_are_kept);
    tcase_add_test(all, a_hub_is_no_council);
    tcase_add_test(all, a_second_claimant_is_refused);
    tcase_add_test(all, keys_belong_to_one_member);
    tcase_add_test(all, other_keys_have_to_be_meant);
    tcase_add_test(all, an_update_keeps_the_place);
    tcase_add_test(all, a_request_does_not_choose_whom_it_succeeds);
    tcase_add_test(all, a_group_has_a_limit);
    tcase_add_test(all, a_leaver_leaves_lists_and_tokens);
    tcase_add_test(all, a_successor_takes_the_place_of_others);
    tcase_add_test(all, renewing_changes_the_dates_alone);
    tcase_add_test(all, a_signers_slow_clock_does_not_turn_time_back);
    suite_add_tcase(suite, all);
    return toc_test_main(suite);
}
