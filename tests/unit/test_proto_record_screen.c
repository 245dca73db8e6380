#include "runner.h"
#include "screen.h"
#include <stdio.h>
#include <string.h>

/* The lists of PROTOCOL.md 12.2. */
#define SUFFIX_WORDS "cbc ccc cic cio corp gmbh inc llc llp ltd plc scio unltd"
#define LAST_WORDS "ag bv lp nv pty sa spa srl"
#define PERSON_WORDS "decd deceased esq executor executors exors miss mr mrs mx"
#define TITLE_WORDS "dame dr lady lord ms prof professor rev reverend sir"
#define REDACTED_WORDS "redact redacted redaction redactions withheld"
#define ORGANISATION_WORDS                                                                         \
    "academies academy agency ambulance association associations authority bank board "            \
    "borough charity church club co college commission committee consortium coop "                 \
    "cooperative council councils department diocese federation force forum "                      \
    "foundation group guild holdings hospice hospital hospitals housing infirmary "                \
    "institute institution library ministry museum network nhs office organisation "               \
    "parish partnership police school schools service services society systems "                   \
    "theatre trust trustees union university"
#define NOBODY_WORDS                                                                               \
    "adopter adopters anonymised bursaries bursary carer carers claimant claimants "               \
    "client clients confidential confidentiality customer customers employee "                     \
    "employees foster fosterer fosterers fostering guardian guardians individual "                 \
    "individuals occupier parent parents payee payees payment payments personal pupil "            \
    "pupils recipient recipients resident residents sensitive sensitivity staff "                  \
    "student students sundry tenant tenants trader traders user users various"
#define FILLER_WORDS                                                                               \
    "account accounts adoption allowance allowances and care child children "                      \
    "commercial commerical creditor creditors data details direct fee fees for fund "              \
    "grant home information kinship misc miscellaneous multiple name names not of off "            \
    "one other per placement private proprietor refund refunds removed scheme shown "              \
    "sole special supplier suppliers supported the time to vendor vendors young"

struct row {
    const char *name;
    const char *scheme;
    const char *id;
    enum toc_screen screen;
};

static const struct row rows[] = {
    {"Acme Limited", "", "", TOC_SCREEN_KEEP},
    {"ACME LTD.", "", "", TOC_SCREEN_KEEP},
    {"Acme Limited (UK)", "", "", TOC_SCREEN_KEEP},
    {"Marstons holdings plc", "", "", TOC_SCREEN_KEEP},
    {"Smith & Jones LLP", "", "", TOC_SCREEN_KEEP},
    {"Cwmni Da Cyfyngedig", "", "", TOC_SCREEN_KEEP},
    {"Creating Enterprise C.I.C", "", "", TOC_SCREEN_KEEP},
    {"Redactive Publishing Ltd", "", "", TOC_SCREEN_KEEP},
    {"Senator International Limited Trading As The Senator Group", "", "", TOC_SCREEN_KEEP},
    {"Dr Example Limited", "", "", TOC_SCREEN_KEEP},
    {"Sense", "GB-CHC", "289868", TOC_SCREEN_KEEP},
    {"Somebody", "GB-COH", "01323955", TOC_SCREEN_KEEP},
    {"Somebody", "gb-coh", "SC123456", TOC_SCREEN_KEEP},
    {"Mr J Example", "GB-COH", "01323955", TOC_SCREEN_KEEP}, /* the number says who it is */
    {"J Example T/A Example Paving", "GB-COH", "01323955", TOC_SCREEN_KEEP},
    {"Somebody", "GB-LAE", "LDS", TOC_SCREEN_KEEP},
    {"CARE UNIQUE LTD", "", "", TOC_SCREEN_KEEP},
    {"INDIVIDUAL ENTERTAINMENT LTD", "", "", TOC_SCREEN_KEEP},
    {"FOSTER CARE ASSOCIATES LTD", "", "", TOC_SCREEN_KEEP},
    {"Dr Oetker (UK) Ltd", "", "", TOC_SCREEN_KEEP},
    {"Mrs Crimbles Ltd", "", "", TOC_SCREEN_KEEP},
    {"ABC Ltd T/A Smith Plumbing", "", "", TOC_SCREEN_KEEP},
    {"EO Associates Ltd (Trading as EOA Systems)", "", "", TOC_SCREEN_KEEP},
    {"Cobleys Llp Client Account", "", "", TOC_SCREEN_KEEP},
    {"J T A Smith Ltd", "", "", TOC_SCREEN_KEEP}, /* initials, not "trading as" */
    {"Personal Data Solutions Ltd", "", "", TOC_SCREEN_KEEP},
    {"Caerphilly CBC", "", "", TOC_SCREEN_KEEP},
    {"Example AG", "", "", TOC_SCREEN_KEEP},
    {"Limited", "", "", TOC_SCREEN_HOLD}, /* a suffix of nothing */
    {"AG Example", "", "", TOC_SCREEN_HOLD},
    {"Jane Example", "", "", TOC_SCREEN_HOLD},
    {"J T A Smith", "", "", TOC_SCREEN_HOLD},
    {"Example Council", "", "", TOC_SCREEN_HOLD},
    {"MS Society", "", "", TOC_SCREEN_HOLD},
    {"Sir John Deane's College", "", "", TOC_SCREEN_HOLD},
    {"WITHERSLACK GROUP T/A HALL CLIFFE SCHOOL", "", "", TOC_SCREEN_HOLD},
    {"Calderdale Foster Care Association", "", "", TOC_SCREEN_HOLD},
    {"Carers Leeds", "", "", TOC_SCREEN_HOLD},
    {"Personal Database Systems", "", "", TOC_SCREEN_HOLD},
    {"Ford Motor Company", "", "", TOC_SCREEN_HOLD},
    {"Somebody", "GB-CFS", "241738", TOC_SCREEN_HOLD},          /* a portal's own number */
    {"Somebody", "GB-PPON", "PNRX-3847-DWGL", TOC_SCREEN_HOLD}, /* sole traders have one too */
    {"Somebody", "VAT", "980780684", TOC_SCREEN_HOLD},
    {"Somebody", "GB-COH", "1323955", TOC_SCREEN_HOLD},   /* the importer puts the zero back */
    {"Somebody", "GB-COH", "687687602", TOC_SCREEN_HOLD}, /* a VAT number */
    {"Somebody", "GB-COH", "00000000", TOC_SCREEN_HOLD},
    {"Somebody", "GB-COH", "Not available", TOC_SCREEN_HOLD},
    {"Mr J Example", "", "", TOC_SCREEN_DROP},
    {"Mr. J Example", "", "", TOC_SCREEN_DROP},
    {"MR & MRS EXAMPLE", "", "", TOC_SCREEN_DROP},
    {"EXAMPLE, MISS J", "", "", TOC_SCREEN_DROP},
    {"Mr J Example Services", "", "", TOC_SCREEN_DROP},
    {"Executors of J Example", "", "", TOC_SCREEN_DROP},
    {"Dr A B Khan", "", "", TOC_SCREEN_DROP},
    {"Rev. A Example", "", "", TOC_SCREEN_DROP},
    {"Sir A Example", "", "", TOC_SCREEN_DROP},
    {"J Example t/a Example Paving", "", "", TOC_SCREEN_DROP},
    {"J Example T/A Example Paving Ltd", "", "", TOC_SCREEN_DROP},     /* the person trades */
    {"J T A Example t/a Example Paving Ltd", "", "", TOC_SCREEN_DROP}, /* initials, then a mark */
    {"Various Supplier Refunds of Example", "", "", TOC_SCREEN_DROP},
    {"Smith Plumbing t/a ABC Ltd", "", "", TOC_SCREEN_DROP},
    {"J Example (trading as Example School)", "", "", TOC_SCREEN_DROP},
    {"J Example T/AS Example Paving", "", "", TOC_SCREEN_DROP},
    {"REDACTED PERSONAL DATA", "", "", TOC_SCREEN_DROP},
    {"REDACTED - PERSONAL DATA", "", "", TOC_SCREEN_DROP},
    {"REDACTED-PERSONAL  DATA", "", "", TOC_SCREEN_DROP},
    {"REDACTED COMMERICAL CONFIDENTIALITY", "", "", TOC_SCREEN_DROP},
    {"REDACTED - COMMERCIAL SENSITIVITY", "", "", TOC_SCREEN_DROP},
    {"REDACTED OTHER", "", "", TOC_SCREEN_DROP},
    {"DETAILS REDACTED", "", "", TOC_SCREEN_DROP},
    {"Redacted Supplier Ltd", "", "", TOC_SCREEN_DROP}, /* a suffix makes it no less one */
    {"Redacted", "GB-COH", "01323955", TOC_SCREEN_DROP},
    {"Name withheld", "", "", TOC_SCREEN_DROP},
    {"Commercial Confidentiality", "", "", TOC_SCREEN_DROP},
    {"Foster", "", "", TOC_SCREEN_DROP},
    {"foster carer payments", "", "", TOC_SCREEN_DROP},
    {"Foster Carer 1234 Example", "", "", TOC_SCREEN_DROP},
    {"Direct Payment", "", "", TOC_SCREEN_DROP},
    {"Direct Payments - J Example", "", "", TOC_SCREEN_DROP},
    {"Client", "", "", TOC_SCREEN_DROP},
    {"Bursary Recipient", "", "", TOC_SCREEN_DROP},
    {"Various", "", "", TOC_SCREEN_DROP},
    {"Private Individual", "", "", TOC_SCREEN_DROP},
    {"J Example, sole trader", "", "", TOC_SCREEN_DROP},
    {"Acme Limited", "GB-COH", "QQ123456C", TOC_SCREEN_DROP}, /* the shape of a NI number */
    {"Acme Limited", "", "qq123456c", TOC_SCREEN_DROP},
    {"Acme Limited", "", "NI: AB 12 34 56 C", TOC_SCREEN_DROP},
    {"Acme Limited QQ123456C", "", "", TOC_SCREEN_DROP},
    {"", "", "", TOC_SCREEN_DROP},
    {"\xff\xfe", "", "", TOC_SCREEN_DROP},
};

START_TEST(test_rows)
{
    const struct row *const row = &rows[_i];
    ck_assert_msg(toc_screen_supplier(row->name, row->scheme, row->id) == row->screen,
                  "\"%s\" %s %s", row->name, row->scheme, row->id);
}
END_TEST

START_TEST(test_long_name_is_dropped)
{
    char name[2000];
    memset(name, 'a', sizeof name);
    memcpy(name + sizeof name - 5, " ltd", 5);
    ck_assert_int_eq(toc_screen_supplier(name, "", ""), TOC_SCREEN_DROP);
}
END_TEST

START_TEST(test_registry_id_lengths)
{
    ck_assert(!toc_screen_registry_id("GB-CHC", ""));
    ck_assert(!toc_screen_registry_id("GB-CHC", "12345"));
    ck_assert(toc_screen_registry_id("GB-CHC", "123456"));
    ck_assert(toc_screen_registry_id("XI-LEI", "213800WAVVOPS85N2205"));
    ck_assert(!toc_screen_registry_id("XI-LEI", "213800WAVVOPS85N2206"));
    ck_assert(!toc_screen_registry_id("GB-GOR", "1"));
    ck_assert(toc_screen_registry_id("GB-GOR", "12"));
    ck_assert(toc_screen_registry_id("gb-gor", "12345678-012345678-0"));
    ck_assert(!toc_screen_registry_id("GB-GOR", "12345678-012345678-01"));
    ck_assert(!toc_screen_registry_id("GB-GOR", "12 34"));
    ck_assert(!toc_screen_registry_id("GB-GOR", "AB123456C"));
    ck_assert(!toc_screen_registry_id("GB-CHC", "12 34"));
    ck_assert(!toc_screen_registry_id("", "289868"));
}
END_TEST

/* Each word in its place, so that the table is in order and each kind does what it is for. */
START_TEST(test_words)
{
    static const struct {
        const char *words;
        const char *before;
        const char *after;
        enum toc_screen screen;
    } lists[] = {
        {SUFFIX_WORDS, "example ", " x", TOC_SCREEN_KEEP},
        {LAST_WORDS, "example ", "", TOC_SCREEN_KEEP},
        {PERSON_WORDS, "example school ", " x", TOC_SCREEN_DROP},
        {TITLE_WORDS, "", " example", TOC_SCREEN_DROP},
        {REDACTED_WORDS, "example ", " ltd", TOC_SCREEN_DROP},
        {ORGANISATION_WORDS, "sir example ", " t/a x", TOC_SCREEN_HOLD},
        {NOBODY_WORDS, "", "", TOC_SCREEN_DROP},
        {FILLER_WORDS, "client ", "", TOC_SCREEN_DROP},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const char *at = lists[i].words; *at != '\0';) {
            const size_t len = strcspn(at, " ");
            char name[100];
            (void)snprintf(name, sizeof name, "%s%.*s%s", lists[i].before, (int)len, at,
                           lists[i].after);
            ck_assert_msg(toc_screen_supplier(name, "", "") == lists[i].screen, "%s", name);
            at += len + (at[len] == ' ' ? 1 : 0);
        }
    }
    ck_assert_int_eq(toc_screen_supplier("example sir", "", ""), TOC_SCREEN_HOLD);
    ck_assert_int_eq(toc_screen_supplier("refund account", "", ""), TOC_SCREEN_HOLD);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("screen");
    TCase *const tcase = tcase_create("screen");
    tcase_add_loop_test(tcase, test_rows, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tcase, test_words);
    tcase_add_test(tcase, test_long_name_is_dropped);
    tcase_add_test(tcase, test_registry_id_lengths);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
