#include "chain.h"

#include "runner.h"

static const struct toc_hash here = {{1}};
static const struct toc_hash elsewhere = {{2}};

/* A log that is held to sequence 10, in epoch 3, made under roster 4; the newest roster is 5. */
static const struct toc_chain held = {
    .next_sequence = 11, .head = {{1}}, .roster_version = 4, .epoch = 3};

static struct toc_batch_header fits(void)
{
    return (struct toc_batch_header){
        .first_sequence = 11, .count = 3, .previous_head = here, .roster_version = 4, .epoch = 3};
}

static enum toc_place place(const struct toc_batch_header *header)
{
    return toc_chain_place(&held, header, 5);
}

START_TEST(where_it_begins)
{
    struct toc_batch_header header = fits();

    ck_assert_int_eq(place(&header), TOC_PLACE_NEXT);
    header.first_sequence = 10;
    ck_assert_int_eq(place(&header), TOC_PLACE_HELD);
    header.first_sequence = 1;
    header.roster_version = 99; /* what is held is compared before anything else is asked */
    ck_assert_int_eq(place(&header), TOC_PLACE_HELD);
    header.first_sequence = 12;
    ck_assert_int_eq(place(&header), TOC_PLACE_GAP);
    header.first_sequence = UINT64_MAX;
    ck_assert_int_eq(place(&header), TOC_PLACE_GAP);
}
END_TEST

START_TEST(what_it_follows)
{
    struct toc_batch_header header = fits();

    header.previous_head = elsewhere;
    ck_assert_int_eq(place(&header), TOC_PLACE_FORK);
    header.roster_version = 6; /* not to be judged before that roster is held */
    ck_assert_int_eq(place(&header), TOC_PLACE_ROSTER_AHEAD);
}
END_TEST

START_TEST(roster_versions)
{
    struct toc_batch_header header = fits();

    header.roster_version = 5;
    ck_assert_int_eq(place(&header), TOC_PLACE_NEXT);
    header.roster_version = 6;
    ck_assert_int_eq(place(&header), TOC_PLACE_ROSTER_AHEAD);
    header.roster_version = 3; /* it never falls */
    ck_assert_int_eq(place(&header), TOC_PLACE_REFUSED);
}
END_TEST

START_TEST(epochs)
{
    static const struct {
        uint32_t held, epoch;
        bool opens;
        enum toc_place place;
    } rows[] = {
        {3, 3, false, TOC_PLACE_NEXT},    {3, 4, true, TOC_PLACE_NEXT},
        {3, 4, false, TOC_PLACE_REFUSED}, {3, 3, true, TOC_PLACE_REFUSED},
        {3, 5, true, TOC_PLACE_REFUSED},  {3, 2, false, TOC_PLACE_REFUSED},
        {3, 2, true, TOC_PLACE_REFUSED},  {0, 1, true, TOC_PLACE_NEXT},
        {0, 1, false, TOC_PLACE_REFUSED}, {0, 0, false, TOC_PLACE_REFUSED},
        {0, 2, true, TOC_PLACE_REFUSED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct toc_chain chain = held;
        struct toc_batch_header header = fits();
        chain.epoch = rows[i].held;
        header.epoch = rows[i].epoch;
        header.opens_epoch = rows[i].opens;
        ck_assert_msg(toc_chain_place(&chain, &header, 5) == rows[i].place, "row %zu", i);
    }
}
END_TEST

START_TEST(sequences_do_not_wrap)
{
    struct toc_chain chain = held;
    struct toc_batch_header header = fits();

    chain.next_sequence = UINT64_MAX - 2;
    header.first_sequence = chain.next_sequence;
    header.count = 2;
    ck_assert_int_eq(toc_chain_place(&chain, &header, 5), TOC_PLACE_NEXT);
    header.count = 3;
    ck_assert_int_eq(toc_chain_place(&chain, &header, 5), TOC_PLACE_REFUSED);
}
END_TEST

START_TEST(it_grows)
{
    struct toc_chain chain = held;
    struct toc_batch_header header = fits();

    header.roster_version = 5;
    header.epoch = 4;
    toc_chain_advance(&chain, &header, &elsewhere);
    ck_assert_uint_eq(chain.next_sequence, 14);
    ck_assert(toc_hash_equal(&chain.head, &elsewhere));
    ck_assert_uint_eq(chain.roster_version, 5);
    ck_assert_uint_eq(chain.epoch, 4);
    ck_assert_int_eq(toc_chain_place(&chain, &header, 5), TOC_PLACE_HELD);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("chain");
    TCase *tcase = tcase_create("place");

    tcase_add_test(tcase, where_it_begins);
    tcase_add_test(tcase, what_it_follows);
    tcase_add_test(tcase, roster_versions);
    tcase_add_test(tcase, epochs);
    tcase_add_test(tcase, sequences_do_not_wrap);
    tcase_add_test(tcase, it_grows);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
