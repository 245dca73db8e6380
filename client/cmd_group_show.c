/* The subcommands that look at a roster: show, verify, and adopt, which hands it on. */
#include "authority_folder.h"
#include "commands.h"
#include "ensure.h"
#include "roster_words.h"
#include "timetext.h"
#include <string.h>

struct looked {
    char path[PATH_MAX];
    struct toc_roster_file *file;
};

static void looked_done(struct looked *looked)
{
    toc_roster_file_free(&looked->file);
}

/* A file that is named, the folder that is named, the roster of the configuration, or this folder.
 */
static enum toc_result look(struct toc_cli *cli, const char *file, const char *dir,
                            struct looked *ret_looked, struct toc_why *why)
{
    TOC_AUTO(looked_done) struct looked looked = {.file = NULL};
    const char *path = file;
    if (dir != NULL && file == NULL) {
        struct toc_authority_folder folder;
        TOC_TRY(toc_authority_folder_open(dir, NULL, &folder, why));
        *ret_looked = (struct looked){.file = folder.file};
        memcpy(ret_looked->path, folder.path, sizeof folder.path);
        return TOC_OK;
    }
    if (path == NULL) {
        const struct toc_conf *conf;
        const enum toc_result result = toc_cli_conf(cli, &conf, why);
        if (result == TOC_NOTFOUND && look(cli, NULL, ".", ret_looked, NULL) == TOC_OK) {
            return TOC_OK; /* a signer has no configuration, and stands in the folder */
        }
        TOC_TRY(result);
        path = conf->roster;
    }
    if (strlen(path) >= sizeof looked.path) {
        return toc_fail(why, TOC_TOOBIG, "%.60s...: path too long", path);
    }
    memcpy(looked.path, path, strlen(path) + 1);
    TOC_TRY(toc_roster_file_load(path, &looked.file, why));
    *ret_looked = looked;
    looked.file = NULL;
    return TOC_OK;
}

/* File or folder, and what is wrong with the words. */
static bool parse_look(struct toc_cli *cli, const struct toc_usage *usage, int argc, char **argv,
                       const char **ret_group, struct looked *ret_looked, int *ret_exit)
{
    const char *dir = NULL;
    const struct toc_option options[] = {
        {.name = "dir", .text = &dir},
        {.name = "group", .text = ret_group},
    };
    struct toc_operands operands;
    struct toc_why why = {""};
    if (!toc_cli_parse(cli, usage, argc, argv, options, ret_group == NULL ? 1 : 2, &operands,
                       ret_exit)) {
        return false;
    }
    const enum toc_result result =
        look(cli, operands.len > 0 ? operands.items[0] : NULL, dir, ret_looked, &why);
    if (result != TOC_OK) {
        *ret_exit = toc_cli_fail(cli, result, &why);
        return false;
    }
    return true;
}

int toc_cmd_group_show(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {
        .command = "group show", .operands_max = 1, .operands = "[FILE | --dir DIR]"};
    TOC_AUTO(looked_done) struct looked looked = {.file = NULL};
    int status;
    if (!parse_look(cli, &usage, argc, argv, NULL, &looked, &status)) {
        return status;
    }
    const struct toc_roster *const roster = toc_roster_file_current(looked.file);
    const struct toc_hash *const group = toc_roster_chain_group(toc_roster_file_chain(looked.file));
    const int64_t now_ms = toc_env_wall_ms(cli->env);
    if (cli->json) {
        return toc_cli_document(cli, toc_roster_to_json(roster, group, now_ms));
    }
    const enum toc_result result = toc_roster_print(cli->out, &cli->paper, roster, group, now_ms);
    struct toc_why why = {"out of memory"};
    return result == TOC_OK ? TOC_EXIT_DONE : toc_cli_fail(cli, result, &why);
}

static json_t *version_json(const struct toc_roster *roster, const struct toc_hash *hash)
{
    char issued[TOC_TIME_TEXT_LEN + 1];
    char expires[TOC_TIME_TEXT_LEN + 1];
    char hex[2 * TOC_HASH_LEN + 1];
    toc_time_text(roster->issued_ms, issued);
    toc_time_text(roster->expires_ms, expires);
    toc_hex_encode(toc_bytes_of(hash->bytes, sizeof hash->bytes), hex);
    return json_pack("{s:I, s:s, s:s, s:I, s:s}", "version", (json_int_t)roster->version, "issued",
                     issued, "expires", expires, "members", (json_int_t)roster->members_len, "hash",
                     hex);
}

/* The hash of a version is what the next one names; of the newest, the head. */
static enum toc_result version_hash(struct looked *looked, uint64_t version,
                                    struct toc_hash *ret_hash)
{
    struct toc_roster_chain *const chain = toc_roster_file_chain(looked->file);
    if (version == toc_roster_chain_version(chain)) {
        *ret_hash = *toc_roster_chain_head(chain);
        return TOC_OK;
    }
    const struct toc_roster *const next = toc_roster_chain_at(chain, version + 1);
    TOC_ENSURE(next != NULL, TOC_NOMEM);
    *ret_hash = next->previous;
    return TOC_OK;
}

static enum toc_result list_versions(struct looked *looked, json_t *versions)
{
    struct toc_roster_chain *const chain = toc_roster_file_chain(looked->file);
    const uint64_t last = toc_roster_chain_version(chain);
    for (uint64_t version = 1; version <= last; version++) {
        struct toc_hash hash;
        TOC_TRY(version_hash(looked, version, &hash));
        const struct toc_roster *const roster = toc_roster_chain_at(chain, version);
        TOC_ENSURE(roster != NULL, TOC_NOMEM);
        TOC_ENSURE(json_array_append_new(versions, version_json(roster, &hash)) == 0, TOC_NOMEM);
    }
    return TOC_OK;
}

static enum toc_result print_versions(struct toc_cli *cli, const json_t *versions)
{
    static const struct toc_column columns[] = {
        {.heading = "VERSION", .right = true},
        {.heading = "ISSUED"},
        {.heading = "EXPIRES"},
        {.heading = "MEMBERS", .right = true},
        {.heading = "HASH", .shrinks = true},
    };
    TOC_AUTO(toc_table_free) struct toc_table *table = NULL;
    TOC_TRY(toc_table_new(columns, sizeof columns / sizeof columns[0], &table));
    for (size_t i = 0; i < json_array_size(versions); i++) {
        const json_t *const item = json_array_get(versions, i);
        char version[24];
        char members[24];
        (void)snprintf(version, sizeof version, "%lld",
                       (long long)toc_field_number(item, "version"));
        (void)snprintf(members, sizeof members, "%lld",
                       (long long)toc_field_number(item, "members"));
        const char *const cells[] = {version, toc_field_text(item, "issued"),
                                     toc_field_text(item, "expires"), members,
                                     toc_field_text(item, "hash")};
        TOC_TRY(toc_table_add(table, cells));
    }
    toc_table_print(table, cli->out, &cli->paper);
    return TOC_OK;
}

static int report_versions(struct toc_cli *cli, struct looked *looked, const char *fingerprint)
{
    TOC_AUTO(toc_json_free) json_t *versions = json_array();
    struct toc_why why = {"out of memory"};
    enum toc_result result = list_versions(looked, versions);
    if (result == TOC_OK && cli->json) {
        return toc_cli_document(cli,
                                json_pack("{s:s, s:s, s:s, s:O}", "file", looked->path, "group",
                                          toc_roster_file_current(looked->file)->group,
                                          "fingerprint", fingerprint, "versions", versions));
    }
    if (result == TOC_OK) {
        result = print_versions(cli, versions);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    fprintf(cli->out,
            "%s: every version follows the one before it and is signed by enough signers\n"
            "Fingerprint of the group: %s\n",
            looked->path, fingerprint);
    return TOC_EXIT_DONE;
}

int toc_cmd_group_verify(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {.command = "group verify",
                                           .operands_max = 1,
                                           .operands = "[FILE | --dir DIR] [--group FINGERPRINT]"};
    TOC_AUTO(looked_done) struct looked looked = {.file = NULL};
    const char *expected = NULL;
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    int status;
    if (!parse_look(cli, &usage, argc, argv, &expected, &looked, &status)) {
        return status;
    }
    const struct toc_hash *const group = toc_roster_chain_group(toc_roster_file_chain(looked.file));
    toc_fingerprint(group, fingerprint);
    if (expected != NULL && !toc_fingerprint_is(group, expected)) {
        struct toc_why why;
        (void)toc_fail(&why, TOC_BADSIG,
                       "%s: is another group's: its fingerprint is %s: ask a signer which is right",
                       looked.path, fingerprint);
        return toc_cli_fail(cli, TOC_BADSIG, &why);
    }
    return report_versions(cli, &looked, fingerprint);
}

int toc_cmd_group_adopt(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_usage usage = {
        .command = "group adopt", .operands_min = 1, .operands_max = 1, .operands = "FILE"};
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *file = NULL;
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_operands operands;
    struct toc_why why = {""};
    struct toc_local *local;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, NULL, 0, &operands, &status)) {
        return status;
    }
    /* Read here first: a file that is no roster need not trouble the daemon. */
    enum toc_result result = toc_roster_file_load(operands.items[0], &file, &why);
    if (result == TOC_OK) {
        result = toc_cli_local(cli, &local, &why);
    }
    if (result == TOC_OK) {
        const struct toc_bytes part = toc_roster_file_bytes(file);
        const struct toc_call call = {.request = "adopt", .parts = &part, .parts_len = 1};
        result = toc_local_call(local, &call, &reply, &why);
    }
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    const long long version = (long long)toc_field_number(reply.json, "roster_version");
    const long long adopted = (long long)toc_field_number(reply.json, "adopted");
    if (cli->json) {
        return toc_cli_document(cli, json_pack("{s:I, s:I}", "roster_version", (json_int_t)version,
                                               "adopted", (json_int_t)adopted));
    }
    fprintf(cli->out,
            adopted > 0 ? "Adopted: the roster is now version %lld\n"
                        : "Nothing new: the roster is version %lld already\n",
            version);
    return TOC_EXIT_DONE;
}
