#include "fixture_ask.h"

#include <check.h>
#include <string.h>

const char *toc_fixture_text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value == NULL ? "" : value;
}

int64_t toc_fixture_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    ck_assert_msg(json_is_integer(value), "%s is no number", key);
    return json_integer_value(value);
}

size_t toc_fixture_length(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    ck_assert_msg(json_is_array(value), "%s is no list", key);
    return json_array_size(value);
}

const json_t *toc_fixture_item(const json_t *object, const char *key, size_t i)
{
    const json_t *one = json_array_get(json_object_get(object, key), i);

    ck_assert_msg(one != NULL, "%s has no item %zu", key, i);
    return one;
}

json_t *toc_fixture_asked(struct toc_fixture_daemon *at, const char *request)
{
    json_t *reply = toc_fixture_daemon_ask(at, request, NULL, 0);

    ck_assert_msg(reply != NULL, "%s: no reply", request);
    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s: %s", request,
                  toc_fixture_text(reply, "message"));
    return reply;
}

void toc_fixture_refused(struct toc_fixture_daemon *at, const char *request,
                         const struct toc_bytes *parts, size_t parts_len, const char *result,
                         const char *words)
{
    json_t *reply = toc_fixture_daemon_ask(at, request, parts, parts_len);

    ck_assert_msg(reply != NULL, "%s: no reply", request);
    ck_assert(json_is_false(json_object_get(reply, "ok")));
    ck_assert_str_eq(toc_fixture_text(reply, "result"), result);
    ck_assert_msg(strstr(toc_fixture_text(reply, "message"), words) != NULL, "%s: \"%s\"", request,
                  toc_fixture_text(reply, "message"));
    json_decref(reply);
}
