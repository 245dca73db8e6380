/* The drafts that went with a publish. One is dropped only when its record is committed, which is a
 * tick later: drafts and logs lie in different files. Losing this list loses nothing, since a draft
 * that says what is published changes nothing when it is published again. */
#include "local_change.h"

#include "ensure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENT_TICKS_MAX 8
#define AGAIN_MS 1000 /* a disk that failed is given this long */
#define DRAFTS_AT_ONCE 256

static int compare_hashes(const void *left, const void *right)
{
    return memcmp(left, right, TOC_HASH_LEN);
}

static void forget_sent(struct toc_sent_drafts *sent)
{
    free(sent->hashes);
    *sent = (struct toc_sent_drafts){.len = 0};
}

enum toc_result toc_sent_drafts_keep(struct toc_engine *engine, const struct toc_buf *hashes,
                                     const char *submission)
{
    struct toc_local_state *state = toc_local_state(engine);
    struct toc_sent_drafts *sent;

    TOC_ENSURE(state != NULL, TOC_NOMEM);
    sent = &state->sent;
    forget_sent(sent);
    if (hashes->len == 0) {
        return TOC_OK;
    }
    sent->hashes = malloc(hashes->len);
    TOC_ENSURE(sent->hashes != NULL, TOC_NOMEM);
    memcpy(sent->hashes, hashes->data, hashes->len);
    sent->len = hashes->len / TOC_HASH_LEN;
    qsort(sent->hashes, sent->len, TOC_HASH_LEN, compare_hashes);
    (void)snprintf(sent->submission, sizeof(sent->submission), "%s", submission);
    return TOC_OK;
}

/* Of one page, those that went, to the front. */
static enum toc_result pick_sent(struct toc_engine *engine, bool committed,
                                 struct toc_draft *drafts, size_t len, size_t *ret_picked)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *scratch = NULL;
    const struct toc_sent_drafts *sent = &engine->local->sent;
    size_t picked = 0;

    TOC_TRY(toc_arena_new(TOC_CHANGE_ARENA_MAX, &scratch));
    for (size_t i = 0; i < len; i++) {
        const struct toc_hash hash = toc_draft_hash(&drafts[i]);
        struct toc_change change;
        bool gone = bsearch(&hash, sent->hashes, sent->len, TOC_HASH_LEN, compare_hashes) != NULL;
        if (gone && !committed) {
            toc_arena_reset(scratch);
            gone = toc_change_of(engine, scratch, &drafts[i], &change, NULL) == TOC_OK &&
                   change.action == TOC_CHANGE_NONE;
        }
        if (gone) {
            drafts[picked++] = drafts[i];
        }
    }
    *ret_picked = picked;
    return TOC_OK;
}

static enum toc_result drop_sent(struct toc_engine *engine, bool committed)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_buf_done) struct toc_buf key = {0};
    char stream[TOC_STREAM_LEN_MAX + 1] = "";
    struct toc_draft drafts[DRAFTS_AT_ONCE];
    size_t len = DRAFTS_AT_ONCE;
    size_t picked = 0;

    TOC_TRY(toc_arena_new((size_t)DRAFTS_AT_ONCE * 4 * TOC_RECORD_LEN_MAX, &arena));
    toc_buf_init(&key, TOC_RECORD_LEN_MAX + 1);
    TOC_TRY(toc_buf_append(&key, toc_bytes_of("", 1)));
    while (len == DRAFTS_AT_ONCE) {
        toc_arena_reset(arena);
        TOC_TRY(toc_store_drafts(engine->store, stream, (const char *)key.data, arena, drafts,
                                 DRAFTS_AT_ONCE, &len));
        if (len > 0) {
            const struct toc_draft *last = &drafts[len - 1];
            TOC_ENSURE(strlen(last->stream) < sizeof(stream), TOC_INVALID);
            memcpy(stream, last->stream, strlen(last->stream) + 1);
            toc_buf_clear(&key);
            TOC_TRY(toc_buf_append(&key, toc_bytes_of(last->key, strlen(last->key) + 1)));
        }
        TOC_TRY(pick_sent(engine, committed, drafts, len, &picked));
        TOC_TRY(toc_store_drafts_drop(engine->store, drafts, picked));
    }
    return TOC_OK;
}

void toc_sent_drafts_drop(struct toc_engine *engine)
{
    struct toc_sent_drafts *sent = engine->local == NULL ? NULL : &engine->local->sent;
    struct toc_submission known;
    bool committed;

    if (sent == NULL || sent->len == 0 || sent->ticks == 0) {
        return; /* nothing went, or in this very tick */
    }
    committed = sent->submission[0] != '\0' &&
                toc_store_submission_find(engine->store, sent->submission, &known) == TOC_OK;
    /* A view with uncommitted changes in it proves nothing. */
    if (!committed && engine->in_transaction && sent->ticks < SENT_TICKS_MAX) {
        return;
    }
    if (committed || !engine->in_transaction) {
        if (drop_sent(engine, committed) != TOC_OK) {
            sent->again_mono = engine->now_mono + AGAIN_MS;
            return;
        }
        toc_tokens_begin(engine); /* asks wait for exposures that are drafts */
    }
    forget_sent(sent);
}

int64_t toc_sent_drafts_deadline(const struct toc_engine *engine)
{
    const struct toc_sent_drafts *sent = engine->local == NULL ? NULL : &engine->local->sent;

    if (sent == NULL || sent->len == 0) {
        return INT64_MAX;
    }
    return sent->again_mono > engine->now_mono ? sent->again_mono : engine->now_mono;
}
