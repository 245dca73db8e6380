#include "record_words.h"
#include "figures.h"
#include <stdio.h>
#include <string.h>

static void exposure_words(const json_t *record, char *ret_text)
{
    const unsigned year = (unsigned)toc_field_number(record, "year");
    const unsigned months = toc_months_of(toc_field_array(record, "months"), year);
    char year_text[TOC_YEAR_TEXT_LEN + 1];
    char months_text[TOC_MONTHS_TEXT_LEN + 1];
    char pounds[TOC_POUNDS_TEXT_LEN + 1];
    toc_year_text(year, year_text);
    toc_months_text(months, months_text);
    toc_pounds_text(toc_field_number(record, "spend"), pounds);
    (void)snprintf(ret_text, TOC_RECORD_WORDS_LEN + 1, "%s, %s (%s): %s", pounds, year_text,
                   months_text, toc_field_text(record, "name"));
}

void toc_record_words(const json_t *record, char *ret_text)
{
    const char *const type = toc_field_text(record, "type");
    const char *const title = toc_field_text(record, "title");
    if (strcmp(type, "exposure") == 0) {
        exposure_words(record, ret_text);
    } else {
        (void)snprintf(ret_text, TOC_RECORD_WORDS_LEN + 1, "%s", title[0] != '\0' ? title : type);
    }
}
