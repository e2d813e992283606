#ifndef __BERKELEY_WAIT_H
#define __BERKELEY_WAIT_H

#include <sys/wait.h>

#endif
