/* lone_daemon: one council's daemon in memory, asked over its local socket. What the tests of the
 * local requests share; every name is this test program's own. */
#ifndef TOC_LONE_DAEMON_H
#define TOC_LONE_DAEMON_H

#include "bounds.h"
#include "fixture_ask.h"
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct toc_fixture_group *group;
static struct toc_fixture_daemon daemon_;
static struct toc_arena *arena;

/* With a hub, which is never heard, nothing is signed. */
static inline void start(bool with_hub)
{
    group = toc_fixture_group_new(7);
    toc_fixture_group_add(group, "leeds", TOC_ROLE_BIT(TOC_ROLE_COUNCIL));
    if (with_hub) {
        toc_fixture_group_add(group, "spg", TOC_ROLE_BIT(TOC_ROLE_HUB));
    }
    (void)toc_fixture_group_sign(group);
    toc_fixture_daemon_start(group, "leeds", &daemon_);
    ck_assert_int_eq(toc_arena_new((size_t)64 * 1024 * 1024, &arena), TOC_OK);
}

static inline void set_up(void)
{
    start(false);
}

static inline void tear_down(void)
{
    toc_fixture_daemon_stop(&daemon_);
    toc_fixture_group_free(&group);
    toc_arena_free(&arena);
}

/* ---- helpers ---- */

static inline json_t *ask(const char *request, const struct toc_bytes *parts, size_t parts_len)
{
    return toc_fixture_daemon_ask(&daemon_, request, parts, parts_len);
}

static inline json_t *asked(const char *request)
{
    return toc_fixture_asked(&daemon_, request);
}

static inline void refused_with(const char *request, const struct toc_bytes *parts,
                                size_t parts_len, const char *result, const char *words)
{
    toc_fixture_refused(&daemon_, request, parts, parts_len, result, words);
}

static inline void refused(const char *request, const char *result, const char *words)
{
    refused_with(request, NULL, 0, result, words);
}

static inline struct toc_bytes framework(const char *reference, uint32_t ends)
{
    return toc_fixture_framework(arena, reference, "Highways", ends);
}

/* Submits one framework a submission, "F<number>". */
static inline void submit_numbered(unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++) {
        char request[160], reference[32];
        (void)snprintf(reference, sizeof(reference), "F%04u", i);
        (void)snprintf(request, sizeof(request),
                       "{\"request\":\"submit\",\"stream\":\"framework\",\"id\":\"s-%u\"}", i);
        const struct toc_bytes part = framework(reference, 20000 + i);
        json_t *reply = ask(request, &part, 1);
        ck_assert_str_eq(toc_fixture_text(reply, "state"), "stored");
        json_decref(reply);
    }
}

#endif
