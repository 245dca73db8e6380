#include "commands.h"

static const struct toc_command commands[] = {
    {"list", toc_cmd_supplier_list, "[--held] [--search TEXT] [--csv]",
     "lists your own suppliers, or those alone that wait for a decision"},
    {"show", toc_cmd_supplier_show, "SUPPLIER",
     "shows one, and which other councils use it, year by year"},
    {"disclose", toc_cmd_supplier_disclose, "SUPPLIER",
     "lists everything that is held on one, for a request for information"},
    {"keep", toc_cmd_supplier_keep, "SUPPLIER... | -",
     "says that held names are organisations, so that they count"},
    {"drop", toc_cmd_supplier_drop, "SUPPLIER... | -",
     "says that names are no organisations: their rows never leave"},
    {"parent", toc_cmd_supplier_parent, "SUPPLIER PARENT [--number N] | SUPPLIER --none",
     "says which corporate parent a supplier has"},
    {"tokens", toc_cmd_supplier_tokens, "[--confirm | --retry]",
     "says how far the pseudonyms are that warnings need"},
    {"dismiss", toc_cmd_supplier_dismiss, "EVENT...",
     "says that what a register announced needs nothing more"},
};

int toc_cmd_supplier(struct toc_cli *cli, int argc, char **argv)
{
    return toc_cli_dispatch(cli, "supplier", commands, sizeof commands / sizeof commands[0], argc,
                            argv);
}
