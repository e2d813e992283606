/* The workloads in C: natively, and built by `berkeley cc`. It tells of itself as `src/meter.rs` says. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 64 };

/* How long a batch lasts at least, as in `src/meter.rs`. */
static const double BATCH = 0.001;

static void check(int is, const char *what)
{
	if (!is) {
		perror(what);
		exit(1);
	}
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* What is measured: once, and the units that it comes to. */
typedef uint64_t once(void);

static uint64_t batch(once *work, int size)
{
	uint64_t units = 0;
	for (int i = 0; i < size; i++)
		units += work();
	return units;
}

static void measure(once *work, double seconds)
{
	char line[16];
	int size = 1;
	for (;; size *= 2) {
		double began = now();
		batch(work, size);
		if (now() - began >= BATCH)
			break;
	}
	puts("begin");
	fflush(stdout);
	check(read(0, line, sizeof line) > 0, "stdin");
	uint64_t units = 0;
	double began = now();
	while (now() - began < seconds)
		units += batch(work, size);
	printf("%llu %.9f\n", (unsigned long long)units, now() - began);
	fflush(stdout);
	while (read(0, line, sizeof line) > 0)
		;
}

static int port;

static int connected(char wanted)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	check(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0, "connect");
	check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "TCP_NODELAY");
	check(send(fd, &wanted, 1, 0) == 1, "send");
	return fd;
}

static int peer;
static char *buffer;
static size_t size;
static struct pollfd *list;

static uint64_t round_trip(void)
{
	check(send(peer, buffer, MESSAGE, 0) == MESSAGE, "send");
	check(recv(peer, buffer, MESSAGE, MSG_WAITALL) == MESSAGE, "recv");
	return 1;
}

static uint64_t received(void)
{
	ssize_t length = recv(peer, buffer, size, 0);
	check(length > 0, "recv");
	return length;
}

static uint64_t sent(void)
{
	ssize_t length = send(peer, buffer, size, 0);
	check(length > 0, "send");
	return length;
}

static uint64_t polled(void)
{
	check(poll(list, size, -1) == 1, "poll");
	return 1;
}

int main(int count, char **words)
{
	check(count == 5, "MILLISECONDS WORKLOAD SIZE PORT");
	double seconds = atof(words[1]) / 1000;
	const char *name = words[2];
	size = strtoul(words[3], NULL, 10);
	port = atoi(words[4]);
	buffer = calloc(1, size > MESSAGE ? size : MESSAGE);
	if (strcmp(name, "round") == 0) {
		peer = connected('e');
		measure(round_trip, seconds);
	} else if (strcmp(name, "received") == 0) {
		peer = connected('s');
		measure(received, seconds);
	} else if (strcmp(name, "sent") == 0) {
		peer = connected('d');
		measure(sent, seconds);
	} else if (strcmp(name, "poll") == 0) {
		/* The last one always has something to receive. */
		list = calloc(size, sizeof *list);
		for (size_t i = 0; i < size; i++)
			list[i] = (struct pollfd){connected(i + 1 < size ? 'i' : 's'), POLLIN, 0};
		measure(polled, seconds);
	} else {
		fprintf(stderr, "there is no workload %s\n", name);
		return 1;
	}
	return 0;
}
