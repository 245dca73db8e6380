/* Keeping the picture: a record more, a record less, and what follows when a name gains or loses
 * its one number. See store_picture.h. */
#include "store_picture_part.h"
#include <string.h>

#define NAME_PREFIX "name:"
enum { MOVE_AT_ONCE = 64 };

/* ---- members ---- */

static enum toc_result member_read(struct toc_store *store, const char *publisher, int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SHARER_GET,
                           "SELECT id FROM sharer WHERE publisher = ?1", &query));
    toc_query_text(&query, 1, publisher);
    TOC_TRY(toc_query_row(&query));
    *ret_id = toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result member_add(struct toc_store *store, const char *publisher, int64_t *ret_id)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_SHARER_ADD,
                           "INSERT INTO sharer (publisher) VALUES (?1)", &query));
    toc_query_text(&query, 1, publisher);
    TOC_TRY(toc_query_run(&query));
    const int64_t id = sqlite3_last_insert_rowid(store->group.handle);
    TOC_ENSURE(id <= UINT16_MAX, TOC_TOOBIG);
    *ret_id = id;
    return TOC_OK;
}

enum toc_result toc_picture_member_id(struct toc_store *store, const char *publisher, bool make,
                                      int64_t *ret_id)
{
    if (store->counts.sharer.id == 0 || strcmp(store->counts.sharer.publisher, publisher) != 0) {
        struct toc_sharer sharer = {.id = 0};
        enum toc_result found = member_read(store, publisher, &sharer.id);
        if (found == TOC_NOTFOUND && make) {
            found = member_add(store, publisher, &sharer.id);
        }
        TOC_TRY(found);
        TOC_ENSURE(strlen(publisher) < sizeof sharer.publisher, TOC_TOOBIG);
        memcpy(sharer.publisher, publisher, strlen(publisher) + 1);
        store->counts.sharer = sharer;
    }
    *ret_id = store->counts.sharer.id;
    return TOC_OK;
}

/* ---- where a record is found ---- */

static enum toc_result exposure_add(struct toc_store *store, int64_t subject,
                                    const struct toc_entry *entry)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    toc_exposed_changed(store, entry->member);
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EXPOSURE_ADD,
                           "INSERT INTO exposure (member, sequence, subject, year, category)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                           &query));
    toc_query_integer(&query, 1, entry->member);
    toc_query_integer(&query, 2, (int64_t)entry->sequence);
    toc_query_integer(&query, 3, subject);
    toc_query_integer(&query, 4, entry->year);
    toc_query_integer(&query, 5, entry->category);
    return toc_query_run(&query);
}

static enum toc_result exposure_read(struct toc_store *store, struct toc_entry *entry,
                                     struct toc_subject *ret_subject)
{
    int64_t subject;
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EXPOSURE_GET,
                               "SELECT subject, year, category FROM exposure"
                               " WHERE member = ?1 AND sequence = ?2",
                               &query));
        toc_query_integer(&query, 1, entry->member);
        toc_query_integer(&query, 2, (int64_t)entry->sequence);
        TOC_TRY(toc_query_row(&query));
        subject = toc_query_get(&query, 0);
        entry->year = (unsigned)toc_query_get(&query, 1);
        entry->category = (unsigned)toc_query_get(&query, 2);
    }
    const enum toc_result found = toc_subject_get(store, subject, ret_subject);
    return found == TOC_NOTFOUND ? toc_store_damaged(store, &store->group) : found;
}

static enum toc_result exposure_drop(struct toc_store *store, const struct toc_entry *entry)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    toc_exposed_changed(store, entry->member);
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EXPOSURE_DROP,
                           "DELETE FROM exposure WHERE member = ?1 AND sequence = ?2", &query));
    toc_query_integer(&query, 1, entry->member);
    toc_query_integer(&query, 2, (int64_t)entry->sequence);
    return toc_query_hit(&query);
}

static enum toc_result exposure_move(struct toc_store *store, const struct toc_entry *entry,
                                     int64_t to)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    toc_exposed_changed(store, entry->member);
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EXPOSURE_MOVE,
                           "UPDATE exposure SET subject = ?3 WHERE member = ?1 AND sequence = ?2",
                           &query));
    toc_query_integer(&query, 1, entry->member);
    toc_query_integer(&query, 2, (int64_t)entry->sequence);
    toc_query_integer(&query, 3, to);
    return toc_query_hit(&query);
}

/* ---- records without a number: where those of one folded name are ---- */

struct fold {
    int64_t id;
    int64_t at; /* the supplier they are with now */
};

static enum toc_result fold_find(struct toc_store *store, const char *folded, struct fold *ret_fold)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_FOLD_FIND,
                           "SELECT id, at FROM fold WHERE text = ?1", &query));
    toc_query_text(&query, 1, folded);
    TOC_TRY(toc_query_row(&query));
    *ret_fold = (struct fold){toc_query_get(&query, 0), toc_query_get(&query, 1)};
    return TOC_OK;
}

static enum toc_result fold_add(struct toc_store *store, const char *folded, struct fold *fold)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_FOLD_ADD,
                           "INSERT INTO fold (text, at) VALUES (?1, ?2)", &query));
    toc_query_text(&query, 1, folded);
    toc_query_integer(&query, 2, fold->at);
    TOC_TRY(toc_query_run(&query));
    fold->id = sqlite3_last_insert_rowid(store->group.handle);
    return TOC_OK;
}

static enum toc_result fold_move(struct toc_store *store, int64_t fold, int64_t at)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_FOLD_MOVE,
                           "UPDATE fold SET at = ?2 WHERE id = ?1", &query));
    toc_query_integer(&query, 1, fold);
    toc_query_integer(&query, 2, at);
    return toc_query_hit(&query);
}

static enum toc_result nameless_add(struct toc_store *store, int64_t fold,
                                    const struct toc_entry *entry)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAMELESS_ADD,
                           "INSERT INTO nameless (fold, member, sequence) VALUES (?1, ?2, ?3)",
                           &query));
    toc_query_integer(&query, 1, fold);
    toc_query_integer(&query, 2, entry->member);
    toc_query_integer(&query, 3, (int64_t)entry->sequence);
    return toc_query_run(&query);
}

/* And the fold, when it was the last of it. */
static enum toc_result nameless_drop(struct toc_store *store, const struct toc_entry *entry)
{
    struct fold fold;
    TOC_TRY(fold_find(store, entry->folded, &fold));
    {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(
            store, &store->group, TOC_SQL_NAMELESS_DROP,
            "DELETE FROM nameless WHERE fold = ?1 AND member = ?2 AND sequence = ?3", &query));
        toc_query_integer(&query, 1, fold.id);
        toc_query_integer(&query, 2, entry->member);
        toc_query_integer(&query, 3, (int64_t)entry->sequence);
        TOC_TRY(toc_query_hit(&query));
    }
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_FOLD_DROP,
                           "DELETE FROM fold WHERE id = ?1"
                           " AND NOT EXISTS (SELECT 1 FROM nameless WHERE fold = ?1)",
                           &query));
    toc_query_integer(&query, 1, fold.id);
    return toc_query_run(&query);
}

/* The next records of a fold, after (*member, *sequence). */
static enum toc_result nameless_next(struct toc_store *store, int64_t fold,
                                     const struct toc_entry *after,
                                     struct toc_entry ret_entries[MOVE_AT_ONCE], size_t *ret_len)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    size_t len = 0;
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_NAMELESS_NEXT,
                           "SELECT member, sequence FROM nameless"
                           " WHERE fold = ?1 AND (member, sequence) > (?2, ?3)"
                           " ORDER BY member, sequence LIMIT ?4",
                           &query));
    toc_query_integer(&query, 1, fold);
    toc_query_integer(&query, 2, after->member);
    toc_query_integer(&query, 3, (int64_t)after->sequence);
    toc_query_integer(&query, 4, MOVE_AT_ONCE);
    for (; len < MOVE_AT_ONCE; len++) {
        const enum toc_result found = toc_query_row(&query);
        if (found == TOC_NOTFOUND) {
            break;
        }
        TOC_TRY(found);
        ret_entries[len].member = toc_query_get(&query, 0);
        ret_entries[len].sequence = (uint64_t)toc_query_get(&query, 1);
    }
    *ret_len = len;
    return TOC_OK;
}

/* ---- joining by name ---- */

/* Where records without a number belong that have this folded name. */
static enum toc_result home_of(struct toc_store *store, const char *folded,
                               struct toc_subject *ret_subject)
{
    char key[TOC_EXPOSURE_SUBJECT_LEN_MAX + 1] = NAME_PREFIX;
    int64_t only = 0;
    unsigned numbers;
    TOC_TRY(toc_naming_numbers(store, folded, &only, &numbers));
    if (numbers == 1) {
        const enum toc_result found = toc_subject_get(store, only, ret_subject);
        return found == TOC_NOTFOUND ? toc_store_damaged(store, &store->group) : found;
    }
    memcpy(key + strlen(NAME_PREFIX), folded, strlen(folded) + 1);
    const enum toc_result found = toc_subject_find(store, key, ret_subject);
    return found == TOC_NOTFOUND ? toc_subject_make(store, key, numbers > 1, ret_subject) : found;
}

/* Names of nameless records say nothing about numbers: this never leads to another move. */
static enum toc_result move_one(struct toc_store *store, struct toc_entry *entry,
                                const struct toc_subject *to)
{
    struct toc_subject from;
    bool numbers = false;
    const enum toc_result found = exposure_read(store, entry, &from);
    TOC_ENSURE(found != TOC_NOTFOUND, toc_store_damaged(store, &store->group));
    TOC_TRY(found);
    TOC_TRY(toc_entry_read(store, from.id, entry));
    TOC_TRY(toc_entry_take(store, &from, entry, &numbers));
    TOC_TRY(toc_entry_give(store, to, entry, &numbers));
    TOC_ASSERT(!numbers);
    return exposure_move(store, entry, to->id);
}

/* A folded name stands with other numbers than before: its records without one go where they
 * belong. */
static enum toc_result resettle(struct toc_store *store, const char *folded)
{
    struct toc_entry entries[MOVE_AT_ONCE];
    struct toc_entry after = {.member = 0};
    struct toc_subject home;
    struct fold fold;
    size_t len = MOVE_AT_ONCE;
    const enum toc_result found = fold_find(store, folded, &fold);
    if (found == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(found);
    TOC_TRY(home_of(store, folded, &home));
    if (home.id == fold.at) {
        return TOC_OK;
    }
    TOC_TRY(fold_move(store, fold.id, home.id));
    while (len == MOVE_AT_ONCE) {
        TOC_TRY(nameless_next(store, fold.id, &after, entries, &len));
        for (size_t i = 0; i < len; i++) {
            TOC_TRY(move_one(store, &entries[i], &home));
            after = entries[i];
        }
    }
    return TOC_OK;
}

/* ---- what store_picture.h promises ---- */

static enum toc_result entry_of(const struct toc_exposure *exposure, int64_t member,
                                uint64_t sequence, struct toc_entry *ret_entry)
{
    const size_t name_len = strlen(exposure->name);
    const size_t folded_len = strlen(exposure->folded);
    struct toc_entry entry = {.member = member,
                              .sequence = sequence,
                              .year = exposure->year,
                              .category = toc_category_code(exposure->category),
                              .spend_thousands = exposure->spend_thousands,
                              .months = exposure->months,
                              .contracts = exposure->contracts,
                              .ends = exposure->earliest_end_quarter,
                              .route = exposure->route,
                              .id_basis = exposure->id_basis};
    TOC_ENSURE(name_len > 0 && name_len < sizeof entry.name, TOC_INVALID);
    TOC_ENSURE(folded_len > 0 && folded_len < sizeof entry.folded, TOC_INVALID);
    memcpy(entry.name, exposure->name, name_len + 1);
    memcpy(entry.folded, exposure->folded, folded_len + 1);
    *ret_entry = entry;
    return TOC_OK;
}

static enum toc_result put_numbered(struct toc_store *store, const struct toc_entry *entry,
                                    const char *key)
{
    struct toc_subject subject;
    bool numbers = false;
    enum toc_result found = toc_subject_find(store, key, &subject);
    if (found == TOC_NOTFOUND) {
        found = toc_subject_make(store, key, false, &subject);
    }
    TOC_TRY(found);
    TOC_TRY(toc_entry_give(store, &subject, entry, &numbers));
    TOC_TRY(exposure_add(store, subject.id, entry));
    return numbers ? resettle(store, entry->folded) : TOC_OK;
}

static enum toc_result put_nameless(struct toc_store *store, const struct toc_entry *entry)
{
    struct toc_subject subject;
    struct fold fold;
    bool numbers = false;
    TOC_TRY(home_of(store, entry->folded, &subject));
    enum toc_result found = fold_find(store, entry->folded, &fold);
    if (found == TOC_NOTFOUND) {
        fold.at = subject.id;
        found = fold_add(store, entry->folded, &fold);
    }
    TOC_TRY(found);
    TOC_TRY(nameless_add(store, fold.id, entry));
    TOC_TRY(toc_entry_give(store, &subject, entry, &numbers));
    return exposure_add(store, subject.id, entry);
}

static enum toc_result drop_entry(struct toc_store *store, struct toc_entry *entry)
{
    struct toc_subject subject;
    bool numbers = false;
    const enum toc_result found = exposure_read(store, entry, &subject);
    if (found == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(found);
    TOC_TRY(toc_entry_read(store, subject.id, entry));
    TOC_TRY(toc_entry_take(store, &subject, entry, &numbers));
    TOC_TRY(exposure_drop(store, entry));
    if (entry->id_basis == TOC_ID_NONE) {
        return nameless_drop(store, entry);
    }
    return numbers ? resettle(store, entry->folded) : TOC_OK;
}

enum toc_result toc_store_picture_put(struct toc_store *store, const char *publisher,
                                      uint64_t sequence, const struct toc_exposure *exposure)
{
    struct toc_entry entry;
    struct toc_entry old;
    int64_t member;
    TOC_ASSERT(store->changing);
    TOC_ENSURE(sequence > 0 && toc_storable(sequence), TOC_INVALID);
    TOC_TRY(toc_picture_member_id(store, publisher, true, &member));
    TOC_TRY(entry_of(exposure, member, sequence, &entry));
    old = (struct toc_entry){.member = member, .sequence = sequence};
    TOC_TRY(drop_entry(store, &old));
    return exposure->id[0] == '\0' ? put_nameless(store, &entry)
                                   : put_numbered(store, &entry, exposure->subject);
}

enum toc_result toc_store_picture_drop(struct toc_store *store, const char *publisher,
                                       uint64_t sequence)
{
    struct toc_entry entry = {.sequence = sequence};
    TOC_ASSERT(store->changing);
    TOC_ENSURE(sequence > 0 && toc_storable(sequence), TOC_OK);
    const enum toc_result found = toc_picture_member_id(store, publisher, false, &entry.member);
    if (found == TOC_NOTFOUND) {
        return TOC_OK;
    }
    TOC_TRY(found);
    return drop_entry(store, &entry);
}

static enum toc_result next_between(struct toc_store *store, int64_t member, uint64_t first,
                                    uint64_t last, uint64_t *ret_sequence)
{
    TOC_AUTO(toc_query_close) struct toc_query query = {0};
    TOC_TRY(toc_query_open(store, &store->group, TOC_SQL_EXPOSURE_NEXT,
                           "SELECT sequence FROM exposure"
                           " WHERE member = ?1 AND sequence BETWEEN ?2 AND ?3"
                           " ORDER BY sequence LIMIT 1",
                           &query));
    toc_query_integer(&query, 1, member);
    toc_query_integer(&query, 2, (int64_t)first);
    toc_query_integer(&query, 3, (int64_t)last);
    TOC_TRY(toc_query_row(&query));
    *ret_sequence = (uint64_t)toc_query_get(&query, 0);
    return TOC_OK;
}

static enum toc_result clear_all(struct toc_store *store)
{
    static const struct {
        enum toc_sql sql;
        const char *text;
    } all[] = {
        {TOC_SQL_CLEAR_EXPOSURE, "DELETE FROM exposure"},
        {TOC_SQL_CLEAR_SHARE, "DELETE FROM share"},
        {TOC_SQL_CLEAR_SPELLING, "DELETE FROM spelling"},
        {TOC_SQL_CLEAR_TITLE, "DELETE FROM title"},
        {TOC_SQL_CLEAR_LINK, "DELETE FROM link"},
        {TOC_SQL_CLEAR_FOLD, "DELETE FROM fold"},
        {TOC_SQL_CLEAR_NAMELESS, "DELETE FROM nameless"},
        {TOC_SQL_CLEAR_PICTURE, "DELETE FROM picture"},
        {TOC_SQL_CLEAR_COUNT, "DELETE FROM picture_count"},
        {TOC_SQL_CLEAR_SUBJECT, "DELETE FROM subject"},
        {TOC_SQL_CLEAR_SHARER, "DELETE FROM sharer"},
    };
    toc_picture_counts_forget(store);
    toc_exposed_forget(store);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        TOC_TRY(toc_query_simple(store, &store->group, all[i].sql, all[i].text));
    }
    return TOC_OK;
}

enum toc_result toc_store_picture_clear(struct toc_store *store, const char *publisher,
                                        uint64_t first_sequence, uint64_t last_sequence)
{
    const uint64_t last = toc_storable(last_sequence) ? last_sequence : INT64_MAX;
    struct toc_entry entry = {.sequence = first_sequence > 0 ? first_sequence : 1};
    TOC_ASSERT(store->changing);
    if (publisher == NULL) {
        return clear_all(store);
    }
    enum toc_result found = toc_picture_member_id(store, publisher, false, &entry.member);
    while (found == TOC_OK && entry.sequence <= last) {
        found = next_between(store, entry.member, entry.sequence, last, &entry.sequence);
        if (found == TOC_OK) {
            TOC_TRY(drop_entry(store, &entry));
        }
    }
    return found == TOC_NOTFOUND ? TOC_OK : found;
}
