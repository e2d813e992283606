/* Messages for the system's log, which go to stderr. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

static const char *name;
static int mask = 0xff;

void openlog(const char *identity, int options, int facility)
{
    (void)options;
    (void)facility;
    name = identity;
}

void closelog(void)
{
}

int setlogmask(int next)
{
    int before = mask;
    if (next != 0)
        mask = next;
    return before;
}

/* %m stands for the error's text, which vfprintf knows too. */
void vsyslog(int priority, const char *format, va_list arguments)
{
    if (!(mask & LOG_MASK(LOG_PRI(priority))))
        return;
    int error = errno;
    if (name)
        fprintf(stderr, "%s: ", name);
    errno = error;
    vfprintf(stderr, format, arguments);
    size_t length = strlen(format);
    if (length == 0 || format[length - 1] != '\n')
        putc('\n', stderr);
    errno = error;
}

void syslog(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsyslog(priority, format, arguments);
    va_end(arguments);
}
