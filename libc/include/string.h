#ifndef __BERKELEY_STRING_H
#define __BERKELEY_STRING_H

#include_next <string.h>

#ifdef __cplusplus
extern "C" {
#endif

char *strsignal(int);

#ifdef __cplusplus
}
#endif

#endif
