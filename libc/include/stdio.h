#ifndef __BERKELEY_STDIO_H
#define __BERKELEY_STDIO_H

/* wasi-libc says of these that they are not there. */
#define tmpfile __berkeley_no_tmpfile
#define tmpnam __berkeley_no_tmpnam
#define tempnam __berkeley_no_tempnam
#include_next <stdio.h>
#undef tmpfile
#undef tmpnam
#undef tempnam

#ifndef L_tmpnam
#define L_tmpnam 20
#endif
#ifndef P_tmpdir
#define P_tmpdir "/tmp"
#endif
#ifndef L_ctermid
#define L_ctermid 20
#endif
#ifndef TMP_MAX
#define TMP_MAX 10000
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A file in /tmp, whose name is gone at once. */
FILE *tmpfile(void);
char *tmpnam(char *);
char *tempnam(const char *, const char *);

/* ENOSYS: a component starts no others. */
FILE *popen(const char *, const char *);
int pclose(FILE *);
char *ctermid(char *);

/* There is one thread, which need not wait for itself. */
void flockfile(FILE *);
int ftrylockfile(FILE *);
void funlockfile(FILE *);

#ifdef __cplusplus
}
#endif

#endif
