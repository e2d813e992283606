/* Whether urgent data comes next. */

#include <sys/ioctl.h>
#include <sys/socket.h>

int sockatmark(int socket)
{
    int is_next;
    return ioctl(socket, SIOCATMARK, &is_next) == 0 ? is_next : -1;
}
