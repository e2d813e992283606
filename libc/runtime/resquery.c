/* Questions to servers of names, and what their answers mean. */

#include <errno.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The size that servers are told of an answer by UDP, where they are told. */
#define EDNS_SIZE 1200
#define EDNS_RECORD 11
#define EDNS_DO 0x8000

static int failed(res_state state, int code)
{
    state->res_h_errno = code;
    h_errno = code;
    return -1;
}

/* The state, which is read from the file first, unless it was. */
static res_state begun(res_state state)
{
    if (!(state->options & RES_INIT))
        res_ninit(state);
    return state;
}

int res_nmkquery(res_state state, int operation, const char *name, int class, int type, const unsigned char *data, int length,
                 const unsigned char *record, unsigned char *to, int room)
{
    (void)data;
    (void)length;
    (void)record;
    begun(state);
    if (operation != ns_o_query || room < NS_HFIXEDSZ + NS_QFIXEDSZ || class < 0 || class > 65535 || type < 0 || type > 65535)
        return -1;
    int size = dn_comp(name, to + NS_HFIXEDSZ, room - NS_HFIXEDSZ - NS_QFIXEDSZ, NULL, NULL);
    if (size < 0)
        return -1;
    (void)getentropy(&state->id, sizeof state->id);
    memset(to, 0, NS_HFIXEDSZ);
    ns_put16(state->id, to);
    ns_put16(state->options & RES_RECURSE ? 0x0100 : 0, to + 2);
    ns_put16(1, to + 4);
    ns_put16((unsigned)type, to + NS_HFIXEDSZ + size);
    ns_put16((unsigned)class, to + NS_HFIXEDSZ + size + 2);
    return NS_HFIXEDSZ + size + NS_QFIXEDSZ;
}

int res_mkquery(int operation, const char *name, int class, int type, const unsigned char *data, int length,
                const unsigned char *record, unsigned char *to, int room)
{
    return res_nmkquery(&_res, operation, name, class, type, data, length, record, to, room);
}

/* Adds the record that tells the server how long an answer may be. */
static int with_size(res_state state, unsigned char *query, int length)
{
    unsigned char *record = query + length;
    if (!(state->options & (RES_USE_EDNS0 | RES_USE_DNSSEC)))
        return length;
    memset(record, 0, EDNS_RECORD);
    ns_put16(ns_t_opt, record + 1);
    ns_put16(EDNS_SIZE, record + 3);
    ns_put16(state->options & RES_USE_DNSSEC ? EDNS_DO : 0, record + 7);
    ns_put16(1, query + 10);
    return length + EDNS_RECORD;
}

int res_nquery(res_state state, const char *name, int class, int type, unsigned char *answer, int room)
{
    unsigned char query[NS_HFIXEDSZ + NS_MAXCDNAME + NS_QFIXEDSZ + EDNS_RECORD];
    int length = res_nmkquery(state, ns_o_query, name, class, type, NULL, 0, NULL, query, sizeof query - EDNS_RECORD);
    if (length < 0)
        return failed(state, NO_RECOVERY);
    int came = res_nsend(state, query, with_size(state, query, length), answer, room);
    if (came < 0)
        return failed(state, TRY_AGAIN);
    unsigned code = answer[3] & 15;
    if (code == ns_r_noerror && ns_get16(answer + 6) > 0)
        return came;
    switch (code) {
    case ns_r_noerror:
        return failed(state, NO_DATA);
    case ns_r_nxdomain:
        return failed(state, HOST_NOT_FOUND);
    case ns_r_servfail:
        return failed(state, TRY_AGAIN);
    default:
        return failed(state, NO_RECOVERY);
    }
}

int res_query(const char *name, int class, int type, unsigned char *answer, int room)
{
    return res_nquery(begun(&_res), name, class, type, answer, room);
}

int res_nquerydomain(res_state state, const char *name, const char *domain, int class, int type, unsigned char *answer, int room)
{
    char whole[NS_MAXDNAME];
    if (domain == NULL)
        return res_nquery(state, name, class, type, answer, room);
    if ((size_t)snprintf(whole, sizeof whole, "%s.%s", name, domain) >= sizeof whole)
        return failed(state, NO_RECOVERY);
    return res_nquery(state, whole, class, type, answer, room);
}

int res_querydomain(const char *name, const char *domain, int class, int type, unsigned char *answer, int room)
{
    return res_nquerydomain(begun(&_res), name, domain, class, type, answer, room);
}

int res_nsearch(res_state state, const char *name, int class, int type, unsigned char *answer, int room)
{
    unsigned dots = 0;
    int found, as_is = 0, told = 0, without_data = 0;
    size_t length = strlen(name);
    int is_whole = length > 0 && name[length - 1] == '.';
    begun(state);
    for (const char *at = name; *at != '\0'; at++)
        dots += *at == '.';
    failed(state, HOST_NOT_FOUND);
    if (dots >= state->ndots || is_whole) {
        found = res_nquery(state, name, class, type, answer, room);
        if (found > 0 || is_whole)
            return found;
        as_is = 1;
        told = state->res_h_errno;
    }
    unsigned long searches = dots == 0 ? RES_DEFNAMES : RES_DNSRCH;
    for (char **domain = state->dnsrch; (state->options & searches) && *domain != NULL; domain++) {
        found = res_nquerydomain(state, name, *domain, class, type, answer, room);
        if (found > 0)
            return found;
        without_data |= state->res_h_errno == NO_DATA;
        if (state->res_h_errno != NO_DATA && state->res_h_errno != HOST_NOT_FOUND)
            return -1;
        if (!(state->options & RES_DNSRCH))
            break;
    }
    if (!as_is) {
        found = res_nquery(state, name, class, type, answer, room);
        if (found > 0)
            return found;
    }
    if (as_is)
        return failed(state, told);
    return without_data ? failed(state, NO_DATA) : -1;
}

int res_search(const char *name, int class, int type, unsigned char *answer, int room)
{
    return res_nsearch(begun(&_res), name, class, type, answer, room);
}
