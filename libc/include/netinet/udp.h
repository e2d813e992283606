#ifndef __BERKELEY_NETINET_UDP_H
#define __BERKELEY_NETINET_UDP_H

#include_next <netinet/udp.h>

#include <berkeley/udp.h>

#endif
