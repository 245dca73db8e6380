/* `alert_rules`: the council's own rules of which alerts `notify` is told. They hide nothing. */
#include "local_request.h"

#include "category.h"
#include "ensure.h"
#include "event.h"
#include "store_telling.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 50 /* of one list: all there are of events, and of one basis of categories */
#define POUNDS_MAX INT64_C(1000000000000)
#define MONTHS_MAX 600

/* The word as it is kept. */
typedef bool word_f(const char *word, char *ret_word);

static bool event_word(const char *word, char *ret_word)
{
    const struct toc_distress_event *event = toc_event_parse(word);

    if (event != NULL) {
        toc_event_text(event->code, ret_word);
    }
    return event != NULL;
}

static bool category_word(const char *word, char *ret_word)
{
    struct toc_category category;

    if (toc_category_parse(word, &category) != TOC_OK) {
        return false;
    }
    toc_category_text(category, ret_word);
    return true;
}

/* A list of words, in `room` bytes with commas between them; absent: as it was. */
static enum toc_result read_words(const struct toc_local *local, const char *field, word_f *read,
                                  char *ret_text, struct toc_why *why)
{
    const json_t *const list = json_object_get(local->request, field);
    char text[TOC_RULES_TEXT_MAX + 1] = "";
    const json_t *word;
    size_t len = 0;
    size_t i;

    if (list == NULL || json_is_null(list)) {
        return TOC_OK;
    }
    if (!json_is_array(list) || json_array_size(list) > WORDS_MAX) {
        return toc_fail(why, TOC_INVALID, "%s: is not a list of at most %d", field, WORDS_MAX);
    }
    json_array_foreach(list, i, word)
    {
        char known[TOC_CATEGORY_TEXT_LEN + 1];
        if (!json_is_string(word) || !read(json_string_value(word), known)) {
            return toc_fail(why, TOC_INVALID, "%s: there is no such one as number %zu of the list",
                            field, i + 1);
        }
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", len == 0 ? "" : ",", known);
    }
    memcpy(ret_text, text, sizeof(text));
    return TOC_OK;
}

static enum toc_result read_rules(const struct toc_local *local, struct toc_alert_rules *rules,
                                  struct toc_why *why)
{
    int64_t severity = rules->severity_min;
    int64_t months = rules->ends_within;

    TOC_TRY(read_words(local, "events", event_word, rules->events, why));
    TOC_TRY(read_words(local, "categories", category_word, rules->categories, why));
    TOC_TRY(toc_local_number(local, "severity_min", 1, TOC_SEVERITY_MAX, &severity, why));
    TOC_TRY(toc_local_number(local, "exposure_min", 0, POUNDS_MAX, &rules->exposure_min, why));
    TOC_TRY(toc_local_number(local, "ends_within_months", 0, MONTHS_MAX, &months, why));
    rules->severity_min = (unsigned)severity;
    rules->ends_within = (unsigned)months;
    return TOC_OK;
}

static json_t *words(const char *text)
{
    json_t *const list = json_array();

    for (const char *at = text; *at != '\0';) {
        const char *const end = strchr(at, ',');
        const size_t len = end == NULL ? strlen(at) : (size_t)(end - at);
        (void)json_array_append_new(list, json_stringn(at, len));
        at += len + (end == NULL ? 0 : 1);
    }
    return list;
}

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local,
                              const struct toc_alert_rules *rules)
{
    json_t *const reply = toc_local_reply(local);
    int failed = 0;

    failed |= json_object_set_new(reply, "events", words(rules->events));
    failed |= json_object_set_new(reply, "severity_min", json_integer(rules->severity_min));
    failed |= json_object_set_new(reply, "categories", words(rules->categories));
    failed |= json_object_set_new(reply, "exposure_min", json_integer(rules->exposure_min));
    failed |= json_object_set_new(reply, "ends_within_months", json_integer(rules->ends_within));
    failed |= json_object_set_new(reply, "notify", json_boolean(engine->conf->notify[0] != '\0'));
    return toc_local_answer(engine, local, reply, failed);
}

static bool same_rules(const struct toc_alert_rules *a, const struct toc_alert_rules *b)
{
    return strcmp(a->events, b->events) == 0 && strcmp(a->categories, b->categories) == 0 &&
           a->severity_min == b->severity_min && a->exposure_min == b->exposure_min &&
           a->ends_within == b->ends_within;
}

enum toc_result toc_local_alert_rules(struct toc_engine *engine, const struct toc_local *local,
                                      struct toc_why *why)
{
    struct toc_alert_rules was;
    struct toc_alert_rules rules;
    bool reset = false;

    TOC_TRY(toc_store_rules_get(engine->store, &was));
    TOC_TRY(toc_local_flag(local, "reset", &reset, why));
    rules = was;
    if (reset) {
        rules = (struct toc_alert_rules){.severity_min = 1};
    }
    TOC_TRY(read_rules(local, &rules, why));
    if (!same_rules(&rules, &was)) {
        TOC_TRY(toc_store_rules_put(engine->store, &rules));
        TOC_TRY(toc_local_audit_add(
            engine, local, "alert_rules",
            "events %s, severity %u, categories %s, exposure %lld, ends within %u",
            rules.events[0] == '\0' ? "any" : rules.events, rules.severity_min,
            rules.categories[0] == '\0' ? "any" : rules.categories, (long long)rules.exposure_min,
            rules.ends_within));
    }
    return answer(engine, local, &rules);
}
