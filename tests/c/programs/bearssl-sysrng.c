/* In the place of BearSSL's sysrng.c, whose part for each system is its own: WASI's random bytes. */

#include <stddef.h>
#include <unistd.h>

#include "bearssl.h"

int getentropy(void *, size_t);

static int seed(const br_prng_class **generator)
{
    unsigned char bytes[32];
    if (getentropy(bytes, sizeof bytes) != 0)
        return 0;
    (*generator)->update(generator, bytes, sizeof bytes);
    return 1;
}

br_prng_seeder br_prng_seeder_system(const char **name)
{
    if (name)
        *name = "getentropy";
    return seed;
}
