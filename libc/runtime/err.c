/* Messages of errors. */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char *__progname;

/* With the error's text, or without. */
static void tell(const char *text, const char *format, va_list arguments)
{
    fprintf(stderr, "%s: ", __progname);
    if (format)
        vfprintf(stderr, format, arguments);
    if (text)
        fprintf(stderr, "%s%s", format ? ": " : "", text);
    putc('\n', stderr);
}

void vwarn(const char *format, va_list arguments)
{
    tell(strerror(errno), format, arguments);
}

void vwarnx(const char *format, va_list arguments)
{
    tell(NULL, format, arguments);
}

void verr(int status, const char *format, va_list arguments)
{
    vwarn(format, arguments);
    exit(status);
}

void verrx(int status, const char *format, va_list arguments)
{
    vwarnx(format, arguments);
    exit(status);
}

void warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vwarn(format, arguments);
    va_end(arguments);
}

void warnx(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vwarnx(format, arguments);
    va_end(arguments);
}

void err(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    verr(status, format, arguments);
}

void errx(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    verrx(status, format, arguments);
}
