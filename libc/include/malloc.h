#ifndef __BERKELEY_MALLOC_H
#define __BERKELEY_MALLOC_H

#include_next <malloc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ENOMEM, or EINVAL where the alignment is no power of two. */
void *memalign(size_t, size_t);

#ifdef __cplusplus
}
#endif

#endif
