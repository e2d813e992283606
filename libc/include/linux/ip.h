#ifndef __BERKELEY_LINUX_IP_H
#define __BERKELEY_LINUX_IP_H

#include <netinet/ip.h>

#endif
