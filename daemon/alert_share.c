/* Naming at k: shares that came with flags, and the name that enough of them open. */
#include "engine_internal.h"
#include "record_flag.h"
#include "store_share.h"

#include "ensure.h"

#include <string.h>

/* Where the publisher's share must lie: a successor uses the place of the first it succeeds. */
static struct toc_scalar place_of(const struct toc_engine *engine, const char *publisher)
{
    const struct toc_member *member = toc_roster_member(toc_engine_roster(engine), publisher);

    return toc_token_place(&engine->group, member != NULL && member->succeeds_len > 0
                                               ? member->succeeds[0]
                                               : publisher);
}

static bool share_fits(struct toc_engine *engine, const struct toc_flag_subject *subject,
                       const struct toc_share *share)
{
    const struct toc_roster *made = toc_roster_chain_at(engine->rosters, engine->applying_version);
    const struct toc_rules rules =
        toc_roster_rules(made != NULL ? made : toc_engine_roster(engine));

    return subject->commitments_len == rules.name_at &&
           toc_sharing_verify(subject->commitments, subject->commitments_len, share) == TOC_OK;
}

/* The shares are enough: any of their flags may carry a name that is none. Of several names the one
 * at the first place counts, whoever came first, so that the name is the same when it is derived
 * anew. */
static enum toc_result learn(struct toc_engine *engine, const struct toc_token_context *context,
                             const struct toc_share_row *rows, size_t len, size_t k)
{
    struct toc_share shares[TOC_SHARING_MAX];
    struct toc_scalar constant;
    char name[TOC_DETAIL_PLAIN_LEN];

    for (size_t i = 0; i < k; i++) {
        shares[i] = rows[i].share;
    }
    TOC_TRY(toc_sharing_secret(shares, k, &constant));
    struct toc_token_key key = toc_token_name_key(context, &constant);
    enum toc_result opened = TOC_NOTFOUND;
    for (size_t i = 0; i < len && opened != TOC_OK; i++) {
        opened = toc_name_open(context, &rows[i].token, &key, &rows[i].name, name);
    }
    toc_bytes_wipe(&key, sizeof key);
    toc_bytes_wipe(&constant, sizeof constant);
    toc_bytes_wipe(shares, sizeof shares);
    if (opened != TOC_OK) {
        toc_engine_note(engine, TOC_NOTICE_WARN, "name.misfit",
                        "%zu members sent shares of one name, and none sent the name", len);
        return TOC_OK;
    }
    return toc_store_share_named(engine->store, &rows[0].token, &rows[0].commitments, (unsigned)k,
                                 name);
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
    struct toc_share_row row = {.token = subject->token,
                                .share = {place_of(engine, publisher), subject->share},
                                .name = subject->name};
    struct toc_share_row rows[TOC_SHARING_MAX];
    size_t len;

    if (!share_fits(engine, subject, &row.share)) {
        engine->counters.shares_aside += fresh;
        if (fresh) {
            toc_engine_note(engine, TOC_NOTICE_WARN, "share.misfit",
                            "publisher=%s sequence=%llu its share of a name does not fit: set "
                            "aside, its flag counts",
                            publisher, (unsigned long long)sequence);
        }
        return TOC_OK;
    }
    row.commitments =
        toc_digest_plain(toc_bytes_of(subject->commitments, k * sizeof *subject->commitments));
    const enum toc_result put = toc_store_share_put(engine->store, publisher, sequence, &row);
    if (put != TOC_OK) {
        return put == TOC_EXISTS ? TOC_OK : put;
    }
    TOC_TRY(
        toc_store_shares(engine->store, &row.token, &row.commitments, rows, TOC_SHARING_MAX, &len));
    return len < k ? TOC_OK : learn(engine, &context, rows, len, k);
}
