/* What termios.h and sys/ioctl.h share. */
#ifndef __BERKELEY_WINSIZE
#define __BERKELEY_WINSIZE
struct winsize {
    unsigned short ws_row;
    unsigned short ws_col;
    unsigned short ws_xpixel;
    unsigned short ws_ypixel;
};
#endif
