/* store_schema: how the two databases of the store came to have the tables they have. Private to
 * store*.c. */
#ifndef TOC_STORE_SCHEMA_H
#define TOC_STORE_SCHEMA_H

#include "store_internal.h"

/* Entry n takes a database from version n to n + 1. Append only: what was released never changes.
 */
extern const char *const toc_group_migrations[];
extern const int toc_group_migrations_len;
extern const char *const toc_local_migrations[];
extern const int toc_local_migrations_len;
/* Brings it up to date, after copying it to "NAME.before-VERSION" unless it is new. */
enum toc_result toc_db_migrate(struct toc_db *db, const char *const *migrations, int len,
                               struct toc_why *why) TOC_MUST_CHECK;
/* Deletes the copies: they hold keys that retention destroys. */
enum toc_result toc_db_copies_drop(struct toc_db *db, struct toc_why *why) TOC_MUST_CHECK;

#endif
