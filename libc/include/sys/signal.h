#ifndef __BERKELEY_SYS_SIGNAL_H
#define __BERKELEY_SYS_SIGNAL_H

#include <signal.h>

#endif
