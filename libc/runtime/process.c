/* What a process asks the system about itself and the machine. */

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* Of WebAssembly, of 64 KiB each: what 32 bits reach. */
#define MOST_PAGES 65536L

static char name[16] = "guest";

int prctl(int what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    char *text = what == PR_SET_NAME || what == PR_GET_NAME ? va_arg(arguments, char *) : NULL;
    va_end(arguments);
    switch (what) {
    case PR_SET_NAME:
        if (text == NULL) {
            errno = EFAULT;
            return -1;
        }
        strncpy(name, text, sizeof name - 1);
        return 0;
    case PR_GET_NAME:
        if (text == NULL) {
            errno = EFAULT;
            return -1;
        }
        memcpy(text, name, sizeof name);
        return 0;
    case PR_SET_NO_NEW_PRIVS:
        return 0;
    case PR_GET_NO_NEW_PRIVS:
        return 1;
    }
    errno = EINVAL;
    return -1;
}

int sysinfo(struct sysinfo *told)
{
    (void)told;
    errno = ENOSYS;
    return -1;
}

int get_nprocs(void)
{
    return 1;
}

int get_nprocs_conf(void)
{
    return 1;
}

long get_phys_pages(void)
{
    return MOST_PAGES;
}

long get_avphys_pages(void)
{
    return MOST_PAGES - (long)__builtin_wasm_memory_size(0);
}

long syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    long result = -1;
    switch (number) {
    case SYS_getpid:
    case SYS_gettid:
        result = getpid();
        break;
    case SYS_getrandom: {
        void *memory = va_arg(arguments, void *);
        size_t length = va_arg(arguments, size_t);
        result = getrandom(memory, length, va_arg(arguments, unsigned));
        break;
    }
    default:
        errno = ENOSYS;
    }
    va_end(arguments);
    return result;
}

int signalfd(int descriptor, const sigset_t *signals, int flags)
{
    (void)descriptor;
    (void)signals;
    (void)flags;
    errno = ENOSYS;
    return -1;
}
