#ifndef __BERKELEY_LINUX_CAN_H
#define __BERKELEY_LINUX_CAN_H

#include <stdint.h>
#include <sys/socket.h>

#include <berkeley/can.h>

#define CAN_MAX_DLEN 8
#define CANFD_MAX_DLEN 64

typedef uint32_t canid_t;

struct can_frame {
    canid_t can_id;
    uint8_t can_dlc;
    uint8_t __pad;
    uint8_t __res0;
    uint8_t len8_dlc;
    uint8_t data[CAN_MAX_DLEN] __attribute__((aligned(8)));
};

struct canfd_frame {
    canid_t can_id;
    uint8_t len;
    uint8_t flags;
    uint8_t __res0;
    uint8_t __res1;
    uint8_t data[CANFD_MAX_DLEN] __attribute__((aligned(8)));
};

#define CAN_MTU sizeof(struct can_frame)
#define CANFD_MTU sizeof(struct canfd_frame)

struct sockaddr_can {
    sa_family_t can_family;
    int can_ifindex;
    union {
        struct {
            canid_t rx_id;
            canid_t tx_id;
        } tp;
        struct {
            uint64_t name;
            uint32_t pgn;
            uint8_t addr;
        } j1939;
    } can_addr;
};

struct can_filter {
    canid_t can_id;
    canid_t can_mask;
};

#endif
