#include "import_spend_send.h"
#include "category.h"
#include "ensure.h"
#include "record_json.h"
#include <stdlib.h>
#include <string.h>

/* One import_rows: a run of cells and the payees they name. */
struct message {
    json_t *payees;
    uint32_t places[TOC_SPEND_MESSAGE_PAYEES_MAX]; /* among the sums' payees */
    size_t rows[TOC_SPEND_MESSAGE_PAYEES_MAX];
    size_t payees_len;
    uint8_t cells[TOC_SPEND_MESSAGE_CELLS_MAX * TOC_SPEND_CELL_LEN];
    size_t cells_len;
};

static void free_message(struct message **message)
{
    if (*message != NULL) {
        json_decref((*message)->payees);
        free(*message);
    }
}

static void put_little(uint8_t *at, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

void toc_spend_cell_encode(const struct toc_spend_cell *cell, uint32_t payee,
                           uint8_t ret_bytes[TOC_SPEND_CELL_LEN])
{
    struct toc_category category = {.basis = TOC_CATEGORY_UNKNOWN};
    TOC_ASSERT(toc_category_of_code(cell->category, &category));
    put_little(ret_bytes, payee, 4);
    put_little(ret_bytes + 4, (uint32_t)cell->day, 4);
    ret_bytes[8] = (uint8_t)category.basis;
    ret_bytes[9] = 0;
    put_little(ret_bytes + 10, category.division, 2);
    put_little(ret_bytes + 12, cell->rows, 4);
    put_little(ret_bytes + 16, (uint64_t)cell->pence, 8);
}

enum toc_result toc_spend_open(struct toc_spend_sending *sending, const char *source,
                               const char *file, const char *hash, bool *ret_same,
                               struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    json_t *const fields =
        json_pack("{s:s, s:s, s:s}", "kind", "spend", "source", source, "file", file);
    if (fields == NULL) {
        return toc_fail(why, TOC_INVALID, "the name of the file is no text");
    }
    if (hash != NULL) {
        (void)json_object_set_new(fields, "hash", json_string(hash));
    }
    TOC_TRY(toc_cli_call(sending->cli, "import_open", fields, &reply, why));
    *ret_same = toc_field_true(reply.json, "same");
    sending->import = *ret_same ? 0 : toc_field_number(reply.json, "import");
    sending->number = 0;
    return TOC_OK;
}

/* As many of the cells as one message holds; returns how many. */
static size_t fill(struct message *message, struct toc_spend_sums *sums,
                   const struct toc_spend_cell *cells, size_t cells_len)
{
    size_t done = 0;
    message->payees_len = 0;
    while (done < cells_len && done < TOC_SPEND_MESSAGE_CELLS_MAX) {
        const struct toc_spend_cell *const cell = &cells[done];
        if (message->payees_len == 0 || message->places[message->payees_len - 1] != cell->payee) {
            if (message->payees_len == TOC_SPEND_MESSAGE_PAYEES_MAX) {
                break;
            }
            message->places[message->payees_len] = cell->payee;
            message->rows[message->payees_len++] = 0;
        }
        message->rows[message->payees_len - 1] += cell->rows;
        toc_spend_cell_encode(cell, (uint32_t)message->payees_len - 1,
                              message->cells + done * TOC_SPEND_CELL_LEN);
        done++;
    }
    message->cells_len = done;
    message->payees = json_array();
    for (size_t i = 0; i < message->payees_len; i++) {
        const struct toc_spend_payee *const payee =
            &toc_spend_sums_known(sums, message->places[i])->payee;
        json_t *const item =
            json_pack("{s:s, s:I}", "name", payee->name, "rows", (json_int_t)message->rows[i]);
        if (payee->orgid.scheme != TOC_SCHEME_NONE) {
            (void)json_object_set_new(item, "scheme",
                                      json_string(toc_scheme_code(payee->orgid.scheme)));
            (void)json_object_set_new(item, "id", json_string(payee->orgid.id));
            (void)json_object_set_new(item, "norm", json_integer(payee->orgid.norm));
        }
        (void)json_array_append_new(message->payees, item);
    }
    return done;
}

/* Once a payee; no name: it may be a person's. */
static enum toc_result note_held(struct toc_spend_sending *sending, struct toc_spend_known *known)
{
    static const char reason[] = "nothing says that it is an organisation: 'tocsin supplier keep' "
                                 "or 'drop' decides";
    TOC_ENSURE(!known->held_noted, TOC_OK);
    known->held_noted = true;
    if (sending->rejects != NULL) {
        toc_rejects_add(sending->rejects, known->row_first, "held", sending->supplier_heading,
                        reason);
    }
    return toc_import_note(sending->counts, known->row_first, TOC_IMPORT_HELD,
                           sending->supplier_heading, reason);
}

static enum toc_result count_fates(struct toc_spend_sending *sending, struct toc_spend_sums *sums,
                                   const struct message *message, const char *fates)
{
    for (size_t i = 0; i < message->payees_len; i++) {
        enum toc_import_fate fate = TOC_IMPORT_USED;
        if (fates[i] == 'h') {
            fate = TOC_IMPORT_HELD;
            TOC_TRY(note_held(sending, toc_spend_sums_known(sums, message->places[i])));
        } else if (fates[i] == 'd') {
            fate = TOC_IMPORT_SCREENED;
        }
        TOC_TRY(toc_import_count(sending->counts, fate, "dropped_by_hand", message->rows[i]));
    }
    return TOC_OK;
}

static enum toc_result send_message(struct toc_spend_sending *sending, struct toc_spend_sums *sums,
                                    const struct message *message, struct toc_why *why)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_local *local;
    TOC_TRY(toc_cli_local(sending->cli, &local, why));
    char *const payees = toc_json_dumps(message->payees, JSON_COMPACT);
    if (payees == NULL) {
        return toc_fail(why, TOC_NOMEM, "out of memory");
    }
    const struct toc_bytes parts[] = {
        toc_bytes_text(payees),
        toc_bytes_of(message->cells, message->cells_len * TOC_SPEND_CELL_LEN)};
    const struct toc_call call = {
        .request = "import_rows",
        .fields = json_pack("{s:I, s:I}", "import", (json_int_t)sending->import, "number",
                            (json_int_t)sending->number),
        .parts = parts,
        .parts_len = sizeof parts / sizeof parts[0],
    };
    const enum toc_result result = toc_local_call(local, &call, &reply, why);
    free(payees);
    TOC_TRY(result);
    const char *const fates = toc_field_text(reply.json, "fates");
    if (strlen(fates) != message->payees_len) {
        return toc_fail(why, TOC_MALFORMED,
                        "the daemon's answer cannot be read: are tocsin and tocsind of the same "
                        "version?");
    }
    sending->number++;
    return count_fates(sending, sums, message, fates);
}

enum toc_result toc_spend_send(struct toc_spend_sending *sending, struct toc_spend_sums *sums,
                               struct toc_why *why)
{
    size_t len;
    const struct toc_spend_cell *const cells = toc_spend_sums_cells(sums, &len);
    for (size_t done = 0; done < len;) {
        TOC_AUTO(free_message) struct message *message = calloc(1, sizeof *message);
        if (message == NULL) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
        done += fill(message, sums, cells + done, len - done);
        if (json_array_size(message->payees) != message->payees_len) {
            return toc_fail(why, TOC_NOMEM, "out of memory");
        }
        TOC_TRY(send_message(sending, sums, message, why));
    }
    return TOC_OK;
}

enum toc_result toc_spend_close(struct toc_spend_sending *sending, json_t *fields,
                                struct toc_bytes days, struct toc_reply *ret_reply,
                                struct toc_why *why)
{
    const struct toc_call call = {
        .request = "import_close", .fields = fields, .parts = &days, .parts_len = 1};
    struct toc_local *local;
    const enum toc_result result = toc_cli_local(sending->cli, &local, why);
    if (fields == NULL || result != TOC_OK ||
        json_object_set_new(fields, "import", json_integer((json_int_t)sending->import)) != 0) {
        json_decref(fields);
        return result != TOC_OK ? result : toc_fail(why, TOC_NOMEM, "out of memory");
    }
    TOC_TRY(toc_local_call(local, &call, ret_reply, why));
    sending->import = 0;
    return TOC_OK;
}

void toc_spend_cancel(struct toc_spend_sending *sending)
{
    TOC_AUTO(toc_reply_done) struct toc_reply reply = {0};
    struct toc_why why;
    if (sending->import == 0) {
        return;
    }
    json_t *const fields = json_pack("{s:I}", "import", (json_int_t)sending->import);
    (void)!toc_cli_call(sending->cli, "import_cancel", fields, &reply, &why);
    sending->import = 0;
}
