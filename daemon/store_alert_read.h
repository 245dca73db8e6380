/* store_alert_read: what a hub was told, and what it has sent (store_alert.h). What is read lies in
 * the arena. */
#ifndef TOC_STORE_ALERT_READ_H
#define TOC_STORE_ALERT_READ_H

#include "store_alert.h"

struct toc_alert_token {
    struct toc_token token;
    enum toc_purpose purpose;
    enum toc_token_kind kind;
    uint32_t token_epoch;
    struct toc_token_key alert;
};
enum toc_result toc_store_alert_token(struct toc_store *store, const struct toc_token *token,
                                      struct toc_alert_token *ret_token) TOC_MUST_CHECK;
/* Tokens that were named together with this one as of one supplier: numbers of a name, or names of
 * a number. At most `max`; ret_len counts no further. In order of tokens. */
enum toc_result toc_store_alert_links(struct toc_store *store, const struct toc_token *token,
                                      enum toc_token_kind kind, struct toc_token *ret_tokens,
                                      size_t max, size_t *ret_len) TOC_MUST_CHECK;

struct toc_alert_flag {
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    uint64_t sequence;
    uint8_t id[TOC_FLAG_ID_LEN];
    unsigned event;
    enum toc_source source;
    unsigned severity;
    enum toc_flag_status status;
    unsigned expires_quarter;
    enum toc_clause clause;
    enum toc_action action;
    int64_t until_ms; /* its next state shows then; 0: it is the newest */
    struct toc_alert_seen seen;
    bool of_parent; /* what follows is of the token asked for */
    bool with_id;   /* the flag names the supplier by its number too */
    struct toc_sealed_detail detail;
};
/* The flags that name a token. ret_flags is an array in the arena. */
enum toc_result toc_store_alert_flags(struct toc_store *store, const struct toc_token *token,
                                      struct toc_arena *arena, struct toc_alert_flag **ret_flags,
                                      size_t *ret_len) TOC_MUST_CHECK;

struct toc_alert_sent {
    uint8_t id[TOC_FLAG_ID_LEN];
    uint32_t revision;
    uint64_t sequence;
    struct toc_alert_part parts[TOC_ALERT_PARTS_MAX];
    size_t parts_len;
};
/* The alerts that have this token as a part. */
enum toc_result toc_store_alert_sent(struct toc_store *store, const struct toc_token *token,
                                     struct toc_arena *arena, struct toc_alert_sent **ret_alerts,
                                     size_t *ret_len) TOC_MUST_CHECK;
/* Alerts in order of their ids, after one; NULL: from the first. */
enum toc_result toc_store_alerts(struct toc_store *store, const uint8_t *after,
                                 struct toc_alert_sent *ret_alerts, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;

/* Disputes of an alert (`confirms` false), or confirmations of a flag. */
struct toc_alert_answer {
    char publisher[TOC_MEMBER_LEN_MAX + 1];
    struct toc_token token; /* of a dispute */
    int64_t number;
    int64_t seen_ms;
};
enum toc_result toc_store_alert_answers(struct toc_store *store, bool confirms,
                                        const uint8_t id[TOC_FLAG_ID_LEN], struct toc_arena *arena,
                                        struct toc_alert_answer **ret_answers, size_t *ret_len)
    TOC_MUST_CHECK;

#endif
