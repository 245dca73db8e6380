/* local_functions: who answers which request, one line each; local_request.c has their names. Part
 * of local_request.h, which alone includes it. */
#ifndef TOC_LOCAL_FUNCTIONS_H
#define TOC_LOCAL_FUNCTIONS_H

toc_local_function toc_local_status;          /* local_status.c */
toc_local_function toc_local_submit;          /* local_submit.c */
toc_local_function toc_local_want;            /* local_want.c */
toc_local_function toc_local_list;            /* local_list.c */
toc_local_function toc_local_stage;           /* local_stage.c */
toc_local_function toc_local_unstage;         /* local_stage.c */
toc_local_function toc_local_preview;         /* local_publish.c */
toc_local_function toc_local_publish;         /* local_publish.c */
toc_local_function toc_local_adopt;           /* local_admin.c */
toc_local_function toc_local_rotate;          /* local_admin.c */
toc_local_function toc_local_rebuild;         /* local_admin.c */
toc_local_function toc_local_audit;           /* local_admin.c */
toc_local_function toc_local_rosters;         /* local_export.c */
toc_local_function toc_local_batches;         /* local_export.c */
toc_local_function toc_local_evidence;        /* local_export.c */
toc_local_function toc_local_import_open;     /* local_import.c */
toc_local_function toc_local_import_rows;     /* local_import_rows.c */
toc_local_function toc_local_import_close;    /* local_import.c */
toc_local_function toc_local_import_cancel;   /* local_import.c */
toc_local_function toc_local_import_list;     /* local_import.c */
toc_local_function toc_local_contract_list;   /* local_contract.c */
toc_local_function toc_local_source_drop;     /* local_import.c */
toc_local_function toc_local_settle;          /* local_settle.c */
toc_local_function toc_local_supplier_list;   /* local_supplier.c */
toc_local_function toc_local_supplier_show;   /* local_supplier.c */
toc_local_function toc_local_supplier_keys;   /* local_supplier.c */
toc_local_function toc_local_supplier_decide; /* local_supplier_decide.c */
toc_local_function toc_local_supplier_parent; /* local_supplier_decide.c */
toc_local_function toc_local_supplier_facts;  /* local_facts.c */
toc_local_function toc_local_event_add;       /* local_event.c */
toc_local_function toc_local_event_list;      /* local_event.c */
toc_local_function toc_local_event_dismiss;   /* local_event.c */
toc_local_function toc_local_alert_list;      /* local_alert.c */
toc_local_function toc_local_alert_rules;     /* local_rules.c */
toc_local_function toc_local_tokens;          /* local_tokens.c */
toc_local_function toc_local_tokens_confirm;  /* local_tokens.c */
toc_local_function toc_local_tokens_retry;    /* local_tokens.c */
toc_local_function toc_local_flag_raise;      /* local_flag.c */
toc_local_function toc_local_flag_preview;    /* local_flag_preview.c */
toc_local_function toc_local_flag_approve;    /* local_flag_change.c */
toc_local_function toc_local_flag_withdraw;   /* local_flag_change.c */
toc_local_function toc_local_flag_clear;      /* local_flag_change.c */
toc_local_function toc_local_flag_mitigate;   /* local_flag_change.c */
toc_local_function toc_local_flag_list;       /* local_flag_list.c */
toc_local_function toc_local_flag_history;    /* local_flag_history.c */
toc_local_function toc_local_flag_dispute;    /* local_dispute.c */
toc_local_function toc_local_flag_undispute;  /* local_dispute.c */
toc_local_function toc_local_flag_confirm;    /* local_dispute.c */
toc_local_function toc_local_alert_mine;      /* local_alert_mine.c */

#endif
