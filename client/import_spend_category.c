#include "import_spend_category.h"
#include "csvfile.h"
#include "import_text.h"
#include <string.h>

enum {
    CPV_DIGITS = 8,
    CPV_DIVISION = 1000000, /* what a code is divided by */
    PROCLASS_DIGITS = 6,
    LABEL_LEN_MIN = 8, /* of a level's name that was cut short */
};

/* ProClass 17, first levels of which everything is in one CPV division. The others mix goods with
 * services ("Cleaning & Janitorial" is soap and cleaners), or share their first digits. */
static const struct {
    const char *digits;
    const char *label; /* folded */
    unsigned division;
} proclasses[] = {
    {"12", "cemeterycrematorium", 98},
    {"14", "clothing", 18},
    {"21", "furnituresoftfurnishings", 39},
    {"25", "housingmanagement", 70},
    {"28", "legalservices", 79},
    {"30", "mailservices", 64},
    {"39", "worksconstructionrepairmaintenance", 45},
    {"41", "socialcommunitycaresuppliesservices", 85},
};

static struct toc_category division_of(unsigned division)
{
    const struct toc_category category = {.basis = TOC_CATEGORY_CPV, .division = division};
    const struct toc_category unknown = {.basis = TOC_CATEGORY_UNKNOWN};
    return toc_category_valid(category) ? category : unknown;
}

/* The first code of the cell: eight digits, or seven where a spreadsheet took the zero away. */
static bool cpv_code(const char *text, uint32_t *ret_code)
{
    char digits[CPV_DIGITS + 3];
    const size_t len = strspn(text, "0123456789");
    if (len == CPV_DIGITS - 1) {
        digits[0] = '0';
        memcpy(digits + 1, text, len);
    } else if (len == CPV_DIGITS) {
        memcpy(digits, text, len);
    } else {
        return false;
    }
    digits[CPV_DIGITS] = '\0';
    return toc_import_cpv(digits, ret_code);
}

static unsigned proclass_division(const char *text)
{
    const size_t digits = strspn(text, "0123456789");
    char folded[TOC_CSV_HEADING_MAX + 1];
    toc_csv_heading_fold(text, folded);
    const size_t len = strlen(folded);
    for (size_t i = 0; i < sizeof proclasses / sizeof proclasses[0]; i++) {
        const bool coded = digits == PROCLASS_DIGITS && strncmp(text, proclasses[i].digits, 2) == 0;
        const bool named = len >= LABEL_LEN_MIN && strncmp(proclasses[i].label, folded, len) == 0;
        if (coded || named) {
            return proclasses[i].division;
        }
    }
    return 0;
}

struct toc_category toc_spend_category(const char *cpv, const char *proclass)
{
    const struct toc_category unknown = {.basis = TOC_CATEGORY_UNKNOWN};
    uint32_t code;
    if (cpv[0] != '\0' && cpv_code(cpv, &code)) {
        return division_of(code / CPV_DIVISION);
    }
    const unsigned division = proclass[0] == '\0' ? 0 : proclass_division(proclass);
    return division == 0 ? unknown : division_of(division);
}
