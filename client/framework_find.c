#include "framework_find.h"
#include "catalogue.h"
#include "ensure.h"
#include "framework_fields.h"
#include "ident.h"
#include <string.h>
#include <strings.h>

enum { NAME_MAX_LEN = TOC_MEMBER_LEN_MAX + TOC_STREAM_LEN_MAX + 24 };

bool toc_framework_kind_known(const char *name)
{
    return toc_framework_value_of(&toc_framework_kind_names, name) != 0;
}

enum toc_result toc_framework_stream(const char *list, char ret_stream[TOC_STREAM_LEN_MAX + 1],
                                     struct toc_why *why)
{
    if (list != NULL && !toc_ident_group(list)) {
        return toc_fail(why, TOC_INVALID,
                        "--list: '%.60s' is no name of a list: see 'tocsin group "
                        "show'",
                        list);
    }
    (void)snprintf(ret_stream, TOC_STREAM_LEN_MAX + 1, TOC_FRAMEWORK_STREAM "%s%s",
                   list == NULL ? "" : ".", list == NULL ? "" : list);
    return TOC_OK;
}

/* A sequence counts along one stream, so a sub-group's has its list in the name. */
static void name_of(const json_t *record, char ret_name[NAME_MAX_LEN])
{
    const char *const dot = strchr(toc_field_text(record, "stream"), '.');
    (void)snprintf(ret_name, NAME_MAX_LEN, "%.31s/%.64s%s%lld", toc_field_text(record, "publisher"),
                   dot == NULL ? "" : dot + 1, dot == NULL ? "" : "/",
                   (long long)toc_field_number(record, "sequence"));
}

bool toc_framework_is(const json_t *record, const char *word)
{
    static const char *const keys[] = {"reference", "key", "ocid", "notice_id"};
    char name[NAME_MAX_LEN];
    name_of(record, name);
    if (word[0] == '\0') {
        return false;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(toc_field_text(record, keys[i]), word) == 0) {
            return true;
        }
    }
    return strcmp(name, word) == 0 || strcasecmp(toc_field_text(record, "title"), word) == 0;
}

enum toc_result toc_framework_find(struct toc_cli *cli, const char *word, const char *publisher,
                                   json_t **ret_record, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *records = NULL;
    const struct toc_catalogue_filter filter = {
        .stream = TOC_FRAMEWORK_STREAM, .sub_streams = true, .publisher = publisher};
    json_t *found = NULL;
    TOC_TRY(toc_catalogue_fetch(cli, &filter, &records, why));
    for (size_t i = 0; i < json_array_size(records); i++) {
        json_t *const record = json_array_get(records, i);
        if (!toc_framework_is(record, word)) {
            continue;
        }
        if (found != NULL) {
            char names[2][NAME_MAX_LEN];
            name_of(found, names[0]);
            name_of(record, names[1]);
            return toc_fail(why, TOC_CONFLICT, "%.60s: fits %s and %s: say which, by one of these",
                            word, names[0], names[1]);
        }
        found = record;
    }
    if (found == NULL) {
        return toc_fail(why, TOC_NOTFOUND,
                        "%.60s: no such framework%s%s: see 'tocsin framework list'", word,
                        publisher == NULL ? "" : " of ", publisher == NULL ? "" : publisher);
    }
    *ret_record = json_incref(found);
    return TOC_OK;
}
