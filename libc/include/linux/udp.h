#ifndef __BERKELEY_LINUX_UDP_H
#define __BERKELEY_LINUX_UDP_H

#include <netinet/udp.h>

#endif
