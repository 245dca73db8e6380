/* store_script: what a member does to its store, as a list of steps that are each done wholly or
 * not at all; and what the store looks like after each of them. */
#ifndef TOC_STORE_SCRIPT_H
#define TOC_STORE_SCRIPT_H

#include "store.h"

enum { TOC_SCRIPT_STEPS = 12, TOC_SCRIPT_SETTLES = 10 };

/* Does one step. `*store` may be closed and opened again by it, and is NULL after a failure to
 * open. */
enum toc_result toc_script_step(int step, const char *folder, struct toc_store **store);
/* A digest of everything that can be read, for comparing. */
struct toc_hash toc_script_state(struct toc_store *store);
/* The power goes: what was settled need not be there again, for it can be derived (store_settle.h).
 */
void toc_script_power(void);
/* Runs the script once without faults and keeps what each state looks like. */
void toc_script_learn(const char *folder);
/* The state before step `step`: 0 is the empty store. */
struct toc_hash toc_script_before(int step);

/* Runs the script on an empty folder with the fault that is armed, checking after each failure that
 * the state is the one before the step, that a reopened store is before or after it, and that with
 * the fault gone (`heal`) the script can be finished. True if anything failed. */
bool toc_script_run(const char *folder, void (*heal)(void), const char *what);

#endif
