#include "authority_folder.h"
#include "ensure.h"
#include "file.h"
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ARENA_MAX (64 * (size_t)TOC_ROSTER_LEN_MAX)

void toc_authority_folder_done(struct toc_authority_folder *folder)
{
    toc_roster_file_free(&folder->file);
}

enum toc_result toc_folder_path(const char *dir, const char *name, const char *ending,
                                char ret_path[PATH_MAX], struct toc_why *why)
{
    char path[PATH_MAX];
    const int len = snprintf(path, sizeof path, "%s/%s%s", dir, name, ending);
    if (len < 0 || (size_t)len >= sizeof path) {
        return toc_fail(why, TOC_TOOBIG, "%.60s...: path too long", dir);
    }
    memcpy(ret_path, path, (size_t)len + 1);
    return TOC_OK;
}

enum toc_result toc_signer_path(const char *dir, unsigned number, char ret_path[PATH_MAX],
                                struct toc_why *why)
{
    char name[32] = "signer";
    if (number > 0) {
        (void)snprintf(name, sizeof name, "signer-%u", number);
    }
    return toc_folder_path(dir, name, ".key", ret_path, why);
}

/* The one file of the folder that is called *.roster. */
static enum toc_result find_roster(const char *dir, char ret_path[PATH_MAX], struct toc_why *why)
{
    char pattern[PATH_MAX];
    glob_t found;
    TOC_TRY(toc_folder_path(dir, "*", ".roster", pattern, why));
    const int status = glob(pattern, GLOB_ERR, NULL, &found);
    enum toc_result result = TOC_OK;
    if (status != 0 || found.gl_pathc == 0) {
        result = toc_fail(why, TOC_NOTFOUND,
                          "%s: there is no roster here: name its folder with --dir", dir);
    } else if (found.gl_pathc > 1) {
        result =
            toc_fail(why, TOC_INVALID, "%s: there are %zu rosters here: say which with --group",
                     dir, found.gl_pathc);
    } else if (strlen(found.gl_pathv[0]) + sizeof ".next" > PATH_MAX) {
        result = toc_fail(why, TOC_TOOBIG, "%s: path too long", dir);
    } else {
        memcpy(ret_path, found.gl_pathv[0], strlen(found.gl_pathv[0]) + 1);
    }
    if (status == 0) {
        globfree(&found);
    }
    return result;
}

enum toc_result toc_authority_folder_open(const char *dir, const char *group,
                                          struct toc_authority_folder *ret_folder,
                                          struct toc_why *why)
{
    TOC_AUTO(toc_authority_folder_done) struct toc_authority_folder folder = {.file = NULL};
    if (group != NULL) {
        TOC_TRY(toc_folder_path(dir, group, ".roster", folder.path, why));
    } else {
        TOC_TRY(find_roster(dir, folder.path, why));
    }
    const int len = snprintf(folder.next_path, sizeof folder.next_path, "%s.next", folder.path);
    if (len < 0 || (size_t)len >= sizeof folder.next_path) {
        return toc_fail(why, TOC_TOOBIG, "%s: path too long", dir);
    }
    TOC_TRY(toc_roster_file_load(folder.path, &folder.file, why));
    *ret_folder = folder;
    folder.file = NULL;
    return TOC_OK;
}

static bool is_signer(const struct toc_roster *roster, const struct toc_sign_public *key)
{
    for (size_t i = 0; i < roster->signers_len; i++) {
        if (memcmp(roster->signers[i].bytes, key->bytes, sizeof key->bytes) == 0) {
            return true;
        }
    }
    return false;
}

static void wipe_key(struct toc_signer_key *key)
{
    toc_bytes_wipe(key, sizeof *key);
}

static struct toc_roster_signature sign_with(const struct toc_signer_key *key,
                                             const struct toc_hash *group, uint64_t version,
                                             struct toc_bytes body)
{
    return (struct toc_roster_signature){
        .signer = key->public_key,
        .signature = toc_roster_sign(group, version, body, &key->secret),
    };
}

/* With every signer key of the folder; a file that is no key of this roster is passed over. */
static enum toc_result sign_at_hand(const char *dir, const struct toc_roster *roster,
                                    const struct toc_hash *group, struct toc_bytes body,
                                    struct toc_roster_signature *ret_signatures, size_t *ret_len,
                                    struct toc_why *why)
{
    size_t len = 0;
    for (unsigned i = 0; i <= TOC_SIGNERS_MAX; i++) {
        TOC_AUTO(wipe_key) struct toc_signer_key key = {0};
        char path[PATH_MAX];
        TOC_TRY(toc_signer_path(dir, i, path, why));
        if (access(path, F_OK) != 0) {
            continue;
        }
        TOC_TRY(toc_signer_key_load(path, &key, why));
        if (is_signer(roster, &key.public_key) && len < TOC_SIGNERS_MAX) {
            ret_signatures[len++] = sign_with(&key, group, roster->version, body);
        }
    }
    *ret_len = len;
    return TOC_OK;
}

static enum toc_result write_next(const char *path, struct toc_bytes signed_roster,
                                  struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    toc_buf_init(&file, TOC_ROSTER_FILE_MAX);
    TOC_TRY(toc_buf_append_text(&file, TOC_ROSTER_FILE_MAGIC));
    TOC_TRY(toc_list_append(&file, signed_roster));
    return toc_file_write(path, toc_buf_bytes(&file), 0644, why);
}

/* Verified before it is written: a file that this program cannot read must not come from it. */
static enum toc_result write_version(const struct toc_authority_folder *folder, uint64_t version,
                                     struct toc_bytes signed_roster, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *fresh = NULL;
    struct toc_roster_file *file = folder->file;
    if (version == 1) {
        TOC_TRY(toc_roster_file_new(&fresh, why));
        file = fresh;
    }
    TOC_TRY(toc_roster_file_add(file, signed_roster, why));
    const struct toc_bytes bytes = toc_roster_file_bytes(file);
    return version == 1 ? toc_file_create(folder->path, bytes, 0644, why)
                        : toc_file_write(folder->path, bytes, 0644, why);
}

static enum toc_result write_signed(const struct toc_authority_folder *folder,
                                    const struct toc_roster *next, struct toc_bytes body,
                                    const struct toc_roster_signature *signatures, size_t len,
                                    struct toc_authority_outcome *ret_outcome, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_bytes signed_roster;
    struct toc_authority_outcome outcome = {
        .version = next->version, .signatures = (uint32_t)len, .threshold = next->threshold};
    outcome.complete = len >= next->threshold;
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    enum toc_result result =
        toc_wire_signed_roster_encode(arena, body, signatures, len, &signed_roster);
    if (result != TOC_OK) {
        return toc_fail(why, result, "the roster cannot be written: it is too large");
    }
    if (outcome.complete) {
        TOC_TRY(write_version(folder, next->version, signed_roster, why));
        (void)unlink(folder->next_path);
    } else {
        TOC_TRY(write_next(folder->next_path, signed_roster, why));
    }
    *ret_outcome = outcome;
    return TOC_OK;
}

enum toc_result toc_authority_publish(const char *dir, const struct toc_authority_folder *folder,
                                      const struct toc_roster *next,
                                      struct toc_authority_outcome *ret_outcome,
                                      struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_roster_signature signatures[TOC_SIGNERS_MAX];
    struct toc_bytes body;
    size_t len;
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    const enum toc_result result = toc_wire_roster_encode(arena, next, &body);
    if (result != TOC_OK) {
        return toc_fail(why, result, "the roster cannot be written: a field is out of its bounds");
    }
    const struct toc_hash *const group =
        folder->file == NULL ? &toc_hash_zero
                             : toc_roster_chain_group(toc_roster_file_chain(folder->file));
    TOC_TRY(sign_at_hand(dir, next, group, body, signatures, &len, why));
    return write_signed(folder, next, body, signatures, len, ret_outcome, why);
}

/* The version that waits. */
static enum toc_result read_waiting(const struct toc_authority_folder *folder,
                                    struct toc_arena *arena, struct toc_signed_roster *ret_next,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    struct toc_bytes rest;
    struct toc_bytes item;
    struct toc_bytes kept;
    toc_buf_init(&file, TOC_ROSTER_LEN_MAX + 64);
    const enum toc_result result =
        toc_file_read(folder->next_path, TOC_ROSTER_LEN_MAX + 64, &file, why);
    if (result == TOC_NOTFOUND) {
        return toc_fail(why, result, "%s: no version waits for a signature", folder->next_path);
    }
    TOC_TRY(result);
    struct toc_signed_roster next;
    if (toc_roster_file_begin(toc_buf_bytes(&file), &rest, why) != TOC_OK ||
        toc_list_next(&rest, TOC_ROSTER_LEN_MAX, &item) != TOC_OK || rest.len > 0 ||
        toc_arena_copy(arena, item, &kept) != TOC_OK ||
        toc_wire_signed_roster_decode(arena, kept, &next) != TOC_OK) {
        return toc_fail(why, TOC_MALFORMED, "%s: is damaged: copy it again", folder->next_path);
    }
    *ret_next = next;
    return TOC_OK;
}

/* Signed long ago, and only not removed: it holds nothing up. */
static bool is_over(const struct toc_authority_folder *folder)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_signed_roster next;
    return toc_arena_new(ARENA_MAX, &arena) == TOC_OK &&
           read_waiting(folder, arena, &next, NULL) == TOC_OK &&
           next.roster.version <= toc_roster_chain_version(toc_roster_file_chain(folder->file));
}

enum toc_result toc_authority_folder_free_to_change(const struct toc_authority_folder *folder,
                                                    struct toc_why *why)
{
    if (access(folder->next_path, F_OK) == 0 && !is_over(folder)) {
        return toc_fail(why, TOC_EXISTS,
                        "%s: a version waits for signatures: 'tocsin group sign' it, or delete "
                        "the file to drop it",
                        folder->next_path);
    }
    return TOC_OK;
}

/* The version that waits, and that it is the next one. */
static enum toc_result read_next(const struct toc_authority_folder *folder, struct toc_arena *arena,
                                 struct toc_signed_roster *ret_next, struct toc_why *why)
{
    struct toc_signed_roster next;
    TOC_TRY(read_waiting(folder, arena, &next, why));
    const struct toc_roster_chain *const chain = toc_roster_file_chain(folder->file);
    if (next.roster.version != toc_roster_chain_version(chain) + 1 ||
        !toc_hash_equal(&next.roster.previous, toc_roster_chain_head(chain))) {
        return toc_fail(why, TOC_STALE, "%s: does not follow version %llu of %s", folder->next_path,
                        (unsigned long long)toc_roster_chain_version(chain), folder->path);
    }
    *ret_next = next;
    return TOC_OK;
}

enum toc_result toc_authority_sign(const struct toc_authority_folder *folder, const char *key_path,
                                   struct toc_authority_outcome *ret_outcome, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(wipe_key) struct toc_signer_key key = {0};
    struct toc_roster_signature signatures[2 * TOC_SIGNERS_MAX + 1];
    struct toc_signed_roster next;
    TOC_TRY(toc_signer_key_load(key_path, &key, why));
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(read_next(folder, arena, &next, why));
    if (!is_signer(&next.roster, &key.public_key)) {
        return toc_fail(why, TOC_DENIED, "%s: is not the key of a signer of this group", key_path);
    }
    for (size_t i = 0; i < next.signatures_len; i++) {
        signatures[i] = next.signatures[i];
        if (memcmp(next.signatures[i].signer.bytes, key.public_key.bytes,
                   sizeof key.public_key.bytes) == 0) {
            return toc_fail(why, TOC_EXISTS, "%s: has signed version %llu already", key_path,
                            (unsigned long long)next.roster.version);
        }
    }
    const struct toc_hash *const group =
        toc_roster_chain_group(toc_roster_file_chain(folder->file));
    signatures[next.signatures_len] = sign_with(&key, group, next.roster.version, next.body);
    return write_signed(folder, &next.roster, next.body, signatures, next.signatures_len + 1,
                        ret_outcome, why);
}
