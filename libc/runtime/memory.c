/* Memory that is asked for as a mapping. See <sys/mman.h>. */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 65536

/* What is mapped. */
static struct mapping {
    struct mapping *next;
    char *start;
    size_t length;
} *mappings;

static int refused(int error)
{
    errno = error;
    return -1;
}

/* Fills the memory with what the file has from there on. */
static int fill(char *memory, size_t length, int file, off_t from)
{
    while (length > 0) {
        ssize_t count = pread(file, memory, length, from);
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        memory += count;
        length -= (size_t)count;
        from += count;
    }
    return 0;
}

void *mmap(void *at, size_t length, int protection, int flags, int file, off_t from)
{
    (void)at;
    int is_shared = (flags & MAP_SHARED) != 0, is_private = (flags & MAP_PRIVATE) != 0, is_file = !(flags & MAP_ANONYMOUS);
    int error = 0;
    if (length == 0 || is_shared == is_private || from < 0)
        error = EINVAL;
    else if (flags & MAP_FIXED || (is_file && is_shared && protection & PROT_WRITE))
        error = ENOTSUP;
    else if (length > SIZE_MAX - PAGE)
        error = ENOMEM;
    if (error != 0) {
        errno = error;
        return MAP_FAILED;
    }
    char *memory = aligned_alloc(PAGE, (length + PAGE - 1) / PAGE * PAGE);
    struct mapping *mapping = malloc(sizeof *mapping);
    if (memory == NULL || mapping == NULL) {
        free(memory);
        free(mapping);
        errno = ENOMEM;
        return MAP_FAILED;
    }
    memset(memory, 0, length);
    if (is_file && fill(memory, length, file, from) != 0) {
        int failed = errno;
        free(memory);
        free(mapping);
        errno = failed;
        return MAP_FAILED;
    }
    *mapping = (struct mapping){.next = mappings, .start = memory, .length = length};
    mappings = mapping;
    return memory;
}

/* The whole of a mapping is given back at once; a part stays until then, and is no error. */
int munmap(void *memory, size_t length)
{
    if ((uintptr_t)memory % PAGE != 0 || length == 0)
        return refused(EINVAL);
    for (struct mapping **at = &mappings; *at; at = &(*at)->next) {
        struct mapping *mapping = *at;
        if (mapping->start == memory && length >= mapping->length) {
            *at = mapping->next;
            free(mapping->start);
            free(mapping);
            return 0;
        }
    }
    return 0;
}

int mprotect(void *memory, size_t length, int protection)
{
    (void)memory;
    (void)length;
    return (protection & (PROT_READ | PROT_WRITE)) == (PROT_READ | PROT_WRITE) ? 0 : refused(ENOSYS);
}

int msync(void *memory, size_t length, int flags)
{
    (void)memory;
    (void)length;
    (void)flags;
    return 0;
}

int madvise(void *memory, size_t length, int advice)
{
    (void)memory;
    (void)length;
    (void)advice;
    return 0;
}

int posix_madvise(void *memory, size_t length, int advice)
{
    return madvise(memory, length, advice);
}

int mlock(const void *memory, size_t length)
{
    (void)memory;
    (void)length;
    return 0;
}

int munlock(const void *memory, size_t length)
{
    (void)memory;
    (void)length;
    return 0;
}

int mlockall(int flags)
{
    return flags != 0 && (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) == 0 ? 0 : refused(EINVAL);
}

int munlockall(void)
{
    return 0;
}
