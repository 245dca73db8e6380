/* fixture_group: a group made of nothing, for unit tests and the simulation: members with keys made
 * from a seed, rosters signed by one signer, one clock that the test moves, and engines on stores
 * in memory. Every call fails the test when it cannot do its work. One thread.
 *
 * Members, rules and dates are changed first; then _sign makes the next roster version of them. */
#ifndef TOC_FIXTURE_GROUP_H
#define TOC_FIXTURE_GROUP_H

#include "engine.h"

#include <jansson.h>

struct toc_fixture_group;

/* An empty group called "test-group" at noon of 31 January 2026. Streams: framework, as DESIGN has
 * it; distress, to the hubs; region, by the hubs. Expires in 365 days, grace 30. */
struct toc_fixture_group *toc_fixture_group_new(uint64_t seed);
void toc_fixture_group_free(struct toc_fixture_group **group);

/* ---- the next roster ---- */
void toc_fixture_group_add(struct toc_fixture_group *group, const char *member, toc_roles roles);
void toc_fixture_group_remove(struct toc_fixture_group *group, const char *member);
/* Fresh keys for a member. An engine that runs keeps the old ones. */
void toc_fixture_group_rekey(struct toc_fixture_group *group, const char *member);
/* In place of the rule of the same stream, or besides. The texts must outlive the group. */
void toc_fixture_group_rule(struct toc_fixture_group *group, const struct toc_stream_rule *rule);
void toc_fixture_group_expires(struct toc_fixture_group *group, int64_t expires_ms,
                               uint32_t grace_days);
/* `member` NULL: no holder. */
void toc_fixture_group_holder(struct toc_fixture_group *group, const char *member);
/* The next token epoch, with these holders, who must outlive the group; each takes the other one of
 * its two keys. */
void toc_fixture_group_tokens(struct toc_fixture_group *group, const char *const *holders,
                              size_t len);
/* Other signers, of whom so many have to sign; the next version is signed by the old ones, too. */
void toc_fixture_group_signers(struct toc_fixture_group *group, size_t len, uint32_t threshold);
/* The last roster as it would be signed next: for what the calls above do not reach. */
struct toc_roster *toc_fixture_group_draft(struct toc_fixture_group *group);
/* Signs it as the next version, which it returns. */
uint64_t toc_fixture_group_sign(struct toc_fixture_group *group);
/* Another roster of the newest version (from 2), of the draft as it is now and as validly signed;
 * nothing follows it, and it is in no file. */
struct toc_bytes toc_fixture_group_sign_other(struct toc_fixture_group *group);

/* ---- what there is; borrowed from the group ---- */
const struct toc_member_keys *toc_fixture_group_keys(const struct toc_fixture_group *group,
                                                     const char *member);
struct toc_bytes toc_fixture_group_roster(const struct toc_fixture_group *group, uint64_t version);
/* A roster file of versions 1 to `version`. Until the next call. */
struct toc_bytes toc_fixture_group_file(struct toc_fixture_group *group, uint64_t version);
/* Time stands still but for _advance; randomness comes from the seed. */
const struct toc_env *toc_fixture_group_env(const struct toc_fixture_group *group);
void toc_fixture_group_advance(struct toc_fixture_group *group, int64_t ms);
int64_t toc_fixture_group_wall(const struct toc_fixture_group *group);

/* ---- one member's daemon ---- */
struct toc_fixture_daemon {
    struct toc_conf conf;
    struct toc_store *store;
    struct toc_engine *engine;
    uint32_t uid; /* of who asks on the local socket; 0: 1000 */
};
/* On a new store, with the newest roster. `conf` may be changed before the first tick. */
void toc_fixture_daemon_start(struct toc_fixture_group *group, const char *member,
                              struct toc_fixture_daemon *ret_daemon);
/* A crash and a start on the same store: what memory held is gone. */
void toc_fixture_daemon_restart(struct toc_fixture_group *group, struct toc_fixture_daemon *at);
void toc_fixture_daemon_stop(struct toc_fixture_daemon *at);

/* A whole tick with one local request (JSON as text). The reply, a new reference, or NULL when it
 * waits. The binary parts of the reply live until the next tick. */
json_t *toc_fixture_daemon_ask(struct toc_fixture_daemon *at, const char *request,
                               const struct toc_bytes *parts, size_t parts_len);
/* A tick in which nothing comes in. The reply to a request that waited, or NULL. */
json_t *toc_fixture_daemon_tick(struct toc_fixture_daemon *at);
/* The parts behind the JSON of the last reply. */
size_t toc_fixture_daemon_parts(const struct toc_fixture_daemon *at,
                                const struct toc_bytes **ret_parts);

/* A framework's record. `ends` in days since 1970, 0: none. Lies in the arena. */
struct toc_bytes toc_fixture_framework(struct toc_arena *arena, const char *reference,
                                       const char *title, uint32_t ends);

#endif
