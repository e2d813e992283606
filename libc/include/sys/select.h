#ifndef __BERKELEY_SYS_SELECT_H
#define __BERKELEY_SYS_SELECT_H

#include <__typedef_fd_set.h>
#include <__typedef_sigset_t.h>

struct timeval;
struct timespec;

#ifdef __cplusplus
extern "C" {
#endif

/* The library's for sets of bits; those of these names are for wasi-libc's. */
int select(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict, struct timeval *__restrict)
    __asm__("__berkeley_select");
int pselect(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict, const struct timespec *__restrict,
    const sigset_t *__restrict) __asm__("__berkeley_pselect");

#ifdef __cplusplus
}
#endif

#include_next <sys/select.h>

#endif
