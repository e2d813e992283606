#ifndef __BERKELEY_LINUX_TIPC_H
#define __BERKELEY_LINUX_TIPC_H

#include <stdint.h>
#include <sys/socket.h>

#include <berkeley/tipc.h>

#endif
