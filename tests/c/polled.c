/* Readiness of many descriptors that are used, closed and opened anew between one call and the next: whether the call for all
 * of them tells what a call for each tells, and the same natively and in a guest. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

enum kind { STREAM, DATAGRAM, TCP, PIPE, KINDS };

/* What numbers refer to. The ends of a pair stand one after the other. */
static struct end {
	enum kind kind;
	int numbers, is_shut, sent;
} ends[8192];
static int all;

/* The numbers that are watched. */
static struct watched {
	int fd, end;
	short events;
} list[64];
static int count;

static uint32_t state = 7;

static uint32_t below(uint32_t most)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % most;
}

static void check(int is, const char *what)
{
	if (!is) {
		perror(what);
		exit(1);
	}
}

static short ready(int fd, short events, int limit)
{
	struct pollfd one = {fd, events, 0};
	check(poll(&one, 1, limit) >= 0, "poll");
	return one.revents;
}

/* A number of that end. */
static struct watched *number_of(int end)
{
	for (int i = 0; i < count; i++)
		if (list[i].end == end)
			return &list[i];
	return NULL;
}

/* What TCP brings about at the other end may take a moment. */
static void await_peer(int end, short events)
{
	struct watched *peer = number_of(end ^ 1);
	if (ends[end].kind == TCP && peer)
		ready(peer->fd, events, -1);
}

static void tcp_pair(int pair[2])
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	check(bind(listener, (struct sockaddr *)&at, length) == 0 && listen(listener, 1) == 0, "listen");
	check(getsockname(listener, (struct sockaddr *)&at, &length) == 0, "getsockname");
	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(pair[0], (struct sockaddr *)&at, length) == 0, "connect");
	pair[1] = accept(listener, NULL, NULL);
	check(pair[1] >= 0, "accept");
	close(listener);
}

static void watch(int fd, int end)
{
	static const short choices[] = {POLLIN, POLLIN, POLLIN | POLLRDHUP, POLLIN | POLLOUT, POLLOUT, POLLPRI, 0};
	list[count++] = (struct watched){fd, end, choices[below(sizeof choices / sizeof *choices)]};
	ends[end].numbers++;
}

static void open_pair(void)
{
	int pair[2];
	enum kind kind = below(KINDS);
	if (kind == TCP)
		tcp_pair(pair);
	else if (kind == PIPE)
		check(pipe(pair) == 0, "pipe");
	else
		check(socketpair(AF_UNIX, kind == STREAM ? SOCK_STREAM : SOCK_DGRAM, 0, pair) == 0, "socketpair");
	for (int i = 0; i < 2; i++) {
		ends[all + i].kind = kind;
		watch(pair[i], all + i);
	}
	all += 2;
}

static void forget(struct watched *one)
{
	int end = one->end;
	*one = list[--count];
	if (--ends[end].numbers == 0)
		await_peer(end, POLLRDHUP);
}

/* One that is reset, where it is TCP's: the peer's data that were not read are lost, too. */
static void close_one(struct watched *one, int reset)
{
	struct linger at_once = {1, 0};
	if (reset && ends[one->end].kind == TCP)
		check(setsockopt(one->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0, "SO_LINGER");
	check(close(one->fd) == 0, "close");
	forget(one);
}

static void put(struct watched *one)
{
	struct end *end = &ends[one->end], *peer = &ends[one->end ^ 1];
	/* No more than there is room for, and to nobody who is gone. */
	if (end->is_shut || !peer->numbers || end->sent >= 6 || (end->kind == PIPE && !(one->end & 1)))
		return;
	check(write(one->fd, "some", 4) == 4, "write");
	end->sent++;
	await_peer(one->end, POLLIN);
}

static void get(struct watched *one)
{
	char buffer[64];
	struct end *peer = &ends[one->end ^ 1];
	if (ends[one->end].kind == PIPE && one->end & 1)
		return;
	if (!(ready(one->fd, POLLIN, 0) & POLLIN))
		return;
	size_t room = below(2) ? sizeof buffer : 4;
	if (read(one->fd, buffer, room) > 0)
		peer->sent = ends[one->end].kind == DATAGRAM || room == 4 ? peer->sent - 1 : 0;
}

static void shut(struct watched *one)
{
	struct end *end = &ends[one->end];
	if (end->kind == PIPE || end->kind == DATAGRAM || end->is_shut || !ends[one->end ^ 1].numbers)
		return;
	if (shutdown(one->fd, SHUT_WR) == 0)
		await_peer(one->end, POLLRDHUP);
	end->is_shut = 1;
}

/* Another number for the same, in the place of the old one or beside it. */
static void copy(struct watched *one)
{
	struct watched old = *one;
	watch(dup(old.fd), old.end);
	if (below(2)) {
		close(old.fd);
		forget(one);
	}
}

/* The same number for something else. */
static void replace(struct watched *one, struct watched *by)
{
	int fd = one->fd, end = by->end;
	if (fd == by->fd)
		return;
	check(dup2(by->fd, fd) == fd, "dup2");
	forget(one);
	watch(fd, end);
}

static void open_pairs(void)
{
	while (count < 32)
		open_pair();
}

static void change(void)
{
	struct watched *one = &list[below(count)];
	/* What has no peer any more has little to tell. */
	switch (!ends[one->end ^ 1].numbers && below(2) ? 6 : below(10)) {
	case 0: case 1: case 2: put(one); break;
	case 3: case 4: get(one); break;
	case 5: shut(one); break;
	case 6: close_one(one, below(2)); break;
	case 7: if (count < 50) copy(one); break;
	case 8: if (count > 24) replace(one, &list[below(count)]); break;
	case 9: one->events ^= below(2) ? POLLIN : POLLOUT; break;
	}
	open_pairs();
}

static void print(short events)
{
	static const struct { short bit; char letter; } letters[] = {{POLLIN, 'i'}, {POLLOUT, 'o'}, {POLLPRI, 'p'},
		{POLLRDHUP, 'r'}, {POLLERR, 'e'}, {POLLHUP, 'h'}, {POLLNVAL, 'n'}};
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (events & letters[i].bit)
			putchar(letters[i].letter);
	putchar(' ');
}

/* Asks of each, and then of all, with further ones behind: one of them twice, one that is not open, and what only the guest
 * knows. */
static void by_poll(int step, int further)
{
	struct pollfd all_of_them[80];
	int length = count;
	for (int i = 0; i < count; i++)
		all_of_them[i] = (struct pollfd){list[i].fd, list[i].events, 0};
	if (step % 8 == 1)
		all_of_them[length++] = (struct pollfd){list[0].fd, POLLIN | POLLOUT, 0};
	if (step % 8 == 3)
		all_of_them[length++] = (struct pollfd){900, POLLIN, 0};
	if (step % 8 == 5)
		all_of_them[length++] = (struct pollfd){-1, POLLIN, 0};
	if (further >= 0)
		all_of_them[length++] = (struct pollfd){further, POLLIN, 0};
	short each[80];
	int number = 0;
	for (int i = 0; i < length; i++)
		number += (each[i] = all_of_them[i].fd < 0 ? 0 : ready(all_of_them[i].fd, all_of_them[i].events, 0)) != 0;
	int told = poll(all_of_them, length, number ? -1 : step % 2);
	printf("%d: %d of %d ", step, told, length);
	for (int i = 0; i < length; i++) {
		print(all_of_them[i].revents);
		if (all_of_them[i].revents != each[i]) {
			printf("and not ");
			print(each[i]);
		}
	}
	putchar('\n');
}

static void by_select(int step)
{
	fd_set sets[2];
	int most = 0;
	for (int i = 0; i < 2; i++)
		FD_ZERO(&sets[i]);
	for (int i = 0; i < count; i++) {
		FD_SET(list[i].fd, &sets[i % 3 == 0]);
		most = list[i].fd > most ? list[i].fd : most;
	}
	struct timeval limit = {0, 0};
	printf("%d: %d ", step, select(most + 1, &sets[0], &sets[1], NULL, &limit));
	for (int i = 0; i < count; i++) {
		short events = ready(list[i].fd, i % 3 ? POLLIN : POLLOUT, 0);
		int is = FD_ISSET(list[i].fd, &sets[i % 3 == 0]);
		printf(is == ((events & (i % 3 ? POLLIN | POLLHUP | POLLERR : POLLOUT | POLLERR)) != 0) ? "%d" : "not %d", is);
	}
	putchar('\n');
}

int main(void)
{
	open_pairs();
	for (int step = 0; step < 600; step++) {
		change();
		by_poll(step, -1);
	}
	for (int step = 0; step < 100; step++) {
		change();
		by_select(step);
	}
	int set = epoll_create1(0), counter = eventfd(0, EFD_NONBLOCK);
	for (int step = 0; step < 100; step++) {
		change();
		struct epoll_event event = {.events = EPOLLIN};
		if (step % 10 == 4)
			epoll_ctl(set, EPOLL_CTL_ADD, list[0].fd, &event);
		if (step % 10 == 7)
			check(eventfd_write(counter, 1) == 0, "eventfd");
		by_poll(step, step % 2 ? set : counter);
	}
	return 0;
}
