/* What stands in for signals, processes, users and terminals: each answer is the one that the headers promise. */

#define SYSLOG_NAMES

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/ether.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <syslog.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* As programs declare it that are older than threads. */
extern int errno;

static int failures;

#define CHECK(condition)                                                                                             \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            printf("line %d: %s (errno %d)\n", __LINE__, #condition, errno);                                         \
            failures++;                                                                                              \
        }                                                                                                            \
    } while (0)

#define FAILS(call, number) CHECK((errno = 0, (call)) == -1 && errno == (number))

static int caught, times_caught, code;

static void handler(int number)
{
    caught = number;
    times_caught++;
}

static void informed(int number, siginfo_t *information, void *context)
{
    (void)context;
    caught = number;
    code = information->si_pid;
}

static void signals(void)
{
    CHECK(signal(SIGUSR1, handler) == SIG_DFL);
    CHECK(raise(SIGUSR1) == 0 && caught == SIGUSR1);
    CHECK(signal(SIGUSR1, SIG_IGN) == handler);
    caught = 0;
    CHECK(kill(getpid(), SIGUSR1) == 0 && caught == 0);
    CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
    FAILS(kill(1, SIGTERM), ESRCH);
    FAILS(raise(0), EINVAL);
    CHECK(kill(getpid(), 0) == 0);
    CHECK(signal(SIGKILL, handler) == SIG_ERR && errno == EINVAL);
    CHECK(raise(SIGCHLD) == 0);

    sigset_t set, before, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    CHECK(sigismember(&set, SIGTERM) == 1 && sigismember(&set, SIGHUP) == 0);
    signal(SIGTERM, handler);
    times_caught = 0;
    CHECK(sigprocmask(SIG_BLOCK, &set, &before) == 0 && before == 0);
    raise(SIGTERM);
    raise(SIGTERM);
    CHECK(times_caught == 0 && sigpending(&pending) == 0 && sigismember(&pending, SIGTERM));
    CHECK(sigprocmask(SIG_SETMASK, &before, &set) == 0 && times_caught == 1 && sigismember(&set, SIGINT));
    FAILS(sigprocmask(99, &set, NULL), EINVAL);
    FAILS(sigsuspend(&before), ENOSYS);

    struct sigaction action = {.sa_sigaction = informed, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND}, was;
    CHECK(sigaction(SIGUSR2, &action, NULL) == 0 && raise(SIGUSR2) == 0 && caught == SIGUSR2 && code == getpid());
    CHECK(sigaction(SIGUSR2, NULL, &was) == 0 && was.sa_handler == SIG_DFL);
    CHECK(strcmp(strsignal(SIGTERM), "Terminated") == 0 && strcmp(strsignal(1000), "Unknown signal") == 0);

    CHECK(alarm(0) == 0);
    FAILS(pause(), ENOSYS);
    signal(SIGALRM, handler);
    alarm(100);
    CHECK(alarm(0) > 90);
    ualarm(1000, 0);
    FAILS(pause(), EINTR);
    CHECK(caught == SIGALRM);

    struct timespec begin, end, wrong = {0, 1000000000}, long_time = {100, 0}, left = {0};
    clock_gettime(CLOCK_MONOTONIC, &begin);
    CHECK(sleep(1) == 0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    CHECK(end.tv_sec * 1000000000LL + end.tv_nsec - begin.tv_sec * 1000000000LL - begin.tv_nsec >= 1000000000LL);
    CHECK(clock_gettime(CLOCK_REALTIME, &end) == 0 && clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL) == 0);
    FAILS(nanosleep(&wrong, NULL), EINVAL);
    CHECK(clock_nanosleep(CLOCK_REALTIME, 0, &wrong, NULL) == EINVAL);
    caught = 0;
    ualarm(1000, 0);
    CHECK(sleep(100) >= 50 && caught == SIGALRM);
    caught = 0;
    ualarm(1000, 0);
    FAILS(nanosleep(&long_time, &left), EINTR);
    CHECK(left.tv_sec >= 50 && caught == SIGALRM);
    struct itimerval timer = {0};
    FAILS(setitimer(ITIMER_PROF, &timer, NULL), ENOSYS);
}

static void processes(void)
{
    char *arguments[] = {"true", NULL};
    FAILS(fork(), ENOSYS);
    FAILS(execv("/bin/true", arguments), ENOSYS);
    FAILS(execl("/bin/true", "true", (char *)NULL), ENOSYS);
    FAILS(waitpid(-1, NULL, 0), ECHILD);
    FAILS(setsid(), ENOSYS);
    FAILS(daemon(0, 0), ENOSYS);
    CHECK(system(NULL) == 0);
    FAILS(system("true"), ENOSYS);
    CHECK(popen("true", "r") == NULL && errno == ENOSYS);
    CHECK(getpid() > 0 && getppid() > 0 && getpgrp() == getpid() && getpgid(0) == getpid());
}

static void users(void)
{
    CHECK(getuid() == 1000 && geteuid() == 1000 && getgid() == 1000 && getegid() == 1000 && getgroups(0, NULL) == 0);
    CHECK(setuid(1000) == 0);
    FAILS(setuid(0), EPERM);
    FAILS(setgid(0), EPERM);
    struct passwd entry, *found;
    struct group group, *found_group;
    char room[256];
    CHECK(getpwuid(1000) && getpwuid(1000)->pw_name[0] && getpwuid(0) == NULL && getpwnam("nobody-like-that") == NULL);
    CHECK(getpwuid_r(1000, &entry, room, sizeof room, &found) == 0 && found == &entry && entry.pw_dir[0] == '/');
    CHECK(getpwuid_r(1000, &entry, room, 3, &found) == ERANGE && found == NULL);
    CHECK(getgrgid_r(1000, &group, room, sizeof room, &found_group) == 0 && strcmp(group.gr_name, "guest") == 0);
    CHECK(getlogin() == NULL);
}

static void terminals(void)
{
    struct termios settings = {0};
    FAILS(tcgetattr(0, &settings), ENOTTY);
    FAILS(tcsetattr(0, TCSANOW, &settings), ENOTTY);
    FAILS(tcgetattr(77, &settings), EBADF);
    CHECK(ttyname(0) == NULL && errno == ENOTTY);
    CHECK(ptsname(0) == NULL && ptsname_r(0, NULL, 0) == ENOTTY);
    CHECK(__builtin_return_address(0) == NULL);
    settings.c_lflag = ECHO | ICANON;
    cfmakeraw(&settings);
    CHECK(settings.c_lflag == 0 && settings.c_cc[VMIN] == 1);
}

static void files(void)
{
    char name[] = "/data/file-XXXXXX", directory[] = "/data/directory-XXXXXX", bad[] = "/data/file";
    int file = mkstemp(name);
    CHECK(file >= 0 && strstr(name, "XXXXXX") == NULL && write(file, "mapped", 6) == 6);
    CHECK(mkdtemp(directory) == directory && rmdir(directory) == 0);
    FAILS(mkstemp(bad), EINVAL);
    struct statvfs told;
    struct statfs also;
    int answer = fstatvfs(file, &told), why = errno;
    errno = 0;
    CHECK(fstatfs(file, &also) == answer && (answer == 0 || errno == why));
    CHECK(statfs("/data", &also) == answer);
    FAILS(flock(file, LOCK_EX), ENOTSUP);
    FAILS(lockf(file, F_LOCK, 0), ENOTSUP);
    CHECK(fchown(file, 1000, 0) == 0 && chown(name, (uid_t)-1, (gid_t)-1) == 0);
    FAILS(fchown(file, 7, 7), EPERM);
    FAILS(chown("/data/no-such-file", 0, 0), ENOENT);
    CHECK(umask(077) == 022 && umask(022) == 077);

    char *memory = mmap(NULL, 100000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED && memory[0] == 0 && memory[99999] == 0);
    memory[99999] = 1;
    CHECK(munmap(memory + 65536, 1000) == 0 && memory[99999] == 1 && munmap(memory, 100000) == 0);
    memory = mmap(NULL, 6, PROT_READ, MAP_PRIVATE, file, 0);
    CHECK(memory != MAP_FAILED && memcmp(memory, "mapped", 6) == 0 && munmap(memory, 6) == 0);
    CHECK(mmap(NULL, 6, PROT_WRITE, MAP_SHARED, file, 0) == MAP_FAILED && errno == ENOTSUP);
    CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, file, 0) == MAP_FAILED && errno == EINVAL);
    FAILS(munmap((char *)1, 1), EINVAL);
    CHECK(close(file) == 0 && unlink(name) == 0);
}

static void limits(void)
{
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == 65536 && getdtablesize() == 65536);
    CHECK(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0 && setrlimit(RLIMIT_CORE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max = 1;
    FAILS(setrlimit(RLIMIT_CORE, &limit), EPERM);
    FAILS(getrlimit(99, &limit), EINVAL);
    struct rusage usage;
    struct tms taken;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0 && clock() >= 0 && times(&taken) >= 0);
    FAILS(clock_settime(CLOCK_REALTIME, &(struct timespec){0}), EPERM);
    tzset();
    CHECK(strcmp(tzname[0], "UTC") == 0 && timezone == 0);
}

static jmp_buf outer;

static __attribute__((__noinline__)) void jump(int depth)
{
    if (depth == 0)
        longjmp(outer, 0);
    jump(depth - 1);
}

static void jumps(void)
{
    volatile int rounds = 0;
    for (int round = 0; round < 3; round++)
        if (setjmp(outer) == 0)
            jump(round);
        else
            rounds = rounds + 1;
    CHECK(rounds == 3);
    sigjmp_buf inner;
    int value = sigsetjmp(inner, 1);
    if (value == 0)
        siglongjmp(inner, 7);
    CHECK(value == 7);
}

int main(void)
{
    signals();
    processes();
    users();
    terminals();
    files();
    limits();
    jumps();
    struct ether_addr *address = ether_aton("0:1b:2c:3d:4e:5f");
    CHECK(address && strcmp(ether_ntoa(address), "0:1b:2c:3d:4e:5f") == 0 && ether_aton("0:1:2:3:4") == NULL);
    openlog("standins", LOG_PID, LOG_USER);
    syslog(LOG_INFO, "%s", "logged");
    setlogmask(LOG_UPTO(LOG_ERR));
    syslog(LOG_INFO, "not logged");
    CHECK(strcmp(prioritynames[1].c_name, "crit") == 0 && prioritynames[1].c_val == LOG_CRIT);
    CHECK(strcmp(facilitynames[5].c_name, "kern") == 0 && facilitynames[5].c_val == LOG_KERN);
    puts(failures ? "failed" : "ok");
    return failures != 0;
}
