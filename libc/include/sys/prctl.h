#ifndef __BERKELEY_SYS_PRCTL_H
#define __BERKELEY_SYS_PRCTL_H

#define PR_SET_PDEATHSIG 1
#define PR_GET_PDEATHSIG 2
#define PR_GET_DUMPABLE 3
#define PR_SET_DUMPABLE 4
#define PR_GET_KEEPCAPS 7
#define PR_SET_KEEPCAPS 8
#define PR_SET_NAME 15
#define PR_GET_NAME 16
#define PR_CAPBSET_READ 23
#define PR_CAPBSET_DROP 24
#define PR_SET_CHILD_SUBREAPER 36
#define PR_GET_CHILD_SUBREAPER 37
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39

#ifdef __cplusplus
extern "C" {
#endif

/* The name is kept, and privileges are never gained; whatever else it is asked for is EINVAL, as what Linux does not know. */
int prctl(int, ...);

#ifdef __cplusplus
}
#endif

#endif
