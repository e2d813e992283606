#ifndef __BERKELEY_SYS_VFS_H
#define __BERKELEY_SYS_VFS_H

#include <sys/statfs.h>

#endif
