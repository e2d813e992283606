#ifndef __BERKELEY_SYS_SYSLOG_H
#define __BERKELEY_SYS_SYSLOG_H

#include <syslog.h>

#endif
