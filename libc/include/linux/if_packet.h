#ifndef __BERKELEY_LINUX_IF_PACKET_H
#define __BERKELEY_LINUX_IF_PACKET_H

#include <netpacket/packet.h>

#endif
