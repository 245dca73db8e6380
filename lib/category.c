#include "category.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { DIVISIONS = 100, TEN = 10, PREFIX_LEN = 4, TEXT_LEN = 6, HUNDRED = 100 };

/* Commission Regulation (EC) 213/2008, shortened. */
static const char *const cpv[DIVISIONS] = {
    [3] = "Agriculture, fishing and forestry products",
    [9] = "Fuel, electricity and other energy",
    [14] = "Mining and basic metals",
    [15] = "Food, drink and tobacco",
    [16] = "Agricultural machinery",
    [18] = "Clothing, footwear and luggage",
    [19] = "Leather, textiles, plastic and rubber",
    [22] = "Printed matter",
    [24] = "Chemical products",
    [30] = "Office and computing machinery and supplies",
    [31] = "Electrical machinery and lighting",
    [32] = "Radio, television and telecom equipment",
    [33] = "Medical equipment, drugs and personal care",
    [34] = "Vehicles and transport equipment",
    [35] = "Security, fire and police equipment",
    [37] = "Musical instruments, sport, games and toys",
    [38] = "Laboratory, optical and precision equipment",
    [39] = "Furniture, furnishings and cleaning products",
    [41] = "Collected and purified water",
    [42] = "Industrial machinery",
    [43] = "Machinery for mining and construction",
    [44] = "Construction materials and structures",
    [45] = "Construction work",
    [48] = "Software packages",
    [50] = "Repair and maintenance",
    [51] = "Installation services",
    [55] = "Hotel, restaurant and catering services",
    [60] = "Transport services",
    [63] = "Transport support and travel agencies",
    [64] = "Postal and telecom services",
    [65] = "Public utilities",
    [66] = "Financial and insurance services",
    [70] = "Real estate services",
    [71] = "Architecture, engineering and inspection",
    [72] = "IT services",
    [73] = "Research and development",
    [75] = "Administration, defence and social security",
    [76] = "Services to the oil and gas industry",
    [77] = "Agriculture, forestry and gardening services",
    [79] = "Business services",
    [80] = "Education and training",
    [85] = "Health and social work",
    [90] = "Sewage, refuse, cleaning and environment",
    [92] = "Recreation, culture and sport",
    [98] = "Other community, social and personal services",
};

/* ONS, UK Standard Industrial Classification 2007, shortened. */
static const char *const sic[DIVISIONS] = {
    [1] = "Crop and animal production",
    [2] = "Forestry and logging",
    [3] = "Fishing and aquaculture",
    [5] = "Mining of coal and lignite",
    [6] = "Extraction of crude petroleum and gas",
    [7] = "Mining of metal ores",
    [8] = "Other mining and quarrying",
    [9] = "Mining support services",
    [10] = "Food products",
    [11] = "Drinks",
    [12] = "Tobacco products",
    [13] = "Textiles",
    [14] = "Clothing manufacture",
    [15] = "Leather products",
    [16] = "Wood and wood products",
    [17] = "Paper and paper products",
    [18] = "Printing and recorded media",
    [19] = "Coke and refined petroleum",
    [20] = "Chemicals",
    [21] = "Pharmaceuticals",
    [22] = "Rubber and plastic products",
    [23] = "Other non-metallic mineral products",
    [24] = "Basic metals",
    [25] = "Fabricated metal products",
    [26] = "Computer, electronic and optical products",
    [27] = "Electrical equipment",
    [28] = "Other machinery and equipment",
    [29] = "Motor vehicles and trailers",
    [30] = "Other transport equipment",
    [31] = "Furniture manufacture",
    [32] = "Other manufacturing",
    [33] = "Repair and installation of machinery",
    [35] = "Electricity, gas, steam and air conditioning",
    [36] = "Water collection, treatment and supply",
    [37] = "Sewerage",
    [38] = "Waste collection, treatment and disposal",
    [39] = "Remediation and other waste management",
    [41] = "Construction of buildings",
    [42] = "Civil engineering",
    [43] = "Specialised construction",
    [45] = "Motor trade and repair",
    [46] = "Wholesale trade",
    [47] = "Retail trade",
    [49] = "Land transport and pipelines",
    [50] = "Water transport",
    [51] = "Air transport",
    [52] = "Warehousing and transport support",
    [53] = "Postal and courier services",
    [55] = "Accommodation",
    [56] = "Food and drink service",
    [58] = "Publishing",
    [59] = "Film, television and sound recording",
    [60] = "Programming and broadcasting",
    [61] = "Telecommunications",
    [62] = "Computer programming and consultancy",
    [63] = "Information services",
    [64] = "Financial services",
    [65] = "Insurance and pension funding",
    [66] = "Support to financial services",
    [68] = "Real estate",
    [69] = "Legal and accounting",
    [70] = "Head offices and management consultancy",
    [71] = "Architecture, engineering and testing",
    [72] = "Scientific research and development",
    [73] = "Advertising and market research",
    [74] = "Other professional and technical services",
    [75] = "Veterinary services",
    [77] = "Rental and leasing",
    [78] = "Employment agencies",
    [79] = "Travel agencies and tour operators",
    [80] = "Security and investigation",
    [81] = "Buildings and landscape services",
    [82] = "Office support and other business services",
    [84] = "Public administration, defence and social security",
    [85] = "Education",
    [86] = "Human health",
    [87] = "Residential care",
    [88] = "Social work without accommodation",
    [90] = "Arts and entertainment",
    [91] = "Libraries, archives and museums",
    [92] = "Gambling and betting",
    [93] = "Sport and recreation",
    [94] = "Membership organisations",
    [95] = "Repair of computers and household goods",
    [96] = "Other personal services",
    [97] = "Households as employers",
    [98] = "Households producing for own use",
    [99] = "Extraterritorial organisations",
};

const char *toc_category_label(struct toc_category category)
{
    switch (category.basis) {
    case TOC_CATEGORY_UNKNOWN:
        return category.division == 0 ? "Not known" : NULL;
    case TOC_CATEGORY_CPV:
        return category.division < DIVISIONS ? cpv[category.division] : NULL;
    case TOC_CATEGORY_SIC:
        return category.division < DIVISIONS ? sic[category.division] : NULL;
    }
    return NULL; /* a basis off the wire that is none of them */
}

bool toc_category_valid(struct toc_category category)
{
    return toc_category_label(category) != NULL;
}

void toc_category_text(struct toc_category category, char *ret_text)
{
    if (category.basis == TOC_CATEGORY_UNKNOWN) {
        memcpy(ret_text, "unknown", sizeof "unknown");
        return;
    }
    (void)snprintf(ret_text, TOC_CATEGORY_TEXT_LEN + 1, "%s-%02u",
                   category.basis == TOC_CATEGORY_CPV ? "cpv" : "sic",
                   category.division % DIVISIONS);
}

enum toc_result toc_category_parse(const char *text, struct toc_category *ret_category)
{
    struct toc_category category = {TOC_CATEGORY_UNKNOWN, 0};
    if (strcmp(text, "unknown") != 0) {
        if (strncmp(text, "cpv-", PREFIX_LEN) == 0) {
            category.basis = TOC_CATEGORY_CPV;
        } else if (strncmp(text, "sic-", PREFIX_LEN) == 0) {
            category.basis = TOC_CATEGORY_SIC;
        } else {
            return TOC_MALFORMED;
        }
        if (strlen(text) != TEXT_LEN || strspn(text + PREFIX_LEN, "0123456789") != 2) {
            return TOC_MALFORMED;
        }
        category.division =
            (unsigned)(text[PREFIX_LEN] - '0') * TEN + (unsigned)(text[PREFIX_LEN + 1] - '0');
    }
    if (!toc_category_valid(category)) {
        return TOC_INVALID;
    }
    *ret_category = category;
    return TOC_OK;
}

unsigned toc_category_code(struct toc_category category)
{
    return (unsigned)category.basis * HUNDRED + category.division;
}

bool toc_category_of_code(unsigned code, struct toc_category *ret_category)
{
    const struct toc_category category = {(enum toc_category_basis)(code / HUNDRED),
                                          code % HUNDRED};
    if (!toc_category_valid(category)) {
        return false;
    }
    *ret_category = category;
    return true;
}
