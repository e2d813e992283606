/* Generated from the table in constants/ by `cargo xtask headers`. */
#ifndef __BERKELEY_NETDB_NUMBERS_H
#define __BERKELEY_NETDB_NUMBERS_H

#undef EAI_OVERFLOW
#define EAI_OVERFLOW (-12)
#undef EAI_SYSTEM
#define EAI_SYSTEM (-11)
#undef EAI_MEMORY
#define EAI_MEMORY (-10)
#undef EAI_ADDRFAMILY
#define EAI_ADDRFAMILY (-9)
#undef EAI_SERVICE
#define EAI_SERVICE (-8)
#undef EAI_SOCKTYPE
#define EAI_SOCKTYPE (-7)
#undef EAI_FAMILY
#define EAI_FAMILY (-6)
#undef EAI_NODATA
#define EAI_NODATA (-5)
#undef EAI_FAIL
#define EAI_FAIL (-4)
#undef EAI_AGAIN
#define EAI_AGAIN (-3)
#undef EAI_NONAME
#define EAI_NONAME (-2)
#undef EAI_BADFLAGS
#define EAI_BADFLAGS (-1)
#undef AI_PASSIVE
#define AI_PASSIVE 1
#undef AI_CANONNAME
#define AI_CANONNAME 2
#undef AI_NUMERICHOST
#define AI_NUMERICHOST 4
#undef AI_V4MAPPED
#define AI_V4MAPPED 8
#undef AI_ALL
#define AI_ALL 16
#undef AI_ADDRCONFIG
#define AI_ADDRCONFIG 32
#undef AI_NUMERICSERV
#define AI_NUMERICSERV 1024
#undef NI_NUMERICHOST
#define NI_NUMERICHOST 1
#undef NI_NUMERICSERV
#define NI_NUMERICSERV 2
#undef NI_NOFQDN
#define NI_NOFQDN 4
#undef NI_NAMEREQD
#define NI_NAMEREQD 8
#undef NI_DGRAM
#define NI_DGRAM 16
#undef NI_IDN
#define NI_IDN 32
#undef NI_MAXSERV
#define NI_MAXSERV 32
#undef NI_MAXHOST
#define NI_MAXHOST 1025

#endif
