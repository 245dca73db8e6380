/* fault_plan: what shall fail next, in a file that the test and the program under test have mapped.
 * The test writes it (tests/integration/faults.py, which knows this layout); whoever makes the
 * calls counts them in it. No daemon and no command of the product reads it. */
#ifndef TOC_FAULT_PLAN_H
#define TOC_FAULT_PLAN_H

#include <stdint.h>

/* Numbers that faults.py repeats. */
enum toc_fault_kind {
    TOC_FAULT_NONE = 0,
    TOC_FAULT_CALL = 1,    /* any system call, of any thread */
    TOC_FAULT_CHANGE = 2,  /* a system call that changes files, or makes such a change durable */
    TOC_FAULT_MESSAGE = 3, /* the first part of a message given to libzmq */
    TOC_FAULT_PART = 4,    /* any part of one */
    TOC_FAULT_MEMORY = 5,  /* an allocation by our own code, SQLite or jansson */
};

/* Written by the test with `kind` last, so that nothing is counted under half a plan. */
struct toc_fault_plan {
    _Atomic uint32_t kind;
    _Atomic uint32_t forever; /* the calls after the one that fails fail, too */
    _Atomic int32_t error;    /* errno of a call that fails; 0: SIGKILL in its place */
    _Atomic uint32_t pid;     /* of the program under test, for the test to read */
    _Atomic int64_t at;       /* which one fails: 1 is the first; 0: they are only counted */
    _Atomic int64_t calls;    /* so far */
    _Atomic int64_t fired;    /* of these, how many failed */
};

/* Counts a call of this kind, if that is planned. Does it fail? */
static inline int toc_fault_now(struct toc_fault_plan *plan, enum toc_fault_kind kind)
{
    if (plan == 0 || plan->kind != (uint32_t)kind) {
        return 0;
    }
    const int64_t call = ++plan->calls;
    const int64_t at = plan->at;
    if (at == 0 || call < at || (call > at && plan->forever == 0)) {
        return 0;
    }
    plan->fired++;
    return 1;
}

#endif
