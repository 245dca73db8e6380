/* notify: one datagram with the text, to a path or an abstract name; silence when nobody asked. */
#include "notify.h"
#include "runner.h"
#include "scratch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[PATH_MAX];

static void setup(void)
{
    toc_scratch_new(folder);
}

static void teardown(void)
{
    (void)unsetenv("NOTIFY_SOCKET");
    toc_scratch_remove(folder);
}

/* Binds what NOTIFY_SOCKET names; `abstract` in the other namespace. */
static int bound(bool abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[sizeof address.sun_path];
    const int len = abstract ? snprintf(name, sizeof name, "@tocsin-test-%d", (int)getpid())
                             : snprintf(name, sizeof name, "%.80s/notify", folder);
    memcpy(address.sun_path, name, (size_t)len);
    address.sun_path[0] = abstract ? '\0' : '/';
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    const socklen_t address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, address_len), 0);
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
    return fd;
}

static void hears(int fd, const char *start)
{
    char text[128] = "";
    const ssize_t len = recv(fd, text, sizeof text - 1, 0);
    ck_assert_int_gt(len, 0);
    ck_assert_mem_eq(text, start, strlen(start));
}

START_TEST(the_text_arrives)
{
    const int fd = bound(_i == 1);
    ck_assert_int_eq(toc_notify("READY=1"), TOC_OK);
    hears(fd, "READY=1");
    ck_assert_int_eq(toc_notify_reloading(), TOC_OK);
    hears(fd, "RELOADING=1\nMONOTONIC_USEC=");
    ck_assert_int_eq(recv(fd, (char[8]){0}, 8, 0), -1);
    (void)close(fd);
}
END_TEST

START_TEST(nobody_asked)
{
    (void)unsetenv("NOTIFY_SOCKET");
    ck_assert_int_eq(toc_notify("READY=1"), TOC_NOTFOUND);
    (void)setenv("NOTIFY_SOCKET", "", 1);
    ck_assert_int_eq(toc_notify("READY=1"), TOC_NOTFOUND);
}
END_TEST

START_TEST(an_address_that_is_none)
{
    static char longer[200];
    memset(longer, 'x', sizeof longer - 1);
    longer[0] = '/';
    const char *const bad[] = {"relative", "/", "@", "vsock:1:2", longer};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)setenv("NOTIFY_SOCKET", bad[i], 1);
        ck_assert_int_eq(toc_notify("READY=1"), TOC_INVALID);
    }
    (void)setenv("NOTIFY_SOCKET", toc_scratch_file(folder, "nobody"), 1);
    ck_assert_int_eq(toc_notify("READY=1"), TOC_IO);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("daemon notify");
    TCase *tcase = tcase_create("notify");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, the_text_arrives, 0, 2);
    tcase_add_test(tcase, nobody_asked);
    tcase_add_test(tcase, an_address_that_is_none);
    suite_add_tcase(suite, tcase);
    return toc_test_main(suite);
}
