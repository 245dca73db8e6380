/* lone_import: files as a client sends them to the daemon of lone_daemon.h: a list of payees and
 * what they were paid. What the tests of imports and of what is derived from them share. */
#ifndef TOC_LONE_IMPORT_H
#define TOC_LONE_IMPORT_H

#include "lone_daemon.h"
#include "timetext.h"

struct paid {
    const char *name;
    const char *number; /* "GB-COH-01234567" or NULL */
    const char *date;
    int64_t pence;
    unsigned division; /* of CPV; 0: not known */
};

static inline int32_t day_of(const char *date)
{
    int32_t day = 0;

    ck_assert_int_eq(toc_date_parse(date, &day), TOC_OK);
    return day;
}

static inline void put_cell(uint8_t at[24], uint32_t payee, const struct paid *paid)
{
    const uint32_t day = (uint32_t)day_of(paid->date);
    const uint64_t pence = (uint64_t)paid->pence;

    memset(at, 0, 24);
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(payee >> 8 * i);
        at[4 + i] = (uint8_t)(day >> 8 * i);
    }
    at[8] = paid->division > 0;
    at[10] = (uint8_t)paid->division;
    at[12] = 1;
    for (unsigned i = 0; i < 8; i++) {
        at[16 + i] = (uint8_t)(pence >> 8 * i);
    }
}

static inline json_t *payee_json(const char *name, const char *number)
{
    json_t *payee = json_pack("{s:s, s:i}", "name", name, "rows", 1);

    if (number != NULL) {
        char scheme[16];
        const size_t len = (size_t)(strrchr(number, '-') - number);
        ck_assert_uint_lt(len, sizeof(scheme));
        memcpy(scheme, number, len);
        scheme[len] = '\0';
        json_object_set_new(payee, "scheme", json_string(scheme));
        json_object_set_new(payee, "id", json_string(number + len + 1));
        json_object_set_new(payee, "norm", json_integer(0));
    }
    return payee;
}

static inline int64_t open_spend(const char *source)
{
    char request[200];
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_open\",\"kind\":\"spend\",\"source\":\"%s\","
                   "\"file\":\"test.csv\"}",
                   source);
    json_t *reply = asked(request);
    const int64_t import = toc_fixture_number(reply, "import");

    ck_assert(json_is_false(json_object_get(reply, "same")));
    json_decref(reply);
    return import;
}

/* One part; a payee a row. Returns the fates, in a static buffer. */
static inline const char *send_rows(int64_t import, int number, const struct paid *rows, size_t len)
{
    static char fates[4097];
    static uint8_t cells[4096 * 24];
    char request[120];
    json_t *payees = json_array();

    for (size_t i = 0; i < len; i++) {
        json_array_append_new(payees, payee_json(rows[i].name, rows[i].number));
        put_cell(cells + 24 * i, (uint32_t)i, &rows[i]);
    }
    char *text = json_dumps(payees, JSON_COMPACT);
    const struct toc_bytes parts[] = {toc_bytes_text(text), toc_bytes_of(cells, 24 * len)};
    (void)snprintf(request, sizeof(request),
                   "{\"request\":\"import_rows\",\"import\":%lld,\"number\":%d}", (long long)import,
                   number);
    json_t *reply = ask(request, parts, 2);
    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s",
                  toc_fixture_text(reply, "message"));
    (void)snprintf(fates, sizeof(fates), "%s", toc_fixture_text(reply, "fates"));
    ck_assert_uint_eq(strlen(fates), len);
    json_decref(reply);
    json_decref(payees);
    free(text);
    return fates;
}

/* `more`: further fields, such as ",\"dry_run\":true". */
static inline json_t *close_import(int64_t import, const char *more)
{
    char request[300];

    (void)snprintf(request, sizeof(request), "{\"request\":\"import_close\",\"import\":%lld%s}",
                   (long long)import, more);
    return asked(request);
}

static inline void check_state(json_t *reply, const char *state)
{
    ck_assert_str_eq(toc_fixture_text(reply, "state"), state);
    json_decref(reply);
}

/* A whole file in one part. */
static inline void import_rows(const char *source, const struct paid *rows, size_t len)
{
    const int64_t import = open_spend(source);

    (void)send_rows(import, 0, rows, len);
    check_state(close_import(import, ""), "live");
}

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#endif
