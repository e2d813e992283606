#ifndef __BERKELEY_NETINET_TCP_H
#define __BERKELEY_NETINET_TCP_H

#include_next <netinet/tcp.h>

#include <berkeley/tcp.h>

#endif
