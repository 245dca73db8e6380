#include "log_check.h"
#include "ensure.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct toc_log_check {
    struct toc_roster_file *rosters;
    struct toc_arena *arena; /* of one batch */
    struct toc_checked_log *logs;
    size_t logs_len;
    size_t logs_room;
};

enum toc_result toc_log_check_new(struct toc_log_check **ret_check, struct toc_why *why)
{
    TOC_AUTO(toc_log_check_free) struct toc_log_check *check = calloc(1, sizeof *check);
    if (check == NULL || toc_arena_new(16 * (size_t)TOC_BATCH_LEN_MAX, &check->arena) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    TOC_TRY(toc_roster_file_new(&check->rosters, why));
    *ret_check = toc_take(&check);
    return TOC_OK;
}

void toc_log_check_free(struct toc_log_check **check)
{
    if (*check == NULL) {
        return;
    }
    toc_roster_file_free(&(*check)->rosters);
    toc_arena_free(&(*check)->arena);
    free((*check)->logs);
    free(*check);
    *check = NULL;
}

enum toc_result toc_log_check_roster(struct toc_log_check *check, struct toc_bytes signed_roster,
                                     struct toc_why *why)
{
    return toc_roster_file_add(check->rosters, signed_roster, why);
}

struct toc_roster_file *toc_log_check_roster_file(struct toc_log_check *check)
{
    return check->rosters;
}

const struct toc_roster_file *toc_log_check_rosters(const struct toc_log_check *check)
{
    return check->rosters;
}

const struct toc_checked_log *toc_log_check_logs(const struct toc_log_check *check, size_t *ret_len)
{
    *ret_len = check->logs_len;
    return check->logs;
}

const struct toc_hash *toc_log_check_group(const struct toc_log_check *check)
{
    struct toc_roster_chain *const chain = toc_roster_file_chain(check->rosters);
    return toc_roster_chain_version(chain) == 0 ? NULL : toc_roster_chain_group(chain);
}

static struct toc_checked_log *find_log(struct toc_log_check *check, const struct toc_log_id *log)
{
    for (size_t i = check->logs_len; i > 0; i--) {
        /* Batches of one log come together, so the newest log is nearly always the one. */
        if (toc_log_id_compare(&check->logs[i - 1].log, log) == 0) {
            return &check->logs[i - 1];
        }
    }
    return NULL;
}

/* A later generation goes on from the head that it says stands. */
static enum toc_result start_of(struct toc_log_check *check, const struct toc_batch_header *header,
                                struct toc_chain *ret_chain, struct toc_why *why)
{
    *ret_chain = (struct toc_chain){.next_sequence = 1,
                                    .head = toc_head_start(&header->group, &header->log)};
    for (size_t i = 0; i < header->abandons_len; i++) {
        const struct toc_abandoned *const abandoned = &header->abandons[i];
        if (!abandoned->stands) {
            continue;
        }
        struct toc_log_id older = header->log;
        older.generation = abandoned->generation;
        const struct toc_checked_log *const before = find_log(check, &older);
        if (before != NULL && before->chain.next_sequence == abandoned->next_sequence &&
            !toc_hash_equal(&before->chain.head, &abandoned->head)) {
            return toc_fail(why, TOC_CONFLICT,
                            "%s/%s: generation %" PRIu32 " goes on from a head that generation "
                            "%" PRIu32 " never had",
                            header->log.publisher, header->log.stream, header->log.generation,
                            abandoned->generation);
        }
        ret_chain->next_sequence = abandoned->next_sequence;
        ret_chain->head = abandoned->head;
    }
    return TOC_OK;
}

static enum toc_result add_log(struct toc_log_check *check, const struct toc_batch_header *header,
                               struct toc_checked_log **ret_log, struct toc_why *why)
{
    if (check->logs_len == check->logs_room) {
        const size_t room = check->logs_room == 0 ? 16 : 2 * check->logs_room;
        struct toc_checked_log *const larger = reallocarray(check->logs, room, sizeof *larger);
        if (larger == NULL || room > 2 * TOC_LOGS_MAX) {
            check->logs = larger == NULL ? check->logs : larger;
            return toc_fail(why, TOC_TOOBIG, "more than %d logs", TOC_LOGS_MAX);
        }
        check->logs = larger;
        check->logs_room = room;
    }
    struct toc_checked_log fresh = {.log = header->log};
    TOC_TRY(start_of(check, header, &fresh.chain, why));
    TOC_ASSERT(check->logs != NULL);
    check->logs[check->logs_len] = fresh;
    *ret_log = &check->logs[check->logs_len++];
    return TOC_OK;
}

static enum toc_result refuse(const struct toc_batch_header *header, enum toc_result result,
                              const char *words, struct toc_why *why)
{
    return toc_fail(why, result, "%s/%s, sequence %" PRIu64 ": %s", header->log.publisher,
                    header->log.stream, header->first_sequence, words);
}

static enum toc_result check_place(const struct toc_log_check *check,
                                   const struct toc_checked_log *log,
                                   const struct toc_batch_header *header, struct toc_why *why)
{
    const uint64_t newest = toc_roster_chain_version(toc_roster_file_chain(check->rosters));
    switch (toc_chain_place(&log->chain, header, newest)) {
    case TOC_PLACE_NEXT:
        return TOC_OK;
    case TOC_PLACE_HELD:
        return refuse(header, TOC_CONFLICT, "this place in the log is taken already", why);
    case TOC_PLACE_GAP:
        return refuse(header, TOC_BADSIG, "the batches before it are missing", why);
    case TOC_PLACE_FORK:
        return refuse(header, TOC_CONFLICT, "it does not follow the batch before it", why);
    case TOC_PLACE_ROSTER_AHEAD:
        return refuse(header, TOC_BADSIG, "it was made under a roster that is not here", why);
    case TOC_PLACE_REFUSED:
        return refuse(header, TOC_BADSIG, "its roster version or epoch does not follow", why);
    }
    TOC_UNREACHABLE();
    return TOC_INVALID;
}

/* In the roster it names: a member, allowed to publish there, whose key signed it. */
static enum toc_result check_publisher(struct toc_log_check *check, const struct toc_batch *batch,
                                       const struct toc_hash *head, struct toc_why *why)
{
    const struct toc_batch_header *const header = &batch->header;
    const struct toc_roster *const roster =
        toc_roster_chain_at(toc_roster_file_chain(check->rosters), header->roster_version);
    if (roster == NULL) {
        return refuse(header, TOC_BADSIG, "it was made under a roster that is not here", why);
    }
    const struct toc_member *const publisher = toc_roster_member(roster, header->log.publisher);
    if (publisher == NULL ||
        !toc_roster_may_publish(roster, header->log.publisher, header->log.stream)) {
        return refuse(header, TOC_BADSIG, "its publisher was not allowed to publish it", why);
    }
    if (toc_batch_verify(batch, head, &publisher->sign_public) != TOC_OK) {
        return refuse(header, TOC_BADSIG, "its signature does not verify", why);
    }
    if (toc_batch_check_audience(header, roster) != TOC_OK) {
        return refuse(header, TOC_BADSIG, "it is for others than its roster says", why);
    }
    return TOC_OK;
}

enum toc_result toc_log_check_batch(struct toc_log_check *check, struct toc_bytes bytes,
                                    struct toc_why *why)
{
    struct toc_batch batch;
    const struct toc_hash *const group = toc_log_check_group(check);
    toc_arena_reset(check->arena);
    const enum toc_result result = toc_wire_batch_decode(check->arena, bytes, &batch);
    if (result != TOC_OK) {
        return toc_fail(why, result, "a batch does not parse: %s", toc_result_name(result));
    }
    if (group == NULL || !toc_hash_equal(group, &batch.header.group)) {
        return refuse(&batch.header, TOC_BADSIG, "it is of another group", why);
    }
    const size_t logs_len = check->logs_len;
    struct toc_checked_log *log = find_log(check, &batch.header.log);
    if (log == NULL) {
        TOC_TRY(add_log(check, &batch.header, &log, why));
    }
    const struct toc_hash head = toc_batch_head(&batch);
    enum toc_result checked = check_place(check, log, &batch.header, why);
    if (checked == TOC_OK) {
        checked = check_publisher(check, &batch, &head, why);
    }
    if (checked != TOC_OK) {
        check->logs_len = logs_len; /* a log that began with this batch did not begin */
        return checked;
    }
    toc_chain_advance(&log->chain, &batch.header, &head);
    log->batches++;
    return TOC_OK;
}
