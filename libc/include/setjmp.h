#ifndef __BERKELEY_SETJMP_H
#define __BERKELEY_SETJMP_H

#include_next <setjmp.h>

/* No signal comes from outside, so that a mask is the same before and after. */
#ifndef sigsetjmp
typedef jmp_buf __berkeley_sigjmp_buf;
#define sigjmp_buf __berkeley_sigjmp_buf
#define sigsetjmp(buffer, mask) setjmp(buffer)
#define siglongjmp(buffer, value) longjmp(buffer, value)
#define _setjmp(buffer) setjmp(buffer)
#define _longjmp(buffer, value) longjmp(buffer, value)
#endif

#endif
