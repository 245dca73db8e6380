/* own_suppliers: the council's own suppliers, to be found by company number or by folded name while
 * a public register's file goes by. Matching is done at home: nobody is asked about a supplier. */
#ifndef TOC_OWN_SUPPLIERS_H
#define TOC_OWN_SUPPLIERS_H

#include "cli.h"

#define TOC_OWN_MAX 1000000 /* suppliers; ten times the largest council's in ten years */
#define TOC_OWN_KEYS_MAX 64 /* names of one supplier that are looked at */

struct toc_own;

enum toc_result toc_own_new(struct toc_own **ret_own) TOC_MUST_CHECK;
void toc_own_free(struct toc_own **own);

/* `id` as the daemon names it ("s17"); `number` a company's in the normal form of orgid.h, or ""
 * for none of that register; `numbered`: it has a number, of whatever register. Places go up from
 * 0. Texts are copied. TOC_TOOBIG, TOC_NOMEM. */
enum toc_result toc_own_add(struct toc_own *own, const char *id, const char *number, bool numbered)
    TOC_MUST_CHECK;
/* One more folded name of the supplier added last. What is over TOC_OWN_KEYS_MAX is left out. */
enum toc_result toc_own_add_name(struct toc_own *own, const char *folded) TOC_MUST_CHECK;

size_t toc_own_len(const struct toc_own *own);
const char *toc_own_id(const struct toc_own *own, size_t place);
const char *toc_own_number(const struct toc_own *own, size_t place);
bool toc_own_numbered(const struct toc_own *own, size_t place);

/* Goes over all suppliers with one number, or one folded name. Borrows the text. */
struct toc_own_search {
    const struct toc_own *own;
    const char *text;
    uint64_t hash;
    size_t slot;
};
struct toc_own_search toc_own_by_number(const struct toc_own *own, const char *number);
struct toc_own_search toc_own_by_name(const struct toc_own *own, const char *folded);
/* Quickly: false when no supplier has this name, as a file writes it. True means little. */
bool toc_own_may_know(const struct toc_own *own, const char *name);
bool toc_own_next(struct toc_own_search *search, size_t *ret_place);

/* Asks the daemon for all of them. As toc_local_call; TOC_MALFORMED for a reply that is none. */
enum toc_result toc_own_fetch(struct toc_cli *cli, struct toc_own **ret_own, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
