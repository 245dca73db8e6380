#include "record_alert.h"
#include "ensure.h"
#include <string.h>

static enum toc_result alert_validate(const struct toc_record *record, struct toc_why *why)
{
    const struct toc_alert *const alert = record->as.alert;
    if (toc_purpose_name(alert->purpose) == NULL || alert->purpose > TOC_PURPOSE_EXERCISE) {
        return toc_fail(why, TOC_INVALID, "purpose: is not public, distress or exercise");
    }
    if (alert->token_epoch == 0 || alert->revision == 0) {
        return toc_fail(why, TOC_INVALID, "token_epoch, revision: are from 1");
    }
    if (alert->parts_len == 0 || alert->parts_len > TOC_ALERT_PARTS_MAX) {
        return toc_fail(why, TOC_INVALID, "parts: are not 1 to %d", TOC_ALERT_PARTS_MAX);
    }
    for (size_t i = 0; i < alert->parts_len; i++) {
        if (toc_token_kind_name(alert->parts[i].kind) == NULL) {
            return toc_fail(why, TOC_INVALID, "parts: kind is neither id nor name");
        }
        for (size_t j = 0; j < i; j++) {
            if (memcmp(&alert->parts[i].token, &alert->parts[j].token, TOC_TOKEN_LEN) == 0) {
                return toc_fail(why, TOC_INVALID, "parts: one token is there twice");
            }
        }
    }
    return TOC_OK;
}

/* All that somebody without the supplier can say of it. */
static json_t *alert_to_json(const struct toc_record *record)
{
    const struct toc_alert *const alert = record->as.alert;
    json_t *const parts = json_array();
    for (size_t i = 0; i < alert->parts_len; i++) {
        const struct toc_alert_part *const part = &alert->parts[i];
        json_t *const one =
            json_pack("{s:s, s:o}", "kind", toc_token_kind_name(part->kind), "token",
                      toc_record_hex(part->token.bytes, sizeof part->token.bytes));
        if (json_array_append_new(parts, one) != 0) {
            json_decref(parts);
            return NULL;
        }
    }
    return json_pack("{s:o, s:I, s:s, s:I, s:b, s:o}", "alert",
                     toc_record_hex(alert->id, sizeof alert->id), "revision",
                     (json_int_t)alert->revision, "purpose", toc_purpose_name(alert->purpose),
                     "token_epoch", (json_int_t)alert->token_epoch, "exercise",
                     (int)(alert->purpose == TOC_PURPOSE_EXERCISE), "parts", parts);
}

static enum toc_result not_by_hand(struct toc_arena *arena, const json_t *json,
                                   struct toc_record *ret_record, struct toc_why *why)
{
    (void)arena;
    (void)json;
    (void)ret_record;
    return toc_fail(why, TOC_DENIED, "type: alerts are made by the hub's daemon alone");
}

/* A new revision names the one it supersedes. */
static const char *no_key(const struct toc_record *record)
{
    (void)record;
    return "";
}

const struct toc_record_kind toc_alert_record_kind = {
    .type = TOC_RECORD_ALERT,
    .name = "alert",
    .stream = "alert",
    .by_daemon = true,
    .validate = alert_validate,
    .to_json = alert_to_json,
    .from_json = not_by_hand,
    .key = no_key,
};
