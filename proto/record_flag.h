/* record_flag: what a council says about a supplier in trouble, and what is said against it. To the
 * hub alone, or, in a group that gives `distress` to everybody, as tokens and a sealed body. Plain
 * structs, borrowed from an arena. The daemon alone makes them. Rules: PROTOCOL.md 19. */
#ifndef TOC_RECORD_FLAG_H
#define TOC_RECORD_FLAG_H

#include "records.h"
#include "sealed.h"

#define TOC_FLAG_SUBJECTS_MAX 4 /* number and name, of the supplier and of its parent */
#define TOC_FLAG_YEAR_MIN 2020
#define TOC_FLAG_YEAR_MAX 2100

struct toc_flag_subject {
    bool of_parent;
    enum toc_token_kind kind;
    struct toc_token token;
    /* To the hub. */
    struct toc_token_key alert;
    struct toc_scalar share;
    const struct toc_element *commitments; /* k of them */
    size_t commitments_len;
    struct toc_sealed_name name;
    struct toc_sealed_detail detail;
    /* To a group. */
    struct toc_sealed_body body;
};
struct toc_flag {
    uint8_t id[TOC_FLAG_ID_LEN]; /* the same in every state of one flag */
    uint32_t revision;
    enum toc_purpose purpose; /* public, distress or exercise */
    uint32_t token_epoch;
    const struct toc_flag_subject *subjects; /* 1 to TOC_FLAG_SUBJECTS_MAX, different tokens */
    size_t subjects_len;
    bool to_group; /* what follows is sealed in each subject's body */
    unsigned event;
    enum toc_source source;
    unsigned severity;
    enum toc_flag_status status; /* raised, mitigated or cleared */
    unsigned expires_quarter;    /* year * 4 + quarter - 1 */
    enum toc_clause clause;
    enum toc_action action;
    bool may_identify; /* need not wait for the next window */
};

struct toc_dispute {
    bool confirms; /* the reporter stands by its flag; else a member disputes an alert */
    uint8_t id[TOC_FLAG_ID_LEN]; /* of the flag, or of the alert */
    /* Of the alert disputed: that its author can open it. */
    enum toc_purpose purpose;
    uint32_t token_epoch;
    enum toc_token_kind kind;
    struct toc_token token;
    struct toc_token_key alert;
};

extern const struct toc_record_kind toc_flag_record_kind;
extern const struct toc_record_kind toc_dispute_record_kind;

#endif
