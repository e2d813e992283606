#ifndef __BERKELEY_LINUX_SOCKIOS_H
#define __BERKELEY_LINUX_SOCKIOS_H

#include <sys/ioctl.h>

#endif
