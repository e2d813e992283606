/* setjmp and longjmp over WebAssembly's exceptions, by the names that clang calls.
 *
 * clang turns a function that calls setjmp into one that catches __c_longjmp. It calls these to note which call of setjmp a
 * jmp_buf is of, to ask whether an exception is one of its own, and to throw.
 */

#include <stdint.h>

/* What clang reads in the exception: both fields, in this order. */
struct jump {
    void *buffer;
    int value;
};

/* The part of a jmp_buf that is used. */
struct buffer {
    /* Tells one call of the function from all others. */
    void *invocation;
    uint32_t label;
    struct jump jump;
};

void __wasm_setjmp(void *buffer, uint32_t label, void *invocation)
{
    struct buffer *noted = buffer;
    if (label == 0 || invocation == 0)
        __builtin_trap();
    noted->invocation = invocation;
    noted->label = label;
}

/* The label of the call of setjmp, or 0 where it was in another function, or in another call of that one. */
uint32_t __wasm_setjmp_test(void *buffer, void *invocation)
{
    const struct buffer *noted = buffer;
    return noted->invocation == invocation ? noted->label : 0;
}

void __wasm_longjmp(void *buffer, int value)
{
    struct buffer *noted = buffer;
    noted->jump.buffer = buffer;
    noted->jump.value = value ? value : 1;
    /* clang's number for __c_longjmp. */
    __builtin_wasm_throw(1, &noted->jump);
}

/* The tag that is thrown. */
__asm__(".globl __c_longjmp\n"
        ".tagtype __c_longjmp i32\n"
        "__c_longjmp:\n");
