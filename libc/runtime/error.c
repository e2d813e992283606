/* GNU's messages of errors. See <error.h>. */

#include <error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char *__progname;

unsigned error_message_count;
int error_one_per_line;
void (*error_print_progname)(void);

static void begin(void)
{
    fflush(stdout);
    if (error_print_progname != NULL)
        error_print_progname();
    else
        fprintf(stderr, "%s:", __progname);
}

static void end(int status, int number, const char *format, va_list arguments)
{
    vfprintf(stderr, format, arguments);
    if (number != 0)
        fprintf(stderr, ": %s", strerror(number));
    putc('\n', stderr);
    error_message_count++;
    if (status != 0)
        exit(status);
}

void error(int status, int number, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    begin();
    if (error_print_progname == NULL)
        putc(' ', stderr);
    end(status, number, format, arguments);
    va_end(arguments);
}

void error_at_line(int status, int number, const char *file, unsigned line, const char *format, ...)
{
    static const char *last_file;
    static unsigned last_line;
    if (error_one_per_line) {
        if (last_file != NULL && line == last_line && strcmp(file, last_file) == 0)
            return;
        last_file = file;
        last_line = line;
    }
    va_list arguments;
    va_start(arguments, format);
    begin();
    fprintf(stderr, "%s:%u: ", file, line);
    end(status, number, format, arguments);
    va_end(arguments);
}
