/* Ends in the way that the first argument tells, with the second one as its exit code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void last(void) { printf("last\n"); }

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    int code = argc > 2 ? atoi(argv[2]) : 0;
    atexit(last);
    printf("first ");
    if (strcmp(how, "exit") == 0)
        exit(code);
    if (strcmp(how, "_exit") == 0)
        _exit(code);
    if (strcmp(how, "_Exit") == 0)
        _Exit(code);
    return code;
}
