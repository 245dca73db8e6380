#include "record_flag.h"
#include "ensure.h"
#include "record_exposure.h"
#include <string.h>

enum { QUARTERS = 4 };

static bool is_flag_purpose(enum toc_purpose purpose)
{
    return purpose == TOC_PURPOSE_PUBLIC || purpose == TOC_PURPOSE_DISTRESS ||
           purpose == TOC_PURPOSE_EXERCISE;
}

/* ---- a flag ---- */

static enum toc_result check_subjects(const struct toc_flag *flag, struct toc_why *why)
{
    if (flag->subjects_len == 0 || flag->subjects_len > TOC_FLAG_SUBJECTS_MAX) {
        return toc_fail(why, TOC_INVALID, "subjects: are not 1 to %d", TOC_FLAG_SUBJECTS_MAX);
    }
    for (size_t i = 0; i < flag->subjects_len; i++) {
        const struct toc_flag_subject *const subject = &flag->subjects[i];
        if (toc_token_kind_name(subject->kind) == NULL) {
            return toc_fail(why, TOC_INVALID, "subjects: kind is neither id nor name");
        }
        if (!flag->to_group &&
            (subject->commitments_len == 0 || subject->commitments_len > TOC_SHARING_MAX)) {
            return toc_fail(why, TOC_INVALID, "subjects: commitments are not 1 to %d",
                            TOC_SHARING_MAX);
        }
        for (size_t j = 0; j < i; j++) {
            if (memcmp(&subject->token, &flag->subjects[j].token, sizeof subject->token) == 0) {
                return toc_fail(why, TOC_INVALID, "subjects: one token is there twice");
            }
        }
    }
    return TOC_OK;
}

static enum toc_result check_statement(const struct toc_flag *flag, struct toc_why *why)
{
    const bool is_public = flag->purpose == TOC_PURPOSE_PUBLIC;
    if (toc_event_of(flag->event) == NULL) {
        return toc_fail(why, TOC_INVALID, "event: is none of the list");
    }
    if (toc_source_name(flag->source) == NULL) {
        return toc_fail(why, TOC_INVALID, "source: is none of the list");
    }
    /* A token of one purpose must not be usable for the other. */
    if (flag->purpose != TOC_PURPOSE_EXERCISE && is_public != toc_source_is_public(flag->source)) {
        return toc_fail(why, TOC_INVALID, "purpose: does not fit the source");
    }
    if (flag->severity < 1 || flag->severity > TOC_SEVERITY_MAX) {
        return toc_fail(why, TOC_INVALID, "severity: is not 1 to %d", TOC_SEVERITY_MAX);
    }
    if (flag->status != TOC_FLAG_RAISED && flag->status != TOC_FLAG_MITIGATED &&
        flag->status != TOC_FLAG_CLEARED) {
        return toc_fail(why, TOC_INVALID, "status: is not raised, mitigated or cleared");
    }
    if (flag->expires_quarter < TOC_FLAG_YEAR_MIN * QUARTERS ||
        flag->expires_quarter >= (TOC_FLAG_YEAR_MAX + 1) * QUARTERS) {
        return toc_fail(why, TOC_INVALID, "expires: is not a quarter of %d to %d",
                        TOC_FLAG_YEAR_MIN, TOC_FLAG_YEAR_MAX);
    }
    if (toc_clause_name(flag->clause) == NULL || toc_action_name(flag->action) == NULL) {
        return toc_fail(why, TOC_INVALID, "clause or action: is none of the list");
    }
    return TOC_OK;
}

static enum toc_result flag_validate(const struct toc_record *record, struct toc_why *why)
{
    const struct toc_flag *const flag = record->as.flag;
    if (!is_flag_purpose(flag->purpose)) {
        return toc_fail(why, TOC_INVALID, "purpose: is not public, distress or exercise");
    }
    if (flag->token_epoch == 0 || flag->revision == 0) {
        return toc_fail(why, TOC_INVALID, "token_epoch, revision: are from 1");
    }
    TOC_TRY(check_subjects(flag, why));
    return flag->to_group ? TOC_OK : check_statement(flag, why);
}

static json_t *quarter_json(unsigned quarter)
{
    char text[TOC_EXPOSURE_QUARTER_LEN + 1];
    toc_exposure_quarter_text(quarter, text);
    return json_string(text);
}

/* Tokens as they travel; keys and shares never. */
static json_t *subjects_json(const struct toc_flag *flag)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < flag->subjects_len; i++) {
        const struct toc_flag_subject *const subject = &flag->subjects[i];
        json_t *const one =
            json_pack("{s:s, s:s, s:o}", "relation", subject->of_parent ? "parent" : "own", "kind",
                      toc_token_kind_name(subject->kind), "token",
                      toc_record_hex(subject->token.bytes, sizeof subject->token.bytes));
        if (json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *flag_to_json(const struct toc_record *record)
{
    const struct toc_flag *const flag = record->as.flag;
    json_t *const json = json_pack(
        "{s:o, s:I, s:s, s:I, s:o}", "flag", toc_record_hex(flag->id, sizeof flag->id), "revision",
        (json_int_t)flag->revision, "purpose", toc_purpose_name(flag->purpose), "token_epoch",
        (json_int_t)flag->token_epoch, "subjects", subjects_json(flag));
    if (json == NULL || flag->to_group) {
        return json;
    }
    char event[TOC_EVENT_TEXT_LEN + 1];
    toc_event_text(flag->event, event);
    json_t *const more =
        json_pack("{s:s, s:s, s:I, s:s, s:o, s:s, s:s, s:b}", "event", event, "source",
                  toc_source_name(flag->source), "severity", (json_int_t)flag->severity, "status",
                  toc_flag_status_name(flag->status), "expires",
                  quarter_json(flag->expires_quarter), "clause", toc_clause_name(flag->clause),
                  "action", toc_action_name(flag->action), "may_identify", (int)flag->may_identify);
    const int failed = more == NULL || json_object_update(json, more) != 0;
    json_decref(more);
    if (failed) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static enum toc_result not_by_hand(struct toc_arena *arena, const json_t *json,
                                   struct toc_record *ret_record, struct toc_why *why)
{
    (void)arena;
    (void)json;
    (void)ret_record;
    return toc_fail(why, TOC_DENIED,
                    "type: flags and disputes are made by the daemon alone: use "
                    "'tocsin flag'");
}

/* A new state names the one it supersedes. */
static const char *no_key(const struct toc_record *record)
{
    (void)record;
    return "";
}

const struct toc_record_kind toc_flag_record_kind = {
    .type = TOC_RECORD_FLAG,
    .name = "flag",
    .stream = "distress",
    .by_daemon = true,
    .validate = flag_validate,
    .to_json = flag_to_json,
    .from_json = not_by_hand,
    .key = no_key,
};

/* ---- a dispute ---- */

static enum toc_result dispute_validate(const struct toc_record *record, struct toc_why *why)
{
    const struct toc_dispute *const dispute = record->as.dispute;
    if (dispute->confirms) {
        return TOC_OK;
    }
    if (!is_flag_purpose(dispute->purpose) || dispute->token_epoch == 0 ||
        toc_token_kind_name(dispute->kind) == NULL) {
        return toc_fail(why, TOC_INVALID, "token: its purpose, kind or epoch is none");
    }
    return TOC_OK;
}

static json_t *dispute_to_json(const struct toc_record *record)
{
    const struct toc_dispute *const dispute = record->as.dispute;
    if (dispute->confirms) {
        return json_pack("{s:o, s:s}", "flag", toc_record_hex(dispute->id, sizeof dispute->id),
                         "says", "confirmed");
    }
    return json_pack("{s:o, s:s, s:o}", "alert", toc_record_hex(dispute->id, sizeof dispute->id),
                     "says", "disputed", "token",
                     toc_record_hex(dispute->token.bytes, sizeof dispute->token.bytes));
}

const struct toc_record_kind toc_dispute_record_kind = {
    .type = TOC_RECORD_DISPUTE,
    .name = "dispute",
    .stream = "distress",
    .by_daemon = true,
    .validate = dispute_validate,
    .to_json = dispute_to_json,
    .from_json = not_by_hand,
    .key = no_key,
};
