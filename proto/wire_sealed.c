#include "wire_sealed.h"
#include "alert.pb-c.h"
#include "ensure.h"
#include "wire_alloc.h"
#include <string.h>

enum { RELATION_OWN = 1, RELATION_PARENT = 2 };

enum toc_result toc_wire_alert_body_encode(struct toc_arena *arena,
                                           const struct toc_alert_body *body,
                                           struct toc_bytes *ret_bytes)
{
    Tocsin__AlertBody message;
    tocsin__alert_body__init(&message);
    message.event = body->event;
    message.source = (uint32_t)body->source;
    message.severity = body->severity;
    message.status = (uint32_t)body->status;
    message.expires_quarter = body->expires_quarter;
    message.clause = (uint32_t)body->clause;
    message.action = (uint32_t)body->action;
    message.reporters = (uint32_t)body->reporters;
    message.named = body->named;
    message.relation = body->of_parent ? RELATION_PARENT : RELATION_OWN;
    if (body->has_detail) {
        const struct toc_sealed_detail *const detail = &body->detail;
        message.detail_id = toc_wire_binary(detail->id, sizeof detail->id);
        message.detail_revision = detail->revision;
        message.detail_nonce = toc_wire_binary(detail->nonce, sizeof detail->nonce);
        message.detail = toc_wire_binary(detail->sealed, sizeof detail->sealed);
    }
    return toc_wire_pack(arena, &message.base, TOC_BODY_PLAIN_LEN, ret_bytes);
}

enum toc_result toc_wire_alert_body_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                           struct toc_alert_body *ret_body)
{
    ProtobufCMessage *base;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__alert_body__descriptor, bytes, &base));
    const Tocsin__AlertBody *const message = (const Tocsin__AlertBody *)base;
    TOC_ENSURE(message->relation == RELATION_OWN || message->relation == RELATION_PARENT,
               TOC_INVALID);
    struct toc_alert_body body = {
        .event = message->event,
        .source = (enum toc_source)message->source,
        .severity = message->severity,
        .status = (enum toc_flag_status)message->status,
        .expires_quarter = message->expires_quarter,
        .clause = (enum toc_clause)message->clause,
        .action = (enum toc_action)message->action,
        .reporters = (enum toc_reporters)message->reporters,
        .named = message->named,
        .of_parent = message->relation == RELATION_PARENT,
        .has_detail = message->detail.len > 0,
    };
    TOC_ENSURE(body.has_detail || message->detail_id.len + message->detail_nonce.len == 0,
               TOC_MALFORMED);
    if (body.has_detail) {
        struct toc_sealed_detail *const detail = &body.detail;
        detail->revision = message->detail_revision;
        TOC_TRY(toc_wire_fixed(message->detail_id, detail->id, sizeof detail->id));
        TOC_TRY(toc_wire_fixed(message->detail_nonce, detail->nonce, sizeof detail->nonce));
        TOC_TRY(toc_wire_fixed(message->detail, detail->sealed, sizeof detail->sealed));
    }
    *ret_body = body;
    return TOC_OK;
}

enum toc_result toc_wire_detail_encode(struct toc_arena *arena, const struct toc_detail *detail,
                                       struct toc_bytes *ret_bytes)
{
    Tocsin__Detail message;
    tocsin__detail__init(&message);
    message.text = toc_wire_text(detail->text);
    message.reference = toc_wire_text(detail->reference);
    message.event_date = detail->event_date;
    /* With nothing said there is nothing to unpack: a detail then has its length alone. */
    if (detail->text[0] == '\0' && detail->reference[0] == '\0' && detail->event_date == 0) {
        *ret_bytes = toc_bytes_of("", 0);
        return TOC_OK;
    }
    return toc_wire_pack(arena, &message.base, TOC_DETAIL_PLAIN_LEN, ret_bytes);
}

enum toc_result toc_wire_detail_decode(struct toc_arena *arena, struct toc_bytes bytes,
                                       struct toc_detail *ret_detail)
{
    ProtobufCMessage *base;
    if (bytes.len == 0) {
        *ret_detail = (struct toc_detail){.text = "", .reference = ""};
        return TOC_OK;
    }
    TOC_TRY(toc_wire_unpack(arena, &tocsin__detail__descriptor, bytes, &base));
    const Tocsin__Detail *const message = (const Tocsin__Detail *)base;
    *ret_detail = (struct toc_detail){
        .text = message->text, .reference = message->reference, .event_date = message->event_date};
    return TOC_OK;
}
