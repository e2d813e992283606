/* Names of unix sockets as long as they can be, and descriptors that are no directory. It prints the same natively.
 * Argument: a directory of its own. */

#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "error_name.h"

#define BEFORE offsetof(struct sockaddr_un, sun_path)
#define MOST (sizeof((struct sockaddr_un *)0)->sun_path)

static const char *directory;

static void tell(const char *what, long answer)
{
    int error = errno;
    printf("%s: ", what);
    if (answer < 0)
        printf("%s\n", error_name(error));
    else
        printf("%ld\n", answer);
}

/* The address's length, how much of its name begins as that path does, and what is behind. */
static void tell_name(const char *what, int answer, const struct sockaddr_un *address, socklen_t length, const char *path)
{
    const char *name = address->sun_path;
    size_t same = 0;
    if (answer < 0) {
        tell(what, answer);
        return;
    }
    while (same < MOST && same < strlen(path) && name[same] == path[same])
        same++;
    size_t all = strlen(path);
    printf("%s: length %u, family %d, %s\n", what, (unsigned)length, address->sun_family == AF_UNIX,
           same == all ? "whole" : same == 0 ? "nothing" : "a part");
}

/* A name in the directory that is so long as a whole. */
static struct sockaddr_un path_of(size_t length, char first)
{
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    size_t before = strlen(directory);
    memcpy(address.sun_path, directory, before);
    memset(address.sun_path + before, first, length - before);
    address.sun_path[before] = '/';
    return address;
}

static void names(size_t length, int type)
{
    char path[MOST + 1] = "";
    struct sockaddr_un address = path_of(length, 'p'), client_address = path_of(length, 'q'), told;
    memcpy(path, address.sun_path, length);
    printf("a path of %zu bytes without a NUL, type %d\n", length, type == SOCK_STREAM);
    int server = socket(AF_UNIX, type, 0), client = socket(AF_UNIX, type, 0), accepted = -1;
    tell("bind", bind(server, (struct sockaddr *)&address, BEFORE + length));
    struct stat found;
    tell("stat", stat(path, &found) == 0 ? S_ISSOCK(found.st_mode) : -1);
    tell("bind again", bind(client, (struct sockaddr *)&address, BEFORE + length));
    socklen_t room = sizeof told;
    memset(&told, 0, sizeof told);
    int answer = getsockname(server, (struct sockaddr *)&told, &room);
    tell_name("getsockname", answer, &told, room, path);
    room = BEFORE + 10;
    memset(&told, 0, sizeof told);
    answer = getsockname(server, (struct sockaddr *)&told, &room);
    tell_name("getsockname of less", answer, &told, room, path);
    tell("bind client", bind(client, (struct sockaddr *)&client_address, BEFORE + length));
    if (type == SOCK_STREAM)
        tell("listen", listen(server, 1));
    tell("connect", connect(client, (struct sockaddr *)&address, BEFORE + length));
    room = sizeof told;
    memset(&told, 0, sizeof told);
    answer = getpeername(client, (struct sockaddr *)&told, &room);
    tell_name("getpeername", answer, &told, room, path);
    memcpy(path, client_address.sun_path, length);
    room = sizeof told;
    memset(&told, 0, sizeof told);
    if (type == SOCK_STREAM) {
        accepted = accept(server, (struct sockaddr *)&told, &room);
        tell_name("accept", accepted < 0 ? -1 : 0, &told, room, path);
    } else {
        char byte;
        tell("send", send(client, "x", 1, 0));
        answer = (int)recvfrom(server, &byte, 1, 0, (struct sockaddr *)&told, &room);
        tell_name("recvfrom", answer, &told, room, path);
        struct iovec part = {&byte, 1};
        struct msghdr message = {.msg_name = &told, .msg_namelen = sizeof told, .msg_iov = &part, .msg_iovlen = 1};
        int other = socket(AF_UNIX, type, 0);
        tell("sendto", sendto(other, "x", 1, 0, (struct sockaddr *)&address, BEFORE + length));
        tell("recvmsg", recvmsg(server, &message, 0));
        printf("from nobody: length %u\n", (unsigned)message.msg_namelen);
        close(other);
    }
    close(accepted);
    close(client);
    close(server);
    unlink(path);
    memcpy(path, address.sun_path, length);
    tell("unlink", unlink(path));
}

static void lengths(void)
{
    struct sockaddr_un address = path_of(40, 'l'), told;
    struct {
        struct sockaddr_un address;
        char more[20];
    } longer = {.address = path_of(MOST, 'm')};
    memset(longer.more, 'm', sizeof longer.more);
    socklen_t room;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    /* Where a structure ends differs by what aligns it. */
    static const socklen_t bad[] = {0, 1, 113, 128, 129, 4096};
    for (size_t at = 0; at < sizeof bad / sizeof *bad; at++) {
        printf("%u bytes: ", (unsigned)bad[at]);
        tell("bind", bind(fd, (struct sockaddr *)&longer, bad[at]));
        tell("connect", connect(fd, (struct sockaddr *)&longer, bad[at]));
    }
    tell("connect to no name", connect(fd, (struct sockaddr *)&address, BEFORE));
    tell("connect to nothing", connect(fd, (struct sockaddr *)&address, sizeof address));
    address.sun_family = AF_INET;
    tell("bind of another family", bind(fd, (struct sockaddr *)&address, sizeof address));
    address.sun_family = AF_UNIX;
    tell("bind of no name", bind(fd, (struct sockaddr *)&address, BEFORE));
    room = sizeof told;
    getsockname(fd, (struct sockaddr *)&told, &room);
    printf("a name of the kernel's: length %u, first %d\n", (unsigned)room, told.sun_path[0]);
    close(fd);
    /* A NUL ends a path, and is part of an abstract name. */
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    tell("bind of more than a path", bind(fd, (struct sockaddr *)&address, sizeof address));
    room = sizeof told;
    getsockname(fd, (struct sockaddr *)&told, &room);
    printf("told: length %u, %d\n", (unsigned)room, strcmp(told.sun_path, address.sun_path));
    unlink(address.sun_path);
    close(fd);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un abstract = {.sun_family = AF_UNIX};
    memset(abstract.sun_path, 'a', MOST);
    abstract.sun_path[0] = abstract.sun_path[50] = '\0';
    snprintf(abstract.sun_path + 1, 40, "berkeley-test-%s", directory);
    tell("bind of an abstract name", bind(fd, (struct sockaddr *)&abstract, sizeof abstract));
    memset(&told, 0, sizeof told);
    room = sizeof told;
    getsockname(fd, (struct sockaddr *)&told, &room);
    printf("told: length %u, %d\n", (unsigned)room, memcmp(&told, &abstract, sizeof told));
    tell("unnamed peer", getpeername(fd, (struct sockaddr *)&told, &room));
    close(fd);
    fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    memset(&told, 1, sizeof told);
    room = sizeof told;
    tell("getsockname of none", getsockname(fd, (struct sockaddr *)&told, &room));
    printf("told: length %u, family %d\n", (unsigned)room, told.sun_family == AF_UNIX);
    close(fd);
}

static void no_directories(void)
{
    int pair[2], ends[2];
    struct stat found;
    struct timespec times[2] = {{1, 0}, {1, 0}};
    char text[10];
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    if (pipe(ends) < 0)
        perror("pipe");
    int fds[] = {pair[0], ends[0], 9999};
    for (size_t at = 0; at < sizeof fds / sizeof *fds; at++) {
        int fd = fds[at];
        printf("descriptor %zu\n", at);
        tell("openat", openat(fd, "x", O_RDONLY));
        tell("openat to create", openat(fd, "x", O_WRONLY | O_CREAT, 0600));
        tell("fstatat", fstatat(fd, "x", &found, 0));
        tell("mkdirat", mkdirat(fd, "x", 0700));
        tell("unlinkat", unlinkat(fd, "x", 0));
        tell("renameat", renameat(fd, "x", fd, "y"));
        tell("symlinkat", symlinkat("x", fd, "y"));
        tell("linkat", linkat(fd, "x", fd, "y", 0));
        tell("readlinkat", readlinkat(fd, "x", text, sizeof text));
        tell("faccessat", faccessat(fd, "x", F_OK, 0));
        tell("utimensat", utimensat(fd, "x", times, 0));
        tell("fchdir", fchdir(fd));
        tell("fdopendir", fdopendir(fd) != NULL ? 0 : -1);
        tell("fsync", fsync(fd));
        tell("fdatasync", fdatasync(fd));
        tell("ftruncate", ftruncate(fd, 0));
        tell("lseek", lseek(fd, 0, SEEK_CUR));
    }
    close(pair[0]);
    close(pair[1]);
    close(ends[0]);
    close(ends[1]);
    char path[200];
    snprintf(path, sizeof path, "%s/file", directory);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    tell("fchdir of a file", fchdir(file));
    tell("fsync of a file", fsync(file));
    tell("fdatasync of a file", fdatasync(file));
    tell("ftruncate of a file", ftruncate(file, 1000));
    tell("its length", lseek(file, 0, SEEK_END));
    static char much[3 << 20];
    memset(much, 'x', sizeof much);
    lseek(file, 0, SEEK_SET);
    tell("write of much", write(file, much, sizeof much));
    tell("where it is then", lseek(file, 0, SEEK_CUR));
    lseek(file, 0, SEEK_SET);
    memset(much, 0, sizeof much);
    tell("read of much", read(file, much, sizeof much));
    tell("its last byte", much[sizeof much - 1]);
    tell("pread of much", pread(file, much, sizeof much, 0));
    tell("pwrite of much", pwrite(file, much, sizeof much, 10));
    tell("ftruncate below nothing", ftruncate(file, -1));
    close(file);
    tell("ftruncate of what is closed", ftruncate(file, 0));
    unlink(path);
}

int main(int count, char **arguments)
{
    if (count != 2)
        return 2;
    directory = arguments[1];
    /* What is printed is there, whatever comes behind. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    names(MOST, SOCK_STREAM);
    names(MOST, SOCK_DGRAM);
    names(MOST - 1, SOCK_STREAM);
    lengths();
    no_directories();
    return 0;
}
