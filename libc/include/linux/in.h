#ifndef __BERKELEY_LINUX_IN_H
#define __BERKELEY_LINUX_IN_H

#include <netinet/in.h>

#endif
