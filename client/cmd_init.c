#include "authority_folder.h"
#include "commands.h"
#include "endpoint.h"
#include "ensure.h"
#include "file.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct words {
    const char *dir;
    const char *roster;
    const char *listen;
    struct toc_texts peers;
    bool yes;
};

/* What is found before anything is written. */
struct plan {
    char key[PATH_MAX];
    char conf[PATH_MAX];
    char roster[PATH_MAX];
    struct toc_roster_file *file;
    struct toc_member_keys keys;
};

static void plan_done(struct plan *plan)
{
    toc_roster_file_free(&plan->file);
    toc_member_keys_wipe(&plan->keys);
}

/* The key file's member must be in the roster, with these keys. */
static enum toc_result check_member(const struct plan *plan, const char *roster_path,
                                    struct toc_why *why)
{
    const struct toc_roster *const roster = toc_roster_file_current(plan->file);
    const struct toc_member *const member = toc_roster_member(roster, plan->keys.member);
    if (member == NULL) {
        return toc_fail(why, TOC_DENIED, "%s: is no member in %s: ask a signer to admit %s.request",
                        plan->keys.member, roster_path, plan->keys.member);
    }
    const struct toc_bytes ours[] = {
        toc_bytes_of(plan->keys.sign_public.bytes, TOC_SIGN_PUBLIC_LEN),
        toc_bytes_of(plan->keys.box_public.bytes, TOC_BOX_KEY_LEN),
        toc_bytes_of(plan->keys.curve_public.bytes, TOC_BOX_KEY_LEN),
    };
    const struct toc_bytes theirs[] = {
        toc_bytes_of(member->sign_public.bytes, TOC_SIGN_PUBLIC_LEN),
        toc_bytes_of(member->box_public.bytes, TOC_BOX_KEY_LEN),
        toc_bytes_of(member->curve_public.bytes, TOC_BOX_KEY_LEN),
    };
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (!toc_bytes_equal(ours[i], theirs[i])) {
            return toc_fail(why, TOC_DENIED,
                            "%s: its keys are not those of '%s' in %s: ask a signer to admit the "
                            "new request with --replace",
                            plan->key, plan->keys.member, roster_path);
        }
    }
    return TOC_OK;
}

static enum toc_result make_plan(const struct words *words, struct plan *ret_plan,
                                 struct toc_why *why)
{
    TOC_AUTO(plan_done) struct plan plan = {.file = NULL};
    TOC_TRY(toc_folder_path(words->dir, "tocsin", ".conf", plan.conf, why));
    TOC_TRY(toc_folder_path(words->dir, "member", ".key", plan.key, why));
    if (access(plan.conf, F_OK) == 0) {
        return toc_fail(why, TOC_EXISTS, "%s: already there, and is not overwritten", plan.conf);
    }
    TOC_TRY(toc_roster_file_load(words->roster, &plan.file, why));
    const enum toc_result result = toc_member_keys_load(plan.key, &plan.keys, why);
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, result, "%s: not there: make it with 'tocsin key new --dir %s'",
                        plan.key, words->dir);
    }
    TOC_TRY(result);
    TOC_TRY(check_member(&plan, words->roster, why));
    TOC_TRY(toc_folder_path(words->dir, toc_roster_file_current(plan.file)->group, ".roster",
                            plan.roster, why));
    *ret_plan = plan;
    plan.file = NULL;
    return TOC_OK;
}

static enum toc_result confirm(struct toc_cli *cli, const struct words *words,
                               const struct plan *plan, struct toc_why *why)
{
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    char question[TOC_FINGERPRINT_LEN + 160];
    const char *const group = toc_roster_file_current(plan->file)->group;
    toc_fingerprint(toc_roster_chain_group(toc_roster_file_chain(plan->file)), fingerprint);
    (void)snprintf(question, sizeof question,
                   "Group %s has the fingerprint\n    %s\nDid a signer read out the same?", group,
                   fingerprint);
    if (!words->yes && !toc_cli_confirm(cli, question)) {
        return toc_fail(why, TOC_DENIED, "%s: not confirmed: nothing was written", words->roster);
    }
    return TOC_OK;
}

static enum toc_result append(struct toc_buf *text, const char *const *parts, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(toc_buf_append_text(text, parts[i]));
    }
    return TOC_OK;
}

static enum toc_result append_addresses(struct toc_buf *text, const char *what, const char *name,
                                        const struct toc_addresses *addresses)
{
    const char *const head[] = {what, name, " {\n    session = \"", addresses->session, "\"\n"};
    TOC_TRY(append(text, head, sizeof head / sizeof head[0]));
    if (addresses->feed[0] != '\0') {
        const char *const feed[] = {"    feed = \"", addresses->feed, "\"\n"};
        TOC_TRY(append(text, feed, sizeof feed / sizeof feed[0]));
    }
    return toc_buf_append_text(text, "}\n");
}

/* Only what this member has to say; tocsind --print-config shows every key. */
static enum toc_result write_text(const struct words *words, const struct plan *plan,
                                  struct toc_buf *text, struct toc_why *why)
{
    const char *const head[] = {
        "# Tocsin: configuration of one member's daemon and command. Paths are relative to this\n"
        "# file. Every key, with what it means: tocsind -c FILE --print-config\n\n"
        "# This organisation's id in the group, and its secret keys.\nmember = \"",
        plan->keys.member,
        "\"\nkey = \"member.key\"\n\n"
        "# The group's signed list of members; newer versions also arrive by themselves.\n"
        "roster = \"",
        toc_roster_file_current(plan->file)->group,
        ".roster\"\n\n# The folder of the databases, and the socket the command talks to.\n"
        "store = \"store\"\nlocal = \"tocsin.sock\"\n",
    };
    TOC_TRY(append(text, head, sizeof head / sizeof head[0]));
    if (words->listen != NULL) {
        struct toc_addresses addresses;
        TOC_TRY(toc_addresses_parse(words->listen, &addresses, why));
        TOC_TRY(toc_buf_append_text(text, "\n# Where other members connect.\n"));
        TOC_TRY(append_addresses(text, "listen", "", &addresses));
    }
    for (size_t i = 0; i < words->peers.len; i++) {
        struct toc_peer_words peer;
        TOC_TRY(toc_peer_words_parse(words->peers.items[i], &peer, why));
        if (toc_roster_member(toc_roster_file_current(plan->file), peer.member) == NULL) {
            return toc_fail(why, TOC_INVALID, "--peer: '%s' is no member of the group",
                            peer.member);
        }
        TOC_TRY(toc_buf_append_text(text, i == 0 ? "\n# Whom to dial.\n" : ""));
        TOC_TRY(append_addresses(text, "peer ", peer.member, &peer.addresses));
    }
    return TOC_OK;
}

/* The roster may be there already, if it is the same. */
static enum toc_result write_roster(const struct plan *plan, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf there;
    const struct toc_bytes bytes = toc_roster_file_bytes(plan->file);
    toc_buf_init(&there, TOC_ROSTER_FILE_MAX);
    const enum toc_result result = toc_file_read(plan->roster, TOC_ROSTER_FILE_MAX, &there, why);
    if (result == TOC_OK && toc_bytes_equal(toc_buf_bytes(&there), bytes)) {
        return TOC_OK;
    }
    if (result == TOC_OK || result != TOC_NOTFOUND) {
        return toc_fail(why, TOC_EXISTS, "%s: another roster is there, and is not overwritten",
                        plan->roster);
    }
    return toc_file_create(plan->roster, bytes, 0644, why);
}

static enum toc_result initialise(struct toc_cli *cli, const struct words *words,
                                  const struct plan *plan, struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf text;
    struct toc_conf *const conf = &cli->conf;
    toc_buf_init(&text, TOC_CONF_LEN_MAX);
    TOC_TRY(write_text(words, plan, &text, why));
    TOC_TRY(confirm(cli, words, plan, why));
    TOC_TRY(write_roster(plan, why));
    TOC_TRY(toc_file_create(plan->conf, toc_buf_bytes(&text), 0644, why));
    /* What this program wrote, it must be able to read: a path too long for a socket is said now.
     */
    const enum toc_result result = toc_conf_load(plan->conf, conf, why);
    if (result != TOC_OK) {
        (void)unlink(plan->conf);
    }
    return result;
}

static int report(struct toc_cli *cli, const struct plan *plan)
{
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    const struct toc_roster *const roster = toc_roster_file_current(plan->file);
    toc_fingerprint(toc_roster_chain_group(toc_roster_file_chain(plan->file)), fingerprint);
    if (cli->json) {
        return toc_cli_document(cli, json_pack("{s:s, s:s, s:s, s:I, s:s}", "member",
                                               plan->keys.member, "group", roster->group,
                                               "fingerprint", fingerprint, "roster_version",
                                               (json_int_t)roster->version, "conf", plan->conf));
    }
    fprintf(cli->out,
            "%s is set up for group %s (roster version %llu): %s\n"
            "Fingerprint of the group: %s\n"
            "Start the daemon with: tocsind -c %s\n",
            plan->keys.member, roster->group, (unsigned long long)roster->version, plan->conf,
            fingerprint, plan->conf);
    return TOC_EXIT_DONE;
}

int toc_cmd_init(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {0};
    const struct toc_option options[] = {
        {.name = "dir", .text = &words.dir},       {.name = "roster", .text = &words.roster},
        {.name = "listen", .text = &words.listen}, {.name = "peer", .texts = &words.peers},
        {.name = "yes", .flag = &words.yes},
    };
    static const struct toc_usage usage = {
        .command = "init",
        .operands = "--dir DIR --roster FILE [--listen S,F] [--peer ID=S[,F]]... [--yes]",
    };
    TOC_AUTO(plan_done) struct plan plan = {.file = NULL};
    struct toc_addresses addresses;
    struct toc_peer_words peer;
    struct toc_operands operands;
    struct toc_why why = {""};
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    if (words.dir == NULL || words.roster == NULL) {
        return toc_cli_misuse(cli, usage.command, "--dir and --roster are needed");
    }
    if (words.listen != NULL && toc_addresses_parse(words.listen, &addresses, &why) != TOC_OK) {
        return toc_cli_misuse(cli, usage.command, "--listen: %s", why.text);
    }
    for (size_t i = 0; i < words.peers.len; i++) {
        if (toc_peer_words_parse(words.peers.items[i], &peer, &why) != TOC_OK) {
            return toc_cli_misuse(cli, usage.command, "--peer: %s", why.text);
        }
    }
    enum toc_result result = make_plan(&words, &plan, &why);
    if (result == TOC_OK) {
        result = initialise(cli, &words, &plan, &why);
    }
    return result == TOC_OK ? report(cli, &plan) : toc_cli_fail(cli, result, &why);
}
