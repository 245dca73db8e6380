/* bench-companies ROWS FILE: writes a seeded file like the snapshot of the register of companies,
 * and reads it three times in turn: by a bare libcsv, which only counts, and by the importer, for
 * 5,000 own suppliers. The best of each, in rows a second of processor time (others may use the
 * machine), as one JSON object. */
#include "import_companies.h"
#include "measure.h"
#include "suppliername.h"
#include <csv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUPPLIERS = 5000, CHUNK = 256 * 1024, TURNS = 3, TODAY = 20605, FORMER_NAMES = 10 };

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

/* xorshift64*: the same file every time. */
static unsigned draw(unsigned below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * UINT64_C(0x2545f4914f6cdd1d) >> 33) % below);
}

/* One of 8,000 words, some far more often than others, as in the register. */
static void draw_word(char ret_word[16])
{
    static const char *const parts[] = {"AIR", "BEC", "CAL", "DAL", "EL",  "FOU", "GRA",
                                        "HAR", "IV",  "JUB", "KIR", "LIN", "MIL", "NOR",
                                        "OAK", "PEN", "QUA", "RID", "SUM", "THO"};
    enum { PARTS = sizeof parts / sizeof parts[0], WORDS = PARTS * PARTS * PARTS, SKEW = 1000 };
    const unsigned word = draw(WORDS) * draw(SKEW) / SKEW;
    (void)snprintf(ret_word, 16, "%s%s%s", parts[word / PARTS / PARTS], parts[word % PARTS],
                   parts[word / PARTS % PARTS]);
}

static void draw_name(char ret_name[100])
{
    static const char *const middles[] = {"",        " SERVICES", " CARE",
                                          " & SONS", " HOLDINGS", " (UK)"};
    static const char *const ends[] = {"LIMITED", "LTD", "LTD.", "PLC", "LLP", "LIMITED"};
    char one[16];
    char two[16];
    draw_word(one);
    draw_word(two);
    (void)snprintf(ret_name, 100, "%s %s%s %s", one, draw(4) == 0 ? "" : two,
                   middles[draw(sizeof middles / sizeof middles[0])],
                   ends[draw(sizeof ends / sizeof ends[0])]);
}

static void write_row(FILE *file, unsigned number)
{
    char name[100];
    char former[100] = "";
    draw_name(name);
    if (draw(10) == 0) {
        draw_name(former);
    }
    fprintf(
        file,
        "\"%s\",\"%08u\",\"\",\"\",\"%u HIGH STREET\",\"\",\"LEEDS\",\"WEST "
        "YORKSHIRE\",\"ENGLAND\","
        "\"LS1 %uAB\",\"Private Limited Company\",\"Active\",\"United Kingdom\",\"\",\"%02u/%02u/"
        "20%02u\",\"31\",\"3\",\"31/12/2026\",\"31/03/2025\",\"TOTAL EXEMPTION "
        "FULL\",\"\",\"\",\"0\","
        "\"0\",\"0\",\"0\",\"62012 - Business and domestic software "
        "development\",\"\",\"\",\"\",\"0\","
        "\"0\",\"http://business.data.gov.uk/id/company/%08u\",\"\",\"%s\"",
        name, number, draw(300) + 1, draw(9) + 1, draw(28) + 1, draw(12) + 1, draw(25), number,
        former);
    for (int i = 1; i < FORMER_NAMES; i++) {
        fputs(",\"\",\"\"", file);
    }
    fputs(",\"12/12/2026\",\"28/11/2025\"\r\n", file);
}

static void write_file(const char *path, unsigned rows)
{
    FILE *const file = fopen(path, "wb");
    if (file == NULL) {
        toc_measure_die("%s: cannot be written", path);
    }
    fputs(
        "CompanyName, CompanyNumber,RegAddress.CareOf,RegAddress.POBox,RegAddress.AddressLine1, "
        "RegAddress.AddressLine2,RegAddress.PostTown,RegAddress.County,RegAddress.Country,"
        "RegAddress.PostCode,CompanyCategory,CompanyStatus,CountryOfOrigin,DissolutionDate,"
        "IncorporationDate,Accounts.AccountRefDay,Accounts.AccountRefMonth,Accounts.NextDueDate,"
        "Accounts.LastMadeUpDate,Accounts.AccountCategory,Returns.NextDueDate,"
        "Returns.LastMadeUpDate,Mortgages.NumMortCharges,Mortgages.NumMortOutstanding,"
        "Mortgages.NumMortPartSatisfied,Mortgages.NumMortSatisfied,SICCode.SicText_1,"
        "SICCode.SicText_2,SICCode.SicText_3,SICCode.SicText_4,LimitedPartnerships.NumGenPartners,"
        "LimitedPartnerships.NumLimPartners,URI",
        file);
    for (int i = 1; i <= FORMER_NAMES; i++) {
        fprintf(file, ",PreviousName_%d.CONDATE, PreviousName_%d.CompanyName", i, i);
    }
    fputs(",ConfStmtNextDueDate, ConfStmtLastMadeUpDate\r\n", file);
    for (unsigned i = 0; i < rows; i++) {
        write_row(file, i + 1);
    }
    if (fclose(file) != 0) {
        toc_measure_die("%s: cannot be written", path);
    }
}

/* Half of them with a number, half by name alone. */
static struct toc_own *draw_suppliers(unsigned rows)
{
    struct toc_own *own;
    if (toc_own_new(&own) != TOC_OK) {
        toc_measure_die("out of memory");
    }
    for (unsigned i = 0; i < SUPPLIERS; i++) {
        char id[16];
        char number[16] = "";
        char name[100];
        char folded[TOC_FOLD_LEN_MAX + 1];
        (void)snprintf(id, sizeof id, "s%u", i);
        if (i % 2 == 0) {
            (void)snprintf(number, sizeof number, "%08u", draw(rows) + 1);
        }
        draw_name(name);
        if (toc_name_fold(name, folded) != TOC_OK ||
            toc_own_add(own, id, number, number[0] != '\0') != TOC_OK ||
            toc_own_add_name(own, folded) != TOC_OK) {
            toc_measure_die("out of memory");
        }
    }
    return own;
}

struct count {
    uint64_t cells;
    uint64_t rows;
};

static void on_cell(void *text, size_t len, void *owner)
{
    (void)text;
    (void)len;
    ((struct count *)owner)->cells++;
}

static void on_line(int terminator, void *owner)
{
    (void)terminator;
    ((struct count *)owner)->rows++;
}

static uint8_t chunk[CHUNK];

/* Of this program, which has one thread. */
static int64_t processor_us(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) {
        toc_measure_die("no clock of the processor's time");
    }
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t read_bare(FILE *file, uint64_t *ret_cells)
{
    struct csv_parser parser;
    struct count count = {0};
    size_t len;
    rewind(file);
    const int64_t begin = processor_us();
    if (csv_init(&parser, 0) != 0) {
        toc_measure_die("out of memory");
    }
    while ((len = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (csv_parse(&parser, chunk, len, on_cell, on_line, &count) != len) {
            toc_measure_die("libcsv stopped");
        }
    }
    (void)csv_fini(&parser, on_cell, on_line, &count);
    csv_free(&parser);
    *ret_cells = count.cells;
    return processor_us() - begin;
}

static int64_t read_companies(FILE *file, const struct toc_own *own, size_t *ret_suppliers)
{
    struct toc_companies *companies;
    struct toc_why why = {"out of memory"};
    size_t len;
    rewind(file);
    const int64_t begin = processor_us();
    if (toc_companies_new(own, TODAY, &companies) != TOC_OK) {
        toc_measure_die("out of memory");
    }
    while ((len = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (toc_companies_feed(companies, toc_bytes_of(chunk, len), &why) != TOC_OK) {
            toc_measure_die("%s", why.text);
        }
    }
    if (toc_companies_end(companies, &why) != TOC_OK) {
        toc_measure_die("%s", why.text);
    }
    *ret_suppliers = toc_companies_findings(companies)->suppliers;
    toc_companies_free(&companies);
    return processor_us() - begin;
}

int main(int argc, char **argv)
{
    const long rows = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    if (rows < 1 || rows > 100000000) {
        toc_measure_die("usage: bench-companies ROWS FILE");
    }
    write_file(argv[2], (unsigned)rows);
    struct toc_own *own = draw_suppliers((unsigned)rows);
    FILE *const file = fopen(argv[2], "rb");
    if (file == NULL) {
        toc_measure_die("%s: cannot be read", argv[2]);
    }
    int64_t bare_us = INT64_MAX;
    int64_t companies_us = INT64_MAX;
    uint64_t cells = 0;
    size_t suppliers = 0;
    for (int i = 0; i < TURNS; i++) {
        const int64_t bare = read_bare(file, &cells);
        const int64_t companies = read_companies(file, own, &suppliers);
        bare_us = bare < bare_us ? bare : bare_us;
        companies_us = companies < companies_us ? companies : companies_us;
    }
    printf("{\"rows\": %ld, \"bytes\": %ld, \"cells\": %" PRIu64 ", \"suppliers\": %zu, "
           "\"bare_rows_s\": %.0f, \"companies_rows_s\": %.0f}\n",
           rows, ftell(file), cells, suppliers, (double)rows * 1e6 / (double)bare_us,
           (double)rows * 1e6 / (double)companies_us);
    (void)fclose(file);
    toc_own_free(&own);
    return EXIT_SUCCESS;
}
