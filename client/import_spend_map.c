#include "import_spend_map.h"

static const char *name_of(unsigned field)
{
    return toc_spend_field_name((enum toc_spend_field)field);
}

enum toc_result toc_spend_map_parse(struct toc_bytes text, struct toc_spend_map *ret_map,
                                    struct toc_why *why)
{
    return toc_map_parse(text, name_of, TOC_SPEND_FIELDS, ret_map->choices, why);
}
