/* pulling: everything a daemon holds that can be checked by others, item by item: rosters from the
 * first, then each log's batches in order, then evidence. */
#ifndef TOC_PULLING_H
#define TOC_PULLING_H

#include "cli.h"

#define TOC_EXPORT_MAGIC "tocsin-export 1\n"
/* A batch, a roster, or a pair of either. */
#define TOC_EXPORT_ITEM_MAX (2 * 1024 * 1024)

enum toc_item_kind {
    TOC_ITEM_ROSTER = 'R',
    TOC_ITEM_BATCH = 'B',
    TOC_ITEM_EVIDENCE = 'E',
};
/* Called for each; anything but TOC_OK ends the pulling and is what it returns. */
typedef enum toc_result (*toc_item_f)(void *owner, enum toc_item_kind kind, struct toc_bytes item,
                                      struct toc_why *why);

enum toc_result toc_pull_rosters(struct toc_cli *cli, toc_item_f each, void *owner,
                                 struct toc_why *why) TOC_MUST_CHECK;
enum toc_result toc_pull_batches(struct toc_cli *cli, toc_item_f each, void *owner,
                                 struct toc_why *why) TOC_MUST_CHECK;
enum toc_result toc_pull_evidence(struct toc_cli *cli, toc_item_f each, void *owner,
                                  struct toc_why *why) TOC_MUST_CHECK;

#endif
