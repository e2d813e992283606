#ifndef __BERKELEY_LINUX_IF_ETHER_H
#define __BERKELEY_LINUX_IF_ETHER_H

#define ETH_ALEN 6
#define ETH_HLEN 14
#define ETH_ZLEN 60
#define ETH_DATA_LEN 1500
#define ETH_FRAME_LEN 1514
#define ETH_FCS_LEN 4

#define ETH_P_LOOP 0x0060
#define ETH_P_IP 0x0800
#define ETH_P_ARP 0x0806
#define ETH_P_RARP 0x8035
#define ETH_P_8021Q 0x8100
#define ETH_P_IPV6 0x86dd
#define ETH_P_PAE 0x888e
#define ETH_P_LLDP 0x88cc
#define ETH_P_802_3 0x0001
#define ETH_P_ALL 0x0003

#endif
