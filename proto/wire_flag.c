#include "wire_flag.h"
#include "ensure.h"
#include "wire_alloc.h"
#include "wire_token.h"

/* ---- a subject ---- */

static enum toc_result read_body(ProtobufCBinaryData nonce, ProtobufCBinaryData sealed,
                                 struct toc_sealed_body *ret_body)
{
    TOC_TRY(toc_wire_fixed(nonce, ret_body->nonce, sizeof ret_body->nonce));
    return toc_wire_fixed(sealed, ret_body->sealed, sizeof ret_body->sealed);
}

static enum toc_result read_for_hub(struct toc_arena *arena, const Tocsin__FlagSubject *message,
                                    struct toc_flag_subject *subject)
{
    struct toc_sealed_detail *const detail = &subject->detail;
    struct toc_sealed_name *const name = &subject->name;
    TOC_ENSURE(message->nonce.len + message->sealed.len == 0, TOC_MALFORMED);
    TOC_TRY(toc_wire_fixed(message->alert_key, subject->alert.bytes, sizeof subject->alert.bytes));
    TOC_TRY(toc_wire_fixed(message->share, subject->share.bytes, sizeof subject->share.bytes));
    TOC_TRY(toc_wire_elements_read(arena, message->commitments, message->n_commitments,
                                   TOC_SHARING_MAX, &subject->commitments));
    subject->commitments_len = message->n_commitments;
    TOC_TRY(toc_wire_fixed(message->name_nonce, name->nonce, sizeof name->nonce));
    TOC_TRY(toc_wire_fixed(message->name, name->sealed, sizeof name->sealed));
    TOC_TRY(toc_wire_fixed(message->detail_id, detail->id, sizeof detail->id));
    detail->revision = message->detail_revision;
    TOC_TRY(toc_wire_fixed(message->detail_nonce, detail->nonce, sizeof detail->nonce));
    return toc_wire_fixed(message->detail, detail->sealed, sizeof detail->sealed);
}

static enum toc_result read_for_group(const Tocsin__FlagSubject *message,
                                      struct toc_flag_subject *subject)
{
    TOC_ENSURE(message->alert_key.len + message->share.len + message->n_commitments +
                       message->name_nonce.len + message->name.len + message->detail_id.len +
                       message->detail_revision + message->detail_nonce.len + message->detail.len ==
                   0,
               TOC_MALFORMED);
    return read_body(message->nonce, message->sealed, &subject->body);
}

static enum toc_result read_subject(struct toc_arena *arena, bool to_group,
                                    const Tocsin__FlagSubject *message,
                                    struct toc_flag_subject *subject)
{
    TOC_ENSURE(message->relation == TOCSIN__FLAG_RELATION__FLAG_RELATION_OWN ||
                   message->relation == TOCSIN__FLAG_RELATION__FLAG_RELATION_PARENT,
               TOC_INVALID);
    subject->of_parent = message->relation == TOCSIN__FLAG_RELATION__FLAG_RELATION_PARENT;
    subject->kind = (enum toc_token_kind)message->kind;
    TOC_TRY(toc_wire_fixed(message->token, subject->token.bytes, sizeof subject->token.bytes));
    return to_group ? read_for_group(message, subject) : read_for_hub(arena, message, subject);
}

static enum toc_result write_subject(struct toc_arena *arena, bool to_group,
                                     const struct toc_flag_subject *subject,
                                     Tocsin__FlagSubject *message)
{
    const struct toc_sealed_detail *const detail = &subject->detail;
    tocsin__flag_subject__init(message);
    message->relation = subject->of_parent ? TOCSIN__FLAG_RELATION__FLAG_RELATION_PARENT
                                           : TOCSIN__FLAG_RELATION__FLAG_RELATION_OWN;
    message->kind = (Tocsin__TokenKind)subject->kind;
    message->token = toc_wire_binary(subject->token.bytes, sizeof subject->token.bytes);
    if (to_group) {
        message->nonce = toc_wire_binary(subject->body.nonce, sizeof subject->body.nonce);
        message->sealed = toc_wire_binary(subject->body.sealed, sizeof subject->body.sealed);
        return TOC_OK;
    }
    message->alert_key = toc_wire_binary(subject->alert.bytes, sizeof subject->alert.bytes);
    message->share = toc_wire_binary(subject->share.bytes, sizeof subject->share.bytes);
    message->n_commitments = subject->commitments_len;
    message->name_nonce = toc_wire_binary(subject->name.nonce, sizeof subject->name.nonce);
    message->name = toc_wire_binary(subject->name.sealed, sizeof subject->name.sealed);
    message->detail_id = toc_wire_binary(detail->id, sizeof detail->id);
    message->detail_revision = detail->revision;
    message->detail_nonce = toc_wire_binary(detail->nonce, sizeof detail->nonce);
    message->detail = toc_wire_binary(detail->sealed, sizeof detail->sealed);
    return toc_wire_elements_write(arena, subject->commitments, subject->commitments_len,
                                   TOC_SHARING_MAX, &message->commitments);
}

/* ---- a flag ---- */

/* What the hub may read and the group has sealed. */
static uint64_t open_part(const Tocsin__Flag *message)
{
    return (uint64_t)message->event + message->source + message->severity + message->status +
           message->expires_quarter + message->clause + message->action +
           (message->may_identify ? 1 : 0);
}

enum toc_result toc_wire_flag_read(struct toc_arena *arena, const Tocsin__Flag *message,
                                   struct toc_flag *ret_flag)
{
    struct toc_flag flag = {
        .revision = message->revision,
        .purpose = (enum toc_purpose)message->purpose,
        .token_epoch = message->token_epoch,
        .subjects_len = message->n_subjects,
        .to_group = open_part(message) == 0,
        .event = message->event,
        .source = (enum toc_source)message->source,
        .severity = message->severity,
        .status = (enum toc_flag_status)message->status,
        .expires_quarter = message->expires_quarter,
        .clause = (enum toc_clause)message->clause,
        .action = (enum toc_action)message->action,
        .may_identify = message->may_identify,
    };
    TOC_TRY(toc_wire_fixed(message->flag, flag.id, sizeof flag.id));
    TOC_ENSURE(message->n_subjects <= TOC_FLAG_SUBJECTS_MAX, TOC_TOOBIG);
    struct toc_flag_subject *const subjects =
        toc_arena_zero(arena, message->n_subjects, sizeof *subjects);
    TOC_ENSURE(subjects != NULL, TOC_NOMEM);
    for (size_t i = 0; i < message->n_subjects; i++) {
        TOC_TRY(read_subject(arena, flag.to_group, message->subjects[i], &subjects[i]));
    }
    flag.subjects = subjects;
    *ret_flag = flag;
    return TOC_OK;
}

enum toc_result toc_wire_flag_write(struct toc_arena *arena, const struct toc_flag *flag,
                                    Tocsin__Flag *ret_message)
{
    tocsin__flag__init(ret_message);
    ret_message->flag = toc_wire_binary(flag->id, sizeof flag->id);
    ret_message->revision = flag->revision;
    ret_message->purpose = (Tocsin__TokenPurpose)flag->purpose;
    ret_message->token_epoch = flag->token_epoch;
    TOC_ENSURE(flag->subjects_len <= TOC_FLAG_SUBJECTS_MAX, TOC_TOOBIG);
    ret_message->subjects =
        toc_arena_zero(arena, flag->subjects_len, sizeof *ret_message->subjects);
    Tocsin__FlagSubject *const subjects =
        toc_arena_zero(arena, flag->subjects_len, sizeof *subjects);
    TOC_ENSURE(ret_message->subjects != NULL && subjects != NULL, TOC_NOMEM);
    for (size_t i = 0; i < flag->subjects_len; i++) {
        TOC_TRY(write_subject(arena, flag->to_group, &flag->subjects[i], &subjects[i]));
        ret_message->subjects[i] = &subjects[i];
    }
    ret_message->n_subjects = flag->subjects_len;
    if (!flag->to_group) {
        ret_message->event = flag->event;
        ret_message->source = (uint32_t)flag->source;
        ret_message->severity = flag->severity;
        ret_message->status = (uint32_t)flag->status;
        ret_message->expires_quarter = flag->expires_quarter;
        ret_message->clause = (uint32_t)flag->clause;
        ret_message->action = (uint32_t)flag->action;
        ret_message->may_identify = flag->may_identify;
    }
    return TOC_OK;
}

/* ---- a dispute ---- */

enum toc_result toc_wire_dispute_read(const Tocsin__Dispute *message,
                                      struct toc_dispute *ret_dispute)
{
    struct toc_dispute dispute = {.confirms = message->flag.len > 0};
    if (dispute.confirms) {
        TOC_ENSURE(message->alert.len + message->token.len + message->alert_key.len +
                           message->token_epoch + (size_t)message->purpose +
                           (size_t)message->kind ==
                       0,
                   TOC_MALFORMED);
        TOC_TRY(toc_wire_fixed(message->flag, dispute.id, sizeof dispute.id));
    } else {
        dispute.purpose = (enum toc_purpose)message->purpose;
        dispute.token_epoch = message->token_epoch;
        dispute.kind = (enum toc_token_kind)message->kind;
        TOC_TRY(toc_wire_fixed(message->alert, dispute.id, sizeof dispute.id));
        TOC_TRY(toc_wire_fixed(message->token, dispute.token.bytes, sizeof dispute.token.bytes));
        TOC_TRY(
            toc_wire_fixed(message->alert_key, dispute.alert.bytes, sizeof dispute.alert.bytes));
    }
    *ret_dispute = dispute;
    return TOC_OK;
}

void toc_wire_dispute_write(const struct toc_dispute *dispute, Tocsin__Dispute *ret_message)
{
    tocsin__dispute__init(ret_message);
    if (dispute->confirms) {
        ret_message->flag = toc_wire_binary(dispute->id, sizeof dispute->id);
        return;
    }
    ret_message->alert = toc_wire_binary(dispute->id, sizeof dispute->id);
    ret_message->purpose = (Tocsin__TokenPurpose)dispute->purpose;
    ret_message->token_epoch = dispute->token_epoch;
    ret_message->kind = (Tocsin__TokenKind)dispute->kind;
    ret_message->token = toc_wire_binary(dispute->token.bytes, sizeof dispute->token.bytes);
    ret_message->alert_key = toc_wire_binary(dispute->alert.bytes, sizeof dispute->alert.bytes);
}

/* ---- an alert ---- */

enum toc_result toc_wire_alert_read(struct toc_arena *arena, const Tocsin__Alert *message,
                                    struct toc_alert *ret_alert)
{
    struct toc_alert alert = {
        .revision = message->revision,
        .purpose = (enum toc_purpose)message->purpose,
        .token_epoch = message->token_epoch,
        .parts_len = message->n_parts,
    };
    TOC_TRY(toc_wire_fixed(message->alert, alert.id, sizeof alert.id));
    TOC_ENSURE(message->n_parts <= TOC_ALERT_PARTS_MAX, TOC_TOOBIG);
    struct toc_alert_part *const parts = toc_arena_zero(arena, message->n_parts, sizeof *parts);
    TOC_ENSURE(parts != NULL, TOC_NOMEM);
    for (size_t i = 0; i < message->n_parts; i++) {
        const Tocsin__AlertPart *const part = message->parts[i];
        parts[i].kind = (enum toc_token_kind)part->kind;
        TOC_TRY(toc_wire_fixed(part->token, parts[i].token.bytes, sizeof parts[i].token.bytes));
        TOC_TRY(read_body(part->nonce, part->sealed, &parts[i].body));
    }
    alert.parts = parts;
    *ret_alert = alert;
    return TOC_OK;
}

enum toc_result toc_wire_alert_write(struct toc_arena *arena, const struct toc_alert *alert,
                                     Tocsin__Alert *ret_message)
{
    tocsin__alert__init(ret_message);
    ret_message->alert = toc_wire_binary(alert->id, sizeof alert->id);
    ret_message->revision = alert->revision;
    ret_message->purpose = (Tocsin__TokenPurpose)alert->purpose;
    ret_message->token_epoch = alert->token_epoch;
    TOC_ENSURE(alert->parts_len <= TOC_ALERT_PARTS_MAX, TOC_TOOBIG);
    ret_message->parts = toc_arena_zero(arena, alert->parts_len, sizeof *ret_message->parts);
    Tocsin__AlertPart *const parts = toc_arena_zero(arena, alert->parts_len, sizeof *parts);
    TOC_ENSURE(ret_message->parts != NULL && parts != NULL, TOC_NOMEM);
    for (size_t i = 0; i < alert->parts_len; i++) {
        const struct toc_alert_part *const part = &alert->parts[i];
        tocsin__alert_part__init(&parts[i]);
        parts[i].kind = (Tocsin__TokenKind)part->kind;
        parts[i].token = toc_wire_binary(part->token.bytes, sizeof part->token.bytes);
        parts[i].nonce = toc_wire_binary(part->body.nonce, sizeof part->body.nonce);
        parts[i].sealed = toc_wire_binary(part->body.sealed, sizeof part->body.sealed);
        ret_message->parts[i] = &parts[i];
    }
    ret_message->n_parts = alert->parts_len;
    return TOC_OK;
}
