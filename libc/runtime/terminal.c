/* Terminals, which WASI does not set. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* EBADF for what is not open, and otherwise ENOTTY. */
static int refuse(int file)
{
    if (fcntl(file, F_GETFL) >= 0)
        errno = ENOTTY;
    return -1;
}

int tcgetattr(int file, struct termios *settings)
{
    (void)settings;
    return refuse(file);
}

int tcsetattr(int file, int when, const struct termios *settings)
{
    (void)when;
    (void)settings;
    return refuse(file);
}

int tcsendbreak(int file, int duration)
{
    (void)duration;
    return refuse(file);
}

int tcdrain(int file)
{
    return refuse(file);
}

int tcflush(int file, int queue)
{
    (void)queue;
    return refuse(file);
}

int tcflow(int file, int action)
{
    (void)action;
    return refuse(file);
}

pid_t tcgetsid(int file)
{
    return refuse(file);
}

pid_t tcgetpgrp(int file)
{
    return refuse(file);
}

int tcsetpgrp(int file, pid_t group)
{
    (void)group;
    return refuse(file);
}

char *ttyname(int file)
{
    refuse(file);
    return NULL;
}

int ttyname_r(int file, char *name, size_t size)
{
    (void)name;
    (void)size;
    refuse(file);
    return errno;
}

char *ptsname(int file)
{
    return ttyname(file);
}

int ptsname_r(int file, char *name, size_t size)
{
    return ttyname_r(file, name, size);
}

speed_t cfgetispeed(const struct termios *settings)
{
    return settings->__c_ispeed;
}

speed_t cfgetospeed(const struct termios *settings)
{
    return settings->__c_ospeed;
}

int cfsetispeed(struct termios *settings, speed_t speed)
{
    settings->__c_ispeed = speed;
    return 0;
}

int cfsetospeed(struct termios *settings, speed_t speed)
{
    settings->__c_ospeed = speed;
    return 0;
}

void cfmakeraw(struct termios *settings)
{
    settings->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    settings->c_oflag &= ~OPOST;
    settings->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    settings->c_cflag &= ~(CSIZE | PARENB);
    settings->c_cflag |= CS8;
    settings->c_cc[VMIN] = 1;
    settings->c_cc[VTIME] = 0;
}
