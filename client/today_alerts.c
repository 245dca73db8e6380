#include "ensure.h"
#include "flag_words.h"
#include "today.h"
#include <string.h>

enum { PAGE = 100, ALERTS_SHOWN = 5, LINE_LEN_MAX = 400 };

/* ---- alerts on suppliers of ours ---- */

/* The gravest few, and how many there are. */
struct alerts {
    json_t *gravest[ALERTS_SHOWN]; /* owned */
    size_t gravest_len;
    int64_t all;
};

static void alerts_done(struct alerts *alerts)
{
    for (size_t i = 0; i < alerts->gravest_len; i++) {
        json_decref(alerts->gravest[i]);
    }
}

static bool is_open(const json_t *row)
{
    static const char *const open[] = {"raised", "corroborated", "mitigated", "disputed"};
    const char *const status = toc_field_text(row, "status");
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        if (strcmp(status, open[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What the council's rules choose, before the rest; then the more severe, then the newer; times of
 * this form sort as text. A drill is never graver than the real thing. */
static bool is_graver(const json_t *a, const json_t *b)
{
    const int64_t keys[][2] = {
        {toc_field_true(b, "exercise"), toc_field_true(a, "exercise")},
        {toc_field_true(a, "wanted"), toc_field_true(b, "wanted")},
        {toc_field_number(a, "severity"), toc_field_number(b, "severity")},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] > keys[i][1];
        }
    }
    return strcmp(toc_field_text(a, "since"), toc_field_text(b, "since")) > 0;
}

static void take_alert(void *owner, const json_t *row)
{
    struct alerts *const alerts = owner;
    size_t place = alerts->gravest_len;
    /* A hub lists the group's, of which none is about a supplier of its own. */
    if (json_object_get(row, "supplier") == NULL || !is_open(row)) {
        return;
    }
    alerts->all++;
    while (place > 0 && is_graver(row, alerts->gravest[place - 1])) {
        place--;
    }
    if (place == ALERTS_SHOWN) {
        return;
    }
    if (alerts->gravest_len == ALERTS_SHOWN) {
        json_decref(alerts->gravest[--alerts->gravest_len]);
    }
    memmove(alerts->gravest + place + 1, alerts->gravest + place,
            (alerts->gravest_len - place) * sizeof(json_t *));
    alerts->gravest[place] = json_incref((json_t *)(uintptr_t)row);
    alerts->gravest_len++;
}

static void say_alert(json_t *todo, const json_t *row)
{
    const char *const name = toc_field_text(row, "name");
    char event[TOC_EVENT_WORDS_LEN + 1];
    char status[64];
    char text[LINE_LEN_MAX];
    toc_flag_event_words(toc_field_text(row, "event"), event);
    toc_flag_status_words(row, toc_field_text(row, "status"), status, sizeof status);
    (void)snprintf(text, sizeof text, "ALERT %.200s: %.96s, severity %lld, %.60s",
                   name[0] == '\0' ? "a supplier of ours" : name, event,
                   (long long)toc_field_number(row, "severity"), status);
    toc_today_say(todo, text, "tocsin region alerts");
}

static enum toc_result look_at_alerts(struct toc_cli *cli, json_t *todo, struct toc_why *why)
{
    TOC_AUTO(alerts_done) struct alerts alerts = {.all = 0};
    char text[LINE_LEN_MAX];
    const struct toc_today_rows rows = {.request = "alert_list",
                                        .page = PAGE,
                                        .key = "alerts",
                                        .take = take_alert,
                                        .owner = &alerts};
    TOC_TRY(toc_today_each(cli, &rows, json_object(), why));
    for (size_t i = 0; i < alerts.gravest_len; i++) {
        say_alert(todo, alerts.gravest[i]);
    }
    const int64_t rest = alerts.all - (int64_t)alerts.gravest_len;
    if (rest > 0) {
        (void)snprintf(text, sizeof text, "%lld more open alert%s on suppliers of ours",
                       (long long)rest, rest == 1 ? "" : "s");
        toc_today_say(todo, text, "tocsin region alerts");
    }
    return TOC_OK;
}

/* ---- flags of ours ---- */

static void say_flag(json_t *todo, const json_t *row)
{
    const char *const flag = toc_field_text(row, "flag");
    const char *const answer_by = toc_field_text(row, "answer_by");
    char text[LINE_LEN_MAX];
    char how[LINE_LEN_MAX];
    if (strcmp(toc_field_text(row, "state"), "waiting_approval") == 0) {
        (void)snprintf(text, sizeof text, "flag %.8s on %.200s (%.8s) waits for a second person",
                       flag, toc_field_text(row, "name"), toc_field_text(row, "event"));
        (void)snprintf(how, sizeof how, "tocsin flag approve %.8s", flag);
        toc_today_say(todo, text, how);
    }
    if (toc_field_true(row, "disputed")) {
        (void)snprintf(text, sizeof text, "flag %.8s on %.200s (%.8s) is disputed%s%.20s", flag,
                       toc_field_text(row, "name"), toc_field_text(row, "event"),
                       answer_by[0] == '\0' ? "" : ": answer by ", answer_by);
        (void)snprintf(how, sizeof how,
                       "tocsin flag confirm %.8s, or tocsin flag withdraw %.8s --reason TEXT", flag,
                       flag);
        toc_today_say(todo, text, how);
    }
}

static void take_flag(void *owner, const json_t *row)
{
    say_flag(owner, row);
}

enum toc_result toc_today_alerts(struct toc_cli *cli, json_t *todo, struct toc_why *why)
{
    const struct toc_today_rows flags = {
        .request = "flag_list", .page = PAGE, .key = "flags", .take = take_flag, .owner = todo};
    TOC_TRY(toc_today_unless_unknown(look_at_alerts(cli, todo, why)));
    return toc_today_unless_unknown(toc_today_each(cli, &flags, json_object(), why));
}
