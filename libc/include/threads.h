#ifndef __BERKELEY_THREADS_H
#define __BERKELEY_THREADS_H

#include <pthread.h>
#include <time.h>

#ifndef __cplusplus
#define thread_local _Thread_local
#endif

#define ONCE_FLAG_INIT 0
#define TSS_DTOR_ITERATIONS 4

typedef pthread_t thrd_t;
typedef int (*thrd_start_t)(void *);
typedef int once_flag;
typedef pthread_key_t tss_t;
typedef void (*tss_dtor_t)(void *);

typedef struct {
    int __type;
    unsigned __count;
} mtx_t;

typedef struct {
    int __reserved;
} cnd_t;

enum { thrd_success, thrd_busy, thrd_error, thrd_nomem, thrd_timedout };
enum { mtx_plain, mtx_recursive, mtx_timed };

#ifdef __cplusplus
extern "C" {
#endif

/* thrd_error: a component has one thread. */
int thrd_create(thrd_t *, thrd_start_t, void *);
int thrd_join(thrd_t, int *);
int thrd_detach(thrd_t);
/* Ends the program, whose only thread it is, with success. */
void thrd_exit(int) __attribute__((__noreturn__));
int thrd_sleep(const struct timespec *, struct timespec *);
void thrd_yield(void);
thrd_t thrd_current(void);
int thrd_equal(thrd_t, thrd_t);

void call_once(once_flag *, void (*)(void));

int mtx_init(mtx_t *, int);
void mtx_destroy(mtx_t *);
/* thrd_error where the thread has it already and it is not recursive: it would wait for itself. */
int mtx_lock(mtx_t *);
int mtx_timedlock(mtx_t *__restrict, const struct timespec *__restrict);
int mtx_trylock(mtx_t *);
int mtx_unlock(mtx_t *);

int cnd_init(cnd_t *);
void cnd_destroy(cnd_t *);
int cnd_broadcast(cnd_t *);
int cnd_signal(cnd_t *);
/* thrd_error: nobody would wake it. */
int cnd_wait(cnd_t *, mtx_t *);
/* thrd_timedout once the time is over. */
int cnd_timedwait(cnd_t *__restrict, mtx_t *__restrict, const struct timespec *__restrict);

int tss_create(tss_t *, tss_dtor_t);
void tss_delete(tss_t);
int tss_set(tss_t, void *);
void *tss_get(tss_t);

#ifdef __cplusplus
}
#endif

#endif
