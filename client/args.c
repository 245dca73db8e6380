#include "args.h"
#include "ensure.h"
#include <getopt.h>
#include <string.h>

/* Longest name compared for nearness; command names are far shorter. */
enum { WORD_LEN_MAX = 31 };

enum toc_result toc_args_number(const char *text, uint64_t max, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (text == NULL || text[0] == '\0') {
        return TOC_INVALID;
    }
    for (const char *at = text; *at != '\0'; at++) {
        TOC_ENSURE(*at >= '0' && *at <= '9', TOC_INVALID);
        const uint64_t digit = (uint64_t)(*at - '0');
        TOC_ENSURE(digit <= max && number <= (max - digit) / 10, TOC_INVALID);
        number = number * 10 + digit;
    }
    *ret_number = number;
    return TOC_OK;
}

static enum toc_result take_option(const struct toc_option *option, const char *value,
                                   struct toc_why *why)
{
    if (option->flag != NULL) {
        *option->flag = true;
    } else if (option->text != NULL) {
        *option->text = value;
    } else if (option->texts != NULL) {
        if (option->texts->len == TOC_TEXTS_MAX) {
            return toc_fail(why, TOC_INVALID, "--%s: given more than %d times", option->name,
                            TOC_TEXTS_MAX);
        }
        option->texts->items[option->texts->len++] = value;
    } else if (toc_args_number(value, option->number_max, option->number) != TOC_OK) {
        return toc_fail(why, TOC_INVALID, "--%s: '%s' is not a number from 0 to %llu", option->name,
                        value, (unsigned long long)option->number_max);
    }
    return TOC_OK;
}

/* The table as getopt wants it; an option of one letter is a short one too. */
static void translate(const struct toc_option *options, size_t options_len, struct option *ret_long,
                      char *ret_short)
{
    size_t short_len = 0;
    ret_short[short_len++] = ':'; /* a missing value is told from an unknown option */
    for (size_t i = 0; i < options_len; i++) {
        const int takes = options[i].flag == NULL ? required_argument : no_argument;
        ret_long[i] = (struct option){
            .name = options[i].name, .has_arg = takes, .flag = NULL, .val = 256 + (int)i};
        if (options[i].name[1] == '\0') {
            ret_short[short_len++] = options[i].name[0];
            if (takes == required_argument) {
                ret_short[short_len++] = ':';
            }
        }
    }
    ret_long[options_len] = (struct option){0};
    ret_short[short_len] = '\0';
}

static const struct toc_option *option_of(const struct toc_option *options, size_t options_len,
                                          int found)
{
    if (found >= 256) {
        return &options[found - 256];
    }
    for (size_t i = 0; i < options_len; i++) {
        if (options[i].name[0] == (char)found && options[i].name[1] == '\0') {
            return &options[i];
        }
    }
    return NULL;
}

enum toc_result toc_args_parse(int argc, char **argv, const struct toc_option *options,
                               size_t options_len, struct toc_operands *ret_operands,
                               struct toc_why *why)
{
    TOC_ASSERT(options_len <= TOC_OPTIONS_MAX);
    struct option long_options[TOC_OPTIONS_MAX + 1];
    char short_options[2 * TOC_OPTIONS_MAX + 2];
    translate(options, options_len, long_options, short_options);
    optind = 0; /* GNU: begin anew */
    opterr = 0;
    for (;;) {
        const int found = getopt_long(argc, argv, short_options, long_options, NULL);
        if (found == -1) {
            break;
        }
        const char *const word = argv[optind - 1];
        if (found == ':') {
            return toc_fail(why, TOC_INVALID, "%s: needs a value", word);
        }
        const struct toc_option *const option = option_of(options, options_len, found);
        if (found == '?' || option == NULL) {
            return toc_fail(why, TOC_INVALID, "%s: no such option here", word);
        }
        TOC_TRY(take_option(option, optarg, why));
    }
    ret_operands->items = argv + optind;
    ret_operands->len = (size_t)(argc - optind);
    return TOC_OK;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to add, drop, change or swap with their neighbour to come from one word to the other. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_LEN_MAX + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b_len; j++) {
        before[j] = above[j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        size_t *const oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_len];
}

const char *toc_args_nearest(const char *word, const char *const *names, size_t names_len)
{
    const size_t word_len = strnlen(word, WORD_LEN_MAX + 1);
    const char *nearest = NULL;
    size_t best = 0;
    if (word_len == 0 || word_len > WORD_LEN_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < names_len; i++) {
        const size_t name_len = strlen(names[i]);
        TOC_ASSERT(name_len <= WORD_LEN_MAX);
        /* A beginning of the name counts as one slip. */
        const bool begins = word_len >= 2 && strncmp(word, names[i], word_len) == 0;
        const size_t apart = begins ? 1 : distance(word, word_len, names[i], name_len);
        if (apart <= 1 + name_len / 4 && (nearest == NULL || apart < best)) {
            nearest = names[i];
            best = apart;
        }
    }
    return nearest;
}
