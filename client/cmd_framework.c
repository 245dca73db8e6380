#include "commands.h"

static const struct toc_command commands[] = {
    {"add", toc_cmd_framework_add,
     "--reference R --title T --kind K [FIELD]... [--list NAME] | --from FILE",
     "drafts one framework of your own, which waits for publish"},
    {"list", toc_cmd_framework_list, "[--publisher M] [--kind K] [--open] [--text T] [--sort ends]",
     "lists what the group has published"},
    {"show", toc_cmd_framework_show, "FRAMEWORK",
     "shows one, by PUBLISHER/SEQUENCE, reference, ocid or whole title"},
    {"expiring", toc_cmd_framework_expiring, "[--months N] [--publisher M]",
     "lists what ends soon"},
    {"withdraw", toc_cmd_framework_withdraw, "FRAMEWORK",
     "drafts the withdrawal of one of your own"},
};

int toc_cmd_framework(struct toc_cli *cli, int argc, char **argv)
{
    return toc_cli_dispatch(cli, "framework", commands, sizeof commands / sizeof commands[0], argc,
                            argv);
}
