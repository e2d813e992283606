#ifndef __BERKELEY_ASM_IOCTLS_H
#define __BERKELEY_ASM_IOCTLS_H

#include <sys/ioctl.h>

#endif
