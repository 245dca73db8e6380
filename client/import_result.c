#include "import_result.h"
#include "ensure.h"
#include <string.h>

enum { ROOM_FIRST = 16 };

const char *toc_import_fate_name(enum toc_import_fate fate)
{
    switch (fate) {
    case TOC_IMPORT_USED:
        return "used";
    case TOC_IMPORT_REJECTED:
        return "rejected";
    case TOC_IMPORT_SCREENED:
        return "screened";
    case TOC_IMPORT_HELD:
        return "held";
    }
    TOC_UNREACHABLE();
    return "";
}

void toc_import_init(struct toc_import *import, struct toc_arena *arena)
{
    *import = (struct toc_import){.arena = arena};
}

enum toc_result toc_import_grow(struct toc_arena *arena, void *items_address, size_t len,
                                size_t *room, size_t size)
{
    if (len < *room) {
        return TOC_OK;
    }
    void *items;
    memcpy(&items, items_address, sizeof items);
    const size_t new_room = *room == 0 ? ROOM_FIRST : 2 * *room;
    void *const grown = toc_arena_zero(arena, new_room, size);
    TOC_ENSURE(grown != NULL, TOC_NOMEM);
    if (len > 0) {
        memcpy(grown, items, len * size);
    }
    memcpy(items_address, &grown, sizeof grown);
    *room = new_room;
    return TOC_OK;
}

enum toc_result toc_import_note(struct toc_import *import, size_t row, enum toc_import_fate fate,
                                const char *column, const char *reason)
{
    if (import->notes_len == TOC_IMPORT_NOTES_MAX) {
        import->notes_left_out++;
        return TOC_OK;
    }
    TOC_TRY(toc_import_grow(import->arena, &import->notes, import->notes_len, &import->notes_room,
                            sizeof *import->notes));
    const char *const column_copy = toc_arena_text(import->arena, toc_bytes_text(column));
    const char *const reason_copy = toc_arena_text(import->arena, toc_bytes_text(reason));
    TOC_ENSURE(column_copy != NULL && reason_copy != NULL, TOC_NOMEM);
    import->notes[import->notes_len++] = (struct toc_import_note){
        .row = row, .fate = fate, .column = column_copy, .reason = reason_copy};
    return TOC_OK;
}

/* Reasons for screening are a few codes: past the last place nothing is lost but the tally. */
static enum toc_result tally(struct toc_import *import, const char *reason, size_t rows)
{
    for (size_t i = 0; i < import->tallies_len; i++) {
        if (strcmp(import->tallies[i].reason, reason) == 0) {
            import->tallies[i].rows += rows;
            return TOC_OK;
        }
    }
    if (import->tallies_len < TOC_IMPORT_TALLIES_MAX) {
        const char *const copy = toc_arena_text(import->arena, toc_bytes_text(reason));
        TOC_ENSURE(copy != NULL, TOC_NOMEM);
        import->tallies[import->tallies_len++] =
            (struct toc_import_tally){.reason = copy, .rows = rows};
    }
    return TOC_OK;
}

enum toc_result toc_import_count(struct toc_import *import, enum toc_import_fate fate,
                                 const char *reason, size_t rows)
{
    import->rows_read += rows;
    switch (fate) {
    case TOC_IMPORT_USED:
        import->rows_used += rows;
        return TOC_OK;
    case TOC_IMPORT_REJECTED:
        import->rows_rejected += rows;
        return TOC_OK;
    case TOC_IMPORT_SCREENED:
        import->rows_screened += rows;
        return tally(import, reason, rows);
    case TOC_IMPORT_HELD:
        import->rows_held += rows;
        return TOC_OK;
    }
    TOC_UNREACHABLE();
    return TOC_INVALID;
}

enum toc_result toc_import_settle(struct toc_import *import, size_t row, enum toc_import_fate fate,
                                  const char *column, const char *reason)
{
    TOC_TRY(toc_import_count(import, fate, reason, 1));
    return fate == TOC_IMPORT_USED ? TOC_OK : toc_import_note(import, row, fate, column, reason);
}

enum toc_result toc_import_reject_why(struct toc_import *import, size_t row,
                                      const struct toc_why *why)
{
    char column[sizeof why->text];
    const char *reason = strstr(why->text, ": ");
    const size_t len = reason == NULL ? 0 : (size_t)(reason - why->text);
    memcpy(column, why->text, len);
    column[len] = '\0';
    reason = reason == NULL ? why->text : reason + 2;
    return toc_import_settle(import, row, TOC_IMPORT_REJECTED, column, reason);
}

enum toc_result toc_import_remark(struct toc_import *import, size_t row, const char *column,
                                  const char *reason)
{
    return toc_import_note(import, row, TOC_IMPORT_USED, column, reason);
}

enum toc_result toc_import_add(struct toc_import *import, const struct toc_record *record)
{
    TOC_TRY(toc_import_grow(import->arena, &import->records, import->records_len,
                            &import->records_room, sizeof *import->records));
    import->records[import->records_len++] = *record;
    return TOC_OK;
}
