#ifndef __BERKELEY_ASM_SOCKIOS_H
#define __BERKELEY_ASM_SOCKIOS_H

#include <sys/ioctl.h>

#endif
