/* import_spend: what one run of `tocsin import spend` has in hand, for the files it is made of. */
#ifndef TOC_IMPORT_SPEND_H
#define TOC_IMPORT_SPEND_H

#include "import_input.h"
#include "import_kind.h"
#include "import_spend_map.h"
#include "import_spend_read.h"
#include "import_spend_send.h"
#include "settle.h"

#define TOC_SPEND_SOURCE_DEFAULT "payments"
#define TOC_SPEND_SOURCE_LEN_MAX 64

struct toc_spend_run {
    struct toc_cli *cli;
    const struct toc_import_words *words;
    const char *source;
    struct toc_spend_map map;
    struct toc_hash map_hash; /* of the file; zero without one */
    bool has_map;
    int32_t covers_from; /* when has_covers */
    int32_t covers_to;
    bool has_covers;
    struct toc_import import;
    struct toc_spend_reading reading;
    struct toc_spend_sending sending;
    bool same; /* nothing to do: no row was read, or none counts */
    struct toc_reply closed;
    struct toc_settled settled;
};

/* The report, as --json or for a person; the exit status. */
int toc_spend_report(const struct toc_spend_run *run);

#endif
