/* Naming at k: shares that came with flags, and the name that enough of them open. */
#include "engine_internal.h"
#include "record_flag.h"
#include "store_share.h"

#include "ensure.h"

#include <stdio.h>
#include <string.h>

/* The roster that what is being applied was made under: whoever derives it again later, under
 * another, comes to the same. */
static const struct toc_roster *made_under(const struct toc_engine *engine)
{
    const struct toc_roster *made = toc_roster_chain_at(engine->rosters, engine->applying_version);

    return made != NULL ? made : toc_engine_roster(engine);
}

/* Where the publisher's share must lie: a successor uses the place of the first it succeeds. */
static struct toc_scalar place_of(const struct toc_engine *engine, const char *publisher)
{
    const struct toc_member *member = toc_roster_member(made_under(engine), publisher);

    return toc_token_place(&engine->group, member != NULL && member->succeeds_len > 0
                                               ? member->succeeds[0]
                                               : publisher);
}

/* Flags of one polynomial as the group makes them: with so many commitments. */
static bool is_of_k(const struct toc_engine *engine, size_t k)
{
    return k == toc_roster_rules(made_under(engine)).name_at;
}

static void set_aside(struct toc_engine *engine, const struct toc_share_row *row, bool fresh)
{
    engine->counters.shares_aside += fresh;
    if (fresh) {
        toc_engine_note(engine, TOC_NOTICE_WARN, "share.misfit",
                        "publisher=%s sequence=%llu its share of a name does not fit: set aside, "
                        "its flag counts",
                        row->publisher, (unsigned long long)row->sequence);
    }
}

/* What tells two names apart: the number, which full_name of flag_record.c puts at the end, since
 * councils spell a name as they like; or all of it. */
static const char *what_counts(const char *name)
{
    const char *const number = strrchr(name, '(');

    return number != NULL && name[strlen(name) - 1] == ')' ? number : name;
}

struct opened_name {
    char text[TOC_DETAIL_PLAIN_LEN]; /* "": it does not open */
    size_t said;                     /* by so many */
};

static size_t open_names(const struct toc_token_context *context, const struct toc_token_key *key,
                         const struct toc_share_row *rows, size_t len,
                         struct opened_name names[TOC_SHARING_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++) {
        names[i] = (struct opened_name){.text = ""};
        if (toc_name_open(context, &rows[i].token, key, &rows[i].name, names[i].text) != TOC_OK) {
            names[i].text[0] = '\0';
        }
        count += names[i].text[0] != '\0';
    }
    for (size_t i = 0; i < len; i++) {
        for (size_t j = 0; j < len; j++) {
            names[i].said += strcmp(what_counts(names[i].text), what_counts(names[j].text)) == 0;
        }
    }
    return count;
}

/* The shares are enough, and whoever has the supplier can seal any name. What most of them say is
 * told, so that one alone puts no other company in its place; of as many, what came with the lowest
 * place, whoever came first, so that the name is the same when it is derived anew. */
static enum toc_result learn(struct toc_engine *engine, const struct toc_token_context *context,
                             const struct toc_share_row *rows, size_t len, size_t k)
{
    struct opened_name names[TOC_SHARING_MAX];
    struct toc_share shares[TOC_SHARING_MAX];
    const struct opened_name *best = NULL;
    struct toc_scalar constant;

    for (size_t i = 0; i < k; i++) {
        shares[i] = rows[i].share;
    }
    TOC_TRY(toc_sharing_secret(shares, k, &constant));
    struct toc_token_key key = toc_token_name_key(context, &constant);
    const size_t count = open_names(context, &key, rows, len, names);
    toc_bytes_wipe(&key, sizeof key);
    toc_bytes_wipe(&constant, sizeof constant);
    toc_bytes_wipe(shares, sizeof shares);
    for (size_t i = 0; i < len; i++) {
        if (names[i].text[0] != '\0' && (best == NULL || names[i].said > best->said)) {
            best = &names[i];
        }
    }
    if (best == NULL) {
        toc_engine_note(engine, TOC_NOTICE_WARN, "name.misfit",
                        "%zu members sent shares of one name, and none sent the name", len);
        return TOC_OK;
    }
    if (best->said < count) {
        toc_engine_note(engine, TOC_NOTICE_WARN, "name.differs",
                        "%zu of %zu members that flagged one supplier sent another name with it",
                        count - best->said, count);
    }
    return toc_store_share_named(engine->store, &rows[0].token, &rows[0].commitments, (unsigned)k,
                                 best->text);
}

/* ---- checking ---- */

/* A check multiplies for every commitment, 0.2 ms where k is 3, while a warning waits: so shares
 * are put as they come, and checked once there are k of them, or another for the same place. From k
 * on all that are kept have been checked, as each comes: then they may be counted. */
struct arrival {
    const struct toc_flag_subject *subject; /* whose commitments all rows below have */
    struct toc_share_row row;               /* what came */
    bool fresh;
    struct toc_share_row held[TOC_SHARING_MAX];
    size_t held_len;
};

static bool lies_on_it(const struct arrival *arrival, const struct toc_share_row *row)
{
    const struct toc_flag_subject *const subject = arrival->subject;

    return toc_sharing_verify(subject->commitments, subject->commitments_len, &row->share) ==
           TOC_OK;
}

static enum toc_result read_held(struct toc_engine *engine, struct arrival *arrival)
{
    return toc_store_shares(engine->store, &arrival->row.token, &arrival->row.commitments,
                            arrival->held, TOC_SHARING_MAX, &arrival->held_len);
}

/* One at its place already: the same again, or one of the two lies. */
static enum toc_result meet(struct toc_engine *engine, struct arrival *arrival)
{
    const struct toc_share_row *other = NULL;

    for (size_t i = 0; i < arrival->held_len; i++) {
        if (memcmp(&arrival->held[i].share.x, &arrival->row.share.x, sizeof other->share.x) == 0) {
            other = &arrival->held[i];
        }
    }
    if (other == NULL ||
        memcmp(&other->share.y, &arrival->row.share.y, sizeof other->share.y) == 0) {
        return TOC_OK;
    }
    if (lies_on_it(arrival, other)) {
        set_aside(engine, &arrival->row, arrival->fresh);
        return TOC_OK;
    }
    set_aside(engine, other, arrival->fresh);
    TOC_TRY(toc_store_share_drop(engine->store, other));
    return toc_store_share_put(engine->store, &arrival->row);
}

/* Who became a successor had a place of its own before: it is one member all the same. */
static bool has_another(const struct arrival *arrival)
{
    for (size_t i = 0; i < arrival->held_len; i++) {
        if (strcmp(arrival->held[i].publisher, arrival->row.publisher) == 0 &&
            memcmp(&arrival->held[i].share.x, &arrival->row.share.x, sizeof arrival->row.share.x) !=
                0) {
            return true;
        }
    }
    return false;
}

static enum toc_result drop_lies(struct toc_engine *engine, struct arrival *arrival)
{
    size_t kept = 0;

    for (size_t i = 0; i < arrival->held_len; i++) {
        if (lies_on_it(arrival, &arrival->held[i])) {
            arrival->held[kept++] = arrival->held[i];
            continue;
        }
        set_aside(engine, &arrival->held[i], arrival->fresh);
        TOC_TRY(toc_store_share_drop(engine->store, &arrival->held[i]));
    }
    arrival->held_len = kept;
    return TOC_OK;
}

/* TOC_OK: there are k that fit, this one among them. TOC_NOTFOUND: nothing new to learn from. */
static enum toc_result take_in(struct toc_engine *engine, struct arrival *arrival)
{
    const size_t k = arrival->subject->commitments_len;

    TOC_TRY(read_held(engine, arrival));
    TOC_ENSURE(!has_another(arrival), TOC_NOTFOUND);
    const bool checked = arrival->held_len >= k;
    if (checked && !lies_on_it(arrival, &arrival->row)) {
        set_aside(engine, &arrival->row, arrival->fresh);
        return TOC_NOTFOUND;
    }
    const enum toc_result put = toc_store_share_put(engine->store, &arrival->row);
    if (put == TOC_EXISTS) {
        const enum toc_result met = checked ? TOC_OK : meet(engine, arrival);
        return met == TOC_OK ? TOC_NOTFOUND : met;
    }
    TOC_TRY(put);
    TOC_ENSURE(arrival->held_len + 1 >= k, TOC_NOTFOUND);
    TOC_TRY(read_held(engine, arrival));
    if (!checked) {
        TOC_TRY(drop_lies(engine, arrival));
    }
    return arrival->held_len < k ? TOC_NOTFOUND : TOC_OK;
}

enum toc_result toc_alerting_share(struct toc_engine *engine, const char *publisher,
                                   uint64_t sequence, const struct toc_flag *flag,
                                   const struct toc_flag_subject *subject, bool fresh)
{
    const struct toc_token_context context = {.group = engine->group,
                                              .purpose = flag->purpose,
                                              .kind = subject->kind,
                                              .token_epoch = flag->token_epoch};
    const size_t k = subject->commitments_len;
    struct arrival arrival = {.subject = subject,
                              .row = {.token = subject->token,
                                      .share = {place_of(engine, publisher), subject->share},
                                      .name = subject->name,
                                      .sequence = sequence},
                              .fresh = fresh};

    (void)snprintf(arrival.row.publisher, sizeof arrival.row.publisher, "%s", publisher);
    if (!is_of_k(engine, k)) {
        set_aside(engine, &arrival.row, fresh);
        return TOC_OK;
    }
    arrival.row.commitments =
        toc_digest_plain(toc_bytes_of(subject->commitments, k * sizeof *subject->commitments));
    const enum toc_result taken = take_in(engine, &arrival);
    if (taken != TOC_OK) {
        return taken == TOC_NOTFOUND ? TOC_OK : taken;
    }
    return learn(engine, &context, arrival.held, arrival.held_len, k);
}
