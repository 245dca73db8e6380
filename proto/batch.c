#include "batch.h"

#include "ensure.h"

#include <string.h>

static const char head_tag[] = "tocsin head 1";
static const char log_tag[] = "tocsin log 1";
static const char batch_tag[] = "tocsin batch 1";
static const char commitment_tag[] = "tocsin commitment 1";
static const char context_tag[] = "tocsin wrap-context 1";
static const char wrap_tag[] = "tocsin wrap 1";

#define WRAP_PLAIN_LEN (TOC_HASH_LEN + TOC_SEAL_KEY_LEN)

static struct toc_bytes hash_bytes(const struct toc_hash *hash)
{
    return toc_bytes_of(hash->bytes, TOC_HASH_LEN);
}

struct toc_hash toc_head_start(const struct toc_hash *group, const struct toc_log_id *log)
{
    const struct toc_bytes parts[] = {toc_bytes_text(log->publisher), toc_bytes_of("", 1),
                                      toc_bytes_text(log->stream)};

    return toc_digest(log_tag, group, parts, 3);
}

struct toc_hash toc_batch_head(const struct toc_batch *batch)
{
    uint8_t length[4] = {0};
    const struct toc_bytes parts[] = {toc_bytes_of(length, sizeof(length)), batch->header_bytes,
                                      batch->sealed};

    toc_put_u32(length, (uint32_t)batch->header_bytes.len);
    return toc_digest(head_tag, &batch->header.group, parts, 3);
}

struct toc_hash toc_commitment(const struct toc_hash *group, const struct toc_log_id *log,
                               uint32_t epoch, const struct toc_epoch_key *key)
{
    uint8_t numbers[8];
    const struct toc_bytes parts[] = {
        toc_bytes_text(log->publisher), toc_bytes_of("", 1),
        toc_bytes_text(log->stream),    toc_bytes_of("", 1),
        toc_bytes_of(numbers, 8),       toc_bytes_of(key->bytes, sizeof(key->bytes))};

    toc_put_u32(numbers, log->generation);
    toc_put_u32(numbers + 4, epoch);
    return toc_digest(commitment_tag, group, parts, 6);
}

enum toc_result toc_batch_make(struct toc_arena *arena, const struct toc_batch_header *header,
                               const struct toc_epoch_key *key,
                               const struct toc_sign_secret *secret, struct toc_bytes plain,
                               struct toc_batch *ret_batch, struct toc_hash *ret_head)
{
    struct toc_batch batch = {.header = *header};
    struct toc_hash head;
    uint8_t *sealed;

    TOC_ENSURE(plain.len <= TOC_BATCH_PLAIN_MAX, TOC_TOOBIG);
    TOC_TRY(toc_wire_batch_header_encode(arena, header, &batch.header_bytes));
    sealed = toc_arena_get(arena, plain.len + TOC_SEAL_TAG_LEN);
    TOC_ENSURE(sealed != NULL, TOC_NOMEM);
    TOC_TRY(toc_seal(key->bytes, header->nonce, batch.header_bytes, plain, sealed));
    batch.sealed = toc_bytes_of(sealed, plain.len + TOC_SEAL_TAG_LEN);
    head = toc_batch_head(&batch);
    batch.signature = toc_sign(secret, batch_tag, &header->group, hash_bytes(&head));
    TOC_TRY(toc_wire_batch_encode(arena, batch.header_bytes, batch.sealed, &batch.signature,
                                  &batch.bytes));
    *ret_batch = batch;
    *ret_head = head;
    return TOC_OK;
}

enum toc_result toc_batch_verify(const struct toc_batch *batch, const struct toc_hash *head,
                                 const struct toc_sign_public *publisher)
{
    return toc_sign_verify(publisher, batch_tag, &batch->header.group, hash_bytes(head),
                           &batch->signature);
}

enum toc_result toc_batch_check_audience(const struct toc_batch_header *header,
                                         const struct toc_roster *roster)
{
    if (!header->opens_epoch) {
        return TOC_OK;
    }
    const struct toc_hash audience =
        toc_roster_audience_hash(roster, &header->group, header->log.publisher, header->log.stream);
    TOC_ENSURE(toc_hash_equal(&audience, &header->audience_hash), TOC_INVALID);
    return TOC_OK;
}

enum toc_result toc_batch_open(struct toc_arena *arena, const struct toc_batch *batch,
                               const struct toc_epoch_key *key, struct toc_bytes *ret_plain)
{
    uint8_t *plain;
    size_t len;

    TOC_ENSURE(batch->sealed.len >= TOC_SEAL_TAG_LEN, TOC_MALFORMED);
    len = batch->sealed.len - TOC_SEAL_TAG_LEN;
    plain = toc_arena_get(arena, len);
    TOC_ENSURE(plain != NULL, TOC_NOMEM);
    TOC_TRY(toc_open(key->bytes, batch->header.nonce, batch->header_bytes, batch->sealed, plain));
    *ret_plain = toc_bytes_of(plain, len);
    return TOC_OK;
}

static struct toc_hash wrap_context(const struct toc_hash *group, const struct toc_log_id *log,
                                    uint32_t epoch, const char *member)
{
    uint8_t numbers[8];
    const struct toc_bytes parts[] = {toc_bytes_text(log->publisher), toc_bytes_of("", 1),
                                      toc_bytes_text(log->stream),    toc_bytes_of("", 1),
                                      toc_bytes_of(numbers, 8),       toc_bytes_text(member)};

    toc_put_u32(numbers, log->generation);
    toc_put_u32(numbers + 4, epoch);
    return toc_digest(context_tag, group, parts, 6);
}

enum toc_result toc_wrap_make(struct toc_arena *arena, const struct toc_hash *group,
                              const struct toc_log_id *log, uint32_t epoch,
                              const struct toc_epoch_key *key, const struct toc_member *to,
                              const char *sealer, const struct toc_sign_secret *secret,
                              uint64_t roster_version, struct toc_bytes *ret_wrap)
{
    const struct toc_hash context = wrap_context(group, log, epoch, to->id);
    struct toc_wrap_body wrap = {
        .group = *group, .log = *log, .epoch = epoch, .roster_version = roster_version};
    uint8_t sealed[WRAP_PLAIN_LEN + TOC_BOX_OVERHEAD];
    uint8_t plain[WRAP_PLAIN_LEN];
    struct toc_signature signature;
    struct toc_bytes body;
    enum toc_result result;

    memcpy(plain, context.bytes, TOC_HASH_LEN);
    memcpy(plain + TOC_HASH_LEN, key->bytes, TOC_SEAL_KEY_LEN);
    result = toc_box_seal(&to->box_public, toc_bytes_of(plain, sizeof(plain)), sealed);
    toc_bytes_wipe(plain, sizeof(plain));
    TOC_TRY(result);
    memcpy(wrap.member, to->id, sizeof(wrap.member));
    memcpy(wrap.sealer, sealer, strlen(sealer) + 1);
    wrap.sealed = toc_bytes_of(sealed, sizeof(sealed));
    TOC_TRY(toc_wire_wrap_encode(arena, &wrap, &body));
    signature = toc_sign(secret, wrap_tag, group, body);
    return toc_wire_signed_encode(arena, body, &signature, ret_wrap);
}

enum toc_result toc_wrap_read(struct toc_arena *arena, const struct toc_hash *group,
                              const struct toc_roster *roster, struct toc_bytes bytes,
                              struct toc_wrap_body *ret_wrap)
{
    const struct toc_member *sealer;
    struct toc_signed envelope;
    struct toc_wrap_body wrap;

    TOC_TRY(toc_wire_signed_decode(arena, bytes, &envelope));
    TOC_TRY(toc_wire_wrap_decode(arena, envelope.body, &wrap));
    TOC_ENSURE(toc_hash_equal(&wrap.group, group), TOC_INVALID);
    sealer = toc_roster_member(roster, wrap.sealer);
    TOC_ENSURE(sealer != NULL, TOC_DENIED);
    TOC_ENSURE(strcmp(wrap.sealer, wrap.log.publisher) == 0 || toc_member_has(sealer, TOC_ROLE_HUB),
               TOC_DENIED);
    TOC_TRY(
        toc_sign_verify(&sealer->sign_public, wrap_tag, group, envelope.body, &envelope.signature));
    *ret_wrap = wrap;
    return TOC_OK;
}

enum toc_result toc_wrap_open(const struct toc_wrap_body *wrap,
                              const struct toc_box_public *box_public,
                              const struct toc_box_secret *box_secret,
                              const struct toc_hash *commitment, struct toc_epoch_key *ret_key)
{
    const struct toc_hash context =
        wrap_context(&wrap->group, &wrap->log, wrap->epoch, wrap->member);
    uint8_t plain[WRAP_PLAIN_LEN];
    struct toc_epoch_key key;
    struct toc_hash proof;
    bool fits;

    TOC_ENSURE(wrap->sealed.len == WRAP_PLAIN_LEN + TOC_BOX_OVERHEAD, TOC_MALFORMED);
    TOC_TRY(toc_box_open(box_public, box_secret, wrap->sealed, plain));
    memcpy(key.bytes, plain + TOC_HASH_LEN, TOC_SEAL_KEY_LEN);
    proof = toc_commitment(&wrap->group, &wrap->log, wrap->epoch, &key);
    fits = toc_bytes_equal_secret(plain, context.bytes, TOC_HASH_LEN) &&
           toc_hash_equal(&proof, commitment);
    toc_bytes_wipe(plain, sizeof(plain));
    if (fits) {
        *ret_key = key;
    }
    toc_bytes_wipe(&key, sizeof(key));
    return fits ? TOC_OK : TOC_BADSIG;
}

static const char *statement_tag(enum toc_statement_kind kind)
{
    switch (kind) {
    case TOC_HEARTBEAT:
        return "tocsin heartbeat 1";
    case TOC_RECEIPT:
        return "tocsin receipt 1";
    case TOC_CLOSING:
        return "tocsin closing 1";
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_statement_make(struct toc_arena *arena, const struct toc_statement *statement,
                                   const struct toc_sign_secret *secret,
                                   struct toc_bytes *ret_bytes)
{
    struct toc_signature signature;
    struct toc_bytes body;

    TOC_TRY(toc_wire_statement_encode(arena, statement, &body));
    signature = toc_sign(secret, statement_tag(statement->kind), &statement->group, body);
    return toc_wire_signed_encode(arena, body, &signature, ret_bytes);
}

enum toc_result toc_statement_read(struct toc_arena *arena, struct toc_bytes bytes,
                                   struct toc_signed *ret_signed,
                                   struct toc_statement *ret_statement)
{
    struct toc_signed envelope;

    TOC_TRY(toc_wire_signed_decode(arena, bytes, &envelope));
    TOC_TRY(toc_wire_statement_decode(arena, envelope.body, ret_statement));
    *ret_signed = envelope;
    return TOC_OK;
}

enum toc_result toc_statement_verify(const struct toc_signed *envelope,
                                     const struct toc_statement *statement,
                                     const struct toc_sign_public *author)
{
    return toc_sign_verify(author, statement_tag(statement->kind), &statement->group,
                           envelope->body, &envelope->signature);
}
