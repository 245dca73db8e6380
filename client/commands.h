/* commands: every subcommand of tocsin, one file each (cmd_<name>.c). Each takes its own words,
 * with argv[0] its name, and returns the exit status. */
#ifndef TOC_COMMANDS_H
#define TOC_COMMANDS_H

#include "cli.h"

int toc_cmd_today(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_key(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_init(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_status(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_doctor(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_import(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_contract(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_framework(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_supplier(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_region(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_alert(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_preview(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_publish(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_watch(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_verify(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_export(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_audit(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_rotate(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_rebuild(struct toc_cli *cli, int argc, char **argv);

/* The parts of `tocsin group`. */
int toc_cmd_group_new(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_admit(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_remove(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_succeed(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_list(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_stream(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_rules(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_rotate_tokens(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_renew(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_sign(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_show(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_verify(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_group_adopt(struct toc_cli *cli, int argc, char **argv);

/* The parts of `tocsin framework`. */
int toc_cmd_framework_add(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_framework_list(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_framework_show(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_framework_expiring(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_framework_withdraw(struct toc_cli *cli, int argc, char **argv);

/* The parts of `tocsin supplier`. */
int toc_cmd_supplier_list(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_supplier_disclose(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_supplier_show(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_supplier_keep(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_supplier_drop(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_supplier_parent(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_supplier_tokens(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_supplier_dismiss(struct toc_cli *cli, int argc, char **argv);

/* The parts of `tocsin region`. */
int toc_cmd_region_suppliers(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_region_concentration(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_region_alerts(struct toc_cli *cli, int argc, char **argv);

/* The parts of `tocsin flag`. */
int toc_cmd_flag_raise(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag_approve(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag_withdraw(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag_clear(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag_mitigate(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag_confirm(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag_dispute(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag_history(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_flag_list(struct toc_cli *cli, int argc, char **argv);

/* The parts of `tocsin contract`. */
int toc_cmd_contract_list(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_contract_expiring(struct toc_cli *cli, int argc, char **argv);
int toc_cmd_contract_incomplete(struct toc_cli *cli, int argc, char **argv);

#endif
