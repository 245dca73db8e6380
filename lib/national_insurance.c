#include "orgid.h"
#include <string.h>

enum { SHAPE_LEN = 9, SHAPE_DIGITS = 6 };

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == '-' || c == '.' || c == '/';
}

/* Whether place i of the shape may hold this character. */
static bool fits(size_t i, char c)
{
    if (i < 2) {
        return is_letter(c);
    }
    if (i < 2 + SHAPE_DIGITS) {
        return is_digit(c);
    }
    return (c >= 'A' && c <= 'D') || (c >= 'a' && c <= 'd');
}

/* Letters that no number starts with tell "PO 123456 A" from one, where gaps leave a doubt. */
static bool may_begin(const char pair[2])
{
    return strchr("DFIUVdfiuv", pair[0]) == NULL && strchr("DFIOUVdfiouv", pair[1]) == NULL;
}

/* The end of a text of the shape that starts here, or NULL. */
static const char *match(const char *text, bool *ret_gaps)
{
    char pair[2] = "";
    *ret_gaps = false;
    for (size_t i = 0; i < SHAPE_LEN; text++) {
        if (fits(i, *text)) {
            if (i < 2) {
                pair[i] = *text;
            }
            i++;
        } else if (i > 0 && is_gap(*text)) {
            *ret_gaps = true;
        } else {
            return NULL;
        }
    }
    return *ret_gaps && !may_begin(pair) ? NULL : text;
}

bool toc_national_insurance(const char *text)
{
    size_t len = 0;
    for (; *text != '\0'; text++) {
        if (is_gap(*text)) {
            continue;
        }
        if (len == SHAPE_LEN || !fits(len, *text)) {
            return false;
        }
        len++;
    }
    return len == SHAPE_LEN;
}

bool toc_national_insurance_within(const char *text)
{
    /* The shape ends in digits: most names have none, and are done with here. */
    const char *const digit = strpbrk(text, "0123456789");
    if (digit == NULL) {
        return false;
    }
    bool inside = false; /* of a word */
    for (; *text != '\0'; text++) {
        if (!inside && is_letter(*text)) {
            bool gaps;
            const char *const end = match(text, &gaps);
            if (end != NULL && !is_letter(*end) && !is_digit(*end)) {
                return true;
            }
        }
        inside = is_letter(*text) || is_digit(*text);
    }
    return false;
}
