#include "net_links.h"
#include "ensure.h"
#include <stdlib.h>
#include <string.h>

/* A power of two near the largest table: chains stay short, and two tables are 32 KiB. */
#define BUCKETS 2048

/* FNV-1a. A peer may choose its routing id, and so a chain, but the places of one key are few. */
static size_t bucket_of_id(struct toc_bytes id)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < id.len; i++) {
        hash = (hash ^ id.data[i]) * 16777619U;
    }
    return hash % BUCKETS;
}

static size_t bucket_of_link(toc_link link)
{
    return link % BUCKETS;
}

enum toc_result toc_net_links_init(struct toc_net_links *links, size_t len_max)
{
    struct toc_net_links made = {.len_max = len_max};
    made.by_id = calloc(BUCKETS, sizeof(struct toc_net_link *));
    made.by_link = calloc(BUCKETS, sizeof(struct toc_net_link *));
    if (made.by_id == NULL || made.by_link == NULL) {
        free(made.by_id);
        free(made.by_link);
        return TOC_NOMEM;
    }
    *links = made;
    return TOC_OK;
}

void toc_net_links_done(struct toc_net_links *links)
{
    while (links->newest != NULL) {
        struct toc_net_link *entry = links->newest;
        toc_net_links_remove(links, &entry);
    }
    free(links->by_id);
    free(links->by_link);
    *links = (struct toc_net_links){0};
}

struct toc_net_link *toc_net_links_find(const struct toc_net_links *links, struct toc_bytes id)
{
    struct toc_net_link *entry = links->by_id[bucket_of_id(id)];
    while (entry != NULL && !toc_bytes_equal(toc_bytes_of(entry->id, entry->id_len), id)) {
        entry = entry->next_id;
    }
    return entry;
}

struct toc_net_link *toc_net_links_get(const struct toc_net_links *links, toc_link link)
{
    struct toc_net_link *entry = links->by_link[bucket_of_link(link)];
    while (entry != NULL && entry->link != link) {
        entry = entry->next_link;
    }
    return entry;
}

static void unlink_age(struct toc_net_links *links, struct toc_net_link *entry)
{
    *(entry->newer != NULL ? &entry->newer->older : &links->newest) = entry->older;
    *(entry->older != NULL ? &entry->older->newer : &links->oldest) = entry->newer;
    entry->newer = NULL;
    entry->older = NULL;
}

static void link_newest(struct toc_net_links *links, struct toc_net_link *entry)
{
    entry->older = links->newest;
    *(links->newest != NULL ? &links->newest->newer : &links->oldest) = entry;
    links->newest = entry;
}

enum toc_result toc_net_links_add(struct toc_net_links *links, struct toc_bytes id, toc_link link,
                                  struct toc_net_link **ret_entry)
{
    TOC_ENSURE(id.len > 0, TOC_MALFORMED);
    TOC_ENSURE(id.len <= TOC_NET_ROUTING_ID_MAX, TOC_TOOBIG);
    TOC_ENSURE(links->len < links->len_max, TOC_TOOBIG);
    TOC_ASSERT(toc_net_links_find(links, id) == NULL && toc_net_links_get(links, link) == NULL);
    struct toc_net_link *entry = calloc(1, sizeof *entry + id.len);
    TOC_ENSURE(entry != NULL, TOC_NOMEM);
    entry->link = link;
    entry->inbox.link = link;
    entry->id_len = id.len;
    memcpy(entry->id, id.data, id.len);
    struct toc_net_link **head = &links->by_id[bucket_of_id(id)];
    entry->next_id = *head;
    *head = entry;
    head = &links->by_link[bucket_of_link(link)];
    entry->next_link = *head;
    *head = entry;
    link_newest(links, entry);
    links->len++;
    *ret_entry = entry;
    return TOC_OK;
}

/* It is there no more once it is retired. */
static void unlink_id(struct toc_net_links *links, struct toc_net_link *entry)
{
    struct toc_net_link **at = &links->by_id[bucket_of_id(toc_bytes_of(entry->id, entry->id_len))];
    while (*at != NULL && *at != entry) {
        at = &(*at)->next_id;
    }
    *at = *at == NULL ? NULL : entry->next_id;
}

void toc_net_links_retire(struct toc_net_links *links, struct toc_net_link *entry)
{
    unlink_id(links, entry);
    links->pending += !entry->gone && !entry->blocked;
    entry->gone = true;
}

void toc_net_links_remove(struct toc_net_links *links, struct toc_net_link **entry)
{
    struct toc_net_link *old = *entry;
    unlink_id(links, old);
    struct toc_net_link **at = &links->by_link[bucket_of_link(old->link)];
    while (*at != old) {
        at = &(*at)->next_link;
    }
    *at = old->next_link;
    unlink_age(links, old);
    links->len--;
    if (old->gone || old->blocked) {
        links->pending--;
    }
    toc_net_backlog_drop(&old->backlog);
    free(old);
    *entry = NULL;
}

void toc_net_links_touch(struct toc_net_links *links, struct toc_net_link *entry)
{
    if (links->newest != entry) {
        unlink_age(links, entry);
        link_newest(links, entry);
    }
}

size_t toc_net_links_of_key(const struct toc_net_links *links, const uint8_t key[TOC_BOX_KEY_LEN],
                            struct toc_net_link **ret_oldest)
{
    size_t count = 0;
    struct toc_net_link *oldest = NULL;
    for (struct toc_net_link *entry = links->oldest; entry != NULL; entry = entry->newer) {
        if (!entry->gone && toc_bytes_equal_secret(entry->key, key, TOC_BOX_KEY_LEN)) {
            oldest = oldest == NULL ? entry : oldest;
            count++;
        }
    }
    *ret_oldest = oldest;
    return count;
}
