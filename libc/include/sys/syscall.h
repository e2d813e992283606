#ifndef __BERKELEY_SYS_SYSCALL_H
#define __BERKELEY_SYS_SYSCALL_H

/* The calls that syscall(2) makes for a component, in the numbers of Linux on x86-64. */
#define SYS_getpid 39
#define SYS_gettid 186
#define SYS_getrandom 318
#define __NR_getpid SYS_getpid
#define __NR_gettid SYS_gettid
#define __NR_getrandom SYS_getrandom

#endif
