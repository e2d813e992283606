#ifndef __BERKELEY_NET_ETHERNET_H
#define __BERKELEY_NET_ETHERNET_H

#include <stdint.h>
#include <sys/types.h>

#include <linux/if_ether.h>

struct ether_addr {
    uint8_t ether_addr_octet[ETH_ALEN];
} __attribute__((__packed__));

struct ether_header {
    uint8_t ether_dhost[ETH_ALEN];
    uint8_t ether_shost[ETH_ALEN];
    uint16_t ether_type;
} __attribute__((__packed__));

#define ETHERTYPE_IP ETH_P_IP
#define ETHERTYPE_ARP ETH_P_ARP
#define ETHERTYPE_REVARP 0x8035
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_IPV6 ETH_P_IPV6
#define ETHERTYPE_LOOPBACK 0x9000
#define ETHER_ADDR_LEN ETH_ALEN
#define ETHER_TYPE_LEN 2
#define ETHER_HDR_LEN ETH_HLEN
#define ETHER_MAX_LEN 1518
#define ETHERMTU ETH_DATA_LEN

#endif
