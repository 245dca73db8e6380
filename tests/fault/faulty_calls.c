/* Linked into tocsind_faulty, which is otherwise tocsind object for object: the linker puts these
 * in place of zmq_send and of the allocator, and SQLite and jansson are told to use the latter.
 * They fail as the plan of the file TOC_FAULT_PLAN says (fault_plan.h), and else pass on. */
#include "fault_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zmq.h>

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *old, size_t len);
int __real_zmq_send(void *socket, const void *data, size_t len, int flags);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *old, size_t len);
int __wrap_zmq_send(void *socket, const void *data, size_t len, int flags);

static struct toc_fault_plan *plan;

/* ---- memory ---- */

static bool no_memory(void)
{
    const bool fails = toc_fault_now(plan, TOC_FAULT_MEMORY) != 0;
    if (fails) {
        errno = ENOMEM;
    }
    return fails;
}

void *__wrap_malloc(size_t len)
{
    return no_memory() ? NULL : __real_malloc(len);
}

void *__wrap_calloc(size_t count, size_t len)
{
    return no_memory() ? NULL : __real_calloc(count, len);
}

void *__wrap_realloc(void *old, size_t len)
{
    return no_memory() ? NULL : __real_realloc(old, len);
}

static sqlite3_mem_methods sqlite_real;

static void *sqlite_malloc(int len)
{
    return no_memory() ? NULL : sqlite_real.xMalloc(len);
}

static void *sqlite_realloc(void *old, int len)
{
    return no_memory() ? NULL : sqlite_real.xRealloc(old, len);
}

/* ---- messages ---- */

int __wrap_zmq_send(void *socket, const void *data, size_t len, int flags)
{
    static _Thread_local bool inside; /* a message of which more parts come */
    const bool fails = toc_fault_now(plan, TOC_FAULT_PART) != 0 ||
                       (!inside && plan != NULL && toc_fault_now(plan, TOC_FAULT_MESSAGE) != 0);
    if (fails) {
        inside = false;
        errno = plan->error;
        return -1;
    }
    const int sent = __real_zmq_send(socket, data, len, flags);
    inside = sent >= 0 && (flags & ZMQ_SNDMORE) != 0;
    return sent;
}

/* ---- before main ---- */

static void *map_plan(const char *path)
{
    const int file = open(path, O_RDWR | O_CLOEXEC);
    void *const at = file < 0
                         ? MAP_FAILED
                         : mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) {
        (void)fprintf(stderr, "faulty_calls: %s: %s\n", path, strerror(errno));
        exit(125);
    }
    (void)close(file);
    return at;
}

__attribute__((constructor)) static void set_up(void)
{
    const char *const path = getenv("TOC_FAULT_PLAN");
    sqlite3_mem_methods methods;
    if (path == NULL) {
        return;
    }
    plan = map_plan(path);
    plan->pid = (uint32_t)getpid();
    json_set_alloc_funcs(__wrap_malloc, free);
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_real) != SQLITE_OK) {
        exit(125);
    }
    methods = sqlite_real;
    methods.xMalloc = sqlite_malloc;
    methods.xRealloc = sqlite_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK) {
        exit(125);
    }
}
