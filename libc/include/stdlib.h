#ifndef __BERKELEY_STDLIB_H
#define __BERKELEY_STDLIB_H

#include_next <stdlib.h>

#include <berkeley/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the file or directory in the place of the X's. */
int mkstemp(char *);
int mkstemps(char *, int);
int mkostemp(char *, int);
int mkostemps(char *, int, int);
char *mkdtemp(char *);
char *mktemp(char *);

/* ENOSYS: a component starts no others. 0 for a null pointer: there is no shell. */
int system(const char *);

/* As getenv: a component has no more rights than its caller. */
char *secure_getenv(const char *);
/* -1: a guest is not told of the host. */
int getloadavg(double[], int);
/* ENOTTY: there are no terminals. */
char *ptsname(int);
int ptsname_r(int, char *, size_t);
/* Aligned to 64 KiB, WebAssembly's page. */
void *valloc(size_t);

#ifdef __cplusplus
}
#endif

#endif
