/* roster: what a roster means. The chain of versions, who may follow whom, who may publish, read,
 * relay; when it expires. Pure: no clock, no file, no socket. Not thread-safe.
 *
 * The roster is itself a log: version n+1 names the hash of n and is signed by a threshold of
 * distinct old keys and of distinct new keys. The hash of version 1 is the group. */
#ifndef TOC_ROSTER_H
#define TOC_ROSTER_H

#include "wire_roster.h"

#define TOC_ROSTER_FILE_MAGIC "tocsin-roster 1\n"
#define TOC_REQUEST_FILE_MAGIC "tocsin-request 1\n"

/* Where older versions are read back from; a chain keeps only the newest and a few more parsed. */
struct toc_roster_source {
    /* Copies version's signed bytes into the arena. TOC_NOTFOUND. */
    enum toc_result (*fetch)(void *context, uint64_t version, struct toc_arena *arena,
                             struct toc_bytes *ret_bytes);
    void *context;
};

struct toc_roster_chain;

/* Empty; `source` is copied, its context must outlive the chain. */
enum toc_result toc_roster_chain_new(const struct toc_roster_source *source,
                                     struct toc_roster_chain **ret_chain) TOC_MUST_CHECK;
void toc_roster_chain_free(struct toc_roster_chain **chain);
/* The next version. TOC_OK: adopted, and the caller keeps the bytes where `source` finds them.
 * TOC_EXISTS: held already. TOC_AGAIN: versions between are missing. TOC_CONFLICT: a validly signed
 * other roster of a version that is held (evidence). Else TOC_BADSIG, TOC_INVALID, TOC_MALFORMED.
 */
enum toc_result toc_roster_chain_adopt(struct toc_roster_chain *chain,
                                       struct toc_bytes signed_roster, struct toc_why *why)
    TOC_MUST_CHECK;
/* From a store of one's own, where every version was adopted once: the first names the group, the
 * newest is checked again whole, and those between are read when somebody asks for them. */
enum toc_result toc_roster_chain_resume(struct toc_roster_chain *chain, struct toc_bytes first,
                                        struct toc_bytes newest, struct toc_why *why)
    TOC_MUST_CHECK;
/* NULL while empty; lives until the next adopt. */
const struct toc_roster *toc_roster_chain_current(const struct toc_roster_chain *chain);
/* 0 while empty. */
uint64_t toc_roster_chain_version(const struct toc_roster_chain *chain);
/* An older version, fetched and parsed again when not at hand; lives until the next call but one,
 * so that two versions can be compared. NULL when it cannot be had. */
const struct toc_roster *toc_roster_chain_at(struct toc_roster_chain *chain, uint64_t version);
/* Hash of the newest version; and the group: hash of version 1. */
const struct toc_hash *toc_roster_chain_head(const struct toc_roster_chain *chain);
const struct toc_hash *toc_roster_chain_group(const struct toc_roster_chain *chain);

/* A roster file: magic, then a list of signed rosters from version 1. Splits and checks the magic.
 */
enum toc_result toc_roster_file_begin(struct toc_bytes file, struct toc_bytes *ret_rest,
                                      struct toc_why *why) TOC_MUST_CHECK;

/* ---- what one roster says ---- */

const struct toc_member *toc_roster_member(const struct toc_roster *roster, const char *id);
/* By either transport key. */
const struct toc_member *toc_roster_member_by_curve(const struct toc_roster *roster,
                                                    const uint8_t key[TOC_BOX_KEY_LEN]);
bool toc_member_has(const struct toc_member *member, enum toc_role role);
size_t toc_roster_hubs(const struct toc_roster *roster);
/* NULL when the roster does not name the stream. */
const struct toc_stream_rule *toc_roster_rule(const struct toc_roster *roster, const char *stream);
bool toc_roster_may_publish(const struct toc_roster *roster, const char *member,
                            const char *stream);
/* The audience, publisher included. */
bool toc_roster_in_audience(const struct toc_roster *roster, const char *member,
                            const char *publisher, const char *stream);
/* Publisher, audience, or hub: to whom a log may be offered, relayed, named. */
bool toc_roster_may_carry(const struct toc_roster *roster, const char *member,
                          const char *publisher, const char *stream);
/* The audience includes the whole group: may ride the feed. */
bool toc_rule_on_feed(const struct toc_stream_rule *rule);
/* digest over the sorted ids of the audience. */
struct toc_hash toc_roster_audience_hash(const struct toc_roster *roster,
                                         const struct toc_hash *group, const char *publisher,
                                         const char *stream);
/* Does any member of the audience under `was` lack from the one under `now`, or hold other keys?
 * Then a new epoch opens. */
bool toc_roster_audience_shrank(const struct toc_roster *was, const struct toc_roster *now,
                                const char *publisher, const char *stream);
/* The same signing and box keys. */
bool toc_member_same_keys(const struct toc_member *a, const struct toc_member *b);

/* With the defaults where nothing was agreed: name at 3, a window a day, 10 working days, 220 % of
 * the different suppliers and 200 more. */
struct toc_rules toc_roster_rules(const struct toc_roster *roster);
/* The key a holder must prove to have used; NULL for a member that holds none. */
const struct toc_element *toc_roster_holder_key(const struct toc_roster *roster,
                                                const char *member);

enum toc_validity {
    TOC_VALID = 0,
    TOC_EXPIRES_SOON = 1, /* within 60 days */
    TOC_IN_GRACE = 2,     /* publishers sign only withdrawals, disputes and clears */
    TOC_EXPIRED = 3,      /* sessions carry only hello and rosters */
};
enum toc_validity toc_roster_validity(const struct toc_roster *roster, int64_t wall_ms);
/* Whole days until it expires, negative after. */
int64_t toc_roster_days_left(const struct toc_roster *roster, int64_t wall_ms);

/* ---- hashes and signatures ---- */

/* Version 1 hashes and signs under a zero group. */
struct toc_hash toc_roster_hash(const struct toc_hash *group, uint64_t version,
                                struct toc_bytes body);
struct toc_signature toc_roster_sign(const struct toc_hash *group, uint64_t version,
                                     struct toc_bytes body, const struct toc_sign_secret *secret);
struct toc_hash toc_request_hash(struct toc_bytes body);
struct toc_signature toc_request_sign(struct toc_bytes body, const struct toc_sign_secret *secret);
/* Self-signed by the member's own signing key, keys valid. TOC_BADSIG, TOC_INVALID with which. */
enum toc_result toc_request_check(const struct toc_request *request, struct toc_why *why)
    TOC_MUST_CHECK;

/* Rules a roster must keep by itself (roles, hub excludes council, threshold, unique keys, buyers
 * and folded names claimed once, lists and successors that exist). Names what is wrong. `was`: the
 * version before, which passed, or NULL: what members kept from it is not computed again. */
enum toc_result toc_roster_check(const struct toc_roster *roster, const struct toc_roster *was,
                                 struct toc_why *why) TOC_MUST_CHECK;

#endif
