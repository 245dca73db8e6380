#include "wire_session.h"
#include "ensure.h"
#include "ident.h"
#include "session.pb-c.h"
#include "wire_field.h"
#include <string.h>

#define NEW_KINDS_FROM 16 /* behind `seen`: what is not known comes last */

/* ---- checks, for both directions ---- */

static enum toc_result check_ascii(const char *text, size_t len_max)
{
    TOC_ENSURE(text != NULL, TOC_INVALID);
    for (size_t i = 0; text[i] != '\0'; i++) {
        TOC_ENSURE(i < len_max, TOC_TOOBIG);
        TOC_ENSURE(text[i] >= ' ' && text[i] <= '~', TOC_INVALID);
    }
    return TOC_OK;
}

static enum toc_result check_hello(const Tocsin__Hello *hello)
{
    TOC_ENSURE(hello->protocol >= 1, TOC_INVALID);
    TOC_TRY(toc_wire_check_hash(hello->group));
    TOC_ENSURE(toc_ident_member(hello->member), TOC_INVALID);
    TOC_ENSURE(toc_wire_is_sequence(hello->roster_version), TOC_INVALID);
    TOC_TRY(toc_wire_check_hash(hello->roster_hash));
    return check_ascii(hello->software, TOC_SOFTWARE_LEN_MAX);
}

static enum toc_result check_runs(const ProtobufCBinaryData *items, size_t items_len,
                                  size_t items_max, size_t item_len_max)
{
    TOC_ENSURE(items_len <= items_max, TOC_TOOBIG);
    for (size_t i = 0; i < items_len; i++) {
        TOC_ENSURE(items[i].len > 0, TOC_MALFORMED);
        TOC_ENSURE(items[i].len <= item_len_max, TOC_TOOBIG);
    }
    return TOC_OK;
}

static enum toc_result check_rosters(const Tocsin__Rosters *rosters)
{
    TOC_ENSURE(rosters->n_rosters >= 1, TOC_INVALID);
    return check_runs(rosters->rosters, rosters->n_rosters, TOC_ROSTERS_MAX, TOC_ROSTER_LEN_MAX);
}

static enum toc_result check_have(const Tocsin__Have *have)
{
    TOC_ENSURE(have->n_heads <= TOC_HAVE_HEADS_MAX, TOC_TOOBIG);
    for (size_t i = 0; i < have->n_heads; i++) {
        const Tocsin__LogHead *head = have->heads[i];
        TOC_TRY(toc_wire_check_log(head->publisher, head->stream, head->generation));
        TOC_ENSURE(toc_wire_is_sequence(head->next_sequence), TOC_INVALID);
        TOC_TRY(toc_wire_check_hash(head->head));
    }
    return TOC_OK;
}

static enum toc_result check_want(const Tocsin__Want *want)
{
    TOC_TRY(toc_wire_check_log(want->publisher, want->stream, want->generation));
    TOC_ENSURE(toc_wire_is_sequence(want->from_sequence), TOC_INVALID);
    TOC_ENSURE(want->until_sequence <= TOC_SEQUENCE_MAX, TOC_INVALID);
    TOC_ENSURE(want->credit <= TOC_CREDIT_MAX, TOC_TOOBIG);
    return TOC_OK;
}

static enum toc_result check_give(const Tocsin__Give *give)
{
    TOC_TRY(toc_wire_check_log(give->publisher, give->stream, give->generation));
    TOC_ENSURE(give->n_wraps > 0 || give->n_batches > 0, TOC_INVALID);
    TOC_TRY(check_runs(give->wraps, give->n_wraps, TOC_GIVE_WRAPS_MAX, TOC_SIGNED_LEN_MAX));
    return check_runs(give->batches, give->n_batches, TOC_GIVE_BATCHES_MAX, TOC_BATCH_LEN_MAX);
}

static enum toc_result check_statements(const Tocsin__Statements *statements)
{
    TOC_ENSURE(statements->n_statements >= 1, TOC_INVALID);
    return check_runs(statements->statements, statements->n_statements, TOC_STATEMENTS_MAX,
                      TOC_SIGNED_LEN_MAX);
}

/* The code stays a number: result codes are append-only, and a newer peer may know more. */
static enum toc_result check_refusal(const Tocsin__Refusal *refusal)
{
    TOC_ENSURE(refusal->code >= 1, TOC_INVALID);
    if (refusal->about != NULL && refusal->about[0] == '\0') {
        return TOC_OK;
    }
    return toc_wire_check_text(refusal->about, TOC_ABOUT_LEN_MAX);
}

/* A message of a kind that this version does not know: nothing of those it knows, and a field where
 * new kinds are put. */
static bool is_newer(const Tocsin__Message *message)
{
    for (size_t i = 0; i < message->base.n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *const field = &message->base.unknown_fields[i];
        if (field->tag >= NEW_KINDS_FROM &&
            field->wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
            return message->kind_case == TOCSIN__MESSAGE__KIND__NOT_SET;
        }
    }
    return false;
}

static enum toc_result check_message(const Tocsin__Message *message)
{
    switch (message->kind_case) {
    case TOCSIN__MESSAGE__KIND_HELLO:
        return check_hello(message->hello);
    case TOCSIN__MESSAGE__KIND_ROSTERS:
        return check_rosters(message->rosters);
    case TOCSIN__MESSAGE__KIND_HAVE:
        return check_have(message->have);
    case TOCSIN__MESSAGE__KIND_WANT:
        return check_want(message->want);
    case TOCSIN__MESSAGE__KIND_GIVE:
        return check_give(message->give);
    case TOCSIN__MESSAGE__KIND_STATEMENTS:
        return check_statements(message->statements);
    case TOCSIN__MESSAGE__KIND_REFUSAL:
        return check_refusal(message->refusal);
    case TOCSIN__MESSAGE__KIND__NOT_SET:
    case _TOCSIN__MESSAGE__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return is_newer(message) ? TOC_OK : TOC_INVALID;
}

/* ---- out of an unpacked message ---- */

static void take_hello(const Tocsin__Hello *hello, struct toc_hello *ret_hello)
{
    *ret_hello = (struct toc_hello){
        .protocol = hello->protocol,
        .roster_version = hello->roster_version,
        .software = hello->software,
        .answer = hello->answer,
    };
    toc_wire_take_hash(hello->group, &ret_hello->group);
    toc_wire_take_name(hello->member, ret_hello->member);
    toc_wire_take_hash(hello->roster_hash, &ret_hello->roster_hash);
}

static enum toc_result take_runs(struct toc_arena *arena, const ProtobufCBinaryData *items,
                                 size_t items_len, const struct toc_bytes **ret_items)
{
    struct toc_bytes *runs = toc_arena_zero(arena, items_len, sizeof *runs);
    TOC_ENSURE(runs != NULL, TOC_NOMEM);
    for (size_t i = 0; i < items_len; i++) {
        runs[i] = toc_wire_bytes(items[i]);
    }
    *ret_items = runs;
    return TOC_OK;
}

static enum toc_result take_have(struct toc_arena *arena, const Tocsin__Have *have,
                                 struct toc_have *ret_have)
{
    struct toc_log_head *heads = toc_arena_zero(arena, have->n_heads, sizeof *heads);
    TOC_ENSURE(heads != NULL, TOC_NOMEM);
    for (size_t i = 0; i < have->n_heads; i++) {
        const Tocsin__LogHead *head = have->heads[i];
        toc_wire_take_log(head->publisher, head->stream, head->generation, &heads[i].log);
        heads[i].next_sequence = head->next_sequence;
        toc_wire_take_hash(head->head, &heads[i].head);
    }
    *ret_have =
        (struct toc_have){.heads = heads, .heads_len = have->n_heads, .complete = have->complete};
    return TOC_OK;
}

static void take_want(const Tocsin__Want *want, struct toc_want *ret_want)
{
    *ret_want = (struct toc_want){
        .from_sequence = want->from_sequence,
        .until_sequence = want->until_sequence,
        .credit = want->credit,
        .more = want->more,
        .wraps_held = want->wraps_held,
    };
    toc_wire_take_log(want->publisher, want->stream, want->generation, &ret_want->log);
}

static enum toc_result take_give(struct toc_arena *arena, const Tocsin__Give *give,
                                 struct toc_give *ret_give)
{
    struct toc_give taken = {.wraps_len = give->n_wraps, .batches_len = give->n_batches};
    toc_wire_take_log(give->publisher, give->stream, give->generation, &taken.log);
    TOC_TRY(take_runs(arena, give->wraps, give->n_wraps, &taken.wraps));
    TOC_TRY(take_runs(arena, give->batches, give->n_batches, &taken.batches));
    *ret_give = taken;
    return TOC_OK;
}

/* Only after check_message. */
static enum toc_result take_message(struct toc_arena *arena, const Tocsin__Message *message,
                                    struct toc_message *ret_message)
{
    ret_message->kind = (enum toc_message_kind)message->kind_case;
    switch (ret_message->kind) {
    case TOC_MESSAGE_NEWER:
        return TOC_OK;
    case TOC_MESSAGE_HELLO:
        take_hello(message->hello, &ret_message->as.hello);
        return TOC_OK;
    case TOC_MESSAGE_ROSTERS:
        ret_message->as.rosters.items_len = message->rosters->n_rosters;
        return take_runs(arena, message->rosters->rosters, message->rosters->n_rosters,
                         &ret_message->as.rosters.items);
    case TOC_MESSAGE_HAVE:
        return take_have(arena, message->have, &ret_message->as.have);
    case TOC_MESSAGE_WANT:
        take_want(message->want, &ret_message->as.want);
        return TOC_OK;
    case TOC_MESSAGE_GIVE:
        return take_give(arena, message->give, &ret_message->as.give);
    case TOC_MESSAGE_STATEMENTS:
        ret_message->as.statements.items_len = message->statements->n_statements;
        return take_runs(arena, message->statements->statements, message->statements->n_statements,
                         &ret_message->as.statements.items);
    case TOC_MESSAGE_REFUSAL:
        ret_message->as.refusal =
            (struct toc_refusal){.code = message->refusal->code, .about = message->refusal->about};
        return TOC_OK;
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_wire_message_decode(struct toc_arena *arena, struct toc_bytes frame,
                                        struct toc_message *ret_message)
{
    TOC_ENSURE(frame.len <= TOC_FRAME_LEN_MAX, TOC_TOOBIG);
    ProtobufCMessage *unpacked;
    TOC_TRY(toc_wire_unpack(arena, &tocsin__message__descriptor, frame, &unpacked));
    const Tocsin__Message *message = (const Tocsin__Message *)unpacked;
    TOC_TRY(check_message(message));
    struct toc_message taken = {.stamp = message->stamp, .seen = message->seen};
    TOC_TRY(take_message(arena, message, &taken));
    *ret_message = taken;
    return TOC_OK;
}

/* ---- into a message to be packed ---- */

/* One of each; only the one of the message's kind is used. */
union body {
    Tocsin__Hello hello;
    Tocsin__Rosters rosters;
    Tocsin__Have have;
    Tocsin__Want want;
    Tocsin__Give give;
    Tocsin__Statements statements;
    Tocsin__Refusal refusal;
};

static void give_hello(const struct toc_hello *hello, Tocsin__Hello *ret_hello)
{
    tocsin__hello__init(ret_hello);
    ret_hello->protocol = hello->protocol;
    ret_hello->group = toc_wire_give_hash(&hello->group);
    ret_hello->member = toc_wire_text(hello->member);
    ret_hello->roster_version = hello->roster_version;
    ret_hello->roster_hash = toc_wire_give_hash(&hello->roster_hash);
    ret_hello->software = toc_wire_text(hello->software != NULL ? hello->software : "");
    ret_hello->answer = hello->answer;
}

static enum toc_result give_runs(struct toc_arena *arena, const struct toc_bytes *items,
                                 size_t items_len, size_t items_max,
                                 ProtobufCBinaryData **ret_items)
{
    TOC_ENSURE(items_len <= items_max, TOC_TOOBIG);
    ProtobufCBinaryData *runs = toc_arena_zero(arena, items_len, sizeof *runs);
    TOC_ENSURE(runs != NULL, TOC_NOMEM);
    for (size_t i = 0; i < items_len; i++) {
        runs[i] = toc_wire_binary(items[i].data, items[i].len);
    }
    *ret_items = runs;
    return TOC_OK;
}

static enum toc_result give_have(struct toc_arena *arena, const struct toc_have *have,
                                 Tocsin__Have *ret_have)
{
    TOC_ENSURE(have->heads_len <= TOC_HAVE_HEADS_MAX, TOC_TOOBIG);
    Tocsin__LogHead **pointers = toc_arena_zero(arena, have->heads_len, sizeof *pointers);
    Tocsin__LogHead *heads = toc_arena_zero(arena, have->heads_len, sizeof *heads);
    TOC_ENSURE(pointers != NULL && heads != NULL, TOC_NOMEM);
    for (size_t i = 0; i < have->heads_len; i++) {
        const struct toc_log_head *head = &have->heads[i];
        tocsin__log_head__init(&heads[i]);
        heads[i].publisher = toc_wire_text(head->log.publisher);
        heads[i].stream = toc_wire_text(head->log.stream);
        heads[i].generation = head->log.generation;
        heads[i].next_sequence = head->next_sequence;
        heads[i].head = toc_wire_give_hash(&head->head);
        pointers[i] = &heads[i];
    }
    tocsin__have__init(ret_have);
    ret_have->heads = pointers;
    ret_have->n_heads = have->heads_len;
    ret_have->complete = have->complete;
    return TOC_OK;
}

static void give_want(const struct toc_want *want, Tocsin__Want *ret_want)
{
    tocsin__want__init(ret_want);
    ret_want->publisher = toc_wire_text(want->log.publisher);
    ret_want->stream = toc_wire_text(want->log.stream);
    ret_want->generation = want->log.generation;
    ret_want->from_sequence = want->from_sequence;
    ret_want->until_sequence = want->until_sequence;
    ret_want->credit = want->credit;
    ret_want->more = want->more;
    ret_want->wraps_held = want->wraps_held;
}

static enum toc_result give_give(struct toc_arena *arena, const struct toc_give *give,
                                 Tocsin__Give *ret_give)
{
    tocsin__give__init(ret_give);
    ret_give->publisher = toc_wire_text(give->log.publisher);
    ret_give->stream = toc_wire_text(give->log.stream);
    ret_give->generation = give->log.generation;
    TOC_TRY(give_runs(arena, give->wraps, give->wraps_len, TOC_GIVE_WRAPS_MAX, &ret_give->wraps));
    TOC_TRY(give_runs(arena, give->batches, give->batches_len, TOC_GIVE_BATCHES_MAX,
                      &ret_give->batches));
    ret_give->n_wraps = give->wraps_len;
    ret_give->n_batches = give->batches_len;
    return TOC_OK;
}

/* `ret_message` borrows from `ret_body`, which must outlive it. */
static enum toc_result give_message(struct toc_arena *arena, const struct toc_message *message,
                                    union body *ret_body, Tocsin__Message *ret_message)
{
    tocsin__message__init(ret_message);
    ret_message->stamp = message->stamp;
    ret_message->seen = message->seen;
    ret_message->kind_case = (Tocsin__Message__KindCase)message->kind;
    ret_message->hello = &ret_body->hello; /* all arms are pointers to the same union */
    switch (message->kind) {
    case TOC_MESSAGE_NEWER:
        break;
    case TOC_MESSAGE_HELLO:
        give_hello(&message->as.hello, &ret_body->hello);
        return TOC_OK;
    case TOC_MESSAGE_ROSTERS:
        tocsin__rosters__init(&ret_body->rosters);
        ret_body->rosters.n_rosters = message->as.rosters.items_len;
        return give_runs(arena, message->as.rosters.items, message->as.rosters.items_len,
                         TOC_ROSTERS_MAX, &ret_body->rosters.rosters);
    case TOC_MESSAGE_HAVE:
        return give_have(arena, &message->as.have, &ret_body->have);
    case TOC_MESSAGE_WANT:
        give_want(&message->as.want, &ret_body->want);
        return TOC_OK;
    case TOC_MESSAGE_GIVE:
        return give_give(arena, &message->as.give, &ret_body->give);
    case TOC_MESSAGE_STATEMENTS:
        tocsin__statements__init(&ret_body->statements);
        ret_body->statements.n_statements = message->as.statements.items_len;
        return give_runs(arena, message->as.statements.items, message->as.statements.items_len,
                         TOC_STATEMENTS_MAX, &ret_body->statements.statements);
    case TOC_MESSAGE_REFUSAL:
        tocsin__refusal__init(&ret_body->refusal);
        ret_body->refusal.code = message->as.refusal.code;
        ret_body->refusal.about =
            toc_wire_text(message->as.refusal.about != NULL ? message->as.refusal.about : "");
        return TOC_OK;
    }
    return TOC_INVALID;
}

enum toc_result toc_wire_message_encode(struct toc_arena *arena, const struct toc_message *message,
                                        struct toc_bytes *ret_frame)
{
    union body body;
    Tocsin__Message packed;
    TOC_TRY(give_message(arena, message, &body, &packed));
    TOC_TRY(check_message(&packed));
    return toc_wire_pack(arena, &packed.base, TOC_FRAME_LEN_MAX, ret_frame);
}
