#include "roster_file.h"
#include "ensure.h"
#include "file.h"
#include <stdlib.h>
#include <string.h>

struct toc_roster_file {
    struct toc_buf bytes; /* magic, then the list */
    size_t *offsets;      /* of each version's bytes in it, from version 1 */
    size_t *lens;
    size_t len;
    size_t room;
    struct toc_roster_chain *chain;
};

static enum toc_result fetch(void *context, uint64_t version, struct toc_arena *arena,
                             struct toc_bytes *ret_bytes)
{
    const struct toc_roster_file *const file = context;
    const struct toc_bytes bytes = toc_roster_file_version(file, version);
    TOC_ENSURE(bytes.len > 0, TOC_NOTFOUND);
    return toc_arena_copy(arena, bytes, ret_bytes);
}

enum toc_result toc_roster_file_new(struct toc_roster_file **ret_file, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *file = calloc(1, sizeof *file);
    if (file == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    toc_buf_init(&file->bytes, TOC_ROSTER_FILE_MAX);
    const struct toc_roster_source source = {.fetch = fetch, .context = file};
    enum toc_result result = toc_roster_chain_new(&source, &file->chain);
    if (result == TOC_OK) {
        result = toc_buf_append_text(&file->bytes, TOC_ROSTER_FILE_MAGIC);
    }
    if (result != TOC_OK) {
        return toc_fail(why, result, "out of memory");
    }
    *ret_file = toc_take(&file);
    return TOC_OK;
}

void toc_roster_file_free(struct toc_roster_file **file)
{
    if (*file == NULL) {
        return;
    }
    toc_roster_chain_free(&(*file)->chain);
    toc_buf_done(&(*file)->bytes);
    free((*file)->offsets);
    free((*file)->lens);
    free(*file);
    *file = NULL;
}

static enum toc_result make_room(struct toc_roster_file *file)
{
    if (file->len < file->room) {
        return TOC_OK;
    }
    const size_t room = file->room == 0 ? 16 : 2 * file->room;
    size_t *const offsets = reallocarray(file->offsets, room, sizeof *offsets);
    TOC_ENSURE(offsets != NULL, TOC_NOMEM);
    file->offsets = offsets;
    size_t *const lens = reallocarray(file->lens, room, sizeof *lens);
    TOC_ENSURE(lens != NULL, TOC_NOMEM);
    file->lens = lens;
    file->room = room;
    return TOC_OK;
}

enum toc_result toc_roster_file_add(struct toc_roster_file *file, struct toc_bytes signed_roster,
                                    struct toc_why *why)
{
    TOC_TRY(make_room(file));
    TOC_TRY(toc_roster_chain_adopt(file->chain, signed_roster, why));
    const enum toc_result result = toc_list_append(&file->bytes, signed_roster);
    if (result != TOC_OK) {
        return toc_fail(why, result, "the roster's versions take more than %d bytes together",
                        TOC_ROSTER_FILE_MAX);
    }
    file->lens[file->len] = signed_roster.len;
    file->offsets[file->len] = file->bytes.len - signed_roster.len;
    file->len++;
    return TOC_OK;
}

enum toc_result toc_roster_file_read(const char *name, struct toc_bytes bytes,
                                     struct toc_roster_file **ret_file, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *file = NULL;
    struct toc_bytes rest;
    TOC_TRY(toc_roster_file_new(&file, why));
    if (toc_roster_file_begin(bytes, &rest, why) != TOC_OK) {
        return toc_fail(why, TOC_MALFORMED, "%s: is no roster file", name);
    }
    for (;;) {
        struct toc_bytes item;
        enum toc_result result = toc_list_next(&rest, TOC_ROSTER_LEN_MAX, &item);
        if (result == TOC_NOTFOUND) {
            break;
        }
        if (result != TOC_OK) {
            return toc_fail(why, result, "%s: is cut short after version %zu: copy it again", name,
                            file->len);
        }
        result = toc_roster_file_add(file, item, why);
        if (result != TOC_OK) {
            toc_why_prefix(why, "%s: after version %zu", name, file->len);
            /* In a file there is nothing to wait for, and nothing comes twice. */
            return result == TOC_AGAIN || result == TOC_EXISTS ? TOC_MALFORMED : result;
        }
    }
    if (file->len == 0) {
        return toc_fail(why, TOC_MALFORMED, "%s: holds no roster", name);
    }
    *ret_file = toc_take(&file);
    return TOC_OK;
}

enum toc_result toc_roster_file_load(const char *path, struct toc_roster_file **ret_file,
                                     struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf bytes;
    toc_buf_init(&bytes, TOC_ROSTER_FILE_MAX);
    TOC_TRY(toc_file_read(path, TOC_ROSTER_FILE_MAX, &bytes, why));
    return toc_roster_file_read(path, toc_buf_bytes(&bytes), ret_file, why);
}

struct toc_roster_chain *toc_roster_file_chain(struct toc_roster_file *file)
{
    return file->chain;
}

const struct toc_roster *toc_roster_file_current(const struct toc_roster_file *file)
{
    return toc_roster_chain_current(file->chain);
}

struct toc_bytes toc_roster_file_version(const struct toc_roster_file *file, uint64_t version)
{
    if (version == 0 || version > file->len) {
        return toc_bytes_of(NULL, 0);
    }
    return toc_bytes_of(file->bytes.data + file->offsets[version - 1], file->lens[version - 1]);
}

struct toc_bytes toc_roster_file_bytes(const struct toc_roster_file *file)
{
    return toc_buf_bytes(&file->bytes);
}
