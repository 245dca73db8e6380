/* authority: what a group's signers decide, as pure steps from one roster to the next. No file, no
 * clock, no key: authority_folder.h reads, signs and writes. What comes out lies in the arena and
 * borrows from what went in; it keeps toc_roster_check's rules.
 *
 * Every step that says no because of a rule of the group says TOC_DENIED. */
#ifndef TOC_AUTHORITY_H
#define TOC_AUTHORITY_H

#include "roster.h"

#define TOC_AUTHORITY_DAYS 365
#define TOC_AUTHORITY_GRACE_DAYS 30

/* The streams of a new group (DESIGN: what is shared). Static. */
extern const struct toc_stream_rule toc_authority_streams[];
extern const size_t toc_authority_streams_len;

/* Version 1: a hub alone. */
struct toc_authority_founding {
    const char *group;
    const struct toc_member *hub;
    const struct toc_sign_public *signers;
    size_t signers_len;
    uint32_t threshold;
    int64_t issued_ms;
    int64_t expires_ms;
    bool distress_to_group; /* flags go to every member, not to the hub alone */
};
enum toc_result toc_authority_found(struct toc_arena *arena,
                                    const struct toc_authority_founding *founding,
                                    struct toc_roster *ret_first, struct toc_why *why)
    TOC_MUST_CHECK;

/* What every later version follows. */
struct toc_authority_step {
    struct toc_arena *arena;
    const struct toc_roster *now;
    struct toc_hash now_hash;
    int64_t issued_ms;
};

/* Admits a new member, or brings a known one up to date. Other signing or box keys under a known id
 * are a replacement, which has to be meant: `replace`. The first council opens token epoch 1.
 * TOC_EXISTS when nothing would change. */
enum toc_result toc_authority_admit(const struct toc_authority_step *step,
                                    const struct toc_member *newcomer, bool replace,
                                    struct toc_roster *ret_next, struct toc_why *why)
    TOC_MUST_CHECK;
/* Takes a member out of the group and of every list. When it held token keys, the next token epoch
 * begins with another council in its place, if there is one. TOC_NOTFOUND. */
enum toc_result toc_authority_remove(const struct toc_authority_step *step, const char *member,
                                     struct toc_roster *ret_next, struct toc_why *why)
    TOC_MUST_CHECK;
/* `successor`, a member, takes the place of the others, who leave. TOC_NOTFOUND. */
enum toc_result toc_authority_succeed(const struct toc_authority_step *step, const char *successor,
                                      char *const *olds, size_t olds_len,
                                      struct toc_roster *ret_next, struct toc_why *why)
    TOC_MUST_CHECK;
/* A list of members, by `name`, and the stream STREAM.NAME that those on it read, published by
 * whoever publishes STREAM (authority_list.c). The list is what `members` says, in any order; with
 * none, the stream is taken away, and the list too unless another stream is read by it.
 * TOC_NOTFOUND, TOC_INVALID, TOC_TOOBIG, TOC_EXISTS when nothing would change. */
struct toc_authority_list {
    const char *name;
    const char *stream; /* one that carries records: "framework" */
    char *const *members;
    size_t members_len;
};
enum toc_result toc_authority_list(const struct toc_authority_step *step,
                                   const struct toc_authority_list *list,
                                   struct toc_roster *ret_next, struct toc_why *why) TOC_MUST_CHECK;
/* The next token epoch, with fresh keys of the holders named, or of those who hold now: whoever
 * held before can make no token of it alone. TOC_NOTFOUND, TOC_INVALID, TOC_TOOBIG; TOC_DENIED for
 * a holder without a fresh key. */
enum toc_result toc_authority_rotate_tokens(const struct toc_authority_step *step,
                                            char *const *named, size_t named_len,
                                            struct toc_roster *ret_next, struct toc_why *why)
    TOC_MUST_CHECK;
/* Within their limits (wire_roster.h). TOC_EXISTS when nothing would change. */
enum toc_result toc_authority_rules(const struct toc_authority_step *step,
                                    const struct toc_rules *rules, struct toc_roster *ret_next,
                                    struct toc_why *why) TOC_MUST_CHECK;
/* How long what is published on a stream can be opened, and whether newcomers read what went before
 * them (authority_stream.c). Who reads it is no part of this: what was sealed for few would open to
 * many. TOC_NOTFOUND; TOC_INVALID beyond TOC_RETENTION_DAYS_MAX; TOC_EXISTS when nothing changes.
 */
struct toc_authority_stream {
    const char *stream;             /* as the roster has it: "token.answer.*" */
    const uint32_t *retention_days; /* 0: for ever. NULL: stays */
    const bool *from_admission;     /* NULL: stays */
};
enum toc_result toc_authority_stream(const struct toc_authority_step *step,
                                     const struct toc_authority_stream *change,
                                     struct toc_roster *ret_next, struct toc_why *why)
    TOC_MUST_CHECK;
/* The streams of a new group in which `distress` goes to every member; in the arena, as many as
 * toc_authority_streams_len. NULL: out of memory. */
const struct toc_stream_rule *toc_authority_streams_open(struct toc_arena *arena);
/* The same roster for longer (or shorter). */
enum toc_result toc_authority_renew(const struct toc_authority_step *step, int64_t expires_ms,
                                    struct toc_roster *ret_next, struct toc_why *why)
    TOC_MUST_CHECK;

/* ---- for authority*.c ---- */
/* The version after step->now, as yet the same. */
struct toc_roster toc_authority_next(const struct toc_authority_step *step);
/* A rule of rosters that is broken here is a decision that may not be taken: TOC_DENIED. */
enum toc_result toc_authority_check(const struct toc_roster *was, const struct toc_roster *roster,
                                    struct toc_roster *ret_next, struct toc_why *why)
    TOC_MUST_CHECK;
/* TOC_NOMEM and TOC_NOTFOUND, in the same words everywhere. */
enum toc_result toc_authority_no_memory(struct toc_why *why) TOC_MUST_CHECK;
enum toc_result toc_authority_no_member(const char *member, struct toc_why *why) TOC_MUST_CHECK;
/* authority_tokens.c. The first token epoch: a hub and this council. */
enum toc_result toc_authority_open_tokens(const struct toc_authority_step *step,
                                          const char *council, struct toc_roster *next,
                                          struct toc_why *why) TOC_MUST_CHECK;
/* Without the keys of who is gone the old tokens can no longer be made: the next token epoch
 * begins, with another council in its place, if there is one. */
enum toc_result toc_authority_replace_holder(const struct toc_authority_step *step,
                                             const char *gone, struct toc_roster *next,
                                             struct toc_why *why) TOC_MUST_CHECK;

#endif
