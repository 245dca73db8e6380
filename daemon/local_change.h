/* local_change: what publishing a draft would change, compared with what this member has published
 * under the same key. `stage`, `preview` and `publish` all ask here, so that what is sent is what
 * was shown. Private to local_*.c. */
#ifndef TOC_LOCAL_CHANGE_H
#define TOC_LOCAL_CHANGE_H

#include "local_request.h"

/* One record with its comparison: two decoded records of TOC_RECORD_LEN_MAX. */
#define TOC_CHANGE_ARENA_MAX ((size_t)4 * 1024 * 1024)

enum toc_change_action {
    TOC_CHANGE_NONE = 0, /* published with the same content, or withdrawn already */
    TOC_CHANGE_ADD = 1,
    TOC_CHANGE_REPLACE = 2,
    TOC_CHANGE_WITHDRAW = 3,
};
const char *toc_change_action_name(enum toc_change_action action);

struct toc_change {
    const struct toc_draft *draft;
    enum toc_change_action action;
    struct toc_record record; /* what would be sent */
};

/* Everything lies in the arena. */
enum toc_result toc_change_of(struct toc_engine *engine, struct toc_arena *arena,
                              const struct toc_draft *draft, struct toc_change *ret_change,
                              struct toc_why *why) TOC_MUST_CHECK;
/* What a person decides about: action, key and fields; no sequence, time or id. TOC_NOMEM. */
enum toc_result toc_change_hash(const struct toc_change *change, struct toc_hash *ret_hash)
    TOC_MUST_CHECK;
/* The draft itself, byte for byte. */
struct toc_hash toc_draft_hash(const struct toc_draft *draft);

/* Calls `each` for every draft of a stream (NULL: of all) in order of (stream, key), after those if
 * after_key is given. What `each` gets lives until it returns; it may end the walk with anything
 * but TOC_OK, which is returned. */
struct toc_walk {
    const char *stream;
    const char *after_stream;
    const char *after_key;
    enum toc_result (*each)(void *context, struct toc_arena *arena, const struct toc_change *change,
                            struct toc_why *why);
    void *context;
};
enum toc_result toc_changes_walk(struct toc_engine *engine, const struct toc_walk *walk,
                                 struct toc_why *why) TOC_MUST_CHECK;

#endif
