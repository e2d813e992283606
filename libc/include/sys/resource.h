#ifndef __BERKELEY_SYS_RESOURCE_H
#define __BERKELEY_SYS_RESOURCE_H

#include_next <sys/resource.h>

#define __NEED_id_t
#define __NEED_pid_t
#include <bits/alltypes.h>

#ifndef PRIO_PROCESS
#define PRIO_PROCESS 0
#define PRIO_PGRP 1
#define PRIO_USER 2
#define PRIO_MIN (-20)
#define PRIO_MAX 20
#endif

#ifndef RLIMIT_NOFILE
#define RLIMIT_CPU 0
#define RLIMIT_FSIZE 1
#define RLIMIT_DATA 2
#define RLIMIT_STACK 3
#define RLIMIT_CORE 4
#define RLIMIT_RSS 5
#define RLIMIT_NPROC 6
#define RLIMIT_NOFILE 7
#define RLIMIT_MEMLOCK 8
#define RLIMIT_AS 9
#define RLIMIT_OFILE RLIMIT_NOFILE
#define RLIMIT_LOCKS 10
#define RLIMIT_SIGPENDING 11
#define RLIMIT_MSGQUEUE 12
#define RLIMIT_NICE 13
#define RLIMIT_RTPRIO 14
#define RLIMIT_RTTIME 15
#define RLIM_NLIMITS 16
#define RLIMIT_NLIMITS RLIM_NLIMITS
#endif

#ifndef RLIM_INFINITY
#define RLIM_INFINITY (~0ULL)
#define RLIM_SAVED_CUR RLIM_INFINITY
#define RLIM_SAVED_MAX RLIM_INFINITY
typedef unsigned long long rlim_t;

struct rlimit {
    rlim_t rlim_cur;
    rlim_t rlim_max;
};
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* RLIMIT_NOFILE is 65536 at first, more than a set for select has; the others are RLIM_INFINITY, but for RLIMIT_CORE, 0. */
int getrlimit(int, struct rlimit *);
/* EPERM, but succeeds where a limit is not raised; the program is not held to it. */
int setrlimit(int, const struct rlimit *);
/* Both, of the program itself; ESRCH for all others. */
int prlimit(pid_t, int, const struct rlimit *, struct rlimit *);
/* 0, and EPERM. */
int getpriority(int, id_t);
int setpriority(int, id_t, int);
int getrusage(int, struct rusage *);

#ifdef __cplusplus
}
#endif

#endif
