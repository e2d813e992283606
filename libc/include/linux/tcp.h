#ifndef __BERKELEY_LINUX_TCP_H
#define __BERKELEY_LINUX_TCP_H

#include <netinet/tcp.h>

#endif
