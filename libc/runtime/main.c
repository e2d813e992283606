/* What main returns is an exit code; the C library's entry point knows success and failure alone. Before it, musl is told the
   program's name, and libberkeley_libc.a how to send it a signal. The linker puts this in the place of what calls main. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* libberkeley_libc.a. */
const char *__berkeley_program(void);
void __berkeley_sigpipe(void (*send)(void));

/* musl. */
extern char *__progname, *__progname_full;

int __real___main_void(void);
int __wrap___main_void(void);

static void send_sigpipe(void)
{
    raise(SIGPIPE);
}

int __wrap___main_void(void)
{
    static char nobody[] = "";
    char *name = (char *)__berkeley_program();
    __progname_full = name ? name : nobody;
    char *slash = strrchr(__progname_full, '/');
    __progname = slash ? slash + 1 : __progname_full;
    __berkeley_sigpipe(send_sigpipe);
    int code = __real___main_void();
    if (code != 0)
        exit(code);
    return 0;
}
