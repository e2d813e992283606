#ifndef __BERKELEY_EXECINFO_H
#define __BERKELEY_EXECINFO_H

#ifdef __cplusplus
extern "C" {
#endif

/* 0: a component does not see its own stack. The host tells it where the component traps. */
int backtrace(void **, int);
char **backtrace_symbols(void *const *, int);
void backtrace_symbols_fd(void *const *, int, int);

#ifdef __cplusplus
}
#endif

#endif
