#ifndef __BERKELEY_LINUX_IF_H
#define __BERKELEY_LINUX_IF_H

#include <net/if.h>

#endif
