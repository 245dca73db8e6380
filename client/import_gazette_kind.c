#include "import_gazette.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

enum { PERSONAL_FIRST = 2500, PERSONAL_LAST = 2599 };

/* DOMAIN.md 2.2. Severity is that of the stage; a petition may yet be dismissed. */
static const struct toc_notice_kind kinds[] = {
    {2401, NULL, "F15", 3, NULL, "moratorium comes into force"},
    {2402, NULL, "F18", 2, "F15", "moratorium comes to an end"},
    {2403, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "re-use of a prohibited name"},
    {2404, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "cross-border insolvency"},
    {2405, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "overseas territories"},
    {2406, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "intended dividend"},
    {2407, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "dividend"},
    {2408, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "other corporate insolvency notice"},
    {2409, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "decision procedure"},
    {2410, NULL, "F14", 5, NULL, "administrators appointed"},
    {2411, NULL, "F14", 5, NULL, "administration order"},
    {2412, NULL, "F14", 4, NULL, "administration: meeting of creditors"},
    {2413, NULL, "F14", 4, NULL, "administration: meeting of members"},
    {2414, NULL, "F14", 4, NULL, "administration: deemed consent"},
    {2421, NULL, "F14", 5, NULL, "administrative receivers appointed"},
    {2422, NULL, "F14", 4, NULL, "receivership: meeting of creditors"},
    {2423, NULL, "F14", 5, NULL, "receivers appointed"},
    {2424, NULL, "F14", 4, NULL, "receivership: deemed consent"},
    {2431, TOC_SCREENED_SOLVENT, NULL, 1, NULL, "members' voluntary winding-up: resolution"},
    {2432, TOC_SCREENED_SOLVENT, NULL, 1, NULL, "members' voluntary winding-up: liquidators"},
    {2433, TOC_SCREENED_SOLVENT, NULL, 1, NULL, "members' voluntary winding-up: creditors"},
    {2434, TOC_SCREENED_SOLVENT, NULL, 1, NULL, "members' voluntary winding-up: annual meeting"},
    {2435, TOC_SCREENED_SOLVENT, NULL, 1, NULL, "members' voluntary winding-up: final meeting"},
    {2441, NULL, "F14", 5, NULL, "creditors' voluntary winding-up: resolution"},
    {2442, NULL, "F14", 4, NULL, "creditors' voluntary winding-up: meeting of creditors"},
    {2443, NULL, "F14", 5, NULL, "creditors' voluntary winding-up: liquidators appointed"},
    {2444, NULL, "F14", 4, NULL, "creditors' voluntary winding-up: annual meeting"},
    {2445, NULL, "F14", 4, NULL, "creditors' voluntary winding-up: final meeting"},
    {2446, NULL, "F14", 4, NULL, "creditors' voluntary winding-up: notice to creditors"},
    {2447, NULL, "F14", 4, NULL, "creditors' voluntary winding-up: deemed consent"},
    {2450, NULL, "F13", 4, NULL, "petition to wind it up; it may be dismissed"},
    {2451, TOC_SCREENED_PERSONAL, NULL, 4, NULL, "petition to wind up a partnership"},
    {2452, NULL, "F14", 5, NULL, "winding-up order"},
    {2453, TOC_SCREENED_PERSONAL, NULL, 5, NULL, "winding-up order of a partnership"},
    {2454, NULL, "F14", 5, NULL, "winding-up by the court: liquidator appointed"},
    {2455, NULL, "F14", 4, NULL, "winding-up by the court"},
    {2456, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "winding-up by the court: intended dividend"},
    {2457, TOC_SCREENED_INFORMATION, NULL, 1, NULL, "winding-up by the court: dividend"},
    {2458, NULL, "F14", 4, NULL, "winding-up by the court"},
    {2459, NULL, "F14", 4, NULL, "winding-up by the court"},
    {2460, NULL, "F14", 4, NULL, "winding-up by the court"},
    {2461, NULL, "F17", 1, "F13", "petition to wind it up dismissed"},
    {2463, NULL, "F14", 4, NULL, "winding-up by the court"},
    {2464, NULL, "F14", 4, NULL, "winding-up by the court"},
    {2465, NULL, "F14", 4, NULL, "winding-up by the court"},
};

const struct toc_notice_kind *toc_notice_kind(unsigned code)
{
    static const struct toc_notice_kind personal = {0, TOC_SCREENED_PERSONAL, NULL, 0, NULL, ""};
    static const struct toc_notice_kind other = {0, TOC_SCREENED_OTHER_NOTICE, NULL, 0, NULL, ""};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (kinds[i].code == code) {
            return &kinds[i];
        }
    }
    return code >= PERSONAL_FIRST && code <= PERSONAL_LAST ? &personal : &other;
}
