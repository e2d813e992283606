/* What a program asks of its surroundings and its memory. */

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

char *secure_getenv(const char *name)
{
    return getenv(name);
}

int getloadavg(double averages[], int count)
{
    (void)averages;
    (void)count;
    return -1;
}

void *memalign(size_t alignment, size_t size)
{
    return aligned_alloc(alignment, size);
}

void *valloc(size_t size)
{
    return memalign((size_t)getpagesize(), size);
}

char *get_current_dir_name(void)
{
    return getcwd(NULL, 0);
}

int eaccess(const char *path, int mode)
{
    return access(path, mode);
}

int euidaccess(const char *path, int mode)
{
    return eaccess(path, mode);
}
