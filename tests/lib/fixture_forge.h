/* fixture_forge: what a member never said, but signed with its key: a second history, for the tests
 * of evidence and pins. Everything lies in the arena. Every call fails the test when it cannot. */
#ifndef TOC_FIXTURE_FORGE_H
#define TOC_FIXTURE_FORGE_H

#include "fixture_exchange.h"

struct toc_fixture_forger {
    struct toc_fixture_group *group;
    struct toc_fixture_exchange *exchange;
    struct toc_arena *arena;
    uint32_t records; /* in a batch that is forged; 0: one */
    /* For what is signed with a key that was replaced since; 0 and NULL: as of now. */
    uint64_t roster_version;
    const struct toc_member_keys *keys;
    uint32_t generation; /* of the log; 0: the first */
};

struct toc_fixture_forged {
    struct toc_bytes bytes;
    struct toc_hash head;
};

/* A framework in a batch of the publisher's, at `sequence` behind `previous`,
 * under the key of its newest epoch. The publisher's daemon must hold a batch already; what it
 * holds at `sequence` is what this one contradicts. */
struct toc_fixture_forged toc_fixture_forge_batch(const struct toc_fixture_forger *forger,
                                                  const char *publisher, uint64_t sequence,
                                                  const struct toc_hash *previous,
                                                  const char *reference);
/* The first batch of the generation after, which goes on from `previous`: under the key of the
 * older one's newest epoch, as if it were its own. */
struct toc_fixture_forged toc_fixture_forge_generation(const struct toc_fixture_forger *forger,
                                                       const char *publisher, uint64_t sequence,
                                                       const struct toc_hash *previous,
                                                       const char *reference);
/* The bytes of a batch that a member's daemon holds, and the head after it. */
struct toc_fixture_forged toc_fixture_forge_held(const struct toc_fixture_forger *forger,
                                                 const char *member, const char *publisher,
                                                 uint64_t sequence);
/* A statement about the log of the publisher's frameworks, made now. */
struct toc_bytes toc_fixture_forge_statement(const struct toc_fixture_forger *forger,
                                             enum toc_statement_kind kind, const char *author,
                                             const char *publisher, uint64_t next_sequence,
                                             const struct toc_hash *head);

/* Gives one batch, or says one statement, in another's name; then all is settled. */
void toc_fixture_forge_give(const struct toc_fixture_forger *forger, const char *from,
                            const char *to, const char *publisher, struct toc_bytes batch);
void toc_fixture_forge_say(const struct toc_fixture_forger *forger, const char *from,
                           const char *to, struct toc_bytes statement);

#endif
