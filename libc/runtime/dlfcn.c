/* Libraries that are loaded when a program runs, which a component has not. */

#include <dlfcn.h>
#include <stddef.h>

static const char *error;

static void *none(void)
{
    error = "a component loads no libraries when it runs";
    return NULL;
}

void *dlopen(const char *file, int mode)
{
    (void)file;
    (void)mode;
    return none();
}

void *dlsym(void *restrict library, const char *restrict name)
{
    (void)library;
    (void)name;
    return none();
}

int dlclose(void *library)
{
    (void)library;
    none();
    return -1;
}

/* The last error, once. */
char *dlerror(void)
{
    const char *told = error;
    error = NULL;
    return (char *)told;
}
