#ifndef __BERKELEY_LINUX_IN6_H
#define __BERKELEY_LINUX_IN6_H

#include <netinet/in.h>

#endif
