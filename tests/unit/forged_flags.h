/* forged_flags: flags and disputes as councils make them, and what else they say of them. */
#ifndef TOC_FORGED_FLAGS_H
#define TOC_FORGED_FLAGS_H

#include "forged_subject.h"

/* `made`: its only subject, instead of those that `say` names; or NULL. */
static inline uint64_t raise_made(const char *who, struct say say,
                                  const struct toc_flag_subject *made)
{
    struct toc_flag_subject subjects[3];
    struct toc_flag flag = {.revision = 1,
                            .purpose = say.purpose == 0 ? TOC_PURPOSE_DISTRESS : say.purpose,
                            .token_epoch = say.epoch == 0 ? 1 : say.epoch,
                            .subjects = subjects,
                            .event = say.event == 0 ? 20 : say.event,
                            .source = say.source == 0 ? TOC_SOURCE_OBSERVATION : say.source,
                            .severity = say.severity == 0 ? 3 : say.severity,
                            .status = say.status == 0 ? TOC_FLAG_RAISED : say.status,
                            .expires_quarter = say.expires == 0 ? QUARTER_NOW + 2 : say.expires,
                            .may_identify = say.may_identify};
    const struct toc_record record = {
        .type = TOC_RECORD_FLAG, .supersedes = {.sequence = say.supersedes}, .as.flag = &flag};

    memcpy(flag.id, who, 3);
    flag.id[15] = (uint8_t)say.flag;
    if (made != NULL) {
        subjects[flag.subjects_len++] = *made;
    } else if (say.id != 0) {
        subjects[flag.subjects_len++] = subject_of(who, &say, TOC_TOKEN_ID, say.id, false);
    }
    if (say.name != 0) {
        subjects[flag.subjects_len++] = subject_of(who, &say, TOC_TOKEN_NAME, say.name, false);
    }
    if (say.parent != 0) {
        subjects[flag.subjects_len++] = subject_of(who, &say, TOC_TOKEN_ID, say.parent, true);
    }
    return publish(who, &record);
}

static inline uint64_t raise_later(const char *who, struct say say)
{
    return raise_made(who, say, NULL);
}

static inline uint64_t raise(const char *who, struct say say)
{
    const uint64_t sequence = raise_later(who, say);
    settle();
    return sequence;
}

static inline void take_back(const char *who, uint64_t sequence)
{
    const struct toc_record record = {.type = TOC_RECORD_WITHDRAWAL,
                                      .withdraws = {.sequence = sequence}};
    (void)publish(who, &record);
    settle();
}

static inline uint64_t dispute(const char *who, const uint8_t *alert, struct say say)
{
    const struct toc_token_keys keys = keys_of(&say, TOC_TOKEN_ID, say.id);
    struct toc_dispute it = {.purpose = say.purpose == 0 ? TOC_PURPOSE_DISTRESS : say.purpose,
                             .token_epoch = 1,
                             .kind = TOC_TOKEN_ID,
                             .token = keys.token,
                             .alert = keys.alert};
    const struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = &it};
    memcpy(it.id, alert, sizeof it.id);
    it.alert.bytes[0] ^= say.misfit;
    const uint64_t sequence = publish(who, &record);
    settle();
    return sequence;
}

static inline void confirm(const char *who, const char *flag_of, unsigned flag)
{
    struct toc_dispute it = {.confirms = true};
    const struct toc_record record = {.type = TOC_RECORD_DISPUTE, .as.dispute = &it};
    memcpy(it.id, flag_of, 3);
    it.id[15] = (uint8_t)flag;
    (void)publish(who, &record);
    settle();
}

#endif
