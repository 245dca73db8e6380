/* `flag_preview`: what a flag would say, to whom, and what each of them can work out. */
#include "local_flag.h"

#include "ensure.h"
#include "store_picture_show.h"

#include <string.h>

#define ARENA_MAX ((size_t)1024 * 1024)

/* Each costs one step of the index of the picture. */
enum toc_result toc_local_flag_others(struct toc_engine *engine, const char *key,
                                      uint64_t *ret_others)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_picture_place place = {.publisher = ""};
    struct toc_picture_record record;
    uint64_t others = 0;
    size_t len = 1;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    while (len > 0 && others < TOC_MEMBERS_MAX) {
        const enum toc_result result =
            toc_store_picture_records(engine->store, key, TOC_EXPOSURE_YEAR_MIN,
                                      TOC_EXPOSURE_YEAR_MAX, &place, arena, &record, 1, &len);
        if (result == TOC_NOTFOUND) {
            break; /* nobody published anything about it */
        }
        TOC_TRY(result);
        if (len > 0) {
            others += strcmp(record.publisher, engine->me) != 0;
            place = (struct toc_picture_place){.publisher = record.publisher,
                                               .year = TOC_EXPOSURE_YEAR_MAX + 1};
        }
    }
    *ret_others = others;
    return TOC_OK;
}

static json_t *recipients(const struct toc_engine *engine, bool to_group)
{
    const struct toc_roster *roster = toc_engine_roster(engine);
    json_t *list = json_array();

    for (size_t i = 0; i < roster->members_len; i++) {
        const char *id = roster->members[i].id;
        if (strcmp(id, engine->me) != 0 &&
            (to_group || toc_member_has(&roster->members[i], TOC_ROLE_HUB))) {
            (void)json_array_append_new(list, json_string(id));
        }
    }
    return list;
}

static json_t *who_learns(bool to_group, const struct toc_own_flag *flag)
{
    json_t *list =
        to_group
            ? json_pack("[s, s]", "Every member sees that this council flags somebody, and when.",
                        "Members that have the supplier can read what is said, and see "
                        "that this council says it.")
            : json_pack("[s, s, s]",
                        "The hub sees that this council flags a supplier it cannot name, "
                        "and what the event is.",
                        "Members that have the supplier can read what is said, and not "
                        "who says it; the reporter is one of the councils that use it.",
                        "Other members learn that an alert went by.");

    if (flag->parent_key[0] != '\0') {
        (void)json_array_append_new(
            list, json_string("Members that have the parent can read the same, and that a company "
                              "of the parent's is in trouble, without its name."));
    }
    return list;
}

enum toc_result toc_local_flag_preview(struct toc_engine *engine, const struct toc_local *local,
                                       struct toc_why *why)
{
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_supplier supplier;
    struct toc_own_flag flag;
    uint64_t others;
    bool to_group;
    json_t *reply;
    int failed = 0;

    TOC_TRY(toc_arena_new(ARENA_MAX, &arena));
    TOC_TRY(toc_local_flag_right(engine, why));
    TOC_TRY(toc_flag_is_to_group(engine, &to_group, why));
    TOC_TRY(toc_local_flag_read(engine, local, &flag, why));
    TOC_TRY(toc_local_flag_about(engine, local, arena, &flag, &supplier, why));
    TOC_TRY(toc_local_flag_others(engine, supplier.key, &others));
    reply = toc_local_reply(local);
    failed |= json_object_set_new(reply, "supplier", toc_local_supplier_id(supplier.id));
    failed |= json_object_set_new(reply, "name", json_string(supplier.name));
    failed |= json_object_set_new(reply, "number", toc_local_number_json(supplier.key));
    failed |= json_object_set_new(reply, "spend", toc_local_pounds(supplier.pence));
    failed |= json_object_set_new(reply, "purpose", json_string(toc_purpose_name(flag.purpose)));
    failed |= json_object_set_new(reply, "second_person",
                                  json_boolean(toc_local_flag_needs_second(engine, &flag)));
    failed |= json_object_set_new(reply, "to_group", json_boolean(to_group));
    failed |= json_object_set_new(reply, "recipients", recipients(engine, to_group));
    failed |= json_object_set_new(reply, "other_councils", json_integer((json_int_t)others));
    failed |= json_object_set_new(reply, "parent", toc_local_flag_parent(&flag));
    failed |= json_object_set_new(reply, "embargo_until", toc_local_flag_embargo(&flag));
    failed |= json_object_set_new(reply, "learns", who_learns(to_group, &flag));
    return toc_local_answer(engine, local, reply, failed);
}
