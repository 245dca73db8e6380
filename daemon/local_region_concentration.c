/* `region_concentration`: on how few suppliers each category of a year's spend rests. */
#include "local_region.h"

#include "ensure.h"

#define ARENA_MAX ((size_t)1024 * 1024)
#define CATEGORIES_MAX (TOC_CATEGORY_CODE_MAX + 1)

static json_t *top_json(const struct toc_picture_category *category, double *ret_share)
{
    json_t *list = json_array();
    double sum = 0;

    for (size_t i = 0; i < category->top_len; i++) {
        const struct toc_picture_share *const one = &category->top[i];
        const double share = (double)one->spend_thousands / (double)category->spend_thousands;
        if (json_array_append_new(list, json_pack("{s:s, s:s, s:f}", "id", one->subject, "name",
                                                  one->name, "share", share)) != 0) {
            json_decref(list);
            return NULL;
        }
        sum += share;
    }
    *ret_share = sum;
    return list;
}

static json_t *category_json(const struct toc_picture_category *category)
{
    struct toc_category parts;
    double share = 0;
    json_t *top = top_json(category, &share);

    return json_pack("{s:o, s:s?, s:I, s:I, s:o, s:f, s:f}", "category",
                     toc_region_category_json(category->category), "label",
                     toc_category_of_code(category->category, &parts) ? toc_category_label(parts)
                                                                      : NULL,
                     "suppliers", (json_int_t)category->suppliers, "spend",
                     (json_int_t)category->spend_thousands * TOC_REGION_POUNDS, "top", top,
                     "top_3_share", share, "herfindahl", category->herfindahl);
}

enum toc_result toc_local_region_concentration(struct toc_engine *engine,
                                               const struct toc_local *local, struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    TOC_AUTO(toc_local_json_free) json_t *categories = json_array();
    struct toc_picture_category list[CATEGORIES_MAX];
    struct toc_picture_year years[TOC_REGION_YEARS_MAX];
    int64_t limit = CATEGORIES_MAX;
    const char *after = NULL;
    struct toc_category place;
    size_t len = 0;
    unsigned year = 0;
    json_t *reply;
    int failed = categories == NULL;

    TOC_TRY(toc_region_year(engine, local, years, &len, &year, why));
    TOC_TRY(toc_local_number(local, "limit", 1, TOC_PICTURE_PAGE_MAX, &limit, why));
    TOC_TRY(toc_local_text(local, "after", &after, why));
    if (after != NULL && toc_category_parse(after, &place) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "after: is not the category of the page before");
    }
    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    const size_t max = limit < CATEGORIES_MAX ? (size_t)limit : CATEGORIES_MAX;
    TOC_TRY(toc_store_picture_categories(engine->store, year,
                                         after == NULL ? -1 : (int)toc_category_code(place), arena,
                                         list, max, &len));
    for (size_t i = 0; i < len; i++) {
        failed |= json_array_append_new(categories, category_json(&list[i]));
    }
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "year", toc_region_year_json(year));
    failed |= json_object_set_new(reply, "categories", toc_take(&categories));
    failed |= json_object_set_new(reply, "after",
                                  len == max ? toc_region_category_json(list[len - 1].category)
                                             : json_null());
    return toc_local_answer(engine, local, reply, failed);
}
