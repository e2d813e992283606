/* Other programs, which a component does not start. */

#include <errno.h>
#include <unistd.h>

static int none(void)
{
    errno = ENOSYS;
    return -1;
}

int execv(const char *path, char *const arguments[])
{
    (void)path;
    (void)arguments;
    return none();
}

int execve(const char *path, char *const arguments[], char *const environment[])
{
    (void)path;
    (void)arguments;
    (void)environment;
    return none();
}

int execvp(const char *file, char *const arguments[])
{
    (void)file;
    (void)arguments;
    return none();
}

int execvpe(const char *file, char *const arguments[], char *const environment[])
{
    return execve(file, arguments, environment);
}

int fexecve(int file, char *const arguments[], char *const environment[])
{
    (void)file;
    (void)arguments;
    (void)environment;
    return none();
}

int execl(const char *path, const char *argument, ...)
{
    (void)path;
    (void)argument;
    return none();
}

int execle(const char *path, const char *argument, ...)
{
    (void)path;
    (void)argument;
    return none();
}

int execlp(const char *file, const char *argument, ...)
{
    (void)file;
    (void)argument;
    return none();
}
