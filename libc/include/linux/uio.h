#ifndef __BERKELEY_LINUX_UIO_H
#define __BERKELEY_LINUX_UIO_H

#include <sys/uio.h>

#endif
