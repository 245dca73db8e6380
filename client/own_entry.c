#include "own_entry.h"
#include "ensure.h"

enum toc_result toc_own_entry(struct toc_cli *cli, struct toc_roster_file **ret_file,
                              const struct toc_member **ret_member, struct toc_why *why)
{
    TOC_AUTO(toc_roster_file_free) struct toc_roster_file *file = NULL;
    const struct toc_conf *conf;
    TOC_TRY(toc_cli_conf(cli, &conf, why));
    TOC_TRY(toc_roster_file_load(conf->roster, &file, why));
    const struct toc_member *const member =
        toc_roster_member(toc_roster_file_current(file), conf->member);
    if (member == NULL) {
        return toc_fail(why, TOC_DENIED, "%s: is no member in %s: ask a signer", conf->member,
                        conf->roster);
    }
    *ret_member = member;
    *ret_file = toc_take(&file);
    return TOC_OK;
}
