#include "ensure.h"
#include "figures.h"
#include "timetext.h"
#include "today.h"
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum { PAGE = 500, EVENTS_SHOWN = 5, LINE_LEN_MAX = 400 };

enum toc_result toc_today_each(struct toc_cli *cli, const struct toc_today_rows *rows,
                               json_t *fields, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *asked = fields;
    bool more = true;
    if (asked == NULL || json_object_set_new(asked, "limit", json_integer(rows->page)) != 0) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    while (more) {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, rows->request, json_copy(asked), &reply, why));
        const json_t *const list = toc_field_array(reply.json, rows->key);
        for (size_t i = 0; i < json_array_size(list); i++) {
            rows->take(rows->owner, json_array_get(list, i));
        }
        json_t *const after = json_object_get(reply.json, "after");
        more = after != NULL && !json_is_null(after);
        if (more && json_object_set(asked, "after", after) != 0) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    }
    return TOC_OK;
}

static void count_row(void *owner, const json_t *row)
{
    (void)row;
    (*(int64_t *)owner)++;
}

static enum toc_result look_at_held(struct toc_cli *cli, json_t *todo, struct toc_why *why)
{
    char text[LINE_LEN_MAX];
    char count[TOC_POUNDS_TEXT_LEN + 1];
    int64_t held = 0;
    TOC_TRY(toc_today_each(
        cli, &(struct toc_today_rows){"supplier_list", PAGE, "suppliers", count_row, &held},
        json_pack("{s:s}", "state", "held"), why));
    if (held > 0) {
        toc_count_text(held, count);
        (void)snprintf(text, sizeof text, "%s supplier%s for a decision: organisation, or person?",
                       count, held == 1 ? " waits" : "s wait");
        toc_today_say(todo, text, "tocsin supplier list --held");
    }
    return TOC_OK;
}

/* The gravest few, and how many there are. */
struct events {
    json_t *gravest[EVENTS_SHOWN]; /* owned */
    size_t gravest_len;
    int64_t all;
};

static void events_done(struct events *events)
{
    for (size_t i = 0; i < events->gravest_len; i++) {
        json_decref(events->gravest[i]);
    }
}

/* The more severe, else the newer; dates of this form sort as text. */
static bool is_graver(const json_t *a, const json_t *b)
{
    const int64_t severities[] = {toc_field_number(a, "severity"), toc_field_number(b, "severity")};
    if (severities[0] != severities[1]) {
        return severities[0] > severities[1];
    }
    return strcmp(toc_field_text(a, "date"), toc_field_text(b, "date")) > 0;
}

static void take_event(void *owner, const json_t *row)
{
    struct events *const events = owner;
    size_t place = events->gravest_len;
    events->all++;
    while (place > 0 && is_graver(row, events->gravest[place - 1])) {
        place--;
    }
    if (place == EVENTS_SHOWN) {
        return;
    }
    if (events->gravest_len == EVENTS_SHOWN) {
        json_decref(events->gravest[--events->gravest_len]);
    }
    memmove(events->gravest + place + 1, events->gravest + place,
            (events->gravest_len - place) * sizeof(json_t *));
    events->gravest[place] = json_incref((json_t *)(uintptr_t)row);
    events->gravest_len++;
}

static enum toc_result look_at_events(struct toc_cli *cli, json_t *todo, struct toc_why *why)
{
    TOC_AUTO(events_done) struct events events = {.all = 0};
    char text[LINE_LEN_MAX];
    TOC_TRY(toc_today_each(
        cli, &(struct toc_today_rows){"event_list", PAGE, "events", take_event, &events},
        json_pack("{s:s}", "state", "proposed"), why));
    for (size_t i = 0; i < events.gravest_len; i++) {
        const json_t *const event = events.gravest[i];
        char how[80];
        (void)snprintf(text, sizeof text, "%.200s: %.8s %.120s, since %.20s",
                       toc_field_text(event, "name"), toc_field_text(event, "code"),
                       toc_field_text(event, "text"), toc_field_text(event, "date"));
        (void)snprintf(how, sizeof how, "tocsin supplier show %.40s",
                       toc_field_text(event, "supplier"));
        toc_today_say(todo, text, how);
    }
    const int64_t rest = events.all - (int64_t)events.gravest_len;
    if (rest > 0) {
        (void)snprintf(text, sizeof text, "%lld more event%s found in public registers",
                       (long long)rest, rest == 1 ? " was" : "s were");
        toc_today_say(todo, text, "tocsin supplier list, column EVENTS");
    }
    return TOC_OK;
}

struct ending {
    char today[TOC_DATE_TEXT_LEN + 1];
    int64_t contracts;
};

static void take_contract(void *owner, const json_t *row)
{
    struct ending *const ending = owner;
    ending->contracts += strcmp(toc_field_text(row, "end"), ending->today) >= 0;
}

static enum toc_result look_at_contracts(struct toc_cli *cli, int64_t now_ms, json_t *todo,
                                         struct toc_why *why)
{
    struct ending ending = {.contracts = 0};
    char until[TOC_DATE_TEXT_LEN + 1];
    char text[LINE_LEN_MAX];
    char how[80];
    const int32_t days = (int32_t)(now_ms / DAY_MS);
    toc_date_text(days, ending.today);
    toc_date_text(toc_date_add_months(days, TOC_TODAY_MONTHS), until);
    TOC_TRY(toc_today_each(
        cli, &(struct toc_today_rows){"contract_list", PAGE, "contracts", take_contract, &ending},
        json_pack("{s:s}", "ends_before", until), why));
    if (ending.contracts > 0) {
        (void)snprintf(text, sizeof text, "%lld of our contracts end%s within %d months",
                       (long long)ending.contracts, ending.contracts == 1 ? "s" : "",
                       TOC_TODAY_MONTHS);
        (void)snprintf(how, sizeof how, "tocsin contract expiring --months %d", TOC_TODAY_MONTHS);
        toc_today_say(todo, text, how);
    }
    return TOC_OK;
}

enum toc_result toc_today_unless_unknown(enum toc_result result)
{
    return result == TOC_NOTFOUND ? TOC_OK : result;
}

enum toc_result toc_today_suppliers(struct toc_cli *cli, int64_t now_ms, json_t *todo,
                                    struct toc_why *why)
{
    TOC_TRY(toc_today_unless_unknown(look_at_held(cli, todo, why)));
    TOC_TRY(toc_today_unless_unknown(look_at_events(cli, todo, why)));
    return toc_today_unless_unknown(look_at_contracts(cli, now_ms, todo, why));
}
