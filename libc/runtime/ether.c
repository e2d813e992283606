/* Addresses of Ethernet, as text. */

#include <netinet/ether.h>
#include <stddef.h>
#include <stdio.h>

char *ether_ntoa_r(const struct ether_addr *address, char *text)
{
    const uint8_t *byte = address->ether_addr_octet;
    sprintf(text, "%x:%x:%x:%x:%x:%x", byte[0], byte[1], byte[2], byte[3], byte[4], byte[5]);
    return text;
}

char *ether_ntoa(const struct ether_addr *address)
{
    static char text[18];
    return ether_ntoa_r(address, text);
}

struct ether_addr *ether_aton_r(const char *text, struct ether_addr *address)
{
    unsigned int byte[6];
    char rest;
    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &byte[0], &byte[1], &byte[2], &byte[3], &byte[4], &byte[5], &rest) != 6)
        return NULL;
    for (int at = 0; at < 6; at++)
        address->ether_addr_octet[at] = (uint8_t)byte[at];
    return address;
}

struct ether_addr *ether_aton(const char *text)
{
    static struct ether_addr address;
    return ether_aton_r(text, &address);
}
