#ifndef __BERKELEY_SCHED_H
#define __BERKELEY_SCHED_H

#include_next <sched.h>

#define __NEED_size_t
#define __NEED_pid_t
#include <bits/alltypes.h>

#ifndef SCHED_OTHER
#define SCHED_OTHER 0
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_BATCH 3
#define SCHED_IDLE 5
#endif

#if defined(_GNU_SOURCE) && !defined(CPU_SETSIZE)
#define CPU_SETSIZE 1024

typedef struct cpu_set_t {
    unsigned long __bits[CPU_SETSIZE / 8 / sizeof(long)];
} cpu_set_t;

#define __CPU_BITS (8 * sizeof(long))
#define __CPU_BIT(cpu) (1UL << (cpu) % __CPU_BITS)
#define __CPU_IS(cpu) ((unsigned)(cpu) < CPU_SETSIZE)
#define CPU_SET(cpu, set) ((void)(__CPU_IS(cpu) && ((set)->__bits[(cpu) / __CPU_BITS] |= __CPU_BIT(cpu))))
#define CPU_CLR(cpu, set) ((void)(__CPU_IS(cpu) && ((set)->__bits[(cpu) / __CPU_BITS] &= ~__CPU_BIT(cpu))))
#define CPU_ISSET(cpu, set) (__CPU_IS(cpu) && ((set)->__bits[(cpu) / __CPU_BITS] & __CPU_BIT(cpu)) != 0)
#define CPU_ZERO(set) ((void)__builtin_memset(set, 0, sizeof(cpu_set_t)))
#define CPU_EQUAL(one, other) (__builtin_memcmp(one, other, sizeof(cpu_set_t)) == 0)
#define CPU_COUNT(set) __cpu_count(set)

static __inline int __cpu_count(const cpu_set_t *__set)
{
    int __count = 0;
    for (unsigned __at = 0; __at < sizeof __set->__bits / sizeof *__set->__bits; __at++)
        __count += __builtin_popcountl(__set->__bits[__at]);
    return __count;
}
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A component runs on one processor, with SCHED_OTHER and priority 0; what would be otherwise is EPERM. */
int sched_get_priority_max(int);
int sched_get_priority_min(int);
int sched_getscheduler(pid_t);
int sched_setscheduler(pid_t, int, const struct sched_param *);
int sched_getparam(pid_t, struct sched_param *);
int sched_setparam(pid_t, const struct sched_param *);

#ifdef _GNU_SOURCE
int sched_getcpu(void);
int sched_getaffinity(pid_t, size_t, cpu_set_t *);
int sched_setaffinity(pid_t, size_t, const cpu_set_t *);
#endif

#ifdef __cplusplus
}
#endif

#endif
