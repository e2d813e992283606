#ifndef __BERKELEY_LINUX_LIMITS_H
#define __BERKELEY_LINUX_LIMITS_H

/* The limits that <limits.h> may leave out. */
#include <limits.h>

#ifndef NR_OPEN
#define NR_OPEN 1024
#endif
#ifndef LINK_MAX
#define LINK_MAX 127
#endif
#ifndef ARG_MAX
#define ARG_MAX 131072
#endif
#ifndef XATTR_NAME_MAX
#define XATTR_NAME_MAX 255
#define XATTR_SIZE_MAX 65536
#define XATTR_LIST_MAX 65536
#endif

#endif
