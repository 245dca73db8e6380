#include "roster_words.h"
#include "ensure.h"
#include "local.h"
#include "print_json.h"
#include "timetext.h"
#include <ctype.h>
#include <string.h>

enum { WORDS_MAX = 512 };

bool toc_fingerprint_is(const struct toc_hash *hash, const char *text)
{
    char hex[2 * TOC_HASH_LEN + 1];
    char given[2 * TOC_HASH_LEN + 1];
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    size_t given_len = 0;
    size_t short_len = 0;
    toc_hex_encode(toc_bytes_of(hash->bytes, sizeof hash->bytes), hex);
    toc_fingerprint(hash, fingerprint);
    for (const char *at = fingerprint; *at != '\0'; at++) {
        short_len += isxdigit((unsigned char)*at) != 0 ? 1 : 0;
    }
    for (const char *at = text; *at != '\0'; at++) {
        const int letter = tolower((unsigned char)*at);
        if (letter == ' ' || letter == '-' || letter == ':') {
            continue;
        }
        if (given_len + 1 == sizeof given) {
            return false;
        }
        given[given_len++] = (char)letter;
    }
    given[given_len] = '\0';
    return (given_len == short_len || given_len == strlen(hex)) &&
           strncmp(given, hex, given_len) == 0;
}

const char *toc_validity_name(enum toc_validity validity)
{
    switch (validity) {
    case TOC_VALID:
        return "valid";
    case TOC_EXPIRES_SOON:
        return "expires_soon";
    case TOC_IN_GRACE:
        return "in_grace";
    case TOC_EXPIRED:
        return "expired";
    }
    TOC_UNREACHABLE();
    return "";
}

static json_t *roles_json(toc_roles roles)
{
    json_t *const list = json_array();
    for (int role = TOC_ROLE_COUNCIL; role <= TOC_ROLE_OBSERVER; role++) {
        if ((roles & TOC_ROLE_BIT(role)) != 0) {
            (void)json_array_append_new(list, json_string(toc_role_name((enum toc_role)role)));
        }
    }
    return list;
}

static json_t *texts_json(const char *const *texts, size_t len)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < len; i++) {
        (void)json_array_append_new(list, json_string(texts[i]));
    }
    return list;
}

static json_t *key_json(const uint8_t *key, size_t len)
{
    char hex[2 * TOC_HASH_LEN + 1];
    TOC_ASSERT(len <= TOC_HASH_LEN);
    toc_hex_encode(toc_bytes_of(key, len), hex);
    return json_string(hex);
}

static json_t *member_json(const struct toc_member *member)
{
    char z85[TOC_Z85_KEY_LEN + 1];
    json_t *const buyers = json_array();
    toc_local_z85(member->curve_public.bytes, z85);
    for (size_t i = 0; i < member->buyers_len; i++) {
        (void)json_array_append_new(buyers,
                                    json_pack("{s:s, s:s}", "scheme", member->buyers[i].scheme,
                                              "id", member->buyers[i].id));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:I}", "member", member->id,
                     "name", member->name, "gss", member->gss, "roles", roles_json(member->roles),
                     "curve_public_key", z85, "sign_public_key",
                     key_json(member->sign_public.bytes, sizeof member->sign_public.bytes),
                     "buyers", buyers, "aliases", texts_json(member->aliases, member->aliases_len),
                     "succeeds", texts_json(member->succeeds, member->succeeds_len),
                     "admitted_version", (json_int_t)member->admitted_version);
}

static const char *audience_name(const struct toc_stream_rule *rule)
{
    switch (rule->audience) {
    case TOC_AUDIENCE_GROUP:
        return "group";
    case TOC_AUDIENCE_GROUP_AND_OBSERVERS:
        return "group and observers";
    case TOC_AUDIENCE_HUBS:
        return "hubs";
    case TOC_AUDIENCE_HOLDERS:
        return "holders";
    case TOC_AUDIENCE_NAMED_MEMBER:
        return "the named member";
    case TOC_AUDIENCE_LIST:
        return rule->list;
    }
    TOC_UNREACHABLE();
    return "";
}

static json_t *stream_json(const struct toc_stream_rule *rule)
{
    return json_pack("{s:s, s:o, s:s, s:s, s:i, s:b}", "stream", rule->stream, "publishers",
                     roles_json(rule->publishers), "audience", audience_name(rule), "history",
                     rule->history_from_admission ? "from_admission" : "all", "retention_days",
                     (int)rule->retention_days, "confidential", (int)rule->confidential);
}

static json_t *lists_json(const struct toc_roster *roster)
{
    json_t *const lists = json_array();
    for (size_t i = 0; i < roster->lists_len; i++) {
        const struct toc_member_list *const list = &roster->lists[i];
        (void)json_array_append_new(lists, json_pack("{s:s, s:o}", "list", list->name, "members",
                                                     texts_json(list->members, list->members_len)));
    }
    return lists;
}

static json_t *signers_json(const struct toc_roster *roster)
{
    json_t *const signers = json_array();
    for (size_t i = 0; i < roster->signers_len; i++) {
        (void)json_array_append_new(
            signers, key_json(roster->signers[i].bytes, sizeof roster->signers[i].bytes));
    }
    return signers;
}

/* As they count, defaults filled in. */
static json_t *rules_json(const struct toc_roster *roster)
{
    const struct toc_rules rules = toc_roster_rules(roster);
    return json_pack("{s:i, s:i, s:i, s:i, s:i}", "name_at", (int)rules.name_at, "window_minutes",
                     (int)rules.window_minutes, "dispute_days", (int)rules.dispute_days,
                     "quota_percent", (int)rules.quota_percent, "quota_plus",
                     (int)rules.quota_plus);
}

json_t *toc_roster_to_json(const struct toc_roster *roster, const struct toc_hash *group,
                           int64_t now_ms)
{
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    char issued[TOC_TIME_TEXT_LEN + 1];
    char expires[TOC_TIME_TEXT_LEN + 1];
    json_t *const members = json_array();
    json_t *const streams = json_array();
    toc_fingerprint(group, fingerprint);
    toc_time_text(roster->issued_ms, issued);
    toc_time_text(roster->expires_ms, expires);
    for (size_t i = 0; i < roster->members_len; i++) {
        (void)json_array_append_new(members, member_json(&roster->members[i]));
    }
    for (size_t i = 0; i < roster->streams_len; i++) {
        (void)json_array_append_new(streams, stream_json(&roster->streams[i]));
    }
    return json_pack("{s:s, s:o, s:s, s:I, s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:i, s:o, "
                     "s:o}",
                     "group", roster->group, "group_hash",
                     key_json(group->bytes, sizeof group->bytes), "fingerprint", fingerprint,
                     "version", (json_int_t)roster->version, "issued", issued, "expires", expires,
                     "state", toc_validity_name(toc_roster_validity(roster, now_ms)), "grace_days",
                     (int)roster->grace_days, "threshold", (int)roster->threshold, "signers",
                     signers_json(roster), "members", members, "streams", streams, "lists",
                     lists_json(roster), "token_epoch", (int)roster->token_epoch, "holders",
                     texts_json(roster->holders, roster->holders_len), "rules", rules_json(roster));
}

static void print_rules(FILE *file, const struct toc_roster *roster)
{
    const struct toc_rules rules = toc_roster_rules(roster);
    const struct toc_stream_rule *const distress = toc_roster_rule(roster, "distress");
    if (distress != NULL) {
        fputs(distress->audience == TOC_AUDIENCE_HUBS
                  ? "Flags: go to the hub, which tells nobody who raised them\n"
                  : "Flags: go to every member, and everybody sees who raised them\n",
              file);
    }
    fprintf(file,
            "Rules: a supplier is named to the hub at %u reporters; alerts that wait go every %u "
            "minutes;\n       a dispute is answered within %u working days; token quota %u %% of "
            "its suppliers and %u more\n",
            rules.name_at, rules.window_minutes, rules.dispute_days, rules.quota_percent,
            rules.quota_plus);
}

static enum toc_result print_members(FILE *file, const struct toc_paper *paper,
                                     const json_t *members)
{
    static const struct toc_column columns[] = {
        {.heading = "MEMBER"}, {.heading = "NAME", .shrinks = true}, {.heading = "ROLES"},
        {.heading = "CODE"},   {.heading = "SINCE", .right = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *const item = json_array_get(members, i);
        char roles[64];
        char since[24];
        toc_json_join(toc_field_array(item, "roles"), roles, sizeof roles);
        (void)snprintf(since, sizeof since, "v%lld",
                       (long long)toc_field_number(item, "admitted_version"));
        const char *const cells[] = {toc_field_text(item, "member"), toc_field_text(item, "name"),
                                     roles, toc_field_text(item, "gss"), since};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, file, paper);
    return TOC_OK;
}

static enum toc_result print_streams(FILE *file, const struct toc_paper *paper,
                                     const json_t *streams)
{
    static const struct toc_column columns[] = {
        {.heading = "STREAM"},
        {.heading = "PUBLISHED BY", .shrinks = true},
        {.heading = "READ BY", .shrinks = true},
        {.heading = "KEPT"},
        {.heading = "NEWCOMERS READ"},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(streams); i++) {
        const json_t *const item = json_array_get(streams, i);
        const long long days = (long long)toc_field_number(item, "retention_days");
        char roles[64];
        char kept[32] = "for ever";
        toc_json_join(toc_field_array(item, "publishers"), roles, sizeof roles);
        if (days > 0) {
            (void)snprintf(kept, sizeof kept, "%lld days", days);
        }
        const bool all = strcmp(toc_field_text(item, "history"), "all") == 0;
        const char *const cells[] = {toc_field_text(item, "stream"), roles,
                                     toc_field_text(item, "audience"), kept,
                                     all ? "all" : "from admission"};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, file, paper);
    return TOC_OK;
}

static enum toc_result print_lists(FILE *file, const struct toc_paper *paper, const json_t *lists)
{
    static const struct toc_column columns[] = {{.heading = "LIST"},
                                                {.heading = "ON IT", .shrinks = true}};
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(lists); i++) {
        const json_t *const item = json_array_get(lists, i);
        char members[WORDS_MAX];
        toc_json_join(toc_field_array(item, "members"), members, sizeof members);
        const char *const cells[] = {toc_field_text(item, "list"), members};
        TOC_TRY(toc_table_add(table, cells));
    }
    if (toc_table_rows(table) > 0) {
        fputc('\n', file);
        toc_table_print(table, file, paper);
    }
    return TOC_OK;
}

enum toc_result toc_roster_print(FILE *file, const struct toc_paper *paper,
                                 const struct toc_roster *roster, const struct toc_hash *group,
                                 int64_t now_ms)
{
    TOC_AUTO(toc_json_free) json_t *json = toc_roster_to_json(roster, group, now_ms);
    TOC_ENSURE(json != NULL, TOC_NOMEM);
    char holders[WORDS_MAX];
    const char *const state = toc_field_text(json, "state");
    toc_json_join(toc_field_array(json, "holders"), holders, sizeof holders);
    fprintf(file, "Group %s, version %llu, valid until %s (", roster->group,
            (unsigned long long)roster->version, toc_field_text(json, "expires"));
    toc_text_print(file, paper, toc_style_of(state), state);
    fprintf(file, ")\nFingerprint: %s\nSigners: %u of %zu must sign\n",
            toc_field_text(json, "fingerprint"), roster->threshold, roster->signers_len);
    if (roster->holders_len == 1) {
        fprintf(file, "Holder: %s (token epoch %u): the holder could look suppliers up\n", holders,
                roster->token_epoch);
    } else if (roster->holders_len > 1) {
        fprintf(file, "Holders: %s (token epoch %u)\n", holders, roster->token_epoch);
    }
    print_rules(file, roster);
    fputc('\n', file);
    TOC_TRY(print_members(file, paper, toc_field_array(json, "members")));
    fputc('\n', file);
    TOC_TRY(print_streams(file, paper, toc_field_array(json, "streams")));
    return print_lists(file, paper, toc_field_array(json, "lists"));
}
