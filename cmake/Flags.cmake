# Compiler flags, once, for every target.
option(TOCSIN_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" ON)
option(TOCSIN_WERROR "Warnings are errors (CI)" OFF)
option(TOCSIN_FUZZ "Build libFuzzer targets (clang only)" OFF)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # the GNU cleanup attribute

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Debug CACHE STRING "" FORCE)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(toc_flags INTERFACE)
target_compile_options(toc_flags INTERFACE
    -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wformat=2 -Wmissing-prototypes
    -Wstrict-prototypes -Wswitch -Wundef -Wvla -Wpointer-arith -Wcast-qual -Wwrite-strings)
target_compile_definitions(toc_flags INTERFACE _GNU_SOURCE)
if(TOCSIN_WERROR)
    target_compile_options(toc_flags INTERFACE -Werror)
endif()
if(TOCSIN_SANITIZE)
    target_compile_options(toc_flags INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_link_options(toc_flags INTERFACE -fsanitize=address,undefined)
else()
    target_compile_options(toc_flags INTERFACE -fstack-protector-strong -fPIE)
    target_compile_definitions(toc_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
    target_link_options(toc_flags INTERFACE -pie -Wl,-z,relro,-z,now)
endif()
