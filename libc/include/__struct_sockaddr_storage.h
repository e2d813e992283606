/* Takes the place of wasi-libc's, which has no room for the address of a unix socket. It is aligned as on Linux, so that
 * structures with addresses in them, such as those of MCAST_JOIN_GROUP, are what Linux takes. */
#ifndef __wasilibc___struct_sockaddr_storage_h
#define __wasilibc___struct_sockaddr_storage_h

#include <__typedef_sa_family_t.h>

struct sockaddr_storage {
    __attribute__((aligned(8))) sa_family_t ss_family;
    char __ss_data[126];
};

#endif
