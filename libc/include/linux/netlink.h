#ifndef __BERKELEY_LINUX_NETLINK_H
#define __BERKELEY_LINUX_NETLINK_H

#include <stdint.h>
#include <sys/socket.h>

#include <berkeley/netlink.h>

struct sockaddr_nl {
    sa_family_t nl_family;
    unsigned short nl_pad;
    uint32_t nl_pid;
    uint32_t nl_groups;
};

struct nlmsghdr {
    uint32_t nlmsg_len;
    uint16_t nlmsg_type;
    uint16_t nlmsg_flags;
    uint32_t nlmsg_seq;
    uint32_t nlmsg_pid;
};

struct nlmsgerr {
    int error;
    struct nlmsghdr msg;
};

#define NLM_F_REQUEST 0x01
#define NLM_F_MULTI 0x02
#define NLM_F_ACK 0x04
#define NLM_F_ECHO 0x08
#define NLM_F_ROOT 0x100
#define NLM_F_MATCH 0x200
#define NLM_F_DUMP (NLM_F_ROOT | NLM_F_MATCH)

#define NLMSG_NOOP 1
#define NLMSG_ERROR 2
#define NLMSG_DONE 3
#define NLMSG_ALIGNTO 4U
#define NLMSG_ALIGN(length) (((length) + NLMSG_ALIGNTO - 1) & ~(NLMSG_ALIGNTO - 1))
#define NLMSG_HDRLEN ((int)NLMSG_ALIGN(sizeof(struct nlmsghdr)))
#define NLMSG_LENGTH(length) ((length) + NLMSG_HDRLEN)
#define NLMSG_SPACE(length) NLMSG_ALIGN(NLMSG_LENGTH(length))
#define NLMSG_DATA(header) ((void *)((char *)(header) + NLMSG_HDRLEN))
#define NLMSG_OK(header, length)                                                                                     \
    ((length) >= (int)sizeof(struct nlmsghdr) && (header)->nlmsg_len >= sizeof(struct nlmsghdr)                       \
     && (header)->nlmsg_len <= (uint32_t)(length))
#define NLMSG_NEXT(header, length)                                                                                   \
    ((length) -= NLMSG_ALIGN((header)->nlmsg_len),                                                                   \
     (struct nlmsghdr *)((char *)(header) + NLMSG_ALIGN((header)->nlmsg_len)))

#endif
