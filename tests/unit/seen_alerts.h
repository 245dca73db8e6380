/* seen_alerts: what the hub of alert_world has sent, opened, and what it warned its operator of. */
#ifndef TOC_SEEN_ALERTS_H
#define TOC_SEEN_ALERTS_H

#include "forged_flags.h"

static struct toc_alert_sent sent[64];
static struct toc_alert_opened opened[64];

/* All of them, as the hub sent them last. */
static inline size_t alerts(void)
{
    struct toc_engine *const hub = engine_of("spg");
    size_t len;
    ck_assert_int_eq(toc_store_alerts(hub->store, NULL, sent, 64, &len), TOC_OK);
    for (size_t i = 0; i < len; i++) {
        ck_assert_int_eq(toc_alert_open(hub, &sent[i], &opened[i]), TOC_OK);
    }
    return len;
}

/* The only one. */
static inline const struct toc_alert_opened *alert(void)
{
    ck_assert_uint_eq(alerts(), 1);
    return &opened[0];
}

static inline const struct toc_alert_opened *alert_with(enum toc_token_kind kind, unsigned supplier)
{
    const struct say usual = {0};
    const struct toc_token_keys keys = keys_of(&usual, kind, supplier);
    const size_t len = alerts();
    for (size_t i = 0; i < len; i++) {
        for (size_t j = 0; j < opened[i].sent->parts_len; j++) {
            if (memcmp(opened[i].tokens[j].token.bytes, keys.token.bytes, TOC_TOKEN_LEN) == 0) {
                return &opened[i];
            }
        }
    }
    return NULL;
}

/* Revisions that this member holds of the hub's. */
static inline uint64_t revisions_at(const char *member)
{
    struct toc_log_id id = {.publisher = "spg", .stream = "alert", .generation = 1};
    const struct toc_log *const log = toc_engine_log(engine_of(member), &id);
    return log == NULL ? 0 : log->row.applied_next - 1;
}

static inline bool says(const struct toc_alert_opened *it, enum toc_flag_status status,
                        uint32_t revision)
{
    return it != NULL && it->body.status == status && it->sent->revision == revision;
}

/* Does the hub's warning of this kind wait to be said? */
static inline bool warned(const char *event)
{
    struct toc_notice notice;
    bool found = false;
    while (toc_engine_notice(engine_of("spg"), &notice)) {
        found |= strcmp(notice.event, event) == 0;
    }
    return found;
}

#endif
