/* Names of networks, which the host does not tell. */

#include <netdb.h>
#include <stddef.h>

void setnetent(int stay_open)
{
    (void)stay_open;
}

void endnetent(void)
{
}

struct netent *getnetent(void)
{
    return NULL;
}

struct netent *getnetbyname(const char *name)
{
    (void)name;
    return NULL;
}

struct netent *getnetbyaddr(uint32_t network, int type)
{
    (void)network;
    (void)type;
    return NULL;
}
