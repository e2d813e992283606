#ifndef __BERKELEY_LINUX_ERRQUEUE_H
#define __BERKELEY_LINUX_ERRQUEUE_H

#include <stdint.h>

/* What IP_RECVERR and IPV6_RECVERR give; ee_errno is of this C library. */
struct sock_extended_err {
    uint32_t ee_errno;
    uint8_t ee_origin;
    uint8_t ee_type;
    uint8_t ee_code;
    uint8_t ee_pad;
    uint32_t ee_info;
    uint32_t ee_data;
};

#define SO_EE_ORIGIN_NONE 0
#define SO_EE_ORIGIN_LOCAL 1
#define SO_EE_ORIGIN_ICMP 2
#define SO_EE_ORIGIN_ICMP6 3
#define SO_EE_ORIGIN_TXSTATUS 4
#define SO_EE_ORIGIN_TIMESTAMPING SO_EE_ORIGIN_TXSTATUS
#define SO_EE_ORIGIN_ZEROCOPY 5
#define SO_EE_OFFENDER(error) ((struct sockaddr *)((error) + 1))

#endif
