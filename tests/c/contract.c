/*
 * A client that calls the contract itself, by the bindings of `wit-bindgen c`, where the C library has no function for it:
 * what the host's policy refused, in words. It sends each word by a connection of its own, and waits for all answers at once.
 *
 *     contract HOST PORT WORD...
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "imports.h"

enum { MOST = 16, SIZE = 4096, LIMIT_SECONDS = 30 };

/* The contract's numbers are Linux's, whatever the C library's are. */
enum { LINUX_SOCK_STREAM = 1, LINUX_SHUT_WR = 1, LINUX_POLLIN = 1 };

typedef berkeley_sockets_error_error_t failure;

/* Says what went wrong with what, and ends. */
static void fail(const char *what, const failure *why)
{
	switch (why->tag) {
	case BERKELEY_SOCKETS_ERROR_ERROR_OS:
		if (why->val.os == BERKELEY_SOCKETS_ERROR_ERRNO_ECONNREFUSED)
			printf("%s: nobody listens\n", what);
		else
			printf("%s: case %d of errno\n", what, why->val.os);
		break;
	case BERKELEY_SOCKETS_ERROR_ERROR_TIMED_OUT:
		printf("%s: too late\n", what);
		break;
	case BERKELEY_SOCKETS_ERROR_ERROR_DENIED:
		printf("%s: %.*s\n", what, (int)why->val.denied.len, (const char *)why->val.denied.ptr);
		break;
	case BERKELEY_SOCKETS_ERROR_ERROR_GAI:
		printf("%s: no such host\n", what);
		break;
	default:
		printf("%s: case %d\n", what, why->tag);
	}
	exit(1);
}

static imports_list_u8_t bytes(char *text)
{
	return (imports_list_u8_t){ (uint8_t *)text, strlen(text) };
}

/* Connects to the first address of the host that answers. */
static berkeley_sockets_socket_own_socket_t connected(char *host, char *port)
{
	imports_list_u8_t name = bytes(host), service = bytes(port);
	berkeley_sockets_netdb_list_address_info_t found;
	berkeley_sockets_socket_own_socket_t made;
	uint64_t limit = LIMIT_SECONDS * 1000000000ull;
	failure why = { 0 };

	if (!berkeley_sockets_netdb_getaddrinfo(&name, &service, 0, LINUX_SOCK_STREAM, 0, 0, &found, &why))
		fail(host, &why);
	for (size_t i = 0; i < found.len; i++) {
		berkeley_sockets_netdb_address_info_t *at = &found.ptr[i];

		if (i > 0)
			berkeley_sockets_socket_error_free(&why);
		if (!berkeley_sockets_socket_create(at->family, at->type, at->protocol, &made, &why))
			continue;
		berkeley_sockets_socket_borrow_socket_t self = berkeley_sockets_socket_borrow_socket(made);
		berkeley_sockets_socket_method_socket_settimeout(self, &limit);
		if (berkeley_sockets_socket_method_socket_connect(self, &at->address, &why)) {
			berkeley_sockets_netdb_list_address_info_free(&found);
			return made;
		}
		berkeley_sockets_socket_socket_drop_own(made);
	}
	fail("connect", &why);
	abort();
}

int main(int count, char **words)
{
	berkeley_sockets_socket_own_socket_t sockets[MOST];
	berkeley_sockets_poll_interest_t interests[MOST];
	char answers[MOST][SIZE] = { { 0 } };
	size_t lengths[MOST] = { 0 };
	int ended[MOST] = { 0 };
	int many = count - 3;
	failure why;

	if (many < 1 || many > MOST) {
		fprintf(stderr, "contract HOST PORT WORD...\n");
		return 2;
	}
	for (int i = 0; i < many; i++) {
		imports_list_u8_t word = bytes(words[i + 3]), end = bytes("\n");

		sockets[i] = connected(words[1], words[2]);
		berkeley_sockets_socket_borrow_socket_t self = berkeley_sockets_socket_borrow_socket(sockets[i]);
		if (!berkeley_sockets_socket_method_socket_sendall(self, &word, 0, &why)
		    || !berkeley_sockets_socket_method_socket_sendall(self, &end, 0, &why)
		    || !berkeley_sockets_socket_method_socket_shutdown(self, LINUX_SHUT_WR, &why))
			fail("send", &why);
		interests[i] = (berkeley_sockets_poll_interest_t){ self, LINUX_POLLIN };
	}
	for (int left = many; left > 0; ) {
		/* Those that have ended are not asked for any more. */
		berkeley_sockets_poll_interest_t open[MOST];
		int which[MOST], watched = 0;
		uint64_t limit = LIMIT_SECONDS * 1000000000ull;
		imports_list_s16_t events;

		for (int i = 0; i < many; i++)
			if (!ended[i]) {
				which[watched] = i;
				open[watched++] = interests[i];
			}
		berkeley_sockets_poll_list_interest_t list = { open, watched };
		if (!berkeley_sockets_poll_poll(&list, &limit, &events, &why))
			fail("poll", &why);
		for (int i = 0; i < watched; i++) {
			int at = which[i];
			imports_list_u8_t data;

			if (!events.ptr[i])
				continue;
			if (!berkeley_sockets_socket_method_socket_recv(open[i].socket, SIZE - 1 - lengths[at], 0, &data, &why))
				fail("receive", &why);
			memcpy(answers[at] + lengths[at], data.ptr, data.len);
			lengths[at] += data.len;
			if (data.len == 0) {
				ended[at] = 1;
				left--;
			}
			imports_list_u8_free(&data);
		}
		imports_list_s16_free(&events);
	}
	for (int i = 0; i < many; i++) {
		fputs(answers[i], stdout);
		berkeley_sockets_socket_socket_drop_own(sockets[i]);
	}
	return 0;
}
