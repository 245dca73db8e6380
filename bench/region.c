/* bench-region FOLDER MEMBERS SUPPLIERS: fills a store with so many exposures of so many members
 * (seeded), then asks for pages of the picture through a daemon's engine, and for the same rows of
 * the same file with SQLite alone. One JSON object on stdout. */
#include "engine.h"
#include "ensure.h"
#include "measure.h"
#include "store_picture.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ASKED = 1000, AT_ONCE = 16384, NATIONAL = 4000, YEAR = 2015, PART_OF_OWN = 8 };

static uint64_t state = 1;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(state >> 33) % below;
}

/* A shared machine's clock says little: the processor's time of this program, beside it. */
static int64_t cpu_now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void must(enum toc_result result, const char *what)
{
    if (result != TOC_OK) {
        toc_measure_die("%s: %s", what, toc_result_name(result));
    }
}

/* ---- a member's engine on the store, alone in its group ---- */

static int64_t wall_ms(void *context)
{
    (void)context;
    return INT64_C(1769860800000);
}
static int64_t mono_ms(void *context)
{
    (void)context;
    return toc_measure_now_us() / 1000;
}
static void fill_random(void *context, void *ret_bytes, size_t len)
{
    (void)context;
    memset(ret_bytes, (int)draw(256), len);
}
static const struct toc_env env = {wall_ms, mono_ms, fill_random, NULL};

static struct toc_engine *engine_on(struct toc_store *store, struct toc_arena *arena)
{
    static struct toc_conf conf = {
        .member = "leeds", .heartbeat_s = 30, .receipt_s = 10, .submissions_max = 1000};
    static struct toc_member_keys keys;
    toc_member_keys_new("leeds", &keys);
    const struct toc_member leeds = {.id = "leeds",
                                     .name = "Leeds City Council",
                                     .gss = "",
                                     .roles = TOC_ROLE_BIT(TOC_ROLE_COUNCIL),
                                     .curve_public = keys.curve_public,
                                     .sign_public = keys.sign_public,
                                     .box_public = keys.box_public,
                                     .admitted_version = 1};
    const struct toc_roster roster = {.group = "bench",
                                      .version = 1,
                                      .issued_ms = wall_ms(NULL),
                                      .expires_ms = wall_ms(NULL) + INT64_C(31536000000),
                                      .threshold = 1,
                                      .signers = &keys.sign_public,
                                      .signers_len = 1,
                                      .members = &leeds,
                                      .members_len = 1};
    struct toc_bytes body, bytes;
    struct toc_buf file;
    struct toc_engine *engine = NULL;
    struct toc_why why = {""};
    must(toc_wire_roster_encode(arena, &roster, &body), "roster");
    const struct toc_roster_signature signature = {
        keys.sign_public, toc_roster_sign(&toc_hash_zero, 1, body, &keys.sign_secret)};
    must(toc_wire_signed_roster_encode(arena, body, &signature, 1, &bytes), "roster");
    toc_buf_init(&file, TOC_ROSTER_LEN_MAX);
    must(toc_buf_append_text(&file, TOC_ROSTER_FILE_MAGIC), "roster");
    must(toc_list_append(&file, bytes), "roster");
    const struct toc_engine_setup setup = {
        .conf = &conf, .keys = &keys, .store = store, .env = &env};
    must(toc_engine_new(&setup, toc_buf_bytes(&file), &engine, &why), why.text);
    toc_buf_done(&file);
    return engine;
}

/* ---- filling ---- */

/* A quarter of what a council buys from is known everywhere, the better known the more often; the
 * rest it shares with few: one of `local` names a group of councils. Seven in ten give a number. */
static void make_exposure(uint32_t member, uint32_t locals, struct toc_arena *arena,
                          struct toc_exposure *ret_exposure)
{
    const bool national = draw(4) == 0;
    const uint32_t known = draw(NATIONAL) * draw(NATIONAL) / NATIONAL;
    const uint32_t which =
        national ? known : NATIONAL + member / PART_OF_OWN * locals + draw(locals);
    static const unsigned divisions[] = {45, 85, 80, 79, 50, 90, 72, 71, 60, 98, 55, 39, 77, 66};
    char name[64];
    char id[9];
    (void)snprintf(name, sizeof name, "%s %c%c Services %" PRIu32 " %s",
                   national ? "National" : "Local", 'A' + (int)(which % 26),
                   'A' + (int)(which / 26 % 26), which, which % 3 == 0 ? "Limited" : "Ltd");
    (void)snprintf(id, sizeof id, "%08" PRIu32, which + 1);
    const bool numbered = draw(10) < 7;
    toc_exposure_init(ret_exposure);
    ret_exposure->name = toc_arena_text(arena, toc_bytes_text(name));
    ret_exposure->scheme = numbered ? "GB-COH" : "";
    ret_exposure->id = numbered ? toc_arena_text(arena, toc_bytes_text(id)) : "";
    ret_exposure->id_basis = numbered ? TOC_ID_STATED : TOC_ID_NONE;
    ret_exposure->category =
        (struct toc_category){TOC_CATEGORY_CPV, divisions[which % 14 * draw(3) / 2 % 14]};
    ret_exposure->year = YEAR;
    ret_exposure->months = 0xfff;
    ret_exposure->spend_thousands = (int64_t)draw(100) * draw(1000) / (1 + draw(1000));
    must(toc_exposure_derive(arena, ret_exposure), "exposure");
}

static void fill(struct toc_store *store, uint32_t members, uint32_t suppliers,
                 struct toc_arena *arena)
{
    const int64_t begin = toc_measure_now_us();
    const int64_t cpu = cpu_now_us();
    uint32_t waiting = 0;
    must(toc_store_begin(store), "begin");
    for (uint32_t member = 0; member < members; member++) {
        char publisher[16];
        (void)snprintf(publisher, sizeof publisher, "m%03" PRIu32, member);
        for (uint32_t i = 1; i <= suppliers; i++) {
            struct toc_exposure exposure;
            toc_arena_reset(arena);
            make_exposure(member, suppliers, arena, &exposure);
            must(toc_store_picture_put(store, publisher, i, &exposure), toc_store_why(store));
            if (++waiting % AT_ONCE == 0) {
                must(toc_store_commit(store), "commit");
                must(toc_store_begin(store), "begin");
            }
        }
    }
    must(toc_store_commit(store), "commit");
    printf("{\"members\":%" PRIu32 ",\"records\":%" PRIu32 ",\"records_s\":%.0f"
           ",\"records_cpu_s\":%.0f",
           members, waiting, (double)waiting * 1e6 / (double)(toc_measure_now_us() - begin),
           (double)waiting * 1e6 / (double)(cpu_now_us() - cpu));
}

/* ---- asking ---- */

struct took {
    int64_t wall[ASKED];
    int64_t cpu[ASKED];
};

static void ask(struct toc_engine *engine, const char *request, struct took *took, size_t at)
{
    const struct toc_local_user user = {.uid = 1000, .gid = 1000};
    const struct toc_bytes part = toc_bytes_text(request);
    struct toc_why why = {""};
    const int64_t begin = toc_measure_now_us();
    const int64_t cpu = cpu_now_us();
    toc_engine_begin(engine);
    must(toc_engine_local(engine, 900, &user, &part, 1), request);
    must(toc_engine_finish(engine, &why), why.text);
    took->wall[at] = toc_measure_now_us() - begin;
    took->cpu[at] = cpu_now_us() - cpu;
    const struct toc_out *out;
    TOC_ASSERT(toc_engine_outbox(engine, &out) == 1);
    if (memmem(out->parts[0].data, out->parts[0].len, "\"ok\":true", 9) == NULL &&
        memmem(out->parts[0].data, out->parts[0].len, "\"ok\": true", 10) == NULL) {
        toc_measure_die("%s: %.*s", request, (int)out->parts[0].len,
                        (const char *)out->parts[0].data);
    }
}

#define SUPPLIERS "{\"request\":\"region_suppliers\",\"year\":2015"

static void make_request(unsigned kind, uint32_t members, char *ret_request, size_t room)
{
    static const char *const fields[] = {
        "",
        ",\"sort\":\"spend\"",
        ",\"sort\":\"name\"",
        ",\"category\":\"cpv-%02u\"",
        ",\"councils_min\":3,\"sort\":\"name\"",
        ",\"search\":\"services %u\"",
        ",\"member\":\"m%03u\"",
        ",\"member\":\"m%03u\",\"sort\":\"name\"",
        ",\"search\":\"nobody %u\",\"sort\":\"spend\"",
        ",\"limit\":500",
    };
    static const unsigned divisions[] = {45, 85, 80, 79};
    const unsigned number = kind == 3 ? divisions[draw(4)] : draw(members);
    const char *const at = strchr(fields[kind], '%');
    if (at == NULL) {
        (void)snprintf(ret_request, room, "%s%s}", SUPPLIERS, fields[kind]);
        return;
    }
    (void)snprintf(ret_request, room, "%s%.*s%0*u%s}", SUPPLIERS, (int)(at - fields[kind]),
                   fields[kind], at[1] == '0' ? at[2] - '0' : 1, number, strchr(at, 'u') + 1);
}

static void print_quantiles(const char *name, struct took *took, size_t from, size_t len)
{
    printf(",\"%s\":{\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"p50_cpu_ms\":%.2f,\"p99_cpu_ms\":%.2f}",
           name, (double)toc_measure_quantile(took->wall + from, len, 500) / 1000,
           (double)toc_measure_quantile(took->wall + from, len, 990) / 1000,
           (double)toc_measure_quantile(took->cpu + from, len, 500) / 1000,
           (double)toc_measure_quantile(took->cpu + from, len, 990) / 1000);
}

static void ask_all(struct toc_engine *engine, uint32_t members)
{
    static const char *const names[] = {"first",       "by_spend",   "by_name", "category",
                                        "shared_by_3", "search",     "member",  "member_by_name",
                                        "search_none", "page_of_500"};
    static struct took took;
    const size_t count = ASKED / (sizeof names / sizeof names[0]);
    size_t len = 0;
    for (size_t i = 0; i < ASKED; i++) {
        ask(engine, SUPPLIERS "}", &took, i);
    }
    print_quantiles(names[0], &took, 0, ASKED);
    for (unsigned kind = 0; kind < sizeof names / sizeof names[0]; kind++) {
        for (size_t i = 0; i < count; i++) {
            char request[300];
            make_request(kind, members, request, sizeof request);
            ask(engine, request, &took, len + i);
        }
        if (kind > 0) {
            print_quantiles(names[kind], &took, len, count);
        }
        len += count;
    }
    print_quantiles("mixed", &took, 0, len);
    for (size_t i = 0; i < count; i++) {
        ask(engine, "{\"request\":\"region_concentration\",\"year\":2015}", &took, i);
    }
    print_quantiles("concentration", &took, 0, count);
}

/* ---- the limit: the rows of a first page, and nothing made of them ---- */

static void ask_bare(const char *folder)
{
    char path[4096];
    sqlite3 *db = NULL;
    sqlite3_stmt *query = NULL;
    static struct took took;
    (void)snprintf(path, sizeof path, "%s/group.db", folder);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
                           "SELECT s.key, s.name, p.councils, p.spend, p.members FROM picture AS p"
                           " CROSS JOIN subject AS s ON s.id = p.subject WHERE p.year = 2015"
                           " AND p.category = ?1 ORDER BY p.councils DESC, p.spend DESC,"
                           " p.tie DESC LIMIT 50",
                           -1, &query, NULL) != SQLITE_OK) {
        toc_measure_die("%s: %s", path, sqlite3_errmsg(db));
    }
    for (size_t i = 0; i < ASKED; i++) {
        const int64_t begin = toc_measure_now_us();
        const int64_t cpu = cpu_now_us();
        size_t rows = 0;
        (void)sqlite3_bind_int(query, 1, TOC_PICTURE_ALL);
        while (sqlite3_step(query) == SQLITE_ROW) {
            rows += sqlite3_column_bytes(query, 0) > 0;
        }
        (void)sqlite3_reset(query);
        TOC_ASSERT(rows == 50);
        took.wall[i] = toc_measure_now_us() - begin;
        took.cpu[i] = cpu_now_us() - cpu;
    }
    print_quantiles("sqlite_first", &took, 0, ASKED);
    (void)sqlite3_finalize(query);
    (void)sqlite3_close(db);
}

int main(int argc, char **argv)
{
    TOC_AUTO(toc_store_close) struct toc_store *store = NULL;
    TOC_AUTO(toc_arena_free) struct toc_arena *arena = NULL;
    struct toc_why why = {""};
    uint64_t total = 0;
    if (argc != 4) {
        fprintf(stderr, "usage: bench-region FOLDER MEMBERS SUPPLIERS\n");
        return 2;
    }
    const uint32_t members = (uint32_t)strtoul(argv[2], NULL, 10);
    const uint32_t suppliers = (uint32_t)strtoul(argv[3], NULL, 10);
    must(toc_arena_new((size_t)16 * 1024 * 1024, &arena), "arena");
    must(toc_store_open(argv[1], &store, &why), why.text);
    must(toc_store_checkpointer_start(store, &why), why.text);
    fill(store, members, suppliers, arena);
    struct toc_engine *engine = engine_on(store, arena);
    must(toc_store_picture_total(store, YEAR, TOC_PICTURE_ALL, 1, &total), "total");
    printf(",\"suppliers\":%" PRIu64, total);
    ask_all(engine, members);
    toc_engine_free(&engine);
    toc_store_close(&store);
    ask_bare(argv[1]);
    printf("}\n");
    return 0;
}
