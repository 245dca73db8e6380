#include "wire_framework.h"
#include "ensure.h"
#include "wire_alloc.h"

static enum toc_result read_suppliers(struct toc_arena *arena,
                                      Tocsin__FrameworkSupplier *const *messages, size_t len,
                                      const struct toc_framework_supplier **ret_suppliers)
{
    struct toc_framework_supplier *const suppliers = toc_arena_zero(arena, len, sizeof *suppliers);
    TOC_ENSURE(suppliers != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        suppliers[i] = (struct toc_framework_supplier){
            .name = messages[i]->name, .scheme = messages[i]->scheme, .id = messages[i]->id};
    }
    *ret_suppliers = suppliers;
    return TOC_OK;
}

static enum toc_result read_lot(struct toc_arena *arena, const Tocsin__FrameworkLot *message,
                                struct toc_framework_lot *ret_lot)
{
    struct toc_framework_lot lot = {
        .number = message->number,
        .title = message->title,
        .cpv = message->cpv,
        .cpv_len = message->n_cpv,
        .suppliers_len = message->n_suppliers,
        .status = (enum toc_framework_status)message->status,
    };
    TOC_TRY(read_suppliers(arena, message->suppliers, message->n_suppliers, &lot.suppliers));
    *ret_lot = lot;
    return TOC_OK;
}

/* Field numbers to a set. Later versions may infer fields this one does not know: no bit for them.
 */
static uint32_t read_inferred(const uint32_t *fields, size_t len)
{
    uint32_t inferred = 0;
    for (size_t i = 0; i < len; i++) {
        if (fields[i] >= 1 && fields[i] <= TOC_FIELD_LAST) {
            inferred |= TOC_FRAMEWORK_BIT(fields[i]);
        }
    }
    return inferred;
}

static enum toc_result read_lists(struct toc_arena *arena, const Tocsin__Framework *message,
                                  struct toc_framework *framework)
{
    struct toc_framework_lot *const lots = toc_arena_zero(arena, message->n_lots, sizeof *lots);
    enum toc_framework_user *const open_to =
        toc_arena_zero(arena, message->n_open_to, sizeof *open_to);
    TOC_ENSURE(lots != NULL && open_to != NULL, TOC_NOMEM);
    for (size_t i = 0; i < message->n_lots; i++) {
        TOC_TRY(read_lot(arena, message->lots[i], &lots[i]));
    }
    for (size_t i = 0; i < message->n_open_to; i++) {
        open_to[i] = (enum toc_framework_user)message->open_to[i];
    }
    TOC_TRY(read_suppliers(arena, message->suppliers, message->n_suppliers, &framework->suppliers));
    framework->suppliers_len = message->n_suppliers;
    framework->lots = lots;
    framework->lots_len = message->n_lots;
    framework->open_to = open_to;
    framework->open_to_len = message->n_open_to;
    framework->cpv = message->cpv;
    framework->cpv_len = message->n_cpv;
    framework->categories = (const char *const *)message->categories;
    framework->categories_len = message->n_categories;
    return TOC_OK;
}

enum toc_result toc_wire_framework_read(struct toc_arena *arena, const Tocsin__Framework *message,
                                        struct toc_framework *ret_framework)
{
    struct toc_framework framework = {
        .reference = message->reference,
        .ocid = message->ocid,
        .notice_id = message->notice_id,
        .title = message->title,
        .description = message->description,
        .parent = message->parent,
        .buyer = message->buyer,
        .buyer_restrictions = message->buyer_restrictions,
        .source = message->source,
        .kind = (enum toc_framework_kind)message->kind,
        .method = (enum toc_framework_method)message->method,
        .direct_award_allowed = (enum toc_framework_answer)message->direct_award_allowed,
        .fee = (enum toc_framework_fee)message->fee,
        .status = (enum toc_framework_status)message->status,
        .max_participants = message->max_participants,
        .period_start = message->period_start,
        .period_end = message->period_end,
        .period_months = message->period_months,
        .last_extension_date = message->last_extension_date,
        .value_max_pounds = message->value_max_pounds,
        .inferred = read_inferred(message->inferred, message->n_inferred),
        .lots_left_out = message->lots_left_out,
        .suppliers_left_out = message->suppliers_left_out,
    };
    TOC_TRY(read_lists(arena, message, &framework));
    *ret_framework = framework;
    return TOC_OK;
}

static enum toc_result write_suppliers(struct toc_arena *arena,
                                       const struct toc_framework_supplier *suppliers, size_t len,
                                       Tocsin__FrameworkSupplier ***ret_messages)
{
    Tocsin__FrameworkSupplier **const list = toc_arena_zero(arena, len, sizeof *list);
    Tocsin__FrameworkSupplier *const items = toc_arena_zero(arena, len, sizeof *items);
    TOC_ENSURE(list != NULL && items != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        tocsin__framework_supplier__init(&items[i]);
        items[i].name = toc_wire_text(suppliers[i].name);
        items[i].scheme = toc_wire_text(suppliers[i].scheme);
        items[i].id = toc_wire_text(suppliers[i].id);
        list[i] = &items[i];
    }
    *ret_messages = list;
    return TOC_OK;
}

static enum toc_result write_lots(struct toc_arena *arena, const struct toc_framework *framework,
                                  Tocsin__Framework *message)
{
    const size_t len = framework->lots_len;
    Tocsin__FrameworkLot **const list = toc_arena_zero(arena, len, sizeof *list);
    Tocsin__FrameworkLot *const items = toc_arena_zero(arena, len, sizeof *items);
    TOC_ENSURE(list != NULL && items != NULL, TOC_NOMEM);
    for (size_t i = 0; i < len; i++) {
        const struct toc_framework_lot *const lot = &framework->lots[i];
        tocsin__framework_lot__init(&items[i]);
        items[i].number = toc_wire_text(lot->number);
        items[i].title = toc_wire_text(lot->title);
        items[i].n_cpv = lot->cpv_len;
        items[i].cpv = (uint32_t *)(uintptr_t)lot->cpv;
        items[i].status = (Tocsin__FrameworkStatus)lot->status;
        items[i].n_suppliers = lot->suppliers_len;
        TOC_TRY(write_suppliers(arena, lot->suppliers, lot->suppliers_len, &items[i].suppliers));
        list[i] = &items[i];
    }
    message->n_lots = len;
    message->lots = list;
    return TOC_OK;
}

static enum toc_result write_lists(struct toc_arena *arena, const struct toc_framework *framework,
                                   Tocsin__Framework *message)
{
    TOC_TRY(write_lots(arena, framework, message));
    TOC_TRY(write_suppliers(arena, framework->suppliers, framework->suppliers_len,
                            &message->suppliers));
    message->n_suppliers = framework->suppliers_len;
    Tocsin__FrameworkUser *const users =
        toc_arena_zero(arena, framework->open_to_len, sizeof *users);
    uint32_t *const inferred = toc_arena_zero(arena, TOC_FIELD_LAST, sizeof *inferred);
    TOC_ENSURE(users != NULL && inferred != NULL, TOC_NOMEM);
    for (size_t i = 0; i < framework->open_to_len; i++) {
        users[i] = (Tocsin__FrameworkUser)framework->open_to[i];
    }
    for (uint32_t field = 1; field <= TOC_FIELD_LAST; field++) {
        if ((framework->inferred & TOC_FRAMEWORK_BIT(field)) != 0) {
            inferred[message->n_inferred++] = field;
        }
    }
    message->inferred = inferred;
    message->n_open_to = framework->open_to_len;
    message->open_to = users;
    message->n_cpv = framework->cpv_len;
    message->cpv = (uint32_t *)(uintptr_t)framework->cpv;
    message->n_categories = framework->categories_len;
    message->categories = (char **)(uintptr_t)framework->categories;
    return TOC_OK;
}

enum toc_result toc_wire_framework_write(struct toc_arena *arena,
                                         const struct toc_framework *framework,
                                         Tocsin__Framework *ret_message)
{
    Tocsin__Framework message;
    tocsin__framework__init(&message);
    message.reference = toc_wire_text(framework->reference);
    message.ocid = toc_wire_text(framework->ocid);
    message.notice_id = toc_wire_text(framework->notice_id);
    message.title = toc_wire_text(framework->title);
    message.description = toc_wire_text(framework->description);
    message.parent = toc_wire_text(framework->parent);
    message.buyer = toc_wire_text(framework->buyer);
    message.buyer_restrictions = toc_wire_text(framework->buyer_restrictions);
    message.source = toc_wire_text(framework->source);
    message.kind = (Tocsin__FrameworkKind)framework->kind;
    message.method = (Tocsin__FrameworkMethod)framework->method;
    message.direct_award_allowed = (Tocsin__FrameworkAnswer)framework->direct_award_allowed;
    message.fee = (Tocsin__FrameworkFee)framework->fee;
    message.status = (Tocsin__FrameworkStatus)framework->status;
    message.max_participants = framework->max_participants;
    message.period_start = framework->period_start;
    message.period_end = framework->period_end;
    message.period_months = framework->period_months;
    message.last_extension_date = framework->last_extension_date;
    message.value_max_pounds = framework->value_max_pounds;
    message.lots_left_out = framework->lots_left_out;
    message.suppliers_left_out = framework->suppliers_left_out;
    TOC_TRY(write_lists(arena, framework, &message));
    *ret_message = message;
    return TOC_OK;
}
