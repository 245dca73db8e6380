/* fixture_view: what a store's current view says, as its member would read it. */
#ifndef TOC_FIXTURE_VIEW_H
#define TOC_FIXTURE_VIEW_H

#include "opened.h"

#define TOC_FIXTURE_KEY_MAX 128

/* The publisher's own name of the record at a sequence; false: there is no row. Fails the test when
 * there is one that cannot be read. */
bool toc_fixture_named(struct toc_opened *opened, struct toc_store *store, const char *stream,
                       const char *publisher, uint64_t sequence, char ret_key[TOC_FIXTURE_KEY_MAX]);
/* The same with what it needs made for one call. */
bool toc_fixture_name_of(struct toc_store *store, const char *publisher, uint64_t sequence,
                         char ret_key[TOC_FIXTURE_KEY_MAX]);
struct toc_hash toc_fixture_digest(struct toc_store *store);

#endif
