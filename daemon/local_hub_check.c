/* What a hub is doubted for, in words: for `status`, and for lists of flags and alerts. */
#include "local_hub_check.h"

#include "ensure.h"
#include "timetext.h"

#include <stdio.h>
#include <string.h>

#define SENTENCE_MAX 320

static void sentence(const struct toc_hub_doubt *doubt, char ret_text[SENTENCE_MAX])
{
    char id[9];
    char since[TOC_TIME_TEXT_LEN + 1];

    toc_hex_encode(toc_bytes_of(doubt->id, 4), id);
    toc_time_text(doubt->since_ms, since);
    switch (doubt->kind) {
    case TOC_HUB_HIDES:
        (void)snprintf(ret_text, SENTENCE_MAX,
                       "The hub %s has flag %s and shows no alert that says it (seen %s): ask its "
                       "operator, and warn the others yourself.",
                       doubt->hub, id, since);
        return;
    case TOC_HUB_STALE:
        (void)snprintf(ret_text, SENTENCE_MAX,
                       "The hub %s still shows flag %s as it was before it was changed or "
                       "withdrawn (seen %s): ask its operator, and tell the others yourself.",
                       doubt->hub, id, since);
        return;
    case TOC_HUB_INVENTS:
        (void)snprintf(ret_text, SENTENCE_MAX,
                       "The hub %s shows alert %s, which no council's flag can have brought (seen "
                       "%s): do not act on it, and ask its operator.",
                       doubt->hub, id, since);
        return;
    }
    TOC_UNREACHABLE();
}

enum toc_result toc_hub_check_warn(const struct toc_engine *engine, json_t *list)
{
    char text[SENTENCE_MAX];

    for (size_t i = 0; i < engine->hub_check.len; i++) {
        if (!engine->hub_check.doubts[i].sure) {
            continue;
        }
        sentence(&engine->hub_check.doubts[i], text);
        TOC_ENSURE(json_array_append_new(list, json_string(text)) == 0, TOC_NOMEM);
    }
    return TOC_OK;
}

json_t *toc_hub_check_of(const struct toc_engine *engine, const uint8_t id[TOC_FLAG_ID_LEN])
{
    char text[SENTENCE_MAX];

    for (size_t i = 0; i < engine->hub_check.len; i++) {
        const struct toc_hub_doubt *const doubt = &engine->hub_check.doubts[i];
        if (doubt->sure && memcmp(doubt->id, id, sizeof doubt->id) == 0) {
            sentence(doubt, text);
            return json_string(text);
        }
    }
    return json_null();
}
