#ifndef __BERKELEY_LINUX_UN_H
#define __BERKELEY_LINUX_UN_H

#include <sys/un.h>

#endif
