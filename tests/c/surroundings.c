/* What programs for Linux ask of the one thread, the one processor, memory and messages, and what it is told natively. Its
 * argument is a directory. */

#define _GNU_SOURCE
#include <errno.h>
#include <error.h>
#include <execinfo.h>
#include <fcntl.h>
#include <grp.h>
#include <libintl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/cdefs.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "error_name.h"

__BEGIN_DECLS
#define TELL(what) (errno = 0, tell(#what, (long)(what)))
__END_DECLS

static void tell(const char *what, long result)
{
    printf("%s: %ld%s%s\n", what, result, errno ? " " : "", errno ? error_name(errno) : "");
}

static struct timespec after(long milliseconds)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += milliseconds * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static void names(void)
{
    static struct utsname system;
    static char host[65];
    TELL(uname(NULL));
    TELL(uname(&system));
    TELL(gethostname(host, sizeof host));
    TELL(host[0] != 0);
    TELL(strcmp(host, system.nodename));
    TELL(system.sysname[0] != 0 && system.machine[0] != 0);
}

static void random_bytes(void)
{
    static unsigned char drawn[1000], none[1000];
    TELL(getrandom(drawn, sizeof drawn, 0));
    TELL(memcmp(drawn + 990, none, 10) != 0);
    TELL(getrandom(drawn, 8, GRND_NONBLOCK | GRND_RANDOM));
    TELL(getrandom(drawn, 8, 0x80));
    TELL(getrandom(drawn, 8, GRND_RANDOM | GRND_INSECURE));
    TELL(getrandom(drawn, 0, 0));
    TELL(syscall(SYS_getrandom, drawn, (size_t)300, 0u));
    TELL(syscall(SYS_gettid) == gettid());
    TELL(syscall(SYS_getpid) == getpid());
    TELL(syscall(100000));
}

static void messages(void)
{
    puts(textdomain(NULL));
    puts(textdomain("surroundings"));
    puts(textdomain(NULL));
    puts(bindtextdomain("surroundings", "/nowhere"));
    puts(gettext("a text"));
    puts(dgettext("other", "a text"));
    for (unsigned long count = 0; count < 3; count++)
        puts(ngettext("one", "many", count));
    puts(textdomain(""));
    TELL(bindtextdomain("", "/nowhere") == NULL);
}

static void semaphores(void)
{
    sem_t semaphore;
    int value;
    TELL(sem_init(&semaphore, 0, 1));
    TELL(sem_wait(&semaphore));
    TELL(sem_trywait(&semaphore));
    struct timespec soon = after(20), bad = {0, 1000000000};
    TELL(sem_timedwait(&semaphore, &soon));
    TELL(sem_timedwait(&semaphore, &bad));
    TELL(sem_post(&semaphore));
    TELL(sem_post(&semaphore));
    TELL(sem_getvalue(&semaphore, &value));
    TELL(value);
    TELL(sem_timedwait(&semaphore, &bad));
    TELL(sem_destroy(&semaphore));
    TELL(sem_init(&semaphore, 0, 0x80000000u));
    TELL(sem_init(&semaphore, 0, 0x7fffffffu));
    TELL(sem_post(&semaphore));
}

static int calls;

static void counts(void)
{
    calls++;
}

static void threads(void)
{
    mtx_t plain, recursive;
    once_flag once = ONCE_FLAG_INIT;
    tss_t key;
    call_once(&once, counts);
    call_once(&once, counts);
    TELL(calls);
    TELL(mtx_init(&plain, mtx_plain));
    TELL(mtx_lock(&plain));
    TELL(mtx_trylock(&plain) == thrd_busy);
    TELL(mtx_unlock(&plain));
    TELL(mtx_init(&recursive, mtx_recursive | mtx_timed));
    TELL(mtx_lock(&recursive));
    TELL(mtx_trylock(&recursive));
    TELL(mtx_unlock(&recursive));
    TELL(mtx_unlock(&recursive));
    cnd_t condition;
    struct timespec soon = after(20), part = {0, 1000000};
    TELL(cnd_init(&condition));
    TELL(mtx_lock(&plain));
    TELL(cnd_timedwait(&condition, &plain, &soon) == thrd_timedout);
    TELL(mtx_unlock(&plain));
    TELL(cnd_signal(&condition));
    TELL(tss_create(&key, NULL));
    TELL(tss_set(key, &calls));
    TELL(tss_get(key) == &calls);
    TELL(thrd_sleep(&part, NULL));
    TELL(thrd_equal(thrd_current(), thrd_current()) != 0);
    char name[16];
    TELL(pthread_setname_np(pthread_self(), "a name"));
    TELL(pthread_getname_np(pthread_self(), name, sizeof name));
    puts(name);
    TELL(pthread_setname_np(pthread_self(), "a name of more than 15") == ERANGE);
    TELL(pthread_getname_np(pthread_self(), name, 3) == ERANGE);
}

static void processor(void)
{
    struct sched_param parameters = {.sched_priority = 7};
    int policy = -1;
    for (int which = SCHED_OTHER; which <= SCHED_RR; which++) {
        TELL(sched_get_priority_min(which));
        TELL(sched_get_priority_max(which));
    }
    TELL(sched_get_priority_max(77));
    TELL(sched_getscheduler(0));
    TELL(sched_getscheduler(-1));
    TELL(sched_getparam(getpid(), &parameters));
    TELL(parameters.sched_priority);
    TELL(sched_setscheduler(0, SCHED_OTHER, &parameters));
    parameters.sched_priority = 7;
    TELL(sched_setscheduler(0, SCHED_OTHER, &parameters));
    TELL(pthread_getschedparam(pthread_self(), &policy, &parameters));
    TELL(policy);
    cpu_set_t set, other;
    CPU_ZERO(&set);
    CPU_SET(3, &set);
    CPU_SET(700, &set);
    other = set;
    TELL(CPU_COUNT(&set));
    TELL(CPU_EQUAL(&set, &other));
    CPU_CLR(3, &set);
    TELL(CPU_ISSET(3, &set) != 0);
    TELL(CPU_ISSET(700, &set) != 0);
    TELL(CPU_EQUAL(&set, &other));
    TELL(sched_getaffinity(0, sizeof set, &set));
    TELL(CPU_COUNT(&set) >= 1);
    TELL(sched_setaffinity(0, sizeof set, &set));
    CPU_ZERO(&set);
    TELL(sched_setaffinity(0, sizeof set, &set));
}

static void signals(void)
{
    sigset_t none, both, one, other;
    sigemptyset(&none);
    sigemptyset(&one);
    sigemptyset(&other);
    sigaddset(&one, SIGUSR1);
    sigaddset(&other, SIGUSR2);
    TELL(sigorset(&both, &one, &other));
    TELL(sigismember(&both, SIGUSR2));
    TELL(sigandset(&none, &one, &other));
    TELL(sigisemptyset(&none));
    TELL(sigisemptyset(&both));
    TELL(sigprocmask(SIG_BLOCK, &both, NULL));
    struct timespec soon = {0, 20000000}, bad = {0, 1000000000};
    siginfo_t information = {0};
    TELL(sigtimedwait(&both, &information, &soon));
    TELL(sigtimedwait(&both, &information, &bad));
    TELL(raise(SIGUSR2));
    TELL(sigtimedwait(&both, &information, &soon) == SIGUSR2);
    TELL(information.si_signo == SIGUSR2);
    TELL(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 7}));
    TELL(sigwaitinfo(&both, NULL) == SIGUSR1);
}

static void memory(void)
{
    char *aligned = memalign(4096, 100);
    TELL(aligned != NULL && (uintptr_t)aligned % 4096 == 0);
    free(aligned);
    aligned = valloc(100);
    TELL(aligned != NULL && (uintptr_t)aligned % (uintptr_t)getpagesize() == 0);
    free(aligned);
    TELL(get_phys_pages() > 0);
    TELL(get_avphys_pages() > 0);
    TELL(get_nprocs() > 0);
    TELL(mlockall(0));
    TELL(munlockall());
    struct rlimit limit;
    TELL(prlimit(0, RLIMIT_NOFILE, NULL, &limit));
    TELL(limit.rlim_cur > 0);
    TELL(prlimit(getpid(), RLIMIT_NOFILE, &limit, NULL));
    TELL(prlimit(0, 1000, NULL, &limit));
}

static void surroundings(const char *directory)
{
    TELL(setenv("SURROUNDINGS", "known", 1));
    puts(secure_getenv("SURROUNDINGS"));
    TELL(secure_getenv("SURROUNDINGS_OF_NONE") == NULL);
    char *current = get_current_dir_name();
    TELL(current != NULL && *current == '/');
    free(current);
    TELL(eaccess(directory, F_OK));
    TELL(euidaccess("/nowhere", F_OK));
    gid_t groups[100];
    int count = 0;
    TELL(getgrouplist("root", getgid(), groups, &count));
    TELL(count >= 1);
    count = 100;
    TELL(getgrouplist("root", getgid(), groups, &count) >= 1 && groups[0] == getgid());
    void *frames[4];
    TELL(backtrace(frames, 0));
}

static void errors(void)
{
    dup2(1, 2);
    error_print_progname = counts;
    error(0, 0, "a message of %d", 1);
    error(0, ENOENT, "another");
    error_at_line(0, 0, "a file", 7, "of a line");
    error_one_per_line = 1;
    error_at_line(0, 0, "a file", 8, "of the next");
    error_at_line(0, 0, "a file", 8, "of the same");
    TELL((long)error_message_count);
}

int main(int count, char **arguments)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    names();
    random_bytes();
    messages();
    semaphores();
    threads();
    processor();
    signals();
    memory();
    surroundings(count > 1 ? arguments[1] : ".");
    errors();
    pthread_exit(NULL);
}
