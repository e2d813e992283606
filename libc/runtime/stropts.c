/* Streams of System V, of which there are none. */

#include <fcntl.h>
#include <stropts.h>

int isastream(int file)
{
    return fcntl(file, F_GETFL) < 0 ? -1 : 0;
}
