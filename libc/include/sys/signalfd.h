#ifndef __BERKELEY_SYS_SIGNALFD_H
#define __BERKELEY_SYS_SIGNALFD_H

#include <signal.h>
#include <stdint.h>

#define SFD_CLOEXEC 0x80000
#define SFD_NONBLOCK 0x4

struct signalfd_siginfo {
    uint32_t ssi_signo;
    int32_t ssi_errno;
    int32_t ssi_code;
    uint32_t ssi_pid;
    uint32_t ssi_uid;
    int32_t ssi_fd;
    uint32_t ssi_tid;
    uint32_t ssi_band;
    uint32_t ssi_overrun;
    uint32_t ssi_trapno;
    int32_t ssi_status;
    int32_t ssi_int;
    uint64_t ssi_ptr;
    uint64_t ssi_utime;
    uint64_t ssi_stime;
    uint64_t ssi_addr;
    uint16_t ssi_addr_lsb;
    uint8_t __pad[46];
};

#ifdef __cplusplus
extern "C" {
#endif

/* ENOSYS: no signals come that could be read. */
int signalfd(int, const sigset_t *, int);

#ifdef __cplusplus
}
#endif

#endif
