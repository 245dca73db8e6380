#include "fixture_forge.h"

#include "engine_internal.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define PLAIN_MAX 65536

static uint32_t generation_of(const struct toc_fixture_forger *forger)
{
    return forger->generation == 0 ? 1 : forger->generation;
}

static const struct toc_sign_secret *secret_of(const struct toc_fixture_forger *forger,
                                               const char *member)
{
    return forger->keys != NULL ? &forger->keys->sign_secret
                                : &toc_fixture_group_keys(forger->group, member)->sign_secret;
}

static struct toc_log_id framework_of(const struct toc_fixture_forger *forger,
                                      const char *publisher)
{
    struct toc_log_id id = {.stream = "framework", .generation = generation_of(forger)};

    (void)snprintf(id.publisher, sizeof(id.publisher), "%s", publisher);
    return id;
}

static struct toc_hash group_of(const struct toc_fixture_forger *forger)
{
    return toc_fixture_exchange_nth(forger->exchange, 0)->engine->group;
}

struct toc_fixture_forged toc_fixture_forge_held(const struct toc_fixture_forger *forger,
                                                 const char *member, const char *publisher,
                                                 uint64_t sequence)
{
    const struct toc_log_row row =
        toc_fixture_exchange_log(forger->exchange, member, publisher, generation_of(forger));
    struct toc_stored_batch held;

    ck_assert_int_eq(
        toc_store_batch_get(toc_fixture_exchange_daemon(forger->exchange, member)->store, row.id,
                            sequence, forger->arena, &held),
        TOC_OK);
    return (struct toc_fixture_forged){held.bytes, held.head};
}

/* One batch of frameworks under this header, sealed with the key and signed. */
static struct toc_fixture_forged forge(const struct toc_fixture_forger *forger,
                                       struct toc_batch_header *header,
                                       const struct toc_epoch_key *key, const char *reference)
{
    struct toc_fixture_forged forged;
    struct toc_batch batch;
    struct toc_buf plain;

    header->count = forger->records == 0 ? 1 : forger->records;
    header->time_ms = toc_fixture_group_wall(forger->group);
    toc_env_random(toc_fixture_group_env(forger->group), header->nonce, sizeof(header->nonce));
    toc_buf_init(&plain, PLAIN_MAX);
    for (uint32_t i = 0; i < header->count; i++) {
        ck_assert_int_eq(toc_list_append(&plain, toc_fixture_framework(forger->arena, reference,
                                                                       "Forged", 20000)),
                         TOC_OK);
    }
    ck_assert_int_eq(toc_batch_make(forger->arena, header, key,
                                    secret_of(forger, header->log.publisher), toc_buf_bytes(&plain),
                                    &batch, &forged.head),
                     TOC_OK);
    toc_buf_done(&plain);
    forged.bytes = batch.bytes;
    return forged;
}

static struct toc_log_row row_of(const struct toc_fixture_forger *forger, const char *publisher,
                                 struct toc_epoch_row *ret_epoch)
{
    struct toc_store *store = toc_fixture_exchange_daemon(forger->exchange, publisher)->store;
    const struct toc_log_row row =
        toc_fixture_exchange_log(forger->exchange, publisher, publisher, generation_of(forger));

    ck_assert_int_eq(toc_store_epoch_get(store, row.id, row.chain.epoch, ret_epoch), TOC_OK);
    return row;
}

static struct toc_batch_header header_at(const struct toc_fixture_forger *forger,
                                         const struct toc_log_row *row, uint64_t sequence,
                                         const struct toc_hash *previous)
{
    return (struct toc_batch_header){.group = group_of(forger),
                                     .log = row->log,
                                     .roster_version = forger->roster_version != 0
                                                           ? forger->roster_version
                                                           : row->chain.roster_version,
                                     .first_sequence = sequence,
                                     .previous_head = *previous};
}

struct toc_fixture_forged toc_fixture_forge_batch(const struct toc_fixture_forger *forger,
                                                  const char *publisher, uint64_t sequence,
                                                  const struct toc_hash *previous,
                                                  const char *reference)
{
    struct toc_epoch_row epoch;
    const struct toc_log_row row = row_of(forger, publisher, &epoch);
    struct toc_batch_header header = header_at(forger, &row, sequence, previous);

    header.epoch = row.chain.epoch;
    if (epoch.first_sequence == sequence) {
        header.opens_epoch = true;
        header.commitment = epoch.commitment;
        header.audience_hash = epoch.audience_hash;
    }
    return forge(forger, &header, &epoch.key, reference);
}

struct toc_fixture_forged toc_fixture_forge_generation(const struct toc_fixture_forger *forger,
                                                       const char *publisher, uint64_t sequence,
                                                       const struct toc_hash *previous,
                                                       const char *reference)
{
    struct toc_epoch_row epoch;
    const struct toc_log_row row = row_of(forger, publisher, &epoch);
    struct toc_batch_header header = header_at(forger, &row, sequence, previous);

    header.log.generation++;
    header.epoch = 1;
    header.opens_epoch = true;
    header.audience_hash = epoch.audience_hash;
    header.abandons_len = 1;
    header.abandons[0] = (struct toc_abandoned){.generation = row.log.generation,
                                                .next_sequence = sequence,
                                                .head = *previous,
                                                .stands = true};
    header.commitment = toc_commitment(&header.group, &header.log, header.epoch, &epoch.key);
    return forge(forger, &header, &epoch.key, reference);
}

struct toc_bytes toc_fixture_forge_statement(const struct toc_fixture_forger *forger,
                                             enum toc_statement_kind kind, const char *author,
                                             const char *publisher, uint64_t next_sequence,
                                             const struct toc_hash *head)
{
    struct toc_statement statement = {.kind = kind,
                                      .group = group_of(forger),
                                      .log = framework_of(forger, publisher),
                                      .next_sequence = next_sequence,
                                      .head = *head,
                                      .roster_version =
                                          forger->roster_version != 0
                                              ? forger->roster_version
                                              : toc_fixture_group_draft(forger->group)->version,
                                      .time_ms = toc_fixture_group_wall(forger->group)};
    struct toc_bytes bytes;

    (void)snprintf(statement.author, sizeof(statement.author), "%s", author);
    ck_assert_int_eq(
        toc_statement_make(forger->arena, &statement, secret_of(forger, author), &bytes), TOC_OK);
    return bytes;
}

void toc_fixture_forge_give(const struct toc_fixture_forger *forger, const char *from,
                            const char *to, const char *publisher, struct toc_bytes batch)
{
    const struct toc_message message = {
        .kind = TOC_MESSAGE_GIVE,
        .as.give = {.log = framework_of(forger, publisher), .batches = &batch, .batches_len = 1}};

    toc_fixture_exchange_say(forger->exchange, from, to, &message);
}

void toc_fixture_forge_say(const struct toc_fixture_forger *forger, const char *from,
                           const char *to, struct toc_bytes statement)
{
    const struct toc_message message = {.kind = TOC_MESSAGE_STATEMENTS,
                                        .as.statements = {&statement, 1}};

    toc_fixture_exchange_say(forger->exchange, from, to, &message);
}
