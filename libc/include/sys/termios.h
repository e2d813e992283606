#ifndef __BERKELEY_SYS_TERMIOS_H
#define __BERKELEY_SYS_TERMIOS_H

#include <termios.h>

#endif
