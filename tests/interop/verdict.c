/* verdict: what Tocsin's own decoders say, for tests/interop to compare with a reader in another
 * language. Each line of the input is a kind and bytes in hexadecimal; each line of the output is
 * `accept` with what was understood, or `reject` with a result:
 *
 *     batch HEX | wrap HEX | statement HEX | roster HEX | request HEX | message HEX
 *     record STREAM HEX       decoded and validated: its JSON
 *     rosters HEX,HEX,...     adopted one after the other: the versions held
 *     log HEX,... HEX,...     rosters, then batches of a first generation: the next sequence, the
 * head */
#include "batch.h"
#include "chain.h"
#include "ensure.h"
#include "records.h"
#include "wire_feed.h"
#include "wire_session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (4 * 1024 * 1024)
#define ITEMS_MAX 64

struct run {
    struct toc_bytes items[ITEMS_MAX];
    size_t len;
};

static struct toc_arena *arena;

/* ---- input ---- */

static struct toc_bytes unhex(const char *text)
{
    uint8_t *bytes = toc_arena_get(arena, strlen(text) / 2 + 1);
    TOC_ASSERT(bytes != NULL);
    TOC_ASSERT(toc_hex_decode(text, bytes, strlen(text) / 2) == TOC_OK);
    return toc_bytes_of(bytes, strlen(text) / 2);
}

static void unhex_run(char *text, struct run *ret_run)
{
    *ret_run = (struct run){.len = 0};
    for (char *item; (item = strsep(&text, ",")) != NULL;) {
        TOC_ASSERT(ret_run->len < ITEMS_MAX);
        if (*item != '\0') {
            ret_run->items[ret_run->len++] = unhex(item);
        }
    }
}

/* ---- output ---- */

static void print_hex(struct toc_bytes bytes)
{
    char *text = toc_arena_get(arena, 2 * bytes.len + 1);
    TOC_ASSERT(text != NULL);
    toc_hex_encode(bytes, text);
    printf(" %s", text);
}

static void print_hash(const struct toc_hash *hash)
{
    print_hex(toc_bytes_of(hash->bytes, TOC_HASH_LEN));
}

static void print_log(const struct toc_log_id *log)
{
    printf(" %s %s %u", log->publisher, log->stream, log->generation);
}

/* ---- one of each ---- */

static enum toc_result judge_batch(struct toc_bytes bytes)
{
    struct toc_batch batch;
    TOC_TRY(toc_wire_batch_decode(arena, bytes, &batch));
    const struct toc_hash head = toc_batch_head(&batch);
    printf("accept");
    print_log(&batch.header.log);
    printf(" %llu %llu %u %lld %u %d %zu", (unsigned long long)batch.header.roster_version,
           (unsigned long long)batch.header.first_sequence, batch.header.count,
           (long long)batch.header.time_ms, batch.header.epoch, batch.header.opens_epoch,
           batch.header.abandons_len);
    print_hash(&head);
    return TOC_OK;
}

static enum toc_result judge_wrap(struct toc_bytes bytes)
{
    struct toc_signed envelope;
    struct toc_wrap_body wrap;
    TOC_TRY(toc_wire_signed_decode(arena, bytes, &envelope));
    TOC_TRY(toc_wire_wrap_decode(arena, envelope.body, &wrap));
    printf("accept");
    print_log(&wrap.log);
    printf(" %u %s %s %llu", wrap.epoch, wrap.member, wrap.sealer,
           (unsigned long long)wrap.roster_version);
    print_hex(wrap.sealed);
    return TOC_OK;
}

static enum toc_result judge_statement(struct toc_bytes bytes)
{
    struct toc_signed envelope;
    struct toc_statement statement;
    TOC_TRY(toc_statement_read(arena, bytes, &envelope, &statement));
    printf("accept %d %s", (int)statement.kind, statement.author);
    print_log(&statement.log);
    printf(" %llu %llu %lld", (unsigned long long)statement.next_sequence,
           (unsigned long long)statement.roster_version, (long long)statement.time_ms);
    print_hash(&statement.head);
    return TOC_OK;
}

static enum toc_result judge_roster(struct toc_bytes bytes)
{
    struct toc_signed_roster held;
    TOC_TRY(toc_wire_signed_roster_decode(arena, bytes, &held));
    TOC_TRY(toc_roster_check(&held.roster, NULL, NULL));
    const struct toc_roster *roster = &held.roster;
    printf("accept %s %llu %u %zu %zu %zu %zu %zu %zu %u", roster->group,
           (unsigned long long)roster->version, roster->threshold, roster->signers_len,
           roster->members_len, roster->streams_len, roster->lists_len, roster->pins_len,
           held.signatures_len, roster->token_epoch);
    for (size_t i = 0; i < roster->members_len; i++) {
        printf(" %s:%x", roster->members[i].id, roster->members[i].roles);
    }
    return TOC_OK;
}

static enum toc_result judge_request(struct toc_bytes bytes)
{
    struct toc_request request;
    TOC_TRY(toc_wire_request_decode(arena, bytes, &request));
    TOC_TRY(toc_request_check(&request, NULL));
    printf("accept %s %lld", request.member.id, (long long)request.time_ms);
    return TOC_OK;
}

static void print_message(const struct toc_message *message)
{
    switch (message->kind) {
    case TOC_MESSAGE_NEWER:
        break;
    case TOC_MESSAGE_HELLO:
        printf(" %s %llu %d", message->as.hello.member,
               (unsigned long long)message->as.hello.roster_version, message->as.hello.answer);
        break;
    case TOC_MESSAGE_ROSTERS:
        printf(" %zu", message->as.rosters.items_len);
        break;
    case TOC_MESSAGE_HAVE:
        printf(" %d", message->as.have.complete);
        for (size_t i = 0; i < message->as.have.heads_len; i++) {
            print_log(&message->as.have.heads[i].log);
            printf(" %llu", (unsigned long long)message->as.have.heads[i].next_sequence);
            print_hash(&message->as.have.heads[i].head);
        }
        break;
    case TOC_MESSAGE_WANT:
        print_log(&message->as.want.log);
        printf(" %llu %llu %u %d %u", (unsigned long long)message->as.want.from_sequence,
               (unsigned long long)message->as.want.until_sequence, message->as.want.credit,
               message->as.want.more, message->as.want.wraps_held);
        break;
    case TOC_MESSAGE_GIVE:
        print_log(&message->as.give.log);
        printf(" %zu %zu", message->as.give.wraps_len, message->as.give.batches_len);
        break;
    case TOC_MESSAGE_STATEMENTS:
        printf(" %zu", message->as.statements.items_len);
        break;
    case TOC_MESSAGE_REFUSAL:
        printf(" %u %zu", message->as.refusal.code, strlen(message->as.refusal.about));
        break;
    }
}

static enum toc_result judge_message(struct toc_bytes bytes)
{
    struct toc_message message;
    TOC_TRY(toc_wire_message_decode(arena, bytes, &message));
    printf("accept %d %llu %llu", (int)message.kind, (unsigned long long)message.stamp,
           (unsigned long long)message.seen);
    print_message(&message);
    return TOC_OK;
}

static enum toc_result judge_feed(struct toc_bytes bytes)
{
    struct toc_feed feed;
    TOC_TRY(toc_wire_feed_decode(bytes, &feed));
    printf("accept %s %s", feed.publisher, feed.stream);
    print_hex(feed.batch);
    return TOC_OK;
}

static enum toc_result judge_record(const char *stream, struct toc_bytes bytes)
{
    struct toc_record record;
    TOC_TRY(toc_record_read(arena, stream, bytes, &record, NULL));
    json_t *json = toc_record_json(&record);
    TOC_ASSERT(json != NULL);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
    printf("accept %s", text);
    free(text);
    json_decref(json);
    return TOC_OK;
}

/* ---- several in their order ---- */

static enum toc_result fetch(void *context, uint64_t version, struct toc_arena *into,
                             struct toc_bytes *ret_bytes)
{
    const struct run *held = context;
    TOC_ENSURE(version >= 1 && version <= held->len, TOC_NOTFOUND);
    return toc_arena_copy(into, held->items[version - 1], ret_bytes);
}

/* Adopts what it can, and keeps what it adopted where the chain finds it. */
static struct toc_roster_chain *adopt_all(const struct run *offered, struct run *held)
{
    const struct toc_roster_source source = {fetch, held};
    struct toc_roster_chain *chain = NULL;
    *held = (struct run){.len = 0};
    TOC_ASSERT(toc_roster_chain_new(&source, &chain) == TOC_OK);
    for (size_t i = 0; i < offered->len; i++) {
        if (toc_roster_chain_adopt(chain, offered->items[i], NULL) == TOC_OK) {
            held->items[held->len++] = offered->items[i];
        }
    }
    return chain;
}

static enum toc_result judge_rosters(const struct run *offered)
{
    struct run held = {.len = 0};
    struct toc_roster_chain *chain = adopt_all(offered, &held);
    const uint64_t version = toc_roster_chain_version(chain);
    if (version > 0) {
        printf("accept %llu", (unsigned long long)version);
        print_hash(toc_roster_chain_group(chain));
        print_hash(toc_roster_chain_head(chain));
    }
    toc_roster_chain_free(&chain);
    return version > 0 ? TOC_OK : TOC_INVALID;
}

static enum toc_result follow(struct toc_roster_chain *rosters, struct toc_chain *chain,
                              struct toc_bytes bytes)
{
    struct toc_batch batch;
    const struct toc_hash *group = toc_roster_chain_group(rosters);
    TOC_TRY(toc_wire_batch_decode(arena, bytes, &batch));
    const struct toc_log_id *log = &batch.header.log;
    TOC_ENSURE(toc_hash_equal(&batch.header.group, group) && log->generation == 1, TOC_INVALID);
    if (chain->next_sequence == 1) {
        chain->head = toc_head_start(group, log);
    }
    TOC_ENSURE(toc_chain_place(chain, &batch.header, toc_roster_chain_version(rosters)) ==
                   TOC_PLACE_NEXT,
               TOC_INVALID);
    const struct toc_roster *roster = toc_roster_chain_at(rosters, batch.header.roster_version);
    TOC_ENSURE(roster != NULL && toc_roster_may_publish(roster, log->publisher, log->stream),
               TOC_DENIED);
    const struct toc_hash head = toc_batch_head(&batch);
    TOC_TRY(
        toc_batch_verify(&batch, &head, &toc_roster_member(roster, log->publisher)->sign_public));
    TOC_TRY(toc_batch_check_audience(&batch.header, roster));
    toc_chain_advance(chain, &batch.header, &head);
    return TOC_OK;
}

static enum toc_result judge_log(const struct run *offered, const struct run *batches)
{
    struct run held = {.len = 0};
    struct toc_chain chain = {.next_sequence = 1};
    struct toc_roster_chain *rosters = adopt_all(offered, &held);
    enum toc_result result = held.len > 0 ? TOC_OK : TOC_INVALID;
    for (size_t i = 0; i < batches->len && result == TOC_OK; i++) {
        result = follow(rosters, &chain, batches->items[i]);
    }
    toc_roster_chain_free(&rosters);
    TOC_TRY(result);
    printf("accept %llu", (unsigned long long)chain.next_sequence);
    print_hash(&chain.head);
    return TOC_OK;
}

/* ---- lines ---- */

static enum toc_result judge(const char *kind, char *first, char *second)
{
    struct run a, b;
    if (strcmp(kind, "record") == 0) {
        return judge_record(first, unhex(second));
    }
    if (strcmp(kind, "rosters") == 0) {
        unhex_run(first, &a);
        return judge_rosters(&a);
    }
    if (strcmp(kind, "log") == 0) {
        unhex_run(first, &a);
        unhex_run(second, &b);
        return judge_log(&a, &b);
    }
    static const struct {
        const char *kind;
        enum toc_result (*judge)(struct toc_bytes bytes);
    } ones[] = {
        {"batch", judge_batch},   {"wrap", judge_wrap},       {"statement", judge_statement},
        {"roster", judge_roster}, {"request", judge_request}, {"message", judge_message},
        {"feed", judge_feed}};
    for (size_t i = 0; i < sizeof ones / sizeof ones[0]; i++) {
        if (strcmp(kind, ones[i].kind) == 0) {
            return ones[i].judge(unhex(first));
        }
    }
    return TOC_NOTFOUND;
}

int main(void)
{
    char *line = malloc(LINE_MAX_BYTES);
    TOC_ASSERT(line != NULL && toc_arena_new(64 * 1024 * 1024, &arena) == TOC_OK);
    while (fgets(line, LINE_MAX_BYTES, stdin) != NULL) {
        char empty[] = "", *rest = line;
        line[strcspn(line, "\n")] = '\0';
        const char *kind = strsep(&rest, " ");
        char *first = strsep(&rest, " ");
        char *second = strsep(&rest, " ");
        TOC_ASSERT(kind != NULL);
        toc_arena_reset(arena);
        const enum toc_result result =
            judge(kind, first != NULL ? first : empty, second != NULL ? second : empty);
        if (result != TOC_OK) {
            printf("reject %s", toc_result_name(result));
        }
        putchar('\n');
        fflush(stdout);
    }
    toc_arena_free(&arena);
    free(line);
    return 0;
}
