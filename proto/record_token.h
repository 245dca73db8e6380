/* record_token: what a council asks the holders of a token epoch, and what each answers. The daemon
 * alone makes them; nobody reads them but holders and asker. Plain structs, borrowed from an arena.
 * Rules: PROTOCOL.md 18. */
#ifndef TOC_RECORD_TOKEN_H
#define TOC_RECORD_TOKEN_H

#include "records.h"
#include "token.h"

#define TOC_ASK_ID_LEN 16

struct toc_token_ask {
    uint8_t id[TOC_ASK_ID_LEN]; /* random */
    uint32_t token_epoch;
    uint64_t exposure_sequence;         /* the asker's newest; 0 when it publishes none */
    const struct toc_element *elements; /* 1 to TOC_OPRF_BATCH_MAX, blinded */
    size_t elements_len;
};

enum toc_token_refusal {
    TOC_TOKEN_REFUSAL_NONE = 0,
    TOC_TOKEN_OVER_QUOTA = 1,
    TOC_TOKEN_OTHER_EPOCH = 2,
    TOC_TOKEN_NOT_ENTITLED = 3, /* neither council nor body */
    TOC_TOKEN_CHANGED = 4,      /* this id was asked before, with other elements */
};
/* NULL for none and for what is no value. */
const char *toc_token_refusal_name(enum toc_token_refusal refusal);

struct toc_token_answer {
    uint8_t ask[TOC_ASK_ID_LEN];
    uint32_t token_epoch;
    const struct toc_element *elements; /* none when it is refused */
    size_t elements_len;
    struct toc_oprf_proof proof;
    enum toc_token_refusal refusal;
    uint32_t used;  /* inputs in this token epoch; one that is refused does not count */
    uint32_t limit; /* 0 when the refusal is another */
};

extern const struct toc_record_kind toc_token_ask_record_kind;
extern const struct toc_record_kind toc_token_answer_record_kind;

#endif
