#include "ensure.h"
#include "import_json.h"
#include "import_ocds_map.h"
#include "suppliername.h"
#include <stdio.h>
#include <string.h>

/* A text folded as names are, with a space at both ends, so that " dps " is a word. */
#define WORDS_LEN_MAX (TOC_FOLD_LEN_MAX + 3)

static void fold_words(const char *text, char ret_words[WORDS_LEN_MAX])
{
    char cut[TOC_FOLD_LEN_MAX / 2 + 1];
    char folded[TOC_FOLD_LEN_MAX + 1];
    size_t len = strnlen(text, sizeof cut - 1);
    while (len > 0 && ((unsigned char)text[len] & 0xc0U) == 0x80U) {
        len--; /* not in the middle of a character */
    }
    memcpy(cut, text, len);
    cut[len] = '\0';
    if (toc_name_fold(cut, folded) != TOC_OK) {
        folded[0] = '\0';
    }
    (void)snprintf(ret_words, WORDS_LEN_MAX, " %s ", folded);
}

/* English and Welsh; a kind that says more comes first. */
static enum toc_framework_kind kind_of_words(const char *words)
{
    static const struct {
        const char *phrase;
        enum toc_framework_kind kind;
    } rows[] = {
        {" dynamic purchasing ", TOC_FRAMEWORK_DPS},
        {" dps ", TOC_FRAMEWORK_DPS},
        {" brynu ddynamig ", TOC_FRAMEWORK_DPS},
        {" brynu deinamig ", TOC_FRAMEWORK_DPS},
        {" prynu dynamig ", TOC_FRAMEWORK_DPS},
        {" prynu deinamig ", TOC_FRAMEWORK_DPS},
        {" dynamic market ", TOC_FRAMEWORK_DYNAMIC_MARKET},
        {" marchnad ddynamig ", TOC_FRAMEWORK_DYNAMIC_MARKET},
        {" marchnad ddeinamig ", TOC_FRAMEWORK_DYNAMIC_MARKET},
        {" open framework ", TOC_FRAMEWORK_OPEN_FRAMEWORK},
        {" framework ", TOC_FRAMEWORK_FRAMEWORK},
        {" frameworks ", TOC_FRAMEWORK_FRAMEWORK},
        {" fframwaith ", TOC_FRAMEWORK_FRAMEWORK},
        {" fframweithiau ", TOC_FRAMEWORK_FRAMEWORK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strstr(words, rows[i].phrase) != NULL) {
            return rows[i].kind;
        }
    }
    return (enum toc_framework_kind)0;
}

/* "Call-off from a framework agreement", "Direct Award from a Framework Contract", "Further
 * Competition - Framework": Contracts Finder says it nowhere but in free text. */
static bool says_call_off(const char *details)
{
    char words[WORDS_LEN_MAX];
    fold_words(details, words);
    const bool names_one = kind_of_words(words) != 0;
    return strstr(words, " call off ") != NULL ||
           (names_one &&
            (strstr(words, " from a ") != NULL || strstr(words, " further competition ") != NULL ||
             strstr(words, " mini competition ") != NULL));
}

static enum toc_framework_kind stated_kind(const json_t *techniques)
{
    if (toc_json_true(techniques, "hasDynamicPurchasingSystem")) {
        return TOC_FRAMEWORK_DPS;
    }
    if (toc_json_true(techniques, "frameworkAgreement.isOpenFrameworkScheme")) {
        return TOC_FRAMEWORK_OPEN_FRAMEWORK;
    }
    const bool agreement = json_is_object(toc_json_at(techniques, "frameworkAgreement"));
    const json_t *const has = toc_json_at(techniques, "hasFrameworkAgreement");
    return json_is_true(has) || (agreement && !json_is_false(has)) ? TOC_FRAMEWORK_FRAMEWORK
                                                                   : (enum toc_framework_kind)0;
}

static const char *parent_of(const json_t *release)
{
    const json_t *const related = toc_json_at(release, "relatedProcesses");
    for (size_t i = 0; i < json_array_size(related); i++) {
        const json_t *const process = json_array_get(related, i);
        if (toc_json_lists(process, "relationship", "framework")) {
            return toc_json_text(process, "identifier");
        }
    }
    return NULL;
}

struct toc_ocds_kind toc_ocds_kind_of(const json_t *release)
{
    char words[WORDS_LEN_MAX];
    const json_t *const techniques = toc_json_at(release, "tender.techniques");
    const enum toc_framework_kind stated = stated_kind(techniques);
    const char *const parent = parent_of(release);
    fold_words(toc_json_text(release, "tender.title"), words);
    const enum toc_framework_kind titled = kind_of_words(words);
    if (stated == TOC_FRAMEWORK_FRAMEWORK && titled != 0 && titled != stated) {
        /* Portals without a box for a dynamic purchasing system tick "framework" and say so in the
         * title: the title says more. */
        return (struct toc_ocds_kind){.kind = titled, .inferred = true, .parent = ""};
    }
    if (stated != 0) {
        return (struct toc_ocds_kind){.kind = stated, .parent = ""};
    }
    if (parent != NULL) {
        return (struct toc_ocds_kind){.kind = TOC_FRAMEWORK_CALL_OFF, .parent = parent};
    }
    if (says_call_off(toc_json_text(release, "tender.procurementMethodDetails"))) {
        return (struct toc_ocds_kind){
            .kind = TOC_FRAMEWORK_CALL_OFF, .inferred = true, .parent = ""};
    }
    if (json_is_false(toc_json_at(techniques, "hasFrameworkAgreement"))) {
        return (struct toc_ocds_kind){.parent = ""}; /* the title only mentions one */
    }
    return (struct toc_ocds_kind){.kind = titled, .inferred = true, .parent = ""};
}
