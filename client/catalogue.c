#include "catalogue.h"
#include "ensure.h"

enum { PAGE = 500 };

static json_t *request_of(const struct toc_catalogue_filter *filter, json_t *after)
{
    json_t *const fields = json_pack("{s:s, s:b, s:i}", "stream", filter->stream, "sub_streams",
                                     (int)filter->sub_streams, "limit", PAGE);
    if (filter->publisher != NULL) {
        (void)json_object_set_new(fields, "publisher", json_string(filter->publisher));
    }
    if (filter->ends_before != NULL) {
        (void)json_object_set_new(fields, "ends_before", json_string(filter->ends_before));
    }
    if (after != NULL) {
        (void)json_object_set(fields, "after", after);
    }
    return fields;
}

/* The record's fields, with what the log says of it beside them. */
static enum toc_result flatten(const json_t *row, json_t *records)
{
    TOC_AUTO(toc_json_free) json_t *item = json_copy(json_object_get(row, "record"));
    static const char *const keys[] = {"stream", "publisher", "sequence", "key"};
    TOC_ENSURE(item != NULL, TOC_NOMEM);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_t *const value = json_object_get(row, keys[i]);
        TOC_ENSURE(value == NULL || json_object_set(item, keys[i], value) == 0, TOC_NOMEM);
    }
    TOC_ENSURE(json_array_append(records, item) == 0, TOC_NOMEM);
    return TOC_OK;
}

enum toc_result toc_catalogue_fetch(struct toc_cli *cli, const struct toc_catalogue_filter *filter,
                                    json_t **ret_records, struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *records = json_array();
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    do {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, "list", request_of(filter, after), &reply, why));
        const json_t *const rows = toc_field_array(reply.json, "records");
        for (size_t i = 0; i < json_array_size(rows); i++) {
            if (flatten(json_array_get(rows, i), records) != TOC_OK) {
                return toc_fail(why, TOC_NOMEM, "out of memory");
            }
        }
        toc_json_free(&after);
        json_t *const next = json_object_get(reply.json, "after");
        /* A page may be empty and yet not the last: a filter passes over many records. */
        after = json_is_object(next) ? json_incref(next) : NULL;
    } while (after != NULL);
    *ret_records = toc_take(&records);
    return TOC_OK;
}
