#ifndef __BERKELEY_RESOLV_H
#define __BERKELEY_RESOLV_H

/* Queries to servers of DNS: sockets carry them, as the host's policy allows. Names of hosts alone are better looked up by
 * getaddrinfo, which asks the host.
 *
 * The servers, the domains and the options are those of /etc/resolv.conf as the program finds it among its files; without
 * that, the server is 127.0.0.1. A program may change them in `_res`, as with other C libraries. */

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>

#define MAXNS 3
#define MAXDFLSRCH 3
#define MAXDNSRCH 6
#define MAXRESOLVSORT 10
#define LOCALDOMAINPARTS 2
#define RES_TIMEOUT 5
#define RES_DFLRETRY 2
#define RES_MAXNDOTS 15
#define RES_MAXRETRANS 30
#define RES_MAXRETRY 5

typedef struct __res_state {
    /* Seconds of the first wait for an answer, and how often each server is asked. */
    int retrans;
    int retry;
    unsigned long options;
    int nscount;
    struct sockaddr_in nsaddr_list[MAXNS];
#define nsaddr nsaddr_list[0]
    unsigned short id;
    /* The domains in which `res_search` looks. */
    char *dnsrch[MAXDNSRCH + 1];
    char defdname[256];
    unsigned ndots : 4;
    int res_h_errno;
    union {
        struct {
            /* Where an entry of `nsaddr_list` has no family, the server is here. */
            struct sockaddr_in6 *nsaddrs[MAXNS];
        } _ext;
    } _u;
} *res_state;

#define RES_INIT 0x00000001
#define RES_DEBUG 0x00000002
#define RES_USEVC 0x00000008
#define RES_IGNTC 0x00000020
#define RES_RECURSE 0x00000040
#define RES_DEFNAMES 0x00000080
#define RES_STAYOPEN 0x00000100
#define RES_DNSRCH 0x00000200
#define RES_NOALIASES 0x00001000
#define RES_ROTATE 0x00004000
#define RES_NOCHECKNAME 0x00008000
#define RES_KEEPTSIG 0x00010000
#define RES_USE_EDNS0 0x00100000
#define RES_SNGLKUP 0x00200000
#define RES_SNGLKUPREOP 0x00400000
#define RES_USE_DNSSEC 0x00800000
#define RES_TRUSTAD 0x04000000
#define RES_DEFAULT (RES_RECURSE | RES_DEFNAMES | RES_DNSRCH)

#define _PATH_RESCONF "/etc/resolv.conf"

#ifdef __cplusplus
extern "C" {
#endif

struct __res_state *__res_state(void);
#define _res (*__res_state())

int res_init(void);
void res_close(void);
/* Each gives the length of the answer, or -1 with h_errno and errno. One that is longer than its place is cut off. */
int res_query(const char *, int, int, unsigned char *, int);
int res_search(const char *, int, int, unsigned char *, int);
int res_querydomain(const char *, const char *, int, int, unsigned char *, int);
int res_mkquery(int, const char *, int, int, const unsigned char *, int, const unsigned char *, unsigned char *, int);
int res_send(const unsigned char *, int, unsigned char *, int);

int res_ninit(res_state);
void res_nclose(res_state);
int res_nquery(res_state, const char *, int, int, unsigned char *, int);
int res_nsearch(res_state, const char *, int, int, unsigned char *, int);
int res_nquerydomain(res_state, const char *, const char *, int, int, unsigned char *, int);
int res_nmkquery(res_state, int, const char *, int, int, const unsigned char *, int, const unsigned char *,
                 unsigned char *, int);
int res_nsend(res_state, const unsigned char *, int, unsigned char *, int);

int dn_expand(const unsigned char *, const unsigned char *, const unsigned char *, char *, int);
int dn_comp(const char *, unsigned char *, int, unsigned char **, unsigned char **);
int dn_skipname(const unsigned char *, const unsigned char *);

#ifdef __cplusplus
}
#endif

#endif
