/* What belongs together: tokens of one supplier, the flags that name them, the alerts that were
 * sent. */
#include "alerting_part.h"

#include "ensure.h"

#include <string.h>

static bool same_token(const struct toc_token *a, const struct toc_token *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* ---- tokens ---- */

/* A name that meets one number stands for what the number does. */
static enum toc_result root_of(struct toc_engine *engine, const struct toc_token *token,
                               struct toc_alert_cluster *cluster)
{
    struct toc_token numbers[2];
    size_t len;

    TOC_TRY(toc_store_alert_token(engine->store, token, &cluster->tokens[0]));
    cluster->len = 1;
    if (cluster->tokens[0].kind == TOC_TOKEN_ID) {
        return TOC_OK;
    }
    TOC_TRY(toc_store_alert_links(engine->store, token, TOC_TOKEN_NAME, numbers, 2, &len));
    cluster->by_name = len != 1;
    cluster->ambiguous = len > 1;
    return len == 1 ? toc_store_alert_token(engine->store, &numbers[0], &cluster->tokens[0])
                    : TOC_OK;
}

enum toc_result toc_alert_cluster_of(struct toc_engine *engine, const struct toc_token *token,
                                     struct toc_alert_cluster *ret_cluster)
{
    struct toc_alert_cluster cluster = {.len = 0};
    struct toc_token names[TOC_ALERT_PARTS_MAX * 8];
    size_t len = 0;

    TOC_TRY(root_of(engine, token, &cluster));
    if (!cluster.by_name) {
        TOC_TRY(toc_store_alert_links(engine->store, &cluster.tokens[0].token, TOC_TOKEN_ID, names,
                                      sizeof names / sizeof names[0], &len));
    }
    for (size_t i = 0; i < len && cluster.len < TOC_ALERT_PARTS_MAX; i++) {
        struct toc_token numbers[2];
        size_t numbers_len;
        TOC_TRY(toc_store_alert_links(engine->store, &names[i], TOC_TOKEN_NAME, numbers, 2,
                                      &numbers_len));
        if (numbers_len == 1) {
            TOC_TRY(toc_store_alert_token(engine->store, &names[i], &cluster.tokens[cluster.len]));
            cluster.len++;
        }
    }
    *ret_cluster = cluster;
    return TOC_OK;
}

/* ---- flags ---- */

static bool shows(const struct toc_engine *engine, const struct toc_alert_flag *flag)
{
    return flag->seen.shows_ms <= engine->now_wall &&
           (flag->until_ms == 0 || flag->until_ms > engine->now_wall);
}

static struct toc_alert_voice *voice_of(struct toc_alert_subject *subject, size_t among,
                                        const struct toc_alert_flag *flag)
{
    for (size_t i = 0; i < among; i++) {
        const struct toc_alert_flag *const other = subject->voices[i].flag;
        if (other->sequence == flag->sequence && other->of_parent == flag->of_parent &&
            strcmp(other->publisher, flag->publisher) == 0) {
            return &subject->voices[i];
        }
    }
    return NULL;
}

static enum toc_result find_voices(struct toc_engine *engine, struct toc_alert_subject *subject)
{
    const struct toc_alert_cluster *const cluster = &subject->cluster;
    struct toc_alert_flag *flags[TOC_ALERT_PARTS_MAX];
    size_t lens[TOC_ALERT_PARTS_MAX];
    size_t room = 1;

    for (size_t i = 0; i < cluster->len; i++) {
        TOC_TRY(toc_store_alert_flags(engine->store, &cluster->tokens[i].token, engine->arena,
                                      &flags[i], &lens[i]));
        room += lens[i];
    }
    subject->voices = toc_arena_zero(engine->arena, room, sizeof *subject->voices);
    TOC_ENSURE(subject->voices != NULL, TOC_NOMEM);
    for (size_t i = 0; i < cluster->len; i++) {
        const size_t before = subject->voices_len;
        for (size_t j = 0; j < lens[i]; j++) {
            const struct toc_alert_flag *const flag = &flags[i][j];
            subject->waits |= flag->seen.shows_ms > engine->now_wall;
            if (!shows(engine, flag) || (cluster->by_name && flag->with_id)) {
                continue;
            }
            struct toc_alert_voice *voice = voice_of(subject, before, flag);
            if (voice == NULL) {
                voice = &subject->voices[subject->voices_len++];
                voice->flag = flag;
                voice->council = toc_alerting_council(engine, flag->publisher);
            }
            voice->details[i] = &flag->detail;
        }
    }
    return TOC_OK;
}

/* ---- alerts ---- */

enum toc_result toc_alert_open(struct toc_engine *engine, const struct toc_alert_sent *sent,
                               struct toc_alert_opened *ret_opened)
{
    struct toc_alert_opened *const opened = ret_opened;
    const struct toc_statement_of of = {sent->id, sent->revision};

    *opened = (struct toc_alert_opened){.sent = sent};
    TOC_ENSURE(sent->parts_len > 0, TOC_NOTFOUND);
    for (size_t i = 0; i < sent->parts_len; i++) {
        const struct toc_alert_part *const part = &sent->parts[i];
        struct toc_alert_token *const token = &opened->tokens[i];
        TOC_TRY(toc_store_alert_token(engine->store, &part->token, token));
        const struct toc_token_context context = {.group = engine->group,
                                                  .purpose = token->purpose,
                                                  .kind = token->kind,
                                                  .token_epoch = token->token_epoch};
        if (toc_body_open(engine->arena, &context, &token->alert, &of, &part->body,
                          &opened->bodies[i]) != TOC_OK) {
            return TOC_NOTFOUND; /* our own; so it was sealed under another key's token */
        }
        opened->has_id |= part->kind == TOC_TOKEN_ID;
    }
    opened->body = opened->bodies[0];
    return TOC_OK;
}

/* Not another number's, which this name belonged to before. */
static bool belongs(const struct toc_alert_cluster *cluster, const struct toc_alert_sent *sent)
{
    for (size_t i = 0; i < sent->parts_len; i++) {
        if (sent->parts[i].kind == TOC_TOKEN_ID &&
            (cluster->by_name || !same_token(&sent->parts[i].token, &cluster->tokens[0].token))) {
            return false;
        }
    }
    return true;
}

static bool found_before(const struct toc_alert_subject *subject, const struct toc_alert_sent *sent)
{
    for (size_t i = 0; i < subject->alerts_len; i++) {
        if (memcmp(subject->alerts[i].sent->id, sent->id, sizeof sent->id) == 0) {
            return true;
        }
    }
    return false;
}

static enum toc_result find_alerts(struct toc_engine *engine, struct toc_alert_subject *subject)
{
    const struct toc_alert_cluster *const cluster = &subject->cluster;
    struct toc_alert_sent *sent[TOC_ALERT_PARTS_MAX];
    size_t lens[TOC_ALERT_PARTS_MAX];
    size_t room = 1;

    for (size_t i = 0; i < cluster->len; i++) {
        TOC_TRY(toc_store_alert_sent(engine->store, &cluster->tokens[i].token, engine->arena,
                                     &sent[i], &lens[i]));
        room += lens[i];
    }
    subject->alerts = toc_arena_zero(engine->arena, room, sizeof *subject->alerts);
    TOC_ENSURE(subject->alerts != NULL, TOC_NOMEM);
    for (size_t i = 0; i < cluster->len; i++) {
        for (size_t j = 0; j < lens[i]; j++) {
            if (!belongs(cluster, &sent[i][j]) || found_before(subject, &sent[i][j])) {
                continue;
            }
            const enum toc_result result =
                toc_alert_open(engine, &sent[i][j], &subject->alerts[subject->alerts_len]);
            if (result != TOC_NOTFOUND) {
                TOC_TRY(result);
                subject->alerts_len++;
            }
        }
    }
    return TOC_OK;
}

enum toc_result toc_alert_find(struct toc_engine *engine, const struct toc_alert_cluster *cluster,
                               struct toc_alert_subject **ret_subject)
{
    struct toc_alert_subject *const subject = toc_arena_zero(engine->arena, 1, sizeof *subject);

    TOC_ENSURE(subject != NULL, TOC_NOMEM);
    subject->cluster = *cluster;
    TOC_TRY(find_voices(engine, subject));
    TOC_TRY(find_alerts(engine, subject));
    *ret_subject = subject;
    return TOC_OK;
}
