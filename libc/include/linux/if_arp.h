#ifndef __BERKELEY_LINUX_IF_ARP_H
#define __BERKELEY_LINUX_IF_ARP_H

#include <net/if_arp.h>

#endif
