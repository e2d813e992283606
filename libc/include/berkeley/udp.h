/* Generated from the table in constants/ by `cargo xtask headers`. */
#ifndef __BERKELEY_UDP_NUMBERS_H
#define __BERKELEY_UDP_NUMBERS_H

#undef UDP_CORK
#define UDP_CORK 1
#undef UDP_ENCAP
#define UDP_ENCAP 100
#undef UDP_NO_CHECK6_TX
#define UDP_NO_CHECK6_TX 101
#undef UDP_NO_CHECK6_RX
#define UDP_NO_CHECK6_RX 102
#undef UDP_SEGMENT
#define UDP_SEGMENT 103
#undef UDP_GRO
#define UDP_GRO 104
#undef UDPLITE_SEND_CSCOV
#define UDPLITE_SEND_CSCOV 10
#undef UDPLITE_RECV_CSCOV
#define UDPLITE_RECV_CSCOV 11

#endif
