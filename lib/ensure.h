/* ensure: the two control-flow macros of the code base, the assert that stays on in release, and
 * scope cleanup. There are no others. */
#ifndef TOC_ENSURE_H
#define TOC_ENSURE_H

#include "result.h"

/* Climb on anything but TOC_OK. */
#define TOC_TRY(expression)                                                                        \
    do {                                                                                           \
        const enum toc_result toc_try_result_ = (expression);                                      \
        if (toc_try_result_ != TOC_OK) {                                                           \
            return toc_try_result_;                                                                \
        }                                                                                          \
    } while (0)

/* Climb with `result` unless the condition holds: for input that may be wrong. */
#define TOC_ENSURE(condition, result)                                                              \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return (result);                                                                       \
        }                                                                                          \
    } while (0)

/* For what only our own mistake could make false. Never reachable from input. */
#define TOC_ASSERT(condition)                                                                      \
    ((condition) ? (void)0 : toc_assert_failed(#condition, __FILE__, __LINE__))

/* After a switch over one of our enums that returns in every case. */
#define TOC_UNREACHABLE() toc_assert_failed("unreachable", __FILE__, __LINE__)

_Noreturn void toc_assert_failed(const char *condition, const char *file, int line);

/* TOC_AUTO(toc_store_close) struct toc_store *store = NULL; runs the destructor at scope's end. */
#define TOC_AUTO(destructor) __attribute__((cleanup(destructor)))

/* Success hands over: `*ret_x = toc_take(&x);` leaves NULL behind for the cleanup. */
#define toc_take(pointer_address)                                                                  \
    __extension__({                                                                                \
        __typeof__(*(pointer_address)) toc_taken_ = *(pointer_address);                            \
        *(pointer_address) = NULL;                                                                 \
        toc_taken_;                                                                                \
    })

#endif
