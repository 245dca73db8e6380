#include "csvfile.h"
#include "ensure.h"
#include "import_gazette_notice.h"
#include <string.h>

enum column { CODE, NAME, NUMBER, DATE, ID, COLUMNS };
enum { NO_COLUMN = TOC_CSV_CELLS_MAX };

static const struct {
    const char *name;
    const char *folded;
    bool needed;
} headings[COLUMNS] = {
    [CODE] = {"notice_code", "noticecode", true},
    [NAME] = {"company_name", "companyname", true},
    [NUMBER] = {"company_number", "companynumber", false},
    [DATE] = {"date", "date", true},
    [ID] = {"notice_id", "noticeid", true},
};

struct reading {
    const struct toc_own *own;
    struct toc_findings *findings;
    bool has_columns;
    size_t columns[COLUMNS];
};

const char *toc_gazette_template(void)
{
    return "notice_code,company_name,company_number,date,notice_id\r\n";
}

static enum toc_result read_headings(struct reading *reading, const struct toc_csv_row *row,
                                     struct toc_why *why)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        reading->columns[i] = NO_COLUMN;
        for (size_t j = 0; j < row->cells_len && reading->columns[i] == NO_COLUMN; j++) {
            char folded[TOC_CSV_HEADING_MAX + 1];
            toc_csv_heading_fold(row->cells[j], folded);
            if (strcmp(folded, headings[i].folded) == 0) {
                reading->columns[i] = j;
            }
        }
        if (reading->columns[i] == NO_COLUMN && headings[i].needed) {
            return toc_fail(why, TOC_INVALID,
                            "row %zu: has no column %s (see 'tocsin import gazette --template')",
                            row->number, headings[i].name);
        }
    }
    reading->has_columns = true;
    return TOC_OK;
}

static const char *cell(const struct reading *reading, const struct toc_csv_row *row,
                        enum column column)
{
    const size_t place = reading->columns[column];
    return place < row->cells_len ? row->cells[place] : "";
}

static enum toc_result on_row(void *owner, const struct toc_csv_row *row, struct toc_why *why)
{
    struct reading *const reading = owner;
    if (!reading->has_columns) {
        return read_headings(reading, row, why);
    }
    const struct toc_notice notice = {.row = row->number,
                                      .code = cell(reading, row, CODE),
                                      .name = cell(reading, row, NAME),
                                      .number = cell(reading, row, NUMBER),
                                      .date = cell(reading, row, DATE),
                                      .id = cell(reading, row, ID)};
    const enum toc_result result = toc_notice_take(reading->own, &notice, reading->findings);
    return result == TOC_OK ? TOC_OK : toc_fail(why, result, "row %zu: no memory", row->number);
}

enum toc_result toc_gazette_read_csv(struct toc_bytes file, const struct toc_own *own,
                                     struct toc_findings *findings, struct toc_why *why)
{
    TOC_AUTO(toc_csv_free) struct toc_csv *csv = NULL;
    struct reading reading = {.own = own, .findings = findings};
    if (toc_csv_new(on_row, &reading, &csv) != TOC_OK) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    TOC_TRY(toc_csv_feed(csv, file, why));
    return toc_csv_end(csv, why);
}
