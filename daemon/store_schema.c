/* The schema, as the list of steps that led to it. Secrets (keys, wraps, what waits unsigned, own
 * records' names) are kept in tables that store_sweep.c can rewrite: no other table refers to
 * those. */
#include "store_schema.h"
#include "store_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "Tocs": tells our files from those of other programs. */
enum { APPLICATION_ID = 0x546f6373 };

const char *const toc_group_migrations[] = {
    "CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), group_hash BLOB NOT NULL,"
    " member TEXT NOT NULL) STRICT;"
    "CREATE TABLE sweep (due INTEGER PRIMARY KEY) STRICT;"
    "CREATE TABLE roster (version INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE log (id INTEGER PRIMARY KEY, publisher TEXT NOT NULL, stream TEXT NOT NULL,"
    " generation INTEGER NOT NULL, next_sequence INTEGER NOT NULL, head BLOB NOT NULL,"
    " roster_version INTEGER NOT NULL, epoch INTEGER NOT NULL, applied_next INTEGER NOT NULL,"
    " closed_next INTEGER NOT NULL, state INTEGER NOT NULL, invalid_records INTEGER NOT NULL,"
    " UNIQUE (publisher, stream, generation)) STRICT;"
    /* Not WITHOUT ROWID: rows of 64 KiB would lie in the inner pages too. */
    "CREATE TABLE batch (id INTEGER PRIMARY KEY, log INTEGER NOT NULL REFERENCES log,"
    " first_sequence INTEGER NOT NULL, count INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " head BLOB NOT NULL, bytes BLOB NOT NULL, UNIQUE (log, first_sequence)) STRICT;"
    "CREATE TABLE epoch (log INTEGER NOT NULL REFERENCES log, epoch INTEGER NOT NULL,"
    " first_sequence INTEGER NOT NULL, roster_version INTEGER NOT NULL, commitment BLOB NOT NULL,"
    " audience_hash BLOB NOT NULL, opened_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
    " batches INTEGER NOT NULL, destroyed INTEGER NOT NULL, key BLOB,"
    " PRIMARY KEY (log, epoch)) STRICT, WITHOUT ROWID;"
    /* AUTOINCREMENT: a reader goes on after the last number it saw, so none may come back. */
    "CREATE TABLE wrap (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " log INTEGER NOT NULL REFERENCES log, epoch INTEGER NOT NULL, member TEXT NOT NULL,"
    " bytes BLOB NOT NULL, UNIQUE (log, epoch, member)) STRICT;"
    "CREATE INDEX wrap_of_log ON wrap (log);"
    "CREATE INDEX wrap_of_member ON wrap (log, member);"
    "CREATE TABLE statement (log INTEGER NOT NULL REFERENCES log, kind INTEGER NOT NULL,"
    " author TEXT NOT NULL, next_sequence INTEGER NOT NULL, bytes BLOB NOT NULL,"
    " PRIMARY KEY (log, kind, author)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE evidence (id INTEGER PRIMARY KEY, about TEXT NOT NULL, time_ms INTEGER NOT NULL,"
    " one BLOB NOT NULL, other BLOB NOT NULL) STRICT;"
    "CREATE INDEX evidence_about ON evidence (about);"
    /* One tree: every submission writes to it. */
    "CREATE TABLE submission (id TEXT NOT NULL PRIMARY KEY, stream TEXT NOT NULL,"
    " records INTEGER NOT NULL, first_sequence INTEGER NOT NULL, time_ms INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE waiting (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    " stream TEXT NOT NULL, count INTEGER NOT NULL, records BLOB NOT NULL) STRICT;"
    "CREATE INDEX waiting_of_stream ON waiting (stream);"
    "CREATE TABLE journal (position INTEGER PRIMARY KEY, log INTEGER NOT NULL REFERENCES log,"
    " first_sequence INTEGER NOT NULL, count INTEGER NOT NULL) STRICT;"
    "CREATE TABLE source (id INTEGER PRIMARY KEY, stream TEXT NOT NULL, publisher TEXT NOT NULL,"
    " named_next INTEGER NOT NULL DEFAULT 1, UNIQUE (stream, publisher)) STRICT;"
    /* Rows lie together in chunks (store_chunk.h): less than a page each. */
    "CREATE TABLE current (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, log INTEGER NOT NULL,"
    " first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL, rows BLOB NOT NULL,"
    " UNIQUE (source, first_sequence)) STRICT;"
    /* Own records by name, as far as source.named_next says. */
    "CREATE TABLE own (key TEXT NOT NULL, source INTEGER NOT NULL, sequence INTEGER NOT NULL,"
    " PRIMARY KEY (key, source, sequence)) STRICT, WITHOUT ROWID;",
    /* The picture of the region (store_picture_part.h). A member's number fits two bytes. */
    "CREATE TABLE sharer (id INTEGER PRIMARY KEY, publisher TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE exposure (member INTEGER NOT NULL, sequence INTEGER NOT NULL,"
    " subject INTEGER NOT NULL, year INTEGER NOT NULL, category INTEGER NOT NULL,"
    " PRIMARY KEY (member, sequence)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE share (subject INTEGER NOT NULL, member INTEGER NOT NULL, year INTEGER NOT NULL,"
    " category INTEGER NOT NULL, sequence INTEGER NOT NULL, name TEXT NOT NULL,"
    " spend INTEGER NOT NULL, months INTEGER NOT NULL, contracts INTEGER NOT NULL,"
    " ends INTEGER NOT NULL, route INTEGER NOT NULL, id_basis INTEGER NOT NULL,"
    " PRIMARY KEY (subject, member, year, category, sequence)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE subject (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, tie INTEGER NOT NULL,"
    " ambiguous INTEGER NOT NULL, name TEXT NOT NULL, sort TEXT NOT NULL) STRICT;"
    "CREATE INDEX subject_by_name ON subject (sort, key);"
    "CREATE TABLE spelling (subject INTEGER NOT NULL, member INTEGER NOT NULL, name TEXT NOT NULL,"
    " records INTEGER NOT NULL, numbered INTEGER NOT NULL,"
    " PRIMARY KEY (subject, member, name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE title (subject INTEGER NOT NULL, name TEXT NOT NULL, councils INTEGER NOT NULL,"
    " numbered INTEGER NOT NULL, PRIMARY KEY (subject, name)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX title_by_councils ON title (subject, councils DESC, name);"
    "CREATE TABLE link (fold TEXT NOT NULL, subject INTEGER NOT NULL, names INTEGER NOT NULL,"
    " PRIMARY KEY (fold, subject)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE fold (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, at INTEGER NOT NULL)"
    " STRICT;"
    "CREATE TABLE nameless (fold INTEGER NOT NULL, member INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, PRIMARY KEY (fold, member, sequence)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE picture (subject INTEGER NOT NULL, year INTEGER NOT NULL,"
    " category INTEGER NOT NULL, councils INTEGER NOT NULL, spend INTEGER NOT NULL,"
    " records INTEGER NOT NULL, nameless INTEGER NOT NULL, tie INTEGER NOT NULL,"
    " members BLOB NOT NULL, PRIMARY KEY (subject, year, category)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX picture_by_councils ON picture (year, category, councils, spend, tie);"
    "CREATE INDEX picture_by_spend ON picture (year, category, spend, tie);"
    "CREATE TABLE picture_count (kind INTEGER NOT NULL, year INTEGER NOT NULL, a INTEGER NOT NULL,"
    " b INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, year, a, b))"
    " STRICT, WITHOUT ROWID;",
    /* Asks for tokens and their answers (store_token.h); `self`: whose answers settle them. */
    "CREATE TABLE token_ask (publisher TEXT NOT NULL, id BLOB NOT NULL, log INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, token_epoch INTEGER NOT NULL, exposure_sequence INTEGER NOT NULL,"
    " inputs INTEGER NOT NULL, hash BLOB NOT NULL, changed INTEGER NOT NULL, self TEXT NOT NULL,"
    " waiting INTEGER NOT NULL, PRIMARY KEY (publisher, id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX token_ask_waiting ON token_ask (token_epoch, publisher, sequence)"
    " WHERE waiting > 0;"
    "CREATE TABLE token_answer (asker TEXT NOT NULL, ask BLOB NOT NULL, holder TEXT NOT NULL,"
    " changed INTEGER NOT NULL, log INTEGER NOT NULL, sequence INTEGER NOT NULL,"
    " token_epoch INTEGER NOT NULL, inputs INTEGER NOT NULL, refusal INTEGER NOT NULL,"
    " PRIMARY KEY (asker, ask, holder, changed)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX token_answer_used ON token_answer (asker, holder, token_epoch, refusal, inputs);",
    /* What a hub knows to warn the group (store_alert.h, store_share.h). */
    "CREATE TABLE hub_seen (number INTEGER PRIMARY KEY AUTOINCREMENT, publisher TEXT NOT NULL,"
    " sequence INTEGER NOT NULL, seen_ms INTEGER NOT NULL, shows_ms INTEGER NOT NULL,"
    " UNIQUE (publisher, sequence)) STRICT;"
    "CREATE INDEX hub_seen_waits ON hub_seen (shows_ms) WHERE shows_ms > 0;"
    "CREATE TABLE hub_look (token BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;"
    "CREATE TABLE hub_token (token BLOB PRIMARY KEY, purpose INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, token_epoch INTEGER NOT NULL, alert_key BLOB NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE hub_link (name BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (name, id))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX hub_link_of_id ON hub_link (id, name);"
    "CREATE TABLE hub_flag (publisher TEXT NOT NULL, sequence INTEGER NOT NULL, id BLOB NOT NULL,"
    " event INTEGER NOT NULL, source INTEGER NOT NULL, severity INTEGER NOT NULL,"
    " status INTEGER NOT NULL, expires INTEGER NOT NULL, clause INTEGER NOT NULL,"
    " action INTEGER NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (publisher, sequence))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX hub_flag_of_id ON hub_flag (id, publisher, sequence);"
    "CREATE INDEX hub_flag_until ON hub_flag (until_ms) WHERE until_ms > 0;"
    "CREATE TABLE hub_subject (publisher TEXT NOT NULL, sequence INTEGER NOT NULL,"
    " token BLOB NOT NULL, of_parent INTEGER NOT NULL, with_id INTEGER NOT NULL,"
    " detail_id BLOB NOT NULL, detail_revision INTEGER NOT NULL, detail_nonce BLOB NOT NULL,"
    " detail BLOB NOT NULL, PRIMARY KEY (publisher, sequence, token)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX hub_subject_of_token ON hub_subject (token);"
    "CREATE TABLE hub_share (token BLOB NOT NULL, commitments BLOB NOT NULL, place BLOB NOT NULL,"
    " share BLOB NOT NULL, publisher TEXT NOT NULL, sequence INTEGER NOT NULL,"
    " name_nonce BLOB NOT NULL, name BLOB NOT NULL, PRIMARY KEY (token, commitments, place))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE hub_name (token BLOB PRIMARY KEY, commitments BLOB NOT NULL,"
    " shares INTEGER NOT NULL, name TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE hub_dispute (publisher TEXT NOT NULL, sequence INTEGER NOT NULL,"
    " confirms INTEGER NOT NULL, id BLOB NOT NULL, token BLOB NOT NULL,"
    " PRIMARY KEY (publisher, sequence)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX hub_dispute_of_id ON hub_dispute (id, confirms);"
    "CREATE TABLE hub_alert (id BLOB PRIMARY KEY, revision INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE hub_part (token BLOB NOT NULL, alert BLOB NOT NULL, kind INTEGER NOT NULL,"
    " nonce BLOB NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (token, alert))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX hub_part_of_alert ON hub_part (alert, token);",
    /* Which records the program that made the views could read (records.h). */
    "CREATE TABLE reading (one INTEGER PRIMARY KEY CHECK (one = 1), kinds TEXT NOT NULL) STRICT;",
    /* What a successor corrected (store_corrected.h). */
    "CREATE TABLE corrected (stream TEXT NOT NULL, publisher TEXT NOT NULL,"
    " sequence INTEGER NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (stream, publisher, sequence, author, at)) STRICT, WITHOUT ROWID;",
    /* How far local.db's changes had come (store_keep.c). */
    "CREATE TABLE told (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;",
};
const int toc_group_migrations_len =
    (int)(sizeof toc_group_migrations / sizeof toc_group_migrations[0]);

const char *const toc_local_migrations[] = {
    "CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), group_hash BLOB NOT NULL,"
    " member TEXT NOT NULL) STRICT;"
    "CREATE TABLE draft (stream TEXT NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL,"
    " withdraw INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (stream, key)) STRICT;"
    "CREATE TABLE audit (id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, uid INTEGER NOT NULL,"
    " command TEXT NOT NULL, detail TEXT NOT NULL) STRICT;",
    /* What the council's own files said (store_import.h, store_supplier.h). Numbers are never
     * used twice (AUTOINCREMENT): what was deleted may still be named by a row that goes later. */
    "CREATE TABLE import (id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
    " source TEXT NOT NULL, file TEXT NOT NULL, hash BLOB NOT NULL, state INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL, uid INTEGER NOT NULL, parts INTEGER NOT NULL,"
    " room INTEGER NOT NULL, suppliers INTEGER NOT NULL, held INTEGER NOT NULL,"
    " fresh INTEGER NOT NULL, rows INTEGER NOT NULL) STRICT;"
    "CREATE INDEX import_of_source ON import (state, kind, source);"
    "CREATE TABLE import_day (import INTEGER NOT NULL, day INTEGER NOT NULL,"
    " rows INTEGER NOT NULL, pence INTEGER NOT NULL, PRIMARY KEY (import, day))"
    " STRICT, WITHOUT ROWID;"
    /* A row of a file counts if its source's day is covered by its import. */
    "CREATE TABLE covered (source TEXT NOT NULL, day INTEGER NOT NULL, import INTEGER NOT NULL,"
    " rows INTEGER NOT NULL, pence INTEGER NOT NULL, PRIMARY KEY (source, day))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX covered_by ON covered (import, day);"
    /* Cells lie together as they came (store_cell.h): a row each would cost ten times as much. */
    "CREATE TABLE cells (id INTEGER PRIMARY KEY AUTOINCREMENT, import INTEGER NOT NULL,"
    " number INTEGER NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL,"
    " bytes BLOB NOT NULL, UNIQUE (import, number)) STRICT;"
    "CREATE TABLE payee (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
    " fold TEXT NOT NULL, scheme INTEGER NOT NULL, number TEXT NOT NULL, norm INTEGER NOT NULL,"
    " screen INTEGER NOT NULL, import INTEGER NOT NULL, supplier INTEGER NOT NULL,"
    " UNIQUE (fold, scheme, number, name)) STRICT;"
    "CREATE INDEX payee_of_number ON payee (scheme, number) WHERE scheme > 0;"
    /* A register's rows (store_contract.h); payee 0: none is named. */
    "CREATE TABLE contract (id INTEGER PRIMARY KEY AUTOINCREMENT, import INTEGER NOT NULL,"
    " payee INTEGER NOT NULL, reference TEXT NOT NULL, title TEXT NOT NULL, unit TEXT NOT NULL,"
    " description TEXT NOT NULL, ocid TEXT NOT NULL, process TEXT NOT NULL, type TEXT NOT NULL,"
    " route INTEGER NOT NULL, cpv INTEGER NOT NULL, start_day INTEGER NOT NULL,"
    " end_day INTEGER NOT NULL, review_day INTEGER NOT NULL, extension_day INTEGER NOT NULL,"
    " value INTEGER NOT NULL, sme INTEGER NOT NULL, vcse INTEGER NOT NULL) STRICT;"
    "CREATE INDEX contract_of_import ON contract (import);"
    "CREATE INDEX contract_of_payee ON contract (payee);"
    /* Without names: that somebody was dropped must not keep who it was. */
    "CREATE TABLE decision (hash BLOB PRIMARY KEY, keep INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    /* Derived (settle_run.h), but for the ids, which people are shown. */
    "CREATE INDEX payee_of_supplier ON payee (supplier);"
    "CREATE TABLE supplier (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL, fold TEXT NOT NULL, basis INTEGER NOT NULL, norm INTEGER NOT NULL,"
    " state INTEGER NOT NULL, by_hand INTEGER NOT NULL, category INTEGER NOT NULL,"
    " pence INTEGER NOT NULL, rows INTEGER NOT NULL, last_day INTEGER NOT NULL) STRICT;"
    "CREATE INDEX supplier_of_fold ON supplier (fold);"
    "CREATE TABLE total (year INTEGER NOT NULL, supplier INTEGER NOT NULL,"
    " category INTEGER NOT NULL, pence INTEGER NOT NULL, rows INTEGER NOT NULL,"
    " contracts INTEGER NOT NULL, ends INTEGER NOT NULL, route INTEGER NOT NULL,"
    " PRIMARY KEY (year, supplier, category)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX total_of_supplier ON total (supplier, year, category);"
    /* What registers and people said of an organisation, by its key: it outlives the rows. */
    "CREATE TABLE filled (fold TEXT PRIMARY KEY, scheme INTEGER NOT NULL, number TEXT NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE company (key TEXT PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL,"
    " sic TEXT NOT NULL, category INTEGER NOT NULL, source TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE former_name (key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (key, name))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE parent (key TEXT PRIMARY KEY, parent TEXT NOT NULL, name TEXT NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL,"
    " code TEXT NOT NULL, source TEXT NOT NULL, reference TEXT NOT NULL, day INTEGER NOT NULL,"
    " severity INTEGER NOT NULL, text TEXT NOT NULL, clears TEXT NOT NULL, state INTEGER NOT NULL,"
    " UNIQUE (key, code, source, reference)) STRICT;"
    "CREATE INDEX event_of_state ON event (state, id);",
    /* Tokens of the council's suppliers (store_subject.h). */
    "CREATE TABLE subject (key TEXT NOT NULL, token_epoch INTEGER NOT NULL, state INTEGER NOT NULL,"
    " tries INTEGER NOT NULL, outputs BLOB NOT NULL, PRIMARY KEY (key, token_epoch))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX subject_of_state ON subject (token_epoch, state);"
    "CREATE TABLE ask (id BLOB PRIMARY KEY, token_epoch INTEGER NOT NULL,"
    " exposure_sequence INTEGER NOT NULL, inputs INTEGER NOT NULL, keys BLOB NOT NULL,"
    " blinds BLOB NOT NULL, elements BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE ask_output (ask BLOB NOT NULL, holder TEXT NOT NULL, outputs BLOB NOT NULL,"
    " PRIMARY KEY (ask, holder)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE token (token BLOB PRIMARY KEY, key TEXT NOT NULL, purpose INTEGER NOT NULL,"
    " token_epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE holder_fault (holder TEXT NOT NULL, token_epoch INTEGER NOT NULL,"
    " fault INTEGER NOT NULL, count INTEGER NOT NULL, sequence INTEGER NOT NULL,"
    " used INTEGER NOT NULL, allowed INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
    " PRIMARY KEY (holder, token_epoch)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE confirmed (one INTEGER PRIMARY KEY CHECK (one = 1), holders TEXT NOT NULL)"
    " STRICT;",
    /* Own flags, and alerts on own suppliers (store_flag.h). */
    "CREATE TABLE flag (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,"
    " key TEXT NOT NULL, fold TEXT NOT NULL, name TEXT NOT NULL, purpose INTEGER NOT NULL,"
    " event INTEGER NOT NULL, source INTEGER NOT NULL, severity INTEGER NOT NULL,"
    " status INTEGER NOT NULL, expires INTEGER NOT NULL, clause INTEGER NOT NULL,"
    " action INTEGER NOT NULL, text TEXT NOT NULL, reference TEXT NOT NULL,"
    " event_date INTEGER NOT NULL, may_identify INTEGER NOT NULL, raised_by INTEGER NOT NULL,"
    " approved_by INTEGER NOT NULL, raised_ms INTEGER NOT NULL, state INTEGER NOT NULL,"
    " revision INTEGER NOT NULL) STRICT;"
    "CREATE INDEX flag_of_state ON flag (state, number);"
    "CREATE TABLE alert_mine (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL,"
    " stream TEXT NOT NULL, publisher TEXT NOT NULL, sequence INTEGER NOT NULL,"
    " key TEXT NOT NULL, seen_ms INTEGER NOT NULL, UNIQUE (publisher, id)) STRICT;",
    /* What people are told of these alerts, and whom it concerns (store_telling.h). */
    "ALTER TABLE alert_mine ADD COLUMN look INTEGER NOT NULL DEFAULT 1;"
    "CREATE INDEX alert_mine_look ON alert_mine (number) WHERE look = 1;"
    "CREATE INDEX alert_mine_at ON alert_mine (publisher, sequence);"
    "CREATE TABLE told (publisher TEXT NOT NULL, id BLOB NOT NULL, sequence INTEGER NOT NULL,"
    " status INTEGER NOT NULL, severity INTEGER NOT NULL, named INTEGER NOT NULL,"
    " notified INTEGER NOT NULL, PRIMARY KEY (publisher, id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE change (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL,"
    " stream TEXT NOT NULL, publisher TEXT NOT NULL, sequence INTEGER NOT NULL,"
    " what INTEGER NOT NULL, status INTEGER NOT NULL, severity INTEGER NOT NULL,"
    " status_before INTEGER NOT NULL, severity_before INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
    " notify INTEGER NOT NULL, tries INTEGER NOT NULL, next_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX change_notify ON change (notify, number) WHERE notify IN (1, 3);"
    "CREATE INDEX change_of_alert ON change (publisher, id, number);"
    "CREATE TABLE notify_run (time_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE alert_rules (one INTEGER PRIMARY KEY CHECK (one = 1), events TEXT NOT NULL,"
    " severity_min INTEGER NOT NULL, categories TEXT NOT NULL, exposure_min INTEGER NOT NULL,"
    " ends_within INTEGER NOT NULL) STRICT;",
    /* Since when a hub has an own flag (store_hub_has.h). */
    "CREATE TABLE hub_has (flag BLOB NOT NULL, hub TEXT NOT NULL, sequence INTEGER NOT NULL,"
    " hub_ms INTEGER NOT NULL, here_ms INTEGER NOT NULL, PRIMARY KEY (flag, hub))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX alert_mine_of_key ON alert_mine (key, number);"
    "CREATE TABLE sweep (due INTEGER PRIMARY KEY) STRICT;",
    /* What became of flags and alerts (store_story.h); parents and embargoes. */
    "ALTER TABLE flag ADD COLUMN parent_key TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE flag ADD COLUMN parent_fold TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE flag ADD COLUMN parent_name TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE flag ADD COLUMN embargo_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE flag_deed (number INTEGER PRIMARY KEY AUTOINCREMENT, flag BLOB NOT NULL,"
    " time_ms INTEGER NOT NULL, uid INTEGER NOT NULL, what INTEGER NOT NULL,"
    " revision INTEGER NOT NULL, text TEXT NOT NULL) STRICT;"
    "CREATE INDEX flag_deed_of ON flag_deed (flag, number);"
    "ALTER TABLE alert_mine ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX alert_mine_of_id ON alert_mine (id);"
    "CREATE TABLE alert_met (publisher TEXT NOT NULL, id BLOB NOT NULL, revision INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, own_next INTEGER NOT NULL, seen_ms INTEGER NOT NULL,"
    " PRIMARY KEY (publisher, id, revision)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE dispute (id BLOB PRIMARY KEY, alert BLOB NOT NULL, revision INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL, uid INTEGER NOT NULL, text TEXT NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX dispute_of_alert ON dispute (alert);",
    /* What may have to be told is asked for log by log. */
    ("DROP INDEX alert_mine_look;" /* in brackets, since clang takes two texts for a lost comma */
     "CREATE INDEX alert_mine_look ON alert_mine (publisher, stream, number) WHERE look = 1;"),
};
const int toc_local_migrations_len =
    (int)(sizeof toc_local_migrations / sizeof toc_local_migrations[0]);

static int read_number(sqlite3 *handle, const char *text, int *ret_number)
{
    sqlite3_stmt *statement = NULL;
    int error = sqlite3_prepare_v2(handle, text, -1, &statement, NULL);
    if (error == SQLITE_OK) {
        error = sqlite3_step(statement);
        if (error == SQLITE_ROW) {
            *ret_number = sqlite3_column_int(statement, 0);
            error = SQLITE_OK;
        }
    }
    (void)sqlite3_finalize(statement);
    return error;
}

static enum toc_result copy_name(const struct toc_db *db, int version, char ret_path[PATH_MAX],
                                 struct toc_why *why)
{
    const int len = snprintf(ret_path, PATH_MAX, "%s.before-%d", db->path, version);
    if (len < 0 || len >= PATH_MAX) {
        return toc_fail(why, TOC_TOOBIG, "%s: the name is too long", db->path);
    }
    return TOC_OK;
}

static int vacuum_into(sqlite3 *handle, const char *path)
{
    sqlite3_stmt *statement = NULL;
    int error = sqlite3_prepare_v2(handle, "VACUUM INTO ?1", -1, &statement, NULL);
    if (error == SQLITE_OK) {
        error = sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    }
    if (error == SQLITE_OK) {
        error = sqlite3_step(statement);
    }
    (void)sqlite3_finalize(statement);
    return error == SQLITE_DONE ? SQLITE_OK : error;
}

static enum toc_result copy_before(struct toc_db *db, int version, struct toc_why *why)
{
    char path[PATH_MAX];
    TOC_TRY(copy_name(db, version, path, why));
    /* SQLite fills an empty file that is there, which is how it gets its mode; what an interrupted
     * attempt left is no copy. */
    (void)unlink(path);
    const int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return toc_fail(why, TOC_IO, "%s: %s", path, strerror(errno));
    }
    const int error = vacuum_into(db->handle, path);
    const bool synced = error == SQLITE_OK && fsync(file) == 0;
    (void)close(file);
    if (!synced) {
        (void)unlink(path);
        if (error != SQLITE_OK) {
            (void)toc_db_explain(db, error, why);
        } else {
            (void)toc_fail(why, TOC_IO, "%s: %s", path, strerror(errno));
        }
        toc_why_prefix(why, "copying it to %s before changing its schema", path);
        return TOC_STORE;
    }
    return TOC_OK;
}

enum toc_result toc_db_copies_drop(struct toc_db *db, struct toc_why *why)
{
    if (db->path[0] == '\0') {
        return TOC_OK;
    }
    int version = 0;
    const int error = read_number(db->handle, "PRAGMA user_version", &version);
    if (error != SQLITE_OK) {
        return toc_db_explain(db, error, why);
    }
    for (int old = 1; old < version; old++) {
        char path[PATH_MAX];
        TOC_TRY(copy_name(db, old, path, why));
        if (unlink(path) != 0 && errno != ENOENT) {
            return toc_fail(why, TOC_IO, "%s: %s", path, strerror(errno));
        }
    }
    return TOC_OK;
}

/* All steps in one transaction: the file is of the old schema or of the new one. */
static int apply(struct toc_db *db, const char *const *migrations, int from, int len)
{
    int error = sqlite3_exec(db->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int i = from; i < len && error == SQLITE_OK; i++) {
        error = sqlite3_exec(db->handle, migrations[i], NULL, NULL, NULL);
    }
    if (error == SQLITE_OK) {
        char text[128];
        (void)snprintf(text, sizeof text, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                       (int)APPLICATION_ID, len);
        error = sqlite3_exec(db->handle, text, NULL, NULL, NULL);
    }
    if (error == SQLITE_OK) {
        error = sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL);
    }
    if (sqlite3_get_autocommit(db->handle) == 0) {
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    return error;
}

enum toc_result toc_db_migrate(struct toc_db *db, const char *const *migrations, int len,
                               struct toc_why *why)
{
    int version = 0;
    int application = 0;
    int tables = 0;
    int error = read_number(db->handle, "PRAGMA user_version", &version);
    if (error == SQLITE_OK) {
        error = read_number(db->handle, "PRAGMA application_id", &application);
    }
    if (error == SQLITE_OK) {
        error = read_number(db->handle, "SELECT count(*) FROM sqlite_schema", &tables);
    }
    if (error != SQLITE_OK) {
        return toc_db_explain(db, error, why);
    }
    const bool is_new = version == 0 && application == 0 && tables == 0;
    if (!is_new && (application != APPLICATION_ID || version < 1)) {
        return toc_fail(why, TOC_INVALID,
                        "%s: a database, but not one of Tocsin's: name another folder", db->path);
    }
    if (version > len) {
        return toc_fail(
            why, TOC_INVALID,
            "%s: written by a newer Tocsin (schema %d, this one knows %d): install that "
            "version again, or restore the folder from a backup of before",
            db->path, version, len);
    }
    if (version == len) {
        return TOC_OK;
    }
    if (!is_new && db->path[0] != '\0') {
        TOC_TRY(copy_before(db, version, why));
    }
    error = apply(db, migrations, version, len);
    return error == SQLITE_OK ? TOC_OK : toc_db_explain(db, error, why);
}
