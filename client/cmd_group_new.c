#include "authority_folder.h"
#include "commands.h"
#include "ensure.h"
#include "file.h"
#include "ident.h"
#include "lifetime.h"
#include "request.h"
#include <string.h>
#include <unistd.h>

struct words {
    const char *group;
    const char *hub;
    const char *dir;
    const char *signers;
    const char *distress;
    struct toc_lifetime life;
    int64_t expires_ms;
    unsigned threshold;
    unsigned signers_len;
};

/* "M/N": N keys, of which M must sign. */
static enum toc_result parse_signers(struct words *words, struct toc_why *why)
{
    words->threshold = 1;
    words->signers_len = 1;
    if (words->signers == NULL) {
        return TOC_OK;
    }
    char text[16] = "";
    uint64_t needed = 0;
    uint64_t all = 0;
    const size_t len = strlen(words->signers);
    if (len < sizeof text) {
        memcpy(text, words->signers, len + 1);
    }
    char *const slash = strchr(text, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    if (slash == NULL || toc_args_number(text, TOC_SIGNERS_MAX, &needed) != TOC_OK ||
        toc_args_number(slash + 1, TOC_SIGNERS_MAX, &all) != TOC_OK || needed == 0 ||
        needed > all) {
        return toc_fail(why, TOC_INVALID,
                        "--signers: '%.20s' is not M/N, as in 2/3, with N at most %d",
                        words->signers, TOC_SIGNERS_MAX);
    }
    words->threshold = (unsigned)needed;
    words->signers_len = (unsigned)all;
    return TOC_OK;
}

static void wipe_key(struct toc_signer_key *key)
{
    toc_bytes_wipe(key, sizeof *key);
}

/* One key is signer.key; several are numbered from 1. */
static enum toc_result signer_path(const struct words *words, unsigned i, char ret_path[PATH_MAX],
                                   struct toc_why *why)
{
    return toc_signer_path(words->dir, words->signers_len == 1 ? 0 : i + 1, ret_path, why);
}

/* `*made` counts those that are there, also where the next one fails. */
static enum toc_result make_signers(const struct words *words, struct toc_sign_public *ret_signers,
                                    unsigned *made, struct toc_why *why)
{
    for (*made = 0; *made < words->signers_len; (*made)++) {
        TOC_AUTO(wipe_key) struct toc_signer_key key;
        char path[PATH_MAX];
        TOC_TRY(signer_path(words, *made, path, why));
        toc_sign_keypair(&key.public_key, &key.secret);
        TOC_TRY(toc_signer_key_save(path, &key, why));
        ret_signers[*made] = key.public_key;
    }
    return TOC_OK;
}

/* Keys of a group that was not founded are nobody's, and in the way of the next try. */
static void take_back_signers(const struct words *words, unsigned made)
{
    for (unsigned i = 0; i < made; i++) {
        char path[PATH_MAX];
        if (signer_path(words, i, path, NULL) == TOC_OK) {
            (void)unlink(path);
        }
    }
}

/* Before a key is made: that nothing of a group is there. */
static enum toc_result check_folder(const struct words *words,
                                    struct toc_authority_folder *ret_folder, struct toc_why *why)
{
    struct toc_authority_folder folder = {.file = NULL};
    char key[PATH_MAX];
    TOC_TRY(toc_file_mkdir(words->dir, why));
    TOC_TRY(toc_folder_path(words->dir, words->group, ".roster", folder.path, why));
    TOC_TRY(toc_folder_path(words->dir, words->group, ".roster.next", folder.next_path, why));
    TOC_TRY(toc_signer_path(words->dir, words->signers_len == 1 ? 0 : 1, key, why));
    const char *const paths[] = {folder.path, folder.next_path, key};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (access(paths[i], F_OK) == 0) {
            return toc_fail(why, TOC_EXISTS,
                            "%s: is there already: a group is founded in a folder of its own",
                            paths[i]);
        }
    }
    *ret_folder = folder;
    return TOC_OK;
}

static enum toc_result found(struct toc_cli *cli, const struct words *words,
                             struct toc_arena *arena, struct toc_authority_folder *ret_folder,
                             struct toc_authority_outcome *ret_outcome, struct toc_why *why)
{
    struct toc_sign_public signers[TOC_SIGNERS_MAX];
    struct toc_authority_founding founding = {
        .group = words->group,
        .signers = signers,
        .signers_len = words->signers_len,
        .threshold = words->threshold,
        .issued_ms = toc_env_wall_ms(cli->env),
        .expires_ms = words->expires_ms,
        .distress_to_group = strcmp(words->distress, "group") == 0,
    };
    struct toc_authority_folder folder;
    struct toc_request request;
    struct toc_hash hash;
    struct toc_roster first;
    TOC_TRY(toc_request_load(words->hub, arena, &request, &hash, why));
    founding.hub = &request.member;
    if (!toc_member_has(founding.hub, TOC_ROLE_HUB)) {
        return toc_fail(why, TOC_DENIED,
                        "%s: does not ask to be a hub: make its keys with --role hub", words->hub);
    }
    TOC_TRY(check_folder(words, &folder, why));
    unsigned made = 0;
    enum toc_result result = make_signers(words, signers, &made, why);
    if (result == TOC_OK) {
        result = toc_authority_found(arena, &founding, &first, why);
    }
    if (result == TOC_OK) {
        result = toc_authority_publish(words->dir, &folder, &first, ret_outcome, why);
    }
    if (result != TOC_OK) {
        if (access(folder.path, F_OK) != 0 && access(folder.next_path, F_OK) != 0) {
            take_back_signers(words, made);
        }
        return result;
    }
    TOC_TRY(toc_roster_file_load(folder.path, &folder.file, why));
    *ret_folder = folder;
    return TOC_OK;
}

static int report(struct toc_cli *cli, const struct words *words,
                  const struct toc_authority_folder *folder,
                  const struct toc_authority_outcome *outcome)
{
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    char expires[TOC_TIME_TEXT_LEN + 1];
    toc_fingerprint(toc_roster_chain_group(toc_roster_file_chain(folder->file)), fingerprint);
    toc_time_text(toc_roster_file_current(folder->file)->expires_ms, expires);
    if (cli->json) {
        return toc_cli_document(
            cli, json_pack("{s:s, s:s, s:s, s:I, s:i, s:i, s:s}", "group", words->group,
                           "fingerprint", fingerprint, "roster", folder->path, "version",
                           (json_int_t)outcome->version, "signatures", (int)outcome->signatures,
                           "threshold", (int)outcome->threshold, "expires", expires));
    }
    fprintf(cli->out,
            "Group %s is founded: %s, valid until %s\n"
            "Signer keys: %u in %s, of which %u must sign (keep them apart from any daemon)\n"
            "Fingerprint of the group, to read out on the telephone:\n"
            "    %s\n",
            words->group, folder->path, expires, words->signers_len, words->dir, words->threshold,
            fingerprint);
    return TOC_EXIT_DONE;
}

int toc_cmd_group_new(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {.distress = "hub", .life.days = TOC_AUTHORITY_DAYS};
    const struct toc_option options[] = {
        {.name = "hub", .text = &words.hub},
        {.name = "dir", .text = &words.dir},
        {.name = "signers", .text = &words.signers},
        {.name = "distress", .text = &words.distress},
        {.name = "days", .number = &words.life.days, .number_max = TOC_LIFETIME_DAYS_MAX},
        {.name = "expires", .text = &words.life.expires},
    };
    static const struct toc_usage usage = {
        .command = "group new",
        .operands_min = 1,
        .operands_max = 1,
        .operands = "GROUP --hub FILE.request --dir DIR [--signers M/N] [--days N] "
                    "[--distress hub|group]",
    };
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    words.group = operands.items[0];
    if (words.hub == NULL || words.dir == NULL) {
        return toc_cli_misuse(cli, usage.command, "--hub and --dir are needed");
    }
    if (!toc_ident_group(words.group)) {
        return toc_cli_misuse(cli, usage.command, "'%.60s' is no name for a group", words.group);
    }
    if (strcmp(words.distress, "hub") != 0 && strcmp(words.distress, "group") != 0) {
        return toc_cli_misuse(cli, usage.command,
                              "--distress: '%.20s' is neither 'hub' nor 'group'", words.distress);
    }
    if (parse_signers(&words, &why) != TOC_OK ||
        toc_lifetime_end(&words.life, toc_env_wall_ms(cli->env), &words.expires_ms, &why) !=
            TOC_OK) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_authority_folder_done) struct toc_authority_folder folder = {.file = NULL};
    struct toc_authority_outcome outcome;
    enum toc_result result = toc_arena_new(64 * (size_t)TOC_REQUEST_LEN_MAX, &arena);
    if (result == TOC_OK) {
        result = found(cli, &words, arena, &folder, &outcome, &why);
    }
    return result == TOC_OK ? report(cli, &words, &folder, &outcome)
                            : toc_cli_fail(cli, result, &why);
}
