/* What a member has applied since the last look, opened with its own keys. */
#include "sim.h"

#include "records.h"

static enum toc_result find_row(void *context, const struct toc_log_row *row)
{
    struct toc_log_row *const wanted = context;

    if (row->id == wanted->id) {
        *wanted = *row;
    }
    return TOC_OK;
}

static bool open_batch(struct sim_node *node, const struct toc_log_row *row, uint64_t sequence,
                       struct toc_batch *ret_batch, struct toc_bytes *ret_plain)
{
    struct toc_arena *const arena = node->sim->arena;
    struct toc_stored_batch stored;
    struct toc_epoch_row epoch;

    toc_arena_reset(arena);
    return toc_store_batch_get(node->store, row->id, sequence, arena, &stored) == TOC_OK &&
           toc_wire_batch_decode(arena, stored.bytes, ret_batch) == TOC_OK &&
           toc_store_epoch_get(node->store, row->id, ret_batch->header.epoch, &epoch) == TOC_OK &&
           toc_batch_open(arena, ret_batch, &epoch.key, ret_plain) == TOC_OK;
}

/* Returns where it ends; 0: it cannot be read. */
static uint64_t read_batch(struct sim_node *node, const struct toc_log_row *row, uint64_t sequence,
                           const struct sim_reader *reader)
{
    struct toc_batch batch;
    struct toc_bytes plain = toc_bytes_of(NULL, 0);
    struct toc_bytes bytes;

    if (!open_batch(node, row, sequence, &batch, &plain)) {
        sim_fail(node->sim, "%s: %s %s: what was applied does not open", node->member,
                 row->log.publisher, row->log.stream);
        return 0;
    }
    if (reader->plain != NULL) {
        reader->plain(reader->context, node, row, plain);
    }
    for (sequence = batch.header.first_sequence;
         toc_list_next(&plain, TOC_RECORD_LEN_MAX, &bytes) == TOC_OK; sequence++) {
        struct toc_record record;
        if (toc_record_read(node->sim->arena, row->log.stream, bytes, &record, NULL) != TOC_OK) {
            sim_fail(node->sim, "%s: %s %s: a record that does not read", node->member,
                     row->log.publisher, row->log.stream);
            return 0;
        }
        reader->record(reader->context, node, row, sequence, &record);
    }
    return batch.header.first_sequence + batch.header.count;
}

void sim_read_new(struct sim_node *node, int64_t *position, const struct sim_reader *reader)
{
    struct toc_journal_row rows[32] = {{.position = 0}};
    size_t len = 0;

    do {
        SIM_MUST(node->sim, toc_store_journal(node->store, *position, rows, 32, &len) == TOC_OK);
        for (size_t i = 0; i < len && node->sim->failure[0] == '\0'; i++) {
            struct toc_log_row row = {.id = rows[i].log};
            uint64_t at = rows[i].first_sequence;
            *position = rows[i].position;
            SIM_MUST(node->sim, toc_store_logs(node->store, find_row, &row) == TOC_OK);
            while (reader->wants(reader->context, node, &row) && at != 0 &&
                   at < rows[i].first_sequence + rows[i].count) {
                at = read_batch(node, &row, at, reader);
            }
        }
    } while (len == 32 && node->sim->failure[0] == '\0');
}
