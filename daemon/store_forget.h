/* store_forget: what is said of an organisation by its key leaves local.db, when an officer drops
 * it or nothing needs it any more: facts, events, tokens, alerts, and its name in flags that are
 * over. Each inside the caller's transaction on local.db, but for _sweep. */
#ifndef TOC_STORE_FORGET_H
#define TOC_STORE_FORGET_H

#include "store_supplier.h"

/* In open asks it stands where a name was forgotten: the answer to it is passed over. No name folds
 * to this. */
#define TOC_SUBJECT_GONE "name:-"

/* Everything under the key ("GB-COH-...", "name:..."), and what was filled in for its name. Flags
 * stay, without words: the caller has seen that they are over. What another supplier says of its
 * parent stays. */
enum toc_result toc_store_key_forget(struct toc_store *store, const char *key) TOC_MUST_CHECK;
/* Notes that names were deleted: copies of them may be left in the files. */
enum toc_result toc_store_names_note(struct toc_store *store) TOC_MUST_CHECK;
/* Outside a transaction: writes the tables that hold names anew if that was noted, and empties the
 * WAL (store_sweep.c says why). */
enum toc_result toc_store_names_sweep(struct toc_store *store) TOC_MUST_CHECK;

/* Token epochs before this one are over: open asks of them go, and subjects and tokens of the one
 * before the last and earlier, but for those that alerts are read with. */
enum toc_result toc_store_token_epochs_tidy(struct toc_store *store, uint32_t token_epoch)
    TOC_MUST_CHECK;

#endif
