/* `list`: the current records of a stream, and if asked of its sub-groups' streams, a page at a
 * time.
 */
#include "local_request.h"

#include "ensure.h"
#include "ident.h"
#include "timetext.h"

#include <string.h>

#define LIMIT_MAX 500
#define LIMIT_USUAL 100
#define ROWS_AT_ONCE 64
/* Rows one request looks at: a filter that matches nothing must not hold up the tick. */
#define ROWS_SEEN_MAX 20000
#define RECORD_ARENA_MAX ((size_t)1024 * 1024)

struct listing {
    const char *whole;                   /* the stream that was asked for */
    bool sub_streams;                    /* and those of sub-groups, in order of name */
    char stream[TOC_STREAM_LEN_MAX + 1]; /* the one under way */
    const char *publisher;               /* NULL: all */
    int32_t ends_before;                 /* INT32_MAX with `by_end` false: whenever */
    bool by_end;
    int64_t limit;
    char after_publisher[TOC_MEMBER_LEN_MAX + 1]; /* the last row looked at */
    uint64_t after_sequence;
    size_t seen;
    json_t *records;
    size_t len; /* as JSON */
    bool more;
};

static bool is_wanted(const struct listing *listing, const char *stream)
{
    const size_t len = strlen(listing->whole);

    return strcmp(stream, listing->whole) == 0 ||
           (listing->sub_streams && strncmp(stream, listing->whole, len) == 0 &&
            stream[len] == '.');
}

static void begin_stream(struct listing *listing, const char *stream)
{
    const char *publisher = listing->publisher == NULL ? "" : listing->publisher;

    memcpy(listing->stream, stream, strlen(stream) + 1);
    memcpy(listing->after_publisher, publisher, strlen(publisher) + 1);
    listing->after_sequence = 0;
}

static enum toc_result read_after(const struct toc_local *local, struct listing *listing,
                                  struct toc_why *why)
{
    const json_t *after = json_object_get(local->request, "after");
    const char *stream = json_string_value(json_object_get(after, "stream"));
    const char *publisher = json_string_value(json_object_get(after, "publisher"));
    const json_t *sequence = json_object_get(after, "sequence");

    begin_stream(listing, listing->whole);
    if (after == NULL || json_is_null(after)) {
        return TOC_OK;
    }
    /* A page may end between two streams, before anybody's first record. */
    if (publisher == NULL || (publisher[0] != '\0' && !toc_ident_member(publisher)) ||
        !json_is_integer(sequence) || json_integer_value(sequence) < 0) {
        return toc_fail(why, TOC_INVALID,
                        "after: is not a member's id as `publisher` and a number as `sequence`");
    }
    if (stream != NULL && (!toc_ident_stream(stream) || !is_wanted(listing, stream))) {
        return toc_fail(why, TOC_INVALID, "after: its `stream` is not among those asked for");
    }
    begin_stream(listing, stream == NULL ? listing->whole : stream);
    memcpy(listing->after_publisher, publisher, strlen(publisher) + 1);
    listing->after_sequence = (uint64_t)json_integer_value(sequence);
    return TOC_OK;
}

static enum toc_result read_filters(const struct toc_local *local, struct listing *listing,
                                    struct toc_why *why)
{
    const char *ends_before = NULL;

    TOC_TRY(toc_local_stream(local, true, &listing->whole, why));
    TOC_TRY(toc_local_flag(local, "sub_streams", &listing->sub_streams, why));
    TOC_TRY(toc_local_number(local, "limit", 1, LIMIT_MAX, &listing->limit, why));
    TOC_TRY(toc_local_text(local, "publisher", &listing->publisher, why));
    TOC_TRY(toc_local_text(local, "ends_before", &ends_before, why));
    if (listing->publisher != NULL && !toc_ident_member(listing->publisher)) {
        return toc_fail(why, TOC_INVALID, "publisher: is not a member's id");
    }
    if (ends_before != NULL) {
        if (toc_date_parse(ends_before, &listing->ends_before) != TOC_OK) {
            return toc_fail(why, TOC_INVALID, "ends_before: is not a date such as 2027-03-31");
        }
        listing->by_end = true;
    }
    return read_after(local, listing, why);
}

static enum toc_result give_row(struct toc_engine *engine, struct listing *listing,
                                struct toc_arena *scratch, const struct toc_current_row *row,
                                struct toc_why *why)
{
    struct toc_record record;
    struct toc_bytes bytes;
    json_t *one;
    int failed = 0;

    toc_arena_reset(scratch);
    TOC_TRY(toc_opened_record(engine->opened, row->log, row->sequence, &bytes));
    TOC_TRY(toc_record_read(scratch, listing->stream, bytes, &record, why));
    one = json_pack("{s:s, s:s, s:I, s:s}", "stream", listing->stream, "publisher", row->publisher,
                    "sequence", (json_int_t)row->sequence, "key",
                    toc_record_kind_of(record.type)->key(&record));
    failed |= json_object_set_new(one, "record", toc_record_json(&record));
    listing->len += one == NULL ? 0 : toc_local_json_len(one);
    failed |= json_array_append_new(listing->records, one);
    return failed == 0 ? TOC_OK : TOC_NOMEM;
}

/* False: the page ends here, and the row belongs to the next one. */
static bool has_room(struct listing *listing)
{
    listing->more = (int64_t)json_array_size(listing->records) >= listing->limit ||
                    listing->len >= TOC_LOCAL_REPLY_MAX || listing->seen >= ROWS_SEEN_MAX;
    return !listing->more;
}

static enum toc_result fill_stream(struct toc_engine *engine, struct listing *listing,
                                   struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *scratch = NULL;
    struct toc_current_row rows[ROWS_AT_ONCE];
    size_t len = ROWS_AT_ONCE;

    TOC_TRY(toc_arena_new(RECORD_ARENA_MAX, &scratch));
    while (len == ROWS_AT_ONCE) {
        TOC_TRY(toc_store_current(engine->store, listing->stream, listing->after_publisher,
                                  listing->after_sequence, rows, ROWS_AT_ONCE, &len));
        for (size_t i = 0; i < len; i++) {
            const struct toc_current_row *row = &rows[i];
            if ((listing->publisher != NULL && strcmp(row->publisher, listing->publisher) != 0) ||
                !has_room(listing)) {
                return TOC_OK; /* rows come in order of publisher */
            }
            if (!listing->by_end || row->ends < listing->ends_before) {
                TOC_TRY(give_row(engine, listing, scratch, row, why));
            }
            listing->seen++;
            memcpy(listing->after_publisher, row->publisher, strlen(row->publisher) + 1);
            listing->after_sequence = row->sequence;
        }
    }
    return TOC_OK;
}

/* The next by name that there is a log of; NULL: that was the last. */
static const char *next_stream(const struct toc_engine *engine, const struct listing *listing)
{
    const char *next = NULL;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const char *stream = engine->logs[i].row.log.stream;
        if (engine->logs[i].row.id != 0 && is_wanted(listing, stream) &&
            strcmp(stream, listing->stream) > 0 && (next == NULL || strcmp(stream, next) < 0)) {
            next = stream;
        }
    }
    return next;
}

static enum toc_result fill(struct toc_engine *engine, struct listing *listing, struct toc_why *why)
{
    const char *stream = listing->stream;

    while (stream != NULL) {
        TOC_TRY(fill_stream(engine, listing, why));
        if (listing->more) {
            return TOC_OK;
        }
        stream = next_stream(engine, listing);
        if (stream != NULL) {
            begin_stream(listing, stream);
        }
    }
    return TOC_OK;
}

enum toc_result toc_local_list(struct toc_engine *engine, const struct toc_local *local,
                               struct toc_why *why)
{
    TOC_AUTO(toc_local_json_free) json_t *records = json_array();
    struct listing listing = {.limit = LIMIT_USUAL, .records = records};
    json_t *reply, *after;
    int failed = 0;

    TOC_TRY(read_filters(local, &listing, why));
    TOC_ENSURE(records != NULL, TOC_NOMEM);
    TOC_TRY(fill(engine, &listing, why));
    after = listing.more
                ? json_pack("{s:s, s:s, s:I}", "stream", listing.stream, "publisher",
                            listing.after_publisher, "sequence", (json_int_t)listing.after_sequence)
                : json_null();
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "after", after);
    failed |= json_object_set_new(reply, "records", toc_take(&records));
    return toc_local_answer(engine, local, reply, failed);
}
