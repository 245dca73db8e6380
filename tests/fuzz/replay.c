/* replay: main() of a fuzz target in the ordinary build. Every file of the folder it is given goes
 * through the target once. An empty folder fails: it would prove nothing. */
#include "bounds.h"
#include "file.h"
#include "fuzz.h"
#include <dirent.h>
#include <limits.h>
#include <stdio.h>

static int replay(const char *path)
{
    struct toc_buf buf;
    struct toc_why why = {{0}};
    toc_buf_init(&buf, TOC_ROSTER_FILE_MAX);
    const enum toc_result result = toc_file_read(path, TOC_ROSTER_FILE_MAX, &buf, &why);
    if (result == TOC_OK) {
        (void)LLVMFuzzerTestOneInput(buf.data, buf.len);
    } else {
        fprintf(stderr, "replay: %s: %s\n", path, why.text);
    }
    toc_buf_done(&buf);
    return result == TOC_OK ? 1 : 0;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
        return 2;
    }
    int found = 0;
    int replayed = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            char path[PATH_MAX];
            snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
            found++;
            replayed += replay(path);
        }
    }
    closedir(folder);
    printf("%d of %d files replayed\n", replayed, found);
    return found > 0 && replayed == found ? 0 : 1;
}
