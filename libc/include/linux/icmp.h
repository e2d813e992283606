#ifndef __BERKELEY_LINUX_ICMP_H
#define __BERKELEY_LINUX_ICMP_H

#include <netinet/ip_icmp.h>

#endif
