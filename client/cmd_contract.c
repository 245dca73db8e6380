#include "commands.h"

static const struct toc_command commands[] = {
    {"list", toc_cmd_contract_list, "[--supplier SUPPLIER] [--csv]",
     "lists this council's contracts, by when they end"},
    {"expiring", toc_cmd_contract_expiring, "[--months N] [--supplier SUPPLIER] [--csv]",
     "lists those that end soon"},
    {"incomplete", toc_cmd_contract_incomplete, "[--supplier SUPPLIER] [--csv]",
     "lists what the schema requires and the register leaves empty"},
};

int toc_cmd_contract(struct toc_cli *cli, int argc, char **argv)
{
    return toc_cli_dispatch(cli, "contract", commands, sizeof commands / sizeof commands[0], argc,
                            argv);
}
