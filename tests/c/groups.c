/* Groups of multicast by the options of RFC 3678, whose values have addresses in them. It prints the same natively. */

#define _GNU_SOURCE
#include <errno.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error_name.h"

static void tell(const char *what, int answer)
{
    printf("%s: %s\n", what, answer < 0 ? error_name(errno) : "done");
}

static struct sockaddr_storage address(const char *text)
{
    struct sockaddr_storage made = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)&made;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&made;
    made.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    inet_pton(made.ss_family, text, made.ss_family == AF_INET ? (void *)&four->sin_addr : (void *)&six->sin6_addr);
    return made;
}

static void groups(int level, const char *group, const char *source, const char *other)
{
    int family = level == IPPROTO_IP ? AF_INET : AF_INET6, one = socket(family, SOCK_DGRAM, 0);
    unsigned int index = if_nametoindex("lo");
    struct group_req any = {.gr_interface = index, .gr_group = address(group)};
    struct group_source_req some = {index, address(group), address(source)};
    struct group_source_req none = {index, address(group), address(other)};
    size_t size = GROUP_FILTER_SIZE(2);
    struct group_filter *filter = calloc(1, size);
    printf("%s\n", group);
    tell("join", setsockopt(one, level, MCAST_JOIN_GROUP, &any, sizeof any));
    tell("join again", setsockopt(one, level, MCAST_JOIN_GROUP, &any, sizeof any));
    tell("block", setsockopt(one, level, MCAST_BLOCK_SOURCE, &some, sizeof some));
    tell("unblock", setsockopt(one, level, MCAST_UNBLOCK_SOURCE, &some, sizeof some));
    tell("unblock another", setsockopt(one, level, MCAST_UNBLOCK_SOURCE, &none, sizeof none));
    tell("leave", setsockopt(one, level, MCAST_LEAVE_GROUP, &any, sizeof any));
    tell("leave again", setsockopt(one, level, MCAST_LEAVE_GROUP, &any, sizeof any));
    tell("join a source", setsockopt(one, level, MCAST_JOIN_SOURCE_GROUP, &some, sizeof some));
    tell("leave another", setsockopt(one, level, MCAST_LEAVE_SOURCE_GROUP, &none, sizeof none));
    *filter = (struct group_filter){.gf_interface = index, .gf_group = address(group), .gf_fmode = MCAST_INCLUDE,
        .gf_numsrc = 2};
    filter->gf_slist[0] = address(source);
    memcpy((char *)filter->gf_slist + sizeof(struct sockaddr_storage), &none.gsr_source, sizeof none.gsr_source);
    tell("two sources", setsockopt(one, level, MCAST_MSFILTER, filter, size));
    tell("leave the second", setsockopt(one, level, MCAST_LEAVE_SOURCE_GROUP, &none, sizeof none));
    tell("leave the first", setsockopt(one, level, MCAST_LEAVE_SOURCE_GROUP, &some, sizeof some));
    free(filter);
    close(one);
}

int main(void)
{
    printf("%zu %zu %zu\n", sizeof(struct group_req), sizeof(struct group_source_req), GROUP_FILTER_SIZE(1));
    printf("%zu %zu\n", offsetof(struct group_req, gr_group), offsetof(struct group_source_req, gsr_source));
    groups(IPPROTO_IP, "232.1.1.1", "127.0.0.1", "127.0.0.2");
    groups(IPPROTO_IPV6, "ff31::1", "::1", "::2");
    return 0;
}
