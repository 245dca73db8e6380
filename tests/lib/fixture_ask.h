/* fixture_ask: asking a daemon of fixture_group over its local socket, and reading its replies.
 * Every call fails the test when the answer is not as it says. */
#ifndef TOC_FIXTURE_ASK_H
#define TOC_FIXTURE_ASK_H

#include "fixture_group.h"

/* It says yes. A new reference. */
json_t *toc_fixture_asked(struct toc_fixture_daemon *at, const char *request);
/* It says no, with this result, and its message holds `words`. */
void toc_fixture_refused(struct toc_fixture_daemon *at, const char *request,
                         const struct toc_bytes *parts, size_t parts_len, const char *result,
                         const char *words);

/* "" when there is no such text. */
const char *toc_fixture_text(const json_t *object, const char *key);
int64_t toc_fixture_number(const json_t *object, const char *key);
/* Of a list. */
size_t toc_fixture_length(const json_t *object, const char *key);
const json_t *toc_fixture_item(const json_t *object, const char *key, size_t i);

#endif
