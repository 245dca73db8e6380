#include "store_alert.h"
#include "store_query.h"

#define IS_OLD " IN (SELECT token FROM hub_token WHERE token_epoch < ?1)"
#define IS_NEEDED                                                                                  \
    " IN (SELECT token FROM hub_subject UNION SELECT token FROM hub_part UNION"                    \
    " SELECT token FROM hub_look)"

enum toc_result toc_store_alert_tidy(struct toc_store *store, uint32_t token_epoch)
{
    static const struct {
        enum toc_sql sql;
        const char *text;
    } steps[] = {
        {TOC_SQL_HUB_TIDY_SHARES, "DELETE FROM hub_share WHERE token" IS_OLD},
        /* ?1 >= 0: every step takes the token epoch. */
        {TOC_SQL_HUB_TIDY_NAMES, "DELETE FROM hub_name WHERE ?1 >= 0 AND NOT EXISTS"
                                 " (SELECT 1 FROM hub_share s WHERE s.token = hub_name.token"
                                 " AND s.commitments = hub_name.commitments)"},
        {TOC_SQL_HUB_TIDY_LINKS,
         "DELETE FROM hub_link WHERE id" IS_OLD " AND NOT (id" IS_NEEDED " AND name" IS_NEEDED ")"},
        {TOC_SQL_HUB_TIDY_TOKENS, "DELETE FROM hub_token WHERE token_epoch < ?1"
                                  " AND NOT (token" IS_NEEDED ")"},
    };

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        TOC_AUTO(toc_query_close) struct toc_query query = {0};
        TOC_TRY(toc_query_open(store, &store->group, steps[i].sql, steps[i].text, &query));
        toc_query_integer(&query, 1, token_epoch);
        TOC_TRY(toc_query_run(&query));
    }
    return TOC_OK;
}
