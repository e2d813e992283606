#ifndef __BERKELEY_SYS_UN_H
#define __BERKELEY_SYS_UN_H

#include <__struct_sockaddr_un.h>

#include <string.h>

#define SUN_LEN(address) (sizeof((address)->sun_family) + strlen((address)->sun_path))

#endif
