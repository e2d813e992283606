#ifndef __BERKELEY_ASM_SOCKET_H
#define __BERKELEY_ASM_SOCKET_H

#include <sys/socket.h>

#endif
