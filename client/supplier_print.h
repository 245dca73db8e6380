/* supplier_print: what this council has on one supplier, for people to read. */
#ifndef TOC_SUPPLIER_PRINT_H
#define TOC_SUPPLIER_PRINT_H

#include "cli.h"

/* "label   text", the text wrapped behind the label; nothing without a text. */
void toc_supplier_print_line(struct toc_cli *cli, const char *label, const char *text);
/* An empty line, and a heading. */
void toc_supplier_print_heading(struct toc_cli *cli, const char *text);
/* A reply of supplier_show: name and number, events, sums by year, contracts. TOC_NOMEM. */
enum toc_result toc_supplier_print_own(struct toc_cli *cli, const json_t *supplier) TOC_MUST_CHECK;

#endif
