/* seen_flags: what the members of flag_world see of the flag of leeds. */
#ifndef TOC_SEEN_FLAGS_H
#define TOC_SEEN_FLAGS_H

#include "flag_world.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static char alert_id[2 * TOC_FLAG_ID_LEN + 1];

static inline void check_state(const char *state)
{
    json_t *reply = asked("leeds", "{\"request\":\"flag_list\"}");

    ck_assert_uint_eq(toc_fixture_length(reply, "flags"), 1);
    ck_assert_str_eq(toc_fixture_text(toc_fixture_item(reply, "flags", 0), "state"), state);
    json_decref(reply);
}

static inline uint64_t records_in(const char *at, const char *publisher, const char *stream)
{
    struct toc_log_id id = {.generation = 1};

    (void)snprintf(id.publisher, sizeof(id.publisher), "%s", publisher);
    (void)snprintf(id.stream, sizeof(id.stream), "%s", stream);
    const struct toc_log *log = toc_engine_log(engine_of(at), &id);
    return log == NULL ? 0 : log->row.chain.next_sequence - 1;
}

/* The one alert that a member sees; NULL: none. */
static inline json_t *alert_of(const char *member)
{
    json_t *reply = asked(member, "{\"request\":\"alert_list\"}");
    json_t *alert = json_incref(json_array_get(json_object_get(reply, "alerts"), 0));

    ck_assert_uint_eq(toc_fixture_length(reply, "alerts"), alert == NULL ? 0 : 1);
    json_decref(reply);
    return alert;
}

static inline void check_alert(const char *member, const char *status)
{
    json_t *alert = alert_of(member);

    ck_assert_ptr_nonnull(alert);
    ck_assert_str_eq(toc_fixture_text(alert, "status"), status);
    ck_assert_str_eq(toc_fixture_text(alert, "event"), "F20");
    ck_assert_str_eq(toc_fixture_text(alert, "name"), "Aire Surfacing Ltd");
    ck_assert(json_is_null(json_object_get(alert, "warning")));
    json_decref(alert);
}

static inline void check_no_alert(const char *member)
{
    json_t *alert = alert_of(member);

    ck_assert_ptr_null(alert);
}

/* The one flag of leeds. */
static inline json_t *row_of(void)
{
    json_t *reply = asked("leeds", "{\"request\":\"flag_list\"}");
    json_t *row = json_incref((json_t *)(uintptr_t)toc_fixture_item(reply, "flags", 0));

    json_decref(reply);
    return row;
}

static inline json_t *history_of(void)
{
    return asked("leeds", about("flag_history", flag));
}

static inline bool has_applied(const json_t *history, const char *member)
{
    const json_t *list = json_object_get(history, "applied");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        if (strcmp(toc_fixture_text(row, "member"), member) == 0) {
            return json_is_true(json_object_get(row, "applied"));
        }
    }
    ck_abort_msg("%s is not in applied[]", member);
}

/* "raised sent alert:raised": what came in which order. */
static inline void check_history(const json_t *history, const char *expected)
{
    const json_t *list = json_object_get(history, "history");
    char text[400] = "";

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *what = toc_fixture_text(entry, "what");
        const size_t at = strlen(text);
        (void)snprintf(text + at, sizeof(text) - at, "%s%s%s%s", i == 0 ? "" : " ", what,
                       strcmp(what, "alert") == 0 ? ":" : "",
                       strcmp(what, "alert") == 0 ? toc_fixture_text(entry, "status") : "");
    }
    ck_assert_str_eq(text, expected);
}

static inline void find_alert(const char *member)
{
    json_t *alert = alert_of(member);

    ck_assert_ptr_nonnull(alert);
    (void)snprintf(alert_id, sizeof(alert_id), "%s", toc_fixture_text(alert, "alert"));
    json_decref(alert);
}

static inline const char *against(const char *request)
{
    static char text[200];

    (void)snprintf(text, sizeof(text),
                   "{\"request\":\"%s\",\"alert\":\"%s\",\"text\":\"paid in full\"}", request,
                   alert_id);
    return text;
}

#endif
