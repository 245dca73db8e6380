/* import_spend_send: the sums of a spend file on their way to the daemon: import_open, import_rows,
 * import_close, import_cancel (PROTOCOL.md 17). Nothing of it counts before the close. */
#ifndef TOC_IMPORT_SPEND_SEND_H
#define TOC_IMPORT_SPEND_SEND_H

#include "cli.h"
#include "import_rejects.h"
#include "import_result.h"
#include "import_spend_cells.h"

#define TOC_SPEND_MESSAGE_CELLS_MAX 4096
#define TOC_SPEND_MESSAGE_PAYEES_MAX 1024 /* their names stay below half a MiB */
#define TOC_SPEND_CELL_LEN 24             /* on the socket */

struct toc_spend_sending {
    struct toc_cli *cli;
    int64_t import;            /* the daemon's number for it; 0: none is open */
    int64_t number;            /* of the next message */
    struct toc_import *counts; /* rows used, held, dropped by hand */
    struct toc_rejects *rejects;
    const char *supplier_heading;
};

/* `hash` may be NULL. *ret_same: the daemon has this file already, and nothing was opened. */
enum toc_result toc_spend_open(struct toc_spend_sending *sending, const char *source,
                               const char *file, const char *hash, bool *ret_same,
                               struct toc_why *why) TOC_MUST_CHECK;
/* Sends all cells, and counts their rows by what the daemon says of the payees. The sums are as
 * they were, in order; the caller clears them. */
enum toc_result toc_spend_send(struct toc_spend_sending *sending, struct toc_spend_sums *sums,
                               struct toc_why *why) TOC_MUST_CHECK;
/* `fields` is given away, `days` as toc_spend_reading_days has them; the reply says what is live
 * now. */
enum toc_result toc_spend_close(struct toc_spend_sending *sending, json_t *fields,
                                struct toc_bytes days, struct toc_reply *ret_reply,
                                struct toc_why *why) TOC_MUST_CHECK;
/* When something went wrong: what was sent is forgotten. A daemon that cannot be asked drops it
 * by itself. */
void toc_spend_cancel(struct toc_spend_sending *sending);

/* One cell as it is sent: little endian; `payee` is the place in the message. */
void toc_spend_cell_encode(const struct toc_spend_cell *cell, uint32_t payee,
                           uint8_t ret_bytes[TOC_SPEND_CELL_LEN]);

#endif
