/* fixture_exchange: whole daemons of fixture_group joined by links in memory. Frames arrive
 * complete, in order and at once; nothing is lost but what a test cuts off. Worker's jobs run
 * between ticks. Every call fails the test when it cannot do its work. One thread.
 *
 * A test adds daemons and links, lets members say something, and settles: everybody ticks until
 * nobody has anything to send. Then it looks at stores, at replies, and at what was sent. */
#ifndef TOC_FIXTURE_EXCHANGE_H
#define TOC_FIXTURE_EXCHANGE_H

#include "fixture_group.h"
#include "wire_record.h"
#include "wire_session.h"

struct toc_fixture_exchange;

/* The group is borrowed, and freed after it. */
struct toc_fixture_exchange *toc_fixture_exchange_new(struct toc_fixture_group *group);
void toc_fixture_exchange_free(struct toc_fixture_exchange **exchange);

/* The usual one, settled: the hub spg, and the councils leeds and york, which dial it. Signs
 * version 1 of the group with whoever was added before; they have no daemon yet. */
struct toc_fixture_exchange *toc_fixture_exchange_star(struct toc_fixture_group *group);

/* ---- daemons and links ---- */
/* A new store in the folder (NULL: in memory), the newest roster. Lives as long as the exchange. */
struct toc_fixture_daemon *toc_fixture_exchange_add(struct toc_fixture_exchange *exchange,
                                                    const char *member, const char *folder);
/* `feed`: the server binds one, and the dialler hears it. A link that was cut comes up again. */
void toc_fixture_exchange_link(struct toc_fixture_exchange *exchange, const char *dialler,
                               const char *server, bool feed);
/* Both sides are told; what was under way is lost. */
void toc_fixture_exchange_cut(struct toc_fixture_exchange *exchange, const char *dialler,
                              const char *server);
/* A crash and a start on the same store, with the member's newest keys: its links are cut. */
void toc_fixture_exchange_crash(struct toc_fixture_exchange *exchange, const char *member);
/* As a file and SIGHUP would: a roster version, and what came before it. Not delivered yet. */
void toc_fixture_exchange_adopt(struct toc_fixture_exchange *exchange, const char *member,
                                uint64_t version);

/* ---- delivery ---- */
void toc_fixture_exchange_settle(struct toc_fixture_exchange *exchange);
/* One tick of one member, with whatever has come. */
void toc_fixture_exchange_step(struct toc_fixture_exchange *exchange, const char *member);
/* One record as a daemon makes it by itself, on any stream; then all is settled. */
void toc_fixture_exchange_make(struct toc_fixture_exchange *exchange, const char *member,
                               const char *stream, const char *id, const struct toc_record *record);
/* Time goes by, to each deadline in turn, and all is settled there. For minutes, not for days. */
void toc_fixture_exchange_pass(struct toc_fixture_exchange *exchange, int64_t ms);
/* A message that `from` never made, on its link to `to`; then all is settled. */
void toc_fixture_exchange_say(struct toc_fixture_exchange *exchange, const char *from,
                              const char *to, const struct toc_message *message);

/* On the local socket: the reply, yes or no, a new reference. What it brought about is not
 * delivered yet. */
json_t *toc_fixture_exchange_ask(struct toc_fixture_exchange *exchange, const char *member,
                                 const char *request, const struct toc_bytes *parts,
                                 size_t parts_len);
/* For a look inside, or a tick of one's own, of which nothing is delivered. */
struct toc_fixture_daemon *toc_fixture_exchange_daemon(struct toc_fixture_exchange *exchange,
                                                       const char *member);
/* In the order in which they were added; NULL behind the last. */
struct toc_fixture_daemon *toc_fixture_exchange_nth(struct toc_fixture_exchange *exchange,
                                                    size_t n);

/* ---- publishing on framework ---- */
/* One framework with this reference, as a submission with this id. Its sequence; 0: it waits. */
uint64_t toc_fixture_exchange_publish(struct toc_fixture_exchange *exchange, const char *member,
                                      const char *id, const char *reference);
uint64_t toc_fixture_exchange_withdraw(struct toc_fixture_exchange *exchange, const char *member,
                                       const char *id, uint64_t sequence);
/* The reply as it comes, yes or no. Not delivered yet. */
json_t *toc_fixture_exchange_submit(struct toc_fixture_exchange *exchange, const char *member,
                                    const char *id, struct toc_bytes record);

/* ---- what came of it ---- */
/* Current frameworks of a publisher as a member sees them; `reference` NULL: all of them. */
size_t toc_fixture_exchange_rows(struct toc_fixture_exchange *exchange, const char *member,
                                 const char *publisher, const char *reference);
/* Do all who were added agree, and see `rows` frameworks of the publisher? */
void toc_fixture_exchange_agree(struct toc_fixture_exchange *exchange, const char *publisher,
                                size_t rows);
/* A publisher's log of frameworks; fails the test if the member holds none. */
struct toc_log_row toc_fixture_exchange_log(struct toc_fixture_exchange *exchange,
                                            const char *member, const char *publisher,
                                            uint32_t generation);

/* Messages on sessions by kind, batches given, statements by kind, since the last _forget. */
struct toc_fixture_sent {
    unsigned messages[8];
    unsigned batches;
    unsigned statements[4];
    unsigned feed;
};
const struct toc_fixture_sent *
toc_fixture_exchange_sent(const struct toc_fixture_exchange *exchange, const char *from,
                          const char *to);
void toc_fixture_exchange_forget(struct toc_fixture_exchange *exchange);

#endif
