/* `region_supplier`: one supplier of the picture, who spends with it, and what it could be mistaken
 * for. */
#include "local_region.h"

#include "ensure.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_MAX 500
#define NUMBERS_MAX 20
#define ARENA_MAX ((size_t)4 * 1024 * 1024)
#define SUPPLIER_LEN_MAX (5 + TOC_FOLD_LEN_MAX)
#define NAME_PREFIX "name:"

static const char *key_of(struct toc_arena *arena, const char *scheme, const char *id)
{
    struct toc_exposure exposure;

    toc_exposure_init(&exposure);
    exposure.scheme = scheme;
    exposure.id = id;
    return toc_exposure_derive(arena, &exposure) == TOC_OK ? exposure.subject : NULL;
}

static bool is_there(struct toc_engine *engine, struct toc_arena *arena, const char *subject)
{
    struct toc_picture_name names[TOC_PICTURE_NAMES_MAX];
    size_t len = 0;

    return subject != NULL &&
           toc_store_picture_names(engine->store, subject, arena, names, &len) == TOC_OK;
}

static enum toc_result choices(const char *const *numbers, size_t len, struct toc_why *why)
{
    char text[160] = "";
    size_t used = 0;

    for (size_t i = 0; i < len && used < sizeof(text); i++) {
        const int more =
            snprintf(text + used, sizeof(text) - used, "%s%s", i == 0 ? "" : ", ", numbers[i]);
        used += more > 0 ? (size_t)more : 0;
    }
    return toc_fail(why, TOC_CONFLICT,
                    "supplier: several have this name; say which by its number: %s", text);
}

/* By name: the one number it stands with; else those whose records give no number; else nobody can
 * say which is meant. */
static enum toc_result find_name(struct toc_engine *engine, const char *name,
                                 struct toc_arena *arena, const char **ret_subject,
                                 struct toc_why *why)
{
    char key[TOC_EXPOSURE_SUBJECT_LEN_MAX + 1] = NAME_PREFIX;
    const char *numbers[NUMBERS_MAX];
    size_t len = 0;

    if (toc_name_fold(name, key + strlen(NAME_PREFIX)) == TOC_OK) {
        TOC_TRY(toc_store_picture_numbers(engine->store, key + strlen(NAME_PREFIX), arena, numbers,
                                          NUMBERS_MAX, &len));
        if (len == 1) {
            *ret_subject = numbers[0];
            return TOC_OK;
        }
        if (is_there(engine, arena, key)) {
            *ret_subject = toc_arena_text(arena, toc_bytes_text(key));
            return *ret_subject == NULL ? TOC_NOMEM : TOC_OK;
        }
    }
    return len > 1
               ? choices(numbers, len, why)
               : toc_fail(why, TOC_NOTFOUND, "supplier: no council has published spend with it");
}

static enum toc_result find_subject(struct toc_engine *engine, const struct toc_local *local,
                                    struct toc_arena *arena, const char **ret_subject,
                                    struct toc_why *why)
{
    struct toc_orgid ids[TOC_ORGIDS_MAX];
    const char *text = NULL;
    const char *key = NULL;
    size_t len = 0;

    TOC_TRY(toc_local_text(local, "supplier", &text, why));
    if (text == NULL || strlen(text) > SUPPLIER_LEN_MAX) {
        return toc_fail(why, TOC_INVALID, "supplier: is missing, or longer than %d bytes",
                        SUPPLIER_LEN_MAX);
    }
    if (strncmp(text, NAME_PREFIX, strlen(NAME_PREFIX)) == 0 || toc_exposure_number(text, ids)) {
        key = text;
    } else if (toc_orgid_parse(TOC_SCHEME_COH, text, ids, &len, NULL) == TOC_OK && len == 1) {
        key = key_of(arena, toc_scheme_code(ids[0].scheme), ids[0].id);
    }
    if (is_there(engine, arena, key)) {
        *ret_subject = key;
        return TOC_OK;
    }
    /* An id of before its name met a number, or a name that looks like one. */
    return find_name(engine, key == text && key[0] == 'n' ? text + strlen(NAME_PREFIX) : text,
                     arena, ret_subject, why);
}

static json_t *names_json(const struct toc_picture_name *names, size_t len)
{
    json_t *list = json_array();

    for (size_t i = 0; i < len; i++) {
        if (json_array_append_new(list, json_string(names[i].name)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Other numbers that stand with the name that is shown. */
static enum toc_result ambiguous_json(struct toc_engine *engine, const char *subject,
                                      const char *name, struct toc_arena *arena, json_t *list)
{
    char folded[TOC_FOLD_LEN_MAX + 1];
    const char *numbers[NUMBERS_MAX];
    size_t len = 0;

    TOC_TRY(toc_name_fold(name, folded));
    TOC_TRY(toc_store_picture_numbers(engine->store, folded, arena, numbers, NUMBERS_MAX, &len));
    for (size_t i = 0; i < len; i++) {
        struct toc_picture_name names[TOC_PICTURE_NAMES_MAX];
        size_t names_len = 0;
        if (strcmp(numbers[i], subject) == 0) {
            continue;
        }
        TOC_TRY(toc_store_picture_names(engine->store, numbers[i], arena, names, &names_len));
        if (json_array_append_new(list, json_pack("{s:s, s:s}", "id", numbers[i], "name",
                                                  names_len > 0 ? names[0].name : "")) != 0) {
            return TOC_NOMEM;
        }
    }
    return TOC_OK;
}

static json_t *record_json(const struct toc_picture_record *record)
{
    char end[TOC_EXPOSURE_QUARTER_LEN + 1];

    if (record->earliest_end_quarter != 0) {
        toc_exposure_quarter_text(record->earliest_end_quarter, end);
    }
    return json_pack("{s:s, s:I, s:o, s:o, s:s, s:I, s:I, s:s?, s:s?, s:s?, s:I}", "member",
                     record->publisher, "year", (json_int_t)record->year, "months",
                     toc_region_months_json(record->year, record->months), "category",
                     toc_region_category_json(record->category), "name", record->name, "spend",
                     (json_int_t)record->spend_thousands * TOC_REGION_POUNDS, "contracts",
                     (json_int_t)record->contracts, "earliest_end",
                     record->earliest_end_quarter == 0 ? NULL : end, "route",
                     toc_route_name(record->route), "number_basis",
                     toc_id_basis_name(record->id_basis), "sequence", (json_int_t)record->sequence);
}

/* Takes a whole number off the front of *text, with the space behind it unless it is the last. */
static bool take_number(const char **text, bool last, uint64_t *ret_number)
{
    char *rest;

    if (!isdigit((unsigned char)**text)) {
        return false;
    }
    errno = 0;
    const unsigned long long number = strtoull(*text, &rest, 10);
    if (errno != 0 || number > TOC_SEQUENCE_MAX || *rest != (last ? '\0' : ' ')) {
        return false;
    }
    *ret_number = number;
    *text = last ? rest : rest + 1;
    return true;
}

static bool take_word(const char **text, char *ret_word, size_t room)
{
    const size_t len = strcspn(*text, " ");

    if (len == 0 || len >= room || (*text)[len] != ' ') {
        return false;
    }
    memcpy(ret_word, *text, len);
    ret_word[len] = '\0';
    *text += len + 1;
    return true;
}

/* "leeds 2015 cpv-45 17": where the page before ended. */
static enum toc_result read_after(const struct toc_local *local,
                                  char publisher[TOC_MEMBER_LEN_MAX + 1],
                                  struct toc_picture_place *ret_place, struct toc_why *why)
{
    const char *text = NULL;
    char category[TOC_CATEGORY_TEXT_LEN + 1];
    struct toc_category parts;
    uint64_t year = 0;
    uint64_t sequence = 0;

    TOC_TRY(toc_local_text(local, "after", &text, why));
    *ret_place = (struct toc_picture_place){.publisher = ""};
    if (text == NULL) {
        return TOC_OK;
    }
    if (!take_word(&text, publisher, TOC_MEMBER_LEN_MAX + 1) || !take_number(&text, false, &year) ||
        year > TOC_EXPOSURE_YEAR_MAX || !take_word(&text, category, sizeof(category)) ||
        !take_number(&text, true, &sequence) || toc_category_parse(category, &parts) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "after: is not of the page before");
    }
    *ret_place = (struct toc_picture_place){.publisher = publisher,
                                            .year = (unsigned)year,
                                            .category = toc_category_code(parts),
                                            .sequence = sequence};
    return TOC_OK;
}

static json_t *after_json(const struct toc_picture_record *last)
{
    struct toc_category parts = {TOC_CATEGORY_UNKNOWN, 0};
    char category[TOC_CATEGORY_TEXT_LEN + 1];

    (void)toc_category_of_code(last->category, &parts);
    toc_category_text(parts, category);
    return json_sprintf("%s %u %s %llu", last->publisher, last->year, category,
                        (unsigned long long)last->sequence);
}

static enum toc_result answer(struct toc_engine *engine, const struct toc_local *local,
                              const char *subject, struct toc_arena *arena,
                              const struct toc_picture_record *records, size_t len)
{
    TOC_AUTO(toc_local_json_free) json_t *members = json_array();
    TOC_AUTO(toc_local_json_free) json_t *ambiguous = json_array();
    struct toc_picture_name names[TOC_PICTURE_NAMES_MAX];
    size_t names_len = 0;
    json_t *reply;
    int failed = members == NULL || ambiguous == NULL;

    TOC_TRY(toc_store_picture_names(engine->store, subject, arena, names, &names_len));
    for (size_t i = 0; i < len; i++) {
        failed |= json_array_append_new(members, record_json(&records[i]));
    }
    TOC_ENSURE(failed == 0 && names_len > 0, TOC_NOMEM);
    TOC_TRY(ambiguous_json(engine, subject, names[0].name, arena, ambiguous));
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "id", json_string(subject));
    failed |= json_object_set_new(reply, "name", json_string(names[0].name));
    failed |= json_object_set_new(reply, "names", names_json(names, names_len));
    failed |= json_object_set_new(reply, "number", toc_region_number_json(subject));
    failed |= json_object_set_new(reply, "members", toc_take(&members));
    failed |= json_object_set_new(reply, "ambiguous_with", toc_take(&ambiguous));
    failed |= json_object_set_new(reply, "after",
                                  len == RECORDS_MAX ? after_json(&records[len - 1]) : json_null());
    return toc_local_answer(engine, local, reply, failed);
}

enum toc_result toc_local_region_supplier(struct toc_engine *engine, const struct toc_local *local,
                                          struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_picture_record records[RECORDS_MAX];
    struct toc_picture_place place;
    char publisher[TOC_MEMBER_LEN_MAX + 1] = "";
    const char *subject = NULL;
    int64_t year = 0;
    size_t len = 0;

    TOC_TRY(
        toc_local_number(local, "year", TOC_EXPOSURE_YEAR_MIN, TOC_EXPOSURE_YEAR_MAX, &year, why));
    TOC_TRY(read_after(local, publisher, &place, why));
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(find_subject(engine, local, arena, &subject, why));
    TOC_ASSERT(subject != NULL);
    TOC_TRY(toc_store_picture_records(engine->store, subject,
                                      year == 0 ? TOC_EXPOSURE_YEAR_MIN : (unsigned)year,
                                      year == 0 ? TOC_EXPOSURE_YEAR_MAX : (unsigned)year, &place,
                                      arena, records, RECORDS_MAX, &len));
    return answer(engine, local, subject, arena, records, len);
}
