#ifndef __BERKELEY_LINUX_SOCKET_H
#define __BERKELEY_LINUX_SOCKET_H

#include <sys/socket.h>

#endif
