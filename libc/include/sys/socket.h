#ifndef __BERKELEY_SYS_SOCKET_H
#define __BERKELEY_SYS_SOCKET_H

/* All of <sys/socket.h>: wasi-libc's has the families and options of its own sockets only. */

#include <features.h>

#define __NEED_socklen_t
#define __NEED_sa_family_t
#define __NEED_size_t
#define __NEED_ssize_t
#define __NEED_uid_t
#define __NEED_pid_t
#define __NEED_gid_t
#define __NEED_struct_iovec
#include <bits/alltypes.h>

#include <__struct_msghdr.h>
#include <__struct_sockaddr.h>
#include <__struct_sockaddr_storage.h>
#include <berkeley/socket.h>

#define SOCK_DCCP 1
#define SOCK_PACKET 10
#define SO_GET_FILTER SO_ATTACH_FILTER
#define SO_DETACH_BPF SO_DETACH_FILTER
#define MSG_WAITFORONE 0x10000
#define MSG_BATCH 0x40000
#define MSG_ZEROCOPY 0x4000000
#define SCM_SECURITY 3
#define SCM_WIFI_STATUS 41
#define SCM_TIMESTAMPING_OPT_STATS 54
#define SCM_TIMESTAMPING_PKTINFO 58
#define SO_SECURITY_AUTHENTICATION 22
#define SO_SECURITY_ENCRYPTION_TRANSPORT 23
#define SO_SECURITY_ENCRYPTION_NETWORK 24
#define SO_BPF_EXTENSIONS 48
#define MSG_TRYHARD MSG_DONTROUTE
#define MSG_PROXY 0x10
#define MSG_FIN 0x200
#define MSG_SYN 0x400
#define MSG_RST 0x1000
/* Above the number of every family that Linux has. */
#define AF_MAX 46
#define PF_MAX AF_MAX

/* Levels of families whose options the contract has no names for. */
#define SOL_DECNET 261
#define SOL_X25 262
#define SOL_ATM 264
#define SOL_AAL 265
#define SOL_IRDA 266
#define SOL_NETBEUI 267
#define SOL_LLC 268
#define SOL_DCCP 269
#define SOL_RXRPC 272
#define SOL_PPPOL2TP 273
#define SOL_PNPIPE 275
#define SOL_IUCV 277
#define SOL_CAIF 278
#define SOL_NFC 280
#define SOL_KCM 281
#define SOL_MCTP 285
#define SOL_SMC 286
#define SOL_VSOCK 287

struct linger {
    int l_onoff;
    int l_linger;
};

/* What SO_PEERCRED and SCM_CREDENTIALS tell: numbers of the host's. */
struct ucred {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

struct mmsghdr {
    struct msghdr msg_hdr;
    unsigned int msg_len;
};

struct cmsghdr {
    socklen_t cmsg_len;
    int cmsg_level;
    int cmsg_type;
};

#define CMSG_ALIGN(length) (((length) + sizeof(size_t) - 1) & (size_t) ~(sizeof(size_t) - 1))
#define CMSG_LEN(length) (CMSG_ALIGN(sizeof(struct cmsghdr)) + (length))
#define CMSG_SPACE(length) (CMSG_ALIGN(sizeof(struct cmsghdr)) + CMSG_ALIGN(length))
#define CMSG_DATA(message) ((unsigned char *)((struct cmsghdr *)(message) + 1))
#define CMSG_FIRSTHDR(header)                                                                                        \
    ((size_t)(header)->msg_controllen >= sizeof(struct cmsghdr) ? (struct cmsghdr *)(header)->msg_control             \
                                                                : (struct cmsghdr *)0)
/* Compares lengths, not pointers, so that no length of a hostile header leads out of the buffer. */
#define CMSG_NXTHDR(header, message)                                                                                 \
    ((message)->cmsg_len < sizeof(struct cmsghdr)                                                                    \
             || CMSG_ALIGN((message)->cmsg_len) + sizeof(struct cmsghdr)                                             \
                 > (size_t)((char *)(header)->msg_control + (header)->msg_controllen - (char *)(message))             \
             || CMSG_ALIGN((message)->cmsg_len) < (message)->cmsg_len                                                \
         ? (struct cmsghdr *)0                                                                                       \
         : (struct cmsghdr *)((char *)(message) + CMSG_ALIGN((message)->cmsg_len)))

struct timespec;

#ifdef __cplusplus
extern "C" {
#endif

int socket(int, int, int);
int socketpair(int, int, int, int[2]);
int bind(int, const struct sockaddr *, socklen_t);
int listen(int, int);
int accept(int, struct sockaddr *__restrict, socklen_t *__restrict);
int accept4(int, struct sockaddr *__restrict, socklen_t *__restrict, int);
int connect(int, const struct sockaddr *, socklen_t);
int shutdown(int, int);
ssize_t send(int, const void *, size_t, int);
ssize_t recv(int, void *, size_t, int);
ssize_t sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
ssize_t recvfrom(int, void *__restrict, size_t, int, struct sockaddr *__restrict, socklen_t *__restrict);
ssize_t sendmsg(int, const struct msghdr *, int);
ssize_t recvmsg(int, struct msghdr *, int);
int sendmmsg(int, struct mmsghdr *, unsigned int, unsigned int);
int recvmmsg(int, struct mmsghdr *, unsigned int, unsigned int, struct timespec *);
int getsockopt(int, int, int, void *__restrict, socklen_t *__restrict);
int setsockopt(int, int, int, const void *, socklen_t);
int getsockname(int, struct sockaddr *__restrict, socklen_t *__restrict);
int getpeername(int, struct sockaddr *__restrict, socklen_t *__restrict);
int sockatmark(int);

#ifdef __cplusplus
}
#endif

#endif
