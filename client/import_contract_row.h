/* import_contract_row: one row of a contracts register to a contract, all but its suppliers. */
#ifndef TOC_IMPORT_CONTRACT_ROW_H
#define TOC_IMPORT_CONTRACT_ROW_H

#include "import_register.h"

#define TOC_CONTRACT_UNIT_MAX 200
#define TOC_CONTRACT_PROCESS_MAX 100

enum toc_contract_answer {
    TOC_CONTRACT_UNANSWERED = 0,
    TOC_CONTRACT_NO = 1,
    TOC_CONTRACT_YES = 2,
};

/* Texts are never NULL; "" where the register says nothing. They lie in the row's arena. */
struct toc_contract {
    size_t row; /* in the file */
    const char *reference;
    const char *title;
    const char *unit;
    const char *description;
    const char *ocid;
    const char *process; /* as the register words it */
    const char *type;    /* single_award, multiple_award, framework, dps, grant, other, "" */
    const char *route;   /* framework, dps, open, direct, quote, waiver, "" */
    uint32_t cpv;        /* 8 digits; 0: none */
    uint32_t start;      /* days since 1970; 0: none */
    uint32_t end;
    uint32_t review;
    uint32_t extension; /* the last day to which it may be extended */
    int64_t value;      /* pounds; -1: not given */
    enum toc_contract_answer sme;
    enum toc_contract_answer vcse;
    size_t payee; /* in the list of the whole file; TOC_CONTRACT_NO_PAYEE */
};
#define TOC_CONTRACT_NO_PAYEE SIZE_MAX

/* Cells that do not count against the row, and why: for remarks. */
struct toc_contract_remarks {
    bool review;    /* is no date */
    bool extension; /* neither a date nor a period */
};

/* TOC_INVALID with "column: reason" (no title, no date, no amount, an end before the start);
 * TOC_DENIED when a value of a National Insurance number's shape stands in a text: the row goes no
 * further; TOC_NOMEM. */
enum toc_result toc_contract_read(const struct toc_register_row *row,
                                  struct toc_contract *ret_contract,
                                  struct toc_contract_remarks *ret_remarks, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
