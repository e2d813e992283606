#ifndef __BERKELEY_SYS_POLL_H
#define __BERKELEY_SYS_POLL_H

#include <poll.h>

#endif
