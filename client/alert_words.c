#include "alert_words.h"
#include "flag_words.h"
#include <string.h>

static bool has_word(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *const item = json_array_get(list, i);
        if (json_is_string(item) && strcmp(json_string_value(item), word) == 0) {
            return true;
        }
    }
    return false;
}

/* What is new about it, in front of everything else. */
static void news(const json_t *change, char *ret_text, size_t room)
{
    const json_t *const changes = toc_field_array(change, "changes");
    const json_t *const before = json_object_get(change, "before");
    if (has_word(changes, "new")) {
        (void)snprintf(ret_text, room, "new");
    } else if (has_word(changes, "severity")) {
        (void)snprintf(ret_text, room, "severity was %lld",
                       (long long)toc_field_number(before, "severity"));
    } else if (has_word(changes, "status")) {
        (void)snprintf(ret_text, room, "was %.40s", toc_field_text(before, "status"));
    } else {
        (void)snprintf(ret_text, room, "the hub knows its name");
    }
}

void toc_alert_change_words(const json_t *change, char *ret_text)
{
    const json_t *const record = json_object_get(change, "record");
    const char *const name = toc_field_text(record, "name");
    char event[TOC_EVENT_WORDS_LEN + 1];
    char status[64];
    char what[64];
    news(change, what, sizeof what);
    toc_flag_event_words(toc_field_text(record, "event"), event);
    toc_flag_status_words(record, toc_field_text(record, "status"), status, sizeof status);
    (void)snprintf(ret_text, TOC_ALERT_WORDS_LEN + 1,
                   "%.60s: %.150s: %.96s, severity %lld, %.60s, until %.10s", what,
                   name[0] == '\0' ? "(a supplier of ours)" : name, event,
                   (long long)toc_field_number(record, "severity"), status,
                   toc_field_text(record, "expires"));
}
