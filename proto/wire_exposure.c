#include "wire_exposure.h"
#include "ensure.h"
#include "wire_alloc.h"

enum toc_result toc_wire_exposure_read(struct toc_arena *arena, const Tocsin__Exposure *message,
                                       struct toc_exposure *ret_exposure)
{
    struct toc_exposure exposure = {
        .name = message->name,
        .scheme = message->scheme,
        .id = message->id,
        .norm = message->norm,
        .id_basis = (enum toc_id_basis)message->id_basis,
        .kept_by_hand = message->kept_by_hand,
        .category = {(enum toc_category_basis)message->category_basis, message->category_division},
        .year = message->year,
        .months = message->months,
        .spend_thousands = message->spend_thousands,
        .contracts = message->contracts,
        .earliest_end_quarter = message->earliest_end_quarter,
        .route = (enum toc_route)message->route,
    };
    TOC_TRY(toc_exposure_derive(arena, &exposure));
    *ret_exposure = exposure;
    return TOC_OK;
}

void toc_wire_exposure_write(const struct toc_exposure *exposure, Tocsin__Exposure *ret_message)
{
    tocsin__exposure__init(ret_message);
    ret_message->name = toc_wire_text(exposure->name);
    ret_message->scheme = toc_wire_text(exposure->scheme);
    ret_message->id = toc_wire_text(exposure->id);
    ret_message->norm = exposure->norm;
    ret_message->id_basis = (Tocsin__ExposureIdBasis)exposure->id_basis;
    ret_message->kept_by_hand = exposure->kept_by_hand;
    ret_message->category_basis = (Tocsin__ExposureCategoryBasis)exposure->category.basis;
    ret_message->category_division = exposure->category.division;
    ret_message->year = exposure->year;
    ret_message->months = exposure->months;
    ret_message->spend_thousands = exposure->spend_thousands;
    ret_message->contracts = exposure->contracts;
    ret_message->earliest_end_quarter = exposure->earliest_end_quarter;
    ret_message->route = (Tocsin__ExposureRoute)exposure->route;
}
