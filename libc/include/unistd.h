#ifndef __BERKELEY_UNISTD_H
#define __BERKELEY_UNISTD_H

#include_next <unistd.h>

#define __NEED_uid_t
#define __NEED_gid_t
#define __NEED_pid_t
#include <bits/alltypes.h>

#define F_ULOCK 0
#define F_LOCK 1
#define F_TLOCK 2
#define F_TEST 3

#ifdef __cplusplus
extern "C" {
#endif

int dup(int);
int dup2(int, int);
int dup3(int, int, int);
int pipe(int[2]);
int pipe2(int[2], int);
int gethostname(char *, size_t);
/* The host's, as its policy allows. */
int sethostname(const char *, size_t);

/* A component is a process of its own, with one number that says nothing of the host's. */
pid_t getpid(void);
pid_t getppid(void);
pid_t getpgrp(void);
pid_t getpgid(pid_t);
pid_t getsid(pid_t);
pid_t gettid(void);

/* It has one user and one group, with the numbers 0; becoming another is EPERM, and staying the same succeeds. */
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int getgroups(int, gid_t[]);
int setuid(uid_t);
int seteuid(uid_t);
int setreuid(uid_t, uid_t);
int setresuid(uid_t, uid_t, uid_t);
int setgid(gid_t);
int setegid(gid_t);
int setregid(gid_t, gid_t);
int setresgid(gid_t, gid_t, gid_t);
int setgroups(size_t, const gid_t *);
int getresuid(uid_t *, uid_t *, uid_t *);
int getresgid(gid_t *, gid_t *, gid_t *);

/* ENOSYS: a component starts no others, and is in no session of its own. */
pid_t fork(void);
pid_t vfork(void);
int execv(const char *, char *const[]);
int execve(const char *, char *const[], char *const[]);
int execvp(const char *, char *const[]);
int execl(const char *, const char *, ...);
int execle(const char *, const char *, ...);
int execlp(const char *, const char *, ...);
int execvpe(const char *, char *const[], char *const[]);
int fexecve(int, char *const[], char *const[]);
pid_t setsid(void);
int setpgid(pid_t, pid_t);
pid_t setpgrp(void);
int daemon(int, int);
int chroot(const char *);
/* A component knows its directory by a path alone. What is no directory is ENOTDIR. */
int fchdir(int);
/* The directory in memory of the program's own, to be freed. */
char *get_current_dir_name(void);
/* As access: a component has one user. */
int eaccess(const char *, int);
int euidaccess(const char *, int);
int nice(int);

/* EPERM, but succeeds where owner and group stay as they are. */
int chown(const char *, uid_t, gid_t);
int fchown(int, uid_t, gid_t);
int lchown(const char *, uid_t, gid_t);

/* ENOTTY: a component has no terminal to set. */
char *ttyname(int);
int ttyname_r(int, char *, size_t);
pid_t tcgetpgrp(int);
int tcsetpgrp(int, pid_t);

/* SIGALRM comes when the time is over and the program waits, or next does: in sleep and its like, pause, sigsuspend, poll,
 * select, epoll_wait and their like, in calls of sockets, and in reading from a stream. What computes, or writes to a
 * stream of WASI's, is not interrupted. */
unsigned int alarm(unsigned int);
unsigned int ualarm(unsigned int, unsigned int);
int pause(void);

/* ENOTSUP: WASI locks no files. */
int lockf(int, int, off_t);

/* Nothing is there: a null pointer, or ENXIO. */
char *getlogin(void);
int getlogin_r(char *, size_t);
char *getpass(const char *);
char *ctermid(char *);

int getdtablesize(void);
void sync(void);
/* As fsync of that file. */
int syncfs(int);

/* getpid, gettid and getrandom, by their numbers in <sys/syscall.h>; ENOSYS for all others. */
long syscall(long, ...);

#ifdef __cplusplus
}
#endif

#endif
