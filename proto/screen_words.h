/* screen_words: what single words of a folded name say about who it is (PROTOCOL.md 12.2). A word
 * is of one kind. Only for screen.c. */
#ifndef TOC_SCREEN_WORDS_H
#define TOC_SCREEN_WORDS_H

#include <stddef.h>

enum toc_screen_word {
    TOC_WORD_PLAIN = 0,
    TOC_WORD_SUFFIX = 1,       /* of a company, anywhere but first: "ltd" */
    TOC_WORD_LAST = 2,         /* the same, but too short to mean it anywhere but last: "ag" */
    TOC_WORD_PERSON = 3,       /* "mrs", "executors" */
    TOC_WORD_TITLE = 4,        /* at the start; also begins names of organisations: "sir", "ms" */
    TOC_WORD_REDACTED = 5,     /* whatever stands beside it */
    TOC_WORD_ORGANISATION = 6, /* no person's name has it: "school" */
    TOC_WORD_NOBODY = 7,       /* stands for people: "client", "carers" */
    TOC_WORD_FILLER = 8,       /* stands beside those: "refunds" */
};

/* `len` bytes of a folded name (suppliername.h). */
enum toc_screen_word toc_screen_word(const char *text, size_t len);

#endif
