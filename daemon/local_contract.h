/* local_contract: the contracts of a register as the local socket brings and gives them. Private to
 * local_*.c. */
#ifndef TOC_LOCAL_CONTRACT_H
#define TOC_LOCAL_CONTRACT_H

#include "local_import.h"

/* Part 2 of import_rows for kind contracts, into part->contracts; checked whole before anything is
 * stored. The texts stay in *ret_list, which the caller gives back. TOC_MALFORMED, TOC_TOOBIG,
 * TOC_INVALID with the place. */
enum toc_result toc_local_contracts_read(struct toc_arena *arena, struct toc_bytes bytes,
                                         struct toc_import_part *part, json_t **ret_list,
                                         struct toc_why *why) TOC_MUST_CHECK;

/* As `contract_list` shows it; NULL without memory. */
json_t *toc_local_contract_json(const struct toc_contract_row *row);

#endif
