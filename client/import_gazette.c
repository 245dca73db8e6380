#include "import_gazette.h"
#include "ensure.h"
#include "import_gazette_notice.h"
#include "import_json.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { CODE_LEN_MAX = 8, NUMBER_LEN_MAX = 16 };

/* A text, or a number as a text. */
static const char *text_of(const json_t *entry, const char *key, char ret_text[CODE_LEN_MAX + 1])
{
    const json_t *const value = json_object_get(entry, key);
    if (json_is_integer(value)) {
        const json_int_t number = json_integer_value(value);
        if (number >= 0 && number <= 9999) {
            (void)snprintf(ret_text, CODE_LEN_MAX + 1, "%d", (int)number);
            return ret_text;
        }
    }
    const char *const text = json_string_value(value);
    return text == NULL ? "" : text;
}

/* The feed has no field for the number; its text says "(Company Number 01234567)". */
static const char *number_in(const char *content, char ret_number[NUMBER_LEN_MAX + 1])
{
    static const char *const marks[] = {"company number", "company no", "registered number",
                                        "registered no"};
    for (const char *at = content; *at != '\0'; at++) {
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
            if (strncasecmp(at, marks[i], strlen(marks[i])) != 0) {
                continue;
            }
            const char *const from = at + strlen(marks[i]);
            const char *const number = from + strspn(from, " .:\t\r\n");
            const size_t len = strspn(number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
            if (len > 0 && len <= NUMBER_LEN_MAX && strcspn(number, "0123456789") < len) {
                memcpy(ret_number, number, len);
                ret_number[len] = '\0';
                return ret_number;
            }
        }
    }
    return "";
}

static const char *number_of(const json_t *entry, char ret_number[NUMBER_LEN_MAX + 1])
{
    static const char *const keys[] = {"company-number", "f:company-number", "company_number",
                                       "companyNumber"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *const text = json_string_value(json_object_get(entry, keys[i]));
        if (text != NULL && text[0] != '\0') {
            return text;
        }
    }
    const json_t *const content = json_object_get(entry, "content");
    const char *const text =
        json_is_object(content) ? toc_json_text(content, "#text") : json_string_value(content);
    return text == NULL ? "" : number_in(text, ret_number);
}

static enum toc_result take_entry(const json_t *entry, size_t row, const struct toc_own *own,
                                  struct toc_findings *findings)
{
    char code[CODE_LEN_MAX + 1];
    char number[NUMBER_LEN_MAX + 1];
    if (!json_is_object(entry)) {
        return toc_import_settle(&findings->import, row, TOC_IMPORT_REJECTED, "entry",
                                 "is no object");
    }
    const char *const published = toc_json_text(entry, "published");
    const struct toc_notice notice = {
        .row = row,
        .code = text_of(entry, "f:notice-code", code),
        .name = toc_json_text(entry, "title"),
        .number = number_of(entry, number),
        .date = published[0] == '\0' ? toc_json_text(entry, "updated") : published,
        .id = toc_json_text(entry, "id"),
    };
    return toc_notice_take(own, &notice, findings);
}

/* A page with one notice has it alone, not in an array. */
static enum toc_result read_feed(const json_t *feed, const struct toc_own *own,
                                 struct toc_findings *findings, struct toc_why *why)
{
    const json_t *const entry = json_object_get(feed, "entry");
    const size_t len = json_is_array(entry) ? json_array_size(entry) : 1;
    if (entry == NULL && json_object_get(feed, "f:total") != NULL) {
        return TOC_OK; /* a page beyond the last notice */
    }
    if (!json_is_object(entry) && !json_is_array(entry)) {
        return toc_fail(why, TOC_MALFORMED,
                        "has no entries: is it The Gazette's /insolvency/notice/data.json?");
    }
    if (len > TOC_GAZETTE_ENTRIES_MAX) {
        return toc_fail(why, TOC_TOOBIG, "has more than %d notices", TOC_GAZETTE_ENTRIES_MAX);
    }
    for (size_t i = 0; i < len; i++) {
        const enum toc_result result = take_entry(
            json_is_array(entry) ? json_array_get(entry, i) : entry, i + 1, own, findings);
        if (result != TOC_OK) {
            return toc_fail(why, result, "out of memory");
        }
    }
    return TOC_OK;
}

static enum toc_result read_json(struct toc_bytes file, const struct toc_own *own,
                                 struct toc_findings *findings, struct toc_why *why)
{
    json_error_t error;
    TOC_AUTO(toc_json_free)
    json_t *feed = json_loadb((const char *)file.data, file.len, JSON_REJECT_DUPLICATES, &error);
    if (feed == NULL) {
        return toc_fail(why, TOC_MALFORMED, "line %d: is no JSON: %s", error.line, error.text);
    }
    return read_feed(feed, own, findings, why);
}

enum toc_result toc_gazette_read(struct toc_bytes file, const struct toc_own *own,
                                 struct toc_arena *arena, struct toc_findings *ret_findings,
                                 struct toc_why *why)
{
    struct toc_findings findings = {.source = "gazette"};
    toc_import_init(&findings.import, arena);
    size_t start = 0;
    while (start < file.len && file.data[start] != '\0' &&
           strchr(" \t\r\n\xef\xbb\xbf", file.data[start]) != NULL) {
        start++;
    }
    if (start < file.len && file.data[start] == '{') {
        TOC_TRY(read_json(toc_bytes_of(file.data + start, file.len - start), own, &findings, why));
    } else {
        TOC_TRY(toc_gazette_read_csv(file, own, &findings, why));
    }
    *ret_findings = findings;
    return TOC_OK;
}
