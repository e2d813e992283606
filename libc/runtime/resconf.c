/* Which servers are asked of names, and how: resolv.conf(5). */

#include <arpa/inet.h>
#include <ctype.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct __res_state *__res_state(void)
{
    static struct __res_state state;
    return &state;
}

/* The next word of the line, which is cut off there; null at its end. */
static char *word(char **line)
{
    char *begin = *line + strspn(*line, " \t\r\n");
    size_t length = strcspn(begin, " \t\r\n");
    if (length == 0)
        return NULL;
    *line = begin + length + (begin[length] != '\0');
    begin[length] = '\0';
    return begin;
}

static void add_server(res_state state, const char *text)
{
    struct in_addr address;
    if (state->nscount >= MAXNS)
        return;
    struct sockaddr_in *server = &state->nsaddr_list[state->nscount];
    if (inet_aton(text, &address)) {
        server->sin_family = AF_INET;
        server->sin_port = htons(NS_DEFAULTPORT);
        server->sin_addr = address;
        state->nscount++;
        return;
    }
    struct sockaddr_in6 *other = calloc(1, sizeof *other);
    if (other == NULL || inet_pton(AF_INET6, text, &other->sin6_addr) != 1) {
        free(other);
        return;
    }
    other->sin6_family = AF_INET6;
    other->sin6_port = htons(NS_DEFAULTPORT);
    state->_u._ext.nsaddrs[state->nscount++] = other;
}

/* The domains in the place of those before, as far as there is room. */
static void set_domains(res_state state, char *words, int most)
{
    char *to = state->defdname, *end = to + sizeof state->defdname, *domain;
    int count = 0;
    memset(state->dnsrch, 0, sizeof state->dnsrch);
    state->defdname[0] = '\0';
    while (count < most && (domain = word(&words)) != NULL) {
        size_t size = strlen(domain) + 1;
        if ((size_t)(end - to) < size)
            return;
        memcpy(to, domain, size);
        state->dnsrch[count++] = to;
        to += size;
    }
}

static int number(const char *text, int least, int most)
{
    int given = atoi(text);
    return given < least ? least : given > most ? most : given;
}

static void set_options(res_state state, char *words)
{
    static const struct {
        const char *name;
        unsigned long option;
    } names[] = {
        {"rotate", RES_ROTATE},       {"use-vc", RES_USEVC}, {"edns0", RES_USE_EDNS0},
        {"trust-ad", RES_TRUSTAD},    {"single-request", RES_SNGLKUP},
        {"single-request-reopen", RES_SNGLKUPREOP},
    };
    for (char *option; (option = word(&words)) != NULL;) {
        if (strncmp(option, "ndots:", 6) == 0)
            state->ndots = (unsigned)number(option + 6, 0, RES_MAXNDOTS) & 15;
        if (strncmp(option, "timeout:", 8) == 0)
            state->retrans = number(option + 8, 1, RES_MAXRETRANS);
        if (strncmp(option, "attempts:", 9) == 0)
            state->retry = number(option + 9, 1, RES_MAXRETRY);
        for (size_t at = 0; at < sizeof names / sizeof *names; at++)
            if (strcmp(option, names[at].name) == 0)
                state->options |= names[at].option;
    }
}

static void read_file(res_state state)
{
    char line[1024];
    FILE *file = fopen(_PATH_RESCONF, "re");
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line, *name = line[0] == '#' || line[0] == ';' ? NULL : word(&rest);
        if (name == NULL)
            continue;
        if (strcmp(name, "nameserver") == 0) {
            char *server = word(&rest);
            if (server != NULL)
                add_server(state, server);
        } else if (strcmp(name, "domain") == 0) {
            set_domains(state, rest, 1);
        } else if (strcmp(name, "search") == 0) {
            set_domains(state, rest, MAXDNSRCH);
        } else if (strcmp(name, "options") == 0) {
            set_options(state, rest);
        }
    }
    fclose(file);
}

/* Without a domain anywhere, it is that of the host's name. */
static void take_own_domain(res_state state)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) == 0) {
        char *dot = strchr(name, '.');
        if (dot != NULL)
            set_domains(state, dot + 1, 1);
    }
}

/* What the environment has in the place of the file. */
static void take_environment(const char *name, void (*set)(res_state, char *), res_state state)
{
    const char *value = getenv(name);
    char *copy = value != NULL ? strdup(value) : NULL;
    if (copy != NULL)
        set(state, copy);
    free(copy);
}

static void set_search(res_state state, char *words)
{
    set_domains(state, words, MAXDNSRCH);
}

int res_ninit(res_state state)
{
    unsigned short id = 0;
    memset(state, 0, sizeof *state);
    state->retrans = RES_TIMEOUT;
    state->retry = RES_DFLRETRY;
    state->options = RES_INIT | RES_DEFAULT;
    state->ndots = 1;
    (void)getentropy(&id, sizeof id);
    state->id = id;
    read_file(state);
    if (state->nscount == 0)
        add_server(state, "127.0.0.1");
    take_environment("LOCALDOMAIN", set_search, state);
    if (state->dnsrch[0] == NULL)
        take_own_domain(state);
    take_environment("RES_OPTIONS", set_options, state);
    return 0;
}

void res_nclose(res_state state)
{
    for (int at = 0; at < MAXNS; at++) {
        free(state->_u._ext.nsaddrs[at]);
        state->_u._ext.nsaddrs[at] = NULL;
    }
}

int res_init(void)
{
    if (_res.options & RES_INIT)
        res_nclose(&_res);
    return res_ninit(&_res);
}

void res_close(void)
{
    res_nclose(&_res);
}
