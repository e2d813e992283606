#ifndef __BERKELEY_NETINET_IN_H
#define __BERKELEY_NETINET_IN_H

#include <sys/socket.h>

#include_next <netinet/in.h>

#include <berkeley/in.h>

#ifndef INET_ADDRSTRLEN
#define INET_ADDRSTRLEN 16
#define INET6_ADDRSTRLEN 46
#endif

#define IN6_IS_ADDR_UNIQUE_LOCAL(address) ((((const unsigned char *)(address))[0] & 0xfe) == 0xfc)

#endif
