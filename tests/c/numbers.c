/* Names of numbers that programs for Linux take for granted, and what they are natively, where they are the same. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define TELL(what) printf("%s: %ld\n", #what, (long)(what))

static void addresses(void)
{
    struct in6_addr address = IN6ADDR_LOOPBACK_INIT;
    TELL(ntohl(address.s6_addr32[3]));
    TELL(ntohs(address.s6_addr16[7]));
    TELL(address.s6_addr[15]);
    address = (struct in6_addr){.s6_addr = {0xfe, 0x80}};
    TELL(ntohl(address.s6_addr32[0]) >> 16);
    TELL(IN6_IS_ADDR_LINKLOCAL(&address));
    TELL(sizeof address);
    TELL(_Alignof(struct in6_addr));
    TELL(memcmp(&in6addr_any, &(struct in6_addr){.s6_addr32 = {0}}, sizeof address));
}

static void of_sockets(void)
{
    TELL(AF_MAX > AF_UNIX && AF_MAX > AF_INET6 && AF_MAX > AF_NETLINK && AF_MAX > AF_VSOCK);
    TELL(PF_MAX == AF_MAX);
    TELL(MSG_TRYHARD == MSG_DONTROUTE);
    TELL(MSG_PROXY | MSG_FIN | MSG_SYN | MSG_RST);
    TELL(SOL_DECNET + SOL_X25 + SOL_ATM + SOL_AAL + SOL_IRDA + SOL_NETBEUI + SOL_LLC + SOL_DCCP + SOL_RXRPC);
    TELL(SOL_PPPOL2TP + SOL_PNPIPE + SOL_IUCV + SOL_CAIF + SOL_NFC + SOL_KCM);
    TELL(IPPROTO_MTP + IPPROTO_BEETPH + IPPROTO_ENCAP + IPPROTO_MH + IPPROTO_MPLS);
    TELL(TCP_MSS + TCP_MSS_DEFAULT + TCP_MAXWIN + TCP_MAX_WINSHIFT);
    TELL(EPOLLRDBAND | EPOLLWRBAND | EPOLLMSG);
    TELL(SIOCADDRT + SIOCSIFADDR + SIOCSIFNETMASK + SIOCADDMULTI + SIOCDEVPRIVATE + SIOCPROTOPRIVATE);
    TELL(TIOCGPGRP + TIOCSPGRP + TIOCEXCL + TIOCMGET + TCGETS + TCSETS);
    TELL(sizeof(struct iphdr));
    TELL(sizeof(struct icmphdr));
}

static void of_others(void)
{
    TELL(PATH_MAX);
    TELL(NAME_MAX);
    TELL(XATTR_NAME_MAX);
    TELL((O_RDONLY | O_LARGEFILE) != O_RDWR);
    TELL(LOCK_SH | LOCK_EX | LOCK_NB | LOCK_UN);
    TELL(EDEADLOCK == EDEADLK);
    TELL(ACCESSPERMS | ALLPERMS | DEFFILEMODE);
    TELL(WEXITSTATUS(W_EXITCODE(3, 0)));
    TELL(WTERMSIG(W_EXITCODE(3, SIGTERM)));
    TELL(WIFSTOPPED(W_STOPCODE(SIGSTOP)));
    TELL(WCOREFLAG + WAIT_ANY + WSTOPPED);
    TELL(PRIO_MIN);
    TELL(PRIO_MAX);
    TELL(RLIMIT_OFILE == RLIMIT_NOFILE);
    TELL(RLIMIT_LOCKS + RLIMIT_SIGPENDING + RLIMIT_MSGQUEUE + RLIMIT_NICE + RLIMIT_RTPRIO + RLIMIT_RTTIME);
    TELL(SIGCLD == SIGCHLD);
    TELL(FPE_FLTINV + SEGV_ACCERR + BUS_OBJERR + TRAP_TRACE + CLD_CONTINUED + POLL_HUP + ILL_BADSTK + SI_TKILL);
}

int main(void)
{
    addresses();
    of_sockets();
    of_others();
    return 0;
}
