/* args: the words of one subcommand, read with getopt_long by a table. Options and operands may be
 * mixed; "--" ends the options; "-" is an operand. Not reentrant: getopt keeps state. No printing.
 */
#ifndef TOC_ARGS_H
#define TOC_ARGS_H

#include "result.h"
#include <stdbool.h>
#include <stdint.h>

#define TOC_OPTIONS_MAX 32
#define TOC_TEXTS_MAX 64

/* An option that may be given several times. */
struct toc_texts {
    const char *items[TOC_TEXTS_MAX]; /* borrowed from argv */
    size_t len;
};

/* One row: a name, and exactly one place for what follows it. */
struct toc_option {
    const char *name; /* without the dashes; one letter also works with one dash */
    bool *flag;
    const char **text;
    struct toc_texts *texts;
    uint64_t *number; /* 0 to number_max */
    uint64_t number_max;
};

/* What is left when the options are gone: borrowed from argv, which getopt has put in order. */
struct toc_operands {
    char *const *items;
    size_t len;
};

/* argv[0] is the command's own name. TOC_INVALID with the word that is wrong; places already filled
 * stay filled. */
enum toc_result toc_args_parse(int argc, char **argv, const struct toc_option *options,
                               size_t options_len, struct toc_operands *ret_operands,
                               struct toc_why *why) TOC_MUST_CHECK;

/* Decimal digits only, 0 to max. TOC_INVALID. */
enum toc_result toc_args_number(const char *text, uint64_t max, uint64_t *ret_number)
    TOC_MUST_CHECK;

/* The name of `names` that a slip of the fingers is nearest to, or NULL when none is near. */
const char *toc_args_nearest(const char *word, const char *const *names, size_t names_len);

#endif
