/* Names in messages of DNS: RFC 1035, and for the text, RFC 4343. */

#include <ctype.h>
#include <errno.h>
#include <resolv.h>
#include <stddef.h>
#include <string.h>

/* No name has more parts, so that one that points in a circle ends. */
#define MOST_POINTERS 127

static int too_long(void)
{
    errno = EMSGSIZE;
    return -1;
}

/* Puts a byte of a label as text; gives where the text goes on, or null. */
static char *put_text(char *to, const char *end, unsigned char byte)
{
    int is_special = strchr("\"$().;@\\", byte) != NULL && byte != 0;
    int is_plain = byte > ' ' && byte < 0x7f;
    int length = !is_plain ? 4 : is_special ? 2 : 1;
    if (end - to < length)
        return NULL;
    if (length > 1)
        *to++ = '\\';
    if (is_plain) {
        *to++ = (char)byte;
        return to;
    }
    *to++ = (char)('0' + byte / 100);
    *to++ = (char)('0' + byte / 10 % 10);
    *to++ = (char)('0' + byte % 10);
    return to;
}

int ns_name_uncompress(const unsigned char *message, const unsigned char *end, const unsigned char *from, char *to, size_t room)
{
    const unsigned char *at = from;
    char *text = to, *text_end = to + room;
    ptrdiff_t used = -1;
    size_t whole = 1;
    for (int pointers = 0;;) {
        if (at < message || at >= end)
            return too_long();
        size_t length = *at++;
        if ((length & NS_CMPRSFLGS) == NS_CMPRSFLGS) {
            if (at >= end || pointers++ == MOST_POINTERS)
                return too_long();
            size_t place = (length & 0x3f) << 8 | *at++;
            if (used < 0)
                used = at - from;
            if (place >= (size_t)(end - message))
                return too_long();
            at = message + place;
            continue;
        }
        if (length == 0)
            break;
        whole += length + 1;
        if (length > NS_MAXLABEL || whole > NS_MAXCDNAME || (size_t)(end - at) < length)
            return too_long();
        if (text != to) {
            if (text == text_end)
                return too_long();
            *text++ = '.';
        }
        for (; length > 0; length--) {
            text = put_text(text, text_end, *at++);
            if (text == NULL)
                return too_long();
        }
    }
    if (text_end - text < (text == to ? 2 : 1))
        return too_long();
    if (text == to)
        *text++ = '.';
    *text = '\0';
    return (int)(used < 0 ? at - from : used);
}

int dn_expand(const unsigned char *message, const unsigned char *end, const unsigned char *from, char *to, int room)
{
    int used = ns_name_uncompress(message, end, from, to, room < 0 ? 0 : (size_t)room);
    if (used > 0 && to[0] == '.')
        to[0] = '\0';
    return used;
}

int dn_skipname(const unsigned char *from, const unsigned char *end)
{
    const unsigned char *at = from;
    while (at < end) {
        size_t length = *at++;
        if ((length & NS_CMPRSFLGS) == NS_CMPRSFLGS)
            return at < end ? (int)(at + 1 - from) : too_long();
        if (length == 0)
            return (int)(at - from);
        if (length > NS_MAXLABEL || (size_t)(end - at) < length)
            return too_long();
        at += length;
    }
    return too_long();
}

/* The byte that the text has next, after a backslash or not; -1 if it is none. */
static int take_text(const char **text)
{
    unsigned char byte = (unsigned char)*(*text)++;
    if (byte != '\\')
        return byte;
    const unsigned char *rest = (const unsigned char *)*text;
    if (!isdigit(rest[0])) {
        if (rest[0] == '\0')
            return -1;
        *text += 1;
        return rest[0];
    }
    if (!isdigit(rest[1]) || !isdigit(rest[2]))
        return -1;
    *text += 3;
    int number = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
    return number < 256 ? number : -1;
}

/* The name as a message has it, without pointers; gives its length, or -1. */
static int encode(const char *text, unsigned char wire[NS_MAXCDNAME])
{
    size_t label = 0, at = 1;
    if (text[0] == '.' && text[1] == '\0')
        text++;
    while (*text != '\0') {
        if (*text == '.') {
            text++;
            if (at == label + 1)
                return -1;
            wire[label] = (unsigned char)(at - label - 1);
            label = at++;
            continue;
        }
        int byte = take_text(&text);
        if (byte < 0 || at - label > NS_MAXLABEL || at >= NS_MAXCDNAME - 1)
            return -1;
        wire[at++] = (unsigned char)byte;
    }
    wire[label] = (unsigned char)(at - label - 1);
    if (at == label + 1)
        return (int)at;
    wire[at++] = 0;
    return (int)at;
}

/* Whether the name in the message is that one, which has no pointers. */
static int is_same(const unsigned char *message, const unsigned char *end, const unsigned char *there, const unsigned char *name)
{
    for (int pointers = 0; there < end;) {
        unsigned length = *there++;
        if ((length & NS_CMPRSFLGS) == NS_CMPRSFLGS) {
            if (there >= end || pointers++ == MOST_POINTERS)
                return 0;
            there = message + ((length & 0x3f) << 8 | *there);
            continue;
        }
        if (length != *name++)
            return 0;
        if (length == 0)
            return 1;
        if ((size_t)(end - there) < length)
            return 0;
        for (; length > 0; length--)
            if (tolower(*there++) != tolower(*name++))
                return 0;
    }
    return 0;
}

/* Where the message has the name already, as a whole or as the end of another one; null if it has not. */
static const unsigned char *find(unsigned char **names, const unsigned char *end, const unsigned char *name)
{
    const unsigned char *message = names[0];
    for (unsigned char **one = names + 1; *one != NULL; one++) {
        for (const unsigned char *part = *one; part < end && *part != 0 && (*part & NS_CMPRSFLGS) == 0; part += *part + 1)
            if (part - message < 0x4000 && is_same(message, end, part, name))
                return part;
    }
    return NULL;
}

int dn_comp(const char *text, unsigned char *to, int room, unsigned char **names, unsigned char **names_end)
{
    unsigned char wire[NS_MAXCDNAME + 1];
    const unsigned char *found = NULL;
    int length = encode(text, wire), kept = 0;
    if (length < 0)
        return too_long();
    int compresses = names != NULL && names[0] != NULL;
    while (compresses && wire[kept] != 0 && (found = find(names, to, wire + kept)) == NULL)
        kept += wire[kept] + 1;
    int whole = found != NULL ? kept + 2 : length;
    if (whole > room)
        return too_long();
    memcpy(to, wire, (size_t)(found != NULL ? kept : length));
    if (found != NULL) {
        ptrdiff_t place = found - names[0];
        to[kept] = (unsigned char)(NS_CMPRSFLGS | place >> 8);
        to[kept + 1] = (unsigned char)place;
    }
    if (compresses && names_end != NULL && kept > 0 && to - names[0] < 0x4000) {
        unsigned char **last = names;
        while (*last != NULL)
            last++;
        if (last + 1 < names_end) {
            last[0] = to;
            last[1] = NULL;
        }
    }
    return whole;
}
