#ifndef __BERKELEY_LINUX_CAN_RAW_H
#define __BERKELEY_LINUX_CAN_RAW_H

#include <linux/can.h>

#endif
