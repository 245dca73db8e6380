/* What the logs say of flags and alerts, read with the keys of every supplier. */
#include "sim_flags.h"

#include "engine_internal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)

static struct sim_told *add_told(struct sim_flags *flags)
{
    if (flags->told_len == flags->told_room) {
        flags->told_room = flags->told_room == 0 ? 64 : 2 * flags->told_room;
        flags->told = realloc(flags->told, flags->told_room * sizeof flags->told[0]);
        ck_assert_ptr_nonnull(flags->told);
    }
    memset(&flags->told[flags->told_len], 0, sizeof flags->told[0]);
    return &flags->told[flags->told_len++];
}

static struct sim_shown *add_shown(struct sim_flags *flags)
{
    if (flags->shown_len == flags->shown_room) {
        flags->shown_room = flags->shown_room == 0 ? 64 : 2 * flags->shown_room;
        flags->shown = realloc(flags->shown, flags->shown_room * sizeof flags->shown[0]);
        ck_assert_ptr_nonnull(flags->shown);
    }
    memset(&flags->shown[flags->shown_len], 0, sizeof flags->shown[0]);
    return &flags->shown[flags->shown_len++];
}

const struct sim_shown *sim_flags_newest(const struct sim_flags *flags, const struct sim_node *by,
                                         const uint8_t id[TOC_FLAG_ID_LEN], uint64_t before)
{
    const struct sim_shown *newest = NULL;

    for (size_t i = 0; i < flags->shown_len; i++) {
        const struct sim_shown *const it = &flags->shown[i];
        if (it->by == by && it->sequence < before && memcmp(it->id, id, sizeof it->id) == 0) {
            newest = it; /* they come in order */
        }
    }
    return newest;
}

bool sim_flags_withdrawn(const struct sim_flags *flags, const struct sim_node *by,
                         const uint8_t id[TOC_FLAG_ID_LEN], uint64_t before)
{
    for (size_t i = 0; i < flags->told_len; i++) {
        const struct sim_told *const it = &flags->told[i];
        if (it->by != by || it->type != TOC_RECORD_WITHDRAWAL || it->sequence >= before) {
            continue;
        }
        for (size_t j = 0; j < flags->told_len; j++) {
            const struct sim_told *const other = &flags->told[j];
            if (other->by == by && other->type == TOC_RECORD_FLAG &&
                other->sequence == it->withdraws && memcmp(other->id, id, TOC_FLAG_ID_LEN) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* ---- tokens ---- */

static bool find_token(const struct sim_flags *flags, const struct toc_token *token,
                       unsigned *ret_supplier, enum toc_purpose *ret_purpose,
                       enum toc_token_kind *ret_kind)
{
    for (unsigned i = 0; i < SIM_SUPPLIERS * SIM_PURPOSES * SIM_KINDS; i++) {
        const unsigned supplier = i / (SIM_PURPOSES * SIM_KINDS);
        const unsigned purpose = i / SIM_KINDS % SIM_PURPOSES;
        const unsigned kind = i % SIM_KINDS;
        if (memcmp(flags->suppliers[supplier].keys[purpose][kind].token.bytes, token->bytes,
                   sizeof token->bytes) == 0) {
            *ret_supplier = supplier;
            *ret_purpose = (enum toc_purpose)(purpose + 1);
            *ret_kind = (enum toc_token_kind)(kind + 1);
            return true;
        }
    }
    return false;
}

/* What all parts of a statement say; but for the detail they must say the same. */
static void read_part(struct sim_flags *flags, struct sim_shown *shown, uint32_t token_epoch,
                      const struct toc_token *token, const struct toc_sealed_body *sealed)
{
    struct toc_token_context context = {.group = flags->group, .token_epoch = token_epoch};
    const struct toc_statement_of of = {shown->id, shown->revision};
    struct toc_alert_body body;
    unsigned supplier = 0;

    if (!find_token(flags, token, &supplier, &context.purpose, &context.kind)) {
        sim_fail(flags->sim, "%s shows a token of nobody", shown->by->member);
        return;
    }
    if (toc_body_open(flags->sim->arena, &context,
                      &flags->suppliers[supplier].keys[context.purpose - 1][context.kind - 1].alert,
                      &of, sealed, &body) != TOC_OK) {
        sim_fail(flags->sim, "%s shows what does not open", shown->by->member);
        return;
    }
    body.has_detail = false;
    memset(&body.detail, 0, sizeof body.detail);
    if (shown->kinds == 0) {
        shown->supplier = supplier;
        shown->purpose = context.purpose;
        shown->body = body;
    } else if (shown->supplier != supplier || shown->purpose != context.purpose ||
               body.status != shown->body.status || body.severity != shown->body.severity ||
               body.reporters != shown->body.reporters || body.event != shown->body.event ||
               body.expires_quarter != shown->body.expires_quarter ||
               body.source != shown->body.source || body.named != shown->body.named) {
        sim_fail(flags->sim, "%s shows two readings", shown->by->member);
    }
    shown->kinds |= 1U << (context.kind - 1);
}

/* ---- records ---- */

static int64_t window_end(int64_t ms)
{
    const int64_t window = SIM_WINDOW_MINUTES * MINUTE_MS;

    return (ms / window + 1) * window;
}

static void read_alert(struct sim_flags *flags, struct sim_node *node, uint64_t sequence,
                       const struct toc_record *record)
{
    const struct toc_alert *const alert = record->as.alert;
    const struct sim_shown *const before = sim_flags_newest(flags, node, alert->id, UINT64_MAX);
    const uint32_t revision = before == NULL ? 1 : before->revision + 1;
    const uint64_t supersedes = before == NULL ? 0 : before->sequence;
    struct sim_shown *shown;

    if (alert->revision != revision || record->supersedes.sequence != supersedes) {
        sim_fail(flags->sim, "%s: revision %u of an alert, and %u was due", node->member,
                 alert->revision, revision);
    }
    shown = add_shown(flags);
    shown->by = node;
    shown->sequence = sequence;
    shown->revision = alert->revision;
    memcpy(shown->id, alert->id, sizeof shown->id);
    for (size_t i = 0; i < alert->parts_len; i++) {
        read_part(flags, shown, alert->token_epoch, &alert->parts[i].token, &alert->parts[i].body);
    }
}

static void read_flag(struct sim_flags *flags, struct sim_told *told, const struct toc_flag *flag)
{
    memcpy(told->id, flag->id, sizeof told->id);
    told->revision = flag->revision;
    told->purpose = flag->purpose;
    told->event = flag->event;
    told->severity = flag->severity;
    told->source = flag->source;
    told->status = flag->status;
    told->expires_quarter = flag->expires_quarter;
    told->shows_ms = told->seen_ms;
    if (flag->source > TOC_SOURCE_PUBLIC_ANNOUNCEMENT && !flag->may_identify &&
        flag->status != TOC_FLAG_CLEARED) {
        told->shows_ms = window_end(told->seen_ms);
    }
    for (size_t i = 0; i < flag->subjects_len; i++) {
        enum toc_purpose purpose = TOC_PURPOSE_RISK;
        enum toc_token_kind kind = TOC_TOKEN_ID;
        if (!find_token(flags, &flag->subjects[i].token, &told->supplier, &purpose, &kind) ||
            purpose != flag->purpose) {
            sim_fail(flags->sim, "%s flags nobody", told->by->member);
            return;
        }
        told->kinds |= 1U << (kind - 1);
    }
    for (size_t i = 0; i + 1 < flags->told_len; i++) {
        const struct sim_told *const other = &flags->told[i];
        if (other->type == TOC_RECORD_FLAG && other->by == told->by &&
            other->revision == told->revision &&
            memcmp(other->id, told->id, sizeof told->id) == 0) {
            sim_fail(flags->sim, "%s sent revision %u of a flag twice", told->by->member,
                     told->revision);
        }
    }
}

/* To the group: what readers see is the flag itself. */
static void show_flag(struct sim_flags *flags, struct sim_node *node, uint64_t sequence,
                      const struct toc_flag *flag)
{
    struct sim_shown *const shown = add_shown(flags);

    shown->by = node;
    shown->sequence = sequence;
    shown->revision = flag->revision;
    memcpy(shown->id, flag->id, sizeof shown->id);
    for (size_t i = 0; i < flag->subjects_len; i++) {
        read_part(flags, shown, flag->token_epoch, &flag->subjects[i].token,
                  &flag->subjects[i].body);
    }
}

static void read_told(struct sim_flags *flags, struct sim_node *by, struct sim_node *reader,
                      uint64_t sequence, const struct toc_record *record)
{
    struct sim_told *told;

    if (flags->to_group && record->type == TOC_RECORD_FLAG) {
        show_flag(flags, by, sequence, record->as.flag);
    }
    told = add_told(flags);
    told->by = by;
    told->sequence = sequence;
    told->number = (int64_t)flags->told_len;
    told->seen_ms = toc_fixture_group_wall(flags->sim->group) + reader->wall_offset;
    told->type = record->type;
    if (record->type == TOC_RECORD_FLAG) {
        read_flag(flags, told, record->as.flag);
    } else if (record->type == TOC_RECORD_DISPUTE) {
        enum toc_token_kind kind = TOC_TOKEN_ID;
        told->confirms = record->as.dispute->confirms;
        memcpy(told->id, record->as.dispute->id, sizeof told->id);
        if (!told->confirms &&
            find_token(flags, &record->as.dispute->token, &told->supplier, &told->purpose, &kind)) {
            told->kinds = 1U << (kind - 1);
        }
    } else if (record->type == TOC_RECORD_WITHDRAWAL) {
        told->withdraws = record->withdraws.sequence;
    }
}

static const char canary[] = "uillfeather"; /* in every supplier's name, and in its folded one */
static const char number_canary[] = "0700010";

static bool holds(struct toc_bytes bytes, const void *needle, size_t len)
{
    return bytes.len >= len && memmem(bytes.data, bytes.len, needle, len) != NULL;
}

/* Invariant 8, in the clear text of a record. */
static void check_clear(struct sim_flags *flags, const struct sim_node *node, const char *stream,
                        struct toc_bytes plain)
{
    bool named =
        holds(plain, canary, strlen(canary)) || holds(plain, number_canary, strlen(number_canary));
    bool token = false;

    for (unsigned i = 0; i < SIM_SUPPLIERS * SIM_PURPOSES * SIM_KINDS; i++) {
        const struct toc_token_keys *const keys =
            &flags->suppliers[i / (SIM_PURPOSES * SIM_KINDS)]
                 .keys[i / SIM_KINDS % SIM_PURPOSES][i % SIM_KINDS];
        token |= holds(plain, keys->token.bytes, sizeof keys->token.bytes);
        if (holds(plain, keys->subject.bytes, sizeof keys->subject.bytes)) {
            sim_fail(flags->sim, "%s: a subject key leaves on %s", node->member, stream);
        }
    }
    if (named && token) {
        sim_fail(flags->sim, "%s: token and name meet on %s", node->member, stream);
    }
}

void sim_flags_check_sent(struct sim_node *node, const struct toc_out *out)
{
    if (out->kind == TOC_OUT_LOCAL) {
        return;
    }
    for (size_t i = 0; i < out->parts_len; i++) {
        if (holds(out->parts[i], canary, strlen(canary)) ||
            holds(out->parts[i], number_canary, strlen(number_canary))) {
            sim_fail(node->sim, "%s sends a supplier's name", node->member);
        }
    }
}

/* ---- new records ---- */

static bool wants(void *context, struct sim_node *node, const struct toc_log_row *row)
{
    const struct sim_flags *const flags = context;

    /* To the hub: in its order. To the group: each as its publisher has it. */
    return strcmp(row->log.stream, "alert") == 0 ||
           (strcmp(row->log.stream, "distress") == 0 &&
            (!flags->to_group || strcmp(row->log.publisher, node->member) == 0));
}

static void clear_text(void *context, struct sim_node *node, const struct toc_log_row *row,
                       struct toc_bytes plain)
{
    (void)node;
    check_clear(context, sim_node(((struct sim_flags *)context)->sim, row->log.publisher),
                row->log.stream, plain);
}

static void take_record(void *context, struct sim_node *node, const struct toc_log_row *row,
                        uint64_t sequence, const struct toc_record *record)
{
    struct sim_flags *const flags = context;
    struct sim_node *const by = sim_node(flags->sim, row->log.publisher);

    if (strcmp(row->log.stream, "alert") != 0) {
        read_told(flags, by, node, sequence, record);
    } else if (record->type == TOC_RECORD_ALERT) {
        read_alert(flags, by, sequence, record);
    }
}

void sim_flags_read(struct sim_flags *flags, struct sim_node *node)
{
    const struct sim_reader reader = {
        .context = flags, .wants = wants, .plain = clear_text, .record = take_record};

    if (flags->to_group || strcmp(node->member, "spg") == 0) {
        sim_read_new(node, &flags->position[node - flags->sim->nodes], &reader);
    }
}
