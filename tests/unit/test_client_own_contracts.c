#include "own_contracts.h"
#include "runner.h"
#include <string.h>

static json_t *loaded(const char *text)
{
    json_error_t error;
    json_t *const json = json_loads(text, 0, &error);
    ck_assert_msg(json != NULL, "%s", error.text);
    return json;
}

START_TEST(test_order_of_ends)
{
    json_t *contracts = loaded("[{\"id\":\"c1\",\"end\":null,\"title\":\"B\"},"
                               "{\"id\":\"c2\",\"end\":\"2027-03-31\",\"reference\":\"2\"},"
                               "{\"id\":\"c3\",\"end\":\"2026-03-31\",\"reference\":\"9\"},"
                               "{\"id\":\"c4\",\"end\":\"2027-03-31\",\"reference\":\"1\"},"
                               "{\"id\":\"c6\",\"title\":\"A\"},{\"id\":\"c5\",\"title\":\"A\"}]");
    static const char *const ids[] = {"c3", "c4", "c2", "c5", "c6", "c1"};
    ck_assert_int_eq(toc_own_contracts_sort(&contracts), TOC_OK);
    ck_assert_uint_eq(json_array_size(contracts), 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_str_eq(toc_field_text(json_array_get(contracts, i), "id"), ids[i]);
    }
    json_decref(contracts);
    contracts = json_array();
    ck_assert_int_eq(toc_own_contracts_sort(&contracts), TOC_OK);
    ck_assert_uint_eq(json_array_size(contracts), 0);
    json_decref(contracts);
}
END_TEST

START_TEST(test_which_are_wanted)
{
    static const struct {
        const char *contract;
        bool dated, incomplete, wanted;
    } rows[] = {
        {"{}", false, false, true},
        {"{}", true, false, false},
        {"{\"end\":null}", true, false, false},
        {"{\"end\":\"2026-03-31\"}", true, false, false},
        {"{\"end\":\"2026-04-01\"}", true, false, true},
        {"{\"end\":\"2026-10-01\"}", true, false, true},
        {"{\"end\":\"2026-10-02\"}", true, false, false},
        {"{\"missing\":[]}", false, true, false},
        {"{}", false, true, false},
        {"{\"missing\":[\"EndDate\"]}", false, true, true},
        {"{\"missing\":[\"EndDate\"]}", true, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct toc_own_contracts_filter filter = {.incomplete = rows[i].incomplete};
        json_t *const contract = loaded(rows[i].contract);
        if (rows[i].dated) {
            memcpy(filter.from, "2026-04-01", sizeof filter.from);
            memcpy(filter.until, "2026-10-01", sizeof filter.until);
        }
        ck_assert_msg(toc_own_contracts_wanted(contract, &filter) == rows[i].wanted, "%s",
                      rows[i].contract);
        json_decref(contract);
    }
}
END_TEST

START_TEST(test_gaps_by_field)
{
    json_t *const contracts = loaded("[{\"missing\":[\"ReviewDate\",\"EndDate\"]},{},"
                                     "{\"missing\":[\"ReviewDate\",7]},{\"missing\":[]},"
                                     "{\"missing\":[\"Description\"]}]");
    json_t *const gaps = toc_own_contracts_gaps(contracts);
    json_t *const wanted = loaded("[{\"field\":\"ReviewDate\",\"contracts\":2},"
                                  "{\"field\":\"Description\",\"contracts\":1},"
                                  "{\"field\":\"EndDate\",\"contracts\":1}]");
    ck_assert(json_equal(gaps, wanted));
    json_decref(wanted);
    json_decref(gaps);
    json_decref(contracts);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("own_contracts");
    TCase *const tcase = tcase_create("own_contracts");
    tcase_add_test(tcase, test_order_of_ends);
    tcase_add_test(tcase, test_which_are_wanted);
    tcase_add_test(tcase, test_gaps_by_field);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
