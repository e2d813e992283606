/* What main returns is an exit code; the C library's entry point knows success and failure alone. The linker puts this in
   the place of what calls main. */
#include <stdlib.h>

int __real___main_void(void);
int __wrap___main_void(void);

int __wrap___main_void(void)
{
    int code = __real___main_void();
    if (code != 0)
        exit(code);
    return 0;
}
