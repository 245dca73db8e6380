/* The configuration file. What was read must print to a text that reads to the same. */
#include "conf.h"
#include "file.h"
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/tocsin-fuzz-conf-XXXXXX";

static void remove_file(void)
{
    (void)unlink(path);
}

static void write_file(struct toc_bytes text)
{
    static int file = -1;
    if (file < 0) {
        file = mkstemp(path);
        TOC_ASSERT(file >= 0 && atexit(remove_file) == 0);
    }
    TOC_ASSERT(ftruncate(file, 0) == 0);
    TOC_ASSERT(pwrite(file, text.data, text.len, 0) == (ssize_t)text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct toc_conf first, second;
    struct toc_why why = {""};
    struct toc_buf text;
    write_file(toc_bytes_of(data, size));
    if (toc_conf_load(path, &first, &why) != TOC_OK) {
        TOC_ASSERT(why.text[0] != '\0');
        return 0;
    }
    toc_buf_init(&text, TOC_CONF_LEN_MAX);
    TOC_ASSERT(toc_conf_print(&first, &text) == TOC_OK);
    write_file(toc_buf_bytes(&text));
    TOC_ASSERT(toc_conf_load(path, &second, &why) == TOC_OK);
    /* Both were cleared before they were read, padding and all.
     * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
    TOC_ASSERT(memcmp(&first, &second, sizeof first) == 0);
    toc_buf_done(&text);
    return 0;
}
