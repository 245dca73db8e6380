#include "commands.h"

static const struct toc_command commands[] = {
    {"new", toc_cmd_group_new,
     "GROUP --hub FILE.request --dir DIR [--signers M/N] [--days N] [--distress hub|group]",
     "founds a group: signer keys and the first roster"},
    {"admit", toc_cmd_group_admit, "FILE.request... [--dir DIR] [--replace]",
     "admits members, or brings their entries up to date"},
    {"remove", toc_cmd_group_remove, "MEMBER... [--dir DIR]", "takes members out of the group"},
    {"succeed", toc_cmd_group_succeed, "NEW OLD... [--dir DIR]",
     "lets a member take the place of others"},
    {"list", toc_cmd_group_list, "NAME [MEMBER]... [--stream S] [--dir DIR]",
     "gives a sub-group a stream of its own; without members, takes it away"},
    {"rules", toc_cmd_group_rules,
     "[--name-at K] [--window MINUTES] [--dispute-days N] [--quota PERCENT+PLUS] [--dir DIR]",
     "sets what the members agreed on for warnings and tokens"},
    {"stream", toc_cmd_group_stream,
     "STREAM [--retention DAYS] [--history all|from_admission] [--dir DIR]",
     "sets how long a stream is kept, and what newcomers read of it"},
    {"rotate-tokens", toc_cmd_group_rotate_tokens, "[--holders A,B] [--dir DIR]",
     "begins the next token epoch, with these holders and fresh keys"},
    {"renew", toc_cmd_group_renew, "[--days N | --expires TIME] [--dir DIR]",
     "gives the roster a new date of expiry"},
    {"sign", toc_cmd_group_sign, "--key FILE [--dir DIR]",
     "adds a signature to a version that waits for it"},
    {"show", toc_cmd_group_show, "[FILE | --dir DIR]", "shows the members and rules of a roster"},
    {"verify", toc_cmd_group_verify, "[FILE | --dir DIR] [--group FINGERPRINT]",
     "checks a roster file from its first version to its last"},
    {"adopt", toc_cmd_group_adopt, "FILE", "hands a roster file to the running daemon"},
};

int toc_cmd_group(struct toc_cli *cli, int argc, char **argv)
{
    return toc_cli_dispatch(cli, "group", commands, sizeof commands / sizeof commands[0], argc,
                            argv);
}
