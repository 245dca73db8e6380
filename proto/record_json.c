#include "record_json.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 256 };

struct text {
    char *data;
    size_t len, room;
    bool failed;
};

/* Room for `more` and the end. */
static bool grow(struct text *text, size_t more)
{
    size_t room = text->room < ROOM_MIN ? ROOM_MIN : text->room;
    while (room - text->len <= more) {
        if (room > SIZE_MAX / 2) {
            return false;
        }
        room *= 2;
    }
    if (room == text->room) {
        return true;
    }
    char *const data = realloc(text->data, room);
    if (data == NULL) {
        return false;
    }
    text->data = data;
    text->room = room;
    return true;
}

/* Remembers that it failed: not every caller in jansson asks. */
static int add(const char *bytes, size_t len, void *context)
{
    struct text *const text = context;
    text->failed = text->failed || !grow(text, len);
    if (text->failed) {
        return -1;
    }
    memcpy(text->data + text->len, bytes, len);
    text->len += len;
    return 0;
}

char *toc_json_dumps(const json_t *json, size_t flags)
{
    struct text text = {0};
    if (json_dump_callback(json, add, &text, flags) != 0 || text.failed || text.data == NULL) {
        free(text.data);
        return NULL;
    }
    text.data[text.len] = '\0';
    return text.data;
}
