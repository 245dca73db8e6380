/* store_contract: the rows of the council's contracts registers in local.db. They belong to an
 * import (store_import.h) and count while it is live: a new file of a source takes the place of the
 * whole of the old one. Of a row whose supplier an officer dropped nothing is stored, since its
 * title may name them. Texts lie in an arena; days are since 1970. */
#ifndef TOC_STORE_CONTRACT_H
#define TOC_STORE_CONTRACT_H

#include "orgid.h"
#include "record_exposure.h"
#include "screen.h"
#include "store.h"

#define TOC_IMPORT_CONTRACTS_MAX 512 /* in one part */
/* In one import. Birmingham's register has some 4,000 rows; a nation's body some tens of thousands.
 */
#define TOC_STORE_CONTRACTS_MAX 200000

#define TOC_CONTRACT_REFERENCE_MAX 300
#define TOC_CONTRACT_TITLE_MAX 300
#define TOC_CONTRACT_UNIT_MAX 200
#define TOC_CONTRACT_DESCRIPTION_MAX 500
#define TOC_CONTRACT_OCID_MAX 100
#define TOC_CONTRACT_PROCESS_MAX 100

enum toc_contract_flag { TOC_CONTRACT_UNKNOWN = 0, TOC_CONTRACT_FALSE = 1, TOC_CONTRACT_TRUE = 2 };

/* A register's row of one supplier. Texts are "" where it says nothing. */
struct toc_contract_row {
    int64_t id;
    int64_t payee; /* 0: the register names no supplier */
    const char *reference, *title, *unit, *description, *ocid, *process;
    const char *type; /* single_award, multiple_award, framework, dps, grant, other, "" */
    enum toc_route route;
    unsigned cpv;                          /* 8 digits; 0: none */
    int32_t start, end, review, extension; /* 0: none */
    int64_t value;                         /* pounds; -1: not given */
    enum toc_contract_flag sme, vcse;
    /* Read only: of its import and its payee. */
    const char *source, *name, *number; /* "" without one */
    enum toc_scheme scheme;
    int64_t supplier; /* 0: not settled yet */
    bool held;        /* nothing says yet whether the supplier is a person */
};

/* One row of a part, inside the transaction that stores the part (store_import_part.c). */
enum toc_result toc_store_contract_put(struct toc_store *store, int64_t import,
                                       const struct toc_contract_row *row) TOC_MUST_CHECK;
/* Those of live imports, in order of id, after `after`. */
enum toc_result toc_store_contracts(struct toc_store *store, int64_t after, struct toc_arena *arena,
                                    struct toc_contract_row *ret_rows, size_t max, size_t *ret_len)
    TOC_MUST_CHECK;
/* Those of a supplier, in order of the day they end; those without one last. */
enum toc_result toc_store_contracts_of(struct toc_store *store, int64_t supplier,
                                       struct toc_arena *arena, struct toc_contract_row *ret_rows,
                                       size_t max, size_t *ret_len) TOC_MUST_CHECK;
/* What exposures take from those of live imports that name a payee, in order of id. */
struct toc_contract_term {
    int64_t id, payee;
    int32_t start, end; /* 0: none */
    unsigned cpv;
    enum toc_route route;
};
enum toc_result toc_store_contract_terms(struct toc_store *store, int64_t after,
                                         struct toc_contract_term *ret_terms, size_t max,
                                         size_t *ret_len) TOC_MUST_CHECK;
/* Deletes a payee's, inside a transaction: an officer dropped who it is. */
enum toc_result toc_store_contracts_forget(struct toc_store *store, int64_t payee) TOC_MUST_CHECK;
/* How many the live imports of a source have. */
enum toc_result toc_store_contracts_count(struct toc_store *store, const char *source,
                                          uint64_t *ret_count) TOC_MUST_CHECK;
/* Deletes a bounded piece of those whose import is gone, inside a transaction. */
enum toc_result toc_store_contracts_tidy(struct toc_store *store, bool *ret_more) TOC_MUST_CHECK;

#endif
