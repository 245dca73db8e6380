#include "wire_body.h"
#include "ensure.h"
#include "wire_exposure.h"
#include "wire_flag.h"
#include "wire_framework.h"
#include "wire_token.h"

static enum toc_result read_framework(struct toc_arena *arena, const Tocsin__Record *message,
                                      struct toc_record *record)
{
    struct toc_framework *const body = toc_arena_zero(arena, 1, sizeof *body);
    TOC_ENSURE(body != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_framework_read(arena, message->framework, body));
    record->type = TOC_RECORD_FRAMEWORK;
    record->as.framework = body;
    return TOC_OK;
}

static enum toc_result read_exposure(struct toc_arena *arena, const Tocsin__Record *message,
                                     struct toc_record *record)
{
    struct toc_exposure *const body = toc_arena_zero(arena, 1, sizeof *body);
    TOC_ENSURE(body != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_exposure_read(arena, message->exposure, body));
    record->type = TOC_RECORD_EXPOSURE;
    record->as.exposure = body;
    return TOC_OK;
}

static enum toc_result read_token_ask(struct toc_arena *arena, const Tocsin__Record *message,
                                      struct toc_record *record)
{
    struct toc_token_ask *const body = toc_arena_zero(arena, 1, sizeof *body);
    TOC_ENSURE(body != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_ask_read(arena, message->token_ask, body));
    record->type = TOC_RECORD_TOKEN_ASK;
    record->as.token_ask = body;
    return TOC_OK;
}

static enum toc_result read_token_answer(struct toc_arena *arena, const Tocsin__Record *message,
                                         struct toc_record *record)
{
    struct toc_token_answer *const body = toc_arena_zero(arena, 1, sizeof *body);
    TOC_ENSURE(body != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_answer_read(arena, message->token_answer, body));
    record->type = TOC_RECORD_TOKEN_ANSWER;
    record->as.token_answer = body;
    return TOC_OK;
}

static enum toc_result read_flag(struct toc_arena *arena, const Tocsin__Record *message,
                                 struct toc_record *record)
{
    struct toc_flag *const body = toc_arena_zero(arena, 1, sizeof *body);
    TOC_ENSURE(body != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_flag_read(arena, message->flag, body));
    record->type = TOC_RECORD_FLAG;
    record->as.flag = body;
    return TOC_OK;
}

static enum toc_result read_dispute(struct toc_arena *arena, const Tocsin__Record *message,
                                    struct toc_record *record)
{
    struct toc_dispute *const body = toc_arena_zero(arena, 1, sizeof *body);
    TOC_ENSURE(body != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_dispute_read(message->dispute, body));
    record->type = TOC_RECORD_DISPUTE;
    record->as.dispute = body;
    return TOC_OK;
}

static enum toc_result read_alert(struct toc_arena *arena, const Tocsin__Record *message,
                                  struct toc_record *record)
{
    struct toc_alert *const body = toc_arena_zero(arena, 1, sizeof *body);
    TOC_ENSURE(body != NULL, TOC_NOMEM);
    TOC_TRY(toc_wire_alert_read(arena, message->alert, body));
    record->type = TOC_RECORD_ALERT;
    record->as.alert = body;
    return TOC_OK;
}

enum toc_result toc_wire_body_read(struct toc_arena *arena, const Tocsin__Record *message,
                                   struct toc_record *record)
{
    switch (message->body_case) {
    case TOCSIN__RECORD__BODY__NOT_SET:
        record->type = TOC_RECORD_WITHDRAWAL;
        return TOC_OK;
    case TOCSIN__RECORD__BODY_FRAMEWORK:
        return read_framework(arena, message, record);
    case TOCSIN__RECORD__BODY_EXPOSURE:
        return read_exposure(arena, message, record);
    case TOCSIN__RECORD__BODY_TOKEN_ASK:
        return read_token_ask(arena, message, record);
    case TOCSIN__RECORD__BODY_TOKEN_ANSWER:
        return read_token_answer(arena, message, record);
    case TOCSIN__RECORD__BODY_FLAG:
        return read_flag(arena, message, record);
    case TOCSIN__RECORD__BODY_DISPUTE:
        return read_dispute(arena, message, record);
    case TOCSIN__RECORD__BODY_ALERT:
        return read_alert(arena, message, record);
    case _TOCSIN__RECORD__BODY__CASE_IS_INT_SIZE:
        break;
    }
    return TOC_INVALID;
}

static enum toc_result write_framework(struct toc_arena *arena, const struct toc_record *record,
                                       Tocsin__Record *message)
{
    message->body_case = TOCSIN__RECORD__BODY_FRAMEWORK;
    message->framework = toc_arena_zero(arena, 1, sizeof *message->framework);
    TOC_ENSURE(message->framework != NULL, TOC_NOMEM);
    return toc_wire_framework_write(arena, record->as.framework, message->framework);
}

static enum toc_result write_exposure(struct toc_arena *arena, const struct toc_record *record,
                                      Tocsin__Record *message)
{
    message->body_case = TOCSIN__RECORD__BODY_EXPOSURE;
    message->exposure = toc_arena_zero(arena, 1, sizeof *message->exposure);
    TOC_ENSURE(message->exposure != NULL, TOC_NOMEM);
    toc_wire_exposure_write(record->as.exposure, message->exposure);
    return TOC_OK;
}

static enum toc_result write_token_ask(struct toc_arena *arena, const struct toc_record *record,
                                       Tocsin__Record *message)
{
    message->body_case = TOCSIN__RECORD__BODY_TOKEN_ASK;
    message->token_ask = toc_arena_zero(arena, 1, sizeof *message->token_ask);
    TOC_ENSURE(message->token_ask != NULL, TOC_NOMEM);
    return toc_wire_ask_write(arena, record->as.token_ask, message->token_ask);
}

static enum toc_result write_token_answer(struct toc_arena *arena, const struct toc_record *record,
                                          Tocsin__Record *message)
{
    message->body_case = TOCSIN__RECORD__BODY_TOKEN_ANSWER;
    message->token_answer = toc_arena_zero(arena, 1, sizeof *message->token_answer);
    TOC_ENSURE(message->token_answer != NULL, TOC_NOMEM);
    return toc_wire_answer_write(arena, record->as.token_answer, message->token_answer);
}

static enum toc_result write_flag(struct toc_arena *arena, const struct toc_record *record,
                                  Tocsin__Record *message)
{
    message->body_case = TOCSIN__RECORD__BODY_FLAG;
    message->flag = toc_arena_zero(arena, 1, sizeof *message->flag);
    TOC_ENSURE(message->flag != NULL, TOC_NOMEM);
    return toc_wire_flag_write(arena, record->as.flag, message->flag);
}

static enum toc_result write_dispute(struct toc_arena *arena, const struct toc_record *record,
                                     Tocsin__Record *message)
{
    message->body_case = TOCSIN__RECORD__BODY_DISPUTE;
    message->dispute = toc_arena_zero(arena, 1, sizeof *message->dispute);
    TOC_ENSURE(message->dispute != NULL, TOC_NOMEM);
    toc_wire_dispute_write(record->as.dispute, message->dispute);
    return TOC_OK;
}

static enum toc_result write_alert(struct toc_arena *arena, const struct toc_record *record,
                                   Tocsin__Record *message)
{
    message->body_case = TOCSIN__RECORD__BODY_ALERT;
    message->alert = toc_arena_zero(arena, 1, sizeof *message->alert);
    TOC_ENSURE(message->alert != NULL, TOC_NOMEM);
    return toc_wire_alert_write(arena, record->as.alert, message->alert);
}

enum toc_result toc_wire_body_write(struct toc_arena *arena, const struct toc_record *record,
                                    Tocsin__Record *message)
{
    switch (record->type) {
    case TOC_RECORD_WITHDRAWAL:
        return TOC_OK;
    case TOC_RECORD_FRAMEWORK:
        return write_framework(arena, record, message);
    case TOC_RECORD_EXPOSURE:
        return write_exposure(arena, record, message);
    case TOC_RECORD_TOKEN_ASK:
        return write_token_ask(arena, record, message);
    case TOC_RECORD_TOKEN_ANSWER:
        return write_token_answer(arena, record, message);
    case TOC_RECORD_FLAG:
        return write_flag(arena, record, message);
    case TOC_RECORD_DISPUTE:
        return write_dispute(arena, record, message);
    case TOC_RECORD_ALERT:
        return write_alert(arena, record, message);
    }
    return TOC_INVALID;
}
