/* Alerts on own suppliers: which of them are, and what they say to who can open them. local.db
 * knows which; what they say stays in their log. */
#include "alert_state.h"
#include "flagging.h"

#include "ensure.h"
#include "record_alert.h"
#include "store_subject.h"

#include <string.h>

#define SLICE 64 /* alerts that meet the tokens in one tick */

static const char *const streams[] = {"alert", "distress"};

/* What an alert and a flag to a group have in common. */
struct statement {
    const uint8_t *id;
    uint32_t revision;
    enum toc_purpose purpose;
    uint32_t token_epoch;
    const struct toc_alert *alert; /* or */
    const struct toc_flag *flag;
    size_t len;
};
struct part {
    bool of_parent; /* an alert says so inside, of all its parts */
    enum toc_token_kind kind;
    const struct toc_token *token;
    const struct toc_sealed_body *body;
};

static bool statement_of(const struct toc_record *record, struct statement *ret_statement)
{
    if (record->type == TOC_RECORD_ALERT) {
        const struct toc_alert *const alert = record->as.alert;
        *ret_statement = (struct statement){.id = alert->id,
                                            .revision = alert->revision,
                                            .purpose = alert->purpose,
                                            .token_epoch = alert->token_epoch,
                                            .alert = alert,
                                            .len = alert->parts_len};
        return true;
    }
    if (record->type == TOC_RECORD_FLAG && record->as.flag->to_group) {
        const struct toc_flag *const flag = record->as.flag;
        *ret_statement = (struct statement){.id = flag->id,
                                            .revision = flag->revision,
                                            .purpose = flag->purpose,
                                            .token_epoch = flag->token_epoch,
                                            .flag = flag,
                                            .len = flag->subjects_len};
        return true;
    }
    return false;
}

static struct part part_of(const struct statement *statement, size_t i)
{
    if (statement->alert != NULL) {
        const struct toc_alert_part *const part = &statement->alert->parts[i];
        return (struct part){false, part->kind, &part->token, &part->body};
    }
    const struct toc_flag_subject *const subject = &statement->flag->subjects[i];
    return (struct part){subject->of_parent, subject->kind, &subject->token, &subject->body};
}

/* ---- matching ---- */

static enum toc_result find_key(struct toc_engine *engine, const struct statement *statement,
                                const struct part *part, struct toc_arena *arena,
                                const char **ret_key)
{
    enum toc_purpose purpose;
    uint32_t token_epoch;

    TOC_TRY(
        toc_store_token_get(engine->store, part->token, arena, ret_key, &purpose, &token_epoch));
    if (purpose != statement->purpose || token_epoch != statement->token_epoch ||
        (strncmp(*ret_key, "name:", 5) == 0) != (part->kind == TOC_TOKEN_NAME)) {
        return TOC_NOTFOUND;
    }
    return TOC_OK;
}

/* By what it is known here: the supplier itself before a parent, a number before a name. NULL: it
 * is about nobody here. */
static enum toc_result best_key(struct toc_engine *engine, const struct statement *statement,
                                const char **ret_key)
{
    unsigned best = 4;

    *ret_key = NULL;
    for (size_t i = 0; i < statement->len; i++) {
        const struct part part = part_of(statement, i);
        const unsigned rank = (part.of_parent ? 2U : 0U) + (part.kind == TOC_TOKEN_ID ? 0U : 1U);
        const char *key;
        const enum toc_result result = find_key(engine, statement, &part, engine->arena, &key);
        if (result == TOC_NOTFOUND) {
            continue;
        }
        TOC_TRY(result);
        if (rank < best) {
            best = rank;
            *ret_key = key;
        }
    }
    return TOC_OK;
}

static enum toc_result match(struct toc_engine *engine, const char *stream, const char *publisher,
                             uint64_t sequence, const struct toc_record *record, bool fresh)
{
    struct toc_alert_mine mine = {.stream = stream,
                                  .publisher = publisher,
                                  .sequence = sequence,
                                  .first_seen_ms = engine->now_wall};
    struct toc_alert_met met = {.sequence = sequence, .seen_ms = engine->now_wall};
    struct statement statement;

    if (!statement_of(record, &statement) ||
        (statement.flag != NULL && strcmp(publisher, engine->me) == 0)) {
        return TOC_OK;
    }
    TOC_TRY(best_key(engine, &statement, &mine.key));
    if (mine.key == NULL) {
        return toc_store_alert_mine_end(engine->store, publisher, statement.id);
    }
    met.own_next = toc_flag_signed_next(engine); /* asks every log: not for every record */
    met.revision = statement.revision;
    memcpy(mine.id, statement.id, sizeof(mine.id));
    engine->telling.due = true;
    return toc_store_alert_mine_put(engine->store, &mine, &met, fresh);
}

enum toc_result toc_view_alert_mine(struct toc_engine *engine, const struct toc_log *log,
                                    uint64_t sequence, const struct toc_record *record)
{
    return match(engine, log->row.log.stream, log->row.log.publisher, sequence, record, true);
}

/* ---- what stands, against new tokens ---- */

void toc_alert_mine_begin(struct toc_engine *engine)
{
    engine->tokens.matching = true;
    engine->tokens.match_stream = 0;
    engine->tokens.match_publisher[0] = '\0';
    engine->tokens.match_sequence = 0;
}

static enum toc_result match_row(struct toc_engine *engine, const struct toc_current_row *row)
{
    struct toc_record record;
    struct toc_bytes bytes;

    TOC_TRY(toc_opened_record(engine->opened, row->log, row->sequence, &bytes));
    TOC_TRY(toc_record_read(engine->arena, row->stream, bytes, &record, NULL));
    return match(engine, row->stream, row->publisher, row->sequence, &record, false);
}

enum toc_result toc_alert_mine_finish(struct toc_engine *engine)
{
    struct toc_token_state *const at = &engine->tokens;
    struct toc_current_row rows[SLICE];
    size_t len;

    if (!at->matching) {
        return TOC_OK;
    }
    TOC_TRY(toc_store_current(engine->store, streams[at->match_stream], at->match_publisher,
                              at->match_sequence, rows, SLICE, &len));
    for (size_t i = 0; i < len; i++) {
        TOC_TRY(match_row(engine, &rows[i]));
    }
    if (len == SLICE) {
        memcpy(at->match_publisher, rows[len - 1].publisher, sizeof(at->match_publisher));
        at->match_sequence = rows[len - 1].sequence;
        at->look = true;
        return TOC_OK;
    }
    at->match_publisher[0] = '\0';
    at->match_sequence = 0;
    at->match_stream++;
    at->matching = at->match_stream < sizeof streams / sizeof streams[0];
    at->look |= at->matching;
    return TOC_OK;
}

/* ---- reading ---- */

static bool same_reading(const struct toc_alert_body *one, const struct toc_alert_body *other)
{
    return one->event == other->event && one->source == other->source &&
           one->severity == other->severity && one->status == other->status &&
           one->expires_quarter == other->expires_quarter && one->clause == other->clause &&
           one->action == other->action && one->reporters == other->reporters &&
           one->named == other->named && one->of_parent == other->of_parent;
}

static enum toc_result derive(struct toc_engine *engine, const struct statement *statement,
                              const struct part *part, const char *key, struct toc_arena *arena,
                              struct toc_token_context *ret_context,
                              struct toc_token_keys *ret_keys)
{
    const struct toc_token_context context = {.group = engine->group,
                                              .purpose = statement->purpose,
                                              .kind = part->kind,
                                              .token_epoch = statement->token_epoch};
    enum toc_subject_state state;
    struct toc_bytes outputs;

    TOC_TRY(
        toc_store_subject_get(engine->store, key, statement->token_epoch, arena, &state, &outputs));
    TOC_ENSURE(state == TOC_SUBJECT_READY, TOC_NOTFOUND);
    *ret_context = context;
    return toc_token_derive(&context, (const struct toc_oprf_output *)(const void *)outputs.data,
                            outputs.len / sizeof(struct toc_oprf_output), ret_keys);
}

static enum toc_result open_part(struct toc_engine *engine, const struct statement *statement,
                                 const struct part *part, const char *key, struct toc_arena *arena,
                                 struct toc_alert_read *read, bool *is_read)
{
    const struct toc_statement_of of = {.id = statement->id, .revision = statement->revision};
    struct toc_token_context context;
    struct toc_token_keys keys;
    struct toc_alert_body body;
    enum toc_result result;

    TOC_TRY(derive(engine, statement, part, key, arena, &context, &keys));
    result = toc_body_open(arena, &context, &keys.alert, &of, part->body, &body);
    if (result != TOC_OK) {
        toc_bytes_wipe(&keys, sizeof(keys));
        TOC_ENSURE(result != TOC_NOMEM, result);
        read->warning = "A part of this alert does not open: ask its author.";
        return TOC_OK;
    }
    if (*is_read && !same_reading(&read->body, &body)) {
        read->warning = "The hub shows two readings of this alert: one for the number, another for "
                        "the name.";
    }
    if (!*is_read) {
        read->body = body;
        read->token = *part->token;
    }
    if (body.has_detail && !read->has_detail) {
        result = toc_detail_open(arena, &context, &keys, &body.detail, &read->detail);
        read->has_detail = result == TOC_OK;
        if (result != TOC_OK && read->warning == NULL) {
            read->warning = "The detail of this alert does not open.";
        }
    }
    toc_bytes_wipe(&keys, sizeof(keys));
    *is_read = true;
    read->parts_opened++;
    return TOC_OK;
}

static enum toc_result read_record(struct toc_engine *engine, int64_t log,
                                   const struct toc_alert_mine *mine, struct toc_arena *arena,
                                   struct statement *ret_statement)
{
    struct toc_record record;
    struct toc_bytes bytes;

    TOC_TRY(toc_opened_record(engine->opened, log, mine->sequence, &bytes));
    TOC_TRY(toc_record_read(arena, mine->stream, bytes, &record, NULL));
    if (!statement_of(&record, ret_statement) ||
        memcmp(ret_statement->id, mine->id, sizeof(mine->id)) != 0) {
        return TOC_NOTFOUND;
    }
    return TOC_OK;
}

static enum toc_result read_statement(struct toc_engine *engine, const struct statement *statement,
                                      struct toc_arena *arena, struct toc_alert_read *ret_read)
{
    struct toc_alert_read read = {
        .revision = statement->revision, .purpose = statement->purpose, .parts = statement->len};
    bool is_read = false;

    /* Who has both reads what is said of the supplier itself. */
    for (size_t i = 0; i < 2 * statement->len; i++) {
        const struct part part = part_of(statement, i < statement->len ? i : i - statement->len);
        const char *key;
        if (part.of_parent != (i >= statement->len) || (part.of_parent && is_read)) {
            continue;
        }
        enum toc_result result = find_key(engine, statement, &part, arena, &key);
        if (result == TOC_OK) {
            result = open_part(engine, statement, &part, key, arena, &read, &is_read);
        }
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    }
    TOC_ENSURE(is_read, TOC_NOTFOUND);
    /* An alert's end is said by the hub; nobody says it of a flag to the group. */
    if (statement->flag != NULL && read.body.status != TOC_FLAG_CLEARED &&
        read.body.expires_quarter < toc_alert_quarter(engine->now_wall)) {
        read.body.status = TOC_FLAG_EXPIRED;
    }
    *ret_read = read;
    return TOC_OK;
}

enum toc_result toc_alert_mine_read(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                    struct toc_arena *arena, struct toc_alert_read *ret_read)
{
    struct toc_current_row row;
    struct statement statement;

    TOC_TRY(
        toc_store_current_get(engine->store, mine->stream, mine->publisher, mine->sequence, &row));
    TOC_TRY(read_record(engine, row.log, mine, arena, &statement));
    return read_statement(engine, &statement, arena, ret_read);
}

enum toc_result toc_alert_mine_log(struct toc_engine *engine, const char *publisher,
                                   const char *stream, uint64_t sequence, int64_t *ret_log)
{
    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log *log = &engine->logs[i];
        uint64_t first;
        if (log->row.id == 0 || strcmp(log->row.log.stream, stream) != 0 ||
            strcmp(log->row.log.publisher, publisher) != 0 ||
            sequence >= log->row.chain.next_sequence) {
            continue;
        }
        const enum toc_result result = toc_apply_first_sequence(engine, log, &first);
        TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
        if (result == TOC_OK && sequence >= first) {
            *ret_log = log->row.id;
            return TOC_OK;
        }
    }
    return TOC_NOTFOUND;
}

enum toc_result toc_alert_mine_past(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                    struct toc_arena *arena, struct toc_alert_read *ret_read)
{
    struct statement statement;
    int64_t log = 0;

    TOC_TRY(toc_alert_mine_log(engine, mine->publisher, mine->stream, mine->sequence, &log));
    const enum toc_result result = read_record(engine, log, mine, arena, &statement);
    TOC_ENSURE(result != TOC_STORE, TOC_NOTFOUND); /* retention destroyed its key */
    TOC_TRY(result);
    return read_statement(engine, &statement, arena, ret_read);
}

enum toc_result toc_alert_mine_prove(struct toc_engine *engine, const struct toc_alert_mine *mine,
                                     struct toc_arena *arena, struct toc_dispute *ret_dispute)
{
    struct statement statement;
    struct toc_current_row row;

    TOC_TRY(
        toc_store_current_get(engine->store, mine->stream, mine->publisher, mine->sequence, &row));
    TOC_TRY(read_record(engine, row.log, mine, arena, &statement));
    for (size_t i = 0; i < statement.len; i++) {
        const struct part part = part_of(&statement, i);
        struct toc_token_context context;
        struct toc_token_keys keys;
        const char *key;
        enum toc_result result = find_key(engine, &statement, &part, arena, &key);
        if (result == TOC_OK) {
            result = derive(engine, &statement, &part, key, arena, &context, &keys);
        }
        if (result == TOC_NOTFOUND) {
            continue;
        }
        TOC_TRY(result);
        *ret_dispute = (struct toc_dispute){.purpose = statement.purpose,
                                            .token_epoch = statement.token_epoch,
                                            .kind = part.kind,
                                            .token = *part.token,
                                            .alert = keys.alert};
        memcpy(ret_dispute->id, statement.id, sizeof(ret_dispute->id));
        toc_bytes_wipe(&keys, sizeof(keys));
        return TOC_OK;
    }
    return TOC_NOTFOUND;
}
