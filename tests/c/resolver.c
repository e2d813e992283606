/* Questions to a server of names, whose port is the second argument, and messages of DNS. It prints the same natively. */

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char answer[65536];

static const char *code(int number)
{
    switch (number) {
    case HOST_NOT_FOUND:
        return "HOST_NOT_FOUND";
    case TRY_AGAIN:
        return "TRY_AGAIN";
    case NO_RECOVERY:
        return "NO_RECOVERY";
    case NO_DATA:
        return "NO_DATA";
    default:
        return "another";
    }
}

static void print_record(ns_msg *message, ns_rr *record)
{
    char name[NS_MAXDNAME];
    const unsigned char *data = ns_rr_rdata(*record);
    printf("  %s type %d class %d ttl %u length %d:", ns_rr_name(*record), ns_rr_type(*record), ns_rr_class(*record),
           (unsigned)ns_rr_ttl(*record), ns_rr_rdlen(*record));
    switch (ns_rr_type(*record)) {
    case ns_t_a:
        printf(" %s\n", inet_ntop(AF_INET, data, name, sizeof name));
        break;
    case ns_t_aaaa:
        printf(" %s\n", inet_ntop(AF_INET6, data, name, sizeof name));
        break;
    case ns_t_mx:
        if (dn_expand(ns_msg_base(*message), ns_msg_end(*message), data + 2, name, sizeof name) < 0)
            strcpy(name, "no name");
        printf(" %u %s\n", ns_get16(data), name);
        break;
    default:
        printf(" %.*s\n", data[0], data + 1);
    }
}

static void print_answer(const char *what, int length)
{
    ns_msg message;
    ns_rr record;
    if (length < 0) {
        printf("%s: %s\n", what, code(h_errno));
        return;
    }
    printf("%s: %d bytes\n", what, length);
    if (ns_initparse(answer, length, &message) < 0) {
        printf("  no message\n");
        return;
    }
    printf("  flags %d %d %d %d, counts %d %d %d %d\n", ns_msg_getflag(message, ns_f_qr), ns_msg_getflag(message, ns_f_tc),
           ns_msg_getflag(message, ns_f_rd), ns_msg_getflag(message, ns_f_rcode), ns_msg_count(message, ns_s_qd),
           ns_msg_count(message, ns_s_an), ns_msg_count(message, ns_s_ns), ns_msg_count(message, ns_s_ar));
    for (int at = 0; ns_parserr(&message, ns_s_an, at, &record) == 0; at++)
        print_record(&message, &record);
    if (ns_parserr(&message, ns_s_qd, 0, &record) == 0)
        printf("  asked for %s, type %d\n", ns_rr_name(record), ns_rr_type(record));
}

static void query(const char *name, int type)
{
    print_answer(name, res_query(name, ns_c_in, type, answer, sizeof answer));
}

static void queries(void)
{
    static const char *const names[] = {"a.test", "A.Test.", "none.test", "empty.test", "fails.test", "refused.test", "wrong.test"};
    for (size_t at = 0; at < sizeof names / sizeof *names; at++)
        query(names[at], ns_t_a);
    query("mx.test", ns_t_mx);
    query("txt.test", ns_t_txt);
    query("large.test", ns_t_txt);
    query("bad..test", ns_t_a);
    query("a-label-that-is-longer-than-sixty-three-bytes-which-is-the-most-of-one.test", ns_t_a);
    _res.options |= RES_USEVC;
    query("a.test", ns_t_a);
    _res.options &= ~RES_USEVC;
    static char domain[] = "test", other[] = "none.test";
    _res.dnsrch[0] = other;
    _res.dnsrch[1] = domain;
    _res.dnsrch[2] = NULL;
    print_answer("search a", res_search("a", ns_c_in, ns_t_a, answer, sizeof answer));
    print_answer("search none", res_search("none", ns_c_in, ns_t_a, answer, sizeof answer));
    print_answer("search empty", res_search("empty", ns_c_in, ns_t_a, answer, sizeof answer));
    print_answer("search a.test", res_search("a.test", ns_c_in, ns_t_a, answer, sizeof answer));
    print_answer("search a.", res_search("a.", ns_c_in, ns_t_a, answer, sizeof answer));
    print_answer("querydomain", res_querydomain("a", "test", ns_c_in, ns_t_a, answer, sizeof answer));
    unsigned char asked[512];
    int length = res_mkquery(ns_o_query, "a.test", ns_c_in, ns_t_a, NULL, 0, NULL, asked, sizeof asked);
    printf("mkquery: %d bytes\n", length);
    print_answer("send", res_send(asked, length, answer, sizeof answer));
    HEADER header;
    memcpy(&header, asked, sizeof header);
    printf("header: %d %d %d\n", header.qr, header.rd, ntohs(header.qdcount));
    printf("mkquery without room: %d\n", res_mkquery(ns_o_query, "a.test", ns_c_in, ns_t_a, NULL, 0, NULL, asked, 20));
}

static void expand(const char *what, const unsigned char *message, int length, int at, int room)
{
    char name[NS_MAXDNAME] = "unchanged";
    int used = dn_expand(message, message + length, message + at, name, room);
    printf("expand %s: %d %s; skip %d\n", what, used, used < 0 ? "" : name, dn_skipname(message + at, message + length));
}

static void names(void)
{
    static const unsigned char message[] = "\3www\4test\0\3ftp\300\4\300\12\0\5a.b\\c\4te\1t\0\300\37\100x\77y";
    int size = sizeof message - 1;
    expand("a name", message, size, 0, 100);
    expand("one with a pointer", message, size, 10, 100);
    expand("a pointer", message, size, 16, 100);
    expand("the root", message, size, 18, 100);
    expand("special bytes", message, size, 19, 100);
    expand("itself", message, size, 31, 100);
    expand("a label of another kind", message, size, 33, 100);
    expand("what is cut off", message, size, 35, 100);
    expand("with no room", message, size, 0, 8);
    expand("with just enough", message, size, 0, 9);
    expand("behind the end", message, 4, 0, 100);
    unsigned char packed[200], *pointers[8] = {packed, NULL}, *to = packed;
    static const char *const texts[] = {"www.test", "ftp.test", "www.test", "WWW.TEST", "a\\.b.test.", "a\\066.test", ".", "test", "", "x.ftp.test",
                                        "a\\", "\\999.x", ".a"};
    memset(packed, 0, sizeof packed);
    to += 12;
    for (size_t at = 0; at < sizeof texts / sizeof *texts; at++) {
        int length = dn_comp(texts[at], to, (int)(packed + sizeof packed - to), pointers, pointers + 8);
        printf("comp %s: %d", texts[at], length);
        if (length > 0) {
            char name[NS_MAXDNAME];
            int used = dn_expand(packed, to + length, to, name, sizeof name);
            printf(" %d %s", used, name);
            to += length;
        }
        printf("\n");
    }
    printf("comp without room: %d\n", dn_comp("www.test", packed, 9, NULL, NULL));
    unsigned char place[4], *at = place;
    const unsigned char *from = place;
    unsigned number;
    NS_PUT16(0x1234, at);
    NS_PUT16(0x5678, at);
    NS_GET16(number, from);
    printf("numbers: %x %lx\n", number, (unsigned long)ns_get32(place));
}

static void messages(void)
{
    static const unsigned char cut[] = "\0\1\201\200\0\1\0\1\0\0\0\0\1a\0\0\1\0\1\300\14\0\1\0\1\0\0\0\5\0\4\1\2\3\4";
    ns_msg message;
    ns_rr record;
    for (int length = 0; length < (int)sizeof cut; length++)
        printf("%d", ns_initparse(cut, length, &message) == 0);
    printf("\n");
    printf("records: %d", ns_initparse(cut, sizeof cut - 1, &message));
    printf(" %d", ns_parserr(&message, ns_s_an, 1, &record));
    printf(" %d", ns_parserr(&message, ns_s_ns, 0, &record));
    int parsed = ns_parserr(&message, ns_s_an, -1, &record);
    printf(" %d %s", parsed, ns_rr_name(record));
    printf(" %d", ns_parserr(&message, ns_s_an, -1, &record));
    printf(" %d\n", ns_parserr(&message, ns_s_an, 0, &record));
    printf("skips: %d %d\n", ns_skiprr(cut + 12, cut + sizeof cut - 1, ns_s_qd, 1), ns_skiprr(cut + 12, cut + 15, ns_s_qd, 1));
}

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    int answered = res_init();
    printf("init: %d, %d\n", answered, (_res.options & (RES_RECURSE | RES_DNSRCH)) == (RES_RECURSE | RES_DNSRCH));
    _res.nscount = 1;
    _res.nsaddr_list[0].sin_family = AF_INET;
    _res.nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    _res.nsaddr_list[0].sin_port = htons((unsigned short)atoi(arguments[2]));
    _res.ndots = 1;
    _res.retry = 1;
    queries();
    names();
    messages();
    return 0;
}
