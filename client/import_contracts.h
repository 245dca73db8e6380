/* import_contracts: a contracts register, as councils publish it, to contracts with their
 * suppliers, and to frameworks that others may use. Pure: bytes in, rows out. Persons, contact
 * names and addresses get no further than here. */
#ifndef TOC_IMPORT_CONTRACTS_H
#define TOC_IMPORT_CONTRACTS_H

#include "import_contract_row.h"
#include "import_payee.h"
#include "import_result.h"

#define TOC_SCREENED_PERSON "person"
#define TOC_SCREENED_DROPPED "dropped" /* by an officer, earlier */
#define TOC_SCREENED_NATIONAL_INSURANCE "national_insurance"

struct toc_contract_payee {
    struct toc_payee payee; /* as first written */
    size_t rows;            /* contracts */
};

/* A row with a supplier of which nothing says whether it is a person: what becomes of the row is
 * known when the daemon has said what officers decided earlier. */
struct toc_contract_doubt {
    size_t row;
    size_t first; /* of its contracts */
    size_t len;
};

/* All of it lies in the arena of `import`, whose records are the frameworks. A row with several
 * suppliers is several contracts with one reference; a row of a framework is both. */
struct toc_contracts {
    struct toc_import import;
    struct toc_contract *items;
    size_t len;
    size_t room;
    struct toc_contract_payee *payees;
    size_t payees_len;
    size_t payees_room;
    struct toc_contract_doubt *doubts;
    size_t doubts_len;
    size_t doubts_room;
};

/* TOC_MALFORMED (no CSV file, or empty), TOC_INVALID (no row of headings, or one without titles),
 * TOC_TOOBIG, TOC_NOMEM. `map` may be NULL. Borrows nothing from the file. */
enum toc_result toc_contracts_read(struct toc_bytes file, const struct toc_member *self,
                                   const struct toc_register_map *map, struct toc_arena *arena,
                                   struct toc_contracts *ret_contracts, struct toc_why *why)
    TOC_MUST_CHECK;

/* Counts the rows in doubt. `fates` has a letter for each payee, as the daemon answers import_rows
 * ('k' kept, 'h' held, 'd' dropped); NULL: all in doubt are held. Afterwards the counts of `import`
 * are whole, and its notes in the order of the file. Once. TOC_NOMEM. */
enum toc_result toc_contracts_decide(struct toc_contracts *contracts, const char *fates)
    TOC_MUST_CHECK;

/* The headings, and a comment line for each that takes only certain values: `--template`. */
const char *toc_contracts_template(void);

#endif
