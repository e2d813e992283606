#ifndef __BERKELEY_NETINET_IN_H
#define __BERKELEY_NETINET_IN_H

#include <sys/socket.h>

#include_next <netinet/in.h>

#include <berkeley/in.h>

#ifndef INET_ADDRSTRLEN
#define INET_ADDRSTRLEN 16
#define INET6_ADDRSTRLEN 46
#endif

/* With as many braces as our address has. */
#undef IN6ADDR_ANY_INIT
#define IN6ADDR_ANY_INIT {{{0}}}
#undef IN6ADDR_LOOPBACK_INIT
#define IN6ADDR_LOOPBACK_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}

#ifndef IPPROTO_BEETPH
#define IPPROTO_MTP 92
#define IPPROTO_BEETPH 94
#define IPPROTO_ENCAP 98
#define IPPROTO_MH 135
#define IPPROTO_MPLS 137
#define IPPROTO_ETHERNET 143
#endif

#define IN6_IS_ADDR_UNIQUE_LOCAL(address) ((((const unsigned char *)(address))[0] & 0xfe) == 0xfc)

#endif
