/* flag: what a council says about a supplier of its own that is in trouble. */
#include "commands.h"

static const struct toc_command commands[] = {
    {"raise", toc_cmd_flag_raise,
     "SUPPLIER --event CODE --source CLASS [--severity N] [--expires QUARTER] [--clause C] "
     "[--action A] [--text T] [--reference R] [--date DATE] [--may-identify] [--exercise] "
     "[--parent] [--embargo-until DATE] [--yes]",
     "warns the councils that have the same supplier"},
    {"approve", toc_cmd_flag_approve, "FLAG",
     "lets a flag go that another person raised, and that waits for a second"},
    {"withdraw", toc_cmd_flag_withdraw, "FLAG --reason TEXT",
     "takes a flag back that should not have been raised"},
    {"clear", toc_cmd_flag_clear, "FLAG", "says that what was flagged is over"},
    {"mitigate", toc_cmd_flag_mitigate, "FLAG", "says that what was flagged is under control"},
    {"dispute", toc_cmd_flag_dispute, "ALERT [--text TEXT | --take-back]",
     "says that an alert on a supplier of ours is wrong"},
    {"confirm", toc_cmd_flag_confirm, "FLAG", "stands by a flag of ours that somebody disputes"},
    {"history", toc_cmd_flag_history, "FLAG",
     "shows what became of a flag, and which members have applied it"},
    {"list", toc_cmd_flag_list, "[--csv]", "lists your own flags, and what they wait for"},
};

int toc_cmd_flag(struct toc_cli *cli, int argc, char **argv)
{
    return toc_cli_dispatch(cli, "flag", commands, sizeof commands / sizeof commands[0], argc,
                            argv);
}
