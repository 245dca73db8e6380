#include "supplier_fetch.h"

#include "ensure.h"
#include <string.h>

/* Adds a page of `members` to what there is, and says whether another follows. */
static enum toc_result take_page(json_t **region, json_t *reply, json_t **ret_after)
{
    json_t *const after = json_object_get(reply, "after");
    *ret_after = after == NULL || json_is_null(after) ? NULL : json_incref(after);
    if (*region == NULL) {
        static const char *const ours[] = {"ok", "tag", "after"};
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
            (void)json_object_del(reply, ours[i]);
        }
        *region = json_incref(reply);
        return TOC_OK;
    }
    return json_array_extend(json_object_get(*region, "members"),
                             json_object_get(reply, "members")) == 0
               ? TOC_OK
               : TOC_NOMEM;
}

/* What the group has published on it. TOC_NOTFOUND: nothing. */
static enum toc_result fetch_region(struct toc_cli *cli, const char *word, json_t **ret_region,
                                    struct toc_why *why)
{
    TOC_AUTO(toc_json_free) json_t *region = NULL;
    TOC_AUTO(toc_json_free) json_t *after = NULL;
    do {
        TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
        TOC_TRY(toc_cli_call(cli, "region_supplier",
                             json_pack("{s:s, s:O*}", "supplier", word, "after", after), &reply,
                             why));
        toc_json_free(&after);
        if (take_page(&region, reply.json, &after) != TOC_OK) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
    } while (after != NULL);
    *ret_region = toc_take(&region);
    return TOC_OK;
}

void toc_supplier_shown_done(struct toc_supplier_shown *shown)
{
    toc_json_free(&shown->supplier);
    toc_json_free(&shown->region);
}

enum toc_result toc_supplier_fetch(struct toc_cli *cli, const char *word,
                                   struct toc_supplier_shown *shown, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_why region_why = {""};
    const enum toc_result own =
        toc_cli_call(cli, "supplier_show", json_pack("{s:s}", "supplier", word), &reply, why);
    if (own != TOC_OK && own != TOC_NOTFOUND) {
        return own;
    }
    if (own == TOC_OK) {
        (void)json_object_del(reply.json, "ok");
        (void)json_object_del(reply.json, "tag");
        shown->supplier = json_incref(reply.json);
        const char *const number = toc_field_text(reply.json, "number");
        word = number[0] != '\0' ? number : toc_field_text(reply.json, "name");
    }
    const enum toc_result region = fetch_region(cli, word, &shown->region, &region_why);
    if (region == TOC_OK) {
        return TOC_OK;
    }
    if (own == TOC_NOTFOUND) {
        /* What is wrong with the word is better said by who knows our own suppliers. */
        *why = region == TOC_NOTFOUND ? *why : region_why;
        return region;
    }
    if (region == TOC_INVALID || region == TOC_CONFLICT) {
        shown->note = region_why;
        return TOC_OK;
    }
    *why = region_why;
    return region == TOC_NOTFOUND ? TOC_OK : region;
}
