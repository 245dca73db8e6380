#include "authority_folder.h"
#include "commands.h"
#include "ensure.h"
#include "file.h"
#include "ident.h"
#include "request.h"
#include <string.h>
#include <unistd.h>

struct words {
    const char *member;
    const char *name;
    const char *gss;
    const char *dir;
    struct toc_texts roles;
    struct toc_texts buyers;
    struct toc_texts aliases;
};

/* "SCHEME:ID", cut at the first colon. */
static enum toc_result parse_buyer(struct toc_arena *arena, const char *text,
                                   struct toc_buyer *ret_buyer, struct toc_why *why)
{
    const char *const colon = strchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == '\0') {
        return toc_fail(why, TOC_INVALID, "--buyer: '%.60s' is not SCHEME:ID, as in GB-LAE:LDS",
                        text);
    }
    ret_buyer->scheme = toc_arena_text(arena, toc_bytes_of(text, (size_t)(colon - text)));
    ret_buyer->id = toc_arena_text(arena, toc_bytes_text(colon + 1));
    TOC_ENSURE(ret_buyer->scheme != NULL && ret_buyer->id != NULL, TOC_NOMEM);
    return TOC_OK;
}

static enum toc_result parse_roles(const struct toc_texts *roles, toc_roles *ret_roles,
                                   struct toc_why *why)
{
    toc_roles set = roles->len == 0 ? TOC_ROLE_BIT(TOC_ROLE_COUNCIL) : 0;
    for (size_t i = 0; i < roles->len; i++) {
        enum toc_role role;
        if (toc_role_parse(roles->items[i], &role) != TOC_OK) {
            return toc_fail(why, TOC_INVALID,
                            "--role: '%.40s' is not council, body, hub, holder or observer",
                            roles->items[i]);
        }
        set |= TOC_ROLE_BIT(role);
    }
    *ret_roles = set;
    return TOC_OK;
}

static enum toc_result check_words(const struct words *words, struct toc_why *why)
{
    if (words->member == NULL || words->name == NULL || words->dir == NULL) {
        return toc_fail(why, TOC_INVALID, "--member, --name and --dir are needed");
    }
    if (!toc_ident_member(words->member)) {
        return toc_fail(why, TOC_INVALID,
                        "--member: '%.60s' is no member id: 1 to 31 of a-z, 0-9 and '-', "
                        "beginning with a letter",
                        words->member);
    }
    if (!toc_ident_text(words->name, TOC_NAME_LEN_MAX)) {
        return toc_fail(why, TOC_INVALID, "--name: is empty, too long, or not text");
    }
    if (words->gss != NULL && !toc_ident_gss(words->gss)) {
        return toc_fail(why, TOC_INVALID, "--gss: '%.20s' is no code such as E08000035",
                        words->gss);
    }
    for (size_t i = 0; i < words->aliases.len; i++) {
        if (!toc_ident_text(words->aliases.items[i], TOC_NAME_LEN_MAX)) {
            return toc_fail(why, TOC_INVALID, "--alias: is empty, too long, or not text");
        }
    }
    return TOC_OK;
}

static enum toc_result member_of(const struct words *words, struct toc_arena *arena,
                                 struct toc_member *ret_member, struct toc_why *why)
{
    TOC_TRY(check_words(words, why));
    struct toc_member member = {
        .name = words->name,
        .gss = words->gss == NULL ? "" : words->gss,
        .aliases = words->aliases.items,
        .aliases_len = words->aliases.len,
    };
    TOC_TRY(parse_roles(&words->roles, &member.roles, why));
    struct toc_buyer *const buyers = toc_arena_zero(arena, words->buyers.len + 1, sizeof *buyers);
    if (buyers == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < words->buyers.len; i++) {
        TOC_TRY(parse_buyer(arena, words->buyers.items[i], &buyers[i], why));
    }
    member.buyers = buyers;
    member.buyers_len = words->buyers.len;
    *ret_member = member;
    return TOC_OK;
}

struct made {
    char key[PATH_MAX];
    char request[PATH_MAX];
    struct toc_hash hash;
};

/* Both files or neither. */
static enum toc_result make_files(struct toc_cli *cli, const struct words *words,
                                  struct toc_member *member, struct made *ret_made,
                                  struct toc_why *why)
{
    TOC_AUTO(toc_member_keys_wipe) struct toc_member_keys keys;
    struct made made;
    toc_member_keys_new(words->member, &keys);
    toc_request_keys(&keys, member);
    TOC_TRY(toc_file_mkdir(words->dir, why));
    TOC_TRY(toc_folder_path(words->dir, "member", ".key", made.key, why));
    TOC_TRY(toc_folder_path(words->dir, words->member, ".request", made.request, why));
    TOC_TRY(toc_member_keys_save(made.key, &keys, why));
    const enum toc_result result = toc_request_save(made.request, member, toc_env_wall_ms(cli->env),
                                                    &keys.sign_secret, &made.hash, why);
    if (result != TOC_OK) {
        /* Made a moment ago and known to nobody. */
        (void)unlink(made.key);
        return result;
    }
    *ret_made = made;
    return TOC_OK;
}

static int report(struct toc_cli *cli, const struct words *words, const struct made *made)
{
    char fingerprint[TOC_FINGERPRINT_LEN + 1];
    toc_fingerprint(&made->hash, fingerprint);
    if (cli->json) {
        return toc_cli_document(cli, json_pack("{s:s, s:s, s:s, s:s}", "member", words->member,
                                               "key", made->key, "request", made->request,
                                               "fingerprint", fingerprint));
    }
    fprintf(cli->out,
            "Keys of %s: %s (keep it here, and back it up)\n"
            "Request:  %s (send it to the group's signers)\n"
            "Fingerprint, to read out on the telephone:\n"
            "    %s\n",
            words->member, made->key, made->request, fingerprint);
    return TOC_EXIT_DONE;
}

static int key_new(struct toc_cli *cli, int argc, char **argv)
{
    struct words words = {0};
    const struct toc_option options[] = {
        {.name = "member", .text = &words.member},  {.name = "name", .text = &words.name},
        {.name = "gss", .text = &words.gss},        {.name = "dir", .text = &words.dir},
        {.name = "role", .texts = &words.roles},    {.name = "buyer", .texts = &words.buyers},
        {.name = "alias", .texts = &words.aliases},
    };
    static const struct toc_usage usage = {
        .command = "key new",
        .operands = "--member ID --name NAME [--gss CODE] [--role R]... [--buyer SCHEME:ID]... "
                    "[--alias NAME]... --dir DIR",
    };
    struct toc_operands operands;
    int status;
    if (!toc_cli_parse(cli, &usage, argc, argv, options, sizeof options / sizeof options[0],
                       &operands, &status)) {
        return status;
    }
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_why why = {""};
    struct toc_member member;
    struct made made;
    enum toc_result result = toc_arena_new(TOC_REQUEST_LEN_MAX, &arena);
    if (result != TOC_OK) {
        return toc_cli_fail(cli, result, &why);
    }
    result = member_of(&words, arena, &member, &why);
    if (result == TOC_INVALID) {
        return toc_cli_misuse(cli, usage.command, "%s", why.text);
    }
    if (result == TOC_OK) {
        result = make_files(cli, &words, &member, &made, &why);
    }
    return result == TOC_OK ? report(cli, &words, &made) : toc_cli_fail(cli, result, &why);
}

int toc_cmd_key(struct toc_cli *cli, int argc, char **argv)
{
    static const struct toc_command commands[] = {
        {"new", key_new, "--member ID --name NAME --dir DIR", "makes a member's keys and request"},
    };
    return toc_cli_dispatch(cli, "key", commands, sizeof commands / sizeof commands[0], argc, argv);
}
