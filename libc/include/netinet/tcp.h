#ifndef __BERKELEY_NETINET_TCP_H
#define __BERKELEY_NETINET_TCP_H

#include_next <netinet/tcp.h>

#include <berkeley/tcp.h>

#ifndef TCP_MSS_DEFAULT
#define TCP_MSS_DEFAULT 536
#define TCP_MSS_DESIRED 1220
#endif
#ifndef TCP_MSS
#define TCP_MSS 512
#define TCP_MAXWIN 65535
#define TCP_MAX_WINSHIFT 14
#endif
#ifndef TCPI_OPT_ECN_SEEN
#define TCPI_OPT_ECN_SEEN 16
#define TCPI_OPT_SYN_DATA 32
#endif

#endif
