#include "wire_record.h"
#include "ensure.h"
#include "ident.h"
#include "record.pb-c.h"
#include "wire_alloc.h"
#include "wire_body.h"
#include <string.h>

static bool is_reason(const char *reason)
{
    return reason[0] == '\0' || toc_ident_text(reason, TOC_REASON_LEN_MAX);
}

static bool is_reference(const struct toc_reference *reference)
{
    return reference->sequence > 0 && reference->sequence <= TOC_SEQUENCE_MAX &&
           (reference->publisher[0] == '\0' || toc_ident_member(reference->publisher)) &&
           (reference->stream[0] == '\0' || toc_ident_stream(reference->stream));
}

/* What a record may hold together, the same for what is read and what is written. */
static enum toc_result check_shape(const struct toc_record *record)
{
    const bool withdrawal = record->withdraws.sequence > 0;
    TOC_ENSURE(withdrawal == (record->type == TOC_RECORD_WITHDRAWAL), TOC_INVALID);
    TOC_ENSURE(!withdrawal || record->supersedes.sequence == 0, TOC_INVALID);
    TOC_ENSURE(is_reason(record->reason), TOC_INVALID);
    TOC_ENSURE(withdrawal || record->reason[0] == '\0', TOC_INVALID);
    TOC_ENSURE(!withdrawal || is_reference(&record->withdraws), TOC_INVALID);
    TOC_ENSURE(record->supersedes.sequence == 0 || is_reference(&record->supersedes), TOC_INVALID);
    return TOC_OK;
}

static enum toc_result read_reference(const Tocsin__Reference *message,
                                      struct toc_reference *ret_reference)
{
    struct toc_reference reference = {.sequence = 0};
    if (message != NULL) {
        const size_t publisher_len = strlen(message->publisher);
        const size_t stream_len = strlen(message->stream);
        TOC_ENSURE(publisher_len < sizeof reference.publisher, TOC_INVALID);
        TOC_ENSURE(stream_len < sizeof reference.stream, TOC_INVALID);
        memcpy(reference.publisher, message->publisher, publisher_len);
        memcpy(reference.stream, message->stream, stream_len);
        reference.sequence = message->sequence;
        TOC_ENSURE(is_reference(&reference), TOC_INVALID);
    }
    *ret_reference = reference;
    return TOC_OK;
}

enum toc_result toc_wire_record_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                       struct toc_record *ret_record)
{
    TOC_ENSURE(bytes.len <= TOC_RECORD_LEN_MAX, TOC_TOOBIG);
    ProtobufCMessage *base;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__record__descriptor, bytes, &base));
    const Tocsin__Record *const message = (const Tocsin__Record *)base;
    struct toc_record record = {.reason = message->reason};
    TOC_TRY(read_reference(message->supersedes, &record.supersedes));
    TOC_TRY(read_reference(message->withdraws, &record.withdraws));
    TOC_TRY(toc_wire_body_read(arena, message, &record));
    TOC_TRY(check_shape(&record));
    *ret_record = record;
    return TOC_OK;
}

static Tocsin__Reference *write_reference(const struct toc_reference *reference,
                                          Tocsin__Reference *message)
{
    if (reference->sequence == 0) {
        return NULL;
    }
    tocsin__reference__init(message);
    message->publisher = toc_wire_text(reference->publisher);
    message->stream = toc_wire_text(reference->stream);
    message->sequence = reference->sequence;
    return message;
}

enum toc_result toc_wire_record_encode(struct toc_arena *arena, const struct toc_record *record,
                                       struct toc_bytes *ret_bytes)
{
    struct toc_record checked = *record;
    checked.reason = record->reason == NULL ? "" : record->reason;
    TOC_TRY(check_shape(&checked));
    Tocsin__Reference supersedes;
    Tocsin__Reference withdraws;
    Tocsin__Record message;
    tocsin__record__init(&message);
    message.supersedes = write_reference(&record->supersedes, &supersedes);
    message.withdraws = write_reference(&record->withdraws, &withdraws);
    message.reason = toc_wire_text(checked.reason);
    TOC_TRY(toc_wire_body_write(arena, record, &message));
    return toc_wire_pack(arena, &message.base, TOC_RECORD_LEN_MAX, ret_bytes);
}
