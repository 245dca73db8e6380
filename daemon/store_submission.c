/* Submissions: `submission` keeps every id for ever; `waiting` has the records of those that are
 * not signed yet, apart, because records are opened text that retention must be able to wipe. */
#include "store_query.h"

static enum toc_result read_row(const struct toc_query *query,
                                struct toc_submission *ret_submission)
{
    struct toc_submission row = {0};
    TOC_TRY(toc_query_get_name(query, 0, row.id, sizeof row.id));
    TOC_TRY(toc_query_get_name(query, 1, row.stream, sizeof row.stream));
    row.records = (uint32_t)toc_query_get(query, 2);
    row.first_sequence = (uint64_t)toc_query_get(query, 3);
    row.time_ms = toc_query_get(query, 4);
    *ret_submission = row;
    return TOC_OK;
}

enum toc_result toc_store_submission_find(struct toc_store *store, const char *id,
                                          struct toc_submission *ret_submission)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(
        store, &store->group, TOC_SQL_SUBMISSION_FIND,
        "SELECT id, stream, records, first_sequence, time_ms FROM submission WHERE id = ?1",
        &query));
    toc_query_text(&query, 1, id);
    TOC_TRY(toc_query_row(&query));
    return read_row(&query, ret_submission);
}

static enum toc_result add(struct toc_store *store, const struct toc_submission *submission)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUBMISSION_ADD,
                           "INSERT INTO submission (id, stream, records, first_sequence, time_ms)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_text(&query, 1, submission->id);
    toc_query_text(&query, 2, submission->stream);
    toc_query_integer(&query, 3, submission->records);
    toc_query_integer(&query, 4, (int64_t)submission->first_sequence);
    toc_query_integer(&query, 5, submission->time_ms);
    return toc_query_run(&query);
}

static enum toc_result wait(struct toc_store *store, const struct toc_submission *submission,
                            bool first, struct toc_bytes records)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_WAITING_ADD,
                           "INSERT INTO waiting (number, id, stream, count, records)"
                           " VALUES (CASE ?5 WHEN 1 THEN"
                           " (SELECT coalesce(min(number), 1) - 1 FROM waiting) END,"
                           " ?1, ?2, ?3, ?4)",
                           &query));
    toc_query_text(&query, 1, submission->id);
    toc_query_text(&query, 2, submission->stream);
    toc_query_integer(&query, 3, submission->records);
    toc_query_blob(&query, 4, records);
    toc_query_integer(&query, 5, first);
    return toc_query_run(&query);
}

static enum toc_result put(struct toc_store *store, const struct toc_submission *submission,
                           bool first, struct toc_bytes records)
{
    const bool waits = submission->first_sequence == 0;
    TOC_ASSERT(waits == (records.data != NULL));
    TOC_ENSURE(submission->id[0] != '\0' && submission->records > 0, TOC_INVALID);
    TOC_TRY(add(store, submission));
    return waits ? wait(store, submission, first, records) : TOC_OK;
}

enum toc_result toc_store_submission_add(struct toc_store *store,
                                         const struct toc_submission *submission,
                                         struct toc_bytes records)
{
    return put(store, submission, false, records);
}

enum toc_result toc_store_submission_again(struct toc_store *store,
                                           const struct toc_submission *submission,
                                           struct toc_bytes records)
{
    TOC_ASSERT(submission->first_sequence == 0);
    return put(store, submission, true, records);
}

enum toc_result toc_store_submission_next(struct toc_store *store, const char *stream,
                                          struct toc_arena *arena,
                                          struct toc_submission *ret_submission,
                                          struct toc_bytes *ret_records)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(
        toc_query_open(store, &store->group, TOC_SQL_WAITING_NEXT,
                       "SELECT s.id, s.stream, s.records, s.first_sequence, s.time_ms, w.records"
                       " FROM waiting AS w JOIN submission AS s ON s.id = w.id"
                       " WHERE w.stream = ?1 ORDER BY w.number LIMIT 1",
                       &query));
    toc_query_text(&query, 1, stream);
    TOC_TRY(toc_query_row(&query));
    struct toc_bytes records;
    TOC_TRY(toc_query_get_blob(&query, 5, arena, &records));
    TOC_TRY(read_row(&query, ret_submission));
    *ret_records = records;
    return TOC_OK;
}

enum toc_result toc_store_submission_stream(struct toc_store *store, const char *after,
                                            char ret_stream[TOC_STREAM_LEN_MAX + 1])
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_WAITING_STREAM,
                           "SELECT stream FROM waiting WHERE stream > ?1 ORDER BY stream LIMIT 1",
                           &query));
    toc_query_text(&query, 1, after != NULL ? after : "");
    TOC_TRY(toc_query_row(&query));
    return toc_query_get_name(&query, 0, ret_stream, TOC_STREAM_LEN_MAX + 1);
}

enum toc_result toc_store_submission_signed(struct toc_store *store, const char *id,
                                            uint64_t first_sequence)
{
    TOC_ASSERT(first_sequence != 0);
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_WAITING_DROP,
                               "DELETE FROM waiting WHERE id = ?1", &query));
        toc_query_text(&query, 1, id);
        TOC_TRY(toc_query_hit(&query));
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SUBMISSION_SIGNED,
                           "UPDATE submission SET first_sequence = ?2 WHERE id = ?1", &query));
    toc_query_text(&query, 1, id);
    toc_query_integer(&query, 2, (int64_t)first_sequence);
    return toc_query_hit(&query);
}

uint64_t toc_store_submissions_waiting(struct toc_store *store)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    if (toc_query_open(store, &store->group, TOC_SQL_WAITING_RECORDS,
                       "SELECT coalesce(sum(count), 0) FROM waiting", &query) != TOC_OK ||
        toc_query_row(&query) != TOC_OK) {
        return 0;
    }
    return (uint64_t)toc_query_get(&query, 0);
}
