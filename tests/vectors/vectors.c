/* vectors: makes every golden vector again from fixed keys and compares it with the file of that
 * name. A vector that has landed never changes: `--write` creates files that are missing and
 * refuses to replace one.
 *
 * Tags, hashes and signatures are spelled out here from the words of PROTOCOL.md, and only then
 * compared with what the rules modules make. */
#include "annotate.h"
#include "arena.h"
#include "batch.h"
#include "ensure.h"
#include "file.h"
#include "roster.h"
#include "seal.h"
#include "vector_records.h"
#include "wire_feed.h"
#include "wire_session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 INT64_C(1800000000000) /* 2027-01-15T08:00:00Z */
#define DAY INT64_C(86400000)
#define TEXT_MAX (1024 * 1024)

/* ristretto255: the base point, and twice the base point (RFC 9496, A.1) */
static const char token_0[] = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
static const char token_1[] = "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919";
/* A sealed box differs every time it is made; this one was made once, to spg's box key. */
static const char sealed_box[] =
    "b622a16496018989131415dc6e72aca212eaea6f56b1092da38a049421e56017c7a79f14e368252031938f25be42c1"
    "4bf09efbc28c8148efbdb8bd70f66e50fc56f0b11a3a81efa7cf2bebfcd3cea23f936c553ad9a2bf849d6d3ff44287"
    "967df6528f2b083d740b5a095178f17b8475";

struct keys {
    struct toc_sign_public sign_public;
    struct toc_sign_secret sign_secret;
    struct toc_box_public box_public, curve_public;
    struct toc_box_secret box_secret, curve_secret;
};

struct world {
    struct toc_arena *arena;
    struct keys spg, leeds, signer;
    struct toc_member members[2]; /* leeds, spg */
    struct toc_hash group;        /* hash of roster version 1 */
    struct toc_hash roster_hash;  /* of version 2 */
    struct toc_bytes roster_1, roster_2, request;
    struct toc_log_id log;
    struct toc_epoch_key key;
    struct toc_hash start, commitment, audience, context, head_1, head_2;
    struct toc_bytes plain, batch_1, batch_2, wrap, heartbeat, receipt, closing;
};

static const char *folder;
static bool writing;
static int failures;

/* Nothing here may fail: what is made is valid by construction. */
static void must(enum toc_result result, const char *what)
{
    if (result != TOC_OK) {
        fprintf(stderr, "vectors: %s: %s\n", what, toc_result_name(result));
        exit(1);
    }
}

static void same(bool equal, const char *what)
{
    if (!equal) {
        fprintf(stderr, "vectors: %s differs from the words of PROTOCOL.md\n", what);
        failures++;
    }
}

/* ---- files ---- */

static void settle(const char *name, const struct toc_buf *text)
{
    char path[4096];
    struct toc_buf held;
    struct toc_why why = {{0}};
    snprintf(path, sizeof path, "%s/%s.hex", folder, name);
    toc_buf_init(&held, TEXT_MAX);
    const enum toc_result result = toc_file_read(path, TEXT_MAX, &held, &why);
    if (result == TOC_NOTFOUND && writing) {
        must(toc_file_create(path, toc_buf_bytes(text), 0644, &why), why.text);
    } else if (result != TOC_OK) {
        fprintf(stderr, "vectors: %s: %s\n", path, why.text);
        failures++;
    } else if (!toc_bytes_equal(toc_buf_bytes(&held), toc_buf_bytes(text))) {
        fprintf(stderr, "vectors: %s: what is made now differs from the vector\n", path);
        failures++;
    }
    toc_buf_done(&held);
}

static void vector(const char *name, const char *about, const struct shape *shape,
                   struct toc_bytes bytes)
{
    struct toc_buf text;
    toc_buf_init(&text, TEXT_MAX);
    must(toc_buf_append_text(&text, "## "), name);
    must(toc_buf_append_text(&text, about), name);
    must(toc_buf_append_text(&text, "\n"), name);
    must(toc_annotate(&text, shape, bytes), name);
    settle(name, &text);
    toc_buf_done(&text);
}

/* ---- the cast ---- */

static void seeded(uint8_t first, struct keys *ret_keys)
{
    uint8_t seed[32];
    memset(seed, first, sizeof seed);
    toc_sign_keypair_from(seed, &ret_keys->sign_public, &ret_keys->sign_secret);
    memset(seed, first + 0x10, sizeof seed);
    toc_box_keypair_from(seed, &ret_keys->box_public, &ret_keys->box_secret);
    memset(seed, first + 0x20, sizeof seed);
    toc_box_keypair_from(seed, &ret_keys->curve_public, &ret_keys->curve_secret);
}

static struct toc_member member_of(const char *id, const struct keys *keys, uint64_t version)
{
    static const struct toc_buyer buyers[] = {{"GB-LAE", "LDS"}};
    static const char *const aliases[] = {"City of Leeds"};
    const bool council = strcmp(id, "leeds") == 0;
    struct toc_member member = {
        .name = council ? "Leeds City Council" : "Strategic Procurement Group",
        .gss = council ? "E08000035" : "",
        .roles = council ? TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_HOLDER)
                         : TOC_ROLE_BIT(TOC_ROLE_HUB) | TOC_ROLE_BIT(TOC_ROLE_HOLDER),
        .curve_public = keys->curve_public,
        .sign_public = keys->sign_public,
        .box_public = keys->box_public,
        .buyers = buyers,
        .buyers_len = council ? 1 : 0,
        .aliases = aliases,
        .aliases_len = council ? 1 : 0,
        .admitted_version = version,
    };
    snprintf(member.id, sizeof member.id, "%s", id);
    must(toc_hex_decode(token_0, member.token_public[0], TOC_TOKEN_KEY_LEN), "token key");
    must(toc_hex_decode(token_1, member.token_public[1], TOC_TOKEN_KEY_LEN), "token key");
    return member;
}

static struct toc_bytes sign_roster(struct world *w, const struct toc_roster *roster,
                                    const struct toc_hash *group, struct toc_hash *ret_hash)
{
    struct toc_bytes body, bytes;
    must(toc_wire_roster_encode(w->arena, roster, &body), "roster");
    const struct toc_roster_signature signature = {
        .signer = w->signer.sign_public,
        .signature = toc_sign(&w->signer.sign_secret, "tocsin roster 1", group, body),
    };
    must(toc_wire_signed_roster_encode(w->arena, body, &signature, 1, &bytes), "signed roster");
    *ret_hash = toc_digest("tocsin roster 1", group, &body, 1);
    same(toc_bytes_equal_secret(ret_hash->bytes,
                                toc_roster_hash(group, roster->version, body).bytes, TOC_HASH_LEN),
         "the roster's hash");
    return bytes;
}

static void make_rosters(struct world *w)
{
    static const char *const holders[] = {"spg", "leeds"}; /* their order is theirs to choose */
    struct toc_element keys[2];
    static const struct toc_stream_rule streams[] = {
        {.stream = "framework",
         .publishers = TOC_ROLE_BIT(TOC_ROLE_COUNCIL) | TOC_ROLE_BIT(TOC_ROLE_BODY),
         .audience = TOC_AUDIENCE_GROUP_AND_OBSERVERS,
         .list = ""},
        {.stream = "token.answer.*",
         .publishers = TOC_ROLE_BIT(TOC_ROLE_HOLDER),
         .audience = TOC_AUDIENCE_NAMED_MEMBER,
         .list = "",
         .history_from_admission = true,
         .retention_days = 400,
         .confidential = true},
    };
    const struct toc_member hub = member_of("spg", &w->spg, 1);
    struct toc_roster roster = {
        .group = "yh-spg",
        .version = 1,
        .issued_ms = T0,
        .expires_ms = T0 + 365 * DAY,
        .grace_days = 30,
        .threshold = 1,
        .signers = &w->signer.sign_public,
        .signers_len = 1,
        .members = &hub,
        .members_len = 1,
        .streams = streams,
        .streams_len = 2,
    };
    w->roster_1 = sign_roster(w, &roster, &toc_hash_zero, &w->group);
    w->members[0] = member_of("leeds", &w->leeds, 2);
    w->members[1] = hub;
    const struct toc_member_list list = {"adults-health", (const char *const[]){"leeds"}, 1};
    struct toc_pin pin = {.log = {.publisher = "york", .stream = "framework", .generation = 1},
                          .next_sequence = 4};
    memset(pin.head.bytes, 0xcc, TOC_HASH_LEN);
    roster.version = 2;
    roster.previous = w->group;
    roster.issued_ms = T0 + DAY;
    roster.members = w->members;
    roster.members_len = 2;
    roster.lists = &list;
    roster.lists_len = 1;
    roster.pins = &pin;
    roster.pins_len = 1;
    roster.token_epoch = 1;
    roster.holders = holders;
    memcpy(keys[0].bytes, hub.token_public[0], sizeof keys[0].bytes);
    memcpy(keys[1].bytes, w->members[0].token_public[0], sizeof keys[1].bytes);
    roster.holder_keys = keys;
    roster.holders_len = 2;
    roster.rules = (struct toc_rules){.name_at = 3, .window_minutes = 60};
    w->roster_2 = sign_roster(w, &roster, &w->group, &w->roster_hash);
}

static void make_request(struct world *w)
{
    const struct toc_member leeds = member_of("leeds", &w->leeds, 0);
    struct toc_bytes body;
    must(toc_wire_request_encode(w->arena, T0, &leeds, &body), "request");
    const struct toc_signature signature =
        toc_sign(&w->leeds.sign_secret, "tocsin request 1", &toc_hash_zero, body);
    must(toc_wire_signed_encode(w->arena, body, &signature, &w->request), "request");
    const struct toc_hash fingerprint = toc_digest("tocsin request 1", &toc_hash_zero, &body, 1);
    const struct toc_hash ours = toc_request_hash(body);
    same(toc_hash_equal(&fingerprint, &ours), "the request's fingerprint");
}

/* ---- a log ---- */

static struct toc_hash hash_of(const struct world *w, const char *tag, const void *data, size_t len)
{
    const struct toc_bytes part = toc_bytes_of(data, len);
    return toc_digest(tag, &w->group, &part, 1);
}

static struct toc_bytes make_batch(struct world *w, const struct toc_batch_header *header,
                                   struct toc_hash *ret_head)
{
    uint8_t sealed[256];
    uint8_t length[4] = {0};
    struct toc_bytes bytes, header_bytes;
    must(toc_wire_batch_header_encode(w->arena, header, &header_bytes), "header");
    must(toc_seal(w->key.bytes, header->nonce, header_bytes, w->plain, sealed), "seal");
    length[2] = (uint8_t)(header_bytes.len >> 8);
    length[3] = (uint8_t)header_bytes.len;
    const struct toc_bytes parts[] = {toc_bytes_of(length, 4), header_bytes,
                                      toc_bytes_of(sealed, w->plain.len + TOC_SEAL_TAG_LEN)};
    *ret_head = toc_digest("tocsin head 1", &w->group, parts, 3);
    const struct toc_signature signature =
        toc_sign(&w->leeds.sign_secret, "tocsin batch 1", &w->group,
                 toc_bytes_of(ret_head->bytes, TOC_HASH_LEN));
    must(toc_wire_batch_encode(w->arena, header_bytes, parts[2], &signature, &bytes), "batch");
    return bytes;
}

static void make_log(struct world *w)
{
    static struct toc_buf plain;
    static const char names[] = "leeds\0framework";
    uint8_t numbered[24 + 32] = "leeds\0framework\0\0\0\0\1\0\0\0\1";
    w->log = (struct toc_log_id){.publisher = "leeds", .stream = "framework", .generation = 1};
    memset(w->key.bytes, 0x5e, sizeof w->key.bytes);
    memcpy(numbered + 24, w->key.bytes, 32);
    w->start = hash_of(w, "tocsin log 1", names, sizeof names - 1);
    w->commitment = hash_of(w, "tocsin commitment 1", numbered, sizeof numbered);
    w->audience = hash_of(w, "tocsin audience 1", "leeds\0spg", 10);
    memcpy(numbered + 24, "spg", 3);
    w->context = hash_of(w, "tocsin wrap-context 1", numbered, 24 + 3);
    toc_buf_init(&plain, 256);
    must(toc_list_append(&plain, toc_bytes_text("the first record")), "list");
    must(toc_list_append(&plain, toc_bytes_text("the second record")), "list");
    must(toc_arena_copy(w->arena, toc_buf_bytes(&plain), &w->plain), "plain");
    toc_buf_done(&plain);
    struct toc_batch_header header = {
        .group = w->group,
        .log = w->log,
        .roster_version = 2,
        .first_sequence = 1,
        .count = 2,
        .previous_head = w->start,
        .time_ms = T0 + 2 * DAY,
        .epoch = 1,
        .opens_epoch = true,
        .commitment = w->commitment,
        .audience_hash = w->audience,
    };
    memset(header.nonce, 0xa1, sizeof header.nonce);
    w->batch_1 = make_batch(w, &header, &w->head_1);
    header.first_sequence = 3;
    header.previous_head = w->head_1;
    header.time_ms++;
    header.opens_epoch = false;
    memset(header.nonce, 0xa2, sizeof header.nonce);
    w->batch_2 = make_batch(w, &header, &w->head_2);
}

static struct toc_bytes make_statement(struct world *w, const char *tag,
                                       enum toc_statement_kind kind, const struct keys *author)
{
    struct toc_statement statement = {.kind = kind,
                                      .group = w->group,
                                      .log = w->log,
                                      .next_sequence = 5,
                                      .head = w->head_2,
                                      .roster_version = 2,
                                      .time_ms = T0 + 3 * DAY};
    struct toc_bytes body, bytes;
    snprintf(statement.author, sizeof statement.author, "%s",
             author == &w->leeds ? "leeds" : "spg");
    must(toc_wire_statement_encode(w->arena, &statement, &body), tag);
    const struct toc_signature signature = toc_sign(&author->sign_secret, tag, &w->group, body);
    must(toc_wire_signed_encode(w->arena, body, &signature, &bytes), tag);
    return bytes;
}

static void make_beside(struct world *w)
{
    uint8_t sealed[112];
    struct toc_bytes body;
    must(toc_hex_decode(sealed_box, sealed, sizeof sealed), "sealed box");
    const struct toc_wrap_body wrap = {.group = w->group,
                                       .log = w->log,
                                       .epoch = 1,
                                       .member = "spg",
                                       .sealer = "leeds",
                                       .roster_version = 2,
                                       .sealed = toc_bytes_of(sealed, sizeof sealed)};
    must(toc_wire_wrap_encode(w->arena, &wrap, &body), "wrap");
    const struct toc_signature signature =
        toc_sign(&w->leeds.sign_secret, "tocsin wrap 1", &w->group, body);
    must(toc_wire_signed_encode(w->arena, body, &signature, &w->wrap), "wrap");
    w->heartbeat = make_statement(w, "tocsin heartbeat 1", TOC_HEARTBEAT, &w->leeds);
    w->receipt = make_statement(w, "tocsin receipt 1", TOC_RECEIPT, &w->spg);
    w->closing = make_statement(w, "tocsin closing 1", TOC_CLOSING, &w->spg);
}

/* ---- what the rules modules say to all this ---- */

static enum toc_result nothing_older(void *context, uint64_t version, struct toc_arena *arena,
                                     struct toc_bytes *ret_bytes)
{
    (void)context, (void)version, (void)arena, (void)ret_bytes;
    return TOC_NOTFOUND;
}

static void agree_rosters(struct world *w)
{
    const struct toc_roster_source source = {nothing_older, NULL};
    struct toc_roster_chain *chain = NULL;
    struct toc_request request;
    struct toc_why why = {{0}};
    must(toc_roster_chain_new(&source, &chain), "chain");
    must(toc_roster_chain_adopt(chain, w->roster_1, &why), why.text);
    must(toc_roster_chain_adopt(chain, w->roster_2, &why), why.text);
    same(toc_hash_equal(toc_roster_chain_group(chain), &w->group), "the group");
    same(toc_hash_equal(toc_roster_chain_head(chain), &w->roster_hash), "the roster's hash");
    const struct toc_hash audience =
        toc_roster_audience_hash(toc_roster_chain_current(chain), &w->group, "leeds", "framework");
    same(toc_hash_equal(&audience, &w->audience), "the audience hash");
    toc_roster_chain_free(&chain);
    must(toc_wire_request_decode(w->arena, w->request, &request), "request");
    must(toc_request_check(&request, &why), why.text);
}

static void agree_log(struct world *w)
{
    struct toc_batch batch;
    struct toc_bytes plain;
    struct toc_epoch_key key;
    struct toc_signed envelope;
    struct toc_wrap_body wrap;
    struct toc_statement statement;
    const struct toc_hash start = toc_head_start(&w->group, &w->log);
    same(toc_hash_equal(&start, &w->start), "the head before the first batch");
    must(toc_wire_batch_decode(w->arena, w->batch_1, &batch), "batch");
    const struct toc_hash head = toc_batch_head(&batch);
    same(toc_hash_equal(&head, &w->head_1), "the head");
    must(toc_batch_verify(&batch, &head, &w->leeds.sign_public), "batch signature");
    must(toc_wire_signed_decode(w->arena, w->wrap, &envelope), "wrap");
    must(toc_wire_wrap_decode(w->arena, envelope.body, &wrap), "wrap");
    must(toc_wrap_open(&wrap, &w->spg.box_public, &w->spg.box_secret, &w->commitment, &key),
         "opening the wrap");
    must(toc_batch_open(w->arena, &batch, &key, &plain), "opening the batch");
    same(toc_bytes_equal(plain, w->plain), "the plaintext");
    must(toc_statement_read(w->arena, w->receipt, &envelope, &statement), "receipt");
    must(toc_statement_verify(&envelope, &statement, &w->spg.sign_public), "receipt signature");
}

/* ---- all of them ---- */

static void hashes(const struct world *w)
{
    const struct {
        const char *name;
        const struct toc_hash *hash;
    } all[] = {{"group: hash of roster version 1", &w->group},
               {"hash of roster version 2", &w->roster_hash},
               {"log leeds/framework: head before its first batch", &w->start},
               {"audience of leeds/framework: leeds, spg", &w->audience},
               {"commitment to the key of generation 1, epoch 1", &w->commitment},
               {"context of the wrap to spg", &w->context},
               {"head after batch 1", &w->head_1},
               {"head after batch 2", &w->head_2}};
    struct toc_buf text;
    toc_buf_init(&text, TEXT_MAX);
    must(toc_buf_append_text(&text, "## hashes, and the plaintext of both batches\n"), "hashes");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        must(toc_annotate_bytes(&text, all[i].name, toc_bytes_of(all[i].hash->bytes, TOC_HASH_LEN)),
             "hashes");
    }
    must(toc_annotate_bytes(&text, "key of generation 1, epoch 1",
                            toc_bytes_of(w->key.bytes, sizeof w->key.bytes)),
         "hashes");
    must(toc_annotate_bytes(&text, "plaintext: a list of two records", w->plain), "hashes");
    settle("hashes", &text);
    toc_buf_done(&text);
}

static void message(const struct world *w, const char *name, const struct toc_message *message)
{
    struct toc_bytes frame;
    must(toc_wire_message_encode(w->arena, message, &frame), name);
    vector(name, "one frame on a session", &toc_shape_message, frame);
}

static void messages(const struct world *w)
{
    const struct toc_bytes rosters[] = {w->roster_1, w->roster_2};
    const struct toc_bytes batches[] = {w->batch_1, w->batch_2};
    const struct toc_bytes statements[] = {w->heartbeat, w->receipt};
    const struct toc_log_head head = {.log = w->log, .next_sequence = 5, .head = w->head_2};
    message(w, "hello",
            &(struct toc_message){.kind = TOC_MESSAGE_HELLO,
                                  .as.hello = {.protocol = 1,
                                               .group = w->group,
                                               .member = "leeds",
                                               .roster_version = 2,
                                               .roster_hash = w->roster_hash,
                                               .software = "tocsin 0.1.0",
                                               .answer = true}});
    message(w, "rosters",
            &(struct toc_message){.kind = TOC_MESSAGE_ROSTERS, .as.rosters = {rosters, 2}});
    message(w, "have",
            &(struct toc_message){.kind = TOC_MESSAGE_HAVE, .as.have = {&head, 1, true}});
    message(w, "want",
            &(struct toc_message){.kind = TOC_MESSAGE_WANT,
                                  .seen = 0x0123456789abcdef,
                                  .as.want = {.log = w->log,
                                              .from_sequence = 1,
                                              .until_sequence = 5,
                                              .credit = 262144,
                                              .more = true,
                                              .wraps_held = 1}});
    message(w, "give",
            &(struct toc_message){.kind = TOC_MESSAGE_GIVE,
                                  .stamp = 0x0123456789abcdef,
                                  .as.give = {.log = w->log,
                                              .wraps = &w->wrap,
                                              .wraps_len = 1,
                                              .batches = batches,
                                              .batches_len = 2}});
    message(
        w, "statements",
        &(struct toc_message){.kind = TOC_MESSAGE_STATEMENTS, .as.statements = {statements, 2}});
    message(w, "refusal",
            &(struct toc_message){.kind = TOC_MESSAGE_REFUSAL,
                                  .as.refusal = {TOC_DENIED, "not of this log's audience"}});
}

static void feed(const struct world *w)
{
    const struct toc_feed message = {"leeds", "framework", w->batch_1};
    const struct toc_bytes publisher = toc_bytes_of("leeds", sizeof "leeds");
    const struct toc_bytes stream = toc_bytes_of("framework", sizeof "framework");
    struct toc_bytes frame;
    struct toc_buf bytes, text;
    must(toc_wire_feed_encode(w->arena, &message, &frame), "feed");
    toc_buf_init(&bytes, TEXT_MAX);
    must(toc_buf_append(&bytes, publisher), "feed");
    must(toc_buf_append(&bytes, stream), "feed");
    must(toc_buf_append(&bytes, w->batch_1), "feed");
    same(toc_bytes_equal(frame, toc_buf_bytes(&bytes)), "feed");
    toc_buf_done(&bytes);
    toc_buf_init(&text, TEXT_MAX);
    must(toc_buf_append_text(&text, "## one frame on a feed\n"), "feed");
    must(toc_annotate_bytes(&text, "publisher = \"leeds\", and a NUL", publisher), "feed");
    must(toc_annotate_bytes(&text, "stream = \"framework\", and a NUL", stream), "feed");
    must(toc_annotate(&text, &toc_shape_batch, w->batch_1), "feed");
    settle("feed", &text);
    toc_buf_done(&text);
}

/* A generation that begins after a conflict: the only header with every field. */
static void generation(const struct world *w)
{
    struct toc_batch_header header = {
        .group = w->group,
        .log = {.publisher = "leeds", .stream = "framework", .generation = 2},
        .roster_version = 2,
        .first_sequence = 5,
        .count = 1,
        .previous_head = w->head_2,
        .time_ms = T0 + 4 * DAY,
        .epoch = 1,
        .opens_epoch = true,
        .audience_hash = w->audience,
        .abandons = {{.generation = 1, .next_sequence = 5, .head = w->head_2, .stands = true},
                     {.generation = 1, .next_sequence = 5}},
        .abandons_len = 2,
    };
    struct toc_bytes bytes;
    memset(header.abandons[1].head.bytes, 0xdd, TOC_HASH_LEN);
    memset(header.commitment.bytes, 0xee, TOC_HASH_LEN);
    memset(header.nonce, 0xa3, sizeof header.nonce);
    must(toc_wire_batch_header_encode(w->arena, &header, &bytes), "generation");
    vector("batch_header", "header of the first batch of generation 2", &toc_shape_header, bytes);
}

static void records(const struct world *w)
{
    const struct {
        const char *name;
        const char *about;
        struct toc_bytes bytes;
    } all[] = {
        {"record_framework", "a framework, as its owner first publishes it",
         toc_vector_framework(w->arena)},
        {"record_call_off", "a call-off that takes the place of record 7, with inferred fields",
         toc_vector_call_off(w->arena)},
        {"record_withdrawal", "the withdrawal of record 9 of the same log",
         toc_vector_withdrawal(w->arena)},
        {"record_exposure", "an exposure: a supplier known by its number",
         toc_vector_exposure(w->arena)},
        {"record_exposure_name", "an exposure: by name alone, kept by hand, credits over payments",
         toc_vector_exposure_name(w->arena)},
        {"record_token_ask", "a council asks the holders about two subjects",
         toc_vector_token_ask(w->arena)},
        {"record_token_answer", "a holder's answer to it", toc_vector_token_answer(w->arena)},
        {"record_token_refusal", "a holder's answer to one over quota",
         toc_vector_token_refusal(w->arena)},
        {"record_flag", "a flag to the hub, the next state of record 4", toc_vector_flag(w->arena)},
        {"record_flag_group", "a flag to a whole group", toc_vector_flag_group(w->arena)},
        {"record_dispute", "a member disputes an alert", toc_vector_dispute(w->arena)},
        {"record_confirmation", "a reporter stands by its flag", toc_vector_confirmation(w->arena)},
        {"record_alert", "an alert under a number's and a name's token",
         toc_vector_alert(w->arena)},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        vector(all[i].name, all[i].about, &toc_shape_record, all[i].bytes);
    }
}

int main(int argc, char **argv)
{
    struct world w = {0};
    writing = argc == 3 && strcmp(argv[2], "--write") == 0;
    if (argc != 2 && !writing) {
        fprintf(stderr, "usage: vectors DIR [--write]\n");
        return 2;
    }
    folder = argv[1];
    must(toc_arena_new(16 * 1024 * 1024, &w.arena), "arena");
    seeded(1, &w.spg);
    seeded(2, &w.leeds);
    seeded(3, &w.signer);
    make_rosters(&w);
    make_request(&w);
    make_log(&w);
    make_beside(&w);
    agree_rosters(&w);
    agree_log(&w);
    hashes(&w);
    vector("roster_1", "a group's first roster", &toc_shape_roster, w.roster_1);
    vector("roster_2", "leeds is admitted", &toc_shape_roster, w.roster_2);
    vector("request", "leeds asks to be admitted", &toc_shape_request, w.request);
    vector("batch_1", "the first batch of a log: it opens an epoch", &toc_shape_batch, w.batch_1);
    vector("batch_2", "the next batch, in the same epoch", &toc_shape_batch, w.batch_2);
    vector("wrap", "the log's key, from leeds to spg", &toc_shape_wrap, w.wrap);
    vector("heartbeat", "leeds of its own log", &toc_shape_statement, w.heartbeat);
    vector("receipt", "spg has applied all before 5", &toc_shape_statement, w.receipt);
    vector("closing", "the hub's last word on a log", &toc_shape_statement, w.closing);
    generation(&w);
    messages(&w);
    feed(&w);
    records(&w);
    toc_arena_free(&w.arena);
    return failures == 0 ? 0 : 1;
}
