/* disclose: all that this council's daemon holds on one supplier, gathered for a request under the
 * Freedom of Information Act or a subject access request, with who was told and what an officer has
 * to think about. docs/freedom-of-information.md is its manual. Decides nothing. */
#ifndef TOC_DISCLOSE_H
#define TOC_DISCLOSE_H

#include "cli.h"

/* A new reference: `member`, `made`, `asked` (the word), `supplier` (of supplier_show, or null),
 * `region` (of region_supplier, or null), `published[]` (own records of region, with `told[]`),
 * `flags[]` (of flag_list, with what flag_history says), `alerts[]` (of alert_list, with
 * `own_flags[]`), `audit[]`, `not_shown[]` (sentences), `consider[]` {part, law, why}.
 * TOC_NOTFOUND: neither this council nor the group has such a supplier. */
enum toc_result toc_disclose_gather(struct toc_cli *cli, const char *word, json_t **ret_document,
                                    struct toc_why *why) TOC_MUST_CHECK;
/* For people, in the order of the document. TOC_NOMEM. */
enum toc_result toc_disclose_print(struct toc_cli *cli, const json_t *document) TOC_MUST_CHECK;

#endif
