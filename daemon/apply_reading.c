/* After an upgrade: what this program's predecessor kept whole, relayed and could not read is
 * applied, at the start and without being asked. Only streams of which something was passed over
 * are derived anew, each as `rebuild` does it: a correction never leaves its stream, so what comes
 * of it is what a rebuild gives, and what a member has that could read it all along. */
#include "engine_internal.h"

#include "ensure.h"
#include "store_reading.h"

#include <string.h>

/* The next stream by name, behind `after`, of which something was passed over. */
static bool next_stream(const struct toc_engine *engine, const char *after,
                        char ret_stream[TOC_STREAM_LEN_MAX + 1])
{
    const char *next = NULL;

    for (size_t i = 0; i < engine->logs_len; i++) {
        const struct toc_log_row *const row = &engine->logs[i].row;
        if (row->invalid_records > 0 && strcmp(row->log.stream, after) > 0 &&
            (next == NULL || strcmp(row->log.stream, next) < 0)) {
            next = row->log.stream;
        }
    }
    if (next != NULL) {
        memcpy(ret_stream, next, strlen(next) + 1);
    }
    return next != NULL;
}

static enum toc_result apply_what_was_kept(struct toc_engine *engine)
{
    char stream[TOC_STREAM_LEN_MAX + 1] = "";
    uint64_t records = 0;
    unsigned streams = 0;

    while (next_stream(engine, stream, stream)) {
        TOC_TRY(toc_apply_stream_anew(engine, stream, &records));
        streams++;
    }
    if (streams > 0) {
        toc_engine_note(engine, TOC_NOTICE_INFO, "views.renewed", "streams=%u records=%llu",
                        streams, (unsigned long long)records);
    }
    return TOC_OK;
}

static enum toc_result renew(struct toc_engine *engine, const char *reading, struct toc_why *why)
{
    (void)toc_store_unread(engine->store); /* of a start before this */
    TOC_TRY(toc_engine_write(engine));
    toc_store_local_gather(engine->store);
    TOC_TRY(apply_what_was_kept(engine));
    if (toc_store_unread(engine->store)) { /* something was decided blind */
        return toc_fail(why, TOC_STORE, "%s: cannot be read: see to the disk and start it again",
                        engine->conf->store);
    }
    TOC_TRY(toc_store_reading_set(engine->store, reading));
    TOC_TRY(toc_store_local_keep(engine->store));
    TOC_TRY(toc_store_commit(engine->store));
    engine->in_transaction = false;
    return TOC_OK;
}

enum toc_result toc_apply_reading(struct toc_engine *engine, struct toc_why *why)
{
    char held[TOC_READING_LEN_MAX + 1];
    char reading[TOC_READING_LEN_MAX + 1];
    enum toc_result result = toc_store_reading_get(engine->store, held);

    toc_records_reading(reading);
    TOC_ENSURE(result == TOC_OK || result == TOC_NOTFOUND, result);
    if (result == TOC_OK && strcmp(held, reading) == 0) {
        return TOC_OK;
    }
    if (result == TOC_OK && !toc_records_reads(held)) {
        return toc_fail(why, TOC_INVALID,
                        "%s: written by a newer Tocsin, which reads records that this one does "
                        "not: install that version again, or restore the folder from a backup of "
                        "before",
                        engine->conf->store);
    }
    result = renew(engine, reading, why);
    if (result != TOC_OK && engine->in_transaction) {
        toc_store_rollback(engine->store);
        engine->in_transaction = false;
    }
    return result;
}
