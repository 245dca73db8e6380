#include "request.h"
#include "ensure.h"
#include "file.h"
#include "roster.h"
#include <string.h>

enum { FILE_LEN_MAX = TOC_REQUEST_LEN_MAX + 64 };

void toc_request_keys(const struct toc_member_keys *keys, struct toc_member *member)
{
    memcpy(member->id, keys->member, sizeof member->id);
    member->curve_public = keys->curve_public;
    member->curve_next_public = keys->curve_next_public;
    member->sign_public = keys->sign_public;
    member->box_public = keys->box_public;
    memcpy(member->token_public, keys->token_public, sizeof member->token_public);
}

/* Arena memory for one request, both ways. */
static enum toc_result new_arena(struct toc_arena **ret_arena, struct toc_why *why)
{
    if (toc_arena_new(16 * (size_t)TOC_REQUEST_LEN_MAX, ret_arena) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    return TOC_OK;
}

enum toc_result toc_request_save(const char *path, const struct toc_member *member, int64_t time_ms,
                                 const struct toc_sign_secret *secret, struct toc_hash *ret_hash,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    struct toc_bytes body;
    struct toc_bytes whole;
    toc_buf_init(&file, FILE_LEN_MAX);
    TOC_TRY(new_arena(&arena, why));
    enum toc_result result = toc_wire_request_encode(arena, time_ms, member, &body);
    if (result != TOC_OK) {
        return toc_fail(why, result,
                        "%s: the request cannot be written: a name, code or id is "
                        "empty, too long, or not text",
                        member->id);
    }
    const struct toc_signature signature = toc_request_sign(body, secret);
    TOC_TRY(toc_wire_signed_encode(arena, body, &signature, &whole));
    result = toc_buf_append_text(&file, TOC_REQUEST_FILE_MAGIC);
    if (result == TOC_OK) {
        result = toc_list_append(&file, whole);
    }
    if (result != TOC_OK) {
        return toc_fail(why, result, "%s: the request is too large", path);
    }
    TOC_TRY(toc_file_create(path, toc_buf_bytes(&file), 0644, why));
    *ret_hash = toc_request_hash(body);
    return TOC_OK;
}

enum toc_result toc_request_load(const char *path, struct toc_arena *arena,
                                 struct toc_request *ret_request, struct toc_hash *ret_hash,
                                 struct toc_why *why)
{
    TOC_AUTO(toc_buf_done) struct toc_buf file;
    toc_buf_init(&file, FILE_LEN_MAX);
    TOC_TRY(toc_file_read(path, FILE_LEN_MAX, &file, why));
    const struct toc_bytes magic = toc_bytes_text(TOC_REQUEST_FILE_MAGIC);
    if (file.len < magic.len || memcmp(file.data, magic.data, magic.len) != 0) {
        return toc_fail(why, TOC_MALFORMED,
                        "%s: is no request file: 'tocsin key new' makes one, NAME.request", path);
    }
    struct toc_bytes rest = toc_bytes_of(file.data + magic.len, file.len - magic.len);
    struct toc_bytes item;
    struct toc_bytes kept;
    if (toc_list_next(&rest, TOC_REQUEST_LEN_MAX, &item) != TOC_OK || rest.len > 0) {
        return toc_fail(why, TOC_MALFORMED, "%s: is cut short or longer than it says", path);
    }
    if (toc_arena_copy(arena, item, &kept) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "%s: out of memory", path);
    }
    struct toc_request request;
    enum toc_result result = toc_wire_request_decode(arena, kept, &request);
    if (result != TOC_OK) {
        return toc_fail(why, result, "%s: is damaged: ask for it again", path);
    }
    result = toc_request_check(&request, why);
    if (result != TOC_OK) {
        toc_why_prefix(why, "%s", path);
        return result;
    }
    *ret_hash = toc_request_hash(request.envelope.body);
    *ret_request = request;
    return TOC_OK;
}
