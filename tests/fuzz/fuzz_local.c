/* The local socket: any local user may write to it, so a few requests in a row, whatever they are,
 * are each answered once. In an input 0xfe ends a request and 0xff one of its parts; neither is
 * ever in UTF-8. */
#include "engine.h"
#include "fuzz.h"
#include <jansson.h>
#include <string.h>

#define REQUESTS_MAX 16
#define PARTS_MAX 16
#define WAIT_MS ((int64_t)61 * 1000) /* longer than any request may wait */

#define NOON INT64_C(1769860800000) /* 2026-01-31T12:00:00Z */

/* ---- one member's engine on a store in memory; it is the same one for every input ---- */

struct daemon {
    struct toc_conf conf;
    struct toc_store *store;
    struct toc_engine *engine;
};

static int64_t passed_ms;
static uint8_t drawn;

static int64_t wall_ms(void *context)
{
    (void)context;
    return NOON + passed_ms;
}

static int64_t mono_ms(void *context)
{
    (void)context;
    return passed_ms;
}

static void fill_random(void *context, void *ret_bytes, size_t len)
{
    (void)context;
    memset(ret_bytes, ++drawn, len);
}

static const struct toc_env env = {wall_ms, mono_ms, fill_random, NULL};

/* A group of leeds alone, which so needs nobody's word before it signs. */
static void make_roster(const struct toc_member_keys *keys, struct toc_buf *ret_file)
{
    static const struct toc_stream_rule rules[] = {
        {.stream = "exposure",
         .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
         .audience = TOC_AUDIENCE_GROUP,
         .list = ""},
        {.stream = "framework",
         .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
         .audience = TOC_AUDIENCE_GROUP,
         .list = ""},
    };
    const struct toc_member leeds = {.id = "leeds",
                                     .name = "Leeds City Council",
                                     .gss = "",
                                     .roles = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                     .curve_public = keys->curve_public,
                                     .sign_public = keys->sign_public,
                                     .box_public = keys->box_public,
                                     .admitted_version = 1};
    const struct toc_roster roster = {.group = "fuzz",
                                      .version = 1,
                                      .issued_ms = NOON,
                                      .expires_ms = NOON + INT64_C(31536000000),
                                      .threshold = 1,
                                      .signers = &keys->sign_public,
                                      .signers_len = 1,
                                      .members = &leeds,
                                      .members_len = 1,
                                      .streams = rules,
                                      .streams_len = sizeof rules / sizeof rules[0]};
    struct toc_bytes body, bytes;
    TOC_ASSERT(toc_wire_roster_encode(toc_fuzz_arena(), &roster, &body) == TOC_OK);
    const struct toc_roster_signature signature = {
        keys->sign_public, toc_roster_sign(&toc_hash_zero, 1, body, &keys->sign_secret)};
    struct toc_arena *arena = NULL;
    TOC_ASSERT(toc_arena_new(TOC_ROSTER_LEN_MAX, &arena) == TOC_OK);
    TOC_ASSERT(toc_wire_signed_roster_encode(arena, body, &signature, 1, &bytes) == TOC_OK);
    TOC_ASSERT(toc_buf_append_text(ret_file, TOC_ROSTER_FILE_MAGIC) == TOC_OK);
    TOC_ASSERT(toc_list_append(ret_file, bytes) == TOC_OK);
    toc_arena_free(&arena);
}

static void daemon_start(struct daemon *ret_daemon)
{
    static struct toc_member_keys keys;
    static struct toc_buf roster;
    static const uint8_t seed[32] = {1};
    struct toc_why why = {""};
    passed_ms = 0;
    drawn = 0;
    if (keys.member[0] == '\0') {
        toc_member_keys_new("leeds", &keys);
        toc_sign_keypair_from(seed, &keys.sign_public, &keys.sign_secret);
        toc_buf_init(&roster, TOC_ROSTER_LEN_MAX);
        make_roster(&keys, &roster);
    }
    *ret_daemon = (struct daemon){
        .conf = {.member = "leeds", .heartbeat_s = 30, .receipt_s = 10, .submissions_max = 1000}};
    TOC_ASSERT(toc_store_open(NULL, &ret_daemon->store, &why) == TOC_OK);
    const struct toc_engine_setup setup = {
        .conf = &ret_daemon->conf, .keys = &keys, .store = ret_daemon->store, .env = &env};
    TOC_ASSERT(toc_engine_new(&setup, toc_buf_bytes(&roster), &ret_daemon->engine, &why) == TOC_OK);
}

static void daemon_stop(struct daemon *daemon)
{
    toc_engine_free(&daemon->engine);
    toc_store_close(&daemon->store);
}

/* ---- requests and answers ---- */

static size_t answers(const struct daemon *leeds)
{
    const struct toc_out *out;
    const size_t len = toc_engine_outbox(leeds->engine, &out);
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        if (out[i].kind == TOC_OUT_LOCAL) {
            json_t *reply =
                json_loadb((const char *)out[i].parts[0].data, out[i].parts[0].len, 0, NULL);
            TOC_ASSERT(json_is_boolean(json_object_get(reply, "ok")));
            json_decref(reply);
            count++;
        }
    }
    return count;
}

static struct toc_bytes cut(struct toc_bytes *rest, uint8_t end)
{
    const uint8_t *at = rest->len == 0 ? NULL : memchr(rest->data, end, rest->len);
    const size_t len = at == NULL ? rest->len : (size_t)(at - rest->data);
    const struct toc_bytes head = toc_bytes_of(rest->data, len);
    const size_t gone = at == NULL ? len : len + 1;
    *rest = toc_bytes_of(rest->data + gone, rest->len - gone);
    return head;
}

static size_t ask(struct daemon *leeds, toc_link link, struct toc_bytes request)
{
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    struct toc_bytes parts[PARTS_MAX];
    struct toc_why why = {""};
    size_t len = 0;
    do {
        parts[len++] = cut(&request, 0xff);
    } while (request.len > 0 && len < PARTS_MAX);
    toc_engine_begin(leeds->engine);
    (void)toc_engine_local(leeds->engine, link, &user, parts, len);
    const enum toc_result result = toc_engine_finish(leeds->engine, &why);
    TOC_ASSERT(result == TOC_OK || result == TOC_STORE); /* its tick may fail, and it is told so */
    return answers(leeds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct daemon leeds;
    struct toc_bytes rest = toc_bytes_of(data, size);
    struct toc_why why = {""};
    size_t asked = 0;
    size_t answered = 0;
    daemon_start(&leeds);
    while (rest.len > 0 && asked < REQUESTS_MAX) {
        asked++;
        answered += ask(&leeds, (toc_link)(900 + asked), cut(&rest, 0xfe));
    }
    passed_ms += WAIT_MS;
    toc_engine_begin(leeds.engine);
    TOC_ASSERT(toc_engine_finish(leeds.engine, &why) == TOC_OK);
    answered += answers(&leeds);
    TOC_ASSERT(answered == asked);
    daemon_stop(&leeds);
    return 0;
}
