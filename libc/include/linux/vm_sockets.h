#ifndef __BERKELEY_LINUX_VM_SOCKETS_H
#define __BERKELEY_LINUX_VM_SOCKETS_H

#include <sys/socket.h>

#include <berkeley/vsock.h>

struct sockaddr_vm {
    sa_family_t svm_family;
    unsigned short svm_reserved1;
    unsigned int svm_port;
    unsigned int svm_cid;
    unsigned char svm_flags;
    unsigned char svm_zero[3];
};

#endif
