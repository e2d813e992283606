#ifndef __BERKELEY_SYS_IOCTL_H
#define __BERKELEY_SYS_IOCTL_H

#include_next <sys/ioctl.h>

/* Of sockets: FIONREAD and FIONBIO. All others are ENOTTY. */
#ifndef FIOCLEX
#define FIOCLEX 0x5451
#define FIONCLEX 0x5450
#endif
#define FIOASYNC 0x5452
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414
#define TIOCNOTTY 0x5422
#define TIOCSCTTY 0x540e
#define TIOCINQ FIONREAD
#define TIOCOUTQ 0x5411
#define SIOCINQ FIONREAD
#define SIOCOUTQ TIOCOUTQ
#define SIOCATMARK 0x8905
#define SIOCGSTAMP 0x8906
#define SIOCGIFNAME 0x8910
#define SIOCGIFCONF 0x8912
#define SIOCGIFFLAGS 0x8913
#define SIOCSIFFLAGS 0x8914
#define SIOCGIFADDR 0x8915
#define SIOCGIFDSTADDR 0x8917
#define SIOCGIFBRDADDR 0x8919
#define SIOCGIFNETMASK 0x891b
#define SIOCGIFMETRIC 0x891d
#define SIOCGIFMTU 0x8921
#define SIOCSIFMTU 0x8922
#define SIOCGIFHWADDR 0x8927
#define SIOCGIFINDEX 0x8933
#define SIOCETHTOOL 0x8946
#define SIOCSARP 0x8955
#define SIOCGARP 0x8954

#ifndef __BERKELEY_WINSIZE
#define __BERKELEY_WINSIZE
struct winsize {
    unsigned short ws_row;
    unsigned short ws_col;
    unsigned short ws_xpixel;
    unsigned short ws_ypixel;
};
#endif

#endif
