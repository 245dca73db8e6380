#include "wire_batch.h"
#include "batch.pb-c.h"
#include "ensure.h"
#include "ident.h"
#include "seal.h"
#include "wire_field.h"
#include <string.h>

#define BATCH_FORMAT 1
#define RECORD_PREFIX_LEN 4
#define WRAP_SEALED_LEN (64 + 48) /* context and key in a sealed box */

/* The same checks guard both directions: they look at the unpacked message, and the encoders fill
 * one in before they pack it. */

int toc_log_id_compare(const struct toc_log_id *a, const struct toc_log_id *b)
{
    int order = strcmp(a->publisher, b->publisher);
    if (order == 0) {
        order = strcmp(a->stream, b->stream);
    }
    if (order == 0) {
        order = (a->generation > b->generation) - (a->generation < b->generation);
    }
    return order;
}

bool toc_log_id_valid(const struct toc_log_id *id)
{
    return toc_ident_member(id->publisher) && toc_ident_stream(id->stream) && id->generation >= 1;
}

/* ---- batch header ---- */

static enum toc_result check_abandoned(const Tocsin__BatchHeader *header)
{
    TOC_ENSURE(header->n_abandons <= TOC_ABANDONED_MAX, TOC_TOOBIG);
    size_t standing = 0;
    for (size_t i = 0; i < header->n_abandons; i++) {
        const Tocsin__Abandoned *abandoned = header->abandons[i];
        TOC_TRY(toc_wire_check_hash(abandoned->head));
        TOC_ENSURE(abandoned->generation >= 1, TOC_INVALID);
        TOC_ENSURE(abandoned->generation < header->generation, TOC_INVALID);
        TOC_ENSURE(toc_wire_is_sequence(abandoned->next_sequence), TOC_INVALID);
        standing += abandoned->stands ? 1 : 0;
    }
    TOC_ENSURE(standing == (header->n_abandons > 0 ? 1 : 0), TOC_INVALID);
    return TOC_OK;
}

/* Commitment and audience hash come together, and only they open an epoch. */
static enum toc_result check_epoch(const Tocsin__BatchHeader *header)
{
    TOC_ENSURE(header->epoch >= 1, TOC_INVALID);
    if (header->commitment.len == 0 && header->audience_hash.len == 0) {
        TOC_ENSURE(header->n_abandons == 0, TOC_INVALID);
        return TOC_OK;
    }
    TOC_TRY(toc_wire_check_hash(header->commitment));
    return toc_wire_check_hash(header->audience_hash);
}

static enum toc_result check_header(const Tocsin__BatchHeader *header)
{
    TOC_ENSURE(header->format == BATCH_FORMAT, TOC_INVALID);
    TOC_TRY(toc_wire_check_hash(header->group));
    TOC_TRY(toc_wire_check_log(header->publisher, header->stream, header->generation));
    TOC_ENSURE(toc_wire_is_sequence(header->roster_version), TOC_INVALID);
    TOC_ENSURE(header->count >= 1, TOC_INVALID);
    TOC_ENSURE(header->count <= TOC_BATCH_RECORDS_MAX, TOC_TOOBIG);
    TOC_ENSURE(toc_wire_is_sequence(header->first_sequence), TOC_INVALID);
    TOC_ENSURE(toc_wire_is_sequence(header->first_sequence + header->count), TOC_INVALID);
    TOC_TRY(toc_wire_check_hash(header->previous_head));
    TOC_ENSURE(toc_wire_is_time(header->time_ms), TOC_INVALID);
    TOC_TRY(check_abandoned(header));
    TOC_TRY(check_epoch(header));
    TOC_ENSURE(header->nonce.len == TOC_SEAL_NONCE_LEN, TOC_MALFORMED);
    return TOC_OK;
}

static void take_header(const Tocsin__BatchHeader *header, struct toc_batch_header *ret_header)
{
    *ret_header = (struct toc_batch_header){
        .roster_version = header->roster_version,
        .first_sequence = header->first_sequence,
        .count = header->count,
        .time_ms = header->time_ms,
        .epoch = header->epoch,
        .opens_epoch = header->commitment.len > 0,
        .abandons_len = header->n_abandons,
    };
    toc_wire_take_hash(header->group, &ret_header->group);
    toc_wire_take_log(header->publisher, header->stream, header->generation, &ret_header->log);
    toc_wire_take_hash(header->previous_head, &ret_header->previous_head);
    if (ret_header->opens_epoch) {
        toc_wire_take_hash(header->commitment, &ret_header->commitment);
        toc_wire_take_hash(header->audience_hash, &ret_header->audience_hash);
    }
    for (size_t i = 0; i < header->n_abandons; i++) {
        struct toc_abandoned *abandoned = &ret_header->abandons[i];
        abandoned->generation = header->abandons[i]->generation;
        abandoned->next_sequence = header->abandons[i]->next_sequence;
        abandoned->stands = header->abandons[i]->stands;
        toc_wire_take_hash(header->abandons[i]->head, &abandoned->head);
    }
    memcpy(ret_header->nonce, header->nonce.data, TOC_SEAL_NONCE_LEN);
}

static enum toc_result decode_header(struct toc_arena *arena, struct toc_bytes bytes,
                                     struct toc_batch_header *ret_header)
{
    TOC_ENSURE(bytes.len <= TOC_BATCH_HEADER_MAX, TOC_TOOBIG);
    ProtobufCMessage *message;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__batch_header__descriptor, bytes, &message));
    const Tocsin__BatchHeader *header = (const Tocsin__BatchHeader *)message;
    TOC_TRY(check_header(header));
    take_header(header, ret_header);
    return TOC_OK;
}

enum toc_result toc_wire_batch_header_encode(struct toc_arena *arena,
                                             const struct toc_batch_header *header,
                                             struct toc_bytes *ret_bytes)
{
    TOC_ENSURE(header->abandons_len <= TOC_ABANDONED_MAX, TOC_TOOBIG);
    Tocsin__Abandoned abandons[TOC_ABANDONED_MAX];
    Tocsin__Abandoned *pointers[TOC_ABANDONED_MAX];
    for (size_t i = 0; i < header->abandons_len; i++) {
        tocsin__abandoned__init(&abandons[i]);
        abandons[i].generation = header->abandons[i].generation;
        abandons[i].next_sequence = header->abandons[i].next_sequence;
        abandons[i].head = toc_wire_give_hash(&header->abandons[i].head);
        abandons[i].stands = header->abandons[i].stands;
        pointers[i] = &abandons[i];
    }
    Tocsin__BatchHeader message;
    tocsin__batch_header__init(&message);
    message.format = BATCH_FORMAT;
    message.group = toc_wire_give_hash(&header->group);
    message.publisher = toc_wire_text(header->log.publisher);
    message.stream = toc_wire_text(header->log.stream);
    message.generation = header->log.generation;
    message.roster_version = header->roster_version;
    message.first_sequence = header->first_sequence;
    message.count = header->count;
    message.previous_head = toc_wire_give_hash(&header->previous_head);
    message.time_ms = header->time_ms;
    message.epoch = header->epoch;
    if (header->opens_epoch) {
        message.commitment = toc_wire_give_hash(&header->commitment);
        message.audience_hash = toc_wire_give_hash(&header->audience_hash);
    }
    message.n_abandons = header->abandons_len;
    message.abandons = pointers;
    message.nonce = toc_wire_binary(header->nonce, sizeof header->nonce);
    TOC_TRY(check_header(&message));
    return toc_wire_pack(arena, &message.base, TOC_BATCH_HEADER_MAX, ret_bytes);
}

/* ---- batch ---- */

/* Room for the tag and for one length prefix a record: fewer bytes cannot hold the count. */
static enum toc_result check_sealed(size_t len, uint32_t count)
{
    TOC_ENSURE(len <= TOC_BATCH_SEALED_MAX, TOC_TOOBIG);
    TOC_ENSURE(len >= TOC_SEAL_TAG_LEN + (size_t)count * RECORD_PREFIX_LEN, TOC_MALFORMED);
    return TOC_OK;
}

enum toc_result toc_wire_batch_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                      struct toc_batch *ret_batch)
{
    TOC_ENSURE(bytes.len <= TOC_BATCH_LEN_MAX, TOC_TOOBIG);
    ProtobufCMessage *message;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__batch__descriptor, bytes, &message));
    const Tocsin__Batch *unpacked = (const Tocsin__Batch *)message;
    struct toc_batch batch = {
        .bytes = bytes,
        .header_bytes = toc_wire_bytes(unpacked->header),
        .sealed = toc_wire_bytes(unpacked->sealed),
    };
    TOC_TRY(toc_wire_fixed(unpacked->signature, batch.signature.bytes, TOC_SIGNATURE_LEN));
    TOC_TRY(decode_header(arena, batch.header_bytes, &batch.header));
    TOC_TRY(check_sealed(batch.sealed.len, batch.header.count));
    *ret_batch = batch;
    return TOC_OK;
}

enum toc_result toc_wire_batch_encode(struct toc_arena *arena, struct toc_bytes header,
                                      struct toc_bytes sealed,
                                      const struct toc_signature *signature,
                                      struct toc_bytes *ret_bytes)
{
    struct toc_batch_header decoded;
    TOC_TRY(decode_header(arena, header, &decoded));
    TOC_TRY(check_sealed(sealed.len, decoded.count));
    Tocsin__Batch message;
    tocsin__batch__init(&message);
    message.header = toc_wire_binary(header.data, header.len);
    message.sealed = toc_wire_binary(sealed.data, sealed.len);
    message.signature = toc_wire_binary(signature->bytes, TOC_SIGNATURE_LEN);
    return toc_wire_pack(arena, &message.base, TOC_BATCH_LEN_MAX, ret_bytes);
}

/* ---- a body and its signature ---- */

enum toc_result toc_wire_signed_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                       struct toc_signed *ret_signed)
{
    TOC_ENSURE(bytes.len <= TOC_REQUEST_LEN_MAX, TOC_TOOBIG);
    ProtobufCMessage *message;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__signed__descriptor, bytes, &message));
    const Tocsin__Signed *unpacked = (const Tocsin__Signed *)message;
    struct toc_signed envelope = {.bytes = bytes, .body = toc_wire_bytes(unpacked->body)};
    TOC_ENSURE(envelope.body.len > 0, TOC_MALFORMED);
    TOC_TRY(toc_wire_fixed(unpacked->signature, envelope.signature.bytes, TOC_SIGNATURE_LEN));
    *ret_signed = envelope;
    return TOC_OK;
}

enum toc_result toc_wire_signed_encode(struct toc_arena *arena, struct toc_bytes body,
                                       const struct toc_signature *signature,
                                       struct toc_bytes *ret_bytes)
{
    TOC_ENSURE(body.len > 0, TOC_MALFORMED);
    Tocsin__Signed message;
    tocsin__signed__init(&message);
    message.body = toc_wire_binary(body.data, body.len);
    message.signature = toc_wire_binary(signature->bytes, TOC_SIGNATURE_LEN);
    return toc_wire_pack(arena, &message.base, TOC_REQUEST_LEN_MAX, ret_bytes);
}

/* ---- wrap ---- */

static enum toc_result check_wrap(const Tocsin__WrapBody *wrap)
{
    TOC_TRY(toc_wire_check_hash(wrap->group));
    TOC_TRY(toc_wire_check_log(wrap->publisher, wrap->stream, wrap->generation));
    TOC_ENSURE(wrap->epoch >= 1, TOC_INVALID);
    TOC_ENSURE(toc_ident_member(wrap->member), TOC_INVALID);
    TOC_ENSURE(toc_ident_member(wrap->sealer), TOC_INVALID);
    TOC_ENSURE(toc_wire_is_sequence(wrap->roster_version), TOC_INVALID);
    TOC_ENSURE(wrap->sealed.len == WRAP_SEALED_LEN, TOC_MALFORMED);
    return TOC_OK;
}

enum toc_result toc_wire_wrap_decode(struct toc_arena *arena, struct toc_bytes body,
                                     struct toc_wrap_body *ret_wrap)
{
    TOC_ENSURE(body.len <= TOC_SIGNED_LEN_MAX, TOC_TOOBIG);
    ProtobufCMessage *message;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__wrap_body__descriptor, body, &message));
    const Tocsin__WrapBody *unpacked = (const Tocsin__WrapBody *)message;
    TOC_TRY(check_wrap(unpacked));
    struct toc_wrap_body wrap = {
        .epoch = unpacked->epoch,
        .roster_version = unpacked->roster_version,
        .sealed = toc_wire_bytes(unpacked->sealed),
    };
    toc_wire_take_hash(unpacked->group, &wrap.group);
    toc_wire_take_log(unpacked->publisher, unpacked->stream, unpacked->generation, &wrap.log);
    toc_wire_take_name(unpacked->member, wrap.member);
    toc_wire_take_name(unpacked->sealer, wrap.sealer);
    *ret_wrap = wrap;
    return TOC_OK;
}

enum toc_result toc_wire_wrap_encode(struct toc_arena *arena, const struct toc_wrap_body *wrap,
                                     struct toc_bytes *ret_body)
{
    Tocsin__WrapBody message;
    tocsin__wrap_body__init(&message);
    message.group = toc_wire_give_hash(&wrap->group);
    message.publisher = toc_wire_text(wrap->log.publisher);
    message.stream = toc_wire_text(wrap->log.stream);
    message.generation = wrap->log.generation;
    message.epoch = wrap->epoch;
    message.member = toc_wire_text(wrap->member);
    message.sealer = toc_wire_text(wrap->sealer);
    message.roster_version = wrap->roster_version;
    message.sealed = toc_wire_binary(wrap->sealed.data, wrap->sealed.len);
    TOC_TRY(check_wrap(&message));
    return toc_wire_pack(arena, &message.base, TOC_SIGNED_LEN_MAX, ret_body);
}

/* ---- statement ---- */

static enum toc_result check_statement(const Tocsin__StatementBody *statement)
{
    TOC_ENSURE(statement->kind >= TOC_HEARTBEAT, TOC_INVALID);
    TOC_ENSURE(statement->kind <= TOC_CLOSING, TOC_INVALID);
    TOC_TRY(toc_wire_check_hash(statement->group));
    TOC_ENSURE(toc_ident_member(statement->author), TOC_INVALID);
    TOC_TRY(toc_wire_check_log(statement->publisher, statement->stream, statement->generation));
    TOC_ENSURE(toc_wire_is_sequence(statement->next_sequence), TOC_INVALID);
    TOC_TRY(toc_wire_check_hash(statement->head));
    TOC_ENSURE(toc_wire_is_sequence(statement->roster_version), TOC_INVALID);
    TOC_ENSURE(toc_wire_is_time(statement->time_ms), TOC_INVALID);
    /* Only the publisher can say where its own log ends. */
    TOC_ENSURE(statement->kind != TOC_HEARTBEAT ||
                   strcmp(statement->author, statement->publisher) == 0,
               TOC_INVALID);
    return TOC_OK;
}

enum toc_result toc_wire_statement_decode(struct toc_arena *arena, struct toc_bytes body,
                                          struct toc_statement *ret_statement)
{
    TOC_ENSURE(body.len <= TOC_SIGNED_LEN_MAX, TOC_TOOBIG);
    ProtobufCMessage *message;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__statement_body__descriptor, body, &message));
    const Tocsin__StatementBody *unpacked = (const Tocsin__StatementBody *)message;
    TOC_TRY(check_statement(unpacked));
    struct toc_statement statement = {
        .kind = (enum toc_statement_kind)unpacked->kind,
        .next_sequence = unpacked->next_sequence,
        .roster_version = unpacked->roster_version,
        .time_ms = unpacked->time_ms,
    };
    toc_wire_take_hash(unpacked->group, &statement.group);
    toc_wire_take_name(unpacked->author, statement.author);
    toc_wire_take_log(unpacked->publisher, unpacked->stream, unpacked->generation, &statement.log);
    toc_wire_take_hash(unpacked->head, &statement.head);
    *ret_statement = statement;
    return TOC_OK;
}

enum toc_result toc_wire_statement_encode(struct toc_arena *arena,
                                          const struct toc_statement *statement,
                                          struct toc_bytes *ret_body)
{
    Tocsin__StatementBody message;
    tocsin__statement_body__init(&message);
    message.kind = (uint32_t)statement->kind;
    message.group = toc_wire_give_hash(&statement->group);
    message.author = toc_wire_text(statement->author);
    message.publisher = toc_wire_text(statement->log.publisher);
    message.stream = toc_wire_text(statement->log.stream);
    message.generation = statement->log.generation;
    message.next_sequence = statement->next_sequence;
    message.head = toc_wire_give_hash(&statement->head);
    message.roster_version = statement->roster_version;
    message.time_ms = statement->time_ms;
    TOC_TRY(check_statement(&message));
    return toc_wire_pack(arena, &message.base, TOC_SIGNED_LEN_MAX, ret_body);
}
