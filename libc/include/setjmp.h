#ifndef __BERKELEY_SETJMP_H
#define __BERKELEY_SETJMP_H

/* All of <setjmp.h>: clang makes exceptions of it. No signal comes from outside, so that a mask is the same before and
 * after.
 */
#ifndef __wasm_exception_handling__
#error "setjmp is made of exceptions, which this compiler does not make as runtimes take them; clang 20 or newer does"
#endif

typedef struct {
    unsigned long __space[40];
} jmp_buf[1];
typedef jmp_buf sigjmp_buf;

#ifdef __cplusplus
extern "C" {
#endif

int setjmp(jmp_buf) __attribute__((__returns_twice__));
void longjmp(jmp_buf, int) __attribute__((__noreturn__));

#ifdef __cplusplus
}
#endif

#define setjmp setjmp
#define _setjmp(buffer) setjmp(buffer)
#define sigsetjmp(buffer, mask) setjmp(buffer)
#define _longjmp(buffer, value) longjmp(buffer, value)
#define siglongjmp(buffer, value) longjmp(buffer, value)

#endif
