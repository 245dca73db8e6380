/* import_contracts_send: hands a register to the daemon, which keeps it in place of what it had of
 * the same source (PROTOCOL.md 17: import_open, import_rows, import_close). */
#ifndef TOC_IMPORT_CONTRACTS_SEND_H
#define TOC_IMPORT_CONTRACTS_SEND_H

#include "cli.h"
#include "import_contracts.h"
#include "import_kind.h"

#define TOC_CONTRACTS_SOURCE "register" /* unless --source says otherwise */
/* One request: well below one frame of the socket. */
#define TOC_CONTRACTS_ROWS_MAX 512
#define TOC_CONTRACTS_LEN_MAX (384 * 1024)

struct toc_contracts_sent {
    char state[16]; /* live, same, dry_run */
    uint64_t replaced;
    uint64_t suppliers;
    uint64_t suppliers_held;
    uint64_t suppliers_new;
};

/* One import_rows: payees as JSON, and contracts as JSON with their payee's place among those. */
struct toc_contracts_part {
    struct toc_buf payees_text;
    struct toc_buf contracts_text;
    size_t payees[TOC_CONTRACTS_ROWS_MAX]; /* their places in the whole file */
    size_t payees_len;
    size_t contracts_len;
};
void toc_contracts_part_done(struct toc_contracts_part *part); /* fine on a zeroed one */
/* From contract `from` on, as many as fit, at least one. Pure. TOC_NOMEM. */
enum toc_result toc_contracts_part(const struct toc_contracts *contracts, size_t from,
                                   struct toc_contracts_part *ret_part) TOC_MUST_CHECK;

/* All of it; `hash` is the file's SHA-256 in hexadecimal. Decides the rows in doubt
 * (toc_contracts_decide) by what the daemon answers. On failure nothing is kept. */
enum toc_result toc_contracts_send(struct toc_cli *cli, const struct toc_import_words *words,
                                   struct toc_contracts *contracts, const char *hash,
                                   struct toc_contracts_sent *ret_sent, struct toc_why *why)
    TOC_MUST_CHECK;

#endif
