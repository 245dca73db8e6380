#include "import_spend_date.h"
#include "ensure.h"
#include "import_text.h"
#include "timetext.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { TOKENS_MAX = 8, WORD_LEN_MAX = 9, APRIL = 4, PERIODS = 13, QUARTERS = 4 };

/* A run of letters or of digits; what is between them does not count. */
struct token {
    char word[WORD_LEN_MAX + 1]; /* "": a number */
    int number;
    size_t digits;
};
struct tokens {
    struct token items[TOKENS_MAX];
    size_t len;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_token(const char **text, struct token *ret_token)
{
    struct token token = {.number = 0};
    const char *at = *text;
    size_t len = 0;
    while (is_letter(at[len])) {
        len++;
    }
    TOC_ENSURE(len <= WORD_LEN_MAX, false);
    memcpy(token.word, at, len);
    token.word[len] = '\0';
    if (len == 0) {
        for (; len < 8 && is_digit(at[len]); len++) {
            token.number = token.number * 10 + (at[len] - '0');
        }
        TOC_ENSURE(len > 0 && !is_digit(at[len]), false);
        token.digits = len;
    }
    *text = at + len;
    *ret_token = token;
    return true;
}

static bool read_tokens(const char *text, struct tokens *ret_tokens)
{
    struct tokens tokens = {.len = 0};
    while (*text != '\0') {
        if (!is_letter(*text) && !is_digit(*text)) {
            TOC_ENSURE(strchr(" -/._,:()", *text) != NULL, false);
            text++;
            continue;
        }
        TOC_ENSURE(tokens.len < TOKENS_MAX && take_token(&text, &tokens.items[tokens.len]), false);
        tokens.len++;
    }
    *ret_tokens = tokens;
    return tokens.len > 0;
}

/* 1 to 12; 0 for any other word. Three letters or the whole name, and "Sept". */
static int month_of(const struct token *token)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    const size_t len = strlen(token->word);
    for (int i = 0; i < 12; i++) {
        const bool fits = len == 3 || len == strlen(names[i]) || (i == 8 && len == 4);
        if (fits && strncasecmp(token->word, names[i], len) == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* Four digits, or two (20yy). */
static bool is_year(const struct token *token, int *ret_year)
{
    if (token->digits == 2) {
        *ret_year = 2000 + token->number;
        return true;
    }
    *ret_year = token->number;
    return token->digits == 4 && token->number >= 1900 && token->number <= 2999;
}

/* "Dec-10", "December 2010", and the first of "July 2010-September 2010". */
static bool named_month(const struct tokens *tokens, int32_t *ret_day)
{
    int32_t day = 0;
    TOC_ENSURE(tokens->len == 2 || tokens->len == 4, false);
    for (size_t i = tokens->len; i > 0; i -= 2) {
        const int month = month_of(&tokens->items[i - 2]);
        int year;
        TOC_ENSURE(month > 0 && is_year(&tokens->items[i - 1], &year), false);
        day = toc_date_days(year, month, 1);
    }
    *ret_day = day;
    return true;
}

/* "2010-12", "12/2010", "201012" */
static bool numbered_month(const struct tokens *tokens, int32_t *ret_day)
{
    const struct token *const first = &tokens->items[0];
    const struct token *const second = &tokens->items[1];
    int year = 0;
    int month = 0;
    if (tokens->len == 1 && first->digits == 6) {
        year = first->number / 100;
        month = first->number % 100;
    } else if (tokens->len == 2 && first->digits == 4 && second->digits > 0) {
        year = first->number;
        month = second->number;
    } else if (tokens->len == 2 && second->digits == 4 && first->digits > 0) {
        year = second->number;
        month = first->number;
    }
    TOC_ENSURE(year >= 1900 && year <= 2999 && month >= 1 && month <= 12, false);
    *ret_day = toc_date_days(year, month, 1);
    return true;
}

/* "20181231", as SAP prints it. */
static bool digits_date(const struct tokens *tokens, int32_t *ret_day)
{
    const struct token *const token = &tokens->items[0];
    TOC_ENSURE(tokens->len == 1 && token->digits == 8, false);
    const int year = token->number / 10000;
    const int month = token->number / 100 % 100;
    const int day = token->number % 100;
    TOC_ENSURE(year >= 1900 && year <= 2999 && month >= 1 && month <= 12 && day >= 1 && day <= 31,
               false);
    const int32_t days = toc_date_days(year, month, day);
    int month_back;
    int other;
    toc_date_civil(days, &other, &month_back, &other);
    TOC_ENSURE(month_back == month, false); /* 31 June is no day */
    *ret_day = days;
    return true;
}

/* The first day of the n-th month of a financial year. */
static int32_t month_of_year(int year, int nth)
{
    return toc_date_add_months(toc_date_days(year, APRIL, 1), nth - 1);
}

/* "P03", "Period 3 2018/19", "2018 Q1": a letter, its number right after it, and the year anywhere
 * else; of two years ("2018/19") the first. */
static enum toc_result ledger_period(const struct tokens *tokens, int year, int32_t *ret_day)
{
    size_t at = 0;
    while (at < tokens->len && tokens->items[at].word[0] == '\0') {
        at++;
    }
    TOC_ENSURE(at + 1 < tokens->len && tokens->items[at + 1].digits > 0, TOC_MALFORMED);
    const char *const word = tokens->items[at].word;
    const int number = tokens->items[at + 1].number;
    const bool period = strcasecmp(word, "P") == 0 || strcasecmp(word, "period") == 0 ||
                        strcasecmp(word, "per") == 0;
    const bool quarter = strcasecmp(word, "Q") == 0 || strcasecmp(word, "quarter") == 0 ||
                         strcasecmp(word, "qtr") == 0;
    TOC_ENSURE(period || quarter, TOC_MALFORMED);
    TOC_ENSURE(number >= 1 && number <= (period ? PERIODS : QUARTERS), TOC_MALFORMED);
    const size_t year_at = at == 0 ? 2 : 0;
    const size_t years = tokens->len - 2;
    TOC_ENSURE(years <= 2 && (at == 0 || at == years), TOC_MALFORMED);
    if (years > 0) {
        int next;
        TOC_ENSURE(is_year(&tokens->items[year_at], &year), TOC_MALFORMED);
        TOC_ENSURE(years == 1 || is_year(&tokens->items[year_at + 1], &next), TOC_MALFORMED);
    }
    TOC_ENSURE(year != 0, TOC_STALE);
    const int nth = period ? (number > 12 ? 12 : number) : 3 * number - 2;
    *ret_day = month_of_year(year, nth);
    return TOC_OK;
}

int toc_spend_financial_year(int32_t day)
{
    int year;
    int month;
    int of_month;
    toc_date_civil(day, &year, &month, &of_month);
    return month < APRIL ? year - 1 : year;
}

enum toc_result toc_spend_date(const char *text, int year, int32_t *ret_day, bool *ret_period)
{
    struct tokens tokens;
    if (toc_date_parse_uk(text, ret_day) == TOC_OK) {
        *ret_period = false;
        return TOC_OK;
    }
    TOC_ENSURE(!toc_import_blank(text), TOC_NOTFOUND);
    TOC_ENSURE(read_tokens(text, &tokens), TOC_MALFORMED);
    if (digits_date(&tokens, ret_day)) {
        *ret_period = false;
        return TOC_OK;
    }
    if (!named_month(&tokens, ret_day) && !numbered_month(&tokens, ret_day)) {
        TOC_TRY(ledger_period(&tokens, year, ret_day));
    }
    *ret_period = true;
    return TOC_OK;
}
