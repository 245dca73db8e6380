/* region: what the councils of the group see together. */
#include "commands.h"

static const struct toc_command commands[] = {
    {"suppliers", toc_cmd_region_suppliers,
     "[--year Y] [--category C] [--councils N] [--member M | --mine] [--search T] "
     "[--sort councils|spend|name] [--limit N | --all] [--csv]",
     "lists the suppliers that councils share"},
    {"alerts", toc_cmd_region_alerts, "[--csv]", "lists what is said of suppliers in trouble"},
    {"concentration", toc_cmd_region_concentration, "[--year Y] [--category C] [--csv]",
     "shows on how few suppliers each category of spend rests"},
};

int toc_cmd_region(struct toc_cli *cli, int argc, char **argv)
{
    char help[] = "--help";
    char *words[] = {argv[0], help, NULL};
    /* Which pictures there are is what somebody asks who names none. */
    return argc < 2 ? toc_cli_dispatch(cli, "region", commands,
                                       sizeof commands / sizeof commands[0], 2, words)
                    : toc_cli_dispatch(cli, "region", commands,
                                       sizeof commands / sizeof commands[0], argc, argv);
}
