/* The table of routing ids: found by id and by number, bounded, in order of use. */
#include "net_links.h"
#include "runner.h"

#include <stdio.h>
#include <string.h>

static struct toc_net_links links;

static void setup(void)
{
    ck_assert_int_eq(toc_net_links_init(&links, 5000), TOC_OK);
}

static void teardown(void)
{
    toc_net_links_done(&links);
}

static struct toc_bytes id_of(char text[16], toc_link link)
{
    (void)snprintf(text, 16, "id-%u", link);
    return toc_bytes_text(text);
}

static struct toc_net_link *add(toc_link link)
{
    char text[16];
    struct toc_net_link *entry = NULL;
    ck_assert_int_eq(toc_net_links_add(&links, id_of(text, link), link, &entry), TOC_OK);
    ck_assert_uint_eq(entry->link, link);
    return entry;
}

START_TEST(what_was_added_is_found_both_ways)
{
    char text[16];
    for (toc_link link = 1; link <= 5000; link++) {
        (void)add(link);
    }
    ck_assert_uint_eq(links.len, 5000);
    for (toc_link link = 1; link <= 5000; link++) {
        struct toc_net_link *entry = toc_net_links_find(&links, id_of(text, link));
        ck_assert_ptr_nonnull(entry);
        ck_assert_uint_eq(entry->link, link);
        ck_assert_ptr_eq(toc_net_links_get(&links, link), entry);
    }
    struct toc_net_link *entry = NULL;
    ck_assert_int_eq(toc_net_links_add(&links, toc_bytes_text("full"), 5001, &entry), TOC_TOOBIG);
    for (toc_link link = 2; link <= 5000; link += 2) {
        entry = toc_net_links_get(&links, link);
        toc_net_links_remove(&links, &entry);
        ck_assert_ptr_null(entry);
    }
    ck_assert_uint_eq(links.len, 2500);
    for (toc_link link = 1; link <= 5000; link++) {
        entry = toc_net_links_find(&links, id_of(text, link));
        ck_assert_ptr_eq(toc_net_links_get(&links, link), entry);
        ck_assert_int_eq(entry != NULL, link % 2);
    }
}
END_TEST

START_TEST(an_id_has_a_length)
{
    uint8_t id[TOC_NET_ROUTING_ID_MAX + 1];
    struct toc_net_link *entry = NULL;
    memset(id, 'x', sizeof id);
    ck_assert_int_eq(toc_net_links_add(&links, toc_bytes_of(NULL, 0), 1, &entry), TOC_MALFORMED);
    ck_assert_int_eq(toc_net_links_add(&links, toc_bytes_of(id, sizeof id), 1, &entry), TOC_TOOBIG);
    ck_assert_ptr_null(entry);
    const struct toc_bytes most = toc_bytes_of(id, TOC_NET_ROUTING_ID_MAX);
    ck_assert_int_eq(toc_net_links_add(&links, most, 1, &entry), TOC_OK);
    ck_assert_ptr_eq(toc_net_links_find(&links, most), entry);
    ck_assert_ptr_null(toc_net_links_find(&links, toc_bytes_of(id, TOC_NET_ROUTING_ID_MAX - 1)));
    ck_assert_ptr_null(toc_net_links_get(&links, 0));
}
END_TEST

START_TEST(the_longest_silent_is_the_oldest)
{
    struct toc_net_link *one = add(1);
    struct toc_net_link *two = add(2);
    struct toc_net_link *three = add(3);
    ck_assert_ptr_eq(links.oldest, one);
    toc_net_links_touch(&links, one);
    ck_assert_ptr_eq(links.oldest, two);
    ck_assert_ptr_eq(links.newest, one);
    toc_net_links_touch(&links, one);
    toc_net_links_touch(&links, three);
    ck_assert_ptr_eq(links.oldest, two);
    toc_net_links_remove(&links, &two);
    ck_assert_ptr_eq(links.oldest, one);
    ck_assert_ptr_eq(links.newest, three);
    toc_net_links_remove(&links, &three);
    ck_assert_ptr_eq(links.newest, one);
    toc_net_links_remove(&links, &one);
    ck_assert_ptr_null(links.newest);
    ck_assert_ptr_null(links.oldest);
}
END_TEST

START_TEST(links_of_a_key_are_counted)
{
    const uint8_t key[TOC_BOX_KEY_LEN] = {1};
    const uint8_t other[TOC_BOX_KEY_LEN] = {2};
    struct toc_net_link *oldest = NULL;
    ck_assert_uint_eq(toc_net_links_of_key(&links, key, &oldest), 0);
    ck_assert_ptr_null(oldest);
    for (toc_link link = 1; link <= 6; link++) {
        memcpy(add(link)->key, link % 2 == 0 ? key : other, TOC_BOX_KEY_LEN);
    }
    ck_assert_uint_eq(toc_net_links_of_key(&links, key, &oldest), 3);
    ck_assert_uint_eq(oldest->link, 2);
    toc_net_links_touch(&links, oldest);
    ck_assert_uint_eq(toc_net_links_of_key(&links, key, &oldest), 3);
    ck_assert_uint_eq(oldest->link, 4);
}
END_TEST

/* Its routing id is another's at once; the engine still has to hear of its number. */
START_TEST(what_is_retired_has_its_number_alone)
{
    char text[16];
    const uint8_t key[TOC_BOX_KEY_LEN] = {1};
    struct toc_net_link *oldest = NULL;
    struct toc_net_link *old = add(1);
    memcpy(old->key, key, TOC_BOX_KEY_LEN);
    toc_net_links_retire(&links, old);
    ck_assert_ptr_null(toc_net_links_find(&links, id_of(text, 1)));
    ck_assert_ptr_eq(toc_net_links_get(&links, 1), old);
    ck_assert_uint_eq(toc_net_links_of_key(&links, key, &oldest), 0);
    ck_assert_uint_eq(links.pending, 1);
    toc_net_links_retire(&links, old);
    ck_assert_uint_eq(links.pending, 1);
    struct toc_net_link *entry = NULL;
    ck_assert_int_eq(toc_net_links_add(&links, id_of(text, 1), 2, &entry), TOC_OK);
    toc_net_links_remove(&links, &old);
    ck_assert_ptr_eq(toc_net_links_find(&links, id_of(text, 1)), entry);
    ck_assert_uint_eq(links.pending, 0);
    ck_assert_uint_eq(links.len, 1);
}
END_TEST

START_TEST(what_is_pending_goes_with_its_entry)
{
    struct toc_net_link *entry = add(1);
    entry->gone = true;
    links.pending++;
    toc_net_links_remove(&links, &entry);
    ck_assert_uint_eq(links.pending, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon net links");
    TCase *tcase = tcase_create("links");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_was_added_is_found_both_ways);
    tcase_add_test(tcase, an_id_has_a_length);
    tcase_add_test(tcase, the_longest_silent_is_the_oldest);
    tcase_add_test(tcase, links_of_a_key_are_counted);
    tcase_add_test(tcase, what_is_retired_has_its_number_alone);
    tcase_add_test(tcase, what_is_pending_goes_with_its_entry);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
